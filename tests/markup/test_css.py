"""The URLs of style sheets and srcset values, and replacing spans."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckarchive.markup import Splice, apply, css_escape_url, scan_css, scan_srcset

SHEETS = {
    "a { background: url(x.png) }": [("x.png", "", "")],
    "a { background: URL( 'x y.png' ) }": [("x y.png", "'", "")],
    'a { background: url("a)b.png") }': [("a)b.png", '"', "")],
    "a { background: url(a\\)b\\20 c.png) }": [("a)b c.png", "", "")],
    "@import 'a.css';": [("a.css", "'", "@import")],
    '@import url("a.css") layer("b") print;': [("a.css", '"', "@import")],
    "@import url(a.css);@import\n'b.css'": [("a.css", "", "@import"), ("b.css", "'", "@import")],
    "@namespace svg url(http://www.w3.org/2000/svg);": [
        ("http://www.w3.org/2000/svg", "", "@namespace")
    ],
    "@charset 'utf-8'; a::before { content: 'url(x)' }": [],
    "/* url(x.png) */ a { b: url(y.png) /* unclosed": [("y.png", "", "")],
    "a { b: 'unclosed\n c: url(y.png) }": [("y.png", "", "")],
    "a { b: image-set('a.png' 1x, url(b.png) 2x, 'c.png' type('image/png')) }": [
        ("a.png", "'", ""),
        ("b.png", "", ""),
        ("c.png", "'", ""),
    ],
    "a { b: myurl(x.png) c-url(y.png) }": [],
    "a { b: url() url('') url(  ) }": [("", "'", "")],
    "@font-face { src: local('x'), url(x.woff2) format('woff2') }": [("x.woff2", "", "")],
    "@media print { @import 'no'; a { b: url(x) } }": [("no", "'", "@import"), ("x", "", "")],
    "background:url(data:image/png;base64,AA==)": [("data:image/png;base64,AA==", "", "")],
    "a{b:url(x": [("x", "", "")],
}


@pytest.mark.parametrize("source", SHEETS)
def test_sheets(source: str) -> None:
    found = list(scan_css(source))
    assert [(f.url, f.quote, f.rule) for f in found] == SHEETS[source]


BROKEN = {
    ".a{b:url(it's bad.png)}.c{d:url(2)}": ["2"],
    "a{b:url(x\\\ny)} c{d:url(2)} e{f:url(3)}": ["2", "3"],
    "a{b:'x\\\r\n url(1)';c:url('\\\r\n2')}d{e:url(3)}": ["2", "3"],
    r"a{b:u\72l(1);c:\75 RL(2);d:\u\r\l(3)}": ["1", "2", "3"],
    "a{b:url('1' bad)}c{d:url(2)}": ["1", "2"],
    "a{b:url('1\n)}c{d:url(2)}": ["2"],
}
"""As Chromium and Firefox ask for them (and for the first string of a ``url()`` that is none)."""


@pytest.mark.parametrize("source", BROKEN)
def test_broken_sheets(source: str) -> None:
    assert [found.url for found in scan_css(source)] == BROKEN[source]


def test_custom_properties() -> None:
    source = "a{--x:url(1) ;b:url(2)} c{--y : image-set('3' 1x),url(4)} d{e:var(--z);f:url(5)}"
    assert [f.url for f in scan_css(source) if f.custom] == ["1", "3", "4"]


@given(st.text(alphabet="url(\"') \\;{}@import/*a\n9", max_size=60))
def test_css_spans_are_in_order(source: str) -> None:
    position = 0
    for found in scan_css(source):
        assert position <= found.start <= found.end <= len(source)
        position = found.end
        if "\\" not in source[found.start : found.end]:
            assert source[found.start : found.end] == found.url


@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1))
def test_an_escaped_url_is_read_back(url: str) -> None:
    for quote in ('"', "'", ""):
        if not quote and not url.strip():
            continue
        source = f"a {{ b: url({quote}{css_escape_url(url, quote)}{quote}) }}"
        (found,) = scan_css(source)
        assert found.url == url


SRCSETS = {
    "a.png": [("a.png", "")],
    "a.png 1x, b.png 2x": [("a.png", "1x"), ("b.png", "2x")],
    "a.png,b.png": [("a.png,b.png", "")],
    "a.png, b.png": [("a.png", ""), ("b.png", "")],
    " ,a,1.png 480w ,\n b.png 2x,": [("a,1.png", "480w"), ("b.png", "2x")],
    "data:image/png;base64,AA== 1x, b.png": [("data:image/png;base64,AA==", "1x"), ("b.png", "")],
    "a.png (1,2), b.png": [("a.png", "(1,2)"), ("b.png", "")],
    "": [],
    " , ": [],
    "a.png,,, b.png": [("a.png", ""), ("b.png", "")],
}


@pytest.mark.parametrize("value", SRCSETS)
def test_srcsets(value: str) -> None:
    found = list(scan_srcset(value))
    assert [(c.url, c.descriptor) for c in found] == SRCSETS[value]
    assert all(value[c.start : c.end] == c.url for c in found)


def test_splices() -> None:
    edits = [Splice(4, 5, "E"), Splice(1, 3, "X"), Splice(3, 3, "+"), Splice(3, 3, "-")]
    assert apply("abcde", edits) == "aX+-dE"
    assert apply("abcde", []) == "abcde"


@pytest.mark.parametrize("edits", [[(0, 3), (2, 4)], [(3, 9)], [(-1, 2)], [(3, 2)]])
def test_bad_splices(edits: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="overlaps or lies outside"):
        apply("abcde", [Splice(start, end, "") for start, end in edits])
