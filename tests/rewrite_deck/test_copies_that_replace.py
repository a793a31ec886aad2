"""Copies of pages that put something of their own in place of the browser's built-ins are alive:
what scripts ask for is found, and the frame around learns what the copy shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hand_made import HandMade, deck, exchange, manifest, reference, target, write_offline
from playwright.sync_api import Frame, Page, expect
from shown_deck import address

from deckarchive.model import ContentCounts, Kind, OfflineDeck
from tests.replaced_builtins import REPLACED
from tests.sampling import sample_of

pytestmark = pytest.mark.browser

CDN = "https://cdn.example"
TEXT = "Words that are to be read from the last row of the hall, every one of them."
# What the page itself needs it has before it replaces anything.
PAGE = (
    "<!doctype html><meta charset=utf-8><h1>NAME</h1><p>" + TEXT + "</p><p id=said></p>"
    "<img src=/red.svg width=80 height=80>"
    "<script>const said = document.getElementById('said');"
    "const one = new Image(80, 80), two = new Image(80, 80), box = document.createElement('div');"
    "const say = (word) => said.appendChild(document.createTextNode(word + ' '));</script>"
    "<script>SCRIPT</script><script>"
    "for (let i = 0; i < 3; i++) document.body.appendChild(i == 0 ? one : i == 1 ? two : box);"
    f"one.src = '{CDN}/red.svg';"
    f"two.setAttribute('srcset', '{CDN}/red.svg 1x');"
    f"box.innerHTML = '<img src=\"{CDN}/red.svg\" width=80 height=80>';"
    "onmessage = () => say('message'); try { postMessage('own', '*'); } catch {}"
    "try { new Worker('/work.js').onmessage = () => say('worker'); } catch {}"
    "try { const asked = new XMLHttpRequest(); asked.onload = () => say(asked.responseText);"
    f"asked.open('GET', '{CDN}/word?by=request'); asked.send(); " + "} catch {}"
    f"(async () => say(await (await fetch('{CDN}/word?by=fetch&_=1')).text()))();</script>"
)
# What is out of view is not painted, and a copy that is not painted does not report.
STYLE = "<style>iframe { width: 140px; height: 70px; border: 0; float: left }</style>"
RED = "<svg xmlns='http://www.w3.org/2000/svg' width='80' height='80'><path d='M0 0H80V80'/></svg>"
CONNECTED = "connected"
PAGES = {
    **sample_of(REPLACED, 5, keep=("fetch", "messages")),
    CONNECTED: "onoffline = () => say('gone'); addEventListener('offline', () => say('gone'));"
    "document.body.setAttribute('onoffline', 'say(\"gone\")'); say(navigator.onLine);",
}
LOST = {"fetch": {"request", "fetch"}, "messages": {"message"}}
"""What a page has no more because it is what the page replaced."""


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> tuple[OfflineDeck, Path]:
    home = tmp_path_factory.mktemp("replaced")
    urls = {name: f"https://{name.lower()}.example/" for name in PAGES}
    frames = "\n".join(f'<iframe src="{url}"></iframe>' for url in urls.values())
    of = deck(home / "deck", "index.html", f"<!doctype html><title>All</title>{STYLE}{frames}")
    archive, targets = HandMade(), []
    for name, url in urls.items():
        found = target(Kind.IFRAME, url, reference(of.sources[0], url, attribute="src"))
        targets.append(found)
        archive.add(
            found.id,
            url,
            exchange(url, PAGE.replace("NAME", name).replace("SCRIPT", PAGES[name])),
            exchange(f"{url}red.svg", RED, "image/svg+xml"),
            replace(
                exchange(f"{url}work.js", "postMessage('up')", "text/javascript"),
                request_headers=(("Sec-Fetch-Dest", "worker"),),
            ),
            exchange(f"{CDN}/red.svg", RED, "image/svg+xml"),
            exchange(f"{CDN}/word?by=request", "request", "text/plain"),
            exchange(f"{CDN}/word?by=fetch", "fetch", "text/plain"),
            views={"": (ContentCounts(text=90, images=4), (200, 20, 20))},
        )
    out = home / "offline"
    return write_offline(of, manifest(of, targets), archive, out), out


@pytest.fixture(scope="module", params=["present", "file"])
def shown(request, offline, module_page) -> Iterator[Page]:
    """The deck with all of them in frames."""
    with address(offline[1], request.param) as url:
        module_page.goto(url, wait_until="domcontentloaded")
        yield module_page


def frame_of(name: str, offline: tuple[OfflineDeck, Path], shown: Page) -> Frame:
    (wanted,) = (t for t in offline[0].targets if t.url == f"https://{name.lower()}.example/")
    frame = shown.locator(f'iframe[src*="{wanted.frame}"]').element_handle().content_frame()
    assert frame
    frame.wait_for_function(
        "window.deckarchive && deckarchive.tier === 'live' && deckarchive.counts.images === 4",
        timeout=120_000,  # all of them load at once
    )
    return frame


@pytest.mark.parametrize("name", PAGES)
def test_the_copy_is_alive(name: str, offline: tuple[OfflineDeck, Path], shown: Page) -> None:
    frame = frame_of(name, offline, shown)
    assert frame.evaluate("deckarchive.unresolved") == []
    (copy,) = frame.child_frames
    for word in {"message", "worker", "request", "fetch"} - LOST.get(name, set()):
        expect(copy.locator("#said")).to_contain_text(word)


def test_a_copy_finds_itself_connected(offline: tuple[OfflineDeck, Path], shown: Page) -> None:
    """Before and after the network went, which the page around finds out."""
    frame = frame_of(CONNECTED, offline, shown)
    (copy,) = frame.child_frames
    expect(copy.locator("#said")).to_contain_text("true")
    frame.evaluate("addEventListener('offline', () => { document.title = 'gone'; })")
    shown.context.set_offline(True)
    try:
        frame.wait_for_function("document.title === 'gone' && !navigator.onLine")
        assert copy.evaluate("new Promise((done) => setTimeout(() => done(navigator.onLine), 50))")
        expect(copy.locator("#said")).not_to_contain_text("gone")
    finally:
        shown.context.set_offline(False)
