"""The driver of a browser (Playwright's Node process), and what follows when it ends by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.async_api import Browser as PlaywrightBrowser
from playwright.async_api import Playwright


def on_driver_end(driver: Playwright, call: Callable[[], None]) -> None:
    """Call ``call`` once the driver has ended; an event of a frame that has just gone can end it.

    What was asked of it fails then, but Playwright for Python tells nobody, and a browser goes on
    to say that it is connected: the event and :func:`disconnect` are internals of its own.
    """
    connection: Any = driver._impl_obj._connection
    connection.on("close", lambda *_: call())


def disconnect(browser: PlaywrightBrowser) -> None:
    """Let ``browser`` and its pages say that they are gone, as when it ends itself."""
    own: Any = browser._impl_obj
    own._did_close()
