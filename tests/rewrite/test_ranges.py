# ruff: noqa: E501 (pages stand in it as they are)
"""Copies whose scripts read files in parts, on a server that gives none and with no server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made_site import build, exchange
from playwright.sync_api import Page

from deckarchive.model import Exchange

pytestmark = pytest.mark.browser

URL = "https://site.test/map/"
CITY = "https://tiles.test/city.pmtiles"
WORLD = "https://tiles.test/world.pmtiles"
BYTES = bytes(range(256))

PAGE = """<!doctype html><html><head><title></title></head><body><script>
(async () => {
  const out = {};
  const asked = (range) => ({ headers: { Range: range } });
  const told = async (response) => [response.status, response.headers.get('Content-Range'),
    [...new Uint8Array(await response.arrayBuffer())].join()].join(' ');
  const get = async (url, range) => told(await fetch(url, asked(range)));
  const both = await Promise.all([get('https://tiles.test/city.pmtiles', 'bytes=0-2'), get('https://tiles.test/city.pmtiles', 'bytes=100-101')]);
  out.first = both[0]; out.second = both[1];
  out.request = await told(await fetch(new Request('https://tiles.test/city.pmtiles', asked('bytes=254-'))));
  out.end = await get('https://tiles.test/city.pmtiles', 'bytes=-2');
  const given = async (stop) => fetch('https://tiles.test/city.pmtiles', { ...asked('bytes=0-1'), signal: stop }).then(() => 'answered', (e) => e.name);
  out.stopped = await given(AbortSignal.abort());
  out.beyond = await get('https://tiles.test/city.pmtiles', 'bytes=300-310');
  out.whole = (await (await fetch('https://tiles.test/city.pmtiles')).arrayBuffer()).byteLength;
  out.here = await get(new URL('own.bin', location.href), 'bytes=1-2');
  out.part = await get('https://tiles.test/world.pmtiles', 'bytes=0-3');
  out.within = await get('https://tiles.test/world.pmtiles', 'bytes=1000001-1000002');
  out.missing = await get('https://tiles.test/world.pmtiles', 'bytes=500-600').catch((e) => e.name);
  const xhr = (url, range) => new Promise((done) => {
    const x = new XMLHttpRequest(); x.open('GET', url); x.responseType = 'arraybuffer'; x.setRequestHeader('Range', range);
    x.onloadend = () => done([x.status, x.getResponseHeader('Content-Range'), x.response && [...new Uint8Array(x.response)].join()].join(' ')); x.send();
  });
  out.xhr = await xhr('https://tiles.test/city.pmtiles', 'bytes=7-8');
  out.xpart = await xhr('https://tiles.test/world.pmtiles', 'bytes=0-1');
  const worker = new Worker(URL.createObjectURL(new Blob(["fetch('https://tiles.test/city.pmtiles', { headers: { Range: 'bytes=9-10' } }).then((r) => r.arrayBuffer()).then((b) => postMessage([...new Uint8Array(b)].join()))"])));
  out.worker = await new Promise((done) => { worker.onmessage = (e) => done(e.data); });
  window.out = out; document.title = 'done';
})().catch((e) => { document.title = 'failed: ' + e.stack; });
</script></body></html>"""


def part(url: str, first: int, last: int, size: int, body: bytes) -> Exchange:
    """An answer to a request for a range."""
    told = {"Content-Range": f"bytes {first}-{last}/{size}"}
    found = exchange(url, body, "application/octet-stream", status=206, dest="empty", headers=told)
    return replace(found, request_headers=(*found.request_headers, ("Range", f"{first}-{last}")))


@pytest.mark.parametrize("way", ["server", "folder"])
def test_scripts_read_files_in_parts(tmp_path: Path, served: str, page: Page, way: str) -> None:
    site = build(
        tmp_path,
        {
            "t": [
                exchange(URL, PAGE, dest="document"),
                part(CITY, 0, 2, 256, BYTES[:3]),
                exchange(CITY, BYTES, "application/octet-stream", dest="empty"),
                exchange(f"{URL}own.bin", BYTES, "application/octet-stream", dest="empty"),
                part(WORLD, 0, 3, 10**9, BYTES[:4]),
                part(WORLD, 1_000_000, 1_000_003, 10**9, BYTES[4:8]),
            ]
        },
    )
    path = site.document_of("t") or ""
    page.goto(served + path if way == "server" else (tmp_path / path).as_uri())
    page.wait_for_function("document.title !== ''")
    assert page.title() == "done"
    assert page.evaluate("out") == {
        "first": "206 bytes 0-2/256 0,1,2",
        "second": "206 bytes 100-101/256 100,101",
        "request": "206 bytes 254-255/256 254,255",
        "end": "206 bytes 254-255/256 254,255",
        "stopped": "AbortError",
        "beyond": "416 bytes */256 ",
        "whole": 256,
        "here": "206 bytes 1-2/256 1,2",
        "part": "206 bytes 0-3/1000000000 0,1,2,3",
        "within": "206 bytes 1000001-1000002/1000000000 5,6",
        "missing": "TypeError",
        "xhr": "206 bytes 7-8/256 7,8",
        "xpart": "206 bytes 0-1/1000000000 0,1",
        "worker": "9,10",
    }
