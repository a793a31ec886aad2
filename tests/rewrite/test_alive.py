# ruff: noqa: E501 (pages stand in it as they are)
"""Copies in a real browser, the network cut: what a page did live it does here."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from made_site import build, build_records, exchange, record
from playwright.sync_api import Page
from script_made import CDN, PNG, URL, opened, result

pytestmark = pytest.mark.browser


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
    result(opened(page, served, site.document_of("t")))
    assert [url.endswith("/a.woff2") for url in asked].count(True) == 1


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
    opened(page, served, site.document_of("t"))
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
    opened(page, served, site.document_of("t"))
    assert result(page) == "1,1,5,6"


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
    opened(page, served, site.document_of("t"))
    assert page.inner_text("p") == text
    assert page.get_attribute("img", "alt") == text
    assert result(page) == text


def test_an_encoding_that_nobody_declares_is_the_one_the_browser_guessed(tmp_path: Path) -> None:
    page = exchange(URL, "<p>日本語</p>".encode("shift_jis"), "text/html")
    guessed = replace(record("t", URL), charsets={URL: "Shift_JIS"})
    site = build_records(tmp_path, {"t": [page]}, {"t": guessed})
    assert "<p>日本語</p>" in (tmp_path / str(site.document_of("t"))).read_text("utf-8")


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
    opened(page, served, site.document_of("t"))
    assert result(page) == "lands"


def test_a_notebook_page_is_served_as_a_page(tmp_path: Path, served: str, page: Page) -> None:
    site = build(tmp_path, {"t": [exchange("https://nb.test/x.ipynb", "<h1>cells</h1>")]})
    opened(page, served, site.document_of("t"))
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
    opened(page, served, site.document_of("t"))
    inner = page.frame_locator("iframe").frame_locator("iframe").locator("p:has-text('deep')")
    inner.wait_for()
    assert inner.inner_text() == "deep"
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
    opened(page, served, site.document_of("t"))
    assert result(page) == "from base"
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
    opened(page, served, site.document_of("t"))
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
    assert result(page) == "image c=1"
    assert page.evaluate("document.querySelector('img').naturalWidth") == 1
    assert page.evaluate("document.querySelector('img').width") == 50
    assert page.frame_locator("iframe").locator("p").inner_text() == "inner"


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
    assert result(page) == "# é,4,ok"
