"""A web of CDNs, and a browser with the network cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from bench.reveals.decks import VERSIONS, put_together
from bench.reveals.facts import FACTS, Stage
from deckarchive.server import DeadProxy, Server
from examples.web.serve import LocalWeb
from tests.browsers import Behind
from tests.decks import cdn
from tests.e2e.stage import offline_browser as offline_browser


@pytest.fixture(scope="session")
def web(network: None) -> Iterator[LocalWeb]:
    with cdn.serve() as running:
        yield running


@pytest.fixture
def page(offline_browser: tuple[Behind, DeadProxy]) -> Iterator[Page]:
    """A page; nothing that it asks for may leave the machine."""
    context = offline_browser[0].new_context(viewport={"width": 960, "height": 540})
    yield context.new_page()
    context.close()
    asked = [a.url for a in offline_browser[1].attempts]
    assert [u for u in asked if ".test" in u or "cdn" in u or "fonts" in u] == []


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory, network: None) -> dict[str, Path]:
    """One deck offline, by the version of its reveal.js."""
    return put_together(tmp_path_factory.mktemp("reveals"))


def holds(fact: str, number: str, browser: Browser, packed: dict[str, Path]) -> None:
    """Try a fact of ``bench.reveals`` in a fresh context."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    try:
        with Server(packed[number]) as server:
            FACTS[fact][1](Stage(context.new_page(), server.url, VERSIONS[number]))
    finally:
        context.close()
