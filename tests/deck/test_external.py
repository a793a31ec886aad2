"""External HTML, put on slides by a plugin: what is named in it, and the page with it inside."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from deckarchive.deck import deck_site, find_references, finish_deck, read_deck
from deckarchive.model import Deck
from tests import npm
from tests.browsers import NOWHERE, SharedBrowser
from tests.deck.truth import differences, truth

PAGE = """<!doctype html><link rel=stylesheet href=lib/reveal.css>
<div class=reveal><div class=slides>
<section data-external="parts/one.html"><p data-external="never.html">gone</p></section>
<section data-external-replace="parts/slides.html"></section>
<section><div data-external='parts/choice.html#.this' class=x></div></section>
<section><p data-external="parts/missing.html">stays</p></section>
<section><p data-external="parts/choice.html#p > b">stays</p></section>
<section><p data-external="https://elsewhere.example/x.html">stays</p></section>
<section data-markdown data-external="parts/talk.html"></section>
</div></div>
<script src=lib/reveal.js></script><script src=lib/markdown.js></script>
<script src=external.js></script>
<script>Reveal.initialize({plugins: [RevealExternal, RevealMarkdown]})</script>"""

FILES = {
    "parts/one.html": """<html><head><style>p { cursor: url(https://head.example/no.png) }</style>
</head><body><h2>One</h2><iframe data-src="https://in.example/a?x=1&amp;y=2"></iframe>
<style>p { background: url("https://in.example/style.png") }</style>
<p style="background: url(https://in.example/own.png)">x</p></body></html>""",
    "parts/slides.html": """<title>Not shown</title><link rel=icon href="https://head.example/i.png">
<section data-background-iframe="https://in.example/b"><!-- a note --> B</section>
text between
<section><section data-external-replace="parts/inner.html"></section>
<section><img src="https://in.example/c.png"></section></section>""",
    "parts/inner.html": """<section><img src="https://in.example/inner.png"></section>
<section data-external="parts/slides.html">a file that holds itself</section>""",
    "parts/choice.html": """<p class="this a">1<img src="https://in.example/this.png"></p>
<p class=that><img src="https://in.example/that.png"></p>
<p class=this><img src="https://in.example/too.png"></p>""",
    "parts/talk.html": "\n## Words\n\n![](https://in.example/words.png)\n",
}
# By the plugin's description, written for this test.
PLUGIN = """window.RevealExternal = { id: "external", init: () => {
  const get = (url) => {
    if (/^https?:/.test(url)) return null;
    const request = new XMLHttpRequest();
    request.open("GET", url, false);
    request.send();
    return request.status === 200 ? request.responseText : null;
  };
  const fill = (holder, within) => {
    for (const element of [...holder.querySelectorAll("[data-external],[data-external-replace]")]) {
      if (!element.isConnected) continue;
      const replaced = element.hasAttribute("data-external-replace");
      const [url, selector] =
        element.getAttribute(replaced ? "data-external-replace" : "data-external").split("#");
      const text = within.includes(url) || selector?.includes(">") ? null : get(url);
      if (text === null) continue;
      const tree = new DOMParser().parseFromString(text, "text/html");
      const nodes = [...(selector ? tree.querySelectorAll(selector) : tree.body.childNodes)];
      const holder = document.createElement("div");
      if (replaced) element.replaceWith(holder);
      else element.replaceChildren(holder);
      holder.append(...nodes.map((node) => document.importNode(node, true)));
      fill(holder, [...within, url]);
      holder.replaceWith(...holder.childNodes);
    }
  };
  fill(document.querySelector(".slides"), []);
} };"""


def put(folder: Path, version: str) -> Deck:
    package = npm.package("reveal.js", version)
    for name, text in {**FILES, "index.html": PAGE, "external.js": PLUGIN}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "lib").mkdir()
    plugin = package / "dist/plugin/markdown.js"
    for file in (
        package / "dist/reveal.css",
        package / "dist/reveal.js",
        plugin if plugin.is_file() else package / "plugin/markdown/markdown.js",
    ):
        shutil.copy(file, folder / "lib" / file.name)
    return read_deck(folder)


@pytest.mark.browser
@pytest.mark.network
@pytest.mark.parametrize("version", ["4.6.1", "5.2.1", "6.0.2"])
def test_external_html_is_on_the_slides(
    shared_browser: SharedBrowser, version: str, tmp_path: Path
) -> None:
    browser = shared_browser.behind(NOWHERE)
    deck = put(tmp_path, version)
    count, real = truth(browser, deck_site(deck))
    assert count >= 9
    assert differences(count, real, deck) == []
    sources = {source.path: source.text for source in deck.sources}
    for found in find_references(deck):
        reference = found.reference
        assert sources[reference.file][slice(*reference.span)] == reference.raw
    assert "head.example" not in str(find_references(deck))
    page = finish_deck(deck, {}).page.text
    for name in FILES:
        assert f'"{name}"' not in page or name == "parts/slides.html"
    alone = replace(
        deck_site(deck), pages={deck.path: page.encode()}, mounts=deck_site(deck).mounts
    )
    assert differences(*truth(browser, alone), deck) == []


def test_new_texts_of_parts_are_inside_the_page(tmp_path: Path) -> None:
    for name, text in {**FILES, "index.html": PAGE, "external.js": ""}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    deck = read_deck(tmp_path)
    texts = {
        s.path: s.text.replace("https://in.example/", "sites/in.example/") for s in deck.sources
    }
    page = finish_deck(deck, texts).page.text
    assert page.count("sites/in.example/") == 9
    assert "https://in.example/" not in page
    assert page.startswith(PAGE[:80])
    assert page.endswith(PAGE[-80:])


def test_what_is_not_followed_is_a_warning(tmp_path: Path) -> None:
    for name, text in {**FILES, "index.html": PAGE, "external.js": ""}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert [w for w in read_deck(tmp_path).warnings if "external HTML" in w] == [
        "external HTML parts/slides.html is not followed: its files are nested too deeply",
        "external HTML parts/missing.html does not exist",
        "external HTML parts/choice.html#p > b has a selector that is not followed",
        "external HTML https://elsewhere.example/x.html is not a file of the deck: not read",
    ]
    bare = PAGE.replace("external.js", "other.js").replace("RevealExternal", "RevealOther")
    (tmp_path / "index.html").write_text(bare.replace("parts/one.html", "one.html"))
    deck = read_deck(tmp_path)
    assert "external HTML one.html is put in by a plugin, and the page loads none" in deck.warnings
    assert finish_deck(deck, {}).page.text == deck.sources[0].text
    (tmp_path / "index.html").write_text(PAGE.replace("data-external=", "data-load="))
    assert "(data-load) is put in by a plugin that is not followed" in str(
        read_deck(tmp_path).warnings
    )


def test_parts_of_parts_are_bounded(tmp_path: Path) -> None:
    """Few files can stand for billions of parts."""
    (tmp_path / "external.js").write_text("")
    page = (
        "<div class=reveal><div class=slides><section data-external=0.html></section></div></div>"
    )
    (tmp_path / "index.html").write_text(f"{page}<script src=external.js></script>")
    for n in range(8):
        again = f"<p data-external='{n + 1}.html'></p>" * 20
        (tmp_path / f"{n}.html").write_text(f"<b>{n}</b>{again}")
    (tmp_path / "8.html").write_text("<img src=https://in.example/x.png>")
    deck = read_deck(tmp_path)
    assert "nested too deeply" in str(deck.warnings)
    text = finish_deck(deck, {}).page.text
    assert len(text) < 1_000_000
