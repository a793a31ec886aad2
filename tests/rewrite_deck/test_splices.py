"""References become offline paths, encoded for where they stand; nothing else changes."""

from __future__ import annotations

import pytest
from hand_made import reference

from deckarchive.errors import DeckError
from deckarchive.markup import apply
from deckarchive.model import Source
from deckarchive.rewriter.deck.splices import Placement, encode, splices_for

PAGE = Placement(address="frames/x-1.html", page=True)
FILE = Placement(address="media/x-1.mp4")
CARD = Placement(address="", card="posters/x-1.svg", card_page="frames/x-1.html")


def spliced(text: str, raw: str, place: Placement, **more: object) -> str:
    source = Source(path="deck.md", text=text)
    return apply(text, splices_for(source, [(reference(source, raw, **more), place)]))


@pytest.mark.parametrize(
    ("text", "raw", "place", "more", "expected"),
    [
        (
            '<!-- .slide: data-background-iframe="http://e.org/a?b=1#/3" -->\r\n',
            "http://e.org/a?b=1#/3",
            PAGE,
            {},
            '<!-- .slide: data-background-iframe="frames/x-1.html#/3" -->\r\n',
        ),
        (
            "<iframe src='//e.org/a#x&amp;y'></iframe>",
            "//e.org/a#x&amp;y",
            PAGE,
            {"quote": "'", "fragment": "x&y"},
            "<iframe src='frames/x-1.html#x&amp;y'></iframe>",
        ),
        (
            '<iframe src="//e.org/a&#38;b#/1">',
            "//e.org/a&#38;b#/1",
            PAGE,
            {"fragment": "/1"},
            '<iframe src="frames/x-1.html#/1">',
        ),
        (
            "<iframe src=http://e.org/>",
            "http://e.org/",
            PAGE,
            {"quote": ""},
            "<iframe src=frames/x-1.html>",
        ),
        (
            "![a](http://e.org/a.png 'T')",
            "http://e.org/a.png",
            Placement(address="media/x (1).png"),
            {"syntax": "markdown"},
            "![a](media/x%20%281%29.png 'T')",
        ),
        (
            "<style>a{background:url(http://e.org/a.png)}</style>",
            "http://e.org/a.png",
            Placement(address="media/x(1).png"),
            {"syntax": "css", "quote": ""},
            "<style>a{background:url(media/x\\28 1\\29 .png)}</style>",
        ),
        (
            '{"theme": "https://e.org/t.css"}',
            "https://e.org/t.css",
            Placement(address="sites/e.org/t.css"),
            {"syntax": "json", "attribute": "theme"},
            '{"theme": "sites/e.org/t.css"}',
        ),
        (
            '<script type="module">import R from "https://e.org/r.js"</script>',
            "https://e.org/r.js",
            Placement(address="sites/e.org/r.js"),
            {"syntax": "json"},
            '<script type="module">import R from "./sites/e.org/r.js"</script>',
        ),
        (
            'data-background-video="http://e.org/a.mp4,http://e.org/b.webm"',
            "http://e.org/a.mp4",
            FILE,
            {},
            'data-background-video="media/x-1.mp4,http://e.org/b.webm"',
        ),
    ],
)
def test_a_reference_becomes_a_path(text, raw, place, more, expected):
    assert spliced(text, raw, place, **more) == expected


@pytest.mark.parametrize(
    ("text", "attribute", "expected"),
    [
        (
            '<!-- .slide: data-background-video="U" data-background-video-loop -->',
            "data-background-video",
            '<!-- .slide: data-background-iframe="frames/x-1.html" data-background-video-loop -->',
        ),
        (
            "<section data-background-video = 'U'>",
            "data-background-video",
            "<section data-background-iframe = 'frames/x-1.html'>",
        ),
        (
            '<section data-background-video="U, other.mp4">',
            "data-background-video",
            '<section data-background-video="other.mp4">',
        ),
        (
            '<section data-background-image="a.png" data-background-video="U">',
            "data-background-video",
            '<section data-background-image="a.png" data-background-video="data:none">',
        ),
        (
            '<video controls src="U"></video>',
            "src",
            '<video poster="posters/x-1.svg" controls src="data:,"></video>',
        ),
        (
            '<p><video\n controls><source data-src="U"></video>',
            "data-src",
            '<p><video poster="posters/x-1.svg"\n controls><source data-src="data:,"></video>',
        ),
        (
            '<video poster="mine.png" src="U"></video>',
            "src",
            '<video poster="mine.png" src="data:,"></video>',
        ),
        ('<video></video><audio src="U">', "src", '<video></video><audio src="data:,">'),
    ],
)
def test_a_missing_medium_gets_a_card_where_that_is_sound(text, attribute, expected):
    quote = "'" if "'U'" in text else '"'
    assert spliced(text, "U", CARD, attribute=attribute, quote=quote) == expected


def test_two_missing_sources_of_one_video_ask_for_one_poster():
    text = '<video><source src="U1"><source src="U2"></video>'
    source = Source(path="d.html", text=text)
    placed = [(reference(source, raw, attribute="src"), CARD) for raw in ("U1", "U2")]
    assert apply(text, splices_for(source, placed)) == (
        '<video poster="posters/x-1.svg"><source src="data:,"><source src="data:,"></video>'
    )


def test_a_deck_edited_after_its_manifest_is_refused():
    source = Source(path="deck.md", text="![](http://e.org/a.png)")
    found = reference(source, "http://e.org/a.png")
    edited = Source(path="deck.md", text="# New\n![](http://e.org/a.png)")
    with pytest.raises(DeckError, match=r"deck\.md:1: the deck no longer says"):
        splices_for(edited, [(found, FILE)])


def test_encoding_keeps_an_address_inside_its_attribute():
    assert encode('a"b&c', "attribute", '"') == "a&quot;b&amp;c"
    assert encode("a b", "attribute", "") == '"a b"'
    assert encode('a"b', "json", '"') == 'a\\"b'


@pytest.mark.parametrize(
    ("lost", "expected"),
    [
        ("UV", '<section data-background-iframe="frames/x-1.html">'),
        ("U", '<section data-background-video="media/v.mp4, local.mp4">'),
        ("V", '<section data-background-video="media/u.mp4, local.mp4">'),
    ],
)
def test_a_list_of_background_videos_keeps_what_there_is(lost, expected):
    local = "" if lost == "UV" else ", local.mp4"
    source = Source(path="d.html", text=f'<section data-background-video="U1,V1{local}">')
    placed = [
        (
            reference(source, f"{raw}1", attribute="data-background-video"),
            CARD if raw in lost else Placement(address=f"media/{raw.lower()}.mp4", page=True),
        )
        for raw in "UV"
    ]
    assert apply(source.text, splices_for(source, placed * 2)) == expected
