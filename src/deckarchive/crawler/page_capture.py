"""Capturing a page: open it, let it settle, scroll it through, visit each view, take pictures, let
its players play, and use it a little.

Pages are used only when all of them is recorded, as evidence of what a copy must do as well. The
acts are harmless (``js/interactions.js``), and meanwhile the proxy sends nothing but requests that
read: what a button says, in whatever language, does not matter then. Where a click could do
something that counts all the same (the user's own login is at work, or the page holds a WebSocket,
whose messages cannot be told apart) the page is scrolled and nothing else.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from deckarchive import screenshots, urls
from deckarchive.browser import Context, Navigation, Tab, answers
from deckarchive.crawler.browser_capture import BrowserCapture, Clock
from deckarchive.crawler.evidence import PageHints
from deckarchive.crawler.framing import (
    FRAMED,
    forbids_frames,
    frame_elements,
    host_page,
    is_blocked_as_mixed,
    may_show_more_alone,
)
from deckarchive.crawler.interactions import interactions_of, use
from deckarchive.crawler.judge import explain, judge_page
from deckarchive.crawler.other_screens import alternatives, see_other_screens
from deckarchive.crawler.pending import PendingWork
from deckarchive.crawler.run_context import RunContext
from deckarchive.crawler.settle import BREATH, viewer_has_drawn
from deckarchive.crawler.terminal import ManualCapture
from deckarchive.errors import BrowserError
from deckarchive.js import script
from deckarchive.model import ContentCounts, State, Target, WaitReason

_SHOW_FRAGMENT: Final = "fragment => { location.hash = fragment; }"
_LEAVES_FRAME: Final = "Unsafe attempt to initiate navigation"
"""What Chromium logs where a frame would put itself in place of the page around it."""
_MIXED_LOGGED: Final = "Mixed Content: "
_MIXED: Final = "live, the slide stays empty: browsers show no http page in a deck at an https URL"
_MOVES: Final = (0.2, 0.1)
"""Seconds between the pictures of what moves by itself."""
_WHOLE: Final = ("application/pdf", "video/", "audio/", "image/")
_PLAY: Final = 12.0
"""Seconds that media are played at most."""
_IN_PARTS: Final = 256e6
"""Bytes up to which files that were asked for in parts are fetched whole, a page's together."""
_USE_SETTLE: Final = 2.0
_USE_BREATH: Final = 0.3
_UNTOUCHED: Final = frozenset({"scroll", "key"})
"""Acts that leave a page as it was, where nothing changed by the key."""


class PageCapture(BrowserCapture):
    """A target that is shown in a browsing context of its own: in a frame, as on its slide, or,
    with ``framed`` false, in a window."""

    def __init__(
        self, context: RunContext, target: Target, folder: Path, *, framed: bool = True
    ) -> None:
        super().__init__(context, target, folder)
        # Browsers keep a login from the frames of another site: with the user's own it is opened
        # in a window.
        own = bool(context.manual) or self.jar.knows(target.url)
        self.framed = framed and target.kind in FRAMED and not own
        self._mixed = False
        """Whether it leads to an http page, which a page at an https URL cannot hold."""

    @property
    def may_show_more_alone(self) -> bool:
        """Whether it is to be captured once more in a window of its own: it would not be framed,
        or shows next to nothing in a frame."""
        evidence = self.evidence
        if not self.framed or self.broke or evidence.error:
            return False
        if evidence.left_frame:
            return True
        poor = self.judge()[0] is State.FAILED or may_show_more_alone(self.counted)
        return poor and not evidence.busy

    @property
    def counted(self) -> ContentCounts | None:
        """How much its first view shows."""
        views = self.evidence.views
        return views[0].counts if views else None

    async def browse(self) -> None:
        evidence = self.evidence
        async with self.context.pool.context(self.context_options()) as context:
            self.watch(context)
            self.pending = PendingWork(evidence.novelties, lambda: len(evidence.seen))
            await context.add_init_script(self.pending.init_script)
            fragments = self.target.fragments
            tab, navigation = await self._open_first(context, fragments[0])
            try:
                self._note_document(navigation)
                if evidence.error:
                    return
                if self.context.manual is not None:
                    tab = await self._use_by_hand(self.context.manual, context, tab)
                await self._record_page(tab, context, navigation)
                tab.require_alive()  # what a dead browser did not answer says nothing of the page
            finally:
                evidence.refused += self.listener.framing_refusals
                evidence.console = list(tab.console)
                evidence.left_frame = tab.host_left or any(
                    _LEAVES_FRAME in line for line in tab.console
                )
            await self.leave(tab)

    def judge(self) -> tuple[State, str]:
        return judge_page(self.evidence)

    async def _record_page(self, tab: Tab, context: Context, navigation: Navigation) -> None:
        """Everything between opening the page and leaving it."""
        evidence, fragments = self.evidence, self.target.fragments
        url = urls.split_fragment(navigation.url)[0]
        rest = await self._let_load(tab, context, url)
        evidence.title = await tab.title()
        await self._note_charsets(tab)
        await self._views(tab, fragments, rest)
        with suppress(BrowserError):
            evidence.hints = await tab.evaluate(
                script("hints"), read=PageHints.from_answer, timeout=5
            )
        if not evidence.busy:
            await self._media(tab, context, url)
        await self._interact(tab, fragments[-1])
        await self._see_other_screens(tab, context, url)

    # -- Opening -------------------------------------------------------------------------------

    async def _open_first(self, context: Context, fragment: str) -> tuple[Tab, Navigation]:
        """Open the first address that answers, each in a tab of its own.

        The browser's own error page, still on its way, would interrupt a second visit in one tab.
        """
        for address in self.addresses:
            tab = await context.tab()
            url = f"{address}#{fragment}" if fragment else address
            if self.framed:
                tab, navigation = await self._open_framed(context, tab, url)
            else:
                navigation = await self.open(tab, url)
            if navigation.status is not None and not self._proxy_failure(navigation):
                return tab, navigation
        return tab, navigation

    async def _open_framed(self, context: Context, tab: Tab, url: str) -> tuple[Tab, Navigation]:
        """Open ``url`` as its slide frames it. Where that makes no frame, in an iframe; where it
        leads to an http page, which a page at an https URL cannot hold, from an http one."""
        for number, element in enumerate(frame_elements(self.target)):
            tab = await _fresh(context, tab) if number else tab
            navigation = await self.open(tab, url, self._host(url, element))
            if tab.holds_frame:
                break
        logged = any(_MIXED_LOGGED in line for line in tab.console)
        self._mixed = navigation.status is None and logged
        if self._mixed:
            tab = await _fresh(context, tab)
            navigation = await self.open(tab, url, self._host(url, "iframe", secure=False))
        return tab, navigation

    def _host(self, url: str, element: str, *, secure: bool = True) -> str:
        """Address of the page that frames ``url``."""
        deck, deck_url = self.context.deck, self.options.deck_url
        page = host_page(
            self.target,
            url,
            deck_url=deck_url,
            deck_page=deck.page if deck else "",
            element=element,
            secure=secure,
        )
        self.listener.host(page)
        return page.url

    def _proxy_failure(self, navigation: Navigation) -> str:
        """Why the proxy could not get the document: its own answer then is not the site's."""
        url = urls.split_fragment(navigation.url)[0]
        came = any(s.url == url and s.status for s in self.evidence.seen)
        if navigation.status is not None and (came or navigation.status < 500):
            return ""
        return next((reason for failed, reason in self.listener.failures if failed == url), "")

    def _note_document(self, navigation: Navigation) -> None:
        evidence = self.evidence
        self.note_navigation(navigation)
        if failure := self._proxy_failure(navigation):
            evidence.status, evidence.error = None, failure
        elif navigation.status is None:
            failures = self.listener.failures
            evidence.error = failures[-1][1] if failures else explain(navigation.error)
        elif urls.split_fragment(navigation.url)[0] not in self.addresses:
            evidence.redirected = True
        deck_url = self.options.deck_url or ""
        on_the_way = (*self.addresses[:1], urls.split_fragment(navigation.url)[0])
        if self.framed and deck_url.startswith("https:"):
            if self._mixed or any(is_blocked_as_mixed(deck_url, url) for url in on_the_way):
                evidence.notes.append(_MIXED)
        elif not self.framed and forbids_frames(navigation, deck_url):
            evidence.refused.append(navigation.url)

    async def _use_by_hand(self, manual: ManualCapture, context: Context, tab: Tab) -> Tab:
        """Let the user use the page; a window that they close is opened again for pictures."""
        url = tab.url
        if await manual.done(self.target, tab):
            return tab
        tab = await context.tab()
        await tab.goto(url, timeout=self.options.timeout)
        return tab

    # -- Loading -------------------------------------------------------------------------------

    async def _let_load(self, tab: Tab, context: Context, url: str) -> ContentCounts | None:
        """Everything the page loads by itself, by scrolling, and would load on another screen;
        what it showed before it was scrolled."""
        options, evidence = self.options, self.evidence
        clock = Clock(options.timeout)
        if evidence.content_type.startswith(_WHOLE) and not evidence.has(url):
            await self.fetch_all([url], referer=url, context=context, seconds=10 * options.timeout)
        still = await self.settle(tab, clock.left(), wait_for=options.wait_for)
        if evidence.busy:
            return None
        rest = None
        with suppress(BrowserError):
            rest = await self.counts(tab)
        if options.wait_for and not still:
            evidence.notes.append(f"{options.wait_for} did not appear in time")
        budget = clock.left(10.0, at_least=1.0)
        channel = self.pending.channel if self.pending else ""
        with evidence.waits.during(WaitReason.SCROLLING):
            scrolled = await tab.evaluate_in_frames(
                script("scroll"),
                {"budget": budget * 1000, "channel": channel},
                read=answers.boolean,
                timeout=budget + 3,
            )
        images, media = await alternatives(tab, self.recorder.for_other_screens)
        evidence.guessed.update(images)
        # A video may take its time; it is bounded by the proxy's own limits as well.
        await self.fetch_all(media, referer=url, context=context, seconds=10 * options.timeout)
        if any(moved for _, moved in scrolled):
            await self.settle(tab, clock.left(10.0, at_least=2.0), at_least=BREATH)
        return rest

    async def _see_other_screens(self, tab: Tab, context: Context, url: str) -> None:
        """What the page asks for and names for other screens; at the end, for that changes it."""
        evidence = self.evidence
        if evidence.busy:
            return
        if evidence.judged == (None, None):
            evidence.judged = len(evidence.seen), len(self.listener.failures)
        if self.recorder.asks_for_screen and not self.context.manual:
            await see_other_screens(tab, self.listener)
        images, seconds = sorted(evidence.guessed), self.options.timeout
        await self.fetch_all(images, referer=url, context=context, seconds=seconds)

    async def _note_charsets(self, tab: Tab) -> None:
        for _, (url, encoding) in await tab.evaluate_in_frames(
            script("charset"), read=_charset, timeout=5
        ):
            if encoding != "UTF-8":
                self.evidence.charsets[url] = encoding

    async def _media(self, tab: Tab, context: Context, url: str) -> None:
        """What players ask for only when they play, after the pictures: playing changes a page.
        What scripts read in parts (maps and databases in one file) is fetched whole."""
        await self._play_briefly(tab)
        _, media = await alternatives(tab, self.recorder.for_other_screens)
        seconds = 10 * self.options.timeout
        await self.fetch_all(media, referer=url, context=context, seconds=seconds)
        await self.fetch_playlists(context, referer=url)
        await self._fetch_what_came_in_parts(context, referer=url)

    async def _play_briefly(self, tab: Tab) -> None:
        """Let the page's players play, muted, then put them back as they were."""
        budget = min(_PLAY, self.options.timeout / 2)
        with self.evidence.waits.during(WaitReason.PLAYING):
            played = await tab.evaluate_in_frames(
                script("play"), {"budget": budget * 1000}, read=answers.real, timeout=budget + 5
            )
        if any(number for _, number in played):
            with suppress(BrowserError):
                await self.settle(tab, 5.0)

    async def _fetch_what_came_in_parts(self, context: Context, *, referer: str) -> None:
        """Fetch whole what the page asked for by ranges: a copy may read other parts of it.

        Of a file too large for that, the parts that were asked for are all there is.
        """
        sizes = {one.url: one.part_of for one in self.evidence.seen if one.part_of}
        left, wanted = _IN_PARTS, []
        for url in sorted(sizes, key=lambda url: sizes[url]):
            if not self.evidence.has(url) and sizes[url] <= left:
                left -= sizes[url]
                wanted.append(url)
        seconds = 10 * self.options.timeout
        await self.fetch_all(wanted, referer=referer, context=context, seconds=seconds, read=True)

    # -- Views ---------------------------------------------------------------------------------

    async def _views(
        self, tab: Tab, fragments: tuple[str, ...], rest: ContentCounts | None
    ) -> None:
        """Take each view; the page is opened at the first one already."""
        if self.evidence.content_type == "application/pdf":
            await viewer_has_drawn(tab)
        await self.picture(tab, self.target.url, fragments[0], rest=rest)
        await self._note_variation(tab)
        for fragment in fragments[1:]:
            if self.evidence.busy:
                return
            with suppress(BrowserError):
                await tab.evaluate(_SHOW_FRAGMENT, fragment, read=answers.anything, timeout=5)
            await self.settle(tab, min(10.0, self.options.timeout))
            await self.picture(tab, self.target.url, fragment)
            await self._note_variation(tab)

    async def _note_variation(self, tab: Tab) -> None:
        """Look at the view again, where it may move by itself, and note where it did."""
        evidence = self.evidence
        number = len(evidence.views) - 1
        if evidence.busy or not evidence.views[number].screenshot:
            return
        if not await self._may_move(tab):
            evidence.views[number] = replace(evidence.views[number], variation="")
            return
        pictures = [evidence.pictures[-1]]
        with suppress(BrowserError):
            for pause in _MOVES:
                async with self._waiting():
                    await asyncio.sleep(pause)
                pictures.append(await tab.screenshot(timeout=5))
            self._pictures.append(asyncio.ensure_future(self._compare(number, pictures)))

    async def _may_move(self, tab: Tab) -> bool:
        """Whether something goes on in the page that may show, or an answer may bring some."""
        channel = self.pending.channel if self.pending else ""
        found = await tab.evaluate_in_frames(
            script("moves"), channel, read=answers.boolean, timeout=2
        )
        return any(moves for _, moves in found) or bool(self.listener.open_exchanges)

    async def _compare(self, number: int, pictures: list[bytes]) -> None:
        varied = await asyncio.to_thread(screenshots.variation, *pictures)
        views = self.evidence.views
        views[number] = replace(views[number], variation=varied)

    # -- Interactions --------------------------------------------------------------------------

    async def _interact(self, tab: Tab, view: str) -> None:
        """Use the page as it shows ``view``, and note what changed.

        What it asks for from now on is recorded like everything else, but its faults are not held
        against the capture.
        """
        evidence = self.evidence
        used = self.options.use and not self.context.manual
        if not used or evidence.busy or "html" not in evidence.content_type:
            return
        evidence.judged = len(evidence.seen), len(self.listener.failures)
        connected = any(opened.status == 101 for opened in self.listener.open_exchanges)
        careful = bool(self.options.headers or self.jar) or connected
        self.listener.only_reading()
        found = await use(tab, only_scroll=careful)
        evidence.interactions = interactions_of(found, view)
        if any(one.changed and one.kind != "scroll" for one in evidence.interactions):
            with suppress(BrowserError):  # what a click asked for may still be on its way
                await self.settle(tab, _USE_SETTLE, at_least=_USE_BREATH)
        elif isinstance(found, list) and all(
            one.kind in _UNTOUCHED for one in evidence.interactions
        ):
            # What it sends when it is left is about no act; after a click it might save that.
            self.listener.only_reading(False)


async def _fresh(context: Context, tab: Tab) -> Tab:
    """An empty tab in place of ``tab``: what is on its way in that could interrupt the next."""
    await tab.close()
    return await context.tab()


def _charset(answer: object) -> tuple[str, str]:
    found = answers.members(answer)
    return answers.string(found["url"]), answers.string(found["encoding"])[:40]
