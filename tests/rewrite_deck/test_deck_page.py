"""The deck's page: one insertion, a few tags that must go, every other character as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckarchive.rewrite.page import Script, finish_page, is_remote
from deckarchive.web import policy

PAGE = Script(src="runtime/page.js", data={"url": "u&v"})
DECK = Script(src="runtime/deck.js")
HEAD = (
    '<meta charset="utf-8">'
    f'<meta http-equiv="Content-Security-Policy" content="{policy("deck")}">'
    '<meta http-equiv="x-dns-prefetch-control" content="off">'
    '<link rel="icon" href="data:,">'
    '<script src="runtime/page.js" data-url="u&amp;v"></script>'
    '<script src="runtime/deck.js"></script>'
)


def finished(text: str) -> str:
    return finish_page(text, "utf-8", [PAGE, DECK])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<html><head lang=en><title>", f"<html><head lang=en>{HEAD}<title>"),
        ("<!doctype html>\n<title>x</title>", f"<!doctype html>{HEAD}\n<title>x</title>"),
        ("<html><body>", f"<html>{HEAD}<body>"),
        ("<p>", f"{HEAD}<p>"),
        ("<!-- <head> --><head>", f"<!-- <head> --><head>{HEAD}"),
    ],
)
def test_the_insertion_comes_first_in_the_head(before, after):
    assert finished(before) == after


@pytest.mark.parametrize(
    ("tag", "left"),
    [
        ('<link rel="preconnect" href="https://fonts.gstatic.com" crossorigin>', ""),
        ("<link rel='dns-prefetch' href=//e.org>", ""),
        ('<meta http-equiv="content-security-policy" content="frame-src https:">', ""),
        ('<base target=_blank href="https://e.org/d/">', '<base target=_blank href="./">'),
        (
            '<script src="sites/e.org/a.js" integrity="sha384-x" crossorigin="anonymous"></script>',
            '<script src="sites/e.org/a.js"></script>',
        ),
        (
            '<link crossorigin rel=stylesheet integrity=sha256-x href="sites/e.org/a.css" id=t>',
            '<link rel=stylesheet href="sites/e.org/a.css" id=t>',
        ),
        (
            '<script src="https://e.org/a.js" integrity="x" crossorigin></script>',
            '<script src="https://e.org/a.js" integrity="x" crossorigin></script>',
        ),
        (
            '<object type="application/pdf" data="frames/a.html"></object>',
            '<object data="frames/a.html"></object>',
        ),
        ('<object type="a/b" data="x.pdf"></object>', '<object type="a/b" data="x.pdf"></object>'),
    ],
)
def test_tags_that_would_reach_out_or_break_on_file_urls(tag, left):
    assert finished(f"<head>{tag}") == f"<head>{HEAD}{left}"


def test_an_icon_of_the_page_is_kept():
    page = finished('<head><link rel="shortcut icon" href="own.ico">')
    assert page.count("icon") == 1
    assert "data:," not in page


@given(st.text(alphabet="<>/ab= '\"!-\n\r&é", max_size=60))
def test_all_else_stays(text):
    result = finished(text)
    at = result.index(HEAD)
    assert result[:at] + result[at + len(HEAD) :] == text


@pytest.mark.parametrize(
    ("url", "remote"),
    [
        ("https://e.org/", True),
        (" //e.org/", True),
        ("\\\\e.org", True),
        ("data:,x", True),
        ("a/b.png", False),
        ("#x", False),
        ("./a:b", False),
        ("", False),
    ],
)
def test_what_is_remote(url, remote):
    assert is_remote(url) is remote
