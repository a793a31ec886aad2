"""One page with bounds on everything: what it does not answer in time is a BrowserTimeout."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from playwright.async_api import CDPSession, ConsoleMessage, Page
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame as PlaywrightFrame
from playwright.async_api import TimeoutError as PlaywrightTimeout

from deckarchive.browser.answers import Read, anything, string
from deckarchive.browser.frame import Frame, bounded, first_line
from deckarchive.browser.framed import (
    FramedVisit,
    Navigation,
    OnNavigation,
    follow_navigations,
    within,
)
from deckarchive.browser.worlds import World, Worlds
from deckarchive.errors import BrowserError, BrowserTimeout

_T = TypeVar("_T")
_NO_NETWORK = """Object.defineProperty(Navigator.prototype, "onLine",
  {get: () => false, enumerable: true, configurable: true});"""
_LOST = ("context was destroyed", "navigat", "Cannot find context", "No frame")
"""What the browser says when a document goes while something is asked of it."""


def _something(read: Read[_T]) -> Read[_T | None]:
    return lambda value: None if value is None else read(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageError:
    """An error that a page logged or raised: ``text`` and the ``url`` of the script, if known."""

    url: str
    text: str
    raised: bool


class Tab:
    """A page that accepts dialogs; every call has a bound on its time."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.crashed = False
        self.console: list[str] = []
        self._worlds = Worlds(page)
        self._session: CDPSession | None = None
        self._shown: PlaywrightFrame | None = None
        page.on("crash", lambda _: setattr(self, "crashed", True))
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._note(f"{error.name}: {error.message}"))

    @property
    def url(self) -> str:
        """The URL that it shows now."""
        return self.main.url

    @property
    def main(self) -> Frame:
        """The frame that holds all others: the page itself, or the target's, where it was opened
        by :meth:`goto_framed`."""
        return Frame(self._shown or self._page.main_frame, self._worlds)

    @property
    def host_left(self) -> bool:
        """Whether the page that framed the target has gone: it was sent elsewhere from inside."""
        return self._shown is not None and self._shown.is_detached()

    @property
    def holds_frame(self) -> bool:
        """Whether the host page's element shows what it names in a frame: an object shows an
        image without, and what is inside it instead of a page that did not come."""
        return self._shown is not None and not self._shown.is_detached()

    @property
    def closed(self) -> bool:
        return self._page.is_closed()

    @property
    def frames(self) -> list[Frame]:
        """Its frames, the main one first."""
        shown = self._shown or self._page.main_frame
        return [Frame(frame, self._worlds) for frame in within(shown)]

    def on_error(self, listener: Callable[[PageError], None]) -> None:
        """Call ``listener`` with each error that the page's consoles log or its scripts raise."""

        def logged(message: ConsoleMessage) -> None:
            if message.type == "error":
                url = str((message.location or {}).get("url") or "")
                listener(PageError(url=url, text=message.text, raised=False))

        self._page.on("console", logged)
        self._page.on(
            "pageerror", lambda error: listener(PageError(url="", text=str(error), raised=True))
        )

    def on_gone(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when the page closes or crashes."""
        self._page.on("close", lambda _: listener())
        self._page.on("crash", lambda _: listener())

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(message.text)

    def _note(self, text: str) -> None:
        if len(self.console) < 100:
            self.console.append(text[:500])

    async def goto(
        self,
        url: str,
        *,
        timeout: float,
        referer: str | None = None,
        until: Callable[[], Awaitable[object]] | None = None,
    ) -> Navigation:
        """Open ``url`` and wait for ``load``, at most ``timeout`` seconds. Never raises for
        what the site does: see :class:`Navigation`. A dead browser is a BrowserError. ``until`` is
        waited for when the document has begun."""
        self._shown = None
        error, response = "", None
        try:
            response = await asyncio.wait_for(
                self._page.goto(url, wait_until="commit", timeout=timeout * 1000, referer=referer),
                timeout + 5,
            )
        except (TimeoutError, PlaywrightTimeout):
            error = "timeout"
        except PlaywrightError as fault:
            self._raise_if_dead(fault)
            if "ERR_ABORTED" in fault.message:
                await self._raise_if_crashed()
            error = first_line(fault)
        if response is None and error:
            return Navigation(url=url, status=None, headers={}, loaded=False, error=error)
        if until is not None:
            await until()
        loaded = await self.wait_for_load(timeout)
        status = response.status if response else None
        headers = dict(response.headers) if response else {}
        return Navigation(url=self._page.url, status=status, headers=headers, loaded=loaded)

    async def goto_framed(
        self, host: str, *, timeout: float, on_navigation: OnNavigation | None = None
    ) -> Navigation:
        """Open ``host``, a page that holds one frame, and be the page in that frame from then on.

        As :meth:`goto`, of what happens in the frame. ``on_navigation`` is called with each
        document that the frame asks for, from now on, and those inside it.
        """
        if on_navigation is not None:
            follow_navigations(self._page, on_navigation)
        visit = FramedVisit(self._page, self._show)
        try:
            opened = await self.goto(host, timeout=timeout, until=lambda: visit.answered(timeout))
            self.require_alive()
            outcome = visit.outcome(loaded=opened.loaded)
            if "ERR_ABORTED" in outcome.error:
                await self._raise_if_crashed()
            return outcome
        finally:
            visit.close()

    def _show(self, frame: PlaywrightFrame) -> None:
        self._shown = frame

    async def start(self, url: str, *, timeout: float, what: str) -> None:
        """Open ``url`` and wait until its document begins. Raises BrowserError, see
        :func:`bounded`."""
        await bounded(self._page.goto(url, wait_until="commit"), timeout, what)

    async def wait_for_load(self, timeout: float) -> bool:
        """Wait for the ``load`` event of whatever document is there; False when it is late."""
        try:
            await asyncio.wait_for(
                self._page.wait_for_load_state("load", timeout=timeout * 1000), timeout + 5
            )
        except (TimeoutError, PlaywrightTimeout):
            return False
        except PlaywrightError as fault:
            self._raise_if_dead(fault)
            return False
        return True

    async def _raise_if_crashed(self) -> None:
        """Raise BrowserError when the page's process died: a navigation that is cut off by that
        ends as one that becomes a download, and the crash may be reported later."""
        try:
            await self.main.evaluate("() => 1", read=anything, timeout=5)
        except BrowserError as error:
            if self.crashed or "crash" in error.message.lower():
                raise BrowserError("the page crashed") from error

    def _raise_if_dead(self, fault: PlaywrightError) -> None:
        text = fault.message
        gone = ("crashed", "has been closed", "Connection closed", "Browser closed")
        if self.crashed or self._page.is_closed() or any(word in text for word in gone):
            raise BrowserError(f"the page crashed: {first_line(fault)}") from fault

    def require_alive(self) -> None:
        """Raise BrowserError when the page crashed or its browser is gone."""
        browser = self._page.context.browser
        if self.crashed:
            raise BrowserError("the page crashed")
        if self._page.is_closed() or (browser is not None and not browser.is_connected()):
            raise BrowserError("the browser is gone")

    async def evaluate(
        self,
        script: str,
        arg: Any = None,
        *,
        read: Read[_T],
        timeout: float = 10.0,
        world: World = World.OWN,
    ) -> _T:
        """As :meth:`Frame.evaluate` in the main frame; a navigation meanwhile is tried again."""
        for last in (False, True):
            try:
                return await self.main.evaluate(
                    script, arg, read=read, timeout=timeout, world=world
                )
            except BrowserError as error:
                lost = any(words in error.message for words in _LOST)
                if last or not lost:
                    raise
        raise AssertionError("unreachable")

    async def evaluate_in_frames(
        self,
        script: str,
        arg: Any = None,
        *,
        read: Read[_T],
        timeout: float = 10.0,
        limit: int = 30,
    ) -> list[tuple[str, _T]]:
        """Call in every frame, side by side: each answer after the URL of its frame's document.
        Frames that fail or hang, or have nothing to say, are left out."""

        async def one(frame: Frame) -> tuple[str, _T] | None:
            with suppress(BrowserError):
                url = frame.url
                said = await frame.evaluate(script, arg, read=_something(read), timeout=timeout)
                return None if said is None else (url, said)
            return None

        found = await asyncio.gather(*(one(frame) for frame in self.frames[:limit]))
        return [each for each in found if each is not None]

    async def screenshot(self, *, timeout: float = 15.0) -> bytes:
        """The window as PNG. An armed tab is asked by the raw protocol, which costs half as much;
        so is one whose fonts hang."""
        if self._session is not None:
            with suppress(BrowserError):
                return await self._grab(self._session, timeout)
        try:
            shot = self._page.screenshot(
                timeout=timeout * 1000, animations="allow", caret="initial"
            )
            return await bounded(shot, timeout + 2, "screenshot")
        except BrowserError:
            if self.crashed or self._page.is_closed():
                raise
        session = await bounded(self._page.context.new_cdp_session(self._page), 5, "screenshot")
        try:
            return await self._grab(session, timeout)
        finally:
            with suppress(BrowserError):
                await bounded(session.detach(), 2, "detach")

    async def fast_screenshot(self, *, timeout: float = 15.0, what: str = "screenshot") -> bytes:
        """The window as PNG, less tightly packed, and without asking every frame first, of which
        one may hang, where the tab is armed."""
        if self._session is None:
            shot = self._page.screenshot(animations="allow", caret="initial")
            return await bounded(shot, timeout, what)
        return await self._grab(self._session, timeout, what, optimizeForSpeed=True)

    async def _grab(
        self, session: CDPSession, timeout: float, what: str = "screenshot", **options: bool
    ) -> bytes:
        sent = session.send("Page.captureScreenshot", {"format": "png", **options})
        return base64.b64decode((await bounded(sent, timeout, what))["data"])

    async def connect(self) -> None:
        """Open the connection by which a page is reached that no longer answers, see
        :meth:`stop_scripts`; only Chromium has one."""
        if self._worlds.possible:
            self._session = await bounded(self._worlds.session(), 10, "session")

    async def appear_offline(self) -> None:
        """Let its pages and frames see a machine without a network interface, though what this
        machine serves still loads. To be called before a page is opened.

        A script in each document says so, since the browser's own command does not reach frames in
        processes of their own; the command (Chromium's alone) reaches workers in the page's.
        """
        await bounded(self._page.add_init_script(_NO_NETWORK), 10, "offline")
        if self._worlds.possible:
            state = {
                "offline": True,
                "latency": 0,
                "downloadThroughput": -1,
                "uploadThroughput": -1,
            }
            session = await bounded(self._worlds.session(), 10, "session")
            with suppress(BrowserError):
                await bounded(session.send("Network.enable"), 5, "offline")
                sent = session.send("Network.overrideNetworkState", state)
                await bounded(sent, 5, "offline")

    async def answers(self, *, timeout: float) -> bool:
        """Whether the page answers in time; one that is just going elsewhere does."""
        try:
            await self.main.evaluate("() => 1", read=anything, timeout=timeout)
        except BrowserTimeout:
            return False
        except BrowserError:
            pass
        return True

    async def stop_scripts(self) -> bool:
        """End the script that runs and let none run any more; whether the page answers then."""
        if self._session is None:
            return False
        with suppress(BrowserError):
            await bounded(self._worlds.stop_scripts(self._session), 6, "stop")
        return await self.answers(timeout=5)

    async def title(self) -> str:
        """The document's title, or ``""`` when the page does not answer."""
        with suppress(BrowserError):
            return await self.evaluate("() => document.title", read=string, timeout=3)
        return ""

    async def emulate(self, *, dark: bool = False, printed: bool = False) -> None:
        """Let the page and its frames see a dark colour scheme, or a printer, from now on; without
        either, what they saw at first. Raises BrowserError."""
        scheme, medium = "dark" if dark else "light", "print" if printed else "null"
        emulated = self._page.emulate_media(color_scheme=scheme, media=medium)  # type: ignore[arg-type]
        await bounded(emulated, 5, "emulate")

    async def close(self) -> None:
        """Close the page; a page that does not close is closed with its context."""
        with suppress(BrowserError):
            await bounded(self._page.close(run_before_unload=False), 5, "close")
