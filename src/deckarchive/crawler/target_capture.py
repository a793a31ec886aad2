"""The capture of one target into a folder: what all kinds share.

A :class:`TargetCapture` is the state of one attempt: through what it is captured, and the evidence
so far. Its kinds (:class:`~deckarchive.crawler.page_capture.PageCapture`, the deck's own page, a
file) say what is done and how it is judged. Whatever goes wrong at a target becomes its failure.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Final

from deckarchive import files, urls
from deckarchive.browser import Context, ContextOptions, Tab
from deckarchive.crawler import judge
from deckarchive.crawler.evidence import CaptureEvidence, Recorder
from deckarchive.crawler.folder import RECORD, inventory
from deckarchive.crawler.playlists import choose, renditions
from deckarchive.crawler.run_context import ConcurrencySlot, RunContext
from deckarchive.errors import BrowserError, EnvironmentMissing, OutputError
from deckarchive.js import content_counts
from deckarchive.model import (
    CaptureRecord,
    ContentCounts,
    RecordedExchange,
    State,
    Target,
    View,
    WaitReason,
)
from deckarchive.proxy import Fetched, Listener
from deckarchive.warc import WarcWriter

_FETCHES: Final = 4
"""Files that are fetched for one page at a time."""
_SMALL: Final = 256e6
"""Bytes up to which every rendition of a video is fetched."""
_MAX_PLAYLISTS: Final = 60


class TargetCapture(ABC):
    """One attempt to capture a target into an empty folder: ``await capture.run()``."""

    keeps_bodies: ClassVar[bool] = False
    """Whether the bodies of answers are kept as files until the attempt ends."""

    framed = False
    """Whether it is captured in a frame, as a slide shows it."""

    listener: Listener
    recorder: Recorder
    writer: WarcWriter

    def __init__(self, context: RunContext, target: Target, folder: Path) -> None:
        self.context, self.target, self.folder = context, target, folder
        self.options = context.options_for(target)
        self.user_agent = self.options.user_agent or context.user_agent
        self.jar = context.jar_for(self.options)
        self.credentials = context.credentials_for(target, self.options)
        self.evidence = CaptureEvidence()
        self.slot: ConcurrencySlot | None = None
        self.broke = False
        """Whether the browser broke: another attempt may go better."""
        self._began, self._started = time.monotonic(), datetime.now(UTC)
        self._pictures: list[asyncio.Task[None]] = []

    # -- What a kind is ------------------------------------------------------------------------

    @abstractmethod
    async def capture(self) -> None:
        """Capture the target; what is seen goes into ``evidence``. Raises BrowserError when the
        browser breaks; what was seen until then is kept."""

    @abstractmethod
    def judge(self) -> tuple[State, str]:
        """State and reason, from the evidence."""

    @abstractmethod
    def ceiling(self) -> float:
        """The sum of the bounds of its steps, in seconds; only something unforeseen reaches it."""

    # -- The attempt ---------------------------------------------------------------------------

    async def run(self) -> CaptureRecord:
        """Capture, judge, and write everything but the record's own file.

        Raises :class:`OutputError` when the folder cannot be written and
        :class:`EnvironmentMissing` when no browser starts: these concern the whole run.
        """
        with ExitStack() as stack:
            bodies = tempfile.TemporaryDirectory(prefix=".kept.", dir=self.folder.parent)
            kept = Path(stack.enter_context(bodies))
            writer = WarcWriter(self.folder / "data.warc.gz", info=self._warcinfo())
            self.writer = stack.enter_context(writer)
            self.recorder = Recorder(writer, self.evidence, kept if self.keeps_bodies else None)
            self.listener = await self.context.proxy.listen(
                self._record_exchange,
                allow=self.context.allowed_for(self.target),
                rules=self.context.rules_for(self.target, self.options, self.credentials),
                deck=self.context.deck_for(self.target),
            )
            try:
                await self._capture_in_time()
            finally:
                self.evidence.failures = list(self.listener.failures)
                self.evidence.oversized = self.listener.oversized
                await self.listener.close()
                await asyncio.gather(*self._pictures)
            return await self._judged()

    async def _capture_in_time(self) -> None:
        """Capture within the target's time. What ends it early is evidence."""
        evidence = self.evidence
        work = asyncio.ensure_future(self.capture())
        began = time.monotonic()
        try:
            while (left := began + self.ceiling() - time.monotonic()) > 0 and not work.done():
                await asyncio.wait({work}, timeout=left)
            if work.done():
                work.result()
                return
            evidence.notes.append("it took longer than its time and was cut off")
            evidence.busy = True
        except BrowserError as error:
            evidence.notes.append(error.message)
            evidence.busy = self.broke = True
        except (OutputError, EnvironmentMissing):
            raise
        except Exception as error:
            evidence.error = unexpected(error)
        finally:
            work.cancel()
            await asyncio.wait({work})

    async def _judged(self) -> CaptureRecord:
        evidence, listener = self.evidence, self.listener
        if self.context.budget.spent:
            evidence.notes.append("--max-total was reached")
        if listener.blocked:
            evidence.notes.append(f"{len(listener.blocked)} requests blocked, as asked for")
        state, reason = await asyncio.to_thread(self.judge)
        record = self.credentials.record(self._record(state, reason))
        about = {"state": state.value, "reason": record.reason, "title": record.title}
        self.writer.metadata(self.target.url, about)
        blocked = dict(Counter(listener.blocked.values()))
        return replace(record, redacted=dict(self.credentials.redacted), blocked=blocked)

    async def _record_exchange(self, exchange: RecordedExchange) -> None:
        if self.credentials.active:
            exchange = await asyncio.to_thread(self.credentials.public, exchange)
        await self.recorder(exchange)

    def _record(self, state: State, reason: str) -> CaptureRecord:
        evidence = self.evidence
        return replace(
            failed_record(self.target, reason),
            state=state,
            final_url=evidence.final_url,
            status=evidence.status,
            content_type=evidence.content_type,
            title=evidence.title,
            text=evidence.hints.text,
            bytes=self.writer.payload_bytes,
            requests=self.writer.exchanges,
            seconds=round(time.monotonic() - self._began, 3),
            started=self._started.isoformat(timespec="seconds").replace("+00:00", "Z"),
            viewport=self.options.viewport,
            views=tuple(evidence.views),
            interactions=tuple(evidence.interactions),
            missing=tuple(judge.missing(evidence)),
            console=tuple(evidence.console),
            software=self.context.software,
            charsets=dict(evidence.charsets),
            duration=evidence.duration,
            embeds=tuple(evidence.embeds),
            framed=self.framed,
            waits=evidence.waits.longest(),
            loads=evidence.loads,
        )

    def _warcinfo(self) -> dict[str, str]:
        width, height = self.options.viewport
        target = self.target
        return {
            "software": self.context.software,
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "isPartOf": target.id,
            "description": f"{target.kind.value} {target.url}, viewport {width}x{height}",
        }

    # -- How it reaches the web ----------------------------------------------------------------

    @property
    def addresses(self) -> tuple[str, ...]:
        """The URL; for a reference without a scheme https first, then http."""
        url, references = self.target.url, self.target.references
        bare = references and all(urls.is_protocol_relative(r.raw) for r in references)
        if bare and url.startswith("https:"):
            return url, "http:" + url.removeprefix("https:")
        return (url,)

    def context_options(self) -> ContextOptions:
        """The browser context of this target: its own proxy port and the projector's size."""
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

        ``read``: as a script of the page would, that reads it. A file of the deck's folder is
        served to pages of the deck alone: the caller knows for which page it asks.
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
    ) -> None:
        """Fetch what was not recorded yet, four at a time, within ``seconds`` together."""
        lacking = [url for url in dict.fromkeys(wanted) if not self.evidence.has(url)]
        if not lacking:
            return
        gate = asyncio.Semaphore(_FETCHES)
        fetches = (self._fetch_one(url, gate, referer, context, read) for url in lacking)
        tasks = [asyncio.ensure_future(fetch) for fetch in fetches]
        try:
            with self.evidence.waits.during(WaitReason.FILES):
                late = await self._wait_for(tasks, seconds)
        finally:
            for task in tasks:
                task.cancel()
        if late:
            self.evidence.notes.append(f"{late} files were not fetched in time")

    async def _fetch_one(
        self, url: str, gate: asyncio.Semaphore, referer: str, context: Context | None, read: bool
    ) -> None:
        async with gate:
            if not self.evidence.has(url):
                cookies = await context.cookies(url) if context else ""
                await self.fetch(url, referer=referer, cookies=cookies, read=read)

    async def _wait_for(self, tasks: list[asyncio.Task[None]], seconds: float) -> int:
        """How many of the tasks are not done in time; meanwhile another target may work."""
        if self.slot is None:
            return len((await asyncio.wait(tasks, timeout=seconds))[1])
        async with self.slot.released():
            return len((await asyncio.wait(tasks, timeout=seconds))[1])

    async def fetch_playlists(self, context: Context | None, *, referer: str) -> None:
        """Fetch what the playlists that were recorded name, nested ones too; bounded."""
        read: set[str] = set()
        height = self.context.projector[1]
        seconds = 10 * self.options.timeout
        while len(read) < _MAX_PLAYLISTS:
            found = self.recorder.playlists
            fresh = [url for url in found if url not in read][: _MAX_PLAYLISTS - len(read)]
            if not fresh:
                return
            for url in fresh:
                read.add(url)
                chosen = choose(renditions(found[url], url), budget=_SMALL, height=height)
                parts = may_ask(url, (f for one in chosen for f in (*one.playlists, *one.files)))
                await self.fetch_all(
                    parts, referer=referer, context=context, seconds=seconds, read=True
                )

    # -- Pictures ------------------------------------------------------------------------------

    async def counts(self, tab: Tab, *, timeout: float = 6.0) -> ContentCounts:
        """How much the page shows now. Raises BrowserError when it does not answer."""
        counting = content_counts()
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
        """Take the view that ``tab`` shows: content counts, and a screenshot as file and WARC
        record.

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
            self._pictures.append(asyncio.ensure_future(keeping))
            self.evidence.pictures.append(data)
        self.evidence.views.append(View(fragment=fragment, screenshot=name, counts=counts))

    async def _keep_picture(self, name: str, data: bytes, url: str, fragment: str) -> None:
        await asyncio.to_thread(files.write_bytes, self.folder / name, data)
        size = "x".join(map(str, self.options.viewport))
        await asyncio.to_thread(self.writer.screenshot, url, data, fragment=fragment, viewport=size)


def unexpected(error: Exception) -> str:
    """The reason of a target at which an error occurred that is not one of ours."""
    lines = str(error).strip().splitlines() or [""]
    what = f"{type(error).__name__}: {lines[0][:200]}" if lines[0] else type(error).__name__
    return f"an internal error of deckarchive at this target ({what})"


def failed_record(target: Target, reason: str) -> CaptureRecord:
    """The record of a target that was not captured."""
    return CaptureRecord(
        id=target.id,
        kind=target.kind.value,
        url=target.url,
        state=State.FAILED,
        reason=reason,
    )


def write_record(record: CaptureRecord, folder: Path) -> CaptureRecord:
    """Write ``capture.json``, with the sums of the files beside it; the record as written."""
    record = replace(record, files=inventory(folder))
    files.write_json(folder / RECORD, record.to_dict())
    return record


def may_ask(document: str, wanted: Iterable[str]) -> list[str]:
    """Those of the URLs that ``document`` may have fetched: the deck's files for its own pages."""
    own = document.startswith(urls.DECK_ORIGIN)
    return [url for url in wanted if own or not urls.is_deck_url(url)]


def media_type(headers: Mapping[str, str]) -> str:
    """The media type of a content-type header, lower case, without parameters."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()
