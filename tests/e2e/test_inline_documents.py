"""Documents in attributes, shadow roots and objects: recorded, shown and judged as others are."""

from __future__ import annotations

import json
import shutil
from base64 import b64encode
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Frame, Page

from deckarchive import vendor
from deckarchive.server import DeadProxy
from examples.web.serve import LocalWeb
from tests.browsers import Behind
from tests.e2e.stage import Packed, eventually, open_slide, pack, presented

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SIZE = 'width="600" height="360"'


def document(name: str, more: str = "") -> str:
    """A page whose script tells of the library that it loads."""
    return (
        '<!doctype html><meta charset="utf-8"><body style="background:#cfe"><p></p>'
        f'<img src="https://images.example/{name}-90.png">'
        '<script src="https://cdn.example/d3@7.9.0/dist/d3.min.js"></script><script>'
        f'document.querySelector("p").textContent = "{name}: d3 " + (self.d3 || {{}}).version'
        f"</script>{more}"
    )


def percent(text: str) -> str:
    return f"data:text/html;charset=utf-8,{quote(text)}"


def base64(text: str) -> str:
    return f"data:text/html;charset=utf-8;base64,{b64encode(text.encode()).decode()}"


IMAGE = "[...document.images].some((one) => one.naturalWidth === 480)"
INNER = '<iframe src="https://gallery.example/" width="500" height="200"></iframe>'
SLIDES = {
    "one": f'<iframe {SIZE} srcdoc="{escape(document("one", INNER))}"></iframe>',
    "two": f'<iframe {SIZE} sandbox="allow-scripts" srcdoc="{escape(document("two"))}"></iframe>',
    "three": f'<iframe {SIZE} src="{percent(document("three"))}"></iframe>',
    "four": f'<iframe {SIZE} data-src="{base64(document("four"))}"></iframe>',
    "five": f'<object {SIZE} data="{percent(document("five"))}"></object>',
    "six": '<div id="six"></div>',
}
OTHERS = (
    f'<div><template shadowrootmode="open"><iframe {SIZE} src="https://gallery.example/?shadow">'
    "</iframe></template></div>",
    '<div id="made"></div>',
    f'<object {SIZE} data="https://images.example/seven-90.png" type="image/png"></object>',
    f'<embed {SIZE} src="https://gallery.example/?embed">',
)


def script() -> str:
    made = json.dumps(document("six")).replace("</", "<\\/")
    return f"""
      const frame = Object.assign(document.createElement("iframe"), {{ width: 600, height: 360 }});
      frame.setAttribute("srcdoc", {made});
      document.getElementById("six").append(frame);
      const host = ["https:", "", "gallery.example", "?made"].join("/");
      document.getElementById("made").attachShadow({{ mode: "open" }}).innerHTML =
        '<iframe {SIZE} src="' + host + '"></iframe>';
    """


@pytest.fixture(scope="module")
def packed(web: LocalWeb, tmp_path_factory: pytest.TempPathFactory) -> Packed:
    home = tmp_path_factory.mktemp("inline")
    (home / "deck/lib").mkdir(parents=True)
    for name in ("reveal.css", "reveal.js"):
        shutil.copy(Path(vendor.folder("reveal.js")) / "dist" / name, home / "deck/lib" / name)
    slides = "".join(f"<section>{slide}</section>" for slide in (*SLIDES.values(), *OTHERS))
    (home / "deck/index.html").write_text(
        '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="lib/reveal.css">'
        f'<div class="reveal"><div class="slides">{slides}</div></div><script>{script()}</script>'
        '<script src="lib/reveal.js"></script><script>Reveal.initialize();</script>',
        "utf-8",
    )
    return pack(home, home / "deck" / "index.html", web.proxy, web.log)


def test_nothing_is_missing(packed: Packed) -> None:
    assert {name: done.code for name, done in packed.steps.items()} == dict.fromkeys(
        packed.steps, 0
    )
    assert packed.rehearsal["gaps"] == []
    assert packed.rehearsal["leaks"] == []
    tiers = [[e["tier"] for e in slide["embeds"]] for slide in packed.rehearsal["slides"]]
    assert all(tiers), tiers
    assert {tier for slide in tiers for tier in slide} == {"live"}


def documents(page: Page) -> list[Frame]:
    """The deck's inline documents. Other frames that are hidden may never answer."""
    return [f for f in page.frames if f.url == "about:srcdoc" or "/inline/" in f.url]


def words_in(page: Page) -> list[str]:
    text = "document.body ? document.body.innerText : ''"
    return [str(frame.evaluate(text)) for frame in documents(page)]


@pytest.mark.parametrize("way", ["present", "file"])
def test_they_show_with_the_network_cut(
    way: str, packed: Packed, page: Page, offline_browser: tuple[Behind, DeadProxy]
) -> None:
    if way == "file":
        check(page, (packed.offline / "index.html").as_uri())
    else:
        with presented(packed.offline) as address:
            check(page, address)
    assert [a.url for a in offline_browser[1].attempts if ".example" in a.url] == []


def check(page: Page, address: str) -> None:
    for number, name in enumerate(SLIDES):
        open_slide(page, address, (number, 0))
        words = f"{name}: d3 7.9.0"
        eventually(lambda words=words: any(words in w for w in words_in(page)), page, words)
        eventually(
            lambda: any(f.evaluate(IMAGE) for f in documents(page)), page, f"image of {name}"
        )
    for number in (len(SLIDES), len(SLIDES) + 1, len(SLIDES) + 3):
        open_slide(page, address, (number, 0))
        eventually(
            lambda: any("/sites/gallery.example/" in frame.url for frame in page.frames),
            page,
            f"the page on slide {number}",
        )
