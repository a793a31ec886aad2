"""The speaker's key: offline copy, live site, picture. Nothing leaves before it is pressed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Error, Frame, Page

from deckarchive.server import DeadProxy, Server
from tests.browsers import Behind
from tests.present.talk import Talk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PATIENCE = 15.0
LIVE = "These words are live"
SANDBOX = "allow-scripts allow-same-origin allow-forms"
TOP = "(() => { try { return top.document.title } catch (e) { return e.name } })()"


def eventually(page: Page, condition: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if found := condition():
                return found
        except Error:  # a frame that goes away while it is asked
            pass
        page.wait_for_timeout(50)
    raise AssertionError(f"{what}: never came true")


@contextmanager
def shown(browser: Behind, talk: Talk, how: str, slide: int) -> Iterator[Page]:
    """The deck at one slide, its copy in sight: as ``present`` has it, on a server, on disk."""
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1280, "height": 720})
    with Server(talk.folder) as server:
        base = {
            "present": server.url,
            "server": server.address,
            "file": (talk.folder / "index.html").as_uri(),
        }[how]
        page = context.new_page()
        try:
            page.goto(f"{base}#/{slide}")
            eventually(page, lambda: tier(page, slide) == "live", "the copy is shown")
            frame_at(page, slide).wait_for_selector("#poster", state="hidden")
            yield page
        finally:
            context.close()


def frame_at(page: Page, slide: int) -> Frame:
    """Our frame on a slide: the background's or the one inside."""
    inside = slide == 2
    return next(f for f in page.frames if "/frames/demo" in f.url and ("inside" in f.url) is inside)


def copy_at(page: Page, slide: int) -> Frame:
    """The copy inside our frame."""
    return next(f for f in frame_at(page, slide).child_frames if "/sites/" in f.url)


def tier(page: Page, slide: int) -> str:
    return str(frame_at(page, slide).evaluate("window.deckarchive.tier"))


def form(page: Page, slide: int) -> str:
    return str(frame_at(page, slide).evaluate("document.documentElement.dataset.form || ''"))


def mark(page: Page, slide: int) -> str:
    return str(
        frame_at(page, slide).evaluate(
            "[...document.querySelectorAll('.mark')].filter(m => m.checkVisibility())"
            ".map(m => m.innerText).join()"
        )
    )


def site(page: Page) -> str:
    """The text of the live site in sight; empty as long as there is none."""
    found = [f for f in page.frames if f.url.startswith("https://demo.example/")]
    return found[0].inner_text("body") if found else ""


def focused(page: Page) -> bool:
    """Whether keys go into the copy: our frame and the copy's own process agree on it."""
    inside = frame_at(page, 1).evaluate("document.activeElement?.className === 'copy'")
    return bool(inside and copy_at(page, 1).evaluate("document.hasFocus()"))


def asked(talk: Talk) -> list[str]:
    return [line for line in talk.web.log if "demo.example" in line]


@pytest.fixture
def today(talk: Talk) -> Iterator[Talk]:
    """The site has changed since its capture, and nobody has asked it yet."""
    talk.web.word = "live"
    talk.web.log.clear()
    yield talk
    talk.web.word = "captured"


@pytest.mark.parametrize(("how", "slide"), [("present", 1), ("present", 2), ("file", 1)])
def test_a_key_shows_the_live_site_the_picture_and_the_copy(
    how: str, slide: int, today: Talk, online: Behind
) -> None:
    with shown(online, today, how, slide) as page:
        assert (asked(today), mark(page, slide)) == ([], "")
        page.keyboard.press("F2")
        eventually(page, lambda: form(page, slide) == "site", "the live site is shown")
        assert LIVE in site(page)
        assert mark(page, slide) == "Live site"
        assert asked(today)
        live = next(f for f in page.frames if f.url.startswith("https://demo.example/"))
        assert live.frame_element().get_attribute("sandbox") == SANDBOX
        assert live.evaluate(TOP) == "SecurityError"
        page.keyboard.press("e")
        eventually(page, lambda: form(page, slide) == "picture", "the picture is shown")
        assert mark(page, slide) == "Picture"
        page.keyboard.press("F2")
        eventually(page, lambda: form(page, slide) == "copy", "the copy is shown")
        assert (mark(page, slide), site(page)) == ("Offline copy", "")
        page.keyboard.press("Shift+F2")
        eventually(page, lambda: form(page, slide) == "picture", "the other way round")
        eventually(page, lambda: mark(page, slide) == "Picture", "its mark")
        page.evaluate("Reveal.toggleHelp()")
        assert "Live site, picture, offline copy" in page.inner_text(".overlay-help, .r-overlay")


def test_without_a_network_the_copy_stays_and_says_so(
    talk: Talk, cut_off: tuple[Behind, DeadProxy]
) -> None:
    browser, witness = cut_off
    with shown(browser, talk, "present", 1) as page:
        assert not [a for a in witness.attempts if "demo.example" in a.host]
        page.keyboard.press("F2")
        eventually(page, lambda: "does not answer" in mark(page, 1), "the speaker is told")
        assert form(page, 1) == "copy"
        assert [a for a in witness.attempts if "demo.example" in a.host]


def test_from_within_the_copy_the_live_site_takes_a_second_press(
    today: Talk, online: Behind
) -> None:
    with shown(online, today, "present", 1) as page:
        # Where our frame lies over the copy for two more frames, a click would go to it: this one
        # waits until the copy is what it hits, and the key until the copy's process has the focus.
        copy_at(page, 1).click("h1")
        eventually(page, lambda: focused(page), "the copy has the focus")
        page.keyboard.press("F2")
        eventually(page, lambda: "once more" in mark(page, 1), "it asks")
        assert (asked(today), form(page, 1)) == ([], "")
        hears = "document.hasFocus()"
        eventually(page, lambda: not copy_at(page, 1).evaluate(hears), "its keys are ours again")
        page.keyboard.press("F2")
        eventually(page, lambda: form(page, 1) == "site", "the live site is shown")


FORGED = """() => {
    for (const target of [parent, top]) {
        for (const type of ["form", "open", "site"]) {
            target.postMessage({deckarchive: 1, type, step: 1, state: "ready",
                                url: "https://demo.example/"}, "*");
        }
    }
    parent.postMessage({deckarchive: 1, type: "key", key: "F2"}, "*");
    window.focus();
    parent.postMessage({deckarchive: 1, type: "key", key: "F2"}, "*");
    document.body.focus();
    for (const key of ["F2", "F2"]) {
        dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
    }
}"""


MOVE = "url => { document.querySelector('iframe.copy').src = url }"
SITE_ASKED = "Boolean(document.querySelector('iframe.site'))"

LISTEN = "addEventListener('message', ({ data }) => { window.heard ||= data?.type === 'last'; })"
LAST = """for (const target of [parent, top]) {
    target.postMessage({deckarchive: 1, type: "last"}, "*");
}"""


def all_heard(copy: Frame) -> None:
    """Wait until what a copy said has reached our frame and the deck: messages keep their order."""
    above = (copy.parent_frame, copy.page.main_frame)
    for frame in above:
        assert frame
        frame.evaluate(LISTEN)
    copy.evaluate(LAST)
    for frame in above:
        assert frame
        frame.wait_for_function("window.heard")


@pytest.mark.parametrize("how", ["present", "file"])
def test_no_copy_can_ask_for_the_live_site(
    how: str, talk: Talk, cut_off: tuple[Behind, DeadProxy]
) -> None:
    browser, witness = cut_off
    before = len(witness.attempts)
    with shown(browser, talk, how, 1) as page:
        copy = next(f for f in frame_at(page, 1).child_frames if "/sites/" in f.url)
        copy.evaluate(FORGED)
        all_heard(copy)
        assert form(page, 1) != "site"
        assert not frame_at(page, 1).evaluate(SITE_ASKED)
        # Nor by going to the page that may show the web, which only our frame can tell to.
        root = page.url.split("#")[0].removesuffix("index.html")
        frame_at(page, 1).evaluate(MOVE, f"{root}frames/live.html")
        moved = lambda: [  # noqa: E731
            f for f in frame_at(page, 1).child_frames if f.url.endswith("/frames/live.html")
        ]
        (live,) = eventually(page, moved, "the copy has gone there")
        live.wait_for_load_state()
        live.evaluate(FORGED)
        all_heard(live)
        assert not frame_at(page, 1).evaluate(SITE_ASKED)
        assert not [f for f in page.frames if f.url.startswith("https:")]
        assert not [a for a in witness.attempts[before:] if "demo.example" in a.host]


@pytest.mark.parametrize("how", ["present", "file"])
def test_the_speaker_view_opens_and_its_key_switches_the_audiences_slide(
    how: str, talk: Talk, cut_off: tuple[Behind, DeadProxy]
) -> None:
    browser, _ = cut_off
    with shown(browser, talk, how, 1) as page:
        page.evaluate("Reveal.slide(0)")
        with page.expect_popup() as opening:
            page.keyboard.press("s")
        speaker = opening.value
        notes = speaker.locator(".speaker-controls-notes .value")
        eventually(page, lambda: "Words for the speaker alone" in notes.inner_text(), "the notes")
        page.evaluate("Reveal.slide(1)")
        preview = lambda: [  # noqa: E731
            f for f in speaker.frames if "receiver" in f.url and f.evaluate("Reveal.isReady()")
        ]
        eventually(page, lambda: len(preview()) == 2, "the previews")
        pictures = lambda: [  # noqa: E731
            f for f in speaker.frames if "?preview" in f.url and "inside" not in f.url
        ]
        eventually(
            page,
            lambda: [f.evaluate("window.deckarchive?.tier") for f in pictures()] == ["picture"],
            "the embed's picture in the preview of its slide",
        )
        assert pictures()[0].child_frames == [], "a page at work in a preview"
        speaker.locator("body").press("e")
        wanted = "does not answer" if how != "file" else "Live site"
        eventually(page, lambda: wanted in mark(page, 1), "the slide of the audience has heard it")
