"""Browsers that are replaced when they crash, hang or have served long enough.

Several jobs share one browser, each with a context of its own. After ``recycle_after`` contexts
a fresh browser takes over and the old one goes when its last context does, so that memory which
pages leave behind stays bounded.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from deckarchive.browser.contexts import Browser, Context
from deckarchive.browser.options import BrowserOptions, ContextOptions
from deckarchive.errors import BrowserError


class BrowserPool:
    """``async with BrowserPool(options) as pool``, then ``async with pool.context(…)``."""

    def __init__(self, options: BrowserOptions, *, recycle_after: int = 40) -> None:
        self._options = options
        self._recycle_after = recycle_after
        self._current: Browser | None = None
        self._served = 0
        self._users: dict[Browser, int] = {}
        self._lock = asyncio.Lock()
        self.version = ""

    async def __aenter__(self) -> Self:
        async with self._lock:
            await self._fresh()
        return self

    async def __aexit__(self, *_: object) -> None:
        browsers = list(self._users)
        self._users.clear()
        self._current = None
        await asyncio.gather(*(browser.close() for browser in browsers))

    @asynccontextmanager
    async def context(self, options: ContextOptions) -> AsyncIterator[Context]:
        """A fresh context of a browser that works, closed afterwards.

        Raises BrowserError when the browser breaks; the next call gets another browser.
        """
        browser = await self._lease()
        try:
            context = await self._open(browser, options)
            try:
                yield context
            finally:
                try:
                    await context.close()
                except BrowserError:
                    browser.kill()
        finally:
            await self._release(browser)

    def kill(self) -> None:
        """End all browsers at once, for who cannot wait; what uses them gets a BrowserError."""
        for browser in self._users:
            browser.kill()

    async def _open(self, browser: Browser, options: ContextOptions) -> Context:
        try:
            return await browser.new_context(options)
        except BrowserError:
            browser.kill()
            raise

    async def _lease(self) -> Browser:
        async with self._lock:
            worn = self._served >= self._recycle_after
            if self._current is None or worn or not self._current.alive:
                retired = self._current
                await self._fresh()
                if retired is not None and not self._users.get(retired):
                    await self._drop(retired)
            assert self._current is not None
            self._served += 1
            self._users[self._current] += 1
            return self._current

    async def _fresh(self) -> None:
        browser = Browser(self._options)
        await browser.start()
        self._current, self._served, self.version = browser, 0, browser.version
        self._users[browser] = 0

    async def _release(self, browser: Browser) -> None:
        if browser not in self._users:
            return
        self._users[browser] -= 1
        if self._users[browser] == 0 and (browser is not self._current or not browser.alive):
            if browser is self._current:
                self._current = None
            await self._drop(browser)

    async def _drop(self, browser: Browser) -> None:
        self._users.pop(browser, None)
        await browser.close()
