"""Capturing a page: open it, let it settle, scroll it through, visit each view, take pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress

from deckarchive import screenshots, urls
from deckarchive.browser import Context, Navigation, Tab, answers
from deckarchive.crawler.evidence import CaptureEvidence
from deckarchive.crawler.interactions import interact
from deckarchive.crawler.judge import explain
from deckarchive.crawler.manual import ManualCapture
from deckarchive.crawler.media import fetch_films, fetch_what_came_in_parts, play_briefly
from deckarchive.crawler.session import Clock, Session, may_ask, sent_header
from deckarchive.crawler.settle import BREATH
from deckarchive.errors import BrowserError
from deckarchive.js import script
from deckarchive.model import ContentCounts, Target

_SHOW_FRAGMENT = "fragment => { location.hash = fragment; }"
_VIEWER = 8.0
"""Seconds that the browser's viewer of PDF files is waited for."""
_WHOLE = ("application/pdf", "video/", "audio/", "image/")


async def capture_page(session: Session) -> None:
    """Capture a page target into the session's evidence.

    Raises BrowserError when browser or page crash; what was seen until then is kept.
    """
    evidence = session.evidence
    async with session.pool.context(session.context_options()) as context:
        session.watch(context)
        fragments = session.target.fragments
        tab, navigation = await _open(session, context, fragments[0])
        try:
            _note_document(evidence, session, navigation)
            if evidence.error:
                return
            if session.manual is not None:
                tab = await _by_hand(session, session.manual, context, tab)
            rest = await _let_load(session, tab, context, navigation)
            evidence.title = await tab.title()
            await _note_charsets(evidence, tab)
            await _views(session, tab, fragments, rest)
            with suppress(BrowserError):
                evidence.hints = dict(
                    await tab.evaluate(script("hints"), read=answers.members, timeout=5)
                )
            await _films(session, tab, context, urls.split_fragment(navigation.url)[0])
            await interact(session, tab, fragments[-1])
            tab.require_alive()  # what a dead browser did not answer says nothing about the page
        finally:
            evidence.console = list(tab.console)
        await session.leave(tab)


async def _by_hand(session: Session, manual: ManualCapture, context: Context, tab: Tab) -> Tab:
    """Let the presenter use the page; a window that they close is opened again for pictures."""
    url = tab.url
    if await manual.done(session.target, tab):
        return tab
    tab = await context.tab()
    await tab.goto(url, timeout=session.options.timeout)
    return tab


def _addresses(target: Target) -> Iterator[str]:
    """The URL; for a reference without a scheme https first, then http."""
    yield target.url
    bare = target.references and all(urls.is_protocol_relative(r.raw) for r in target.references)
    if bare and target.url.startswith("https:"):
        yield "http:" + target.url.removeprefix("https:")


async def _open(session: Session, context: Context, fragment: str) -> tuple[Tab, Navigation]:
    """Open the first address that answers, each in a tab of its own.

    The browser's own error page, still on its way, would interrupt a second visit in one tab.
    """
    for address in _addresses(session.target):
        tab = await context.tab()
        url = f"{address}#{fragment}" if fragment else address
        navigation = await session.open(tab, url)
        if navigation.status is not None and not _proxy_failure(session, navigation):
            return tab, navigation
    return tab, navigation


def _proxy_failure(session: Session, navigation: Navigation) -> str:
    """Why the proxy could not get the document: its own answer then is not the site's."""
    url = urls.split_fragment(navigation.url)[0]
    came = any(s.url == url and s.status for s in session.evidence.seen)
    if navigation.status is not None and (came or navigation.status < 500):
        return ""
    return next((reason for failed, reason in session.listener.failures if failed == url), "")


def _note_document(evidence: CaptureEvidence, session: Session, navigation: Navigation) -> None:
    evidence.status = navigation.status
    evidence.headers = navigation.headers
    evidence.content_type = sent_header(navigation.headers, "content-type")
    evidence.final_url = navigation.url
    if failure := _proxy_failure(session, navigation):
        evidence.status, evidence.error = None, failure
    elif navigation.status is None:
        failures = session.listener.failures
        evidence.error = failures[-1][1] if failures else explain(navigation.error)
    elif urls.split_fragment(navigation.url)[0] not in _addresses(session.target):
        evidence.notes.append(f"redirected to {navigation.url}")


async def _let_load(
    session: Session, tab: Tab, context: Context, navigation: Navigation
) -> ContentCounts | None:
    """Everything the page loads by itself, by scrolling, and would load on another screen; what
    it showed before it was scrolled."""
    options, evidence = session.options, session.evidence
    url = urls.split_fragment(navigation.url)[0]
    clock = Clock(options.timeout)
    if evidence.content_type.startswith(_WHOLE) and not evidence.has(url):
        await session.fetch_all([url], referer=url, context=context, seconds=10 * options.timeout)
    still = await session.settle(tab, clock.left(), wait_for=options.wait_for)
    if evidence.busy:
        return None
    rest = None
    with suppress(BrowserError):
        rest = await session.counts(tab)
    if options.wait_for and not still:
        evidence.notes.append(f"{options.wait_for} did not appear in time")
    budget = clock.left(10.0, at_least=1.0)
    scrolled = await tab.evaluate_in_frames(
        script("scroll"), {"budget": budget * 1000}, read=answers.boolean, timeout=budget + 3
    )
    images, media = await _wanted(tab)
    evidence.guessed.update(images)
    await session.fetch_all(images, referer=url, context=context, seconds=options.timeout)
    # A film may take its time; it is bounded by the proxy's own limits as well.
    await session.fetch_all(media, referer=url, context=context, seconds=10 * options.timeout)
    if any(moved for _, moved in scrolled):
        await session.settle(tab, clock.left(10.0, at_least=2.0), at_least=BREATH)
    return rest


async def _note_charsets(evidence: CaptureEvidence, tab: Tab) -> None:
    found = await tab.evaluate_in_frames(script("charset"), read=answers.members, timeout=5)
    for _, one in found:
        if one["encoding"] != "UTF-8":
            evidence.charsets[str(one["url"])] = str(one["encoding"])[:40]


async def _wanted(tab: Tab) -> tuple[list[str], list[str]]:
    found = await tab.evaluate_in_frames(script("alternatives"), read=_alternatives, timeout=5)
    images = [url for frame, one in found for url in may_ask(frame, one["images"])]
    return images[:500], [url for frame, one in found for url in may_ask(frame, one["media"])][:50]


def _alternatives(value: object) -> dict[str, list[str]]:
    found, urls_of = answers.members(value), answers.list_of(answers.string)
    return {name: urls_of(found[name]) for name in ("images", "media")}


async def _films(session: Session, tab: Tab, context: Context, url: str) -> None:
    """What players ask for only when they play, after the pictures: playing changes a page."""
    if session.evidence.busy:
        return
    await play_briefly(session, tab)
    _, media = await _wanted(tab)
    seconds = 10 * session.options.timeout
    await session.fetch_all(media, referer=url, context=context, seconds=seconds)
    await fetch_films(session, context, referer=url)
    await fetch_what_came_in_parts(session, context, referer=url)


async def _painted(tab: Tab) -> None:
    """Wait, bounded, for the browser's own viewer: nothing in the page tells when it has drawn."""
    clock = Clock(_VIEWER)
    with suppress(BrowserError):
        while clock.left(at_least=0):
            if not screenshots.is_blank(
                screenshots.read_screenshot(await tab.screenshot(timeout=5))
            ):
                return
            await asyncio.sleep(0.3)


async def _views(
    session: Session, tab: Tab, fragments: tuple[str, ...], rest: ContentCounts | None
) -> None:
    """Take each view; the page is opened at the first one already."""
    if session.evidence.content_type == "application/pdf":
        await _painted(tab)
    await session.picture(tab, session.target.url, fragments[0], rest=rest)
    for fragment in fragments[1:]:
        if session.evidence.busy:
            return
        with suppress(BrowserError):
            await tab.evaluate(_SHOW_FRAGMENT, fragment, read=answers.anything, timeout=5)
        await session.settle(tab, min(10.0, session.options.timeout))
        await session.picture(tab, session.target.url, fragment)
