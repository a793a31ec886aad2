"""Using what stands on a slide: interactions of the capture again in the copies, and playing media.

Only interactions whose change came at once when captured, before any timer could run, can by
themselves accuse a copy: what else changes a page by chance cannot be mistaken for them. A change
that is missing is looked for once more, since late scripts may have been on their way. Films and
sounds of the slides, the deck's own among them, are played, muted, and left as they were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from deckarchive.browser import answers
from deckarchive.errors import BrowserError
from deckarchive.model import Interaction, OfflineTarget
from deckarchive.rehearsal._browser import RehearsalBrowser
from deckarchive.rehearsal._results import Played, ReplayedInteraction
from deckarchive.rehearsal._verdict import EmbedEvidence, judge

_SECONDS: Final = 10.0  # for the interactions with one page
_MEDIA_SECONDS: Final = 14.0  # what media.js takes at most, and a moment
_MOST: Final = 50  # media on one slide


async def replay_interactions(
    browser: RehearsalBrowser, target: OfflineTarget, seen: EmbedEvidence
) -> tuple[ReplayedInteraction, ...]:
    """Use the copy that is showing, when it is fit to be used; what came of it, act by act."""
    interactions = [
        use for use in target.interactions if use.view == seen.view and use.changed is not None
    ]
    if not interactions or seen.hangs or seen.ready is not None or judge(target, seen).gap:
        return ()
    frame = browser.copy_of(target)
    if frame is None:
        return ()
    used: tuple[ReplayedInteraction, ...] = ()
    for _ in range(2):
        try:
            answers = await browser.use(frame, interactions, _SECONDS)
        except BrowserError:
            return used  # a copy that hangs or goes away is judged by what it showed
        used = better(used, match(interactions, answers))
        if not idle(used) and not is_without_effect(used):
            break
    return used


def match(interactions: Sequence[Interaction], answers: object) -> tuple[ReplayedInteraction, ...]:
    """Each act with what the copy says of it; a copy that says something else has done nothing."""
    said = answers if isinstance(answers, list) else []
    found = []
    for use, answer in zip(interactions, [*said, *[None] * len(interactions)], strict=False):
        same = isinstance(answer, Mapping) and answer.get("kind") == use.kind
        changed = answer.get("changed") if same and isinstance(answer, Mapping) else None
        found.append(
            ReplayedInteraction(use=use, changed=changed if isinstance(changed, bool) else None)
        )
    return tuple(found)


def better(
    first: tuple[ReplayedInteraction, ...], second: tuple[ReplayedInteraction, ...]
) -> tuple[ReplayedInteraction, ...]:
    """Of two tries the one in which something changed, act by act."""
    if not first:
        return second
    return tuple(
        replace(one, changed=True if True in (one.changed, two.changed) else one.changed)
        for one, two in zip(first, second, strict=True)
    )


def idle(used: Sequence[ReplayedInteraction]) -> tuple[Interaction, ...]:
    """The acts that changed the page at once when captured, and change nothing now."""
    return tuple(u.use for u in used if u.changed is False and u.use.changed and u.use.at_once)


def is_without_effect(used: Sequence[ReplayedInteraction]) -> bool:
    """Whether nothing changes the page now, of all acts that changed it when captured."""
    changed = [one.changed for one in used if one.use.changed]
    return bool(changed) and not any(one is not False for one in changed)


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
    said = await browser.run("media", numbers, _MEDIA_SECONDS, answers.list_of(answers.anything))
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
