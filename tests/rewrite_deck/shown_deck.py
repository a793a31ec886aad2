"""A deck with every kind of embed, for each reveal.js, and what a test asks of it in a browser."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hand_made import (
    HandMade,
    deck,
    exchange,
    manifest,
    png,
    put_reveal,
    reference,
    target,
    video,
    write_offline,
)
from playwright.sync_api import Frame, Page

from deckarchive.model import ContentCounts, Kind, OfflineDeck, Source, State
from deckarchive.server import Server

DEMO = "http://demo.example/a/"


OTHER = "http://other.example/"


THIN = "http://thin.example/"


DEAD = "http://dead.example/gone?x=1&y=2"


LOST_CLIP = "http://clips.example/lost.mp4"


CLIP = "http://clips.example/ok"


IMAGE = "http://images.example/lost.png"


LINK = "http://links.example/page?q=1"


HEAD = "<!doctype html><html><head><meta charset='utf-8'><title>Deck</title>"


SLIDES = f"""
<section data-background-iframe="{DEMO}#/one" data-background-interactive></section>
<section data-background-iframe="{DEMO}#/two"></section>
<section data-background-iframe="{THIN}"></section>
<section data-background-iframe="{DEAD}"></section>
<section data-background-video="{LOST_CLIP}"></section>
<section data-background-video="{CLIP}" data-background-video-muted></section>
<section><img src="{IMAGE}" width="800"></section>
<section><iframe data-src="{OTHER}" width="900" height="500"></iframe></section>
<section><a id="away" href="{LINK}">elsewhere</a></section>
<section data-background-iframe="{DEMO}#/three">
<section><p>row 0</p></section><section><p>row 1</p></section></section>
"""


CONFIG = "hash: true, previewLinks: true, transition: 'none', backgroundTransition: 'none'"


REVEALS = {
    "3.9.2": ("css/reveal.css", "js/reveal.js"),
    "4.6.1": ("dist/reveal.css", "dist/reveal.js"),
    "": ("dist/reveal.css", "dist/reveal.js"),
    "6.0.2": ("dist/reveal.css", "dist/reveal.js"),
}


DEMO_PAGE = """<!doctype html><title>A live demo</title>
<body style="background:#0a0"><h1>Live words that the audience can read</h1><canvas></canvas>
<script>
  const put = () => { document.title = location.hash; };
  addEventListener("hashchange", put); put();
  addEventListener("keydown", (e) => { if (e.key === "PageUp") e.preventDefault(); });
</script>"""


THIN_PAGE = """<!doctype html><title>Thin</title><p>loading
<script>
  addEventListener("hashchange", () => { document.body.append("late words ".repeat(300)); });
</script>"""


OTHER_PAGE = f"""<!doctype html><p>Other words<img src="{OTHER}x.png">
<input onfocus="document.title = 'taken'">
<iframe sandbox="allow-scripts" src="{OTHER}inner" style="position:fixed; left:50%"></iframe>
<script>
  addEventListener("keydown", (event) => {{
    event.stopPropagation();
    if (event.key === "Escape") event.preventDefault();
  }}, true);
  document.querySelector("input").focus();
</script>"""


RED, BLUE = (200, 20, 20), (20, 20, 200)


ALL_HEARD = """new Promise((done) => {
  addEventListener("message", ({ data }) => { if (data === "last") done(); });
  window.postMessage("last", "*");
})"""
"""Messages keep their order: what was sent before this one has been heard, too."""


def page_of(version: str) -> str:
    css, js = REVEALS[version]
    return (
        f'{HEAD}<link rel="stylesheet" href="{css}"></head>\n<body><div class="reveal">'
        f'<div class="slides">{SLIDES}</div></div>\n<script src="{js}"></script>'
        f"<script>Reveal.initialize({{ {CONFIG} }})</script></body></html>"
    )


def targets_of(source: Source) -> list:
    def one(kind: Kind, attribute: str, *raws: str):
        found = [reference(source, raw, attribute=attribute) for raw in raws]
        return target(kind, raws[0], *found)

    return [
        one(
            Kind.BACKGROUND_IFRAME,
            "data-background-iframe",
            f"{DEMO}#/one",
            f"{DEMO}#/two",
            f"{DEMO}#/three",
        ),
        one(Kind.BACKGROUND_IFRAME, "data-background-iframe", THIN),
        one(Kind.BACKGROUND_IFRAME, "data-background-iframe", DEAD),
        one(Kind.BACKGROUND_VIDEO, "data-background-video", LOST_CLIP),
        one(Kind.BACKGROUND_VIDEO, "data-background-video", CLIP),
        one(Kind.IMAGE, "src", IMAGE),
        one(Kind.IFRAME, "data-src", OTHER),
        one(Kind.LINK, "href", LINK),
    ]


def archive_of(targets: list) -> HandMade:
    demo, thin, dead, _, clip, _, other, _ = targets
    archive = HandMade()
    seen = ContentCounts(text=33, elements=8, canvases=1)
    archive.add(
        demo.id,
        DEMO,
        exchange(DEMO, DEMO_PAGE),
        views={"/one": (seen, RED), "/two": (seen, BLUE)},
        title="A live demo",
    )
    # Captured with much text, but the copy shows none of it: its server made the contents.
    archive.add(
        thin.id,
        THIN,
        exchange(THIN, THIN_PAGE),
        views={"": (ContentCounts(text=4000, images=3), BLUE)},
    )
    archive.add(dead.id, DEAD, state=State.FAILED, reason="The host is down.", final_url=None)
    archive.add(clip.id, CLIP, exchange(CLIP, video(), "video/webm"))
    archive.add(
        other.id,
        OTHER,
        exchange(OTHER, OTHER_PAGE),
        exchange(f"{OTHER}inner", "<!doctype html><body>Inner words"),
        exchange(f"{OTHER}x.png", png(300, 200, RED), "image/png"),
        views={"": (ContentCounts(text=10, images=1), BLUE)},
    )
    return archive


def put_together(folder: Path, version: str, package: Path) -> tuple[OfflineDeck, Path]:
    root, out = folder / "talk", folder / "offline"
    of = deck(root, "talk.html", page_of(version))
    put_reveal(root, package)
    targets = targets_of(of.sources[0])
    offline = write_offline(of, manifest(of, targets), archive_of(targets), out)
    return offline, out


@pytest.fixture(scope="module", params=list(REVEALS), ids=lambda v: f"reveal-{v or 'ours'}")
def offline(request, tmp_path_factory, reveal_package: Callable[[str], Path]):
    folder = tmp_path_factory.mktemp("deck")
    return put_together(folder, request.param, reveal_package(request.param))


@pytest.fixture(scope="module")
def one_offline(tmp_path_factory, reveal_package):
    return put_together(tmp_path_factory.mktemp("deck"), "", reveal_package(""))


@contextmanager
def address(out: Path, how: str) -> Iterator[str]:
    """The deck's address as `present` serves it, on a plain server, or on disk."""
    if how == "file":
        yield out.joinpath("index.html").as_uri()
        return
    with Server(out) as server:
        yield server.url if how == "present" else server.address


def open_deck(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_function("window.Reveal && Reveal.isReady()")


def go(page: Page, slide: int) -> None:
    page.evaluate("n => Reveal.slide(n)", slide)


def current_frame(page: Page, offline: OfflineDeck, number: int) -> Frame:
    """The frame page of the deck's ``number``-th target, when the current slide shows it."""
    wanted = offline.targets[number].frame
    page.wait_for_function(
        """name => [...document.querySelectorAll('iframe')].some(f =>
             f.src.includes(name) && f.getBoundingClientRect().width > 0)""",
        arg=wanted,
    )
    for _ in range(100):
        found = [f for f in page.frames if wanted in f.url]
        if found:
            return found[-1]
        page.wait_for_timeout(50)
    raise AssertionError(f"{wanted} never loaded")


def tier(frame: Frame, wanted: str) -> None:
    """Wait until the frame has settled on a form, then compare it."""
    frame.wait_for_function("window.deckarchive && window.deckarchive.tier")
    assert frame.evaluate("window.deckarchive.tier") == wanted


def is_blank(page: Page) -> bool:
    """Whether a screenshot is of one colour, the deck's controls aside."""
    box = {"x": 0, "y": 0, "width": 1000, "height": 620}
    sheet = page.evaluate(
        """async data => {
             const image = new Image();
             image.src = "data:image/png;base64," + data;
             await image.decode();
             const canvas = new OffscreenCanvas(image.width, image.height);
             const pen = canvas.getContext("2d");
             pen.drawImage(image, 0, 0);
             const pixels = new Uint32Array(pen.getImageData(0, 0, image.width, image.height)
               .data.buffer);
             return new Set(pixels).size;
           }""",
        b64encode(page.screenshot(clip=box)).decode(),
    )
    return sheet < 2
