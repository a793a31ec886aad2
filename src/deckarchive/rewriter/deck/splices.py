"""From the deck's references to its new texts: each address encoded for where it stands.

A :class:`Placement` says where a target (or a file of the deck's own) stands in the offline folder;
:func:`splices_for` encodes that address for the syntax each reference stands in. Nothing
outside the references' spans changes, except where a medium that was never captured gets a card.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from deckarchive.errors import DeckError
from deckarchive.files import read_regular
from deckarchive.markup import (
    Splice,
    Tag,
    apply,
    css_escape_url,
    decode_references,
    encode_attribute,
    scan_html,
)
from deckarchive.model import Deck, Manifest, OfflineTarget, Reference, Source, Tier
from deckarchive.rewriter.deck.inline_documents import INLINE, InlineDocuments
from deckarchive.web import marked, to_bytes

_HASH = re.compile(r"(?<!&)#")
_VIDEO_ATTRIBUTE = re.compile(r"data-background-video(?P<equals>\s*=\s*[\"']?)", re.IGNORECASE)
_OTHER_BACKGROUND = re.compile(r"data-background-(?:iframe|image)\b", re.IGNORECASE)
_EMPTY_BACKGROUND = "data:none"
"""A URL that fails without a request. No comma: reveal.js splits lists there."""
EMPTY_MEDIUM = "data:,"
"""As above. Two sources that are no URLs at all would keep a page from ever being loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where the deck finds something offline.

    ``address`` is a URL relative to the folder's root, already percent-encoded. ``page`` says
    that it is a page with views, so that a reference keeps its fragment. ``card`` is the address
    of a picture card: set when the medium itself was never captured; ``card_page`` the frame
    that can stand in for a background video.
    """

    address: str
    page: bool = False
    card: str = ""
    card_page: str = ""


PlacedReferences = list[tuple[Reference, Placement]]
"""References of the deck, each with where it leads offline."""

_LOST: Final = (Tier.CARD, Tier.BLANK)


def spliced(
    deck: Deck, placed: Iterable[tuple[Reference, Placement]], documents: InlineDocuments
) -> dict[str, str]:
    """Path → new text, of the deck's sources and of the other files that references name.

    Style sheets are not among them: they are rewritten as they are copied.
    """
    by_file: dict[str, PlacedReferences] = {source.path: [] for source in deck.sources}
    for reference, place in placed:
        by_file.setdefault(reference.file, []).append((reference, place))
    known = {source.path: source for source in deck.sources}
    texts: dict[str, str] = {}
    for path, references in by_file.items():
        if not path.lower().endswith(".css"):
            source = known.get(path) or _read_source(Path(deck.root), path)
            inline = [r for r, _ in references if r.syntax == INLINE]
            for reference in inline:
                _check(source, reference)
            is_page = deck.format == "html" and source is deck.sources[0]
            found = documents.splices(
                source, inline, markdown=not is_page, encoded=deck.format != "html"
            )
            others = [(r, place) for r, place in references if r.syntax != INLINE]
            texts[path] = apply(source.text, [*found, *splices_for(source, others)])
    return texts


def _check(source: Source, reference: Reference) -> None:
    start, end = reference.span
    if source.text[start:end] != reference.raw:
        raise DeckError(
            f"{source.path}:{reference.line}: the deck no longer says {reference.raw!r} here",
            hint="make the manifest again",
        )


def splices_for(source: Source, placed: Iterable[tuple[Reference, Placement]]) -> list[Splice]:
    """The splices of one source file that point its references at their places.

    Raises :class:`DeckError` when a reference's span does not hold its raw text: the manifest
    belongs to another state of the deck.
    """
    splices: list[Splice] = []
    tags: list[Tag] | None = None
    lists: dict[tuple[int, int], dict[int, tuple[Reference, Placement]]] = {}
    for reference, place in placed:
        _check(source, reference)
        start, end = reference.span
        if reference.attribute == "data-background-video":
            lists.setdefault(_value_around(source.text, reference), {})[start] = reference, place
        elif place.card:
            tags = list(_start_tags(source.text)) if tags is None else tags
            splices += _card_splices(source.text, reference, place, tags)
        else:
            splices.append(Splice(start, end, _replacement(reference, place)))
    for (start, end), videos in lists.items():
        splices += _background_videos(source.text, start, end, videos)
    return _without_overlaps(splices)


def encode(address: str, syntax: str, quote: str) -> str:
    """Encode an address for what it stands in; ``syntax`` and ``quote`` as in a Reference."""
    if syntax == "css":
        return css_escape_url(address, quote)
    if syntax == "json":
        return json.dumps(address, ensure_ascii=False)[1:-1]
    if syntax == "attribute":
        return encode_attribute(address, quote)
    if syntax == "markdown":
        return re.sub(r"[()<>\s\\]", lambda m: f"%{ord(m.group()):02X}", address)
    return address


def _replacement(reference: Reference, place: Placement) -> str:
    """The new text of a span. A fragment stays as the author wrote it, encoding included."""
    address = place.address
    if reference.syntax == "json" and not reference.attribute and address[:1] not in (".", "/"):
        address = f"./{address}"  # in a script: as a module specifier a bare name is no path
    if place.page and reference.fragment:
        written = _HASH.search(reference.raw)
        encoded = encode(address, reference.syntax, reference.quote or '"')
        if written and decode_references(reference.raw[written.start() :])[1:]:
            return encoded + reference.raw[written.start() :]
        address = f"{address}#{reference.fragment}"
    return encode(address, reference.syntax, reference.quote)


def _card_splices(
    text: str, reference: Reference, place: Placement, tags: list[Tag]
) -> Iterator[Splice]:
    """A medium that is missing: something to see instead of an empty box.

    ``<video>`` gets a poster.
    """
    start, end = reference.span
    yield Splice(start, end, encode(EMPTY_MEDIUM, reference.syntax, reference.quote))
    video = _video_around(tags, start)
    if video and not video.get("poster"):
        at = video.start + 1 + len(video.name)
        yield Splice(at, at, f' poster="{encode_attribute(place.card, chr(34))}"')


def _value_around(text: str, reference: Reference) -> tuple[int, int]:
    """The span of the attribute's whole value, of which a reference may be one of several."""
    start, end = reference.span
    if not reference.quote:
        return start, end
    return text.rfind(reference.quote, 0, start) + 1, _or_end(text, text.find(reference.quote, end))


def _background_videos(
    text: str, start: int, end: int, videos: Mapping[int, tuple[Reference, Placement]]
) -> Iterator[Splice]:
    """The list of videos of one background: those that were captured, else a card.

    The background becomes an iframe that shows the card: reveal.js reads that attribute only
    when the slide has neither video nor image, so it must be the slide's one background.
    """
    kept: list[str] = []
    lost: list[tuple[Reference, Placement]] = []
    at = start
    for part in text[start:end].split(","):
        found = videos.get(at + len(part) - len(part.lstrip()))
        if found is None:
            kept += [part] if part.strip() else []
        elif found[1].card:
            lost.append(found)
        else:
            kept.append(_replacement(*found))
        at += len(part) + 1
    if kept:
        yield Splice(start, end, ",".join(kept).lstrip())
    elif lost:
        reference, place = lost[0]
        named = _VIDEO_ATTRIBUTE.search(text, max(0, start - 60), start)
        around = text[text.rfind("<", 0, start) + 1 : _or_end(text, text.find(">", end))]
        if named and named.end() == start and place.card_page and not _other_background(around):
            yield Splice(named.start(), named.start("equals"), "data-background-iframe")
            yield Splice(start, end, encode(place.card_page, reference.syntax, reference.quote))
        else:
            yield Splice(start, end, _EMPTY_BACKGROUND)


def _other_background(around: str) -> bool:
    return _OTHER_BACKGROUND.search(around) is not None


def _or_end(text: str, position: int) -> int:
    return len(text) if position < 0 else position


def _start_tags(text: str) -> Iterator[Tag]:
    """All tags of a source. In Markdown it sees what it can: only posters depend on it."""
    return (token for token in scan_html(text) if isinstance(token, Tag))


def _video_around(tags: list[Tag], position: int) -> Tag | None:
    """The ``<video>`` whose own tag, or whose open element, holds ``position``."""
    opened: Tag | None = None
    for tag in tags:
        if tag.start > position:
            break
        if tag.name == "video":
            opened = None if tag.closing else tag
    return opened


def _without_overlaps(splices: list[Splice]) -> list[Splice]:
    """Drop repeats: two references may ask for the same poster or attribute name."""
    kept: list[Splice] = []
    for splice in sorted(dict.fromkeys(splices), key=lambda s: (s.start, s.end)):
        span = splice.start, splice.end
        if not kept or (splice.start >= kept[-1].end and span != (kept[-1].start, kept[-1].end)):
            kept.append(splice)
    return kept


def without_unused_sources(
    manifest: Manifest,
    placed: Iterable[tuple[Reference, Placement]],
    entries: Iterable[OfflineTarget],
) -> tuple[list[tuple[Reference, Placement]], list[OfflineTarget]]:
    """The same, but a lost source beside one that plays gets no card, and is no part of its slide.

    The browser takes the first source that it can play, as it did online.
    """
    entries = list(entries)
    lost = {entry.id for entry in entries if entry.best in _LOST}
    replaced_by_another_source = set(manifest.replaced_by_another_source(lost))
    slides = {
        target.id: {
            r.slide
            for r in target.references
            if r.state == "shown" and r not in replaced_by_another_source
        }
        for target in manifest.targets
        if target.id in lost
    }
    nothing = Placement(address=EMPTY_MEDIUM)
    return (
        # A list of videos is cut where it stands.
        [
            (
                r,
                nothing
                if r in replaced_by_another_source and r.attribute != "data-background-video"
                else place,
            )
            for r, place in placed
        ],
        [
            replace(e, slides=tuple(s for s in e.slides if s in slides[e.id]))
            if e.id in slides
            else e
            for e in entries
        ],
    )


def encoded(text: str, like: Source) -> bytes:
    """Text in the encoding, and with the byte-order mark, of the source it is from."""
    return to_bytes(text, like.encoding, mark=like.bom)


def plain_path(raw: str) -> str:
    """The path that a relative URL names from the folder's root, on file:// too.

    Over HTTP a leading ``/`` or ``../`` happens to lead there as well; on file:// it does not.
    """
    return posixpath.normpath(unquote(re.split(r"[?#]", raw, maxsplit=1)[0]))


def _read_source(root: Path, path: str) -> Source:
    """A file beside the deck that holds references, such as reveal-md.json."""
    try:
        data = read_regular(root / path)
        bom = marked(data) == "utf-8"
        return Source(path=path, text=data.decode("utf-8-sig"), bom=bom)
    except (OSError, ValueError) as error:
        raise DeckError(f"{root / path}: cannot be read: {error}") from error
