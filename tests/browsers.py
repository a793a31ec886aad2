"""The one Chromium of a test process, and Chromiums with flags of their own.

What starts a browser in a test starts it here; the package's own doors start theirs.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from bench.chromium import flags
from deckarchive.browser import find_browser
from deckarchive.browser.options import may_sandbox

T = TypeVar("T")
NOWHERE = "http://127.0.0.1:9"
"""A proxy that nobody runs: port 9 is reserved for what is thrown away."""
LOOPBACK = "127.0.0.1,localhost,*.localhost"
"""What a page may reach past a proxy: this machine, and decks and copies by their names."""


def launch(playwright: Playwright, proxy: str, *more: str, bypass: str = LOOPBACK) -> Browser:
    """A Chromium of one's own, with flags that hold for all of it. Its owner closes it."""
    rules = [f"--proxy-bypass-list={bypass.replace(',', ';')}"] if bypass else []
    return playwright.chromium.launch(
        executable_path=find_browser(None).path,
        chromium_sandbox=may_sandbox(),
        args=flags(
            f"--proxy-server={proxy}",
            *rules,
            "--autoplay-policy=no-user-gesture-required",
            *more,
        ),
    )


class SharedBrowser:
    """Started when it is first asked for, and again after :meth:`close`.

    While it runs, the thread's event loop is Playwright's, and ``asyncio.run`` refuses to start
    another. A capture or a rehearsal that a test calls needs one: it closes this browser first.
    """

    def __init__(self) -> None:
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._thread = threading.current_thread()

    def __enter__(self) -> SharedBrowser:
        self._run = asyncio.run
        asyncio.run = self._run_alone
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
        asyncio.run = self._run

    def _run_alone(self, work: Coroutine[Any, Any, T], **options: Any) -> T:
        if threading.current_thread() is self._thread:
            self.close()
        return self._run(work, **options)

    @property
    def playwright(self) -> Playwright:
        if self._playwright is None:
            self._playwright = sync_playwright().start()
        return self._playwright

    @property
    def browser(self) -> Browser:
        """It has no way out but to this machine; a context may be given another."""
        if self._browser is None or not self._browser.is_connected():
            self._browser = launch(self.playwright, NOWHERE)
        return self._browser

    def behind(self, proxy: str, bypass: str = LOOPBACK) -> Behind:
        """The browser as one whose only way out is a proxy."""
        return Behind(self, proxy, bypass)

    def close(self) -> None:
        if self._browser is not None:
            self._browser.close()
        if self._playwright is not None:
            self._playwright.stop()
        self._browser = self._playwright = None


class Behind:
    """Opens contexts and pages of the shared browser as Playwright's ``Browser`` does."""

    def __init__(self, shared: SharedBrowser, proxy: str, bypass: str) -> None:
        self._shared = shared
        self._proxy = {"server": proxy, "bypass": bypass}

    def new_context(self, **options: Any) -> BrowserContext:
        return self._shared.browser.new_context(proxy=self._proxy, **options)  # type: ignore[arg-type]

    def new_page(self, **options: Any) -> Page:
        """A page in a context of its own."""
        return self.new_context(**options).new_page()
