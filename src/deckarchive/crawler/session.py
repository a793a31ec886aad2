"""What the capture of one target works with, and the steps that all kinds share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from deckarchive import files, urls
from deckarchive.browser import (
    BrowserPool,
    BrowserRequest,
    Context,
    ContextOptions,
    Navigation,
    Tab,
)
from deckarchive.crawler.cookies import CookieJar
from deckarchive.crawler.evidence import CaptureEvidence, Recorder
from deckarchive.crawler.manual import ManualCapture
from deckarchive.crawler.options import CaptureOptions
from deckarchive.crawler.settle import PATIENCE, QUIET, Stuck, settle
from deckarchive.crawler.slots import ConcurrencySlot, ConcurrencySlots
from deckarchive.errors import BrowserError
from deckarchive.js import script
from deckarchive.model import ContentCounts, Target, View
from deckarchive.proxy import Fetched, Listener
from deckarchive.warc import WarcWriter

_T = TypeVar("_T")
_LEAVING: Final = 3.0
_SILENT: Final = 0.75
"""Seconds without a byte after which a page that loads only waits."""


@dataclass(slots=True, kw_only=True)
class Session:
    """One target being captured: where to, through what, and what was seen so far."""

    target: Target
    folder: Path
    options: CaptureOptions
    pool: BrowserPool
    listener: Listener
    recorder: Recorder
    writer: WarcWriter
    evidence: CaptureEvidence
    user_agent: str | None
    slots: ConcurrencySlots
    projector: tuple[int, int] = (1920, 1080)
    jar: CookieJar = field(default_factory=CookieJar)
    manual: ManualCapture | None = None
    slot: ConcurrencySlot | None = None
    writing: list[asyncio.Task[None]] = field(default_factory=list)
    """Pictures on their way to disk."""

    async def settle(
        self, tab: Tab, ceiling: float, *, wait_for: str | None = None, at_least: float = QUIET
    ) -> bool:
        """Wait until the page is still, see :func:`settle`; meanwhile another target may work.

        The scripts of a page that is stuck are stopped; it is never still.
        """
        if self.evidence.busy:
            return False
        try:
            async with self._resting():
                return await settle(
                    tab, self.listener, ceiling, wait_for=wait_for, at_least=at_least
                )
        except Stuck:
            await self._stop(tab)
            return False

    async def open(self, tab: Tab, url: str) -> Navigation:
        """Open ``url``; while servers are silent another target may work. What is stuck in a
        script before it has loaded is stopped."""
        guard = asyncio.ensure_future(self._guard(tab))
        try:
            return await self._served(tab.goto(url, timeout=self.options.timeout))
        finally:
            if self.evidence.busy:  # it is just stopping the page
                await asyncio.wait({guard}, timeout=PATIENCE)
            guard.cancel()

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
        async with self._resting():
            await self.listener.wait_for_late_requests(began)

    async def _guard(self, tab: Tab) -> None:
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

    def _resting(self) -> AbstractAsyncContextManager[None]:
        """Let another target work meanwhile."""
        return self.slot.resting() if self.slot is not None else nullcontext()

    async def _served(self, work: Coroutine[Any, Any, _T]) -> _T:
        """What ``work`` gives; while servers are silent meanwhile, another target may work."""
        task = asyncio.ensure_future(work)
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=_SILENT / 3)
                silent = time.monotonic() - self.listener.last_activity
                if self.slot is not None and silent > _SILENT and not task.done():
                    self.slot.leave()
        finally:
            task.cancel()
        if self.slot is not None and not self.slot.held:
            await self.slot.take()
        return task.result()

    def context_options(self) -> ContextOptions:
        """The browser context of this target: its own way out and the projector's size."""
        return ContextOptions(
            viewport=self.options.viewport,
            proxy=self.listener.server,
            user_agent=self.options.user_agent,
            storage_state=self.jar.state if self.jar else None,
        )

    async def fetch(
        self,
        url: str,
        *,
        referer: str | None = None,
        cookies: str = "",
        accept: str = "*/*",
        read: bool = False,
    ) -> Fetched:
        """Fetch beside the page, with the browser's own name: some sites answer by it.

        ``read`` says that a script of the page would have asked, to read it. A file of the deck's
        folder comes for a page of the deck's alone: whose word it is, the caller knows.
        """
        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        if read:
            headers |= {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors"}
        if urls.is_deck_url(url):
            headers["Sec-Fetch-Site"] = "same-origin"
        if self.user_agent:
            headers["User-Agent"] = self.user_agent
        if referer:
            headers["Referer"] = referer
        if cookies or (cookies := self.jar.header(url)):
            headers["Cookie"] = cookies
        got = await self.listener.fetch(url, headers)
        if got.resumed and got.ok:
            self.evidence.resumed.add(got.url)
        return got

    async def fetch_all(
        self,
        wanted: Iterable[str],
        *,
        referer: str,
        context: Context | None,
        seconds: float,
        read: bool = False,
    ) -> list[Fetched]:
        """Fetch what was not recorded yet, four at a time, within ``seconds`` together."""
        gate = asyncio.Semaphore(4)
        done: list[Fetched] = []
        lacking = [url for url in dict.fromkeys(wanted) if not self.evidence.has(url)]

        async def one(url: str) -> None:
            async with gate:
                if not self.evidence.has(url):
                    cookies = await context.cookies(url) if context else ""
                    got = await self.fetch(url, referer=referer, cookies=cookies, read=read)
                    done.append(got)

        tasks = [asyncio.ensure_future(one(url)) for url in lacking]
        if tasks:
            try:
                async with self._resting():
                    _, late = await asyncio.wait(tasks, timeout=seconds)
            finally:
                for task in tasks:
                    task.cancel()
            if late:
                self.evidence.notes.append(f"{len(late)} files were not fetched in time")
        return done

    def watch(self, context: Context) -> None:
        """Note what the browser asks for each URL as: an image, a script, a beacon."""

        def note(request: BrowserRequest) -> None:
            self.evidence.types.setdefault(urls.split_fragment(request.url)[0], request.type)

        context.on_request(note)

    async def counts(self, tab: Tab, *, timeout: float = 6.0) -> ContentCounts:
        """How much the page shows now. Raises BrowserError when it does not answer."""
        counting = script("content-counts")
        return await tab.evaluate(counting, read=ContentCounts.from_dict, timeout=timeout)

    async def picture(
        self,
        tab: Tab,
        url: str,
        fragment: str,
        *,
        seconds: float = 12.0,
        rest: ContentCounts | None = None,
    ) -> None:
        """Take the view that ``tab`` shows: vitals, and a screenshot as file and WARC record.

        ``rest`` is what the page showed before it was scrolled, as a copy will: one that grows
        without end holds more now.
        """
        counts, name = ContentCounts(), None
        try:
            counts = await self.counts(tab, timeout=min(6.0, seconds))
            counts = counts.least(rest) if rest else counts
        except BrowserError:
            self.evidence.busy = True
            seconds = min(seconds, 5.0)
        with suppress(BrowserError):
            data = await tab.screenshot(timeout=seconds)
            number = len(self.evidence.views) + 1
            name = "screenshot.png" if number == 1 else f"screenshot-{number}.png"
            keeping = self._keep_picture(name, data, url, fragment)
            self.writing.append(asyncio.ensure_future(keeping))
            self.evidence.pictures.append(data)
        self.evidence.views.append(View(fragment=fragment, screenshot=name, counts=counts))

    async def _keep_picture(self, name: str, data: bytes, url: str, fragment: str) -> None:
        await asyncio.to_thread(files.write_bytes, self.folder / name, data)
        size = "x".join(map(str, self.options.viewport))
        await asyncio.to_thread(self.writer.screenshot, url, data, fragment=fragment, viewport=size)

    async def written(self) -> None:
        """Wait until every picture is on disk. Raises OutputError when one cannot be written."""
        await asyncio.gather(*self.writing)


class Clock:
    """What is left of a target's time, in seconds."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def left(self, at_most: float = float("inf"), *, at_least: float = 0.5) -> float:
        return max(at_least, min(at_most, self._until - time.monotonic()))


def may_ask(document: str, wanted: Iterable[str]) -> list[str]:
    """Those of the URLs that ``document`` may have fetched: the deck's files for its own pages."""
    own = document.startswith(urls.DECK_ORIGIN)
    return [url for url in wanted if own or not urls.is_deck_url(url)]


def sent_header(headers: Mapping[str, str], name: str) -> str:
    """The media type of a content-type header, lower case, without parameters."""
    return headers.get(name, "").partition(";")[0].strip().lower()
