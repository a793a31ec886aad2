"""Capturing what is opened in the browser: the steps that pages share, and the deck's own page."""

from __future__ import annotations

import asyncio
import time
from abc import abstractmethod
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

from deckarchive import urls
from deckarchive.browser import (
    BrowserRequest,
    Context,
    Navigation,
    RouteAction,
    Tab,
    World,
    answers,
)
from deckarchive.crawler.judge import judge_deck
from deckarchive.crawler.pending import PendingWork
from deckarchive.crawler.run_context import RunContext
from deckarchive.crawler.settle import PATIENCE, QUIET, Stuck, settle
from deckarchive.crawler.target_capture import TargetCapture, media_type
from deckarchive.errors import BrowserError
from deckarchive.js import script
from deckarchive.model import FRAME_ATTRIBUTES, Embed, State, Target, WaitReason

_T = TypeVar("_T")
_LEAVING: Final = 3.0
_SILENT: Final = 0.75
"""Seconds without a byte after which a page that loads only waits."""
_HELD_BACK = "net::ERR_FAILED"
"""What the browser logs for a request that is held back here."""
_MOST_EMBEDS: Final = 1000
_LONGEST_URL: Final = 4096


class BrowserCapture(TargetCapture):
    """A target that is opened in the browser. It holds a concurrency slot while it loads, scrolls
    and is painted, and releases it while it only waits."""

    def __init__(self, context: RunContext, target: Target, folder: Path) -> None:
        super().__init__(context, target, folder)
        self.pending: PendingWork | None = None
        """What a page that is still is waited for; ``None`` where that is not looked at."""

    async def capture(self) -> None:
        async with self.context.slots.acquire() as self.slot:
            await self.browse()

    @abstractmethod
    async def browse(self) -> None:
        """Open the target and record it; runs while it holds a slot."""

    def ceiling(self) -> float:
        if self.options.headed:
            return 24 * 3600
        return 22 * self.options.timeout + 120 + 60 * len(self.target.fragments)

    async def open(self, tab: Tab, url: str, host: str | None = None) -> Navigation:
        """Open ``url``, in the frame of the page at ``host`` where there is one; while servers are
        silent another target may work. What is stuck in a script before it has loaded is
        stopped."""
        guard = asyncio.ensure_future(self._stop_when_stuck(tab))
        began = time.monotonic()
        try:
            timeout = self.options.timeout
            if host is None:
                return await self._served(tab.goto(url, timeout=timeout))
            told = self.listener.frame_navigates
            return await self._served(tab.goto_framed(host, timeout=timeout, on_navigation=told))
        finally:
            if self.evidence.busy:  # it is just stopping the page
                await asyncio.wait({guard}, timeout=PATIENCE)
            guard.cancel()
            self.evidence.waits.add(WaitReason.OPENING, time.monotonic() - began)

    async def settle(
        self, tab: Tab, ceiling: float, *, wait_for: str | None = None, at_least: float = QUIET
    ) -> bool:
        """Wait until the page is still, see :func:`settle`; meanwhile another target may work.

        The scripts of a page that is stuck are stopped; it is never still.
        """
        if self.evidence.busy:
            return False
        try:
            async with self._waiting():
                return await settle(
                    tab,
                    self.listener,
                    ceiling,
                    wait_for=wait_for,
                    at_least=at_least,
                    pending=self.pending,
                    waits=self.evidence.waits,
                )
        except Stuck:
            await self._stop(tab)
            return False

    async def leave(self, tab: Tab) -> None:
        """Leave the page while its browser lives, and wait for what it sends then: with the
        browser such requests would be cut off, after their server has answered some of them.

        What becomes of them is recorded and not held against the page.
        """
        evidence = self.evidence
        if evidence.busy:
            return
        if evidence.judged == (None, None):
            evidence.judged = len(evidence.seen), len(self.listener.failures)
        began = time.monotonic()
        with suppress(BrowserError):
            await tab.goto("about:blank", timeout=_LEAVING)
        async with self._waiting():
            await self.listener.wait_for_late_requests(began)

    def watch(self, context: Context) -> None:
        """Note as what the browser asks for each URL: an image, a script, a beacon."""
        context.on_request(self._note_type)

    def note_navigation(self, navigation: Navigation) -> None:
        """Note the answer that became the document."""
        evidence = self.evidence
        evidence.status, evidence.final_url = navigation.status, navigation.url
        evidence.headers = navigation.headers
        evidence.content_type = media_type(navigation.headers)

    def _note_type(self, request: BrowserRequest) -> None:
        self.evidence.types.setdefault(urls.split_fragment(request.url)[0], request.type)

    async def _stop_when_stuck(self, tab: Tab) -> None:
        while True:
            await asyncio.sleep(PATIENCE / 5)
            silent = time.monotonic() - self.listener.last_activity
            if silent > PATIENCE / 5 and not await tab.answers(timeout=PATIENCE):
                await self._stop(tab)
                return

    async def _stop(self, tab: Tab) -> None:
        self.evidence.busy = True
        if await tab.stop_scripts():
            self.evidence.notes.append("a script that did not end was stopped")

    def _waiting(self) -> AbstractAsyncContextManager[None]:
        """Let another target work meanwhile."""
        return self.slot.released() if self.slot is not None else nullcontext()

    async def _served(self, work: Coroutine[Any, Any, _T]) -> _T:
        """What ``work`` gives; while servers are silent meanwhile, another target may work."""
        task = asyncio.ensure_future(work)
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=_SILENT / 3)
                silent = time.monotonic() - self.listener.last_activity
                if self.slot is not None and silent > _SILENT and not task.done():
                    self.slot.release()
        finally:
            task.cancel()
        if self.slot is not None:
            await self.slot.take()
        return task.result()


class DeckPageCapture(BrowserCapture):
    """The deck's own page: what its theme, plugins and slides load from elsewhere.

    The embeds are captured as targets of their own: their frames and media are held back here.
    """

    async def browse(self) -> None:
        evidence, options = self.evidence, self.options
        evidence.loads = self.context.deck.loads if self.context.deck else ""
        async with self.context.pool.context(self.context_options()) as context:
            self.watch(context)
            await context.add_init_script(script("defer-frames"))
            await context.route(_defer)
            tab = await context.tab()
            try:
                navigation = await self.open(tab, self.target.url)
                self.note_navigation(navigation)
                if navigation.status is None:
                    evidence.error = f"the deck's page does not load ({navigation.error})"
                    return
                clock = Clock(options.timeout)
                await self.settle(tab, clock.left())
                budget = clock.left(20.0, at_least=2.0)
                with suppress(BrowserError):
                    arg = {"budget": budget * 1000}
                    await tab.evaluate(
                        script("walk"),
                        arg,
                        read=answers.real,
                        timeout=budget + 10,
                        world=World.PAGE,  # reveal.js is the page's
                    )
                await self.settle(tab, clock.left(20.0, at_least=2.0))
                evidence.embeds = await _embeds(tab)
                evidence.title = await tab.title()
                await self.picture(tab, self.target.url, "")
            finally:
                evidence.console = [line for line in tab.console if _HELD_BACK not in line]
            await self.leave(tab)

    def judge(self) -> tuple[State, str]:
        return judge_deck(self.evidence)


def _defer(request: BrowserRequest) -> RouteAction:
    """Frames that scripts fill are held back in the page (``defer-frames``); those of the document
    get an answer that leaves them empty, which is cheaper than the browser's error page in each."""
    if request.fills_frame:
        return RouteAction.NO_CONTENT
    if request.type == "media" and not urls.is_deck_url(request.url):
        return RouteAction.ABORT
    return RouteAction.CONTINUE


async def _embeds(tab: Tab) -> list[Embed]:
    """What stands on the slides, that of scripts included; nothing where the page does not
    answer."""
    with suppress(BrowserError):
        found = await tab.evaluate(
            script("embeds"),
            {"most": _MOST_EMBEDS, "attributes": list(FRAME_ATTRIBUTES)},
            read=answers.list_of(Embed.from_dict, most=_MOST_EMBEDS),
            timeout=10,
        )
        return [embed for embed in found if len(embed.url) <= _LONGEST_URL]
    return []


class Clock:
    """What is left of a target's time, in seconds."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def left(self, at_most: float = float("inf"), *, at_least: float = 0.5) -> float:
        return max(at_least, min(at_most, self._until - time.monotonic()))
