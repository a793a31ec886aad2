"""What keeps a page from acting outside itself while it is used a little."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from deckarchive.browser.answers import anything
from deckarchive.browser.frame import Frame
from deckarchive.browser.worlds import World
from deckarchive.errors import BrowserError
from deckarchive.js import script


@asynccontextmanager
async def without_side_effects(frame: Frame) -> AsyncIterator[None]:
    """Meanwhile the page opens no window, asks nothing and submits no form, as far as it lets what
    it would call be replaced."""
    await _block(frame, True)
    try:
        yield
    finally:
        await _block(frame, False)


async def _block(frame: Frame, on: bool) -> None:
    with suppress(BrowserError):
        await frame.evaluate(script("side-effects"), on, read=anything, timeout=2, world=World.PAGE)
