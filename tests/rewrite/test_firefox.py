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
from made_site import build, exchange
from script_made import SCRIPT_MADE_RESULT, script_made

from deckarchive.server import DeadProxy

pytestmark = pytest.mark.browser

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
_TELL = """<script>
const told = setInterval(() => {
  if (document.title === '') return;
  clearInterval(told); // the service worker leaves runtime/ to the server
  const found = JSON.stringify([document.title, window.out, [...__deckarchive_page.unresolved].sort()]);
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


def _shown(tmp_path: Path, address: str, heard: threading.Event) -> list[object]:
    """Show a page until the server was told something; returns what tried to leave."""
    profile = tmp_path / "profile"
    profile.mkdir()
    with DeadProxy() as witness:
        (profile / "user.js").write_text(_settings(witness))
        process = subprocess.Popen(
            [
                str(FIREFOX), "--headless", "--no-remote", "--profile", str(profile),
                address,
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
        return [a for a in witness.attempts if ".test" in str(a)]


def test_urls_that_scripts_make_lead_to_the_copies_in_firefox(
    tmp_path: Path, listening: tuple[str, list[str], threading.Event]
) -> None:
    address, told, heard = listening
    site = build(tmp_path / "out", {"t": script_made(_TELL)})
    left = _shown(tmp_path, address + (site.document_of("t") or ""), heard)
    title, out, misses = json.loads(told[0])
    assert title == "done"
    assert out == SCRIPT_MADE_RESULT
    assert misses == ["https://api.test/never", "https://cdn.test/nothing.png"]
    assert not left


_AROUND = """<iframe src="COPY"></iframe><script>
addEventListener('message', (event) => {
  if (!event.data.log) return;
  document.body.append(Object.assign(document.createElement('img'), {src: 'ADDRESStold?' + encodeURIComponent(JSON.stringify(event.data.log))}));
});
</script>"""


def test_modules_run_from_a_folder_in_firefox(
    tmp_path: Path, listening: tuple[str, list[str], threading.Event]
) -> None:
    address, told, heard = listening
    url, js = "https://site.test/", "text/javascript"
    site = build(
        tmp_path / "out",
        {
            "t": [
                exchange(
                    url,
                    """<!doctype html><script type=importmap>{"imports": {"lib": "./lib.js"}}</script>
<script>window.log = []; addEventListener('DOMContentLoaded', () => log.push('ready'));</script>
<script type=module src=a.js></script><script type=module>import { lib } from 'lib'; log.push(lib);</script>
<script>onload = async () => {
  log.push((await import('./b.js')).name);
  const told = setInterval(() => { if (log.length > 3) { clearInterval(told); parent.postMessage({ log }, '*'); } }, 50);
}</script>""",
                    dest="document",
                ),
                exchange(f"{url}a.js", "import { name } from './b.js'; export const a = 1; log.push('a ' + name + ' ' + import.meta.url.slice(-5))", js),
                exchange(f"{url}b.js", "import * as a from './a.js'; export const name = 'b'", js),
                exchange(f"{url}lib.js", "export const lib = 'lib'", js),
            ]
        },
    )  # fmt: skip
    around = tmp_path / "out" / "around.html"
    text = _AROUND.replace("ADDRESS", address + "runtime/")
    around.write_text(text.replace("COPY", site.document_of("t") or ""))
    assert not _shown(tmp_path, around.as_uri(), heard)
    assert sorted(json.loads(told[0])) == ["a b /a.js", "b", "lib", "ready"]
