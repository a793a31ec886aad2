"""Texts made to be slow to read: each is read in one pass, or these tests never end."""

from __future__ import annotations

import pytest

from deckarchive.markup import decode_references, scan_css, scan_html, scan_modules, scan_srcset

MANY = 50_000


@pytest.mark.parametrize(
    "text",
    [
        "<script>" + "<!-- -->" * MANY + "</script>",
        "<script>" + "<!--<script>" * MANY,
        "<script><!--" + "<script></script>" * MANY,
        "<textarea><style>" * MANY,
        "<svg>" + "<![CDATA[" * MANY,
        "<svg>" * MANY + "</svg>" * MANY,
        "<a <!-- </" * MANY,
        '<a href="' + "&x" * MANY + '">',
    ],
    ids=lambda text: text[:20],
)
def test_html(text: str) -> None:
    assert sum(1 for _ in scan_html(text)) <= 2 * MANY
    assert decode_references(text)


@pytest.mark.parametrize("part", ["url(", "url( a", "@import ", '"', "/*", "{", "\\", "<!--"])
def test_css(part: str) -> None:
    assert sum(1 for _ in scan_css(part * MANY)) <= MANY


@pytest.mark.parametrize("part", ["/[", "=/a", "`${", "import(", "import {", "(", "'a' /* "])
def test_modules(part: str) -> None:
    assert len(scan_modules("import 'a';" + part * MANY)) <= MANY + 1


@pytest.mark.parametrize("part", ["a,", "a (", ",", "a 1x"])
def test_srcset(part: str) -> None:
    assert sum(1 for _ in scan_srcset(part * MANY)) <= MANY
