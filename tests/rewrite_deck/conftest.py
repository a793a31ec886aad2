"""A real browser whose only way out is a proxy that refuses, and real reveal.js of any version."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hand_made import vendored_reveal
from playwright.sync_api import Page

from deckarchive.server import DeadProxy
from tests import npm
from tests.browsers import SharedBrowser


@pytest.fixture(scope="session")
def dead_proxy() -> Iterator[DeadProxy]:
    with DeadProxy() as proxy:
        yield proxy


@contextmanager
def new_page(shared_browser: SharedBrowser, dead_proxy: DeadProxy) -> Iterator[Page]:
    context = shared_browser.behind(dead_proxy.url).new_context(
        viewport={"width": 1280, "height": 720}
    )
    context.set_default_timeout(30_000)
    before = len(dead_proxy.attempts)
    yield context.new_page()
    context.close()
    left = [a for a in dead_proxy.attempts[before:] if ".example" in a.host]
    assert left == []


@pytest.fixture
def page(shared_browser: SharedBrowser, dead_proxy: DeadProxy) -> Iterator[Page]:
    """A page; afterwards nothing may have tried to leave the machine."""
    with new_page(shared_browser, dead_proxy) as found:
        yield found


@pytest.fixture(scope="module")
def module_page(shared_browser: SharedBrowser, dead_proxy: DeadProxy) -> Iterator[Page]:
    """The same for all tests of a module."""
    with new_page(shared_browser, dead_proxy) as found:
        yield found


@pytest.fixture(scope="session")
def reveal_package(network: None) -> Callable[[str], Path]:
    """The unpacked npm package of a reveal.js version; ``""`` is the one in the package."""
    return lambda version: npm.package("reveal.js", version) if version else vendored_reveal()
