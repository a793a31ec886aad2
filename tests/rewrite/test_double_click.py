# ruff: noqa: E501 (pages stand in it as they are)
"""Copies opened from a folder, with no server: what file:// forbids comes back another way."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest
from made_site import build, exchange
from playwright.sync_api import Page

from deckarchive.model import Exchange

pytestmark = pytest.mark.browser

URL = "https://site.test/talk/"
CDN = "https://cdn.test"
JS = "text/javascript"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def script(url: str, text: str) -> Exchange:
    """A captured module: browsers always ask for one with CORS."""
    headers = (("Sec-Fetch-Dest", "script"), ("Sec-Fetch-Mode", "cors"))
    return replace(exchange(url, text, JS), request_headers=headers)


def opened(page: Page, folder: Path, exchanges: list[Exchange]) -> Page:
    site = build(folder, {"t": exchanges})
    page.goto((folder / (site.document_of("t") or "")).as_uri())
    page.wait_for_function("document.title !== ''")
    return page


MODULES = """<!doctype html><html><head><title></title>
<script>window.log = []; addEventListener('DOMContentLoaded', () => log.push('ready'));</script>
<script type="importmap">{"imports": {"shapes": "./lib/shapes.js", "lib/": "./lib/", "cdn": "https://cdn.test/dyn.js"},
  "scopes": {"./lib/": {"inner": "./lib/inner.js"}}}</script>
<link rel="modulepreload" href="main.js">
<script type="module" src="main.js"></script>
<script type="module">
  import { area } from 'shapes';
  import * as whole from '/static/root.js';
  log.push('inline ' + area(3) + ' ' + whole.default);
</script>
<script type="module" src="https://cdn.test/last.js?v=2"></script>
</head><body><script>
  log.push('classic');
  addEventListener('load', async () => {
    const out = {};
    out.dynamic = (await import('./lib/lazy.js')).name;
    out.asked = (await import('../talk/asked.js?v=3')).value;
    out.absolute = (await import('https://cdn.test/dyn.js')).value;
    out.made = await new Promise((done) => {
      const s = document.createElement('script'); s.type = 'module'; s.src = 'made.js';
      window.told = done; document.body.append(s);
    });
    out.late = await new Promise((done) => {
      const s = document.createElement('script'); s.src = 'late.js'; s.type = 'module';
      window.late = done; document.body.append(s);
    });
    out.missing = await import('./nothing.js').then(() => 'there', () => 'refused');
    out.log = log; window.out = out; document.title = 'done';
  });
</script></body></html>"""


def test_modules_run_from_a_folder_in_order_with_cycles_and_import_maps(
    tmp_path: Path, page: Page
) -> None:
    opened(
        page,
        tmp_path,
        [
            exchange(URL, MODULES, dest="document"),
            script(
                f"{URL}main.js",
                "import { even } from './even.js'; import { area } from 'shapes'; import { inside } from 'lib/scoped.js';"
                "import('./lib/' + 'lazy' + '.js').then((m) => { window.computed = m.name; });"
                "log.push('main ' + even(10) + ' ' + area(2) + ' ' + inside + ' ' + import.meta.url.slice(-23) + ' ' + new URL('x.png', import.meta.url).protocol);",
            ),
            script(f"{URL}even.js", "import { odd } from './odd.js'; export const even = (n) => n === 0 || odd(n - 1);"),
            script(f"{URL}odd.js", "import { even } from './even.js'; export const odd = (n) => n !== 0 && even(n - 1);"),
            script(f"{URL}lib/shapes.js", "// import x from './nowhere.js'\nexport const area = (r) => r * r; const t = `import '${'./no.js'}'`;"),
            script(f"{URL}lib/scoped.js", "export { inside } from 'inner'"),
            script(f"{URL}lib/inner.js", "export const inside = 'scoped'"),
            script(f"{URL}lib/lazy.js", "import data from './data.json' with { type: 'json' }; export const name = 'lazy ' + data.n"),
            exchange(f"{URL}lib/data.json", '{"n": 5}', "application/json"),
            script("https://site.test/static/root.js", "export default 'root'"),
            script(f"{CDN}/dyn.js", "export { value } from './deep/er.js'"),
            script(f"{CDN}/deep/er.js", "export const value = 'dyn'"),
            script(f"{CDN}/last.js?v=2", "import value from 'https://site.test/static/root.js'; log.push('last ' + value)"),
            script(f"{URL}asked.js?v=3", "export const value = 'query'"),
            script(f"{URL}made.js", "told('made')"),
            script(f"{URL}late.js", "late('late')"),
        ],
    )  # fmt: skip
    assert page.evaluate("out") == {
        "dynamic": "lazy 5",
        "asked": "query",
        "absolute": "dyn",
        "made": "made",
        "late": "late",
        "missing": "refused",
        "log": [
            "classic",
            "main true 4 scoped /site.test/talk/main.js file:",
            "inline 9 root",
            "last root",
            "ready",
        ],
    }
    assert page.evaluate("computed") == "lazy 5"


WORKERS = """<!doctype html><html><head><title></title></head><body><script>
(async () => {
  const out = {};
  const answer = (worker, sent) => new Promise((done) => {
    worker.onmessage = (e) => done(e.data); worker.onerror = (e) => done('error ' + e.message);
    worker.postMessage(sent);
  });
  out.classic = await answer(new Worker('w.js'), 1);
  out.absolute = await answer(new Worker('https://site.test/talk/w.js'), 2);
  out.module = await answer(new Worker('m.js', {type: 'module', name: 'm'}), 3);
  out.blob = await answer(new Worker(URL.createObjectURL(new Blob(["importScripts('https://cdn.test/lib.js'); postMessage(lib)"]))));
  window.out = out; document.title = 'done';
})().catch((e) => { document.title = 'failed: ' + e.stack; });
</script></body></html>"""


def test_workers_run_from_a_folder(tmp_path: Path, page: Page) -> None:
    opened(
        page,
        tmp_path,
        [
            exchange(URL, WORKERS, dest="document"),
            exchange(
                f"{URL}w.js",
                "importScripts('lib/a.js', 'https://cdn.test/lib.js');"
                "onmessage = async (e) => { const n = (await (await fetch('data.json')).json()).n;"
                "  postMessage([e.data, a, lib, n, location.pathname.split('/').pop()].join()) }",
                JS,
                dest="worker",
            ),
            exchange(f"{URL}lib/a.js", "self.a = 'a'", JS, dest="script"),
            exchange(f"{CDN}/lib.js", "self.lib = 'lib'", JS, dest="script"),
            exchange(f"{URL}data.json", json.dumps({"n": 4}), "application/json", dest="empty"),
            exchange(
                f"{URL}m.js",
                "import { twice } from './twice.js'; addEventListener('message', async (e) =>"
                " postMessage(twice(e.data) + (await import('./lazy.js')).more + import.meta.url.slice(-5)))",
                JS,
                dest="worker",
            ),
            script(f"{URL}twice.js", "export const twice = (n) => 2 * n"),
            script(f"{URL}lazy.js", "import { twice } from './twice.js'; export const more = ' ' + twice(4)"),
        ],
    )  # fmt: skip
    assert page.title() == "done"
    assert page.evaluate("out") == {
        "classic": "1,a,lib,4,w.js",
        "absolute": "2,a,lib,4,w.js",
        "module": "6 8/m.js",
        "blob": "lib",
    }


WORKLET = """<!doctype html><html><head><title></title></head><body><script>
(async () => {
  const context = new OfflineAudioContext(1, 256, 22050);
  await context.audioWorklet.addModule('https://cdn.test/noise.js?v=1');
  new AudioWorkletNode(context, 'noise').connect(context.destination);
  const made = URL.createObjectURL(new Blob(["registerProcessor('made', class extends AudioWorkletProcessor { process(inputs, [[out]]) { out.fill(0.25); return true; } })"]));
  await context.audioWorklet.addModule(made);
  new AudioWorkletNode(context, 'made').connect(context.destination);
  window.level = (await context.startRendering()).getChannelData(0)[9]; document.title = 'done';
})().catch((e) => { document.title = 'failed: ' + e; });
</script></body></html>"""


def test_sound_is_made_by_a_worklet(tmp_path: Path, page: Page) -> None:
    noise = """import { level } from './lib/level.js'; import { ends } from './lib/ends.js';
      registerProcessor('noise', class extends AudioWorkletProcessor {
        process(inputs, [[out]]) { out.fill(ends(import.meta.url) ? level : 0); return true; } });"""
    opened(
        page,
        tmp_path,
        [
            exchange(URL, WORKLET, dest="document"),
            exchange(f"{CDN}/noise.js?v=1", noise, JS, dest="audioworklet"),
            exchange(f"{CDN}/lib/level.js", "export const level = 0.5", JS, dest="audioworklet"),
            script(
                f"{CDN}/lib/ends.js", "export const ends = (url) => /noise[^/]*[.]js/.test(url)"
            ),
        ],
    )
    assert page.title() == "done"
    assert page.evaluate("level") == 0.75


READ = """<!doctype html><html><head><title></title></head><body><img id=parsed src="parsed.png" crossorigin>
<video><track default src="words.vtt"></video><script>
(async () => {
  const out = {};
  const pixel = (image) => {
    const context = document.createElement('canvas').getContext('2d');
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, 1, 1).data.length;
  };
  const loaded = (image) => new Promise((done) => { image.onload = () => done(image); });
  const image = new Image(); image.crossOrigin = 'anonymous'; image.src = 'https://cdn.test/made.png';
  out.made = pixel(await loaded(image));
  const parsed = document.querySelector('#parsed');
  if (!parsed.src.startsWith('data:') || !parsed.complete) await loaded(parsed);
  out.parsed = pixel(parsed);
  const late = document.createElement('track');
  late.src = 'https://site.test/late.vtt'; late.default = true;
  const video = document.createElement('video'); video.append(late); document.body.append(video);
  for (const track of document.querySelectorAll('track')) {
    track.track.mode = 'hidden';
    if (track.readyState < 2) await new Promise((done) => { track.onload = track.onerror = done; });
    (out.cues ||= []).push(track.track.cues && track.track.cues[0].text);
  }
  out.request = (await (await fetch(new Request('words.json'))).json()).n;
  out.url = (await (await fetch(new URL('words.json', document.baseURI))).json()).n;
  out.beside = (await (await fetch(new URL('root.json', (await fetch('https://site.test/root.json')).url))).json()).n;
  out.heard = await new Promise((done) => {
    const x = new XMLHttpRequest(); x.onload = () => done(fetch(new URL('root.json', x.responseURL)).then((r) => r.json()).then((j) => j.n));
    x.open('GET', 'https://site.test/root.json'); x.send();
  });
  out.root = (await (await fetch(new Request('/root.json'))).json()).n;
  out.xhr = await new Promise((done) => {
    const x = new XMLHttpRequest(); x.onload = () => done(JSON.parse(x.responseText).n);
    x.open('GET', new URL('words.json', location.href)); x.send();
  });
  window.out = out; document.title = 'done';
})().catch((e) => { document.title = 'failed: ' + e.stack; });
</script></body></html>"""


def test_scripts_read_pixels_and_files_that_they_name_themselves(
    tmp_path: Path, page: Page
) -> None:
    def picture(url: str) -> Exchange:
        headers = (("Sec-Fetch-Dest", "image"), ("Sec-Fetch-Mode", "cors"))
        return replace(exchange(url, PNG, "image/png"), request_headers=headers)

    opened(
        page,
        tmp_path,
        [
            exchange(URL, READ, dest="document"),
            picture(f"{URL}parsed.png"),
            exchange(
                f"{URL}words.vtt",
                "WEBVTT\n\n00:00.000 --> 00:04.000\nTwo\n",
                "text/vtt",
                dest="track",
            ),
            exchange(
                "https://site.test/late.vtt",
                "WEBVTT\n\n00:00.000 --> 00:04.000\nLate\n",
                "text/vtt",
                dest="track",
            ),
            picture(f"{CDN}/made.png"),
            exchange(f"{URL}words.json", '{"n": 4}', "application/json", dest="empty"),
            exchange("https://site.test/root.json", '{"n": 5}', "application/json", dest="empty"),
        ],
    )
    assert page.title() == "done"
    assert page.evaluate("out") == {
        "made": 4,
        "parsed": 4,
        "cues": ["Two", "Late"],
        "request": 4,
        "url": 4,
        "beside": 5,
        "heard": 5,
        "root": 5,
        "xhr": 4,
    }


ROUTED = """<!doctype html><html><head><title></title></head><body><div id="root"></div>
<script src="/static/classic.js" async></script><script type="module" src="/static/app.js"></script></body></html>"""

APP = """import { path } from './router.js';
const seen = [path(), window.location.href, document.URL, String(location)];
const state = (n, url) => { history.pushState({ n }, '', url); seen.push(path() + location.search + location.hash); };
const back = () => new Promise((done) => { addEventListener('popstate', () => done(), { once: true }); history.back(); });
state(1, '/talk/second?x=1#here');
state(2, 'third');
seen.push((await fetch('words.json')).url);
await back();
seen.push(path() + location.search, history.state.n);
location.hash = 'there';
seen.push(location.hash, location instanceof Location, location.origin);
document.querySelector('#root').textContent = 'at ' + path();
const script = document.createElement('script');
script.src = '/static/late.js';
script.onload = () => { seen.push(window.told, script.src.split('/').pop()); window.seen = seen; document.title = 'done'; };
document.body.append(script);
"""


def test_an_application_finds_its_route_in_a_folder(tmp_path: Path, page: Page) -> None:
    opened(
        page,
        tmp_path,
        [
            exchange(f"{URL}first?q=2", ROUTED, dest="document"),
            script("https://site.test/static/app.js", APP),
            script(
                "https://site.test/static/router.js",
                "export const path = ({ location } = window) => location.pathname;"
                "{ const w = self; if (w.location.protocol === 'file:') throw new Error('on a file') }",
            ),
            exchange(
                "https://site.test/static/classic.js",
                "window.classic = [location.pathname, document.currentScript.src.split('/').pop()].join()",
                JS,
                dest="script",
            ),
            exchange(
                "https://site.test/static/late.js",
                "window.told = location.host + (function (location) { return location.host })({ host: '!' })",
                JS,
                dest="script",
            ),
            exchange(f"{URL}words.json", "{}", "application/json", dest="empty"),
        ],
    )  # fmt: skip
    assert page.title() == "done"
    first = "https://site.test/talk/first?q=2"
    assert page.evaluate("classic") == "/talk/first,classic.js"
    assert page.evaluate("seen") == [
        "/talk/first",
        first,
        first,
        first,
        "/talk/second?x=1#here",
        "/talk/third",
        "https://site.test/talk/words.json",
        "/talk/second?x=1",
        1,
        "#there",
        True,
        "https://site.test",
        "site.test!",
        "late.js",
    ]


LARGE = """<!doctype html><html><head><title></title></head><body><script>
(async () => {
  const out = {};
  const sum = (bytes) => new Uint8Array(bytes).reduce((all, one) => (all + one) % 65536, 0);
  const first = await fetch('large.bin');
  out.fetched = [first.headers.get('content-type'), sum(await first.arrayBuffer())].join();
  out.again = sum(await (await fetch(new Request('large.bin'))).arrayBuffer());
  out.xhr = await new Promise((done) => {
    const x = new XMLHttpRequest(); x.responseType = 'arraybuffer';
    x.onload = () => done([x.status, sum(x.response)].join());
    x.open('GET', '/other.bin'); x.send();
  });
  out.rest = document.querySelectorAll('script[src*="data.js"]').length;
  window.out = out; document.title = 'done';
})().catch((e) => { document.title = 'failed: ' + e.stack; });
</script></body></html>"""


def test_scripts_read_files_that_are_too_large_to_be_read_in_advance(
    tmp_path: Path, page: Page
) -> None:
    large, other = bytes(range(256)) * 5000 + b"ab", bytes(range(250)) * 5000
    opened(
        page,
        tmp_path,
        [
            exchange(URL, LARGE, dest="document"),
            exchange(f"{URL}large.bin", large, "application/wasm", dest="empty"),
            exchange("https://site.test/other.bin", other, "image/x-any", dest="empty"),
        ],
    )
    assert page.title() == "done"
    assert page.evaluate("out") == {
        "fetched": f"application/wasm,{sum(large) % 65536}",
        "again": sum(large) % 65536,
        "xhr": f"200,{sum(other) % 65536}",
        "rest": 1,
    }
    assert len(list(tmp_path.glob("runtime/maps/*.[12].data.js"))) == 2
