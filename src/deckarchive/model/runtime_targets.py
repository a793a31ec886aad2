"""Targets that no source names: a deck's scripts made them while its page was shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from deckarchive import urls
from deckarchive.model.capture import DECK_CAPTURE_ID, CaptureRecord, Embed
from deckarchive.model.manifest import Kind, Manifest, Reference, Target

MADE: Final = "script"
"""The ``syntax`` of a reference that is nowhere in the deck's source."""

_SLIDE: Final = (960, 700)
"""reveal.js's slide, for a frame of no known size."""
_PLAYER: Final = re.compile(r"(?<=[?&])(?:enablejsapi|api)=1(?:&|$)")
"""What reveal.js adds to the URLs of players."""


def with_runtime_embeds(manifest: Manifest, embeds: Iterable[Embed]) -> Manifest:
    """The manifest, and a target for each page or film among ``embeds`` that it does not list.

    Of the deck's own files only pages are targets, as everywhere. What the source names but
    reveal.js never shows does not count as listed.
    """
    listed = {
        (_plain(target.url), target.kind.is_page) for target in manifest.targets if target.shown
    }
    # A source that names no scheme takes that of its page, and ours is shown by http.
    listed |= {
        (_plain(f"http:{target.url.partition(':')[2]}"), target.kind.is_page)
        for target in manifest.targets
        if any(r.state == "shown" and r.raw.strip().startswith("//") for r in target.references)
    }
    listed |= {(_plain(file.path), file.kind.is_page) for file in manifest.local}
    groups: dict[tuple[str, Kind], list[Reference]] = {}
    for embed in embeds:
        if embed.kind not in Kind._value2member_map_:
            continue
        kind, url = Kind(embed.kind), urls.resolve(embed.url)
        if url is None or not (kind.is_page or (kind.is_media and not urls.is_deck_url(url))):
            continue
        document, fragment = urls.split_fragment(url)
        if (_plain(document), kind.is_page) not in listed:
            reference = _reference(manifest.deck.path, kind, embed, fragment)
            groups.setdefault((document, kind), []).append(reference)
    known = {target.id for target in manifest.targets if target.shown}
    made = [
        Target(id=name, kind=kind, url=url, references=tuple(dict.fromkeys(references)))
        for (url, kind), references in groups.items()
        if (name := urls.target_id(url, kind.value)) not in known
    ]
    kept = {target.id for target in made}
    targets = (*(t for t in manifest.targets if t.id not in kept), *made)
    return replace(manifest, targets=targets)


def with_records(manifest: Manifest, records: Mapping[str, CaptureRecord]) -> Manifest:
    """The same with what the record of the deck's own page, if there is one, lists as made."""
    deck = records.get(DECK_CAPTURE_ID)
    return with_runtime_embeds(manifest, deck.embeds if deck else ())


def manifest_in_force(
    manifest: Manifest, captured: Manifest | None, records: Mapping[str, CaptureRecord]
) -> Manifest:
    """The manifest of a deck as it is now, with the targets that its scripts made when it was
    ``captured``: those of its own manifest, else of the record of the deck's page.

    Only kinds, URLs, slides, sizes and the attributes of frames are taken over: an archive is
    untrusted.
    """
    if captured is None:
        return with_records(manifest, records)
    return with_runtime_embeds(manifest, runtime_embeds(captured))


def runtime_targets(manifest: Manifest) -> list[Target]:
    """Those that :func:`with_runtime_embeds` added."""
    return [t for t in manifest.targets if any(r.syntax == MADE for r in t.references)]


def runtime_embeds(manifest: Manifest) -> tuple[Embed, ...]:
    """What :func:`with_runtime_embeds` was given, out of the targets that it added.

    No path and no id is among it: who takes over the runtime targets of a manifest that
    somebody else may have written makes these again.
    """
    return tuple(
        Embed(
            kind=target.kind.value,
            url=f"{target.url}#{reference.fragment}" if reference.fragment else target.url,
            slide=reference.slide or (0, 0),
            size=reference.size,
            attribute=reference.attribute,
            frame=reference.frame,
        )
        for target in runtime_targets(manifest)
        for reference in target.references
        if reference.syntax == MADE
    )


def _reference(file: str, kind: Kind, embed: Embed, fragment: str) -> Reference:
    return Reference(
        slide=embed.slide,
        file=file,
        line=1,
        column=1,
        span=(0, 0),
        raw="",
        fragment=fragment,
        syntax=MADE,
        attribute=embed.attribute,
        size=(embed.size or _SLIDE) if kind in (Kind.IFRAME, Kind.OBJECT) else None,
        frame=embed.frame if kind in (Kind.IFRAME, Kind.OBJECT) else (),
    )


def _plain(url: str) -> str:
    """A document's address by which the source's and the browser's spelling are one."""
    document = urls.split_fragment(urls.resolve(url) or url)[0]
    return _PLAYER.sub("", document).rstrip("?&")
