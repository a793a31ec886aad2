# ruff: noqa: E501 (pages stand in it as they are)
"""What scripts do in a copy, the network cut: URLs they make, what they read of their own page."""

from __future__ import annotations

import json
import string
from pathlib import Path
from urllib.parse import quote

import pytest
from made_site import build, exchange
from playwright.sync_api import Page
from script_made import CDN, PNG, SCRIPT_MADE_RESULT, URL, opened, result, script_made

from deckarchive.js import content_counts, script
from deckarchive.rewriter.deck.requests import IN_PATHS

pytestmark = pytest.mark.browser


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
    assert result(opened(page, served, site.document_of("t"))) == "7"


def test_paths_are_encoded_as_the_browser_encodes_them(
    tmp_path: Path, served: str, page: Page
) -> None:
    name = "".join(sorted(set(string.punctuation) - set("/\\?#%")))
    text = f"""<title></title><script>
      const name = {json.dumps(name)};
      fetch(name + '.json').then((r) => r.json()).then(({{ n }}) => {{
        document.title = n + ' ' + new URL(name, 'https://deck.localhost').pathname; }});
    </script>"""
    path = "/" + quote(name, safe=IN_PATHS)
    data = exchange(f"https://site.test{path}.json", '{"n": 7}', "application/json", dest="empty")
    site = build(tmp_path, {"t": [exchange("https://site.test/", text), data]})
    for root in (served, f"{tmp_path.as_uri()}/"):
        page.goto(root + (site.document_of("t") or ""))
        page.wait_for_function("document.title !== ''")
        assert page.title() == f"7 {path}"


def test_a_font_is_unresolved_only_where_a_text_uses_it(
    tmp_path: Path, served: str, page: Page
) -> None:
    text = """<title></title><style>
      @font-face { font-family: 'Un Used'; src: url(https://fonts.test/unused.woff2) }
      @font-face { font-family: Wanted; src: url(https://fonts.test/wanted.woff2) }
      p { font-family: Wanted }
    </style><p>words</p>"""
    site = build(tmp_path, {"t": [exchange(URL, text)]})
    for root in (served, f"{tmp_path.as_uri()}/"):
        page.goto(root + (site.document_of("t") or ""))
        page.wait_for_function("__deckarchive_page.unresolved.size > 0")
        page.wait_for_function("document.fonts.status === 'loaded'")
        assert page.evaluate("[...__deckarchive_page.unresolved]") == [
            "https://fonts.test/wanted.woff2"
        ]


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
    opened(page, served, site.document_of("t"))
    assert result(page) == "config=TeX-AMS"


def test_urls_that_scripts_make_lead_to_the_copies(tmp_path: Path, served: str, page: Page) -> None:
    site = build(tmp_path, {"t": script_made()})
    opened(page, served, site.document_of("t"))
    assert result(page) == "done"
    assert page.evaluate("window.out") == SCRIPT_MADE_RESULT
    misses = page.evaluate("[...__deckarchive_page.unresolved]")
    assert sorted(misses) == ["https://api.test/never", "https://cdn.test/nothing.png"]


FRAME = """<!doctype html><script>
  const heard = window.heard = [];
  addEventListener('message', (event) => heard.push(event.data));
</script><iframe src="%s" style="width:600px;height:400px" sandbox="allow-scripts allow-same-origin allow-forms"></iframe>"""


def test_the_frame_page_gets_content_counts_and_keys(
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
    opened(page, served, "frame.html")
    page.wait_for_function(
        "heard.some(m => m.type === 'counts' && m.unresolved.includes('https://no.test/x.png'))"
    )
    counts = page.evaluate("heard.filter(m => m.type === 'counts').pop()")
    assert counts["deckarchive"] == 1
    assert counts["url"] == URL
    assert counts["status"] == 200
    assert counts["counts"]["text"] == 11
    assert counts["painted"] is True
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
    opened(page, served, site.document_of("t"))
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
    opened(page, served, site.document_of("t"))
    assert result(page) == "one,two,three"


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
    opened(page, served, site.document_of("t"))
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


ROUTER = """<!doctype html><html ng-app><head><title></title><base href='/talk/'><script src="router.js"></script></head><body><a href="two/3">next</a></body></html>"""
"""An application that takes its start from the base, and knows a link of its own by its address."""

ROUTER_SCRIPT = """
const start = document.querySelector('base').getAttribute('href');
const route = () => { document.title = location.pathname.slice(0, start.length) === start ? 'route:' + location.pathname.slice(start.length) : 'lost'; };
addEventListener('click', (event) => {
  const link = event.target.closest('a');
  if (!link.href.startsWith(location.origin + start) || link.pathname.indexOf(start)) return;
  event.preventDefault();
  history.pushState(null, '', link.href);
  route();
});
addEventListener('DOMContentLoaded', route);
"""


@pytest.mark.parametrize("way", ["http", "file"])
def test_a_router_starts_from_its_base_and_knows_its_links(
    tmp_path: Path, served: str, page: Page, way: str
) -> None:
    routes = exchange(URL + "router.js", ROUTER_SCRIPT, "text/javascript", dest="script")
    site = build(tmp_path, {"t": [exchange(URL, ROUTER, dest="document"), routes]})
    opened(page, served if way == "http" else f"{tmp_path.as_uri()}/", site.document_of("t"))
    assert result(page) == "route:"
    page.click("a")
    page.wait_for_function("document.title === 'route:two/3'")


def test_a_polyfilled_list_is_counted(page: Page) -> None:
    page.set_content("<p>word</p><img src='data:,'>")
    page.evaluate("""() => { for (const { prototype } of [Document, Element]) {
      const all = prototype.querySelectorAll;
      prototype.querySelectorAll = function (what) { const found = all.call(this, what); return Object.assign({ length: found.length }, Array.from(found)); };
    } }""")
    assert page.evaluate(f"({content_counts()})()")["text"] == 4
    assert page.evaluate(f"({script('alternatives')})()") == {
        "images": [],
        "media": [],
        "unread": [],
    }
