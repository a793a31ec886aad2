# ruff: noqa: E501 (pages stand in it as they are)
"""Copies in a real browser, the network cut: what a page did live it does here."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from made_site import build, exchange
from playwright.sync_api import Page

from deckarchive.model import Exchange

pytestmark = pytest.mark.browser

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
URL = "https://site.test/talk/"
CDN = "https://cdn.test"


def _open(page: Page, served: str, path: str | None) -> Page:
    page.goto(served + (path or ""))
    return page


def _result(page: Page, wanted: str = "done") -> str:
    """The page's title, once its script has set one."""
    page.wait_for_function("document.title !== ''")
    return page.title()


def test_a_page_reads_its_own_query(tmp_path: Path, served: str, page: Page) -> None:
    text = "<title></title><script>document.title = location.search + location.hash</script>"
    site = build(tmp_path, {"t": [exchange(f"{URL}search.html?q=waves&n=2", text)]})
    for root in (served, f"{tmp_path.as_uri()}/"):
        page.goto(f"{root}{site.document_of('t')}#here")
        assert page.title() == "?q=waves&n=2#here"


def test_a_worker_reads_what_the_page_names_by_its_own_address(
    tmp_path: Path, served: str, page: Page
) -> None:
    text = """<title></title><script>
      const code = 'onmessage = async (e) => postMessage((await (await fetch(new Request(e.data))).json()).n)';
      const worker = new Worker(URL.createObjectURL(new Blob([code])));
      worker.onmessage = (e) => { document.title = e.data; };
      worker.postMessage(new URL('/line.json', location.href).href);
    </script>"""
    line = exchange("https://site.test/line.json", '{"n": 7}', "application/json", dest="empty")
    site = build(tmp_path, {"t": [exchange(URL, text), line]})
    assert _result(_open(page, served, site.document_of("t"))) == "7"


def test_a_preloaded_font_is_fetched_once(tmp_path: Path, served: str, page: Page) -> None:
    text = (
        f'<title></title><link rel="preload" as="font" type="font/woff2" href="{CDN}/a.woff2" crossorigin>'
        f"<style>@font-face {{ font-family: a; src: url({CDN}/a.woff2) }} p {{ font-family: a }}</style><p>text</p>"
        "<script>document.fonts.ready.then(() => { document.title = 'done' })</script>"
    )
    fonts = [exchange(URL, text), exchange(f"{CDN}/a.woff2", b"no font", "font/woff2", dest="font")]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    site = build(tmp_path, {"t": fonts})
    _result(_open(page, served, site.document_of("t")))
    assert [url.endswith("/a.woff2") for url in asked].count(True) == 1


def test_a_script_reads_its_configuration_from_its_query(
    tmp_path: Path, served: str, page: Page
) -> None:
    script = "document.title = document.currentScript.src.split('?')[1]"
    site = build(
        tmp_path,
        {
            "t": [
                exchange(URL, f'<script src="{CDN}/Math.js?config=TeX-AMS"></script>'),
                exchange(f"{CDN}/Math.js?config=TeX-AMS", script, "text/javascript"),
            ]
        },
    )
    assert site.path_of(f"{CDN}/Math.js?config=TeX-AMS", "t") == "sites/cdn.test/Math.js"
    _open(page, served, site.document_of("t"))
    assert _result(page) == "config=TeX-AMS"


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


def test_urls_that_scripts_make_lead_to_the_copies(tmp_path: Path, served: str, page: Page) -> None:
    site = build(tmp_path, {"t": script_made()})
    _open(page, served, site.document_of("t"))
    assert _result(page) == "done"
    assert page.evaluate("window.out") == SCRIPT_MADE_RESULT
    misses = page.evaluate("[...__deckarchive_page.misses]")
    assert sorted(misses) == ["https://api.test/never", "https://cdn.test/nothing.png"]


def test_style_sheets_import_each_other_and_fonts(tmp_path: Path, served: str, page: Page) -> None:
    font = next(Path("/usr/share/fonts").rglob("*.ttf"), None)
    assert font, "a machine with a browser has fonts"
    site = build(
        tmp_path,
        {
            "t": [
                exchange(
                    URL,
                    f'<link rel=stylesheet href="{CDN}/css?family=A" crossorigin integrity="sha384-x">'
                    f'<link rel=preconnect href="{CDN}"><link rel=dns-prefetch href="//other.test">'
                    "<p class=a>a<p style=\"background:url('/static/b.png')\">b"
                    "<style>@import '/more.css'; q{}</style>",
                ),
                exchange(f"{CDN}/css?family=A", "@import url(sub/two.css);", "text/css"),
                exchange(
                    f"{CDN}/sub/two.css",
                    "@font-face{font-family:F;src:url(/f/F.ttf?v=1#iefix)}.a{font-family:F;color:red}",
                    "text/css",
                ),
                exchange(f"{CDN}/f/F.ttf?v=1", font.read_bytes(), "application/x-font-ttf"),
                exchange("https://site.test/static/b.png", PNG, "image/png"),
                exchange("https://site.test/more.css", "p{margin-left:77px}", "text/css"),
            ]
        },
    )
    _open(page, served, site.document_of("t"))
    page.evaluate("document.fonts.ready")
    assert page.evaluate("[...document.fonts].map(f => f.status)") == ["loaded"]
    assert page.evaluate("getComputedStyle(document.querySelector('.a')).color") == "rgb(255, 0, 0)"
    assert page.evaluate("getComputedStyle(document.querySelector('.a')).marginLeft") == "77px"
    images = "performance.getEntriesByType('resource').filter(e => e.name.endsWith('b.png')).length"
    assert page.evaluate(images) == 1


def test_modules_find_each_other(tmp_path: Path, served: str, page: Page) -> None:
    js = "text/javascript"
    mapped = json.dumps(
        {"imports": {"three": f"{CDN}/three.module.js", "three/addons/": f"{CDN}/jsm/"}}
    )
    site = build(
        tmp_path,
        {
            "t": [
                exchange(
                    URL,
                    f'<title></title><script type="importmap">{mapped}</script><script type=module>'
                    f"import {{v}} from 'three'; import {{w}} from 'three/addons/w.js';"
                    f"import {{x}} from '{CDN}/pkg@1'; import {{y}} from '/own/y.mjs';"
                    "document.title = [v, w, x, y].join()</script>",
                ),
                exchange(f"{CDN}/three.module.js", "export const v = 1", js),
                exchange(f"{CDN}/jsm/w.js", "export {v as w} from 'three'", js),
                exchange(f"{CDN}/pkg@1", "export {x} from '/v1/pkg.mjs?dev'", js),
                exchange(f"{CDN}/v1/pkg.mjs?dev", "import z from './z'; export const x = z", js),
                exchange(f"{CDN}/v1/z", "export default 5", js),
                exchange("https://site.test/own/y.mjs", "export * from './deep/y2.mjs'", js),
                exchange("https://site.test/own/deep/y2.mjs", "export const y = 6", js),
            ]
        },
    )
    _open(page, served, site.document_of("t"))
    assert _result(page) == "1,1,5,6"


@pytest.mark.parametrize(
    ("charset", "text"), [("windows-1251", "Привет, мир"), ("shift_jis", "日本語ソ"), ("", "naïve")]
)
def test_encodings_named_only_in_the_header(
    tmp_path: Path, served: str, page: Page, charset: str, text: str
) -> None:
    encoding = charset or "windows-1252"
    header = f"text/html; charset={charset}" if charset else "text/html"
    site = build(
        tmp_path,
        {
            "t": [
                exchange(
                    URL,
                    f'<p>{text}</p><img alt="{text}"><script src=a.js></script>'.encode(encoding),
                    header,
                ),
                exchange(
                    URL + "a.js", f"document.title = '{text}'".encode(encoding), "text/javascript"
                ),
            ]
        },
    )
    _open(page, served, site.document_of("t"))
    assert page.inner_text("p") == text
    assert page.get_attribute("img", "alt") == text
    assert _result(page) == text


def test_a_slashless_directory_lands_where_its_links_resolve(
    tmp_path: Path, served: str, page: Page
) -> None:
    site = build(
        tmp_path,
        {
            "t": [
                exchange("https://site.test/talk", status=301, headers={"Location": "/talk/"}),
                exchange(URL, "<script src=a.js></script>"),
                exchange(URL + "a.js", "document.title = 'lands'", "text/javascript"),
            ]
        },
    )
    assert site.path_of("https://site.test/talk", "t") == site.document_of("t")
    assert site.address_of("https://site.test/talk#/3", "t") == "sites/site.test/talk/index.html#/3"
    _open(page, served, site.document_of("t"))
    assert _result(page) == "lands"


def test_a_notebook_page_is_served_as_a_page(tmp_path: Path, served: str, page: Page) -> None:
    site = build(tmp_path, {"t": [exchange("https://nb.test/x.ipynb", "<h1>cells</h1>")]})
    _open(page, served, site.document_of("t"))
    assert page.inner_text("h1") == "cells"


def test_frames_within_frames(tmp_path: Path, served: str, page: Page) -> None:
    site = build(
        tmp_path,
        {
            "t": [
                exchange(URL, '<iframe src="https://b.test/in?x=1"></iframe><div id=d></div>'),
                exchange(
                    "https://b.test/in?x=1", '<iframe src="//c.test/"></iframe>b', dest="iframe"
                ),
                exchange(
                    "https://c.test/",
                    "<p></p><script>fetch('/v').then(r => r.text()).then(t => {"
                    "document.querySelector('p').textContent = t})</script>",
                    dest="iframe",
                ),
                exchange("https://c.test/v", "deep", "text/plain"),
            ]
        },
    )
    _open(page, served, site.document_of("t"))
    inner = page.frame_locator("iframe").frame_locator("iframe").locator("p:has-text('deep')")
    inner.wait_for()
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('iframe'),"
        " {id: 'made', src: 'https://c.test/'}))"
    )
    page.frame_locator("#made").locator("p:has-text('deep')").wait_for()


def test_a_base_element_still_counts(tmp_path: Path, served: str, page: Page) -> None:
    site = build(
        tmp_path,
        {
            "t": [
                exchange(
                    URL + "deep/page.html",
                    '<head><base href="/lib/"><title></title></head><img src="i/a.png">'
                    "<script src=x.js></script>",
                ),
                exchange(
                    "https://site.test/lib/x.js",
                    "fetch('d.txt').then(r => r.text()).then(t => {document.title = t})",
                    "text/javascript",
                ),
                exchange("https://site.test/lib/d.txt", "from base", "text/plain"),
                exchange("https://site.test/lib/i/a.png", PNG, "image/png"),
            ]
        },
    )
    _open(page, served, site.document_of("t"))
    assert _result(page) == "from base"
    assert page.evaluate("document.querySelector('img').naturalWidth") == 1
    assert page.evaluate("document.baseURI").endswith("/sites/site.test/lib/")


def test_links_stay_in_the_folder(tmp_path: Path, served: str, page: Page) -> None:
    site = build(
        tmp_path,
        {
            "t": [
                exchange(
                    URL,
                    "<a id=away target=_top href='https://away.test/x'>away</a>"
                    "<a id=two target=_blank href='two.html#s'>two</a><a id=js>js</a>"
                    "<form id=f action='https://away.test/search'><input name=q><button>go</button></form>"
                    "<dialog open><form method=dialog><button id=close>x</button></form></dialog>",
                ),
                exchange(URL + "two.html", "<title>two</title>", dest="document"),
            ]
        },
    )
    _open(page, served, site.document_of("t"))
    here = page.url
    page.click("#close")
    page.wait_for_function("!document.querySelector('dialog').open")
    page.click("#away")
    page.wait_for_selector("text=https://away.test/x")
    page.click("#f button")
    page.wait_for_selector("text=https://away.test/search?q=")
    page.evaluate("location.href = 'https://away.test/script'")
    page.wait_for_selector("text=https://away.test/script")
    page.evaluate("window.open('https://away.test/popup')")
    page.wait_for_selector("text=https://away.test/popup")
    assert page.url == here
    page.click("#two")
    page.wait_for_function("document.title === 'two'")
    assert page.url == served + "sites/site.test/talk/two.html#s"


def test_a_double_click_shows_what_file_allows(tmp_path: Path, page: Page) -> None:
    site = build(
        tmp_path,
        {
            "t": [
                exchange(
                    URL,
                    f"<link rel=stylesheet crossorigin integrity='sha384-no' href='{CDN}/a.css'>"
                    f"<img crossorigin src='{CDN}/a.png'>"
                    f"<script crossorigin=anonymous integrity='sha384-no' src='{CDN}/a.js'></script>"
                    "<iframe src='in.html'></iframe>",
                ),
                exchange(f"{CDN}/a.css", "img{width:50px}", "text/css"),
                exchange(f"{CDN}/a.png", PNG, "image/png"),
                exchange(
                    f"{CDN}/a.js",
                    "localStorage.setItem('a', 1); document.cookie = 'c=1';"
                    "history.pushState({}, '', '/elsewhere');"
                    "const i = new Image(); i.crossOrigin = 'anonymous';"
                    "i.onload = () => { document.title = 'image ' + document.cookie };"
                    f"i.src = '{CDN}/a.png'",
                    "text/javascript",
                ),
                exchange(URL + "in.html", "<p>inner</p>", dest="iframe"),
            ]
        },
    )
    page.goto((tmp_path / (site.document_of("t") or "")).as_uri())
    assert _result(page) == "image c=1"
    assert page.evaluate("document.querySelector('img').naturalWidth") == 1
    assert page.evaluate("document.querySelector('img').width") == 50
    assert page.frame_locator("iframe").locator("p").inner_text() == "inner"


FRAME = """<!doctype html><script>
  const heard = window.heard = [];
  addEventListener('message', (event) => heard.push(event.data));
</script><iframe src="%s" style="width:600px;height:400px" sandbox="allow-scripts allow-same-origin allow-forms"></iframe>"""


def test_the_frame_around_hears_what_shows_and_which_keys(
    tmp_path: Path, served: str, page: Page
) -> None:
    site = build(
        tmp_path,
        {
            "t": [
                exchange(
                    URL,
                    "<p>Twelve chars</p><iframe src=in.html></iframe><img src='https://no.test/x.png'>",
                ),
                exchange(URL + "in.html", "<p>inner</p>", dest="iframe"),
            ]
        },
    )
    (tmp_path / "frame.html").write_text(FRAME % site.document_of("t"))
    _open(page, served, "frame.html")
    page.wait_for_function(
        "heard.some(m => m.type === 'vitals' && m.misses.includes('https://no.test/x.png'))"
    )
    vitals = page.evaluate("heard.filter(m => m.type === 'vitals').pop()")
    assert vitals["deckarchive"] == 1
    assert vitals["url"] == URL
    assert vitals["status"] == 200
    assert vitals["vitals"]["text"] == 11
    assert vitals["painted"] is True
    page.frame_locator("iframe").frame_locator("iframe").locator("p").click()
    page.keyboard.press("PageDown")
    page.wait_for_function("heard.some(m => m.type === 'key' && m.key === 'PageDown')")


def test_the_worker_answers_what_nothing_else_could(
    tmp_path: Path, served: str, page: Page
) -> None:
    site = build(
        tmp_path,
        {
            "t": [
                exchange(URL, "<title></title>"),
                exchange("https://site.test/api/v", "mapped", "text/plain"),
            ]
        },
    )
    _open(page, served, site.document_of("t"))
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    # A document without the inserted script, as any that no rewriter saw.
    (tmp_path / "sites/site.test/bare.html").write_text("<p>bare")
    page.goto(served + "sites/site.test/bare.html")
    asked = "fetch('%s').then(async (r) => [r.status, await r.text()])"
    assert page.evaluate(asked % "/api/v") == [200, "mapped"]
    assert page.evaluate(asked % "https://site.test/api/v?utm_source=x") == [200, "mapped"]
    assert page.evaluate(asked % "/api/unknown") == [404, ""]
    assert page.evaluate(asked % "https://other.test/unknown") == [404, ""]


BARE_FRAMES = """<title></title><script>
const made = (attributes) => document.body.appendChild(Object.assign(document.createElement('iframe'), attributes));
addEventListener('load', async () => {
  const blank = made({});
  const win = blank.contentWindow;
  const first = (await (await win.fetch('/api/v')).text());
  win.document.open();
  win.document.write('<body><script src="https://cdn.test/set.js"><\\/script>');
  win.document.close();
  made({srcdoc: '<script>fetch("https://api.test/w").then(r => r.text()).then(t => parent.told(t))<\\/script>'});
  window.told = (text) => { document.title = [first, win.set, text].join(); };
});
</script><body>"""


def test_frames_that_scripts_fill_find_their_files(tmp_path: Path, served: str, page: Page) -> None:
    site = build(
        tmp_path,
        {
            "t": [
                exchange(URL, BARE_FRAMES),
                exchange("https://site.test/api/v", "one", "text/plain"),
                exchange("https://cdn.test/set.js", "window.set = 'two'", "text/javascript"),
                exchange("https://api.test/w", "three", "text/plain"),
            ]
        },
    )
    _open(page, served, site.document_of("t"))
    assert _result(page) == "one,two,three"


ROUTED = """<!doctype html><html><head><link rel=stylesheet href=s.css></head><body><div id="root"></div>
<a href="#part">part</a><a id=next href="/talk/two">next</a><img src="i/a.png"><script>
const routes = {'/talk/': 'home', '/talk/two': 'two'};
document.title = routes[location.pathname] + location.search;
document.getElementById('next').onclick = (event) => {
  event.preventDefault();
  history.pushState({}, '', 'two');
  fetch('data.json').then((r) => r.json()).then((d) => { document.title = routes[location.pathname] + d.n; });
};
</script></body></html>"""


@pytest.mark.parametrize("base", ["", "<base href='/talk/'>"])
def test_an_application_finds_its_own_path(
    tmp_path: Path, served: str, page: Page, base: str
) -> None:
    site = build(
        tmp_path,
        {
            "t": [
                exchange(URL + "?q=1", ROUTED.replace("<head>", "<head>" + base), dest="document"),
                exchange(URL + "s.css", "body{margin:33px}", "text/css"),
                exchange(URL + "i/a.png", PNG, "image/png"),
                exchange(URL + "data.json", '{"n": 7}', "application/json"),
            ]
        },
    )
    _open(page, served, site.document_of("t"))
    page.wait_for_load_state("load")
    assert page.title() == "home?q=1"
    assert page.evaluate("document.querySelector('img').naturalWidth") == 1
    assert page.evaluate("getComputedStyle(document.body).marginLeft") == "33px"
    page.click("text=part")
    page.wait_for_function("location.hash === '#part'")
    page.click("#next")
    page.wait_for_function("document.title === 'two7'")
    page.evaluate("history.back()")
    page.wait_for_function("location.pathname === '/talk/'")
    page.evaluate("window.before = true; setTimeout(() => location.reload())")
    page.wait_for_function("!window.before && document.title.startsWith('home')")


def test_a_double_click_reads_data_too(tmp_path: Path, page: Page) -> None:
    script = """
    const read = (url) => { const x = new XMLHttpRequest(); x.open('GET', url, false); x.send(); return x.responseText; };
    const text = read('slides.md');
    fetch('https://api.test/v?t=1').then((r) => r.json()).then(async (d) => {
      const posted = await (await fetch('/q', {method: 'POST', body: 'a'})).text();
      document.title = [text, d.n, posted].join();
    });"""
    site = build(
        tmp_path,
        {
            "t": [
                exchange(URL, f"<head><title></title></head><script>{script}</script>"),
                exchange(URL + "slides.md", "# é", "text/markdown", dest="empty"),
                exchange("https://api.test/v?t=2", '{"n": 4}', "application/json", dest="empty"),
                exchange("https://site.test/q", "ok", "text/plain", method="POST", sent="a"),
            ]
        },
    )
    page.goto((tmp_path / (site.document_of("t") or "")).as_uri())
    assert _result(page) == "# é,4,ok"
