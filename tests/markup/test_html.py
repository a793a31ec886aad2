"""Tags, attributes, raw text and comments: what a browser's tokenizer sees, and where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckarchive.markup import (
    Comment,
    RawText,
    Tag,
    decode_references,
    encode_attribute,
    scan_html,
)


def seen(source: str) -> list[str]:
    """The tokens in a short form."""
    short = []
    for token in scan_html(source):
        if isinstance(token, Tag):
            slash = "/" if token.closing else ""
            pairs = "".join(f" {a.name}={a.value!r}" for a in token.attributes)
            short.append(f"<{slash}{token.name}{pairs}{' /' if token.self_closing else ''}>")
        elif isinstance(token, RawText):
            short.append(f"{token.element}:{source[token.start : token.end]}")
        else:
            short.append(f"comment:{token.inner}")
    return short


TOKENS = {
    "<p>a</p>": ["<p>", "</p>"],
    "<IMG SRC=a.png ALT>": ["<img src='a.png' alt=''>"],
    "<a href = \"x\" title='y'>": ["<a href='x' title='y'>"],
    "<a href=x/>": ["<a href='x/'>"],
    "<br/>": ["<br />"],
    "<br / >": ["<br>"],
    "<a b/c>": ["<a b='' c=''>"],
    '<a b="1"c=2>': ["<a b='1' c='2'>"],
    "<a =b=c>": ["<a =b='c'>"],
    "<a b=>": ["<a b=''>"],
    "<a b='>'>": ["<a b='>'>"],
    "<a b=\n'1'\n>": ["<a b='1'>"],
    "<a\u00a0b>": ["<a\u00a0b>"],
    "<a b\u00a0c=d>": ["<a b\u00a0c='d'>"],
    "<a\x0bb>": ["<a\x0bb>"],
    "a < b <1 <": [],
    "<": [],
    "</": [],
    "</>x": [],
    "</ p><b>": ["<b>"],
    "<a b='": [],
    "<a b": [],
    "<a/": [],
    "<!-- a -->": ["comment: a "],
    "<!--><b>": ["comment:", "<b>"],
    "<!---><b>": ["comment:", "<b>"],
    "<!----><b>": ["comment:", "<b>"],
    "<!-- a --!><b>": ["comment: a ", "<b>"],
    "<!-- a -- b --><b>": ["comment: a -- b ", "<b>"],
    "<!-- <img src=x> -->": ["comment: <img src=x> "],
    "<!-- open <b>": ["comment: open <b>"],
    "<!doctype html><b>": ["<b>"],
    "<?php echo '<b>' ?><i>": ["<i>"],
    "<title><b></title><i>": ["<title>", "title:<b>", "</title>", "<i>"],
    "<textarea></textareax></TEXTAREA >": [
        "<textarea>",
        "textarea:</textareax>",
        "</textarea>",
    ],
    "<style>a>b{}</style>": ["<style>", "style:a>b{}", "</style>"],
    "<iframe><img src=x></iframe>": ["<iframe>", "iframe:<img src=x>", "</iframe>"],
    "<script>'<b>'</script>": ["<script>", "script:'<b>'", "</script>"],
    "<script><!-- </script><b>": ["<script>", "script:<!-- ", "</script>", "<b>"],
    "<script><!--<script></script></script>": [
        "<script>",
        "script:<!--<script></script>",
        "</script>",
    ],
    "<script><!-- <script> --></script>": [
        "<script>",
        "script:<!-- <script> -->",
        "</script>",
    ],
    "<script><!--></script>": ["<script>", "script:<!-->", "</script>"],
    "<script>x": ["<script>", "script:x"],
    "<plaintext><b>": ["<plaintext>"],
    "<svg><title><b></title></svg>": ["<svg>", "<title>", "<b>", "</title>", "</svg>"],
    "<svg><![CDATA[<b>]]></svg>": ["<svg>", "</svg>"],
    "<![CDATA[<b>]]>": [],
    "<svg><path/></svg><title><b></title>": [
        "<svg>",
        "<path />",
        "</svg>",
        "<title>",
        "title:<b>",
        "</title>",
    ],
    "<svg><p><textarea><b></textarea>": [
        "<svg>",
        "<p>",
        "<textarea>",
        "textarea:<b>",
        "</textarea>",
    ],
    "<svg><foreignObject><textarea><b></textarea></foreignObject><textarea><b>": [
        "<svg>",
        "<foreignobject>",
        "<textarea>",
        "textarea:<b>",
        "</textarea>",
        "</foreignobject>",
        "<textarea>",
        "<b>",
    ],
    "<math><mi><textarea><b></textarea>": [
        "<math>",
        "<mi>",
        "<textarea>",
        "textarea:<b>",
        "</textarea>",
    ],
}


@pytest.mark.parametrize("source", TOKENS)
def test_tokens(source: str) -> None:
    assert seen(source) == TOKENS[source]


def test_the_first_of_two_attributes_counts() -> None:
    (tag,) = scan_html("<a href=1 HREF=2>")
    assert isinstance(tag, Tag)
    first = tag.get("href")
    assert first is not None
    assert first.value == "1"


REFERENCES = {
    "a&amp;b": "a&b",
    "?a=1&copy=2": "?a=1&copy=2",
    "?a=1&copyx=2": "?a=1&copyx=2",
    "?a=1&copy": "?a=1\u00a9",
    "&copy;=2": "\u00a9=2",
    "&copy.": "\u00a9.",
    "&notit;": "&notit;",
    "&notin;": "\u2209",
    "&#38;&#x26;&#X26;&#38": "&&&&",
    "&#128;": "\u20ac",
    "&#0;": "\ufffd",
    "&#xD800;": "\ufffd",
    "&#x110000;": "\ufffd",
    "&unknown;": "&unknown;",
    "&": "&",
    "&;": "&;",
    "&#;": "&#;",
    "&hellip": "&hellip",
    "&amp;amp;": "&amp;",
}


@pytest.mark.parametrize("raw", REFERENCES)
def test_references(raw: str) -> None:
    assert decode_references(raw) == REFERENCES[raw]


@given(st.text(alphabet="<>!-/=\"' \n&;ab#xsvgtitlescryp\u00a0[]CDAT", max_size=60))
def test_spans_are_in_order_and_never_fail(source: str) -> None:
    position = 0
    for token in scan_html(source):
        assert position <= token.start <= token.end <= len(source)
        position = token.end
        if isinstance(token, Tag):
            assert source[token.start] == "<"
            assert source[token.end - 1] == ">"
            for attribute in token.attributes:
                raw = source[attribute.start : attribute.end]
                assert decode_references(raw) == attribute.value
                assert source[attribute.name_start :].lower().startswith(attribute.name)
        elif isinstance(token, Comment):
            assert token.inner in source[token.start : token.end]


@given(st.text(max_size=30), st.sampled_from(['"', "'", ""]))
def test_an_encoded_value_is_read_back(value: str, quote: str) -> None:
    raw = encode_attribute(value, quote)
    tokens = list(scan_html(f"<a href={quote}{raw}{quote} b>"))
    assert isinstance(tokens[0], Tag)
    attribute = tokens[0].get("href")
    assert attribute is not None
    if value or quote:
        assert attribute.value == value


XML_TOKENS = {
    '<script src="a"/><img src="b"/>': ["script", "img"],
    "<title/><textarea/><iframe/><style/><p/>": ["title", "textarea", "iframe", "style", "p"],
    "<p><![CDATA[<img>]]></p><b/>": ["p", "p", "b"],
    '<!DOCTYPE a [<!ENTITY b "<c>"><!-- ]> <d> -->]><e/>': ["e"],
    "<!-- [ --><!DOCTYPE a><b/>[<c/>]>": ["b", "c"],
    "<h:style>x{}</h:style><h:p/>": ["style", "style", "p"],
    "<svg><p/><s:image/></svg>": ["svg", "p", "image", "svg"],
    "<plaintext/><p/>": ["plaintext", "p"],
}


@pytest.mark.parametrize("source", XML_TOKENS)
def test_xml(source: str) -> None:
    tags = [token.name for token in scan_html(source, xml=True) if isinstance(token, Tag)]
    assert tags == XML_TOKENS[source]


def test_a_link_of_xml_has_one_name() -> None:
    (tag,) = scan_html('<s:image x:href="a" href="b"/>', xml=True)
    assert isinstance(tag, Tag)
    assert [a.name for a in tag.attributes] == ["xlink:href", "href"]
