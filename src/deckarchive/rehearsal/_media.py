"""Films and sounds on the deck's own slides: does each play, and can it be wound?

The targets' copies and the deck's own files alike: a local film that is broken is missed by the
audience just as much. All are muted, and each is left as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from deckarchive.browser import answers
from deckarchive.model import OfflineTarget, Tier
from deckarchive.rehearsal._browser import RehearsalBrowser
from deckarchive.rehearsal._results import Played

_SECONDS: Final = 14.0  # what media.js takes at most, and a moment
_MOST: Final = 50  # media on one slide


def own_media(survey: Mapping[str, Any]) -> list[OfflineTarget]:
    """The deck's own films and sounds on the slide, as targets: ``id`` and ``url`` are the path."""
    found: dict[str, OfflineTarget] = {}
    for one in survey["others"][:_MOST]:
        path = str(one["path"]).lstrip("/")
        found[path] = OfflineTarget(
            id=path, kind=str(one["kind"]), url=path, copy=path, best=Tier.LIVE, state=""
        )
    return list(found.values())


async def play_media(
    browser: RehearsalBrowser, places: Sequence[Mapping[str, Any]]
) -> dict[str, Played]:
    """Play the media that a survey found ready; what came of it, by target, the worst of several.

    Raises :class:`BrowserError`.
    """
    ready = [p for p in places if "medium" in p and p["loaded"]["ready"]][:_MOST]
    if not ready:
        return {}
    numbers = sorted({int(p["medium"]) for p in ready})  # two targets may share one element
    said = await browser.run("media", numbers, _SECONDS, answers.list_of(answers.anything))
    told = dict(zip(numbers, said, strict=False))
    found: dict[str, Played] = {}
    for place in ready:
        played = played_of(told.get(int(place["medium"])))
        if played and (place["id"] not in found or (played.fails and not found[place["id"]].fails)):
            found[place["id"]] = played
    return found


def played_of(answer: object) -> Played | None:
    """What media.js says of one medium; ``None`` for anything else."""
    if not isinstance(answer, Mapping):
        return None
    told = {name: answer.get(name) for name in ("plays", "winds", "ends")}
    length = answer.get("duration")
    known = isinstance(length, int | float) and 0 < length < 1e9
    return Played(
        **{name: value if isinstance(value, bool) else None for name, value in told.items()},
        duration=round(float(length), 2) if known else None,  # type: ignore[arg-type]
        fault=str(answer.get("fault") or "")[:300],
    )
