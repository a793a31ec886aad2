"""Capturing what is no page: media, images, style sheets, scripts, fonts; each fetched whole.

A style sheet brings what it names. Images and videos get a picture, made from the bytes that were
fetched, so that nothing is asked for twice.
"""

from __future__ import annotations

import asyncio
import html
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from deckarchive import files, urls
from deckarchive.browser import ContextOptions, answers
from deckarchive.crawler.media import fetch_films
from deckarchive.crawler.session import Session
from deckarchive.crawler.settle import QUIET
from deckarchive.errors import BrowserError
from deckarchive.js import script
from deckarchive.markup import scan_css
from deckarchive.model import Kind
from deckarchive.proxy import Fetched
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


async def capture_file(session: Session) -> list[str]:
    """Fetch the target; returns the URLs of parts that did not come."""
    got = await _fetch_target(session)
    evidence = session.evidence
    if got.status == 0 or got.status >= 400:
        evidence.error = got.failure or f"the site answered HTTP {got.status}"
        evidence.status = got.status or None
        return []
    evidence.status, evidence.final_url = got.status, got.url
    evidence.headers = {name.lower(): value for name, value in got.headers}
    evidence.content_type = evidence.headers.get("content-type", "").partition(";")[0].lower()
    if got.truncated:
        why = got.failure or got.truncated
        evidence.error = f"the file came cut off ({why})"
        return []
    await fetch_films(session, None, referer=got.url)
    kind = session.target.kind
    if kind is Kind.STYLESHEET:
        return await _fetch_parts(session, got)
    if kind in _IMAGES or kind in _VIDEOS:
        await _poster(session, got)
    return []


async def _fetch_target(session: Session) -> Fetched:
    target = session.target
    accept = _ACCEPT.get(target.kind, "*/*")
    got = await session.fetch(target.url, accept=accept)
    bare = target.references and all(urls.is_protocol_relative(r.raw) for r in target.references)
    if got.status == 0 and bare and target.url.startswith("https:"):
        plain = await session.fetch("http:" + target.url.removeprefix("https:"), accept=accept)
        got = plain if plain.status else got
    return got


async def _fetch_parts(session: Session, sheet: Fetched) -> list[str]:
    """What a style sheet names, and what the sheets that it imports name; bounded."""
    asked, lost = {sheet.url}, []
    level = [sheet.url]
    for _ in range(_MAX_DEPTH):
        imports: list[str] = []
        for base in level:
            parts = [p for p in _named(session, base) if p[0] not in asked]
            for url, is_sheet in parts[: _MAX_PARTS - len(asked)]:
                asked.add(url)
                got = await session.fetch(url, referer=base)
                if not got.ok:
                    lost.append(url)
                elif is_sheet:
                    imports.append(got.url)
        level = imports
    return lost


def _named(session: Session, sheet_url: str) -> list[tuple[str, bool]]:
    """``(url, whether it is an @import)`` of everything that a fetched sheet names."""
    path = session.recorder.body(sheet_url)
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


async def _poster(session: Session, got: Fetched) -> None:
    """Show the fetched bytes in an empty page and take a picture; a fault only leaves a note."""
    body = session.recorder.body(got.url)
    if body is None:
        return
    try:
        async with session.slots.acquire():
            await _show(session, body, is_video=session.target.kind in _VIDEOS)
    except BrowserError as error:
        session.evidence.notes.append(f"no picture: {error}")


def _video(value: object) -> dict[str, Any]:
    seen = answers.members(value)
    return {
        "playable": answers.boolean(seen["playable"]),
        "duration": answers.real(seen["duration"]),
        "error": answers.string(seen["error"])[:300],
    }


async def _show(session: Session, body: Path, *, is_video: bool) -> None:
    mime = session.evidence.content_type
    suffix = ".svg" if "svg" in mime else ".mp4" if is_video else ".img"
    source = html.escape(body.with_suffix(suffix).name, quote=True)
    element = f'<video muted src="{source}"></video>' if is_video else f'<img src="{source}">'
    stage = body.parent / "stage.html"
    files.write_text(stage, _STAGE.format(element=element))
    body.rename(body.with_suffix(suffix))
    options = ContextOptions(viewport=session.options.viewport, proxy=session.listener.server)
    async with session.pool.context(options) as context:
        tab = await context.tab()
        opened = await tab.goto(stage.absolute().as_uri(), timeout=20)
        if not opened.loaded:
            raise BrowserError(f"it does not load ({opened.error or 'timeout'})")
        if is_video:
            seen = await tab.evaluate(script("video"), read=_video, timeout=20)
            if not seen["playable"]:
                session.evidence.notes.append(
                    f"this browser cannot play it ({seen['error'] or mime or 'unknown format'})"
                )
                return
            session.evidence.duration = round(seen["duration"], 3)
            await asyncio.sleep(QUIET / 4)  # the frame that was sought is painted a moment later
        await session.picture(tab, session.target.url, "")
    with suppress(IndexError):
        if not is_video and not session.evidence.views[0].counts.images:
            session.evidence.notes.append("this browser cannot show it")
