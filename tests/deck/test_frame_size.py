"""The size of a frame on its slide: attributes, style, the slide's own size."""

from pathlib import Path

import pytest

from deckarchive.deck import find_references, read_deck
from deckarchive.deck.element_urls import slide_size
from deckarchive.manifest import build_manifest
from deckarchive.model import Kind, Reference


def sizes(folder: Path, name: str, text: str) -> list[tuple[int, int] | None]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    found = find_references(read_deck(path))
    return [f.reference.size for f in found if f.kind in (Kind.IFRAME, Kind.OBJECT)]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ("", (960, 700)),
        ('width="800" height="450"', (800, 450)),
        ('width="800px" height="50%"', (800, 350)),
        ('width="100%" height=300', (960, 300)),
        ('style="border:0; width: 90%; height:400px" width=10', (864, 400)),
        ('style="max-width: 20px; height: 20em" width=640', (640, 700)),
        ('class="r-stretch" width=640', (960, 700)),
        ("width=0 height=auto", (960, 700)),
    ],
)
def test_a_frame_in_markdown(tmp_path: Path, attributes: str, expected: tuple[int, int]) -> None:
    text = f"# One\n\n<iframe {attributes} src=https://a.test/></iframe>\n"
    assert sizes(tmp_path, "talk.md", text) == [expected]


def test_the_slides_of_a_reveal_md_deck_may_have_another_size(tmp_path: Path) -> None:
    (tmp_path / "reveal.json").write_text('{"width": 1280, "height": 720}')
    text = "<iframe src=https://a.test/ width=50%></iframe>\n"
    assert sizes(tmp_path, "talk.md", text) == [(640, 720)]


def test_the_slides_of_an_html_deck_may_have_another_size(tmp_path: Path) -> None:
    page = (
        "<div class=reveal><div class=slides><section data-background-iframe=https://b.test/>"
        "<embed src=https://a.test/></section></div></div><script>Reveal.initialize("
        "{hash: true, width: 1600, 'height': \"900\", margin: 0.1});</script>"
    )
    assert sizes(tmp_path, "talk.html", page) == [(1600, 900)]


def test_slides_that_follow_the_window_give_no_box() -> None:
    assert slide_size({"width": "100%", "height": "100%"}, "") is None
    assert slide_size({}, "") == (960, 700)


def test_what_the_author_grants_to_a_frame_is_kept(tmp_path: Path) -> None:
    frame = '<iframe ALLOW="camera; fullscreen" sandbox loading=lazy class=x src="https://a.test/">'
    (tmp_path / "deck.md").write_text(f"# One\n\n{frame}</iframe>\n", "utf-8")
    (found,) = [
        f for f in find_references(read_deck(tmp_path / "deck.md")) if f.kind is Kind.IFRAME
    ]
    given = {"allow": "camera; fullscreen", "loading": "lazy", "sandbox": ""}
    assert dict(found.reference.frame) == given
    assert Reference.from_dict(found.reference.to_dict()) == found.reference


@pytest.mark.parametrize(
    ("markup", "element"),
    [
        ('<iframe type="text/html" src="https://a.test/"></iframe>', "iframe"),
        ('<object type="text/html" data="https://a.test/">No</object>', "object"),
        ('<embed type="text/html" src="https://a.test/">', "embed"),
    ],
)
def test_the_element_and_the_type_that_a_frame_has(
    tmp_path: Path, markup: str, element: str
) -> None:
    (tmp_path / "deck.md").write_text(f"# One\n\n{markup}\n", "utf-8")
    deck = read_deck(tmp_path / "deck.md")
    (target,) = build_manifest(deck, find_references(deck)).targets
    assert target.frame_element == element
    given = {} if element == "iframe" else {"type": "text/html"}
    assert target.frame_attributes == given
