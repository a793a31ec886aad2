"""The main job, end to end: the example tour, recorded, rewritten, and alive with no network."""

from __future__ import annotations

import io
import json
import socket
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from deckarchive.server import DeadProxy
from examples.web.serve import LocalWeb
from tests.browsers import Behind
from tests.e2e.stage import (
    FRAMED,
    ROOT,
    Packed,
    deckarchive,
    eventually,
    fingerprint,
    frames_of,
    open_slide,
    probe,
)
from tests.running import running

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

PROBES: dict[str, dict[str, str]] = json.loads(
    (ROOT / "examples" / "web" / "probes.json").read_text("utf-8")
)
DEAD = "https://gone.example/lectures/1996/index.html"
GAPS = 3


def references(tour: Packed) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [
        (target, reference)
        for target in tour.manifest["targets"]
        for reference in target["references"]
        if reference["state"] == "shown" and reference["slide"]
    ]


def test_each_step_ends_as_documented(tour: Packed) -> None:
    said = {name: (done.code, done.stdout, done.stderr) for name, done in tour.steps.items()}
    codes = {name: done.code for name, done in tour.steps.items()}
    assert codes == {"manifest": 0, "capture": GAPS, "rewrite": GAPS, "rehearse": GAPS}, said


def test_all_but_the_dead_host_is_captured(tour: Packed) -> None:
    states = tour.states()
    assert {url for url, state in states.items() if state == "failed"} == {DEAD}
    assert {url for url, state in states.items() if state == "partial"} == set()


def test_the_rehearsal_finds_the_dead_host_alone(tour: Packed) -> None:
    report = tour.rehearsal
    assert [gap["url"] for gap in report["gaps"]] == [DEAD]
    assert report["leaks"] == []
    assert report["problem"] == ""
    assert [s["slide"] for s in report["slides"] if s["problem"]] == []
    assert len(report["slides"]) == tour.manifest["deck"]["slides"]


def test_what_a_visitor_could_do_live_can_be_done_offline(tour: Packed) -> None:
    interactions = [
        u for s in tour.rehearsal["slides"] for e in s["embeds"] for u in e["interactions"]
    ]
    worked = {u["kind"] for u in interactions if u["live"]}
    assert worked >= {"scroll", "click", "adjust", "key"}
    assert [u for u in interactions if u["live"] and not u["offline"]] == []


def test_every_embed_but_the_dead_one_is_live(tour: Packed) -> None:
    tiers = {
        (tuple(slide["slide"]), embed["url"]): embed["tier"]
        for slide in tour.rehearsal["slides"]
        for embed in slide["embeds"]
    }
    assert {key for key, tier in tiers.items() if tier != "live"} == {((4, 2), DEAD)}
    # The shadowed page is not there; every shown reference is.
    assert {key[0] for key in tiers} == {tuple(r["slide"]) for _, r in references(tour)}


@pytest.mark.parametrize("url", sorted(PROBES))
def test_a_copy_is_alive_with_the_network_cut(
    url: str,
    tour: Packed,
    tour_address: str,
    page: Page,
    offline_browser: tuple[Behind, DeadProxy],
) -> None:
    document, _, fragment = url.partition("#")
    target, reference = next(
        (t, r)
        for t, r in references(tour)
        if t["url"] == document and r["fragment"] == fragment and "iframe" in t["kind"]
    )
    open_slide(page, tour_address, tuple(reference["slide"]))
    probe(page, target["id"], fragment, PROBES[url])
    assert [a.url for a in offline_browser[1].attempts if ".example" in a.url] == []


def test_the_dead_host_is_a_readable_card(tour: Packed, tour_address: str, page: Page) -> None:
    target, reference = next((t, r) for t, r in references(tour) if t["url"] == DEAD)
    open_slide(page, tour_address, tuple(reference["slide"]))

    def text() -> str:
        return "".join(str(f.evaluate("document.body.innerText")) for f in page.frames[1:])

    eventually(lambda: "gone.example" in text(), page, "the card names the URL")
    assert target["id"]


def test_video_and_images_play_from_the_folder(tour: Packed, tour_address: str, page: Page) -> None:
    _, reference = next((t, r) for t, r in references(tour) if t["kind"] == "background-video")
    open_slide(page, tour_address, tuple(reference["slide"]))
    playing = "[...document.querySelectorAll('video')].find(v => v.currentTime > 0.2)?.currentSrc"
    source = eventually(lambda: page.evaluate(playing), page, "the video plays")
    assert source.startswith(f"{tour_address}media/")
    _, reference = next((t, r) for t, r in references(tour) if t["kind"] == "image")
    open_slide(page, tour_address, tuple(reference["slide"]))
    images = "[...Reveal.getCurrentSlide().querySelectorAll('img')]"
    loaded = f"{images}.every(i => i.naturalWidth > 0) && {images}.map(i => i.currentSrc)"
    sources = eventually(lambda: page.evaluate(loaded), page, "the image shows")
    assert sources
    assert all(source.startswith(tour_address) for source in sources)


def test_the_decks_own_font_is_local(tour_address: str, page: Page) -> None:
    page.goto(tour_address)
    loaded = "[...document.fonts].some(f => f.family.includes('Lecture') && f.status === 'loaded')"
    eventually(lambda: page.evaluate(loaded), page, "the font loads")
    fonts = "performance.getEntriesByType('resource').map(e => e.name).filter(n => /woff/.test(n))"
    asked = page.evaluate(fonts)
    assert asked
    assert all(url.startswith(tour_address) for url in asked)


def test_code_on_a_slide_is_what_the_author_wrote(
    tour: Packed, tour_address: str, page: Page
) -> None:
    for address in (tour_address, (tour.offline / "index.html").as_uri()):
        page.goto(address)
        page.wait_for_function("window.Reveal && Reveal.isReady()")
        shown = page.evaluate(
            "[...document.querySelectorAll('.slides pre code')].map(c => c.textContent).join()"
        )
        assert '<iframe src="https://nowhere.example/framed.html"></iframe>' in shown


def test_no_slide_is_blank_on_a_double_click(
    tour: Packed, page: Page, offline_browser: tuple[Behind, DeadProxy]
) -> None:
    address = (tour.offline / "index.html").as_uri()
    slides = tour.rehearsal["slides"]
    framed = {
        tuple(reference["slide"]): target["id"]
        for target, reference in references(tour)
        if "iframe" in target["kind"]
    }
    for slide in (tuple(s["slide"]) for s in slides):
        open_slide(page, address, slide)
        if target := framed.get(slide):
            eventually(
                lambda target=target: any(f.evaluate(FRAMED) for f in frames_of(page, target)),
                page,
                f"slide {slide}: {target} shows something",
            )
        # Twice in a row: a slide that comes in over the one before is blank for a moment.
        shown = lambda: min(colours(page.screenshot()) for _ in range(2)) > 1  # noqa: E731
        eventually(shown, page, f"slide {slide} is not blank")
    assert [a.url for a in offline_browser[1].attempts if ".example" in a.url] == []


def colours(picture: bytes) -> int:
    """How many colours cover the middle of a picture, without reveal's controls at its edges."""
    with Image.open(io.BytesIO(picture)) as image:
        width, height = image.size
        middle = image.convert("RGB").crop(
            (width // 20, height // 20, width * 9 // 10, height * 8 // 10)
        )
        found = middle.getcolors(1 << 20)
    return len(found or range(1 << 20))


def test_the_authors_files_are_untouched(tour: Packed) -> None:
    assert fingerprint(tour.home / "deck") == fingerprint(ROOT / "examples" / "deck")


def test_a_second_capture_asks_for_nothing_that_is_there(tour: Packed, web: LocalWeb) -> None:
    before = len(web.log)
    done = deckarchive(
        tour.home, "capture", tour.home / "deck" / "tour.md", "-o", tour.archive,
        "--proxy", web.proxy, "--insecure",
    )  # fmt: skip
    assert done.code == GAPS
    again = [entry for entry in web.log[before:] if entry.endswith((" 200", " 206", " 301"))]
    assert again == []


def test_present_ends_cleanly_on_ctrl_c(tour: Packed) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]  # of its own: the other tests have the folder presented
    with running(tour.offline, "--no-open", "--port", port) as presenting:
        assert presenting.address.startswith(f"http://deck.localhost:{port}/")
