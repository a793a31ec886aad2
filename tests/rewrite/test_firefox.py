# ruff: noqa: E501 (pages stand in it as they are)
"""The same copies in Firefox, driven by nothing: the page itself tells the server what it found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest
from made_site import build
from test_alive import SCRIPT_MADE_RESULT, script_made

from deckarchive.server import DeadProxy

pytestmark = pytest.mark.browser

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
_TELL = """<script>
const told = setInterval(() => {
  if (document.title === '') return;
  clearInterval(told); // the service worker leaves runtime/ to the server
  const found = JSON.stringify([document.title, window.out, [...__deckarchive_page.misses].sort()]);
  document.body.append(Object.assign(document.createElement('img'), {src: '/runtime/told?' + encodeURIComponent(found)}));
}, 100);
</script></body>"""


class _Listening(SimpleHTTPRequestHandler):
    """A plain server that keeps what a page tells it."""

    told: list[str]
    heard: threading.Event

    def do_GET(self) -> None:
        if self.path.startswith("/runtime/told?"):
            self.told.append(unquote(self.path.partition("?")[2]))
            self.heard.set()
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[tuple[str, list[str], threading.Event]]:
    told: list[str] = []
    heard = threading.Event()
    handler = type("Handler", (_Listening,), {"told": told, "heard": heard})
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(handler, directory=str(tmp_path / "out"))
    )
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/", told, heard
    server.shutdown()
    server.server_close()
    thread.join()


def _settings(proxy: DeadProxy) -> str:
    """A profile whose every way out leads to the witness, loopback excepted."""
    wanted = {
        "network.proxy.type": 1,
        "network.proxy.http": "127.0.0.1",
        "network.proxy.http_port": proxy.port,
        "network.proxy.ssl": "127.0.0.1",
        "network.proxy.ssl_port": proxy.port,
        "network.proxy.no_proxies_on": "127.0.0.1",
        "browser.shell.checkDefaultBrowser": False,
        "browser.aboutwelcome.enabled": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "toolkit.telemetry.reportingpolicy.firstRun": False,
    }
    return "".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in wanted.items())


def test_urls_that_scripts_make_lead_to_the_copies_in_firefox(
    tmp_path: Path, listening: tuple[str, list[str], threading.Event]
) -> None:
    address, told, heard = listening
    site = build(tmp_path / "out", {"t": script_made(_TELL)})
    profile = tmp_path / "profile"
    profile.mkdir()
    with DeadProxy() as witness:
        (profile / "user.js").write_text(_settings(witness))
        process = subprocess.Popen(
            [
                str(FIREFOX), "--headless", "--no-remote", "--profile", str(profile),
                address + (site.document_of("t") or ""),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(tmp_path)},
            start_new_session=True,
        )  # fmt: skip
        try:
            assert heard.wait(120), "Firefox told nothing"
        finally:
            process.terminate()
            process.wait(30)
        left = [a for a in witness.attempts if ".test" in str(a)]
    title, out, misses = json.loads(told[0])
    assert title == "done"
    assert out == SCRIPT_MADE_RESULT
    assert misses == ["https://api.test/never", "https://cdn.test/nothing.png"]
    assert not left
