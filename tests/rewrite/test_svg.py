"""An SVG document as a copy: it shows, runs, and reaches nothing that was not captured."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_site import build, exchange
from playwright.sync_api import Page

from deckarchive.rewriter.pages.head import with_policy

SVG = """<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">
<style>@import url("https://far.test/a.css"); rect { fill: red }</style>
<image href="https://far.test/a.png" width="9" height="9"/>
<image id="own" href="https://near.test/own.svg" width="9" height="9"/>
<rect id="r" width="50" height="50" onclick="fetch('https://far.test/clicked')"/>
<script><![CDATA[
  fetch("https://far.test/fetched").catch(() => 0);
  new Image().src = "https://far.test/made.png";
  document.getElementById("r").setAttribute("width", 1 < 2 ? "60" : "0");
]]></script>
</svg>"""
OWN = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'


@pytest.mark.browser
@pytest.mark.parametrize("tag", ["", "iframe src", "object data", "embed src"])
@pytest.mark.parametrize("how", ["http", "file"])
def test_it_runs_and_stays(tmp_path: Path, page: Page, served: str, tag: str, how: str) -> None:
    url = "https://near.test/chart.svg"
    chart = exchange(url, SVG, "image/svg+xml", dest="iframe" if tag else "document")
    own = exchange("https://near.test/own.svg", OWN, "image/svg+xml", dest="image")
    framing = exchange("https://near.test/", f'<{tag or "p id"}="chart.svg">')
    build(tmp_path, {"t": [chart, own] if not tag else [framing, chart, own]})
    name = "index.html" if tag else "chart.svg"
    start = served if how == "http" else f"{tmp_path.as_uri()}/"
    page.goto(f"{start}sites/near.test/{name}")
    page.wait_for_function("() => document.readyState === 'complete'")
    frame = next(f for f in page.frames if f.url.endswith("chart.svg"))
    frame.wait_for_function("() => document.getElementById('r').getAttribute('width') === '60'")
    frame.evaluate("document.getElementById('r').dispatchEvent(new MouseEvent('click'))")
    assert frame.get_attribute("#own", "href") == "own.svg"
    # What left is asserted by the page's own fixture.


PLAIN = [
    "<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0' fill='url(#a)'/></svg>",
    "<svg/>",
    "<svg><a href='#x'/><image href='data:image/png;base64,AA'/></svg>",
    "no <script> in SVG",
    "",
]


@pytest.mark.parametrize("source", PLAIN)
def test_what_reaches_nothing_stays_as_it_is(source: str) -> None:
    assert with_policy(source) == source


def test_the_policy_stands_once_and_in_the_prefix_of_the_root() -> None:
    once = with_policy("<?xml version='1.0'?><s:svg xmlns:s='x'><s:script/></s:svg>")
    assert once.startswith("<?xml version='1.0'?><s:svg xmlns:s='x'><s:metadata><head ")
    assert with_policy(once) == once
