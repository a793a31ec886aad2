"""Waiting until a page has settled: network quiet, document quiet, and nothing pending.

Streams do not count, nor requests that get no byte for long (long polling, media whose buffer is
full). *Pending* is what a still page says that it has yet to do: a timer that is due soon, an
animation that ends, something in view that says that it is loading. A page with none of it is
settled as soon as it is still. Clocks, pollers and carousels set the same timer again and again:
they are waited for as long as that brings something new, and all of it together is bounded.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from deckarchive.browser import Tab, answers
from deckarchive.errors import BrowserError
from deckarchive.js import script
from deckarchive.proxy import Listener

QUIET: Final = 0.7
"""Seconds of stillness, of both network and document, that count as settled."""
STALLED: Final = 8.0
"""Seconds after which a request without a byte is no longer waited for."""
BREATH: Final = 0.35
"""Seconds in which a page that was still begins what scrolling sets off."""
PATIENCE: Final = 15.0
"""Seconds after which a page that answers nothing is taken to be stuck in a script."""
MOST_PENDING: Final = 12.0
"""Seconds that a page is waited for together, though it is still, for what is pending."""
_SOON: Final = 6.0
"""Seconds within which a timer is due, or an animation ends, that is waited for."""
_ROUNDS: Final = 3
"""Times that a timer fires again without anything new."""
_POLLS: Final = 8
"""The same where each time something is requested: the answer may change yet."""
_LOADING: Final = 4.0
"""Seconds that a page may say that it is loading while it does nothing: a spinner never ends."""
_STEP: Final = 0.15
_APPEARED: Final = "selector => !!document.querySelector(selector)"


class Stuck(BrowserError):
    """The page does not answer: a script of its own keeps it busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTimer:
    """A timer that a page has set: ``due`` in so many seconds; ``fired`` is how often one of its
    ``delay`` (milliseconds) has."""

    due: float
    fired: int
    delay: float

    @classmethod
    def from_answer(cls, answer: object) -> PageTimer:
        due, fired, delay = answers.list_of(answers.real)(answer)
        return cls(due=due / 1000, fired=int(fired), delay=delay)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentWork:
    """What a document has still to do (``js/pending.js``): its timers, seconds until its last
    ``animation`` with an end has ended, and whether something in view says that it is loading."""

    timers: tuple[PageTimer, ...] = ()
    animation: float = 0.0
    loading: bool = False

    @classmethod
    def from_answer(cls, answer: object) -> DocumentWork:
        found = answers.members(answer)
        return cls(
            timers=tuple(answers.list_of(PageTimer.from_answer, most=1000)(found["timers"])),
            animation=answers.real(found["animation"]) / 1000,
            loading=answers.boolean(found["busy"]),
        )


class PendingWork:
    """What one page is waited for although it is still, all its views together.

    ``progress`` is a number that grows with what is new (a URL, another answer of a known one),
    ``requests`` one that grows with every answer.
    """

    def __init__(self, progress: Callable[[], int], requests: Callable[[], int]) -> None:
        self.channel: Final = f"da{secrets.token_hex(8)}"
        """The name of the event that ``js/timers.js`` answers."""
        self._progress, self._requests = progress, requests
        self._left = MOST_PENDING
        self._known = self._asked = 0
        self._fired: dict[float, int] = {}
        self._looked: float | None = None
        self._loading_since: float | None = None

    @property
    def init_script(self) -> str:
        """To be run in every document before its own scripts."""
        return f"({script('timers')})({json.dumps(self.channel)})"

    async def is_due(self, tab: Tab) -> bool:
        """Whether the still page in ``tab`` has something pending that is worth waiting for."""
        work = DocumentWork()
        with suppress(BrowserError):
            work = await tab.evaluate(
                script("pending"), self.channel, read=DocumentWork.from_answer, timeout=2
            )
        return self.waits_for(work, time.monotonic())

    def waits_for(self, work: DocumentWork, now: float) -> bool:
        """Whether such a page is waited for at the time ``now``; that time is used up."""
        if self._looked is not None:
            self._left -= now - self._looked
        ends = 0 < work.animation <= _SOON
        due = self._timer_is_due(work) or ends or self._loads(work, now)
        waits = due and self._left > 0
        self._looked = now if waits else None
        return waits

    def _timer_is_due(self, work: DocumentWork) -> bool:
        progress, requests = self._progress(), self._requests()
        if progress > self._known:  # what came since the last look is new: count from here
            self._known, self._asked = progress, requests
            self._fired = {timer.delay: timer.fired for timer in work.timers}
        rounds = _POLLS if requests > self._asked else _ROUNDS
        return any(
            timer.due <= _SOON and timer.fired - self._fired.get(timer.delay, 0) < rounds
            for timer in work.timers
        )

    def _loads(self, work: DocumentWork, now: float) -> bool:
        if not work.loading:
            self._loading_since = None
            return False
        if self._loading_since is None:
            self._loading_since = now
        return now - self._loading_since < _LOADING


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
) -> bool:
    """Wait until ``tab`` has settled, at most ``ceiling`` seconds; whether it has.

    Without ``pending`` a page that is still has settled. Stillness from before the call counts, but
    for the first ``at_least`` seconds. Raises BrowserError when the page crashed, :class:`Stuck`
    when it does not answer for so long.
    """
    began = time.monotonic()
    until = began + ceiling
    network = Stillness(listener)
    answered = began
    with suppress(BrowserError):  # from now on the document's own stillness is watched
        await _stillness(tab, max(0.5, min(4.0, ceiling)))
        answered = time.monotonic()
    while time.monotonic() < until:
        quiet = network.seconds()
        if tab.crashed:
            raise BrowserError("the page crashed")
        if quiet >= QUIET and time.monotonic() - began >= at_least:
            try:
                left = max(0.5, min(4.0, until - time.monotonic()))
                still = await _stillness(tab, left)
                answered = time.monotonic()
            except BrowserError as error:
                still = 0.0
                if time.monotonic() - answered > PATIENCE:
                    raise Stuck("the page does not answer") from error
            settled = still >= QUIET and await _appeared(tab, wait_for)
            if settled and (pending is None or not await pending.is_due(tab)):
                return True
            quiet = still
        await asyncio.sleep(min(_STEP, max(0.03, QUIET - quiet)))
    return False


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
