"""From the deck's references to splices of its text: pure, no I/O.

A :class:`Place` says where a target (or a file of the deck's own) stands in the offline folder;
:func:`splices_for` encodes that address for the syntax each reference stands in. Nothing
outside the references' spans changes, except where a medium that was never captured gets a card.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from deckarchive.errors import DeckError
from deckarchive.markup import (
    Splice,
    Tag,
    css_escape_url,
    decode_references,
    encode_attribute,
    scan_html,
)
from deckarchive.model import Reference, Source

_HASH = re.compile(r"(?<!&)#")
_VIDEO_ATTRIBUTE = re.compile(r"data-background-video(\s*=\s*[\"']?\s*)\Z", re.IGNORECASE)
_OTHER_BACKGROUND = re.compile(r"data-background-(?:iframe|image)\b", re.IGNORECASE)
_EMPTY_MEDIUM = "data:none"
"""A URL that fails without a request. No comma: reveal.js splits lists there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
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


def splices_for(source: Source, placed: Iterable[tuple[Reference, Place]]) -> list[Splice]:
    """The splices of one source file that point its references at their places.

    Raises :class:`DeckError` when a reference's span does not hold its raw text: the manifest
    belongs to another state of the deck.
    """
    splices: list[Splice] = []
    tags: list[Tag] | None = None
    for reference, place in placed:
        start, end = reference.span
        if source.text[start:end] != reference.raw:
            raise DeckError(
                f"{source.path}:{reference.line}: the deck no longer says {reference.raw!r} here",
                hint="make the manifest again",
            )
        if place.card:
            tags = list(_start_tags(source.text)) if tags is None else tags
            splices += _card_splices(source.text, reference, place, tags)
        else:
            splices.append(Splice(start, end, _replacement(reference, place)))
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


def _replacement(reference: Reference, place: Place) -> str:
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
    text: str, reference: Reference, place: Place, tags: list[Tag]
) -> Iterator[Splice]:
    """A medium that is missing: something to see instead of an empty box.

    A background video becomes a background iframe that shows the card: reveal.js reads the
    attribute only when there is no video or image on the slide, so the name is changed only when
    it is the slide's one background and the value one URL. ``<video>`` gets a poster.
    """
    start, end = reference.span
    if reference.attribute == "data-background-video":
        named = _VIDEO_ATTRIBUTE.search(text, max(0, start - 60), start)
        around = text[text.rfind("<", 0, start) + 1 : _or_end(text, text.find(">", end))]
        alone = not text[end:].lstrip().startswith(",")
        if named and alone and place.card_page and not _OTHER_BACKGROUND.search(around):
            yield Splice(named.start(), named.start(1), "data-background-iframe")
            yield Splice(start, end, encode(place.card_page, reference.syntax, reference.quote))
            return
    yield Splice(start, end, encode(_EMPTY_MEDIUM, reference.syntax, reference.quote))
    video = _video_around(tags, start)
    if video and not video.get("poster"):
        at = video.start + 1 + len(video.name)
        yield Splice(at, at, f' poster="{encode_attribute(place.card, chr(34))}"')


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
    for splice in sorted(set(splices), key=lambda s: (s.start, s.end)):
        if not kept or splice.start >= kept[-1].end:
            kept.append(splice)
    return kept
