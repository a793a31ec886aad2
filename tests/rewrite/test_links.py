"""Links from one copy to another: what was captured for another slide is gone to, on every tier."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_site import build, exchange
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

FROM = "https://site.test/talks/one"
PAGE = """<title>one</title><h1>one</h1>
<a id="relative" href="../other.html">there</a>
<a id="absolute" href="https://else.test/talk?id=7#part">there</a>
<a id="redirected" href="/short">there</a>
<a id="window" target="_blank" href="https://else.test/talk?id=7">there</a>
<button>go</button><script>document.querySelector("button").onclick = () => {
const a = document.createElement("a"); a.href = "/other.html";
document.body.append(a); a.click(); };
</script>
<a id="lost" href="/never.html">nowhere</a>"""
OTHERS = {
    "b": exchange("https://site.test/other.html", "<title>other</title><h1>other</h1>"),
    "c": exchange("https://else.test/talk?id=7", "<title>talk</title><h1 id=part>talk</h1>"),
    "d": exchange("https://site.test/long/way/", "<title>long</title><h1>long</h1>"),
}


@pytest.mark.parametrize("tier", ["server", "file"])
@pytest.mark.parametrize(
    ("selector", "title"),
    [
        ("#relative", "other"),
        ("#absolute", "talk"),
        ("#redirected", "long"),
        ("#window", "talk"),
        ("button", "other"),
    ],
)
def test_a_link_goes_to_the_copy_that_another_slide_shows(
    tmp_path: Path, served: str, page: Page, tier: str, selector: str, title: str
) -> None:
    long = {"Location": "https://site.test/long/way/"}
    short = exchange("https://site.test/short", status=302, headers=long)
    captures = {"a": [exchange(FROM, PAGE)], **{name: [x] for name, x in OTHERS.items()}}
    captures["d"] = [short, *captures["d"]]
    site = build(tmp_path, captures)
    root = served if tier == "server" else f"{tmp_path.as_uri()}/"
    page.goto(root + (site.document_of("a") or ""))
    page.click(selector)
    page.wait_for_function(f"document.title === '{title}'")
    assert page.url.startswith(root)
    assert page.url.endswith("#part") is (selector == "#absolute")


def test_a_link_that_leads_nowhere_says_so(tmp_path: Path, served: str, page: Page) -> None:
    site = build(tmp_path, {"a": [exchange(FROM, PAGE)]})
    page.goto(served + (site.document_of("a") or ""))
    page.click("#lost")
    card = page.get_by_role("status")
    card.wait_for()
    assert card.inner_text() == "Not in this offline copy: https://site.test/never.html"
    assert page.title() == "one"
