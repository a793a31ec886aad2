"""Waiting until a page has settled: network quiet, document quiet, and nothing pending.

Streams do not count, nor requests that get no byte for long (long polling, media whose buffer is
full). What is pending is in :mod:`deckarchive.crawler.pending`; a page with none of it is settled
as soon as it is still.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Final

from deckarchive import screenshots
from deckarchive.browser import Tab, answers
from deckarchive.crawler.evidence import WaitLog
from deckarchive.crawler.pending import PendingWork
from deckarchive.errors import BrowserError
from deckarchive.js import script
from deckarchive.model import WaitReason
from deckarchive.proxy import Listener

QUIET: Final = 0.7
"""Seconds of stillness, of both network and document, that count as settled."""
STALLED: Final = 8.0
"""Seconds after which a request without a byte is no longer waited for."""
BREATH: Final = 0.35
"""Seconds in which a page that was still begins what scrolling sets off."""
PATIENCE: Final = 15.0
"""Seconds after which a page that answers nothing is taken to be stuck in a script."""
_STEP: Final = 0.15
_VIEWER: Final = 8.0
"""Seconds that the browser's viewer of PDF files is waited for."""
_APPEARED: Final = "selector => !!document.querySelector(selector)"


class Stuck(BrowserError):
    """The page does not answer: a script of its own keeps it busy."""


class Stillness:
    """Since when nothing has come or gone on a port, streams left out."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._last: object = ()
        self._since = listener.last_activity

    def seconds(self) -> float:
        """Seconds of quiet; 0 while something that can be expected to end is on its way."""
        now = time.monotonic()
        open_now = [f for f in self._listener.open_exchanges if not f.streaming]
        waiting = [f for f in open_now if now - f.last_activity < STALLED]
        state = tuple((f.method, f.url, f.started, f.received) for f in open_now)
        if state != self._last or waiting:
            self._last, self._since = state, now
        if not self._listener.open_exchanges:
            self._since = max(self._since, self._listener.last_activity)
        return now - self._since


async def settle(
    tab: Tab,
    listener: Listener,
    ceiling: float,
    *,
    wait_for: str | None = None,
    at_least: float = QUIET,
    pending: PendingWork | None = None,
    waits: WaitLog | None = None,
) -> bool:
    """Wait until ``tab`` has settled, at most ``ceiling`` seconds; whether it has.

    Without ``pending`` a page that is still has settled. Stillness from before the call counts, but
    for the first ``at_least`` seconds. ``waits`` gets what it was waited for. Raises BrowserError
    when the page crashed, :class:`Stuck` when it does not answer for so long.
    """
    began = since = time.monotonic()
    until = began + ceiling
    network = Stillness(listener)
    answered = began
    waits = waits if waits is not None else WaitLog()
    with suppress(BrowserError):  # from now on the document's own stillness is watched
        await _stillness(tab, max(0.5, min(4.0, ceiling)))
        answered = time.monotonic()
    if pending is not None:
        await pending.watch(tab)
    while time.monotonic() < until:
        quiet, reason = network.seconds(), WaitReason.NETWORK
        if tab.crashed:
            raise BrowserError("the page crashed")
        if quiet >= QUIET and time.monotonic() - began >= at_least:
            try:
                left = max(0.5, min(4.0, until - time.monotonic()))
                still, reason = await _stillness(tab, left), WaitReason.DOCUMENT
                answered = time.monotonic()
            except BrowserError as error:
                still, reason = 0.0, WaitReason.NO_ANSWER
                if time.monotonic() - answered > PATIENCE:
                    raise Stuck("the page does not answer") from error
            if still >= QUIET:
                due = await _due(tab, wait_for, pending)
                if due is None and network.seconds() < QUIET:
                    due = WaitReason.NETWORK  # what it asked for while it was asked itself
                if due is None:
                    waits.add(WaitReason.DOCUMENT, time.monotonic() - since)
                    return True
                reason = due
            quiet = still
        await asyncio.sleep(min(_STEP, max(0.03, QUIET - quiet)))
        waits.add(reason, time.monotonic() - since)
        since = time.monotonic()
    return False


async def _due(tab: Tab, wait_for: str | None, pending: PendingWork | None) -> WaitReason | None:
    """What a still page is waited for."""
    if not await _appeared(tab, wait_for):
        return WaitReason.SELECTOR
    return None if pending is None else await pending.is_due(tab)


async def _stillness(tab: Tab, timeout: float) -> float:
    """For how many seconds the document has been still; it is watched from the first call on."""
    still = await tab.evaluate(script("settle"), read=answers.real, timeout=timeout)
    return still / 1000


async def _appeared(tab: Tab, selector: str | None) -> bool:
    if not selector:
        return True
    with suppress(BrowserError):
        return await tab.evaluate(_APPEARED, selector, read=answers.boolean, timeout=4)
    return False


async def viewer_has_drawn(tab: Tab) -> None:
    """Wait, bounded, for the browser's own viewer: nothing in the page says when it has drawn."""
    until = time.monotonic() + _VIEWER
    with suppress(BrowserError):
        while time.monotonic() < until:
            picture = screenshots.read_screenshot(await tab.screenshot(timeout=5))
            if not screenshots.is_blank(picture):
                return
            await asyncio.sleep(0.3)
