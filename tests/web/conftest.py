"""The cases that both sides of a table must answer alike."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browsers import SharedBrowser

Sent = Callable[[bytes, str], str]
"""From a body and its Content-Type (``""`` for none) to the URL that answers with them."""

CASES = Path(__file__).parent / "cases"


def cases(name: str, part: str) -> list[Any]:
    """The rows of one part of ``cases/<name>.json``: arguments, then the answer."""
    rows = json.loads((CASES / f"{name}.json").read_text("utf-8"))[part]
    assert isinstance(rows, list)
    assert rows
    return rows


@pytest.fixture
def chromium(shared_browser: SharedBrowser) -> Browser:
    return shared_browser.browser


@pytest.fixture(scope="session")
def sent() -> Iterator[Sent]:
    """A server on this machine for single documents."""
    answers: list[tuple[bytes, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            number = self.path.strip("/")
            if not number.isdigit():
                self.send_error(404)
                return
            data, media = answers[int(number)]
            self.send_response(200)
            if media:
                self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()

        def send(data: bytes, media: str) -> str:
            answers.append((data, media))
            return f"http://127.0.0.1:{server.server_port}/{len(answers) - 1}"

        yield send
        server.shutdown()
        thread.join()
