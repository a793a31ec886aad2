"""The example tour, packed once a session through the command line against the example web."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from deckarchive.server import DeadProxy
from examples.web.serve import LocalWeb
from tests.browsers import Behind
from tests.e2e.stage import ROOT, Packed, pack, presented
from tests.e2e.stage import offline_browser as offline_browser


@pytest.fixture(scope="session")
def web() -> Iterator[LocalWeb]:
    with LocalWeb() as running:
        yield running


@pytest.fixture(scope="session")
def tour(web: LocalWeb, tmp_path_factory: pytest.TempPathFactory) -> Packed:
    home = tmp_path_factory.mktemp("tour")
    shutil.copytree(ROOT / "examples" / "deck", home / "deck")
    return pack(home, home / "deck" / "tour.md", web.proxy, web.log)


@pytest.fixture(scope="session")
def tour_address(tour: Packed) -> Iterator[str]:
    with presented(tour.offline) as address:
        yield address


@pytest.fixture
def page(offline_browser: tuple[Behind, DeadProxy]) -> Iterator[Page]:
    context = offline_browser[0].new_context(viewport={"width": 1920, "height": 1080})
    yield context.new_page()
    context.close()
