"""Targets on loopback reach their neighbours there; pages elsewhere do not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deckarchive.capture import CaptureOptions, capture
from deckarchive.model import DeckInfo, Kind, Manifest, Reference, State, Target
from deckarchive.urls import target_id
from deckarchive.warc import read_exchanges

pytestmark = pytest.mark.browser


class _Page(BaseHTTPRequestHandler):
    neighbour = 0

    def do_GET(self) -> None:
        if self.path == "/script.js":
            body, kind = b"document.body.append('from next door')", "text/javascript"
        else:
            script = f"http://127.0.0.1:{self.neighbour}/script.js"
            body = f"<!doctype html><p>Here: <script src='{script}'></script>".encode()
            kind = "text/html"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def two_ports() -> Iterator[tuple[int, int]]:
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _Page) for _ in range(2)]
    _Page.neighbour = servers[1].server_address[1]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield servers[0].server_address[1], servers[1].server_address[1]
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_page_on_loopback_loads_from_another_port(
    tmp_path: Path, two_ports: tuple[int, int]
) -> None:
    url = f"http://127.0.0.1:{two_ports[0]}/"
    place = Reference(slide=(0, 0), file="d.md", line=1, column=1, span=(0, 1), raw=url)
    target = Target(id=target_id(url, "iframe"), kind=Kind.IFRAME, url=url, references=(place,))
    info = DeckInfo(path="d.md", format="reveal-md", title="", sha256="")
    manifest = Manifest(deck=info, targets=(target,))
    report = capture(manifest, None, tmp_path / "out", CaptureOptions(jobs=1))
    assert [r.state for r in report.records] == [State.CAPTURED]
    warc = tmp_path / "out" / "targets" / target.id / "data.warc.gz"
    assert f"http://127.0.0.1:{two_ports[1]}/script.js" in [x.url for x in read_exchanges(warc)]
