"""A web of CDNs, a deck packed through the command line, and a browser with the network cut."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from deckarchive.server import DeadProxy
from examples.web.serve import LocalWeb
from tests.decks import cdn
from tests.e2e.stage import COMMAND, cut_off, presented


@dataclass(frozen=True)
class Pack:
    """What ``deckarchive pack`` left of one deck."""

    code: int
    said: str
    offline: Path
    report: Any

    @property
    def tiers(self) -> list[str]:
        """The tier of each embed, slide by slide."""
        return [embed["tier"] for slide in self.report["slides"] for embed in slide["embeds"]]


@pytest.fixture(scope="session")
def web() -> Iterator[LocalWeb]:
    with cdn.serve() as running:
        yield running


@pytest.fixture(scope="session")
def offline_browser() -> Iterator[tuple[Browser, DeadProxy]]:
    with cut_off() as pair:
        yield pair


@pytest.fixture
def page(offline_browser: tuple[Browser, DeadProxy]) -> Iterator[Page]:
    """A page; nothing that it asks for may leave the machine."""
    context = offline_browser[0].new_context(viewport={"width": 960, "height": 540})
    yield context.new_page()
    context.close()
    asked = [a.url for a in offline_browser[1].attempts]
    assert [u for u in asked if ".test" in u or "cdn" in u or "fonts" in u] == []


def pack(deck: Path, home: Path, web: LocalWeb) -> Pack:
    """Run ``deckarchive pack`` on ``deck`` in ``home``."""
    done = subprocess.run(
        [str(COMMAND), "pack", str(deck), "-o", "out", "--proxy", web.proxy, "--insecure"],
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    said = done.stdout + done.stderr
    found = list((home / "archives").glob("*/rehearsal.json"))
    assert found, said
    return Pack(done.returncode, said, home / "out", json.loads(found[0].read_text("utf-8")))


def addresses(offline: Path, page: Page) -> Iterator[str]:
    """The deck's address over http, as presented, then by double-click."""
    with presented(offline) as address:
        yield address
        page.goto("about:blank")
    yield (offline / "index.html").as_uri()


def go(page: Page, address: str, slide: int) -> None:
    """Open the deck at one horizontal slide, in a page that was elsewhere."""
    page.goto("about:blank")
    page.goto(f"{address}#/{slide}", wait_until="commit")
    page.wait_for_function(
        f"window.Reveal && Reveal.isReady() && Reveal.getIndices().h === {slide}"
    )
