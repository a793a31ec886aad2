"""One frame of a page, and the bound on all that a browser is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame as PlaywrightFrame
from playwright.async_api import TimeoutError as PlaywrightTimeout

from deckarchive.browser.answers import Read, answer
from deckarchive.browser.worlds import World, Worlds
from deckarchive.errors import BrowserError, BrowserTimeout

_T = TypeVar("_T")


async def bounded(work: Awaitable[_T], seconds: float, what: str) -> _T:
    """Await ``work`` for at most ``seconds``; Playwright's faults become BrowserError, and what
    does not answer in time a BrowserTimeout. ``what`` opens the message."""
    try:
        return await asyncio.wait_for(work, seconds)
    except (TimeoutError, PlaywrightTimeout) as error:
        raise BrowserTimeout(f"{what}: no answer in {seconds:g} s") from error
    except PlaywrightError as error:
        raise BrowserError(f"{what}: {first_line(error)}") from error


def first_line(error: PlaywrightError) -> str:
    """What it says, in one line."""
    lines = error.message.strip().splitlines()
    return lines[0] if lines else type(error).__name__


class Frame:
    """One frame of a tab, the main one included."""

    def __init__(self, frame: PlaywrightFrame, worlds: Worlds) -> None:
        self._frame, self._worlds = frame, worlds

    @property
    def url(self) -> str:
        return self._frame.url

    @property
    def parent(self) -> Frame | None:
        """The frame that it is in; ``None`` for the main frame."""
        parent = self._frame.parent_frame
        return Frame(parent, self._worlds) if parent else None

    async def evaluate(
        self,
        script: str,
        arg: Any = None,
        *,
        read: Read[_T],
        timeout: float = 10.0,
        what: str = "evaluate",
        world: World = World.OWN,
    ) -> _T:
        """Call a function expression in it, with the browser's own built-ins, and ``read`` what
        it answers.

        Raises BrowserError, also for an answer that cannot be read, or BrowserTimeout when the
        frame does not answer within ``timeout`` seconds.
        """
        said = await bounded(self._worlds.call(self._frame, script, arg, world), timeout, what)
        return answer(said, read, self.url)
