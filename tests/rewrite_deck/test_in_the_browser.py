"""An offline deck in a real browser with real reveal.js: no slide blank, right forms, keys."""

from __future__ import annotations

import pytest
from shown_deck import (
    ALL_HEARD,
    LINK,
    THIN,
    address,
    current_frame,
    go,
    is_blank,
    open_deck,
    tier,
)
from shown_deck import offline as offline
from shown_deck import one_offline as one_offline


@pytest.mark.browser
@pytest.mark.parametrize(
    ("offline", "how"),
    [("", "present"), ("", "plain"), ("3.9.2", "file"), ("6.0.2", "file")],
    indirect=["offline"],
)
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
                frame.wait_for_function("document.getElementById('picture')?.naturalWidth > 0")
                # One plain colour by design: the picture itself is looked at below.
                continue
            for _ in range(100):  # a slide that is shown may be painted a moment later
                if not (blank := is_blank(page)):
                    break
                page.wait_for_timeout(50)
            assert not blank, f"slide {slide} is blank"


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
def test_a_frame_on_the_last_slide_starts_when_the_deck_opens_there(page, offline):
    made, out = offline
    index = out / "index.html"
    whole = index.read_text("utf-8")
    first, _, _ = whole.partition("</section>")
    index.write_text(first + "</section>" + whole[whole.rindex("</section>") + 10 :], "utf-8")
    try:
        with address(out, "present") as url:
            open_deck(page, url + "#/0")
            assert page.evaluate("Reveal.getTotalSlides()") == 1
            tier(current_frame(page, made, 0), "live")
    finally:
        index.write_text(whole, "utf-8")


@pytest.mark.browser
def test_a_frame_behind_a_whole_stack_starts_as_rarely_as_live(page, offline):
    _, out = offline
    with address(out, "present") as url:
        open_deck(page, url)
        go(page, 9)
        page.wait_for_selector(".backgrounds .stack.present iframe", state="attached")
        # Timers keep their order: what the deck's script does a moment later has been done.
        page.evaluate("new Promise((done) => setTimeout(done, 60))")
        background = page.locator(".backgrounds .stack.present iframe")
        assert background.get_attribute("data-src").endswith("#/three")
        assert background.get_attribute("src") is None


@pytest.mark.browser
def test_a_forged_message_does_not_take_the_picture_away(page, one_offline):
    made, out = one_offline
    with address(out, "present") as url:
        page.goto(url + made.targets[1].frame)
        forged = "{deckarchive: 1, type: 'counts', painted: true, counts: {text: 1e9, images: 9}}"
        page.evaluate(f"window.postMessage({forged}, '*')")
        page.evaluate(ALL_HEARD)
        assert page.evaluate("window.deckarchive.tier") == ""
        assert page.is_visible("#poster")


@pytest.mark.browser
def test_a_link_that_was_not_captured_opens_a_card(page, offline):
    _, out = offline
    with address(out, "file") as url:
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
