"""Packing a deck through the command line, and opening what came of it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from examples.web.serve import LocalWeb
from tests.e2e.stage import COMMAND, presented


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
