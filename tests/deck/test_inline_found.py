"""Documents in attributes: what stands in ``srcdoc`` and in ``data:`` URLs is the deck's, too."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest

from deckarchive.deck import find_references, read_deck
from deckarchive.model import Found

INNER = (
    "<style>b { background: url(https://h.example/s.png) }</style>"
    '<img src="https://h.example/ü.png?a=1&amp;b=2"><script src=https://h.example/j.js></script>'
    "<iframe src='https://h.example/p/#/2' width=300 height=200></iframe>"
)
PERCENT = f"data:text/html;charset=utf-8,{quote(INNER)}"
BASE64 = f"data:text/html;charset=utf-8;base64,{b64encode(INNER.encode()).decode()}"
NAMED = [
    ("image", "https://h.example/s.png", ""),
    ("image", "https://h.example/%C3%BC.png?a=1&b=2", "src"),
    ("script", "https://h.example/j.js", "src"),
    ("iframe", "https://h.example/p/#/2", "src"),
]


def found_in(folder: Path, slide: str) -> list[Found]:
    page = (
        f'<div class="reveal"><div class="slides"><section>{slide}</section></div></div>'
        '<script src="https://h.example/dist/reveal.js"></script>'
    )
    (folder / "talk.html").write_text(page, "utf-8")
    deck = read_deck(folder / "talk.html")
    found = find_references(deck)
    for one in found:
        start, end = one.reference.span
        assert deck.sources[0].text[start:end] == one.reference.raw
    return [one for one in found if "reveal.js" not in one.url]


def named(found: list[Found]) -> list[tuple[str, str, str]]:
    return [(one.kind.value, one.url, one.reference.attribute) for one in found]


@pytest.mark.parametrize(
    "frame",
    [
        f'<iframe srcdoc="{escape(INNER)}"></iframe>',
        f'<iframe src="{PERCENT}"></iframe>',
        f'<iframe data-src="{BASE64}"></iframe>',
        f'<object data="{PERCENT}"></object>',
        f'<embed src="{BASE64}">',
    ],
    ids=["srcdoc", "percent", "base64", "object", "embed"],
)
def test_all_that_it_names_is_found(tmp_path: Path, frame: str) -> None:
    found = found_in(tmp_path, frame)
    assert named(found) == NAMED
    assert {one.reference.syntax for one in found} == {"inline-document"}
    assert {one.reference.slide for one in found} == {(0, 0)}
    assert found[-1].reference.size == (300, 200)
    assert found[-1].reference.fragment == "/2"


def test_spans_are_those_of_the_source(tmp_path: Path) -> None:
    raws = {
        "srcdoc": [
            "https://h.example/s.png",
            "https://h.example/ü.png?a=1&amp;amp;b=2",
            "https://h.example/j.js",
            "https://h.example/p/#/2",
        ],
        "src": [
            "https%3A//h.example/s.png",
            "https%3A//h.example/%C3%BC.png%3Fa%3D1%26amp%3Bb%3D2",
            "https%3A//h.example/j.js",
            "https%3A//h.example/p/%23/2",
        ],
        "data-src": ["data:text/html;charset=utf-8;base64,"] * 4,
    }
    for (name, raw), value in zip(raws.items(), (escape(INNER), PERCENT, BASE64), strict=True):
        found = found_in(tmp_path, f'<iframe {name}="{value}"></iframe>')
        assert [one.reference.raw for one in found] == raw


def test_urls_count_from_the_page_in_srcdoc_alone(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    frame = '<iframe srcdoc="<img src=a.png>"></iframe>'
    assert [one.url for one in found_in(tmp_path, frame)] == ["http://deck.localhost/a.png"]
    assert found_in(tmp_path, '<iframe src="data:text/html,<img src=a.png>"></iframe>') == []


def test_documents_in_documents(tmp_path: Path) -> None:
    inner = escape(f'<iframe srcdoc="{escape(INNER)}"></iframe>')
    assert named(found_in(tmp_path, f'<iframe srcdoc="{inner}"></iframe>')) == NAMED
    deep = INNER
    for _ in range(40):
        deep = f'<iframe srcdoc="{escape(deep)[:100000]}"></iframe>'
    assert found_in(tmp_path, deep) == []  # and no crash


def test_srcdoc_comes_before_src(tmp_path: Path) -> None:
    frame = '<iframe src="https://h.example/never" srcdoc="<p>words"></iframe>'
    assert [one.reference.state for one in found_in(tmp_path, frame)] == ["shadowed"]


@pytest.mark.parametrize("url", ["data:text/plain,<img src=//h.example/a>", "data:text/html,", ""])
def test_what_is_no_document_has_no_parts(tmp_path: Path, url: str) -> None:
    assert found_in(tmp_path, f'<iframe src="{url}"></iframe>') == []


def test_declarative_shadow_roots_are_shown_and_templates_are_not(tmp_path: Path) -> None:
    frame = '<iframe src="https://h.example/p"></iframe>'
    root = f'<div><template shadowrootmode="open">{frame}</template></div>'
    assert named(found_in(tmp_path, root)) == [("iframe", "https://h.example/p", "src")]
    assert found_in(tmp_path, f"<div><template>{frame}</template></div>") == []
