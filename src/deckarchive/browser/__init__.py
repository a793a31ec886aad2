"""The browser door: finding, starting and steering a browser. The only user of Playwright.

A Chromium captures and replays; a rehearsal can be held in Firefox as well.

Every operation has a bound: what a page or the browser does not answer in time raises
:class:`~deckarchive.errors.BrowserTimeout`, any other fault is a
:class:`~deckarchive.errors.BrowserError`, and a browser that answers nothing is killed. Nothing of
Playwright's own leaves this package.
:func:`open_window` is for a person instead: nothing steers what it starts.
"""

from deckarchive.browser.contexts import Browser, BrowserRequest, Context, RouteAction
from deckarchive.browser.find import BrowserInfo, find_browser
from deckarchive.browser.options import BrowserOptions, ContextOptions
from deckarchive.browser.pool import BrowserPool
from deckarchive.browser.tab import Frame, Navigation, PageError, Tab
from deckarchive.browser.window import Window, open_window

__all__ = [
    "Browser",
    "BrowserInfo",
    "BrowserOptions",
    "BrowserPool",
    "BrowserRequest",
    "Context",
    "ContextOptions",
    "Frame",
    "Navigation",
    "PageError",
    "RouteAction",
    "Tab",
    "Window",
    "find_browser",
    "open_window",
]
