"""Who has the keyboard: the page a presenter uses, or the deck; and keys that come back."""

from __future__ import annotations

import pytest
from shown_deck import (
    ALL_HEARD,
    address,
    current_frame,
    go,
    open_deck,
    tier,
)
from shown_deck import one_offline as one_offline


@pytest.mark.browser
@pytest.mark.parametrize("how", ["present", "file"])
def test_keys_come_back_to_the_deck(page, one_offline, how):
    made, out = one_offline
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
def test_keys_are_taken_from_the_decks_own_frames_only(page, one_offline):
    _, out = one_offline
    with address(out, "present") as url:
        open_deck(page, url)
        press = "{deckarchive: 1, type: 'key', key: 'PageDown', keyCode: 34}"
        page.evaluate(f"window.postMessage({press}, '*')")
        page.evaluate(ALL_HEARD)
        assert page.evaluate("Reveal.getIndices().h") == 0


PUT = {
    "in a shadow root": """name => {
      const root = document.body.appendChild(document.createElement("div"));
      root.attachShadow({ mode: "open" }).innerHTML = `<iframe src="${name}"></iframe>`;
    }""",
    "in a closed shadow root": """name => {
      const root = document.body.appendChild(document.createElement("div"));
      root.attachShadow({ mode: "closed" }).innerHTML = `<iframe src="${name}"></iframe>`;
    }""",
    "in srcdoc": """name => {
      const frame = document.createElement("iframe");
      frame.srcdoc = `<iframe src="${name}"></iframe>`;
      document.body.append(frame);
    }""",
}


@pytest.mark.browser
@pytest.mark.parametrize("where", PUT)
def test_a_frame_gives_the_deck_no_commands(where, page, one_offline):
    made, out = one_offline
    with address(out, "present") as url:
        open_deck(page, url)
        go(page, 8)
        name = made.targets[6].frame
        with page.expect_event("framenavigated", lambda frame: name in frame.url) as navigated:
            page.evaluate(PUT[where], name)
        command = """JSON.stringify({ method: "slide", args: [3] })"""
        navigated.value.evaluate(f"top.postMessage({command}, '*')")
        navigated.value.evaluate("top.postMessage('last', '*')")
        page.evaluate(ALL_HEARD)
        assert page.evaluate("Reveal.getIndices().h") == 8
