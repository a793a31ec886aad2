# ruff: noqa: E501 (pages stand in it as they are)
"""What a script reads of an answer is what the site had said, on a server and on file://."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made_site import build, exchange
from playwright.sync_api import Page

from deckarchive.model import Exchange

pytestmark = pytest.mark.browser

URL = "https://site.test/talk/"
API = "https://api.test"
JSON = "application/json"

PAGE = """<!doctype html><title></title><script>
(async () => {
  const out = {};
  const facts = (r) => [r.url, r.type, r.redirected, r.status, r.headers.get('x-total')];
  const list = await fetch('https://api.test/list?page=1');
  out.list = facts(list); out.clone = facts(list.clone());
  out.hidden = list.headers.get('x-hidden');
  out.led = facts(await fetch('old.json'));
  const refused = await fetch('me');
  out.refused = [refused.status, refused.ok, await refused.json()];
  const sent = await fetch('me', {method: 'POST', body: '{}'});
  out.sent = [sent.status, await sent.json()];
  out.head = (await fetch('head.bin', {method: 'HEAD'})).status;
  const ask = (url, end) => new Promise((done) => {
    const x = new XMLHttpRequest(); x.open('GET', url); x.onloadend = () => done([x.status, x.responseURL, x.getResponseHeader('x-total'), x.responseText]); x.send(); });
  out.xhr = await ask('https://api.test/list?page=1');
  out.xrefused = await ask('me');
  const part = async (url, range) => {
    const r = await fetch(url, {headers: {Range: range}});
    return [r.status, await r.text(), r.headers.get('content-range')];
  };
  out.part = await part('whole.txt', 'bytes=2-4'); out.end = await part('whole.txt', 'bytes=-2');
  out.tile = await part('tiles.bin', 'bytes=101-102');
  out.untold = await part('tiles.bin', 'bytes=500-600').catch((e) => e.name);
  const form = async (value) => { const body = new FormData(); body.append('q', value); return (await (await fetch('form', {method: 'POST', body})).json()).n; };
  out.forms = [await form('two'), await form('one')];
  window.out = out; document.title = 'done';
})().catch((e) => { document.title = 'failed: ' + e.stack; });
</script>"""


def read(url: str, text: str, status: int = 200, **more: str) -> Exchange:
    """What a script of the page read, with headers of the answer."""
    headers = {name.replace("_", "-"): value for name, value in more.items()}
    return exchange(url, text, JSON, dest="empty", status=status, headers=headers)


def form(value: str, number: int) -> Exchange:
    boundary = f"----WebKitFormBoundary{number}"
    body = f'--{boundary}\r\nContent-Disposition: form-data; name="q"\r\n\r\n{value}\r\n--{boundary}--\r\n'
    made = exchange(f"{URL}form", f'{{"n": {number}}}', JSON, method="POST", sent=body)
    return replace(
        made, request_headers=(("Content-Type", f"multipart/form-data; boundary={boundary}"),)
    )


def site() -> list[Exchange]:
    listed = read(
        f"{API}/list?page=1",
        "[1]",
        X_Total="40",
        X_Hidden="x",
        Access_Control_Expose_Headers="X-Total",
    )
    origin = (("Sec-Fetch-Dest", "empty"), ("Origin", "https://site.test"))
    refusal = exchange(
        f"{URL}me", '{"error": "sent"}', JSON, status=422, method="POST", sent="{}", dest="empty"
    )
    return [
        exchange(URL, PAGE, dest="document"),
        replace(listed, request_headers=origin),
        exchange(f"{URL}old.json", status=302, headers={"Location": "../new.json"}),
        read("https://site.test/new.json", "[]", X_Total="0"),
        read(f"{URL}me", '{"error": "login"}', 401),
        refusal,
        exchange(f"{URL}head.bin", method="HEAD"),
        exchange(f"{URL}whole.txt", "0123456789", "text/plain", dest="empty"),
        exchange(f"{URL}tiles.bin", "abcd", "", status=206, dest="empty", headers={"Content-Range": "bytes 100-103/9999"}),
        form("one", 1),
        form("two", 2),
    ]  # fmt: skip


@pytest.mark.parametrize("tier", ["server", "file"])
def test_scripts_read_what_the_site_had_said(
    tmp_path: Path, served: str, page: Page, tier: str
) -> None:
    made = build(tmp_path, {"t": site()})
    root = served if tier == "server" else f"{tmp_path.as_uri()}/"
    page.goto(root + (made.document_of("t") or ""))
    page.wait_for_function("document.title !== ''")
    assert page.title() == "done"
    assert page.evaluate("out") == {
        "list": [f"{API}/list?page=1", "cors", False, 200, "40"],
        "clone": [f"{API}/list?page=1", "cors", False, 200, "40"],
        "hidden": None,
        "led": ["https://site.test/new.json", "basic", True, 200, "0"],
        "refused": [401, False, {"error": "login"}],
        "sent": [422, {"error": "sent"}],
        "head": 200,
        "xhr": [200, f"{API}/list?page=1", "40", "[1]"],
        "xrefused": [401, f"{URL}me", None, '{"error": "login"}'],
        "part": [206, "234", "bytes 2-4/10"],
        "end": [206, "89", "bytes 8-9/10"],
        "tile": [206, "bc", "bytes 101-102/9999"],
        "untold": "TypeError",
        "forms": [2, 1],
    }
