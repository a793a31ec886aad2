"""Using a page a little, as evidence of what a copy must do as well (``js/interactions.js``)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from deckarchive.browser import Tab, answers, without_side_effects
from deckarchive.errors import BrowserError
from deckarchive.js import script
from deckarchive.model import Interaction

_MOST: Final = 12
_SECONDS: Final = 5.0
_SCROLL: Final = [{"kind": "scroll"}]


async def use(tab: Tab, *, only_scroll: bool) -> object:
    """Use the page in ``tab``; what it says of that, ``None`` when it does not answer."""
    with suppress(BrowserError):
        how = {"todo": _SCROLL if only_scroll else None, "patience": 0}
        async with without_side_effects(tab.main):
            return await tab.evaluate(
                script("interactions"), how, read=answers.anything, timeout=_SECONDS
            )
    return None


def interactions_of(answer: object, view: str) -> list[Interaction]:
    """What a page says of its interactions, bounded and checked."""
    if not isinstance(answer, list):
        return []
    return [_interaction(one, view) for one in answer[:_MOST] if isinstance(one, Mapping)]


def _interaction(one: Mapping[str, Any], view: str) -> Interaction:
    changed = one.get("changed")
    return Interaction(
        kind=str(one.get("kind", ""))[:20],
        where=str(one.get("where", ""))[:400],
        label=str(one.get("label", ""))[:60],
        changed=changed if isinstance(changed, bool) else None,
        at_once=one.get("atOnce") is True,
        view=view,
    )
