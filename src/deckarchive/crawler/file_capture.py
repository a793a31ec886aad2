"""Capturing what is no page: media, images, style sheets, scripts, fonts; each fetched whole.

A style sheet brings what it names. Images and videos get a picture, made from the bytes that were
fetched, so that nothing is requested twice.
"""

from __future__ import annotations

import asyncio
import html
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Final

from deckarchive import files, urls
from deckarchive.browser import ContextOptions, answers
from deckarchive.crawler.judge import judge_file
from deckarchive.crawler.settle import QUIET
from deckarchive.crawler.target_capture import TargetCapture, media_type
from deckarchive.errors import BrowserError
from deckarchive.js import script
from deckarchive.markup import scan_css
from deckarchive.model import Kind, State
from deckarchive.proxy import LEAST_RATE, Fetched
from deckarchive.web import marked, to_text

_MAX_PARTS: Final = 400
_MAX_DEPTH: Final = 5
_MAX_SHEET: Final = 8 * 1024**2
_IMAGES: Final = frozenset({Kind.IMAGE, Kind.BACKGROUND_IMAGE})
_VIDEOS: Final = frozenset({Kind.VIDEO, Kind.BACKGROUND_VIDEO})
_ACCEPT: Final = {
    Kind.IMAGE: "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
    Kind.BACKGROUND_IMAGE: "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
    Kind.STYLESHEET: "text/css,*/*;q=0.1",
}
_STAGE: Final = """<!doctype html><meta charset=utf-8><style>
html, body {{ margin: 0; height: 100%; background: #000 }}
img, video {{ width: 100%; height: 100%; object-fit: contain; display: block }}
</style>{element}"""


class FileCapture(TargetCapture):
    """A target that is fetched beside the browser."""

    keeps_bodies: ClassVar[bool] = True

    async def capture(self) -> None:
        got = await self._fetch_target()
        evidence = self.evidence
        if got.status == 0 or got.status >= 400:
            evidence.error = got.failure or f"the site answered HTTP {got.status}"
            evidence.status = got.status or None
            return
        evidence.status, evidence.final_url = got.status, got.url
        evidence.headers = {name.lower(): value for name, value in got.headers}
        evidence.content_type = media_type(evidence.headers)
        if got.truncated:
            evidence.error = f"the file came cut off ({got.failure or got.truncated})"
            return
        await self.fetch_playlists(None, referer=got.url)
        kind = self.target.kind
        if kind is Kind.STYLESHEET:
            evidence.parts += await self._fetch_parts(got)
        elif kind in _IMAGES or kind in _VIDEOS:
            await self._poster(got)

    def judge(self) -> tuple[State, str]:
        return judge_file(self.evidence)

    def ceiling(self) -> float:
        """What comes earns a file more time: a large one may take long and a slow one may not."""
        if self.options.headed:
            return 24 * 3600
        steps = 22 * self.options.timeout + 120
        most = 3600 + 60 * self.options.timeout
        return min(most, steps + self.listener.received / LEAST_RATE)

    async def _fetch_target(self) -> Fetched:
        accept = _ACCEPT.get(self.target.kind, "*/*")
        first, *further = self.addresses
        got = await self.fetch(first, accept=accept)
        for address in further if got.status == 0 else ():
            plain = await self.fetch(address, accept=accept)
            got = plain if plain.status else got
        return got

    async def _fetch_parts(self, sheet: Fetched) -> list[str]:
        """What a style sheet names, and what the sheets that it imports name; bounded."""
        asked, lost = {sheet.url}, []
        level = [sheet.url]
        for _ in range(_MAX_DEPTH):
            imports: list[str] = []
            for base in level:
                parts = [p for p in self._named(base) if p[0] not in asked]
                for url, is_sheet in parts[: _MAX_PARTS - len(asked)]:
                    asked.add(url)
                    got = await self.fetch(url, referer=base)
                    if not got.ok:
                        lost.append(url)
                    elif is_sheet:
                        imports.append(got.url)
            level = imports
        return lost

    def _named(self, sheet_url: str) -> list[tuple[str, bool]]:
        """``(url, whether it is an @import)`` of everything that a fetched sheet names."""
        path = self.recorder.body(sheet_url)
        if path is None or path.stat().st_size > _MAX_SHEET:
            return []
        data = path.read_bytes()
        text = to_text(data, marked(data) or "utf-8")
        found: dict[str, bool] = {}
        for part in scan_css(text):
            url = urls.resolve(part.url, sheet_url)
            if url and part.rule != "@namespace":
                found.setdefault(urls.split_fragment(url)[0], part.rule == "@import")
        return list(found.items())

    async def _poster(self, got: Fetched) -> None:
        """Show the fetched bytes in an empty page for a picture; a fault only leaves a note."""
        body = self.recorder.body(got.url)
        if body is None:
            return
        try:
            async with self.context.slots.acquire():
                await self._show(body, is_video=self.target.kind in _VIDEOS)
        except BrowserError as error:
            self.evidence.notes.append(f"no picture: {error}")

    async def _show(self, body: Path, *, is_video: bool) -> None:
        mime = self.evidence.content_type
        suffix = ".svg" if "svg" in mime else ".mp4" if is_video else ".img"
        source = html.escape(body.with_suffix(suffix).name, quote=True)
        element = f'<video muted src="{source}"></video>' if is_video else f'<img src="{source}">'
        stage = body.parent / "stage.html"
        files.write_text(stage, _STAGE.format(element=element))
        body.rename(body.with_suffix(suffix))
        options = ContextOptions(viewport=self.options.viewport, proxy=self.listener.server)
        async with self.context.pool.context(options) as context:
            tab = await context.tab()
            opened = await tab.goto(stage.absolute().as_uri(), timeout=20)
            if not opened.loaded:
                raise BrowserError(f"it does not load ({opened.error or 'timeout'})")
            if is_video:
                playable, duration, fault = await tab.evaluate(
                    script("video"), read=_playable, timeout=20
                )
                if not playable:
                    why = fault or mime or "unknown format"
                    self.evidence.notes.append(f"this browser cannot play it ({why})")
                    return
                self.evidence.duration = round(duration, 3)
                await asyncio.sleep(QUIET / 4)  # until the frame that was sought is painted
            await self.picture(tab, self.target.url, "")
        with suppress(IndexError):
            if not is_video and not self.evidence.views[0].counts.images:
                self.evidence.notes.append("this browser cannot show it")


def _playable(answer: object) -> tuple[bool, float, str]:
    """Whether the browser can play a video, its seconds, and the browser's error."""
    seen = answers.members(answer)
    return (
        answers.boolean(seen["playable"]),
        answers.real(seen["duration"]),
        answers.string(seen["error"])[:300],
    )
