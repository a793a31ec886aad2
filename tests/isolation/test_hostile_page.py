"""What a hostile archived page can do to the presentation: nothing. One row an attempt."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import pytest
from conftest import SLIDES, Hostile
from playwright.sync_api import Browser, Page, sync_playwright

from deckarchive.browser import find_browser
from deckarchive.server import DeadProxy, Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PATIENCE = 40.0
SUCCESS = re.compile(r"\b(GOT|READ|WROTE|SENT|LOADED|OPEN|OPENED)\b")
"""The words by which the hostile page tells that an attempt succeeded."""

CONNECTED = "inner.attacker.example:443"
"""Chromium connects to where a script leads a frame that is still empty before it asks the policy,
and tells no event: a connection, never a request. docs/architecture.md says so."""

SECRETS = """
document.cookie = 'deck=secret; path=/';
localStorage.setItem('notes', 'secret');
sessionStorage.setItem('notes', 'secret');
indexedDB.open('secret');
caches.open('secret');
window.channel = new BroadcastChannel('secrets');
setInterval(() => channel.postMessage('secret'), 100);
"""


@dataclass
class Stage:
    """A browser at the deck, with secrets in it, whose only way out is a witness."""

    page: Page
    server: Server
    witness: DeadProxy
    popups: list[str] = field(default_factory=list)

    def open(self, view: str) -> None:
        self.page.goto(f"{self.server.url}#/{SLIDES[view]}")
        self.page.evaluate(SECRETS)

    def told(self) -> dict[str, str]:
        """What the hostile page told so far: attempt → outcome."""
        said = [r.target for r in self.server.requests if r.target.startswith("/runtime/told?")]
        return dict(json.loads(unquote(line.partition("?")[2])) for line in said)

    def hear(self, name: str) -> dict[str, str]:
        """Wait until the page has told about ``name``."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if name in (told := self.told()):
                return told
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{name} was never told; only {self.told()}")

    def left(self) -> list[str]:
        """What tried to leave this machine; the browser's own traffic is not ours."""
        return [a.url for a in self.witness.attempts if "example" in a.url]

    def check(self, view: str) -> None:
        """The deck stands where it stood, whole, alone, and nothing has left."""
        self.page.wait_for_timeout(1000)  # nothing is to come: there is no event to wait for
        assert self.page.url == f"{self.server.url}#/{SLIDES[view]}"
        assert self.page.evaluate("Reveal.getIndices().h") == SLIDES[view]
        assert not self.page.evaluate("Reveal.isPaused() || Reveal.isOverview()")
        assert self.page.evaluate("document.title") != "HACKED"
        # A cookie for all of *.deck.localhost can be planted, but it tells and moves nothing.
        assert "deck=secret" in self.page.evaluate("document.cookie")
        frames = [f for f in self.page.frames if "/frames/" in f.url]
        assert frames
        assert not any(f.evaluate("'hacked' in window") for f in frames)
        assert self.popups == []
        assert set(self.left()) <= {CONNECTED}


@pytest.fixture(scope="module")
def chromium() -> Iterator[tuple[Browser, DeadProxy]]:
    with DeadProxy() as witness, sync_playwright() as playwright:
        arguments = [
            f"--proxy-server={witness.url}",
            "--proxy-bypass-list=127.0.0.1;localhost;*.localhost",
        ]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        browser = playwright.chromium.launch(
            executable_path=find_browser(None).path, args=arguments
        )
        yield browser, witness
        browser.close()


@pytest.fixture
def stage(chromium: tuple[Browser, DeadProxy], served: Server) -> Iterator[Stage]:
    browser, witness = chromium
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    made = Stage(context.new_page(), served, witness)
    context.on("page", lambda page: made.popups.append(page.url))
    yield made
    context.close()


def succeeded(told: dict[str, str]) -> dict[str, str]:
    return {name: outcome for name, outcome in told.items() if SUCCESS.search(outcome)}


def test_every_attempt_without_a_click_fails(
    stage: Stage, hostile: Hostile, record_property: Any
) -> None:
    stage.open("all")
    told = stage.hear("done")
    record_property("outcomes", told)
    print(*(f"{name:40} {outcome}" for name, outcome in told.items()), sep="\n")
    assert len(told) > 60
    assert succeeded(told) == {}
    stage.check("all")
    with pytest.raises(BlockingIOError):
        hostile.stun.recv(2048)
