"""What stands for a medium that was not captured takes the medium's room, and no more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hand_made import HandMade, deck, manifest, put_reveal, reference, target, write_offline
from shown_deck import address, go, open_deck

from deckarchive.model import Kind

pytestmark = pytest.mark.browser

LOST = "http://lost.example/"
STYLE = ".icon { height: 24px; width: 24px } .reveal img { margin: 0; border: 0 }"
SLIDES = [
    f"<h2>Title</h2><p>{''.join(f'<img src={LOST}{n}.png> ' for n in range(5))}</p><p id=end>more",
    f'<p><img src="{LOST}a.png" width="300" height="60"><img src="{LOST}b.png" class="icon">'
    f'<img src="{LOST}c.png" style="width: 640px">',
    f'<video src="{LOST}v.webm"></video><p id=end>more',
    f'<video src="{LOST}w.webm" width="800" height="450"></video>',
    f'<iframe data-src="{LOST}page"></iframe><p id=end>more',
]
BACKGROUNDS = (
    f'<section data-background-image="{LOST}back.png"><p id=end>over</section>'
    f'<section data-background-video="{LOST}back.webm"><p id=end>over</section>'
)
PAGE = (
    "<!doctype html><html><head><meta charset='utf-8'><title>Deck</title>"
    f'<link rel="stylesheet" href="dist/reveal.css"><style>{STYLE}</style></head>'
    '<body><div class="reveal"><div class="slides">'
    + "".join(f"<section>{slide}</section>" for slide in SLIDES)
    + BACKGROUNDS
    + '</div></div><script src="dist/reveal.js"></script>'
    "<script>Reveal.initialize({ transition: 'none' })</script></body></html>"
)
KINDS = {
    Kind.IMAGE: [*(f"{n}.png" for n in range(5)), "a.png", "b.png", "c.png"],
    Kind.VIDEO: ["v.webm", "w.webm"],
    Kind.IFRAME: ["page"],
    Kind.BACKGROUND_IMAGE: ["back.png"],
    Kind.BACKGROUND_VIDEO: ["back.webm"],
}
ATTRIBUTES = {
    Kind.IFRAME: "data-src",
    Kind.BACKGROUND_IMAGE: "data-background-image",
    Kind.BACKGROUND_VIDEO: "data-background-video",
}
SIZES = """selector => [...document.querySelectorAll('.slides .present ' + selector)].map(e => {
  const box = e.getBoundingClientRect();
  return [box.width, box.height].map(length => Math.round(length / Reveal.getScale())); })"""
LOADED = (
    """() => [...document.querySelectorAll('.slides .present img')].every(i => i.naturalWidth)"""
)
ON_SLIDE = """() => { const box = document.querySelector('.slides .present #end')
  .getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; }"""


@pytest.fixture
def shown(tmp_path, reveal_package, page) -> Iterator:
    made = deck(tmp_path / "talk", "talk.html", PAGE)
    put_reveal(tmp_path / "talk", reveal_package(""))
    (source, *_) = made.sources
    targets = [
        target(
            kind, LOST + name, reference(source, LOST + name, attribute=ATTRIBUTES.get(kind, "src"))
        )
        for kind, names in KINDS.items()
        for name in names
    ]
    out = tmp_path / "offline"
    write_offline(made, manifest(made, targets), HandMade(), out)
    with address(out, "present") as url:
        open_deck(page, url)
        yield page


def test_a_card_is_as_large_as_its_medium_and_small_where_nothing_says_so(shown) -> None:
    sizes = {}
    for slide in range(5):
        go(shown, slide)
        shown.wait_for_function(LOADED)
        sizes[slide] = shown.evaluate(SIZES, "img, .present video, .present iframe")
        if "id=end" in SLIDES[slide]:
            assert shown.evaluate(ON_SLIDE), f"the text of slide {slide} is pushed off it"
    assert sizes[0] == [[160, 90]] * 5
    assert sizes[1] == [[300, 60], [24, 24], [640, 360]]
    assert sizes[2] == [[320, 180]]
    assert sizes[3] == [[800, 450]]
    assert sizes[4][0][0] <= 310


def test_small_cards_stand_in_one_line_of_text(shown) -> None:
    shown.wait_for_function(LOADED)
    tops = "[...document.querySelectorAll('.present img')].map(i => i.getBoundingClientRect().top)"
    assert len(set(shown.evaluate(tops))) == 1


@pytest.mark.parametrize("slide", [5, 6])
def test_the_card_of_a_background_fills_its_slide(shown, slide) -> None:
    go(shown, slide)
    shown.wait_for_function(
        """() => { const back = Reveal.getSlideBackground(Reveal.getCurrentSlide());
             const inner = back.querySelector('iframe') || back.querySelector('[style*=url]');
             return inner && inner.getBoundingClientRect().width >= innerWidth; }"""
    )
    assert shown.evaluate(ON_SLIDE)
    image = shown.evaluate("""async () => {
        const back = Reveal.getSlideBackground(Reveal.getCurrentSlide());
        const [, url] = /url\\("(.*)"\\)/.exec(back.querySelector('[style*=url]')?.style
          .backgroundImage || '') || [];
        if (!url) return null;
        const image = new Image(); image.src = url; await image.decode();
        return [image.naturalWidth, image.naturalHeight]; }""")
    assert image in (None, [1600, 900])
