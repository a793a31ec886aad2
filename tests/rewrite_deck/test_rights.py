"""A copy may do what its author's `allow` and `sandbox` let the page do, and no more."""

from __future__ import annotations

import pytest
from hand_made import (
    HandMade,
    deck,
    exchange,
    manifest,
    put_reveal,
    reference,
    target,
    write_offline,
)
from playwright.sync_api import Frame, Page
from shown_deck import address, open_deck

from deckarchive.model import Kind, Source
from deckarchive.rewriter.deck.rights import Rights, rights_of

ASKED = ("camera", "microphone", "clipboard-write", "geolocation", "payment")
ALONE, TWICE = "http://alone.example/", "http://twice.example/"
FRAMES = (
    (ALONE, "allow=\"camera; payment; microphone 'none'; clipboard-write\""),
    (TWICE, 'allow="microphone http://twice.example; autoplay"'),
    (TWICE, "allow=\"geolocation 'src'\""),
    (TWICE, 'sandbox="allow-scripts"'),
)
GIVEN = [["camera", "clipboard-write"], ["microphone"], ["geolocation"], []]
PAGE = """<!doctype html><p>Words</p>
<button style="position:fixed; inset:0; width:100%">ask</button>
<script>
const said = [String(confirm("early?"))];
addEventListener("beforeunload", (event) => event.preventDefault());
document.querySelector("button").onclick = () => {
  print();
  said.push(String(confirm("late?")), prompt("who?"));
};
document.onpointerlockchange = () => said.push("lock");
</script>"""


def given(text: str, url: str = ALONE) -> tuple[str, ...]:
    source = deck_source(f'<iframe src="{url}">')
    one = reference(source, url, frame=(("allow", text),))
    return rights_of(target(Kind.IFRAME, url, one)).features


def deck_source(text: str) -> Source:
    return Source(path="talk.html", text=text)


@pytest.mark.parametrize(
    ("allow", "features"),
    [
        ("Camera; microphone *; usb 'src';", ("camera", "microphone", "usb")),
        ("camera http://alone.example; microphone https://alone.example", ("camera",)),
        ("camera 'none'; microphone 'self'; geolocation ", ("geolocation",)),
        ("camera *; camera 'none'", ()),
        ("", ()),
    ],
)
def test_an_allowlist_gives_what_it_gave_the_page(allow, features):
    assert given(allow) == features


def test_frames_of_one_target_that_differ_are_told_apart():
    source = deck_source("http://alone.example/ http://alone.example/")
    ones = [
        reference(source, ALONE, n, frame=(("allow", allow),))
        for n, allow in enumerate(["camera", "usb"])
    ]
    assert rights_of(target(Kind.IFRAME, ALONE, *ones)) == Rights(("camera", "usb"), differ=True)


@pytest.fixture(scope="module")
def offline(tmp_path_factory, reveal_package):
    folder = tmp_path_factory.mktemp("rights")
    frames = "".join(
        f'<iframe {attributes} data-src="{url}" width="200" height="90"></iframe>'
        for url, attributes in FRAMES
    )
    of = deck(
        folder / "talk",
        "talk.html",
        '<!doctype html><html><head><link rel="stylesheet" href="dist/reveal.css"></head><body>'
        f'<div class="reveal"><div class="slides"><section>{frames}</section>'
        '<section>end</section></div></div><script src="dist/reveal.js"></script>'
        "<script>Reveal.initialize({transition: 'none'})</script></body></html>",
    )
    put_reveal(folder / "talk", reveal_package(""))
    targets = []
    archive = HandMade()
    for url in (ALONE, TWICE):
        attributes = [text for framed, text in FRAMES if framed == url]
        references = [
            reference(of.sources[0], url, n, attribute="data-src", frame=((name, value[1:-1]),))
            for n, (name, value) in enumerate(text.split("=", 1) for text in attributes)
        ]
        page = target(Kind.IFRAME, url, *references)
        archive.add(page.id, url, exchange(url, PAGE))
        targets.append(page)
    write_offline(of, manifest(of, targets), archive, folder / "offline")
    return folder / "offline"


def copies(page: Page) -> list[Frame]:
    """The copies, in the order of the frames on the slide."""
    page.wait_for_function("document.querySelectorAll('.slides iframe[src]').length === 4")
    found = []
    for handle in page.query_selector_all(".slides iframe"):
        frame = handle.content_frame()
        frame.wait_for_selector(".copy", state="attached")
        copy = frame.query_selector(".copy").content_frame()
        frame.wait_for_selector("#card", state="hidden")
        frame.wait_for_selector("#poster", state="hidden")
        found.append(copy)
    return found


@pytest.mark.browser
@pytest.mark.parametrize("how", ["present", "plain", "file"])
def test_each_copy_may_what_its_frame_allows_and_asks_when_it_is_used(offline, page, how):
    asked = []

    def answer(dialog):
        asked.append(dialog.message)
        dialog.accept("Eve" if dialog.type == "prompt" else None)

    page.on("dialog", answer)
    with address(offline, how) as url:
        open_deck(page, url)
        found = copies(page)
        allowed = [
            copy.evaluate(
                "names => names.filter((name) => document.featurePolicy.allowsFeature(name))",
                list(ASKED),
            )
            for copy in found
        ]
        assert allowed == GIVEN
        assert asked == []
        for copy in found:
            copy.click("button")
        assert [copy.evaluate("said.slice(1)") for copy in found] == [
            *[["true", "Eve"]] * 3,
            ["false", None],  # sandboxed without allow-modals
        ]
        assert asked == ["late?", "who?"] * 3
        found[0].evaluate("document.body.requestPointerLock()")
        found[0].wait_for_function("said.includes('lock')")
        found[0].evaluate("document.exitPointerLock()")
        # A slide that is left asks nobody.
        page.evaluate("Reveal.next()")
        page.wait_for_function("!document.querySelector('.slides iframe[src]')")
        assert asked == ["late?", "who?"] * 3
