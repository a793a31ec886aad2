"""The adapter to browsers: finding, starting and driving one. The only user of Playwright.

A Chromium captures and replays; a rehearsal can be held in Firefox as well.

Scripts of ours run in a world of their own, with the browser's built-ins, not those of the page
(:class:`World`), and what they answer is read by type (:mod:`~deckarchive.browser.answers`).

Every operation has a bound: what a page or the browser does not answer in time raises
:class:`~deckarchive.errors.BrowserTimeout`, any other fault is a
:class:`~deckarchive.errors.BrowserError`, and a browser that answers nothing is killed. Nothing of
Playwright's own leaves this package.
:func:`open_window` is for a person instead: nothing steers what it starts.
"""

from deckarchive.browser import answers
from deckarchive.browser.contexts import Browser, BrowserRequest, Context, RouteAction
from deckarchive.browser.find import BrowserInfo, find_browser
from deckarchive.browser.frame import Frame
from deckarchive.browser.framed import Navigation
from deckarchive.browser.options import BrowserOptions, ContextOptions
from deckarchive.browser.pool import BrowserPool
from deckarchive.browser.side_effects import without_side_effects
from deckarchive.browser.tab import PageError, Tab
from deckarchive.browser.window import Window, open_window
from deckarchive.browser.worlds import World

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
    "World",
    "answers",
    "find_browser",
    "open_window",
    "without_side_effects",
]
