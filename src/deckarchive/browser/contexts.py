"""A running browser and its contexts.

Each browser has a driver process of its own, so that nothing of a browser that hung or crashed
reaches the next one. Closing never hangs: what does not go by itself is killed.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from playwright.async_api import Browser as PlaywrightBrowser
from playwright.async_api import (
    BrowserContext,
    Dialog,
    Page,
    Playwright,
    Request,
    Route,
    async_playwright,
)
from playwright.async_api import Error as PlaywrightError

from deckarchive.browser import firefox
from deckarchive.browser.driver import disconnect, on_driver_end
from deckarchive.browser.frame import bounded
from deckarchive.browser.options import BrowserOptions, ContextOptions
from deckarchive.browser.tab import Tab
from deckarchive.errors import BrowserError, EnvironmentMissing


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserRequest:
    """A request that a page makes. ``type`` is the browser's resource type (``image``, ``xhr``);
    ``fills_frame`` says that its answer becomes the document of a frame inside a page."""

    url: str
    type: str
    fills_frame: bool


class RouteAction(Enum):
    """What becomes of a request before it leaves the browser."""

    CONTINUE = auto()
    ABORT = auto()
    NO_CONTENT = auto()
    """Answered with 204: a frame stays as it is, without the browser's error page."""


class Context:
    """A browser context. Dialogs are accepted, pop-ups closed, downloads refused."""

    def __init__(self, context: BrowserContext, *, keep_popups: bool = False) -> None:
        self._context = context
        self._own: set[Page] = set(context.pages)
        self._opening = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        context.on("dialog", self._on_dialog)
        if not keep_popups:
            context.on("page", self._on_page)

    async def tab(self, *, timeout: float = 20.0) -> Tab:
        """Open an empty page. Raises BrowserError when the browser does not answer."""
        async with self._opening:
            page = await bounded(self._context.new_page(), timeout, "new page")
            self._own.add(page)
        tab = Tab(page)
        await tab.connect()
        return tab

    async def add_init_script(self, script: str) -> None:
        """Run ``script`` in every frame before the scripts of its document."""
        await bounded(self._context.add_init_script(script), 10, "init script")

    def on_request(self, listener: Callable[[BrowserRequest], None]) -> None:
        """Call ``listener`` with each request of the context's pages."""
        self._context.on("request", lambda request: listener(_request(request)))

    async def route(self, decide: Callable[[BrowserRequest], RouteAction]) -> None:
        """Let ``decide`` say what becomes of each request."""

        async def handle(route: Route) -> None:
            action = decide(_request(route.request))
            with suppress(PlaywrightError):  # the page has gone meanwhile
                if action is RouteAction.ABORT:
                    await route.abort()
                elif action is RouteAction.NO_CONTENT:
                    await route.fulfill(status=204)
                else:
                    await route.continue_()

        await bounded(self._context.route("**/*", handle), 10, "route")

    async def cookies(self, url: str) -> str:
        """The Cookie header that the browser would send to ``url``; ``""`` when there is none."""
        with suppress(BrowserError):
            found = await bounded(self._context.cookies([url]), 5, "cookies")
            return "; ".join(f"{one['name']}={one['value']}" for one in found)
        return ""

    @property
    def tabs(self) -> list[Tab]:
        """Tabs of the pages that are open, such as the first one of a browser with a profile."""
        return [Tab(page) for page in self._context.pages]

    def _on_page(self, page: Page) -> None:
        self._spawn(self._close_popup(page))

    async def _close_popup(self, page: Page) -> None:
        async with self._opening:  # a page of our own may be on its way: let it be counted first
            mine = page in self._own
        if not mine:
            with suppress(BrowserError):
                await bounded(page.close(run_before_unload=False), 5, "close")

    def _on_dialog(self, dialog: Dialog) -> None:
        self._spawn(self._accept(dialog))

    async def _accept(self, dialog: Dialog) -> None:
        with suppress(BrowserError):
            await bounded(dialog.accept(), 5, "dialog")

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self, *, timeout: float = 10.0) -> None:
        """Close all its pages. Raises BrowserError when the browser does not answer."""
        for task in list(self._tasks):
            task.cancel()
        await bounded(self._context.close(), timeout, "close")


class Browser:
    """A Chromium or a Firefox: ``async with Browser(options) as browser``.

    Raises :class:`EnvironmentMissing` when it cannot be started at all.
    """

    def __init__(self, options: BrowserOptions) -> None:
        self.options = options
        self._driver: Playwright | None = None
        self._browser: PlaywrightBrowser | None = None
        self._pid: int | None = None
        self._firefox_profile: TemporaryDirectory[str] | None = None
        self._dead = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def alive(self) -> bool:
        """Whether it is running and connected, as far as is known."""
        return not self._dead and self._browser is not None and self._browser.is_connected()

    @property
    def version(self) -> str:
        return self._browser.version if self._browser else ""

    async def start(self) -> None:
        """Start driver and browser."""
        try:
            self._driver = await async_playwright().start()
            on_driver_end(self._driver, self._lose)
            await asyncio.wait_for(self._launch(self._driver), self.options.launch_timeout + 10)
            await self._watch()
        except (PlaywrightError, TimeoutError, OSError, ValueError) as error:
            await self.close()
            raise EnvironmentMissing(
                f"{self.options.path} does not start: {_why(error)}", hint=_launch_hint(error)
            ) from error
        except BaseException:
            await self.close()
            raise

    async def _launch(self, driver: Playwright) -> None:
        options = self.options
        if options.engine == "firefox":
            await self._launch_firefox(driver)
            return
        how: dict[str, Any] = {
            "executable_path": options.path,
            "headless": options.headless,
            "chromium_sandbox": options.sandbox,
            "args": options.arguments(),
            "timeout": options.launch_timeout * 1000,
            "handle_sigint": False,
            "handle_sigterm": False,
            "handle_sighup": False,
        }
        if options.proxy:
            how["proxy"] = _proxy(options.proxy, options.bypass_loopback)
        self._browser = await driver.chromium.launch(**how)

    async def _launch_firefox(self, driver: Playwright) -> None:
        self._firefox_profile = TemporaryDirectory(
            prefix="deckarchive-firefox-", ignore_cleanup_errors=True
        )
        profile = Path(self._firefox_profile.name)
        firefox.write_profile(profile, self.options)
        how = firefox.launch_arguments(self.options, profile)
        self._browser = await driver.firefox.launch(**how)
        self._pid = int(firefox.pid_file(profile).read_text("ascii"))

    async def _watch(self) -> None:
        """Learn the process id, so that a browser that hangs can be killed."""
        if self._browser is None or not self.options.headless or self._pid:
            return
        session = await self._browser.new_browser_cdp_session()
        info = await session.send("SystemInfo.getProcessInfo")
        self._pid = next((p["id"] for p in info["processInfo"] if p["type"] == "browser"), None)

    async def new_context(self, options: ContextOptions) -> Context:
        """A fresh context. Raises BrowserError when the browser does not answer."""
        if self._browser is None or not self.alive:
            raise BrowserError("the browser is gone")
        arguments = _context_arguments(options)
        made = await bounded(self._browser.new_context(**arguments), 20, "new context")
        return Context(made, keep_popups=not self.options.headless)

    def _lose(self) -> None:
        """The driver has ended, and not by :meth:`close`: the browser answers nobody any more."""
        if self._driver is not None:
            self.kill()
            if self._browser is not None:
                disconnect(self._browser)

    def kill(self) -> None:
        """End a browser that answers nothing."""
        self._dead = True
        if self._pid is not None:
            with suppress(OSError):
                os.kill(self._pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    async def close(self, *, timeout: float = 10.0) -> None:
        """Close it, by force when it does not go by itself. Never raises, never hangs."""
        browser, driver = self._browser, self._driver
        self._browser = self._driver = None
        if browser is not None:
            try:
                await bounded(browser.close(), timeout, "close")
            except BrowserError:
                self.kill()
        self._dead = True
        if driver is not None:
            with suppress(BrowserError, Exception):
                await bounded(driver.stop(), timeout, "stop")
        if self._firefox_profile is not None:
            self._firefox_profile.cleanup()


def _request(request: Request) -> BrowserRequest:
    fills = False
    if request.is_navigation_request():
        with suppress(PlaywrightError):  # a frame that is just being made, or has none: a worker's
            fills = request.frame.parent_frame is not None
    return BrowserRequest(url=request.url, type=request.resource_type, fills_frame=fills)


def _proxy(server: str, bypass_loopback: bool, bypass: tuple[str, ...] = ()) -> dict[str, str]:
    # <-loopback> sends loopback through the proxy too; <loopback> is what lets it past.
    loopback = "<loopback>" if bypass_loopback else "<-loopback>"
    return {"server": server, "bypass": ",".join((loopback, *bypass))}


def _context_arguments(options: ContextOptions) -> dict[str, Any]:
    arguments: dict[str, Any] = {"accept_downloads": False, "ignore_https_errors": options.insecure}
    if options.viewport is None:
        arguments["no_viewport"] = True
    else:
        width, height = options.viewport
        arguments["viewport"] = {"width": width, "height": height}
        arguments["screen"] = {"width": width, "height": height}
    if options.proxy:
        arguments["proxy"] = _proxy(options.proxy, options.bypass_loopback, options.bypass)
    if options.user_agent:
        arguments["user_agent"] = options.user_agent
    if options.headers:
        arguments["extra_http_headers"] = dict(options.headers)
    if options.storage_state:
        arguments["storage_state"] = options.storage_state
    if options.locale:
        arguments["locale"] = options.locale
    return arguments


def _why(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer"
    text = str(error)
    if "No usable sandbox" in text:
        return "no usable sandbox"
    if "cannot open display" in text or "Missing X server" in text:
        return "no display"
    return text.strip().splitlines()[0] if text.strip() else type(error).__name__


def _launch_hint(error: BaseException) -> str:
    text = str(error)
    if "No usable sandbox" in text:
        return "this system forbids unprivileged sandboxes; use its own Chromium or Chrome package"
    if "error while loading shared libraries" in text:
        return "libraries are missing: run 'playwright install-deps chromium'"
    return "run 'deckarchive doctor'"
