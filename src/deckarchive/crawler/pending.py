"""What a still page says that it has yet to do, and for how long that is waited for.

*Pending* are a timer that is due soon, an animation that ends, a loop of animation frames that
counts towards an end or hides the page, a worker that has not answered, something in view that says
that it is loading. Clocks, pollers and carousels set the same timer again and again: they are
waited for as long as that brings something new, and all of it together is bounded. Of the frames
inside timers and workers count.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from deckarchive.browser import Frame, Tab, answers
from deckarchive.errors import BrowserError
from deckarchive.js import script
from deckarchive.model import WaitReason

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
_FRAMES: Final = 30
"""Frames inside that are asked."""
_LATE: Final = 0.25
"""Seconds from which on an answer comes late: the page may not have got yet what was sent to it."""
_MORE_LOOKS: Final = 4
"""Looks that are repeated, in all, since the page answered late."""
_BOTH: Final = f"channel => Object.assign(({script('pending')})(channel), ({script('progress')})())"


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
class FrameLoop:
    """Scripts that draw frame by frame (``requestAnimationFrame``), for ``age`` seconds so far.

    ``left`` are the seconds until what they change steadily is at its end (0: not known; see
    ``js/progress.js``), ``fresh`` says that a text is always another one, ``bare`` that the page
    shows next to nothing besides (``"bare"``), and has more that is hidden (``"covered"``).
    """

    age: float = 0.0
    left: float = 0.0
    fresh: bool = False
    bare: str = ""

    @property
    def may_end(self) -> bool:
        """Whether there is a sign that it is no animation without end."""
        if not self.age:
            return False
        hides = self.bare and self.age < (_SOON if self.bare == "covered" else _LOADING)
        return self.fresh or bool(hides) or self.counts

    @property
    def counts(self) -> bool:
        """Whether what it changes ends soon."""
        return self.age > 0 and 0 < self.left <= _SOON


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentWork:
    """What a document has still to do (``js/pending.js``): its timers, seconds until its last
    ``animation`` with an end has ended, whether something in view says that it is loading, what it
    draws frame by frame, and the seconds since a ``worker`` was asked that has not answered."""

    timers: tuple[PageTimer, ...] = ()
    animation: float = 0.0
    loading: bool = False
    loop: FrameLoop = FrameLoop()
    worker: float | None = None

    @classmethod
    def from_answer(cls, answer: object) -> DocumentWork:
        found = answers.members(answer)
        asked = found["worker"]
        loop = FrameLoop(
            age=answers.real(found["frames"]) / 1000,
            left=answers.real(found.get("left", 0)) / 1000,
            fresh=answers.boolean(found.get("fresh", False)),
            bare=answers.string(found["bare"]),
        )
        return cls(
            timers=tuple(answers.list_of(PageTimer.from_answer, most=1000)(found["timers"])),
            animation=answers.real(found["animation"]) / 1000,
            loading=answers.boolean(found["busy"]),
            loop=loop,
            worker=None if asked == -1 else answers.real(asked) / 1000,
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
        self._fired: dict[tuple[int, float], int] = {}
        self._looked: float | None = None
        self._more = _MORE_LOOKS
        self._signs: dict[WaitReason, float] = {}
        """Since when there has been a sign that may never go."""

    @property
    def init_script(self) -> str:
        """To be run in every document before its own scripts."""
        return f"({script('timers')})({json.dumps(self.channel)})"

    async def watch(self, tab: Tab) -> None:
        """Note what changes in the page from now on."""
        with suppress(BrowserError):
            await tab.evaluate(script("progress"), read=answers.anything, timeout=2)

    async def is_due(self, tab: Tab) -> WaitReason | None:
        """What the still page in ``tab`` has pending that is worth waiting for.

        On a busy machine a page is asked before what the proxy has sent has come to it, and the
        timer that it sets then is not there yet: one that answers late has not settled yet.
        """
        due, late = await self._look(tab)
        if due is None and late >= _LATE and self._more:
            self._more -= 1
            await asyncio.sleep(late)
            return WaitReason.NO_ANSWER
        return due

    async def _look(self, tab: Tab) -> tuple[WaitReason | None, float]:
        """What is pending, and the seconds that the page took to answer (0: it did not)."""
        read, work, late = DocumentWork.from_answer, DocumentWork(), 0.0

        async def inside(frame: Frame) -> DocumentWork:
            with suppress(BrowserError):
                pending = script("pending")
                return await frame.evaluate(pending, self.channel, read=read, timeout=2)
            return DocumentWork()

        asked = asyncio.gather(*(inside(frame) for frame in tab.frames[1 : _FRAMES + 1]))
        began = time.monotonic()
        with suppress(BrowserError):
            work = await tab.evaluate(_BOTH, self.channel, read=read, timeout=2)
            late = time.monotonic() - began
        return self.waits_for(work, time.monotonic(), await asked), late

    def waits_for(
        self, work: DocumentWork, now: float, inside: Sequence[DocumentWork] = ()
    ) -> WaitReason | None:
        """What such a page, with such frames ``inside``, is waited for at the time ``now``; that
        time is used up."""
        if self._looked is not None:
            self._left -= now - self._looked
        due = self._due(work, inside, now)
        waits = due if self._left > 0 else None
        self._looked = now if waits else None
        return waits

    def _due(
        self, work: DocumentWork, inside: Sequence[DocumentWork], now: float
    ) -> WaitReason | None:
        self._note_what_is_new((work, *inside))
        workers = [one.worker for one in (work, *inside) if one.worker is not None]
        timer_inside = any(self._timer_is_due(one, n) for n, one in enumerate(inside, 1))
        reasons = {
            WaitReason.TIMER: self._timer_is_due(work, 0),
            WaitReason.ANIMATION: 0 < work.animation <= _SOON,
            WaitReason.FRAME_LOOP: self._lasts(
                WaitReason.FRAME_LOOP,
                work.loop.may_end,
                now,
                _SOON if work.loop.counts else _LOADING,
            ),
            WaitReason.TIMER_INSIDE: self._lasts(WaitReason.TIMER_INSIDE, timer_inside, now, _SOON),
            WaitReason.WORKER: self._lasts(
                WaitReason.WORKER, any(age < _SOON for age in workers), now
            ),
            WaitReason.LOADING: self._lasts(WaitReason.LOADING, work.loading, now),
        }
        return next((reason for reason, holds in reasons.items() if holds), None)

    def _note_what_is_new(self, works: Sequence[DocumentWork]) -> None:
        """What came since the last look is new: count from here."""
        progress = self._progress()
        if progress > self._known:
            self._known, self._asked = progress, self._requests()
            self._fired = {
                (n, timer.delay): timer.fired for n, one in enumerate(works) for timer in one.timers
            }

    def _timer_is_due(self, work: DocumentWork, frame: int) -> bool:
        rounds = _POLLS if self._requests() > self._asked else _ROUNDS
        return any(
            timer.due <= _SOON and timer.fired - self._fired.get((frame, timer.delay), 0) < rounds
            for timer in work.timers
        )

    def _lasts(self, sign: WaitReason, there: bool, now: float, most: float = _LOADING) -> bool:
        """Whether a sign is ``there``, and has not been for too long."""
        if not there:
            self._signs.pop(sign, None)
            return False
        return now - self._signs.setdefault(sign, now) < most
