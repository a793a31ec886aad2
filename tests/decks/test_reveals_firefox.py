"""What Firefox does in its own way with a deck in reveal.js: windows, keys, media."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browsers import SharedBrowser
from tests.decks.conftest import holds
from tests.firefox import firefox, needs_firefox

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.timeout(300),
    needs_firefox,
]


@pytest.fixture(scope="module")
def gecko(shared_browser: SharedBrowser) -> Iterator[Browser]:
    with firefox(playwright=shared_browser.playwright) as browser:
        yield browser


@pytest.mark.parametrize(
    ("fact", "number"),
    [("overview", "3.9.2"), ("F2, E", "4.6.1"), ("video", "5.2.1"), ("speaker view", "6.0.2")],
)
def test_it_holds(fact: str, number: str, packed: dict[str, Path], gecko: Browser) -> None:
    holds(fact, number, gecko, packed)
