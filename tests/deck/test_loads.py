"""Which edits of a deck change what its own page may load."""

from __future__ import annotations

from pathlib import Path

import pytest

from deckarchive.deck import deck_site, page_loads, read_deck

PAGE = (
    "<!doctype html><title>Talk</title><link rel=stylesheet href=own.css>"
    "<script src=https://cdn.test/reveal.js></script><script type=module src=own.mjs></script>"
    "<div class=reveal><div class=slides><section>"
    "<h2>Wellcome</h2><iframe src=https://a.test/></iframe></section></div></div>"
    "<script>Reveal.initialize()</script>"
)
FILES = {
    "talk.html": PAGE,
    "own.css": "@import 'more.css'; h2 { color: red }",
    "more.css": "h1 { color: blue }",
    "own.mjs": "import './part.mjs'",
    "part.mjs": "export const host = 'cdn.test'",
}


def loads(folder: Path, **edits: str) -> str:
    for name, text in (FILES | {k.replace("__", "."): v for k, v in edits.items()}).items():
        (folder / name).write_text(text)
    return page_loads(read_deck(folder / "talk.html"))


@pytest.mark.parametrize(
    ("name", "old", "new", "changed"),
    [
        ("talk.html", "Wellcome", "Welcome", False),
        ("talk.html", "<h2>", "<h2>Another <em>line</em>, ", False),
        ("talk.html", "https://a.test/", "https://b.test/", False),
        ("own.css", "red", "green", False),
        ("talk.html", "reveal.js", "reveal-6.js", True),
        ("talk.html", "<h2>", "<script src=https://cdn.test/more.js></script><h2>", True),
        ("talk.html", "<h2>", "<style>@import 'https://cdn.test/a.css';</style><h2>", True),
        ("talk.html", "<h2>", "<h2 style='background: url(https://cdn.test/a.png)'>", True),
        ("talk.html", "initialize()", "initialize({plugins: [More]})", True),
        ("own.css", "color: red", "background: url(https://cdn.test/a.png)", True),
        ("more.css", "color: blue", "background: url(https://cdn.test/a.png)", True),
        ("own.mjs", "import", "import 'https://cdn.test/x.mjs'; import", True),
        ("part.mjs", "cdn.test", "other.test", True),
    ],
)
def test_only_what_can_load_something_else_counts(
    name: str, old: str, new: str, changed: bool, tmp_path: Path
) -> None:
    before = loads(tmp_path)
    assert FILES[name].count(old) == 1
    after = loads(tmp_path, **{name.replace(".", "__"): FILES[name].replace(old, new)})
    assert (after != before) is changed


def test_the_site_of_a_capture_has_it(tmp_path: Path) -> None:
    known = loads(tmp_path)
    assert deck_site(read_deck(tmp_path / "talk.html")).loads == known != ""


def test_a_markdown_deck_by_its_options_and_elements(tmp_path: Path) -> None:
    deck = tmp_path / "talk.md"
    deck.write_text("# Wellcome\n")
    before = page_loads(read_deck(deck))
    deck.write_text("# Welcome\n\n---\n\nMore\n")
    assert page_loads(read_deck(deck)) == before == deck_site(read_deck(deck)).loads
    deck.write_text("# Welcome\n\n<img src=https://a.test/a.png>\n")
    assert page_loads(read_deck(deck)) != before
    deck.write_text("---\ncss: https://a.test/a.css\n---\n\n# Welcome\n")
    assert page_loads(read_deck(deck)) != before
