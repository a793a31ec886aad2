"""What real reveal.js shows, slide by slide, and how the manifest compares with it.

The deck is served under its own reserved host out of a :class:`DeckSite`; every other request is
refused, so nothing here depends on the web.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Page, Route

from deckarchive import urls
from deckarchive.deck import find_references
from deckarchive.model import Deck, DeckSite, Kind
from tests.browsers import Behind

Shown = dict[tuple[int, int], dict[str, list[str]]]
"""Slide → what it shows: kind → sorted distinct URLs, with fragments."""

_KINDS = {
    Kind.BACKGROUND_IFRAME: "background-iframe",
    Kind.BACKGROUND_VIDEO: "background-video",
    Kind.BACKGROUND_IMAGE: "background-image",
    Kind.IFRAME: "iframe",
    Kind.VIDEO: "video",
    Kind.AUDIO: "audio",
    Kind.TRACK: "track",
    Kind.IMAGE: "image",
    Kind.OBJECT: "object",
    Kind.LINK: "link",
}

COLLECT = Path(__file__).with_name("collect.js").read_text(encoding="utf-8")


def truth(browser: Behind, site: DeckSite) -> tuple[int, Shown]:
    """How many slides reveal.js has, and what it shows on each."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, service_workers="block")
    try:
        page = context.new_page()
        context.route("**/*", lambda route: answer(route, site))
        return _walk(page, urls.DECK_ORIGIN + site.page)
    finally:
        context.close()


def _walk(page: Page, address: str) -> tuple[int, Shown]:
    page.goto(address, wait_until="domcontentloaded")
    page.wait_for_function("() => window.Reveal && Reveal.isReady && Reveal.isReady()")
    slides: list[dict[str, Any]] = page.evaluate(COLLECT)
    shown: Shown = {}
    for slide in slides:
        kinds = {k: sorted(set(v)) for k, v in slide["shown"].items() if v}
        shown[(slide["h"], slide["v"])] = kinds
    return len(slides), shown


def answer(route: Route, site: DeckSite) -> None:
    """Answer a request for the deck's site; every other is refused."""
    parts = urlsplit(route.request.url)
    if parts.netloc != urls.DECK_HOST:
        route.abort()
        return
    path = unquote(parts.path).lstrip("/")
    kind = mimetypes.guess_type(path)[0] or "text/plain"
    if path in site.pages:
        route.fulfill(body=site.pages[path], content_type=kind)
        return
    for prefix, folder in site.mounts:
        file = Path(folder) / path.removeprefix(prefix)
        if path.startswith(prefix) and file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=kind)
            return
    route.fulfill(status=404, body="")


def claimed(deck: Deck) -> Shown:
    """What the deck room says that each slide shows."""
    shown: Shown = {}
    for found in find_references(deck):
        slide, kind = found.reference.slide, _KINDS.get(found.kind)
        if slide is None or kind is None or found.reference.state != "shown":
            continue
        values = shown.setdefault(slide, {}).setdefault(kind, [])
        if found.url not in values:
            values.append(found.url)
    return {s: {k: sorted(v) for k, v in kinds.items()} for s, kinds in shown.items()}


def differences(count: int, real: Shown, deck: Deck) -> list[str]:
    """One line for each way in which deck room and reveal.js differ; none when they agree."""
    lines = []
    if count != deck.slides:
        lines.append(f"reveal.js shows {count} slides, the deck room counts {deck.slides}")
    ours = claimed(deck)
    for slide in sorted(set(real) | set(ours)):
        theirs: Mapping[str, list[str]] = real.get(slide, {})
        mine = ours.get(slide, {})
        lines += [
            f"slide {slide} {kind}: reveal.js {theirs.get(kind)}, deck room {mine.get(kind)}"
            for kind in sorted(set(theirs) | set(mine))
            if theirs.get(kind) != mine.get(kind)
        ]
    return lines
