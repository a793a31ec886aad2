# ruff: noqa: E501 (pages stand in it as they are)
"""What a browser does with a page's declarations, its copy does: from a server and from file://.

Each row was looked at in Chromium and Firefox first. That nothing leaves is the page fixture's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from made_site import build, exchange
from playwright.sync_api import Page
from script_made import CDN, PNG, URL

from deckarchive.model import Exchange

pytestmark = pytest.mark.browser

SITE = "https://site.test"
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
XML = "application/xhtml+xml"
MADE = "image/svg+xml"


def image(url: str) -> Exchange:
    return exchange(url, PNG, "image/png", dest="image")


def script(url: str, text: str) -> Exchange:
    return exchange(url, text, "text/javascript", dest="script")


def sheet(url: str, text: str) -> Exchange:
    return exchange(url, text, "text/css", dest="style")


LOADED = "[...document.images].map(i => i.naturalWidth).join()"
LEAK = "new Image().src = 'https://far.test/leak.png'; document.title = 'ran'"

ROWS: dict[str, tuple[list[Exchange], str, Any]] = {
    "a custom property is resolved where var() stands": (
        [
            exchange(
                URL,
                '<link rel=stylesheet href="/css/deep/a.css"><p style="--a: url(/img/a.png)">a</p>'
                "<style>p { --b: url('https://cdn.test/img/b.png') }</style><div><template shadowrootmode=open>"
                "<style>p { --c: url(/img/a.png); background: var(--c) }</style><p>c</p></template></div>",
            ),
            sheet(f"{SITE}/css/deep/a.css", "p { background: var(--a), var(--b) }"),
            image(f"{SITE}/img/a.png"),
            image(f"{CDN}/img/b.png"),
        ],
        "[getComputedStyle(document.querySelector('p')).backgroundImage,"
        " getComputedStyle(document.querySelector('div').shadowRoot.querySelector('p')).backgroundImage]"
        ".join().match(/sites.*?(?=\")/g).join(' ')",
        "sites/site.test/img/a.png sites/cdn.test/img/b.png sites/site.test/img/a.png",
    ),
    "a base counts from where it stands": (
        [
            exchange(
                URL,
                '<script src="early.js"></script><style>p { background: url(early.png) }</style>'
                '<base href="https://cdn.test/far/down/here/"><script src="late.js"></script><p>p</p><img src="late.png">',
            ),
            script(URL + "early.js", "document.title = 'early'"),
            script(f"{CDN}/far/down/here/late.js", "document.title += ' late'"),
            image(URL + "early.png"),
            image(f"{CDN}/far/down/here/late.png"),
        ],
        "[document.title, getComputedStyle(document.querySelector('p')).backgroundImage.includes('talk/early.png'),"
        f" {LOADED}].join(' ')",
        "early late true 1",
    ),
    "elements of XHTML close themselves": (
        [
            exchange(
                URL,
                f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "<b>"><!ENTITY c "d">]><html {XHTML}><head><title/>'
                '<script src="/a.js"/><style/></head><body><textarea/><![CDATA[<img src="/no.png"/>]]><p>&c;</p>'
                '<h:img xmlns:h="http://www.w3.org/1999/xhtml" src="/a.png"/><svg:svg xmlns:svg="http://www.w3.org/2000/svg"'
                ' xmlns:l="http://www.w3.org/1999/xlink"><svg:image l:href="/a.png"/></svg:svg></body></html>',
                XML,
            ),
            script(f"{SITE}/a.js", "document.title = 'script'"),
            image(f"{SITE}/a.png"),
        ],
        f"[document.title, document.querySelector('p').textContent, {LOADED},"
        " document.querySelector('image').getAttributeNS('http://www.w3.org/1999/xlink', 'href')].join(' ')",
        "script d 1 ../a.png",
    ),
    "XHTML without a head holds the policy": (
        [exchange(URL, f"<html {XHTML}><body><script>{LEAK}</script></body></html>", XML)],
        "document.title || document.querySelector('title')?.textContent || 'ran'",
        "ran",
    ),
    "XHTML with a prefix holds the policy": (
        [
            exchange(
                URL,
                '<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>t</h:title></h:head>'
                f"<h:body><h:script>{LEAK}</h:script></h:body></h:html>",
                XML,
            )
        ],
        "document.title",
        "ran",
    ),
    "a style sheet is named by a processing instruction": (
        [
            exchange(
                URL,
                '<?xml version="1.0"?><?xml-stylesheet type="text/css" href="/s.css?a=1&amp;b=2"?>'
                "<?xml-stylesheet href='https://far.test/no.css'?><svg xmlns='http://www.w3.org/2000/svg'><rect/></svg>",
                MADE,
            ),
            sheet(f"{SITE}/s.css?a=1&b=2", "rect { fill: red }"),
        ],
        "getComputedStyle(document.querySelector('rect')).fill",
        "rgb(255, 0, 0)",
    ),
    "an object that failed shows what it holds": (
        [
            exchange(
                URL,
                "<object data='gone.html'><i>a</i></object><object data='https://far.test/x'><i>b</i></object>"
                "<object data='in.html' onload='document.title = this.data'><i>c</i></object>",
            ),
            exchange(URL + "gone.html", "<p>404", status=404, dest="object"),
            exchange(URL + "in.html", "<p>in", dest="object"),
        ],
        "[[...document.querySelectorAll('i')].map(i => i.getBoundingClientRect().width > 0),"
        " [...__deckarchive_page.unresolved]].join()",
        "true,true,false,https://far.test/x",
    ),
    "a document without a media type is looked at": (
        [exchange(URL, f"\n<title>t</title><script>{LEAK}</script>", "", dest="document")],
        "document.title",
        "ran",
    ),
    "marks that are not ours do not hold a page off its policy": (
        [
            exchange(
                URL,
                f"<title>t</title><script>/*<!--deckarchive--><!--/deckarchive-->*/ {LEAK}</script>",
            )
        ],
        "document.title",
        "ran",
    ),
    "a plain text is in the encoding that was declared": (
        [
            exchange(
                f"{SITE}/a.txt", "ёж 日本".encode(), "text/plain; charset=utf-8", dest="document"
            )
        ],
        "document.body.innerText.trim()",
        "ёж 日本",
    ),
    "EUC-JP has the characters that NEC added": (
        [exchange(URL, b"<p>\xad\xa1\xa1\xc1\xad\xea\xb0\xa1", "text/html; charset=euc-jp")],
        "document.querySelector('p').textContent",
        "①～㈱亜",
    ),
    "crossorigin goes, however often it stands": (
        [
            exchange(
                URL,
                "<title>t</title><script crossorigin crossorigin=anonymous integrity=a INTEGRITY=b src=/a.js></script>",
            ),
            script(f"{SITE}/a.js", "document.title = 'script'"),
        ],
        "document.title",
        "script",
    ),
    "a doctype behind a strange declaration counts": (
        [exchange(URL, "<!-- a --!><!what></ ><!doctype html><p>a")],
        "document.compatMode",
        "CSS1Compat",
    ),
}


@pytest.mark.parametrize("how", ["http", "file"])
@pytest.mark.parametrize("name", ROWS)
def test_the_copy_does_too(tmp_path: Path, page: Page, served: str, name: str, how: str) -> None:
    exchanges, expression, expected = ROWS[name]
    site = build(tmp_path, {"t": exchanges})
    path = site.document_of("t")
    assert path
    page.goto(f"{served if how == 'http' else tmp_path.as_uri() + '/'}{path}")
    last = None
    for _ in range(50):
        last = page.evaluate(expression)
        if last == expected:
            break
        page.wait_for_timeout(100)
    assert last == expected


@pytest.mark.parametrize("how", ["http", "file"])
def test_a_document_in_an_attribute_has_the_base_around_it(
    tmp_path: Path, page: Page, served: str, how: str
) -> None:
    text = (
        '<base href="https://cdn.test/far/down/here/"><iframe srcdoc="<img src=late.png>"></iframe>'
        '<iframe srcdoc="<base href=/x/><img src=y.png>"></iframe>'
        "<iframe srcdoc=\"<iframe srcdoc='<img src=late.png>'></iframe>\"></iframe>"
    )
    images = [image(f"{CDN}/far/down/here/late.png"), image(f"{CDN}/x/y.png")]
    path = build(tmp_path, {"t": [exchange(URL, text), *images]}).document_of("t")
    page.goto(f"{served if how == 'http' else tmp_path.as_uri() + '/'}{path}")
    page.wait_for_function("document.readyState === 'complete'")
    inner = [f for f in page.frames if not f.child_frames]
    assert len(inner) == 3
    for frame in inner:
        frame.wait_for_function("document.images[0]?.naturalWidth && __deckarchive_page.unresolved")
        assert frame.evaluate("[...__deckarchive_page.unresolved]") == []


REFRESHES = [
    ("0;url=to.html", "0;url=COPY"),
    ("0; URL='to.html'x", "0; URL='COPY'x"),
    ("0,to.html", "0,COPY"),
    ("0.5 url = to.html ", "0.5 url = COPY"),
    (".;url=to.html", ".;url=COPY"),
    ("0;url=to.html?q='1", "0;url=COPY?q=%271"),
    ("0x;url=to.html", None),
    (";url=to.html", None),
    ("url=to.html", None),
]


@pytest.mark.parametrize(("content", "expected"), REFRESHES)
def test_a_refresh_is_read_as_the_standard_reads_it(content: str, expected: str | None) -> None:
    from deckarchive.rewriter.pages.html import rewrite_html

    def lookup(url: str) -> str | None:
        return url.replace(URL + "to.html", "COPY") if "to.html" in url else None

    source = f'<meta http-equiv="refresh" content="{content}">'
    assert rewrite_html(source, URL, lookup) == (
        source if expected is None else f'<meta http-equiv="refresh" content="{expected}">'
    )
