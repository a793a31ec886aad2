"""What has to hold of the offline deck, whatever its reveal.js and browser: one function a fact.

A fact takes a :class:`Stage`, acts as a presenter does and waits for what has to come of it. One
that does not hold raises :class:`AssertionError` or Playwright's ``Error``.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Error, Frame, Page

from bench.reveals import decks
from bench.reveals.decks import Version

PATIENCE = 40_000
"""Milliseconds until something that never comes counts as missing."""


@dataclass(frozen=True)
class Stage:
    """An offline deck on ``present``'s server, and a page of a browser with no network."""

    page: Page
    address: str
    version: Version

    def open(self, slide: int = 0, below: int = 0, query: str = "") -> None:
        """Show the deck at a slide."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.address}{query}#/{slide}" + (f"/{below}" if below else ""))
        self.until("window.Reveal && Reveal.isReady()")
        if not query:
            self.until_at(slide, below)

    def until(self, expression: str, argument: object = None) -> None:
        """Wait until an expression, or a function of ``argument``, holds in the deck's page."""
        self.page.wait_for_function(expression, arg=argument, timeout=PATIENCE)

    def until_at(self, slide: int, below: int = 0) -> None:
        self.until("([h, v]) => { const at = Reveal.getIndices();"
                   " return at.h === h && (at.v || 0) === v }", [slide, below])  # fmt: skip

    def go(self, slide: int, below: int = 0) -> None:
        self.page.evaluate("([h, v]) => { Reveal.slide(h, v) }", [slide, below])
        self.until_at(slide, below)

    def still(self) -> None:
        """Wait until no style of the deck's page is on its way to another.

        A click into a frame is aimed at where it stands: while the overview closes it moves away.
        """
        self.until("document.getAnimations().every(a => !(a instanceof CSSTransition))")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def frame(self, name: str, tier: str = "live") -> Frame:
        """The frame page of the demo page ``name``, once it has settled on ``tier``."""
        return settled(self.page, lambda f: f"/frames/demo-example-{name}-" in f.url, tier)


def settled(page: Page, wanted: Callable[[Frame], bool], tier: str) -> Frame:
    """The latest frame that ``wanted`` takes, in sight, and on ``tier``."""
    seen = "no such frame"
    for _ in range(PATIENCE // 50):
        try:
            for frame in reversed([f for f in page.frames if wanted(f)]):
                seen = str(frame.evaluate("window.deckarchive && deckarchive.tier"))
                if seen == tier and frame.frame_element().is_visible():
                    return frame
        except Error:  # it went away while it was asked
            pass
        page.wait_for_timeout(50)
    raise AssertionError(f"{seen!r}, not {tier!r}")


def colours(stage: Stage, shot: bytes) -> int:
    """How many colours a picture has."""
    script = """async data => {
      const image = new Image(); image.src = "data:image/png;base64," + data;
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.width, image.height];
      const pen = canvas.getContext("2d"); pen.drawImage(image, 0, 0);
      const all = pen.getImageData(0, 0, image.width, image.height).data.buffer;
      return new Set(new Uint32Array(all)).size; }"""
    return int(stage.page.evaluate(script, b64encode(shot).decode()))


def shows_every_slide(stage: Stage) -> None:
    """Each embed comes alive on its slide; pictures and lazy media load."""
    stage.open()
    for at, name in (((1, 0), "page"), ((2, 0), "inside"), ((2, 1), "lazy")):
        stage.go(*at)
        stage.frame(name)
    stage.go(decks.PICTURES)
    stage.until("[...Reveal.getCurrentSlide().querySelectorAll('img')].every(i => i.naturalWidth)")
    wall = "document.querySelector('.backgrounds > .slide-background.present')"
    stage.until(f"/wall/.test({wall}.innerHTML + getComputedStyle({wall}).backgroundImage)")


def follows_fragments(stage: Stage) -> None:
    """Steps show and hide fragments; a frame in one is alive when it comes."""
    stage.open(decks.FRAGMENTS)
    count = "n => Reveal.getCurrentSlide().querySelectorAll('.fragment.visible').length === n"
    for number in (1, 2, 3):
        stage.press("PageDown")
        stage.until(count, number)
    stage.frame("late")
    stage.press("PageUp")
    stage.until(count, 2)
    stage.press("PageDown", "PageDown")
    stage.until_at(decks.LOOP)


def has_an_overview(stage: Stage) -> None:
    """Escape and O open it, arrows move in it, and the frame is there again after it."""
    stage.open(decks.PAGE)
    stage.frame("page")
    for key in ("Escape", "o"):
        stage.press(key)
        stage.until("Reveal.isOverview()")
        stage.press("ArrowRight")
        stage.until_at(decks.STACK)
        stage.press("ArrowLeft")
        stage.until_at(decks.PAGE)
        stage.press(key)
        stage.until("!Reveal.isOverview()")
        stage.frame("page")


def gives_the_keyboard_back(stage: Stage) -> None:
    """After a click into a copy the button, Escape and a clicker's keys reach the deck."""
    inside = "document.activeElement && document.activeElement.tagName === 'IFRAME'"
    stage.open(decks.PAGE)
    frame = stage.frame("page")
    copy = frame.child_frames[0]
    copy.click("button")
    copy.wait_for_function("document.querySelector('button').textContent === 'pressed'")
    frame.click("#back", timeout=PATIENCE)
    stage.until(f"!({inside})")
    for key, wanted in (
        ("Escape", "Reveal.isOverview()"),
        ("PageDown", "Reveal.getIndices().h === 2"),
    ):
        if key == "PageDown":
            stage.press("Escape")
            stage.until("!Reveal.isOverview()")
        frame = stage.frame("page")
        stage.still()
        frame.child_frames[0].click("button")
        stage.until(inside)
        stage.press(key)
        stage.until(wanted)


def switches_forms(stage: Stage) -> None:
    """F2 and E lead through live site, picture and copy; without a network the copy stays."""
    stage.open(decks.PAGE)
    frame = stage.frame("page")
    said = "(document.querySelector('.mark:not([hidden])')?.innerText ?? '')"
    for key, words in (("F2", "does not answer"), ("Shift+F2", "Picture"), ("e", "Offline copy")):
        stage.press(key)
        frame.wait_for_function(f"words => {said}.includes(words)", arg=words, timeout=PATIENCE)


def has_a_speaker_view(stage: Stage) -> None:
    """S opens it: this slide, the next, embeds as pictures, the notes; steps follow both ways."""
    page = stage.page
    stage.open()
    with page.expect_popup() as opening:
        stage.press("s")
    speaker = opening.value

    def ready(which: str) -> Frame:
        frame = speaker.wait_for_selector(
            f"#{which}-slide iframe", timeout=PATIENCE
        ).content_frame()
        assert frame
        frame.wait_for_function("window.Reveal && Reveal.isReady()", timeout=PATIENCE)
        return frame

    def at(which: str, slide: int) -> None:
        frame = ready(which)
        frame.wait_for_function("h => Reveal.getIndices().h === h", arg=slide, timeout=PATIENCE)

    def words(wanted: str) -> None:
        said = "document.querySelector('.speaker-controls-notes .value').textContent"
        speaker.wait_for_function(f"w => {said}.includes(w)", arg=wanted, timeout=PATIENCE)

    def pictured(which: str, name: str) -> None:
        preview = speaker.query_selector(f"#{which}-slide iframe").content_frame()
        for _ in range(PATIENCE // 50):
            shown = [f for f in preview.child_frames if f"-{name}-" in f.url]
            if shown and shown[0].evaluate("window.deckarchive?.tier") == "picture":
                assert shown[0].child_frames == [], "a page at work in a preview"
                return
            page.wait_for_timeout(50)
        raise AssertionError(f"{which} shows no picture: {[f.url for f in preview.child_frames]}")

    # From 4.0, reveal.js places the previews as soon as the first is there, and says nothing more
    # to the other when that comes later: it follows at the next step.
    ready("current")
    ready("upcoming")
    page.evaluate("Reveal.slide(1)")
    at("upcoming", 2)
    page.evaluate("Reveal.slide(0)")
    at("current", 0)
    at("upcoming", 1)
    pictured("upcoming", "page")
    words("Words one")
    page.evaluate("Reveal.slide(1)")
    at("current", 1)
    at("upcoming", 2)
    pictured("current", "page")
    words("Words two")
    speaker.bring_to_front()
    speaker.keyboard.press("ArrowRight")
    stage.until_at(decks.STACK)
    at("current", 2)
    speaker.close()


_VIDEO = "document.querySelector('.backgrounds > .slide-background.present video')"


def plays_background_videos(stage: Stage) -> None:
    """They start by themselves, loop and are mute as their attributes say, stop with the slide."""
    stage.open()
    for slide, loop, muted in (
        (decks.LOOP, True, True),
        (decks.ONCE, False, True),
        (decks.LOUD, False, False),
    ):
        stage.go(slide)
        stage.until(f"{_VIDEO} && {_VIDEO}.currentTime > 0.1 && !{_VIDEO}.paused")
        found = stage.page.evaluate(f"[{_VIDEO}.loop, {_VIDEO}.muted]")
        assert found == [loop, muted], f"slide {slide}: loop, muted = {found}"
        stage.page.evaluate(f"{{ const v = {_VIDEO}; v.currentTime = v.duration - 0.3; }}")
        stage.until(
            f"{_VIDEO}.ended" if not loop else f"{_VIDEO}.currentTime < 2 && !{_VIDEO}.paused"
        )
    stage.go(decks.LOOP)
    stage.until(f"{_VIDEO} && {_VIDEO}.currentTime > 0.1 && !{_VIDEO}.paused")
    stage.go(decks.PICTURES)
    stage.until("[...document.querySelectorAll('.backgrounds video')].every(v => v.paused)")
    inline = "Reveal.getCurrentSlide().querySelector('video')"
    stage.until(f"{inline}.currentTime > 0.1 && !{inline}.paused")


def animates(stage: Stage) -> None:
    """Two slides that belong together move into each other."""
    stage.open(decks.BEFORE)
    stage.press("ArrowRight")
    stage.until("Reveal.getCurrentSlide().dataset.autoAnimate === 'running'")
    stage.until_at(decks.AFTER)


def remembers_its_slide(stage: Stage) -> None:
    """The deck tells the server where it stands, and a reload stays there."""
    told: list[str] = []
    stage.page.on("request", lambda r: "/runtime/slide" in r.url and told.append(
        r.headers.get("x-deckarchive-slide", "")))  # fmt: skip
    stage.open(decks.STACK, 1)
    stage.press("ArrowDown")
    stage.until_at(decks.STACK, 2)
    for _ in range(PATIENCE // 50):
        if "/2/2" in told:
            break
        stage.page.wait_for_timeout(50)
    assert told[-1:] == ["/2/2"], told
    stage.page.reload()
    stage.until("window.Reveal && Reveal.isReady()")
    stage.until_at(decks.STACK, 2)


def prints(stage: Stage) -> None:
    """On paper every slide has a page, frames and videos show pictures, and none is blank."""
    query = "?view=print" if stage.version.major >= 5 else "?print-pdf"
    stage.open(query=query)
    for name in ("page", "inside", "late"):
        still = settled(
            stage.page, lambda f, name=name: f"-{name}-" in f.url and "?still" in f.url, "picture"
        )
        assert still.child_frames == []
    pages = stage.page.locator(".pdf-page")
    assert pages.count() >= 13, f"{pages.count()} pages"
    stage.until("document.querySelectorAll('.pdf-page canvas').length === 4")
    videos = pages.filter(has=stage.page.locator("canvas"))
    for number in range(4):
        assert colours(stage, videos.nth(number).screenshot()) > 50, f"video {number} is blank"
    if stage.page.context.browser and stage.page.context.browser.browser_type.name == "chromium":
        paper = stage.page.pdf(prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type */Page\b", paper)) >= 16, "pages are missing in the PDF"


def scrolls(stage: Stage) -> None:
    """As one long page (reveal.js 5 and later) its embeds come alive as they come into sight."""
    stage.open(query="?view=scroll")
    stage.until("Reveal.isScrollView()")
    for slide, name in ((1, "page"), (2, "inside")):
        stage.page.evaluate("h => Reveal.slide(h, 0)", slide)
        stage.until("h => Reveal.getIndices().h === h", slide)
        stage.frame(name)


FACTS: dict[str, tuple[int, Callable[[Stage], None]]] = {
    "slides": (3, shows_every_slide),
    "fragments": (3, follows_fragments),
    "overview": (3, has_an_overview),
    "keyboard": (3, gives_the_keyboard_back),
    "F2, E": (3, switches_forms),
    "speaker view": (3, has_a_speaker_view),
    "video": (3, plays_background_videos),
    "auto-animate": (4, animates),
    "memory": (3, remembers_its_slide),
    "print": (3, prints),
    "scroll view": (5, scrolls),
}
"""Name → the first reveal.js that has it, and the fact."""
