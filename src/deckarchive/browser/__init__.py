"""The browser door: finding, starting and steering a browser. The only user of Playwright.

A Chromium captures and replays; a rehearsal can be held in Firefox as well.

Every operation has a bound: what a page or the browser does not answer in time raises
:class:`~deckarchive.errors.BrowserError`, and a browser that answers nothing is killed. Rooms
take a :class:`Tab` from here; its ``page`` is Playwright's own for what the tab does not wrap.
:func:`open_window` is for a person instead: nothing steers what it starts.
"""

from playwright.async_api import CDPSession, ConsoleMessage, Frame, Page, Request, Response

from deckarchive.browser.door import Browser, Context
from deckarchive.browser.find import BrowserInfo, find_browser
from deckarchive.browser.options import BrowserOptions, ContextOptions
from deckarchive.browser.pool import BrowserPool
from deckarchive.browser.tab import Navigation, Tab
from deckarchive.browser.window import Window, open_window

__all__ = [
    "Browser",
    "BrowserInfo",
    "BrowserOptions",
    "BrowserPool",
    "CDPSession",
    "ConsoleMessage",
    "Context",
    "ContextOptions",
    "Frame",
    "Navigation",
    "Page",
    "Request",
    "Response",
    "Tab",
    "Window",
    "find_browser",
    "open_window",
]
