"""A real browser whose only way out is a proxy that refuses, and real reveal.js of any version."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hand_made import vendored_reveal
from playwright.sync_api import Browser, Page, sync_playwright

from deckarchive.server import DeadProxy
from tests import npm


@pytest.fixture(scope="session")
def dead_proxy() -> Iterator[DeadProxy]:
    with DeadProxy() as proxy:
        yield proxy


@pytest.fixture(scope="module")
def chromium(dead_proxy: DeadProxy) -> Iterator[Browser]:
    found = os.environ.get("DECKARCHIVE_BROWSER") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found,
            proxy={"server": dead_proxy.url, "bypass": "127.0.0.1,localhost,.localhost"},
            chromium_sandbox=os.geteuid() != 0,
            args=["--autoplay-policy=no-user-gesture-required"],
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, dead_proxy: DeadProxy) -> Iterator[Page]:
    """A page; afterwards nothing may have tried to leave the machine."""
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    context.set_default_timeout(30_000)
    before = len(dead_proxy.attempts)
    yield context.new_page()
    context.close()
    left = [a for a in dead_proxy.attempts[before:] if ".example" in a.host]
    assert left == []


@pytest.fixture(scope="session")
def reveal_package() -> Callable[[str], Path]:
    """The unpacked npm package of a reveal.js version; ``""`` is the one in the package."""
    return lambda version: npm.package("reveal.js", version) if version else vendored_reveal()
