"""An offline deck in a real browser with real reveal.js: no slide blank, right forms, keys."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hand_made import HandMade, deck, exchange, manifest, png, put_reveal, reference, target, video
from playwright.sync_api import Frame, Page

from deckarchive.model import Kind, OfflineDeck, Source, State, Vitals
from deckarchive.rewrite import rewrite
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
        one(Kind.BACKGROUND_IFRAME, "data-background-iframe", f"{DEMO}#/one", f"{DEMO}#/two"),
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
    seen = Vitals(text=33, elements=8, canvases=1)
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
        views={"": (Vitals(text=4000, images=3), BLUE)},
    )
    archive.add(dead.id, DEAD, state=State.FAILED, reason="The host is down.", final_url=None)
    archive.add(clip.id, CLIP, exchange(CLIP, video(), "video/webm"))
    archive.add(
        other.id,
        OTHER,
        exchange(OTHER, OTHER_PAGE),
        exchange(f"{OTHER}inner", "<!doctype html><body>Inner words"),
        exchange(f"{OTHER}x.png", png(300, 200, RED), "image/png"),
        views={"": (Vitals(text=10, images=1), BLUE)},
    )
    return archive


def put_together(folder: Path, version: str, package: Path) -> tuple[OfflineDeck, Path]:
    root, out = folder / "talk", folder / "offline"
    of = deck(root, "talk.html", page_of(version))
    put_reveal(root, package)
    targets = targets_of(of.sources[0])
    offline = rewrite(of, manifest(of, targets), archive_of(targets), out, lambda *_: "")
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


@pytest.mark.browser
@pytest.mark.parametrize("how", ["present", "plain", "file"])
def test_every_slide_shows_something_in_the_right_form(page, offline, how):
    made, out = offline
    with address(out, how) as url:
        open_deck(page, url)
        forms = {0: (0, "live"), 1: (0, "live"), 3: (2, "card"), 4: (3, "card"), 7: (6, "live")}
        for slide in range(9):
            go(page, slide)
            if slide in forms:
                number, form = forms[slide]
                tier(current_frame(page, made, number), form)
            elif slide == 5:
                page.wait_for_function(
                    "[...document.querySelectorAll('.backgrounds video')]"
                    ".some(v => v.readyState > 1)"
                )
            elif slide == 6:
                page.wait_for_function("document.querySelector('img').naturalWidth > 0")
            elif slide == 2:
                frame = current_frame(page, made, 1)
                frame.wait_for_function("document.getElementById('picture').naturalWidth > 0")
                # One plain colour by design: the picture itself is looked at below.
                continue
            page.wait_for_timeout(100)
            assert not is_blank(page), f"slide {slide} is blank"


@pytest.mark.browser
@pytest.mark.parametrize("how", ["present", "file"])
def test_a_copy_that_shows_too_little_stays_a_picture(page, one_offline, how):
    made, out = one_offline
    with address(out, how) as url:
        open_deck(page, url)
        go(page, 2)
        frame = current_frame(page, made, 1)
        frame.wait_for_function("document.getElementById('picture').naturalWidth > 0")
        assert frame.evaluate("window.deckarchive.tier") == ""
        tier(frame, "picture")
        assert frame.is_visible("#poster")
        assert frame.is_visible("#mark")
        assert THIN in frame.text_content("#mark")
        # What comes late is shown all the same.
        frame.evaluate("location.hash = '#/now'")
        frame.wait_for_function("window.deckarchive.tier === 'live'")
        frame.wait_for_selector("#poster", state="hidden")
        assert not frame.is_visible("#mark")


@pytest.mark.browser
def test_each_view_has_its_own_picture_and_reaches_the_copy(page, one_offline):
    made, out = one_offline
    with address(out, "present") as url:
        open_deck(page, url)
        for slide, fragment, picture in ((0, "/one", ".png"), (1, "/two", "-2.png")):
            go(page, slide)
            frame = current_frame(page, made, 0)
            frame.wait_for_function("f => location.hash === '#' + f", arg=fragment)
            assert frame.get_attribute("#picture", "src").endswith(f"{made.targets[0].id}{picture}")
            tier(frame, "live")
            copy = frame.child_frames[0]
            assert copy.url.endswith(f"sites/demo.example/a/index.html#{fragment}")
            copy.wait_for_function("h => document.title === h", arg=f"#{fragment}")
        # A frame whose own hash changes passes it on to the copy that it holds.
        frame.evaluate("location.hash = '#/later'")
        copy.wait_for_function("document.title === '#/later'")


@pytest.mark.browser
def test_a_copy_has_an_origin_of_its_own_where_names_allow(page, one_offline):
    made, out = one_offline
    with address(out, "present") as url:
        open_deck(page, url)
        frame = current_frame(page, made, 0)
        tier(frame, "live")
        assert f"//{made.targets[0].id}.deck.localhost:" in frame.child_frames[0].url
        assert frame.child_frames[0].evaluate("self.origin").startswith("http://demo-example")


@pytest.mark.browser
@pytest.mark.parametrize("how", ["present", "file"])
def test_keys_come_back_to_the_deck(page, offline, how):
    made, out = offline
    with address(out, how) as url:
        open_deck(page, url)
        page.evaluate(
            "pressed = []; document.addEventListener('keydown', e => pressed.push(e.key))"
        )
        frame = current_frame(page, made, 0)
        tier(frame, "live")
        frame.wait_for_selector("#poster", state="hidden")
        page.mouse.click(400, 400)
        page.wait_for_function("document.activeElement.tagName === 'IFRAME'")
        page.keyboard.press("PageUp")  # the page handles this one itself
        page.keyboard.press("PageDown")
        page.wait_for_function("Reveal.getIndices().h === 1")
        assert page.evaluate("pressed") == ["PageDown"]
        page.wait_for_function("document.activeElement.tagName !== 'IFRAME'")
        page.keyboard.press("ArrowRight")
        page.wait_for_function("Reveal.getIndices().h === 2")


@pytest.mark.browser
@pytest.mark.parametrize("how", ["present", "file"])
def test_a_page_that_wants_the_keyboard_has_it_while_the_presenter_does(page, one_offline, how):
    made, out = one_offline
    with address(out, how) as url:
        open_deck(page, url)
        go(page, 7)
        frame = current_frame(page, made, 6)
        tier(frame, "live")
        # It took the keyboard by itself, and loses it.
        copy = frame.child_frames[0]
        copy.wait_for_function("document.title === 'taken'")
        page.wait_for_function("document.activeElement.tagName !== 'IFRAME'")
        # The presenter clicks into it: Escape comes back though the page handles it too.
        copy.click("input")
        page.wait_for_function("document.activeElement.tagName === 'IFRAME'")
        page.keyboard.press("Escape")
        page.wait_for_function("document.activeElement.tagName !== 'IFRAME'")
        assert not page.evaluate("Reveal.isOverview()")
        if how == "file":
            return  # no script of a file runs in a frame without an origin
        # A frame in the page that may not reach the page.
        copy.child_frames[0].click("body")
        page.wait_for_function("document.activeElement.tagName === 'IFRAME'")
        page.keyboard.press("PageDown")
        page.wait_for_function("Reveal.getIndices().h === 8")


@pytest.mark.browser
def test_escape_opens_the_overview_and_the_button_gives_the_keyboard_back(page, offline):
    made, out = offline
    with address(out, "present") as url:
        open_deck(page, url)
        frame = current_frame(page, made, 0)
        tier(frame, "live")
        frame.wait_for_selector("#poster", state="hidden")
        page.mouse.click(400, 400)
        frame.wait_for_selector("#back", state="visible")
        frame.click("#back")
        page.wait_for_function("document.activeElement.tagName !== 'IFRAME'")
        page.keyboard.press("ArrowRight")
        page.wait_for_function("Reveal.getIndices().h === 1")
        page.keyboard.press("ArrowLeft")
        page.wait_for_function("Reveal.getIndices().h === 0")
        tier(current_frame(page, made, 0), "live")
        page.mouse.click(400, 400)
        page.wait_for_function("document.activeElement.tagName === 'IFRAME'")
        page.keyboard.press("Escape")
        page.wait_for_function("Reveal.isOverview()")
        page.keyboard.press("Escape")
        page.wait_for_function("!Reveal.isOverview()")
        tier(current_frame(page, made, 0), "live")


@pytest.mark.browser
def test_a_frame_on_the_last_slide_starts_when_the_deck_opens_there(page, offline):
    made, out = offline
    index = out / "index.html"
    whole = index.read_text("utf-8")
    first, _, _ = whole.partition("</section>")
    index.write_text(first + "</section>" + whole[whole.rindex("</section>") + 10 :], "utf-8")
    try:
        with address(out, "present") as url:
            open_deck(page, url + "#/0")
            tier(current_frame(page, made, 0), "live")
    finally:
        index.write_text(whole, "utf-8")


@pytest.mark.browser
def test_a_printed_deck_shows_the_pictures_of_its_frames(page, offline):
    made, out = offline
    with address(out, "present") as url:
        page.goto(f"{url}?print-pdf&view=print")
        page.wait_for_function("document.querySelectorAll('iframe[src*=\"?still\"]').length >= 5")
        for _ in range(100):
            name = made.targets[0].frame
            found = [f for f in page.frames if f"{name}?still#/two" in f.url]
            if found:
                break
            page.wait_for_timeout(50)
        found[0].wait_for_function("document.getElementById('picture').naturalWidth > 0")
        tier(found[0], "picture")
        assert found[0].child_frames == []


@pytest.mark.browser
def test_keys_are_taken_from_the_decks_own_frames_only(page, one_offline):
    _, out = one_offline
    with address(out, "present") as url:
        open_deck(page, url)
        press = "{deckarchive: 1, type: 'key', key: 'PageDown', keyCode: 34}"
        page.evaluate(f"window.postMessage({press}, '*')")
        page.evaluate("new Promise(done => setTimeout(done, 300))")
        assert page.evaluate("Reveal.getIndices().h") == 0


@pytest.mark.browser
def test_a_forged_message_does_not_take_the_picture_away(page, one_offline):
    made, out = one_offline
    with address(out, "present") as url:
        page.goto(url + made.targets[1].frame)
        forged = "{deckarchive: 1, type: 'vitals', painted: true, vitals: {text: 1e9, images: 9}}"
        page.evaluate(f"window.postMessage({forged}, '*')")
        page.evaluate("new Promise(done => setTimeout(done, 300))")
        assert page.evaluate("window.deckarchive.tier") == ""
        assert page.is_visible("#poster")


@pytest.mark.browser
@pytest.mark.parametrize("how", ["present", "file"])
def test_a_link_that_was_not_captured_opens_a_card(page, offline, how):
    _, out = offline
    with address(out, how) as url:
        open_deck(page, url)
        go(page, 8)
        page.click("#away")
        page.wait_for_function(
            "[...document.querySelectorAll('iframe')].some(f => /uncaptured/.test(f.src))"
        )
        assert page.get_attribute("#away", "href") == LINK
        for _ in range(100):
            card = next((f for f in page.frames if "uncaptured" in f.url), None)
            if card:
                break
            page.wait_for_timeout(50)
        card.wait_for_function("u => document.body.innerText.includes(u)", arg=LINK)
