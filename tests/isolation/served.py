"""One offline folder as both of our servers show it: ``present``, and the launcher of a bundle."""

from __future__ import annotations

import json
import socket
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deckarchive.bundle import bundle
from deckarchive.model import DeckInfo, OfflineDeck
from tests.running import running

SERVERS = ("present", "launcher")
COPY = "demo-example-1234abcd"
RECORDED = "recorded words of a page behind a login"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R>>endobj\n"
    b"4 0 obj<</Length 26>>stream\n1 0 0 rg 0 0 300 300 re f\nendstream endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f0003860180e2a7b2ea0000000049454e44ae426082"
)


def offline_folder(root: Path, **more: str | bytes) -> Path:
    """A small folder of the kind that ``rewrite`` makes; ``more`` are further files by path."""
    about = OfflineDeck(
        title="A talk", page="index.html", slides=1, created="", software="", targets=(),
        deck=DeckInfo(path="talk.md", format="html", title="A talk", sha256="0"),
    )  # fmt: skip
    files: dict[str, str | bytes] = {
        "index.html": "<!doctype html><title>Deck</title><p>Notes: secret",
        "talk.md": "# A talk\n\nNote: secret",
        "deckarchive.json": json.dumps(about.to_dict()),
        "frames/live.html": "<!doctype html><title>Live site</title>",
        f"frames/{COPY}.html": f"<!doctype html><title>Frame</title><body><script>"
        f"const copy = document.createElement('iframe'); copy.src = "
        f"`http://{COPY}.deck.localhost:${{location.port}}/sites/demo.example/index.html`;"
        f"document.body.append(copy)</script>",
        "runtime/page.js": "window.page = 1",
        f"runtime/maps/{COPY}.data.js": f"window.stolen = {json.dumps(RECORDED)}",
        "sites/demo.example/index.html": "<!doctype html><title>Copy</title><p>copied",
        "sites/demo.example/lib.js": "window.stolen = 'a script of a copy'",
        "sites/demo.example/style.css": "body { --stolen: 1 }",
        "sites/demo.example/picture.png": PIXEL,
        "sites/demo.example/paper.pdf": PDF,
        "sites/demo.example/.well-known/a.json": "{}",
        "media/picture.png": PIXEL,
        "sw.js": "// of the folder",
        "map.json": "{}",
        ".env": "TOKEN=secret",
        ".cache/page.html": "hidden",
        "own/.hidden.txt": "hidden",
        **more,
    }
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return root


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def served(server: str, folder: Path, home: Path, port: int = 0) -> Iterator[int]:
    """The folder shown by ``server``, one of :data:`SERVERS`, with its state below ``home``; the
    port."""
    port = port or free_port()
    state = str(home / "state")
    if server == "present":
        with running(folder, "--no-open", "--port", port, XDG_STATE_HOME=state) as made:
            yield made.port
        return
    out = home / f"unpacked-{folder.name}"
    if not out.is_dir():
        with zipfile.ZipFile(bundle(folder, home / f"{folder.name}.zip").path) as opened:
            opened.extractall(out)
    (inside,) = out.iterdir()
    command = [sys.executable, "-S", "-I", "present.py", "--no-open"]
    with running("--port", port, command=command, folder=inside, XDG_STATE_HOME=state) as made:
        yield made.port


@dataclass(frozen=True)
class Reply:
    status: int
    fields: dict[str, str]
    body: bytes


def raw(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as sock:
        sock.sendall(request)
        found = b""
        while data := sock.recv(65536):
            found += data
    return found


def ask(port: int, path: str, *fields: str, host: str = "deck.localhost") -> Reply:
    """The answer to a GET as it comes on the wire; field names in lower case."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}:{port}", *fields, "Connection: close", "", ""]
    head, _, body = raw(port, "\r\n".join(lines).encode()).partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    named: dict[str, str] = {}
    for line in rest:
        name, _, value = line.partition(": ")
        before = named.get(name.lower())
        named[name.lower()] = value if before is None else f"{before}, {value}"
    return Reply(int(first.split()[1]), named, body)
