"""Real Firefox for tests, as it is distributed, driven by Playwright.

``with firefox() as browser`` gives a synchronous Playwright ``Browser`` whose every request goes
to a witness, but for those that ``bypass`` lets past. The profile is the one of a rehearsal: it
asks for nothing by itself, and file:// keeps its strict rules.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from deckarchive.browser import BrowserOptions, find_browser
from deckarchive.browser.firefox import launch_arguments, write_profile
from deckarchive.errors import EnvironmentMissing
from deckarchive.server import DeadProxy


def _find() -> str:
    try:
        return find_browser("firefox", firefox=True).path
    except EnvironmentMissing:
        return ""


FIREFOX = _find()
"""The program; ``""`` where there is none."""

needs_firefox = pytest.mark.skipif(not FIREFOX, reason="no Firefox on this machine")
BROWSERS = ["chromium", pytest.param("firefox", marks=[needs_firefox, pytest.mark.exhaustive])]
"""What is tried in both: in Firefox with ``--all``."""


@contextmanager
def firefox(
    witness: DeadProxy | None = None,
    *,
    bypass: tuple[str, ...] = ("127.0.0.1", "localhost", "*.localhost"),
    playwright: Playwright | None = None,
) -> Iterator[Browser]:
    """A running Firefox. ``witness`` notes what tries to leave; one is made when none is given.

    ``bypass`` (``host``, ``host:port``, ``*.host``) is what it reaches past the witness.
    ``playwright`` is the driver of a test that has one already: a thread can have but one.
    """
    if witness is None:
        with DeadProxy() as own, firefox(own, bypass=bypass, playwright=playwright) as browser:
            yield browser
        return
    if playwright is None:
        with sync_playwright() as driver, firefox(witness, bypass=bypass, playwright=driver) as it:
            yield it
        return
    options = BrowserOptions(path=FIREFOX, proxy=witness.url, bypass=bypass)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        write_profile(Path(folder), options)
        browser = playwright.firefox.launch(**launch_arguments(options, Path(folder)))
        try:
            yield browser
        finally:
            browser.close()
