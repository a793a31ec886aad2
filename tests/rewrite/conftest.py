"""A plain static server, and a browser whose every way out leads to a witness that refuses."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page

from deckarchive.server import DeadProxy
from tests.browsers import SharedBrowser

# The Firefox test is there where Firefox is; what it shows is shown in Chromium everywhere.
collect_ignore = (
    [] if shutil.which("firefox-esr") or shutil.which("firefox") else ["test_firefox.py"]
)


class _Quiet(SimpleHTTPRequestHandler):
    """Python's own static server: no charset, no ranges, nothing that knows about us."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address under which ``tmp_path`` is served, with a slash at its end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def witness() -> Iterator[DeadProxy]:
    with DeadProxy() as proxy:
        yield proxy


@pytest.fixture
def page(shared_browser: SharedBrowser, witness: DeadProxy) -> Iterator[Page]:
    """A page of a fresh profile; nothing it does may reach the way out."""
    before = len(witness.attempts)
    context = shared_browser.behind(witness.url, "127.0.0.1").new_context()
    found = context.new_page()
    found.set_default_timeout(20_000)
    yield found
    context.close()
    left = [a for a in witness.attempts[before:] if ".test" in str(a)]
    assert not left, f"left the folder: {left}"
