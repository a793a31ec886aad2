"""Using a copy as its page was used when it was captured: does the same act still do something?

Only acts whose change came at once then, before any timer could run, can accuse a copy: what
else changes a page by chance cannot be mistaken for them. A change that is missing is looked
for once more, since late scripts may have been on their way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from deckarchive.errors import BrowserError
from deckarchive.model import OfflineTarget, Use
from deckarchive.rehearse._judge import Evidence, judge
from deckarchive.rehearse._stage import Stage
from deckarchive.rehearse._values import Used

_SECONDS: Final = 10.0


async def use_copy(stage: Stage, target: OfflineTarget, seen: Evidence) -> tuple[Used, ...]:
    """Use the copy that is showing, when it is fit to be used; what came of it, act by act."""
    uses = [use for use in target.uses if use.view == seen.view and use.changed is not None]
    if not uses or seen.hangs or seen.ready is not None or judge(target, seen).gap:
        return ()
    frame = stage.copy_frame(f"/{target.frame}" if target.frame else "", f"/{target.copy}")
    if frame is None:
        return ()
    used: tuple[Used, ...] = ()
    for _ in range(2):
        try:
            answers = await stage.use(frame, uses, _SECONDS)
        except BrowserError:
            return used  # a copy that hangs or goes away is judged by what it showed
        used = better(used, match(uses, answers))
        if not idle(used):
            break
    return used


def match(uses: Sequence[Use], answers: object) -> tuple[Used, ...]:
    """Each act with what the copy says of it; a copy that says something else has done nothing."""
    said = answers if isinstance(answers, list) else []
    found = []
    for use, answer in zip(uses, [*said, *[None] * len(uses)], strict=False):
        same = isinstance(answer, Mapping) and answer.get("kind") == use.kind
        changed = answer.get("changed") if same and isinstance(answer, Mapping) else None
        found.append(Used(use=use, changed=changed if isinstance(changed, bool) else None))
    return tuple(found)


def better(first: tuple[Used, ...], second: tuple[Used, ...]) -> tuple[Used, ...]:
    """Of two tries the one in which something changed, act by act."""
    if not first:
        return second
    return tuple(
        replace(one, changed=True if True in (one.changed, two.changed) else one.changed)
        for one, two in zip(first, second, strict=True)
    )


def idle(used: Sequence[Used]) -> tuple[Use, ...]:
    """The acts that changed the page at once when captured, and change nothing now."""
    return tuple(u.use for u in used if u.changed is False and u.use.changed and u.use.at_once)
