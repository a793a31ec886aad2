"""Using a page a little, when all of it is recorded: evidence of what its copy must do as well.

Only harmless acts (``js/interactions.js``), and meanwhile the proxy sends nothing but requests
that read: what a button says, in whatever language, does not matter then. Where a click could do
something that counts all the same (the user's own login is at work, or the page holds a WebSocket,
whose messages nobody can tell apart) the page is scrolled and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from deckarchive.browser import Tab, answers, without_side_effects
from deckarchive.crawler.session import Session
from deckarchive.errors import BrowserError
from deckarchive.js import script
from deckarchive.model import Interaction

_MAX: Final = 12
_SECONDS: Final = 5.0
_SETTLE: Final = 2.0
_BREATH: Final = 0.3
_UNTOUCHED: Final = frozenset({"scroll", "key"})
"""Acts that leave a page as it was, where nothing changed by the key."""
_PASSIVE: Final = [{"kind": kind} for kind in ("scroll",)]


async def interact(session: Session, tab: Tab, view: str) -> None:
    """Use the page as it shows ``view``, and note what changed.

    What it asks for from now on is recorded like everything else, but its faults are not held
    against the capture.
    """
    evidence = session.evidence
    wanted = session.options.use and not session.manual
    if not wanted or evidence.busy or "html" not in evidence.content_type:
        return
    evidence.judged = len(evidence.seen), len(session.listener.failures)
    talks = any(opened.status == 101 for opened in session.listener.open_exchanges)
    known = bool(session.options.headers or session.jar) or talks
    session.listener.only_reading()
    found: object = None
    with suppress(BrowserError):
        how = {"todo": _PASSIVE if known else None, "patience": 0}
        async with without_side_effects(tab.main):
            found = await tab.evaluate(
                script("interactions"), how, read=answers.anything, timeout=_SECONDS
            )
    evidence.interactions = uses_of(found, view)
    if any(use.changed and use.kind != "scroll" for use in evidence.interactions):
        with suppress(BrowserError):  # what a click asked for may still be on its way
            await session.settle(tab, _SETTLE, at_least=_BREATH)
    elif isinstance(found, list) and all(use.kind in _UNTOUCHED for use in evidence.interactions):
        # What it says when it is closed tells of no act; after a click it might save what that did.
        session.listener.only_reading(False)


def uses_of(found: object, view: str) -> list[Interaction]:
    """What a page says of itself, bounded and checked."""
    if not isinstance(found, list):
        return []
    return [_use(one, view) for one in found[:_MAX] if isinstance(one, Mapping)]


def _use(one: Mapping[str, Any], view: str) -> Interaction:
    changed = one.get("changed")
    return Interaction(
        kind=str(one.get("kind", ""))[:20],
        where=str(one.get("where", ""))[:400],
        label=str(one.get("label", ""))[:60],
        changed=changed if isinstance(changed, bool) else None,
        at_once=one.get("atOnce") is True,
        view=view,
    )
