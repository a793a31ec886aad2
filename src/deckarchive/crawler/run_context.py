"""What all targets of a run share, the queue that they wait in, and their concurrency slots.

Loading and painting a page cost processor time; waiting for it to become still costs none. So
there are more pages open than slots: one that only waits releases its slot, and the quiet seconds
of many pages pass together.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

from deckarchive import __version__, urls
from deckarchive.browser import BrowserPool
from deckarchive.crawler.blocklist import Blocking
from deckarchive.crawler.cookies import CookieJar
from deckarchive.crawler.credentials import Credentials
from deckarchive.crawler.options import CaptureOptions
from deckarchive.crawler.terminal import ManualCapture
from deckarchive.heads import Head
from deckarchive.model import DECK_CAPTURE_ID, MADE, DeckSite, Target
from deckarchive.proxy import Budget, RecordingProxy, Rules
from deckarchive.warc import Gauge

_OPEN_PAGES: Final = 2
"""Pages that are open for each job: one at work, the others waiting until they are still."""
_LEAST, _MOST = 64, 4096
"""Pixels that a window has at least and at most, whatever frame size a deck gives it."""


def is_page(target: Target) -> bool:
    """Whether it is opened in the browser; everything else is fetched."""
    return target.id == DECK_CAPTURE_ID or target.kind.is_page


def is_made(target: Target) -> bool:
    """Whether a script of the deck named it, not the deck's source."""
    return any(r.syntax == MADE for r in target.references)


def places_of(target: Target) -> frozenset[str]:
    """``host:port`` of the target; http and https of one host, on their own ports, are one place:
    a URL without a scheme is tried by both, and sites send visitors from the one to the other."""
    place = urls.authority(target.url)
    host, _, port = place.rpartition(":")
    return frozenset((f"{host}:80", f"{host}:443") if port in ("80", "443") else (place,))


class ConcurrencySlots:
    """The right to use the processor, one slot a job."""

    def __init__(self, jobs: int) -> None:
        self._free = asyncio.Semaphore(jobs)

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[ConcurrencySlot]:
        """Wait for a slot and hold it."""
        slot = ConcurrencySlot(self._free)
        await slot.take()
        try:
            yield slot
        finally:
            slot.release()


class ConcurrencySlot:
    """A slot that was given; releasing it twice does no harm."""

    def __init__(self, free: asyncio.Semaphore) -> None:
        self._free = free
        self._held = False

    async def take(self) -> None:
        """Wait for a slot, unless one is held."""
        if not self._held:
            await self._free.acquire()
            self._held = True

    def release(self) -> None:
        """Let another target have it."""
        if self._held:
            self._held = False
            self._free.release()

    @asynccontextmanager
    async def released(self) -> AsyncIterator[None]:
        """Release it while the body only waits; go on when there is one again."""
        self.release()
        yield
        await self.take()


class TargetQueue:
    """The targets that wait for their capture: pages, and files that are fetched beside them."""

    def __init__(self) -> None:
        self._pages: asyncio.Queue[Target] = asyncio.Queue()
        self._files: asyncio.Queue[Target] = asyncio.Queue()

    def add(self, targets: Iterable[Target]) -> None:
        """Add targets; allowed while :meth:`work` runs."""
        for target in targets:
            (self._pages if is_page(target) else self._files).put_nowait(target)

    async def work(
        self, capture: Callable[[Target], Awaitable[None]], *, jobs: int, one_page: bool = False
    ) -> None:
        """Give each target to ``capture``, until none is left: twice as many pages at a time as
        ``jobs`` (``one_page``: one at a time), and as many files. What ``capture`` raises ends it.
        """
        pages = 1 if one_page else _OPEN_PAGES * jobs
        async with asyncio.TaskGroup() as group:
            workers = [
                group.create_task(_work(queue, capture))
                for queue, number in ((self._pages, pages), (self._files, jobs))
                for _ in range(number)
            ]
            await self._pages.join()  # the deck's own page adds targets; files add none
            await self._files.join()
            for worker in workers:
                worker.cancel()


async def _work(queue: asyncio.Queue[Target], capture: Callable[[Target], Awaitable[None]]) -> None:
    while True:
        target = await queue.get()
        await capture(target)
        queue.task_done()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """What all targets of a run share. ``user_agent`` is the browser's own name."""

    options: CaptureOptions
    proxy: RecordingProxy
    pool: BrowserPool
    user_agent: str | None
    slots: ConcurrencySlots
    allowed: frozenset[str] = frozenset()
    """``host:port`` of all that the author wrote as targets: they may be on this machine."""
    jars: Mapping[Path, CookieJar] = field(default_factory=dict)
    manual: ManualCapture | None = None
    budget: Budget = field(default_factory=Budget)
    """What the run may still record."""
    deck: DeckSite | None = None
    """The deck's own folder, for the deck's own pages."""

    @property
    def software(self) -> str:
        return f"deckarchive {__version__} (Chromium {self.pool.version})"

    @property
    def projector(self) -> tuple[int, int]:
        """Pixels of the screen that everything is shown on in the end."""
        return self.options.viewport

    def options_for(self, target: Target) -> CaptureOptions:
        """The options that count for this target: a frame inside a slide is as large as its frame
        size there, unless a rule says otherwise."""
        options = self.options.for_target(target)
        if target.frame_size and options.viewport == self.options.viewport:
            width, height = (max(_LEAST, min(_MOST, size)) for size in target.frame_size)
            options = replace(options, viewport=(width, height))
        return options

    def jar_for(self, options: CaptureOptions) -> CookieJar:
        """The cookies that the user gave for a target with these options."""
        return self.jars[options.cookie_jar] if options.cookie_jar else CookieJar()

    def deck_for(self, target: Target) -> DeckSite | None:
        """The deck's folder, where the target is a page or file of it; no other may read there."""
        return self.deck if target.url.startswith(urls.DECK_ORIGIN) else None

    def allowed_for(self, target: Target) -> frozenset[str]:
        """Where the guard lets the target's traffic through although it may be a private network:
        what the author wrote, ``host:port``, and nothing else that the page names.

        What a script of the deck wrote is let through where the deck's source names it as well.
        """
        if target.id == DECK_CAPTURE_ID:
            return self.allowed
        places = places_of(target)
        return places & self.allowed if is_made(target) else places

    def credentials_for(self, target: Target, options: CaptureOptions) -> Credentials:
        """What of the target's traffic is the user's own."""
        password = urls.password(options.proxy) if options.proxy else ""
        return Credentials(
            options.headers,
            self.jar_for(options).pairs,
            keep=options.keep_secrets,
            everything=self.manual is not None,
            further=(password,) if password else (),
            public=target.url,
            spool=self.proxy.options.spool,
        )

    def rules_for(self, target: Target, options: CaptureOptions, credentials: Credentials) -> Rules:
        """How the proxy treats the target's traffic."""
        return Rules(
            headers=tuple(options.headers.items()),
            hosts=frozenset((urls.host(target.url),)),
            block=Blocking(options.block, urls.hostname(target.url)),
            max_body=options.max_size,
            budget=self.budget,
            answered=credentials.answered,
            patience=options.timeout,
            gauge=partial(_gauge, options.max_size),
        )


def _gauge(max_size: int | None, head: Head) -> Callable[[bytes], int]:
    """Measures a body as it comes by what it unpacks to."""
    codings = [c.decode("latin-1") for c in head.tokens(b"content-encoding")]
    return Gauge(codings, max_size).fits if codings else len
