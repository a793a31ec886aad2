"""A web of CDNs, and a browser with the network cut."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from deckarchive.server import DeadProxy
from examples.web.serve import LocalWeb
from tests.decks import cdn
from tests.e2e.stage import offline_browser as offline_browser


@pytest.fixture(scope="session")
def web() -> Iterator[LocalWeb]:
    with cdn.serve() as running:
        yield running


@pytest.fixture
def page(offline_browser: tuple[Browser, DeadProxy]) -> Iterator[Page]:
    """A page; nothing that it asks for may leave the machine."""
    context = offline_browser[0].new_context(viewport={"width": 960, "height": 540})
    yield context.new_page()
    context.close()
    asked = [a.url for a in offline_browser[1].attempts]
    assert [u for u in asked if ".test" in u or "cdn" in u or "fonts" in u] == []
