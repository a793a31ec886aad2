# ruff: noqa: E501 (pages stand in it as they are)
"""Splicing documents: a table of what goes in and what comes out, and what must never change."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from deckarchive.rewriter.pages.css import rewrite_css
from deckarchive.rewriter.pages.head import CLOSE, OPEN, head_start
from deckarchive.rewriter.pages.html import Rebased, rewrite_html

BASE = "https://e.org/d/page.html"
KNOWN = {
    "https://e.org/d/a.png": "a.png",
    "https://e.org/a.png": "../a.png",
    "https://cdn.org/x.js?c=1&d=2": "../../cdn.org/x.js?c=1&d=2",
    "https://cdn.org/s.css": "../../cdn.org/s.css",
    "https://e.org/d/two.html#top": "two.html#top",
    'https://e.org/d/it\'s "q".png'.replace(" ", "%20").replace('"', "%22"): "it's.png",
    "https://e.org/base/i.png": "../base/i.png",
}


def lookup(url: str) -> str | None:
    return KNOWN.get(url)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<img src="/a.png">', '<img src="../a.png">'),
        ("<img src='/a.png'>", "<img src='../a.png'>"),
        ("<IMG SRC=/a.png alt=x>", "<IMG SRC=../a.png alt=x>"),
        ("<img src=' /a.png\n'>", "<img src='../a.png'>"),
        ('<img src="//e.org/a.png">', '<img src="../a.png">'),
        ('<img src="//none.org/a.png">', '<img src="//none.org/a.png">'),
        ('<img src="a.png" src="/a.png">', '<img src="a.png" src="/a.png">'),
        ('<img src="data:image/png,x">', '<img src="data:image/png,x">'),
        ('<img src="">', '<img src="">'),
        ('<iframe sandbox="allow-scripts">', '<iframe sandbox="allow-scripts allow-same-origin">'),
        ("<iframe sandbox>", '<iframe sandbox="allow-same-origin">'),
        ("<iframe sandbox=''>", "<iframe sandbox='allow-same-origin'>"),
        ("<iframe sandbox='Allow-Same-Origin x'>", "<iframe sandbox='Allow-Same-Origin x'>"),
        ('<a href="#x">', '<a href="#x">'),
        ('<a href="two.html#top" ping="/p">', '<a href="two.html#top" ping="">'),
        ('<a href="mailto:a@e.org">', '<a href="mailto:a@e.org">'),
        (
            '<script src="https://cdn.org/x.js?c=1&amp;d=2" crossorigin integrity="sha384-a" defer>'
            "</script>",
            '<script src="../../cdn.org/x.js?c=1&amp;d=2"   defer></script>',
        ),
        (
            '<script src="https://none.org/x.js" integrity="sha384-a"></script>',
            '<script src="https://none.org/x.js" integrity="sha384-a"></script>',
        ),
        ("<script>'<img src=/a.png>'</script>", "<script>'<img src=/a.png>'</script>"),
        ("<!-- <img src=/a.png> -->", "<!-- <img src=/a.png> -->"),
        ("<textarea><img src=/a.png></textarea>", "<textarea><img src=/a.png></textarea>"),
        (
            '<img srcset="/a.png 1x, a.png 2x">',
            '<img srcset="../a.png 1x, a.png 2x">',
        ),
        ('<img srcset="/a.png 1x, /b.png 2x">', '<img srcset="../a.png 1x">'),
        ('<img srcset="/b.png 1x">', '<img srcset="/b.png 1x">'),
        (
            '<link rel="stylesheet" href="https://cdn.org/s.css">',
            '<link rel="stylesheet" href="../../cdn.org/s.css">',
        ),
        (
            '<link rel="canonical" href="https://cdn.org/s.css">',
            '<link rel="canonical" href="https://cdn.org/s.css">',
        ),
        ('<link rel="preconnect" href="https://cdn.org">', '<link rel="preconnect" href="data:,">'),
        ('<link rel="DNS-Prefetch" href="//cdn.org">', '<link rel="DNS-Prefetch" href="data:,">'),
        (
            '<meta http-equiv="Content-Security-Policy" content="default-src *">',
            '<meta http-equiv="Content-Security-Policy" content="">',
        ),
        (
            "<meta http-equiv=refresh content=\"3; URL='/a.png'\">",
            "<meta http-equiv=refresh content=\"3; URL='../a.png'\">",
        ),
        (
            "<style>p{background:url(/a.png)}</style>",
            "<style>p{background:url(../a.png)}</style>",
        ),
        (
            '<p style="background:url(&quot;/a.png&quot;)">',
            '<p style="background:url(&quot;../a.png&quot;)">',
        ),
        ('<body background="/a.png">', '<body background="../a.png">'),
        (
            '<svg><image xlink:href="/a.png"/><use href="#i"/></svg>',
            '<svg><image xlink:href="../a.png"/><use href="#i"/></svg>',
        ),
        (
            '<svg><a href="two.html#top"><rect fill="url(#g)"/></a></svg>',
            '<svg><a href="two.html#top"><rect fill="url(#g)"/></a></svg>',
        ),
        (
            "<iframe srcdoc=\"<img src='/a.png'>\"></iframe>",
            "<iframe srcdoc=\"<img src='../a.png'>\"></iframe>",
        ),
        (
            '<video poster="/a.png"><source src="a.png">',
            '<video poster="../a.png"><source src="a.png">',
        ),
        ('<base href="/"><img src="a.png">', '<base href="/"><img src="../a.png">'),
        (
            '<script type="speculationrules">{"prefetch":[]}</script>',
            '<script type="speculationrules">{}</script>',
        ),
    ],
)
def test_documents(source: str, expected: str) -> None:
    assert rewrite_html(source, BASE, lookup) == expected


def test_an_import_map_leads_to_the_copies() -> None:
    source = '<script type="importmap">{"imports":{"s":"https://cdn.org/s.css","b":"b"}}</script>'
    assert rewrite_html(source, BASE, lookup) == (
        '<script type="importmap">{"imports":{"s":"../../cdn.org/s.css","b":"b"}}</script>'
    )


def test_what_an_import_map_is_given_joins_the_documents_own() -> None:
    source = '<head><script type="importmap">{"imports":{"a":"/a.png"}}</script>'
    out = rewrite_html(source, BASE, lookup, insertion="I", imports={"imports": {"b": "./b"}})
    assert out.count("importmap") == 1
    assert '{"imports":{"b":"./b","a":"../a.png"}}' in out


def test_the_base_is_local_and_the_rest_is_seen_from_there() -> None:
    def rebase(url: str) -> Rebased:
        assert url == "https://e.org/base/"
        return Rebased("../base/", {"https://e.org/base/i.png": "i.png"}.get, "", rebase)

    source = '<base href="/base/"><img src="i.png">'
    assert rewrite_html(source, BASE, lookup, rebase=rebase) == (  # type: ignore[arg-type]
        '<base href="../base/"><img src="i.png">'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "<p>text"),
        ("<!doctype html>", "<p>"),
        ("<!DOCTYPE html><html lang=en><head profile='>'>", "<title>t</title>"),
        ("<!-- note --><!doctype html>\n<!-- two --><html>\n<head>", "</head>"),
        ("<html>", "text<head></head>"),
        ("<html><!-- a --><head>", ""),
        ("<html>", "<body><head>"),
        ("<html>", "<frameset><frame></frameset>"),
        ("", "<header>not a head</header>"),
        ('<?xml version="1.0" encoding="utf-8"?>', "<p/>"),
        ("\ufeff<!doctype html><head>", "x"),
    ],
)
def test_where_the_insertion_goes(before: str, after: str) -> None:
    assert head_start(before + after) == len(before)
    done = rewrite_html(before + after, BASE, lambda url: None, insertion="<i>")
    assert done == f"{before}{OPEN}<i>{CLOSE}{after}"


@pytest.mark.parametrize("start", ["\n", " \t", "<!-- a -->", "<?x?> "])
def test_a_long_way_to_the_head_is_gone_once(start: str) -> None:
    before = start * 5000
    assert head_start(before + "<html><head>") == len(before) + len("<html><head>")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a{b:url(/a.png)}", "a{b:url(../a.png)}"),
        ("@import '/a.png' screen;", "@import '../a.png' screen;"),
        ('@import url("https://cdn.org/s.css");', '@import url("../../cdn.org/s.css");'),
        ("a{b:url( '/a.png' )}", "a{b:url( '../a.png' )}"),
        ("@namespace url(https://e.org/a.png);", "@namespace url(https://e.org/a.png);"),
        (
            "/* url(/a.png) */ a{content:'url(/a.png)'}",
            "/* url(/a.png) */ a{content:'url(/a.png)'}",
        ),
        ("a{fill:url(#f);b:url(data:,x);c:url()}", "a{fill:url(#f);b:url(data:,x);c:url()}"),
        ('a{b:image-set("/a.png" 1x)}', 'a{b:image-set("../a.png" 1x)}'),
    ],
)
def test_style_sheets(source: str, expected: str) -> None:
    assert rewrite_css(source, BASE, lookup) == expected


_pieces = st.sampled_from(
    [
        "<!doctype html>", "<html>", "<head>", "</head>", "<body>", "<p class='a'>", "text &amp; ",
        '<img src="/a.png">', "<img src=/a.png srcset='a.png 1x,/b.png 2x'", ">", '"', "'", "<",
        "<!--", "-->", "<script>", "</script>", "<style>a{b:url(/a.png)", "</style>", "<base href='/'>",
        "<svg>", "</svg>", "<image xlink:href=/a.png />", "<a href='two.html#top'>", "\ud800", "\x00",
        "<meta http-equiv=refresh content='1;url=/a.png'>", "<title>", "</title>", "<![CDATA[", "]]>",
        "<link rel=preload href=/a.png crossorigin>", "<iframe srcdoc='<img src=/a.png>'>", "é", "\r\n",
    ]
)  # fmt: skip
_documents = st.lists(_pieces, max_size=25).map("".join) | st.text(max_size=80)


@settings(deadline=None)
@given(_documents)
@example("<img src=x")
def test_with_nothing_captured_nothing_changes(source: str) -> None:
    quiet = re.sub("speculationrules|ping|preconnect|srcdoc", "", source)
    assert rewrite_html(quiet, BASE, lambda url: None) == quiet
    assert rewrite_css(source, BASE, lambda url: None) == source


@settings(deadline=None)
@given(_documents)
def test_twice_is_once(source: str) -> None:
    once = rewrite_html(source, BASE, lookup, insertion="<i>")
    assert rewrite_html(once, BASE, lookup, insertion="<i>") == once


@settings(deadline=None)
@given(_documents)
def test_outside_the_spans_every_character_stays(source: str) -> None:
    """Marked copies, taken out again, leave the author's text less the URLs."""
    mark = "§§"
    out = rewrite_html(source, BASE, lambda url: mark)
    kept = [piece for piece in out.split(mark) if piece]
    position = 0
    for piece in kept:
        for word in re.split(r"&quot;|&amp;|&#39;|[\s\"']+", piece):
            found = source.find(word, position)
            assert found >= 0, (word, source)
            position = found + len(word)
