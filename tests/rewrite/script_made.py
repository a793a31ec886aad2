# ruff: noqa: E501 (pages stand in it as they are)
"""A page whose scripts make every kind of URL, and opening copies of pages in a browser."""

from __future__ import annotations

import base64
import json

from made_site import exchange
from playwright.sync_api import Page

from deckarchive.model import Exchange

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


URL = "https://site.test/talk/"


CDN = "https://cdn.test"


def opened(page: Page, served: str, path: str | None) -> Page:
    page.goto(served + (path or ""))
    return page


def result(page: Page, wanted: str = "done") -> str:
    """The page's title, once its script has set one."""
    page.wait_for_function("document.title !== ''")
    return page.title()


SCRIPT_MADE = """<!doctype html><html><head><title></title></head><body><div id=box></div><script>
(async () => {
  const out = {};
  const image = (src) => new Promise((done) => {
    const img = new Image(); img.onload = () => done(img.naturalWidth); img.onerror = () => done(0); img.src = src;
  });
  out.img = await image('https://cdn.test/a.png');
  out.root = await image('/static/b.png');
  out.slashes = await image('//cdn.test/a.png');
  out.uncaptured = await image('https://cdn.test/nothing.png');
  out.fetch = (await (await fetch('https://api.test/items?page=1')).json()).n;
  out.here = (await (await fetch(location.origin + '/api/local')).json()).n;
  out.relative = (await (await fetch('data.json?_=' + Date.now())).json()).n;
  out.request = (await (await fetch(new Request('/api/local'))).json()).n;
  out.post = (await (await fetch('https://api.test/graphql', {method: 'POST', body: '{"q":2}'})).json()).n;
  out.status = (await fetch('https://api.test/gone')).status;
  out.refused = await fetch('https://api.test/never').then(() => 'answered', (e) => e.name);
  const xhr = new XMLHttpRequest();
  xhr.open('GET', 'https://api.test/items?page=1', false); xhr.send();
  out.sync = JSON.parse(xhr.responseText).n;
  out.xpost = await new Promise((done) => {
    const x = new XMLHttpRequest(); x.onload = () => done(JSON.parse(x.responseText).n);
    x.open('POST', 'https://api.test/graphql'); x.setRequestHeader('Content-Type', 'application/json'); x.send('{"q":1}');
  });
  const answer = (worker) => new Promise((done) => { worker.onmessage = (e) => done(e.data); worker.onerror = (e) => done('error ' + e.message); });
  out.worker = await answer(new Worker('/static/worker.js'));
  out.blob = await answer(new Worker(URL.createObjectURL(new Blob(["importScripts('https://cdn.test/lib.js'); postMessage(lib)"]))));
  out.module = await answer(new Worker('/static/module.js', {type: 'module'}));
  out.dynamic = (await import('https://cdn.test/dyn.js')).value;
  document.getElementById('box').innerHTML = '<img id=inner src="https://cdn.test/a.png">';
  await new Promise((done) => { const i = document.getElementById('inner'); if (i.complete) done(); else i.onload = i.onerror = done; });
  out.inner = document.getElementById('inner').naturalWidth;
  const tag = document.createElement('script');
  tag.setAttribute('src', 'https://cdn.test/jsonp?callback=cb_99&q=1');
  window.cb_99 = (data) => { out.jsonp = data.n; };
  await new Promise((done) => { tag.onload = tag.onerror = done; document.head.append(tag); });
  out.beacon = navigator.sendBeacon('https://stats.test/b', 'x');
  new WebSocket('wss://api.test/live');
  history.replaceState({}, '', 'https://site.test/talk/other?x=1#here');
  out.hash = location.hash;
  out.cookie = (document.cookie = 'a=b', document.cookie);
  document.domain = 'site.test';
  window.out = out;
  document.title = 'done';
})().catch((e) => { document.title = 'failed: ' + e.stack; });
</script></body></html>"""


SCRIPT_MADE_RESULT = {
    "img": 1,
    "root": 1,
    "slashes": 1,
    "uncaptured": 0,
    "fetch": 1,
    "here": 3,
    "relative": 4,
    "request": 3,
    "post": 6,
    "status": 404,
    "refused": "TypeError",
    "sync": 1,
    "xpost": 5,
    "worker": "p,3,worker.js",
    "blob": "lib",
    "module": 42,
    "dynamic": "dyn",
    "inner": 1,
    "jsonp": 7,
    "beacon": True,
    "hash": "#here",
    "cookie": "a=b",
}


def script_made(end: str = "</body>") -> list[Exchange]:
    """The capture of the page whose scripts make URLs in every way; ``end`` closes its body."""
    js, as_json = "text/javascript", "application/json"

    def number(n: int) -> str:
        return json.dumps({"n": n})

    return [
        exchange(URL, SCRIPT_MADE.replace("</body>", end), dest="document"),
        exchange(f"{CDN}/a.png", PNG, "image/png"),
        exchange("https://site.test/static/b.png", PNG, "image/png"),
        exchange("https://api.test/items?page=1", number(1), as_json),
        exchange("https://api.test/items?page=2", number(2), as_json),
        exchange("https://api.test/gone", "no", "text/html", status=404),
        exchange("https://site.test/api/local", number(3), as_json),
        exchange(URL + "data.json?_=1700000000000", number(4), as_json),
        exchange("https://api.test/graphql", number(5), as_json, method="POST", sent='{"q":1}'),
        exchange("https://api.test/graphql", number(6), as_json, method="POST", sent='{"q":2}'),
        exchange(
            "https://site.test/static/worker.js",
            "importScripts('part.js'); fetch('/api/local').then(r => r.json())"
            ".then(d => postMessage([part, d.n, location.pathname.split('/').pop()].join()))",
            js,
            dest="worker",
        ),
        exchange("https://site.test/static/part.js", "self.part = 'p'", js, dest="script"),
        exchange(
            "https://site.test/static/module.js",
            "import {m} from './m.js'; fetch('https://api.test/items?page=2')"
            ".then(r => r.json()).then(d => postMessage(m + d.n))",
            js,
            dest="worker",
        ),
        exchange("https://site.test/static/m.js", "export const m = 40", js, dest="script"),
        exchange(f"{CDN}/lib.js", "self.lib = 'lib'", js, dest="script"),
        exchange(f"{CDN}/dyn.js", "export const value = 'dyn'", js, dest="script"),
        exchange(f"{CDN}/jsonp?callback=cb_12&q=1", 'cb_12({"n": 7})', js, dest="script"),
    ]
