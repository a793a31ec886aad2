"""Walking the deck: slide by slide through reveal.js, each within its time.

The server shows the folder; the browser can reach it and nothing else. Whatever goes wrong on a
slide ends as that slide's ``problem``, and the walk goes on, in a new browser if need be.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from deckarchive.errors import BrowserError, BrowserTimeout, EnvironmentMissing, OutputError
from deckarchive.files import write_bytes
from deckarchive.model import OfflineDeck, OfflineTarget, Slide
from deckarchive.rehearsal import _images
from deckarchive.rehearsal._browser import RehearsalBrowser
from deckarchive.rehearsal._results import (
    Leak,
    Rehearsal,
    RehearsalEvent,
    RehearsalStarted,
    RehearseOptions,
    SlideRehearsed,
    SlideResult,
    worse,
)
from deckarchive.rehearsal._slide import look
from deckarchive.rehearsal._survey import expected
from deckarchive.rehearsal._ways import OpenedFolder, open_folder
from deckarchive.server import open_offline

_START: Final = 60.0  # seconds for the deck itself to load and reveal.js to be ready
_SPARE: Final = 15.0  # seconds beyond a slide's time for pictures and counting
_FAILURES: Final = 5  # slides in a row that could not be judged, before the rest is given up
_POLL: Final = 0.1
_MARGIN: Final = 1.0  # seconds after the last slide in which a late request still counts

OnRehearsalEvent = Callable[[RehearsalEvent], object]


def rehearse(
    folder: str | Path,
    options: RehearseOptions | None = None,
    on_event: OnRehearsalEvent | None = None,
) -> Rehearsal:
    """Walk every slide of an offline folder in Chromium with the network cut.

    ``on_event`` is called when the deck is up and after each slide. Raises :class:`ArchiveError`
    when ``folder`` is not an offline folder and :class:`EnvironmentMissing` when there is no
    browser; everything else is in the result.
    """
    return asyncio.run(_rehearse(Path(folder), options or RehearseOptions(), on_event))


async def _rehearse(
    folder: Path, options: RehearseOptions, on_event: OnRehearsalEvent | None
) -> Rehearsal:
    offline = open_offline(folder)
    started, clock = datetime.now(UTC).isoformat(timespec="seconds"), time.monotonic()
    copies = {f"/{target.copy}": target.id for target in offline.targets if target.copy}
    with open_folder(folder, options.way, copies) as opened:
        walk = _Walk(folder, offline, options, opened, on_event)
        await walk.run()
    return Rehearsal(
        folder=str(folder),
        title=offline.title,
        browser=walk.browser,
        way=options.way,
        started=started,
        seconds=time.monotonic() - clock,
        slides=tuple(walk.results[slide] for slide in sorted(walk.results)),
        leaks=tuple(walk.leaks),
        unresolved=walk.unresolved,
        problem=walk.problem,
    )


class _Walk:
    """One rehearsal in progress; :meth:`run` fills ``results``, ``leaks`` and ``problem``."""

    def __init__(
        self,
        folder: Path,
        offline: OfflineDeck,
        options: RehearseOptions,
        opened: OpenedFolder,
        on_event: OnRehearsalEvent | None,
    ) -> None:
        self.folder, self.offline, self.options = folder, offline, options
        self.opened, self.on_event = opened, on_event
        self.results: dict[Slide, SlideResult] = {}
        self.leaks: list[Leak] = []
        self.unresolved: tuple[str, ...] = ()
        self.problem, self.browser = "", ""
        self._thumbnails: dict[Slide, asyncio.Future[bytes]] = {}
        self._url = opened.url + quote(offline.page)

    async def run(self) -> None:
        for _ in range(max(1, self.options.repeat)):
            async with RehearsalBrowser(
                self.opened, self.options.browser, self.options.viewport
            ) as browser:
                self.browser = browser.browser_name
                await self._walk(browser)
                for slide, thumbnail in self._thumbnails.items():
                    result = replace(self.results[slide], thumbnail=await thumbnail)
                    self.results[slide] = result
                await asyncio.sleep(_MARGIN)
                self._gather_leaks(browser)
            if self.problem:
                return

    async def _walk(self, browser: RehearsalBrowser) -> None:
        try:
            slides = await self._open(browser)
        except BrowserError as error:
            self.problem = f"the deck did not start: {error or 'it took too long'}"
            return
        self.unresolved = browser.missed()
        wanted = [s for s in slides if not self.options.slides or s in self.options.slides]
        if not wanted:
            self.problem = "none of the slides asked for exists" if slides else "no slides found"
            return
        if self.on_event and not self.results:
            self.on_event(RehearsalStarted(total=len(wanted) * max(1, self.options.repeat)))
        failures = 0  # in a row
        for slide in wanted:
            if failures < _FAILURES:
                result = await self._slide(browser, slide)
                failures = failures + 1 if result.problem else 0
            else:
                result = SlideResult(slide=slide, problem="not tried: the slides before it failed")
            known = self.results.get(slide)
            self.results[slide] = worse(known, result) if known else result
            if self.on_event:
                self.on_event(SlideRehearsed(result=result))

    async def _open(self, browser: RehearsalBrowser) -> list[Slide]:
        """Load the deck and wait for reveal.js; every slide in order."""
        browser.slide = None
        await browser.open(self._url, _START)
        end = time.monotonic() + _START
        while True:
            with suppress(BrowserError):
                deck = await browser.slides(10)
                if deck.ready:
                    browser.webgl = deck.webgl
                    return list(deck.slides)
            if time.monotonic() > end:
                raise BrowserError("reveal.js was not ready in time")
            await asyncio.sleep(_POLL)

    async def _slide(self, browser: RehearsalBrowser, slide: Slide) -> SlideResult:
        clock = time.monotonic()
        result = SlideResult(slide=slide, problem="it could not be judged")
        for attempt in (1, 2):
            try:
                if browser.broken:
                    await browser.restart()
                    await self._open(browser)
                limit = self.options.timeout + _SPARE
                result = await asyncio.wait_for(self._judged(browser, slide), limit)
                break
            except (BrowserTimeout, TimeoutError):
                browser.broken = True
                result = SlideResult(slide=slide, problem="it took too long: something on it hangs")
                break  # what hangs once hangs again
            except (BrowserError, EnvironmentMissing) as error:
                browser.broken = True
                what = "the browser failed" if attempt == 1 else "the browser failed twice"
                result = SlideResult(slide=slide, problem=f"{what}: {error}")
        return replace(result, seconds=time.monotonic() - clock)

    async def _judged(self, browser: RehearsalBrowser, slide: Slide) -> SlideResult:
        browser.turn_to(slide)
        if not await browser.go(slide, 10):
            return SlideResult(slide=slide, problem="reveal.js does not show it")
        seen = await look(
            browser,
            self.folder,
            self._targets(slide),
            self.offline.targets,
            self.options.timeout,
        )
        unresolved, errors = browser.missed(), browser.errors()
        name = ""
        if self.options.screenshots and seen.screenshot:
            name = _save(self.options.screenshots, slide, seen.screenshot)
        if seen.screenshot:  # made while the next slide loads
            self._thumbnails[slide] = asyncio.ensure_future(
                asyncio.to_thread(_thumbnail, seen.screenshot)
            )
        return SlideResult(
            slide=slide,
            embeds=seen.embeds,
            unresolved=unresolved,
            errors=errors,
            screenshot=name,
        )

    def _targets(self, slide: Slide) -> Sequence[OfflineTarget]:
        return [t for t in self.offline.targets if slide in t.slides and expected(t)]

    def _gather_leaks(self, browser: RehearsalBrowser) -> None:
        known = {(leak.url, leak.slide) for leak in self.leaks}
        for leak in browser.leaks():
            if (leak.url, leak.slide) not in known:
                known.add((leak.url, leak.slide))
                self.leaks.append(leak)


def _thumbnail(screenshot: bytes) -> bytes:
    picture = _images.read_image(screenshot)
    return _images.thumbnail(picture) if picture else b""


def _save(folder: Path, slide: Slide, png: bytes) -> str:
    path = folder / f"{slide[0]}-{slide[1]}.png"
    with suppress(OutputError):  # a picture that cannot be kept does not end the walk
        write_bytes(path, png)
        return str(path)
    return ""
