"""Media with several sources: one that was never captured matters only where no other is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from deckarchive.model import Manifest, OfflineTarget, Reference, Tier
from deckarchive.rewrite.splices import EMPTY_MEDIUM, Place

_LOST = (Tier.CARD, Tier.BLANK)


def spare_alternatives(
    manifest: Manifest,
    placed: Iterable[tuple[Reference, Place]],
    entries: Iterable[OfflineTarget],
) -> tuple[list[tuple[Reference, Place]], list[OfflineTarget]]:
    """The same, but a lost source beside one that plays gets no card, and is no part of its slide.

    The browser takes the first source that it can play, as it did online.
    """
    entries = list(entries)
    lost = {entry.id for entry in entries if entry.best in _LOST}
    spared = set(manifest.spared(lost))
    slides = {
        target.id: {r.slide for r in target.references if r.state == "shown" and r not in spared}
        for target in manifest.targets
        if target.id in lost
    }
    nothing = Place(address=EMPTY_MEDIUM)
    return (
        # A list of videos is cut where it stands.
        [
            (r, nothing if r in spared and r.attribute != "data-background-video" else place)
            for r, place in placed
        ],
        [
            replace(e, slides=tuple(s for s in e.slides if s in slides[e.id]))
            if e.id in slides
            else e
            for e in entries
        ],
    )
