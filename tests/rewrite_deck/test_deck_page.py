"""The deck's page: one insertion, a few tags that must go, every other character as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page

from deckarchive.rewriter.deck.page import Script, finish_page, is_remote
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
            "<iframe allow=\"camera https://e.org; usb 'none'\" data-src='frames/a.html#1'>",
            "<iframe allow=\"camera *; usb 'none'\" data-src='frames/a.html#1'>",
        ),
        ("<iframe allow=usb src=frames/a.html>", '<iframe allow="usb *" src=frames/a.html>'),
        ('<iframe allow="usb x" src="own.html">', '<iframe allow="usb x" src="own.html">'),
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


ODD_HEADS = {
    "template": "<!doctype html><template><html><head></head></html></template><p>slides</p>",
    "svg": "<!doctype html><svg><head></head><desc><head></head></desc></svg><p>slides</p>",
    "text": "<!doctype html>A talk about <head></head> and <html><p>slides</p>",
    "noscript": "<!doctype html><noscript><head></head></noscript><p>slides</p>",
    "comment": "<!doctype html><!-- <head> --><html><head></head><p>slides</p>",
    "attribute": "<!doctype html><html lang='<head>'><head></head><p>slides</p>",
    "instruction": "<?xml version='1.0'?><!doctype html><html><head></head><p>slides</p>",
    "none": "<p>slides</p>",
    "behind the body": "<!doctype html><body><p>slides</p><template><head></head></template>",
}
ASK_OUTSIDE = """() => new Promise((done) => {
  addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
  const image = new Image();
  image.onerror = () => setTimeout(() => done("asked the network"), 1000);
  image.src = "http://outside.test/picture.png";
})"""


@pytest.mark.browser
@pytest.mark.parametrize("text", ODD_HEADS.values(), ids=ODD_HEADS.keys())
def test_the_policy_holds_wherever_a_head_seems_to_stand(text: str, page: Page) -> None:
    page.set_content(finish_page(text, "utf-8", []))
    place = """() => {
      const policy = document.querySelector("meta[http-equiv=Content-Security-Policy]");
      return policy && policy.parentElement === document.head;
    }"""
    assert page.evaluate(place)
    assert page.evaluate(ASK_OUTSIDE) == "img-src"
    quirks = "<!doctype" not in text
    assert page.evaluate("document.compatMode") == ("BackCompat" if quirks else "CSS1Compat")


def test_a_sandboxed_frame_gets_its_origin() -> None:
    """Without one it would be a page of another origin to the server that presents it."""
    page = finished('<html><head></head><iframe sandbox="allow-scripts" src="frames/a.html">')
    assert '<iframe sandbox="allow-scripts allow-same-origin" src="frames/a.html">' in page
