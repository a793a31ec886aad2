"""The page of a reveal-md deck: options, templates and safe embedding."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from deckarchive.deck import deck_site, find_references, read_deck, render_page
from deckarchive.errors import DeckError
from deckarchive.model import Deck, Kind

DECKS = Path(__file__).with_name("decks")


def deck_of(folder: Path, text: str, **files: str) -> Deck:
    (folder / "talk.md").write_text(text, encoding="utf-8")
    for name, content in files.items():
        (folder / name.replace("__", ".").replace("_", "-")).write_text(content, encoding="utf-8")
    return read_deck(folder)


def test_the_usual_page() -> None:
    page = render_page(read_deck(DECKS / "traps"), {})
    for part in (
        "<title>Traps &amp; &lt;more&gt;</title>",
        'href="assets/reveal.js/dist/reveal.css"',
        'href="assets/reveal.js/dist/theme/black.css" id="theme"',
        'href="assets/highlight.js/styles/base16/zenburn.css"',
        'href="css/own.css"',
        'href="https://cdn.example/remote.css"',
        'src="js/own.js"',
        'src="//cdn.example/remote.js"',
        'src="assets/reveal.js/plugin/notes/notes.js"',
        'data-separator="^---[\\r]?\\n"',
        "plugins: [RevealMarkdown, RevealHighlight, RevealZoom, RevealNotes]",
        '"previewLinks": true',
    ):
        assert part in page
    assert "mermaid.min.js" not in page
    assert "math" not in page
    assert "{{" not in page


def test_rewritten_sources_take_effect() -> None:
    deck = read_deck(DECKS / "traps")
    texts = {
        "slides.md": "# rewritten",
        "reveal-md.json": '{"css": "sites/a b.css?x=1", "theme": "white"}',
        "reveal.json": '{"previewLinks": false}',
    }
    page = render_page(deck, texts, "../up")
    assert "# rewritten\n" in page
    assert 'href="sites/a%20b.css?x=1"' in page
    assert 'href="../up/reveal.js/dist/theme/white.css"' in page
    assert '"previewLinks": false' in page


def test_configuration_cannot_end_its_script(tmp_path: Path) -> None:
    evil = {"footer": "</script><script>alert(1)</script><!--", "line": "\u2028"}
    deck = deck_of(tmp_path, "# x", reveal__json=json.dumps(evil))
    page = render_page(deck, {})
    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert "\u2028" not in page
    found = re.search(r"\n\s+(\{\"footer\".*\}),\n", page)
    assert found is not None
    assert json.loads(found.group(1)) == evil


def test_attributes_cannot_be_left(tmp_path: Path) -> None:
    options = {"css": 'a"><script>', "scripts": ['"x'], "separator": 'a"b&<c', "title": "</title>"}
    page = render_page(deck_of(tmp_path, "# x", reveal_md__json=json.dumps(options)), {})
    assert 'href="a%22%3E%3Cscript%3E"' in page
    assert 'src="%22x"' in page
    assert "<title>&lt;/title&gt;</title>" in page
    assert 'data-separator="a"' in page  # what a browser reads of reveal-md's own page


@pytest.mark.parametrize(
    ("markdown", "mermaid", "math"),
    [
        ("# plain, 5$ and 6 $", False, False),
        ("```mermaid\ngraph TD\n```", True, False),
        ('<div class="mermaid">', True, False),
        ("$a^2$", False, True),
        ("\\\\(a\\\\)", False, True),
        ("$$\na\n$$", False, True),
    ],
)
def test_plugins_only_when_needed(tmp_path: Path, markdown: str, mermaid: bool, math: bool) -> None:
    page = render_page(deck_of(tmp_path, markdown), {})
    assert ("assets/mermaid/dist/mermaid.min.js" in page) is mermaid
    assert ("RevealMath" in page) is math


TEMPLATE = """<title>{{{title}}}</title>
<link href="{{{base}}}/dist/reveal.css"><link href="{{{themeUrl}}}">
<link href="{{{base}}}{{{highlightThemeUrl}}}"><link rel="stylesheet" href="https://cdn.example/t.css">
{{#cssPaths}}<link href="{{{.}}}">{{/cssPaths}}<script src="/plugin/zoom/zoom.js"></script>
<section {{{slidifyAttributes}}}>{{{markdown}}}</section>{{^watch}}quiet{{/watch}}{{> nothing}}
<style>.x { background: url(https://cdn.example/t.png) }</style>
<script>var o = {{{revealOptionsStr}}};</script>{{custom}}
"""


def test_a_template_of_ones_own(tmp_path: Path) -> None:
    config = json.dumps({"template": "own.html", "css": "a.css", "custom": "<&>"})
    deck = deck_of(tmp_path, "# x", own__html=TEMPLATE, reveal_md__json=config)
    page = render_page(deck, {})
    assert 'href="assets/reveal.js/dist/reveal.css"' in page
    assert 'href="assets/highlight.js/styles/base16/zenburn.css"' in page
    assert 'src="assets/reveal.js/plugin/zoom/zoom.js"' in page
    assert 'href="a.css"' in page
    assert "quiet" in page
    assert "&lt;&amp;&gt;" in page
    found = {(f.kind, f.url, f.reference.file) for f in find_references(deck)}
    assert (Kind.STYLESHEET, "https://cdn.example/t.css", "own.html") in found
    assert (Kind.IMAGE, "https://cdn.example/t.png", "own.html") in found
    assert all("{{" not in f[1] for f in found)
    other = render_page(deck, {"own.html": TEMPLATE.replace("cdn.example", "local.example")})
    assert "https://local.example/t.css" in other


def test_a_missing_or_broken_template(tmp_path: Path) -> None:
    deck = deck_of(tmp_path, "---\ntemplate: gone.html\n---\n# x")
    assert "gone.html" in deck.warnings[0]
    assert "RevealZoom" in render_page(deck, {})
    deck = deck_of(tmp_path, "---\ntemplate: own.html\n---\n# x", own__html="{{#a}}{{/b}}")
    with pytest.raises(DeckError, match=r"own\.html is broken"):
        render_page(deck, {})


def test_the_site_of_a_markdown_deck(tmp_path: Path) -> None:
    deck = deck_of(tmp_path, "# x")
    site = deck_site(deck)
    assert site.page == "index.html"
    assert list(site.pages) == ["index.html"]
    assert site.mounts[-1] == ("", str(tmp_path.resolve()))
    lengths = [len(prefix) for prefix, _ in site.mounts]
    assert lengths == sorted(lengths, reverse=True)
    (tmp_path / "index.html").write_text("a page of the deck's own")
    assert deck_site(deck).page == "talk.deckarchive.html"


def test_a_page_is_not_rendered() -> None:
    with pytest.raises(DeckError, match="is a page already"):
        render_page(read_deck(DECKS / "page"), {})
