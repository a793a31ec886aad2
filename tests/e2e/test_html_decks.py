"""reveal.js HTML decks of three major versions go through, with all that they load from CDNs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from deckarchive.server import DeadProxy
from examples.variants import VERSIONS, html_deck
from examples.web.serve import LocalWeb
from tests.browsers import Behind
from tests.e2e.stage import Packed, eventually, open_slide, pack, presented
from tests.sampling import exhaustive

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def archives() -> list[Path]:
    """Of the versions packed so far: an author who moves to a newer reveal.js keeps the archive."""
    return []


@pytest.fixture(scope="module", params=[exhaustive("4"), "5", exhaustive("6")])
def packed(
    request: pytest.FixtureRequest,
    web: LocalWeb,
    tmp_path_factory: pytest.TempPathFactory,
    archives: list[Path],
) -> Packed:
    home = tmp_path_factory.mktemp(f"reveal-{request.param}")
    deck = html_deck(request.param, home / "deck")
    if archives:
        shutil.copytree(archives[-1], home / "archive")
    packed = pack(home, deck, web.proxy, web.log)
    archives.append(packed.archive)
    return packed


def test_nothing_is_missing(packed: Packed) -> None:
    codes = {name: done.code for name, done in packed.steps.items()}
    assert codes == dict.fromkeys(codes, 0), packed.steps
    assert packed.rehearsal["gaps"] == []
    assert packed.rehearsal["leaks"] == []
    tiers = [e["tier"] for s in packed.rehearsal["slides"] for e in s["embeds"]]
    assert tiers == ["live"] * len(tiers)
    assert len(packed.rehearsal["slides"]) == packed.manifest["deck"]["slides"]


@pytest.mark.parametrize("way", ["present", "file"])
def test_the_deck_needs_no_cdn(
    way: str, packed: Packed, page: Page, offline_browser: tuple[Behind, DeadProxy]
) -> None:
    if way == "file":
        check(packed, (packed.offline / "index.html").as_uri(), page)
    else:
        with presented(packed.offline) as address:
            check(packed, address, page)
    assert [a.url for a in offline_browser[1].attempts if ".example" in a.url] == []


def check(packed: Packed, address: str, page: Page) -> None:
    """The deck runs its own reveal, its fonts are there, external Markdown has become slides."""
    major = next(v for v in VERSIONS.values() if f"reveal.js@{v}" in source(packed))
    open_slide(page, address, (0, 0))
    assert str(page.evaluate("Reveal.VERSION")).split(".")[0] == major.split(".")[0]
    assert page.evaluate("Reveal.getTotalSlides()") == packed.manifest["deck"]["slides"]
    loaded = "[...document.fonts].some(f => f.family.includes('Lecture') && f.status === 'loaded')"
    eventually(lambda: page.evaluate(loaded), page, "the web font loads")
    open_slide(page, address, (8, 0))
    lazy = "Reveal.getCurrentSlide().querySelector('img').naturalWidth === 480"
    eventually(lambda: page.evaluate(lazy), page, "the lazy image loads")
    open_slide(page, address, (5, 0))
    playing = "Reveal.getCurrentSlide().querySelector('video').currentTime > 0.2"
    eventually(lambda: page.evaluate(playing), page, "the video plays")
    open_slide(page, address, (3, 0))
    assert "And then" in str(page.evaluate("Reveal.getCurrentSlide().textContent"))


def source(packed: Packed) -> str:
    return Path(packed.home / "deck" / "index.html").read_text("utf-8")
