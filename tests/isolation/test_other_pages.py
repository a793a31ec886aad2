"""What another page of the same browser can get from a presentation: nothing.

Asked in bytes, and by real pages in Chromium and Firefox: of another site, of the same site on
another port, and of a name below the deck's own.
"""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.browsers import NOWHERE, SharedBrowser
from tests.firefox import BROWSERS, firefox
from tests.isolation.served import COPY, SERVERS, ask, free_port, offline_folder, raw, served

DATA = f"/runtime/maps/{COPY}.data.js"
COPY_HOST = f"{COPY}.deck.localhost"
SCRIPT = "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script"
FRAME = "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"
WINDOW = "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"


@pytest.fixture(scope="module", params=SERVERS)
def port(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    home = tmp_path_factory.mktemp(request.param)
    with served(request.param, offline_folder(home / "talk"), home) as running:
        yield running


# -- In bytes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "path", "fields", "status"),
    [
        # What the deck, its frames, the copies and people ask for.
        ("deck.localhost", "/", ("Sec-Fetch-Site: none", *WINDOW), 200),
        ("deck.localhost", "/", ("Sec-Fetch-Site: cross-site", *WINDOW), 200),
        ("127.0.0.1", "/", ("Sec-Fetch-Site: cross-site", *WINDOW), 200),
        ("deck.localhost", DATA, ("Sec-Fetch-Site: same-origin", *SCRIPT), 200),
        ("deck.localhost", f"/frames/{COPY}.html", ("Sec-Fetch-Site: same-origin", *FRAME), 200),
        (COPY_HOST, "/sites/demo.example/index.html", ("Sec-Fetch-Site: same-site", *FRAME), 200),
        (COPY_HOST, "/sites/demo.example/lib.js", ("Sec-Fetch-Site: same-origin", *SCRIPT), 200),
        ("deck.localhost", DATA, (), 200),
        ("deck.localhost", "/", ("Referer: https://evil.example/", "Accept: text/html"), 200),
        # What other pages ask for.
        ("deck.localhost", DATA, ("Sec-Fetch-Site: cross-site", *SCRIPT), 403),
        ("deck.localhost", DATA, ("Sec-Fetch-Site: same-site", *SCRIPT), 403),
        ("127.0.0.1", DATA, ("Sec-Fetch-Site: cross-site", *SCRIPT), 403),
        ("localhost", DATA, ("Sec-Fetch-Site: same-site", *SCRIPT), 403),
        (COPY_HOST, DATA, ("Sec-Fetch-Site: same-site", *SCRIPT), 403),
        (COPY_HOST, "/sites/demo.example/lib.js", ("Sec-Fetch-Site: cross-site", *SCRIPT), 403),
        ("deck.localhost", "/", ("Sec-Fetch-Site: cross-site", *FRAME), 403),
        ("deck.localhost", "/", ("Sec-Fetch-Site: same-site", *FRAME), 403),
        (COPY_HOST, "/sites/demo.example/index.html", ("Sec-Fetch-Site: cross-site", *FRAME), 403),
        (COPY_HOST, "/sites/demo.example/index.html", ("Sec-Fetch-Site: same-site", *WINDOW), 403),
        # At the plain address an archived page has the deck's own origin.
        ("127.0.0.1", "/sites/demo.example/", ("Sec-Fetch-Site: cross-site", *WINDOW), 403),
        ("127.0.0.1", "/%73ites/demo.example/", ("Sec-Fetch-Site: cross-site", *WINDOW), 403),
        ("deck.localhost", DATA, ("Sec-Fetch-Site: cross-site", *WINDOW), 403),
        ("deck.localhost", "/nothing", ("Sec-Fetch-Site: cross-site", *SCRIPT), 403),
        # Browsers that do not say where a request comes from.
        ("deck.localhost", DATA, ("Referer: https://evil.example/", "Accept: */*"), 403),
        ("deck.localhost", DATA, ("Referer: https://evil.example/", "Accept: text/html"), 403),
        ("deck.localhost", DATA, ("Origin: https://evil.example",), 403),
        ("deck.localhost", DATA, ("Origin: null",), 403),
    ],
)  # fmt: skip
def test_who_may_have_what(
    port: int, host: str, path: str, fields: tuple[str, ...], status: int
) -> None:
    reply = ask(port, path, *fields, host=host)
    assert reply.status == status
    if status == 403:
        assert b"recorded" not in reply.body


def test_an_older_browser_loads_the_deck_and_its_copies(port: int) -> None:
    deck = f"Referer: http://deck.localhost:{port}/"
    assert ask(port, DATA, deck, "Accept: */*").status == 200
    assert ask(port, DATA, f"Origin: http://deck.localhost:{port}").status == 200
    copy = "/sites/demo.example/index.html"
    frame = f"Referer: http://deck.localhost:{port}/frames/{COPY}.html"
    assert ask(port, copy, frame, "Accept: text/html,*/*", host=COPY_HOST).status == 200
    assert ask(port, copy, frame, "Accept: */*", host=COPY_HOST).status == 403


def test_every_answer_is_closed_to_other_origins(port: int) -> None:
    here, deck = "frame-ancestors 'self'", f"frame-ancestors 'self' http://deck.localhost:{port}"
    for path, host, ancestors in (
        ("/", "deck.localhost", here),
        ("/", "127.0.0.1", here),
        ("/talk.md", "deck.localhost", here),
        (DATA, "deck.localhost", here),
        ("/media/picture.png", "deck.localhost", here),
        ("/runtime/slide", "deck.localhost", here),
        ("/none", "deck.localhost", here),
        ("/frames", "deck.localhost", here),
        ("/sites/demo.example/paper.pdf", "deck.localhost", here),
        ("/sites/demo.example/paper.pdf", COPY_HOST, deck),
        ("/sites/demo.example/index.html", COPY_HOST, deck),
        ("/", COPY_HOST, deck),
        ("/", "evil.example", "frame-ancestors 'none'"),
    ):
        reply = ask(port, path, host=host)
        policy = reply.fields["content-security-policy"].split("; ")
        assert policy[-1] == ancestors, (path, host, reply)
        assert reply.fields["cross-origin-resource-policy"] == "same-origin", (path, host)


def test_hidden_files_are_not_served(port: int, tmp_path: Path) -> None:
    for path in ("/.env", "/.cache/page.html", "/own/.hidden.txt", "/%2eenv", "/.cache"):
        reply = ask(port, path)
        assert reply.status == 404, path
        assert b"hidden" not in reply.body
    assert ask(port, "/sites/demo.example/.well-known/a.json").status == 200


def test_cookies_of_any_size_never_shut_a_browser_out(port: int) -> None:
    for size in (65_536, 180 * 4096):
        reply = ask(port, "/", f"Cookie: {'; '.join(['a=' + 'x' * 4000] * (size // 4000))}")
        assert reply.status == 200
        assert '"cookies"' in reply.fields["clear-site-data"]
    reply = ask(port, "/", f"Cookie: {'x' * 1_200_000}")
    assert (reply.status, reply.fields["clear-site-data"]) == (431, '"cookies"')


@pytest.mark.parametrize("start", [b"", b"GET / HTTP/1.1\r\nX: slow"])
def test_idle_connections_do_not_shut_the_presenter_out(port: int, start: bytes) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    idle: list[socket.socket] = []
    try:
        for _ in range(1500):
            idle.append(socket.create_connection(("127.0.0.1", port), timeout=20))
            idle[-1].sendall(start)
        began = time.monotonic()
        for _ in range(5):
            assert ask(port, "/").status == 200
        assert time.monotonic() - began < 5
    finally:
        for sock in idle:
            sock.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_clients_that_take_nothing_make_room_too(tmp_path: Path) -> None:
    folder = offline_folder(tmp_path / "talk", **{"media/film.mp4": bytes(16 << 20)})
    for server in SERVERS:
        with served(server, folder, tmp_path) as port:
            head = f"GET /media/film.mp4 HTTP/1.1\r\nHost: deck.localhost:{port}\r\n\r\n".encode()
            soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
            still = []
            for _ in range(min(520, soft - 100)):
                still.append(socket.create_connection(("127.0.0.1", port), timeout=20))
                still[-1].sendall(head)
            assert ask(port, "/").status == 200, server
            for sock in still:
                sock.close()


def test_a_pipelined_and_a_kept_connection_are_served(port: int) -> None:
    one = f"GET /talk.md HTTP/1.1\r\nHost: deck.localhost:{port}\r\n\r\n".encode()
    last = one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    assert raw(port, one + one + last).count(b"HTTP/1.1 200 OK") == 3


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n folded: x\r\n\r\n",
        b"GET relative HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 1_300_000,
    ],
    ids=range(8),
)
def test_what_is_no_request_is_refused(port: int, request_bytes: bytes) -> None:
    answer = raw(port, request_bytes)
    assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 505"))
    assert b"frame-ancestors 'none'" in answer


# -- By real pages -------------------------------------------------------------------------------

ATTACK = """async ([deck, copy, plain, data]) => {
  const found = {};
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const loads = (tag, values) => Promise.race([wait(8000).then(() => "nothing came"),
    new Promise((done) => {
      const element = Object.assign(document.createElement(tag), values);
      element.onload = () => done("LOADED");
      element.onerror = () => done("error");
      document.body.append(element);
    })]);
  const framed = async (tag, values) => {
    const before = window.length;
    await loads(tag, values);
    return window.length > before ? window[before].length : -1;
  };
  for (const [name, origin] of Object.entries({ deck, copy, plain })) {
    const [src, site] = [origin + data, origin + "sites/demo.example/"];
    found[`${name}: a script with recorded bodies`] = await loads("script", { src });
    const style = { rel: "stylesheet", href: site + "style.css" };
    found[`${name}: a script of a copy`] = await loads("script", { src: site + "lib.js" });
    found[`${name}: a style sheet`] = await loads("link", style);
    found[`${name}: a picture`] = await loads("img", { src: site + "picture.png" });
    const crossOrigin = "anonymous";
    found[`${name}: a script as CORS`] = await loads("script", { crossOrigin, src });
    found[`${name}: a module`] = await loads("script", { type: "module", src });
    found[`${name}: fetch`] = await fetch(src).then(() => "READ", () => "error");
    found[`${name}: fetch without an answer`] =
      await fetch(src, { mode: "no-cors" }).then((r) => r.type + r.status, () => "error");
  }
  found["what was stolen"] = window.stolen || "nothing";
  found["through a worker"] = await new Promise((done) => {
    const code = `try { importScripts("${deck + data}"); postMessage("GOT " + self.stolen) }
      catch (error) { postMessage("error") }`;
    const worker = new Worker(URL.createObjectURL(new Blob([code.replaceAll("window", "self")])));
    worker.onmessage = (event) => done(event.data);
    worker.onerror = () => done("error");
  });
  return found;
}"""
FRAMES = """async ([deck, copy, plain]) => {
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const urls = [deck, plain, deck + "frames/live.html", copy + "sites/demo.example/index.html",
                copy + "sites/demo.example/paper.pdf"];
  for (const url of urls) for (const tag of ["iframe", "object", "embed"]) {
    const element = document.createElement(tag);
    const loaded = new Promise((done) => { element.onload = element.onerror = done; });
    element[tag === "object" ? "data" : "src"] = url;
    document.body.append(element);
    await Promise.race([loaded, wait(3000)]);
  }
}"""


@pytest.fixture(scope="module")
def attacker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A web server of somebody else on this machine: the port."""
    root = tmp_path_factory.mktemp("attacker")
    (root / "index.html").write_text("<!doctype html><title>Evil</title><body>")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", free_port()), partial(Quiet, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module", params=BROWSERS)
def browser(request: Any, shared_browser: SharedBrowser) -> Iterator[Any]:
    if request.param == "chromium":
        yield shared_browser.behind(NOWHERE)
        return
    with firefox(playwright=shared_browser.playwright) as running:
        yield running


def new_page(browser: Any) -> Any:
    context = browser.new_context(
        color_scheme="null", reduced_motion="null", forced_colors="null", contrast="null"
    )
    return context.new_page()


@pytest.mark.browser
@pytest.mark.parametrize("host", ["127.0.0.1", "evil.deck.localhost", "deck.localhost"])
def test_a_page_of_another_origin_gets_nothing(
    browser: Any, port: int, attacker: int, host: str
) -> None:
    page = new_page(browser)
    page.goto(f"http://{host}:{attacker}/")
    names = ("deck.localhost", COPY_HOST, "127.0.0.1")
    origins = [f"http://{name}:{port}/" for name in names]
    found = page.evaluate(ATTACK, [*origins, DATA[1:]])
    assert len(found) == 26
    assert found.pop("what was stolen") == "nothing"
    assert {name: said for name, said in found.items() if said != "error"} == {}
    page.evaluate(FRAMES, origins)
    shown = []
    for frame in page.frames[1:]:
        text = frame.evaluate("document.body ? document.body.innerText : ''")
        if any(word in text for word in ("Notes", "copied")) or frame.title() == "Live site":
            shown.append(frame.url)
    assert shown == []
    page.context.close()


@pytest.mark.browser
def test_the_deck_its_frame_and_the_copy_are_shown(browser: Any, port: int) -> None:
    page = new_page(browser)
    page.goto(f"http://deck.localhost:{port}/")
    page.evaluate(
        "async (path) => { const frame = document.createElement('iframe'); frame.src = path;"
        " document.body.append(frame); await new Promise((done) => { frame.onload = done; }); }",
        f"frames/{COPY}.html",
    )
    frame = next(f for f in page.frames if f"/frames/{COPY}" in f.url)
    frame.wait_for_function("window.length === 1")
    copy = frame.child_frames[0]
    copy.wait_for_selector("p")
    assert copy.url == f"http://{COPY_HOST}:{port}/sites/demo.example/index.html"
    assert copy.inner_text("p") == "copied"
    page.context.close()
