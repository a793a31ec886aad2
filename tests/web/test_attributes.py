"""What holds a URL: in what was sent (Python) and in what scripts write (JavaScript, tests/js)."""

from __future__ import annotations

from pathlib import Path

import pytest

from deckarchive.deck import find_references, read_deck
from deckarchive.rewriter.pages.html import rewrite_html
from deckarchive.web import fetched_as, fetches, loaded
from tests.web.conftest import cases

CAPTURED = "https://cdn.test/a.png"


def lookup(url: str) -> str | None:
    return "../copy.png" if url.partition("#")[0] == CAPTURED else None


@pytest.mark.parametrize(("markup", "held"), cases("attributes", "markup"))
def test_a_url_leads_to_its_copy(markup: str, held: bool) -> None:
    text = markup.replace("URL", CAPTURED)
    found = rewrite_html(text, "https://site.test/", lookup)
    assert ("../copy.png" in found) is held
    assert (found == text) is not held


@pytest.mark.parametrize(
    ("rel", "fetched", "kind"),
    [
        ("stylesheet", True, "stylesheet"),
        ("alternate StyleSheet", True, "stylesheet"),
        ("shortcut icon", True, "image"),
        ("apple-touch-icon-precomposed", True, "image"),
        ("modulepreload", True, "script"),
        ("preload", True, ""),
        ("preconnect", False, ""),
        ("canonical", False, ""),
        ("", False, ""),
    ],
)
def test_what_a_link_fetches(rel: str, fetched: bool, kind: str) -> None:
    assert fetches(rel) is fetched
    assert fetched_as(rel) == kind


def test_the_order_is_that_of_a_deck() -> None:
    """A poster is found before its film, as references are counted."""
    assert [name for name, _, _ in loaded("video")] == ["poster", "src"]
    assert {name for name, _, _ in loaded("script")} == {"src", "href", "xlink:href"}


def test_a_deck_names_them_too(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        "<!doctype html><link rel=apple-touch-icon-precomposed href=https://a.test/i.png>"
        "<div class=reveal><div class=slides><section>"
        "<table background=https://a.test/1.png><tr background=https://a.test/2.png>"
        "<td background=https://a.test/3.png></table>"
        "<svg><script xlink:href=https://a.test/4.js></script></svg>"
        "</section></div></div><script>Reveal.initialize()</script>"
    )
    found = {f.url for f in find_references(read_deck(tmp_path))}
    assert found == {
        f"https://a.test/{name}" for name in ("i.png", "1.png", "2.png", "3.png", "4.js")
    }
