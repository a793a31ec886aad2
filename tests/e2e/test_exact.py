"""Exact replay, the offline deck and the capture agree on every page of the example web."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page

from deckarchive.js import content_counts
from tests.browsers import NOWHERE, Behind, SharedBrowser, launch
from tests.e2e.stage import (
    FRAMED,
    ROOT,
    Packed,
    copy_of,
    eventually,
    frames_of,
    open_slide,
)
from tests.running import running
from tests.sampling import sample

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

PROBES: dict[str, dict[str, str]] = json.loads(
    (ROOT / "examples" / "web" / "probes.json").read_text("utf-8")
)
COUNTED = ("text", "images", "canvases", "videos", "frames")
DECK = "http://deck.localhost/index.html"


@contextmanager
def replayed(folder: Path, archive: Path) -> Iterator[list[str]]:
    """``present --exact`` in a process of its own; yields its proxy, and a flag that it prints."""
    with running(folder, "--exact", "--archive", archive, "--no-open") as replaying:
        said = replaying.said
        (proxy,) = re.findall(r"--proxy-server=(\S+)", said)
        (flag,) = re.findall(r"--ignore-certificate-errors-spki-list=\S+", said)
        assert DECK in said
        yield [proxy, flag]


@pytest.fixture(scope="module")
def pages(tour: Packed, shared_browser: SharedBrowser) -> Iterator[tuple[Page, Page]]:
    """One whose only network is the archive, and one with no network but the offline deck's.

    Each walks from slide to slide, as a talk does.
    """
    with replayed(tour.offline, tour.archive) as (proxy, *flags):
        exact = launch(shared_browser.playwright, proxy, *flags, bypass="<-loopback>")
        offline = shared_browser.behind(NOWHERE, "*.localhost")
        yield page_of(exact), page_of(offline)
        exact.close()


def page_of(browser: Browser | Behind) -> Page:
    return browser.new_context(viewport={"width": 1920, "height": 1080}).new_page()


def at(tour: Packed, url: str) -> tuple[str, tuple[int, int], str]:
    """Target, slide and fragment of a probed URL."""
    document, _, fragment = url.partition("#")
    return next(
        (target["id"], tuple(reference["slide"]), fragment)
        for target in tour.manifest["targets"]
        for reference in target["references"]
        if target["url"] == document
        and reference["fragment"] == fragment
        and reference["state"] == "shown"
        and "iframe" in target["kind"]
    )


def original(page: Page) -> Frame | None:
    """The frame of the current slide, with nothing of ours around it."""
    frame = page.evaluate_handle(
        """() => {
            const {h, v} = Reveal.getIndices();
            return Reveal.getSlideBackground(h, v)?.querySelector('iframe')
                || Reveal.getCurrentSlide().querySelector('iframe');
        }"""
    ).as_element()
    return frame.content_frame() if frame else None


def try_out(page: Page, frame: Any, probe: dict[str, str]) -> dict[str, int]:
    """Wait until the probe's page is ready, count what it shows, then use it."""

    def holds(what: str) -> bool:
        found = frame()
        return bool(found and found.evaluate(probe[what]))

    eventually(lambda: holds("ready"), page, f"{probe['name']}: ready")
    counts = at_rest(lambda: frame().evaluate(content_counts()), page)
    frame().evaluate(f"() => {{ {probe['act']} }}")
    eventually(lambda: holds("check"), page, f"{probe['name']}: after the act")
    return counts


def at_rest(count: Callable[[], dict[str, int]], page: Page) -> dict[str, int]:
    """What is counted once it no longer changes: formulas and charts come one by one."""
    before, now = {}, count()
    for _ in range(40):
        if now == before:
            break
        page.wait_for_timeout(300)
        before, now = now, count()
    return now


def differences(one: dict[str, int], other: dict[str, int]) -> dict[str, tuple[int, int]]:
    """What is counted apart by more than a tenth (a clock, an animation, a random number)."""
    return {
        name: (one[name], other[name])
        for name in COUNTED
        if abs(one[name] - other[name]) > max(one[name], other[name]) / 10 + (name == "text") * 8
    }


def shown_less(shown: dict[str, int], captured: dict[str, int]) -> dict[str, tuple[int, int]]:
    """What is not there at least by half: a capture has scrolled and waited, a glance has not."""
    return {
        name: (shown[name], captured[name]) for name in COUNTED if shown[name] * 2 < captured[name]
    }


@pytest.mark.parametrize("url", sample(sorted(PROBES), 3))
def test_exact_replay_offline_deck_and_capture_agree(
    url: str, tour: Packed, tour_address: str, pages: tuple[Page, Page]
) -> None:
    target, slide, fragment = at(tour, url)
    captured = json.loads((tour.archive / "targets" / target / "capture.json").read_text("utf-8"))
    wanted = next(v["counts"] for v in captured["views"] if v["fragment"] == fragment)

    replaying, presenting = pages
    open_slide(replaying, DECK, slide)
    exact = try_out(replaying, lambda: original(replaying), PROBES[url])

    open_slide(presenting, tour_address, slide)
    shown = lambda: any(f.evaluate(FRAMED) for f in frames_of(presenting, target))  # noqa: E731
    eventually(shown, presenting, "the frame has settled")
    offline = try_out(presenting, lambda: copy_of(presenting, target, fragment), PROBES[url])

    assert differences(exact, offline) == {}
    assert shown_less(exact, wanted) == {}


def test_what_was_never_captured_is_refused(pages: tuple[Page, Page]) -> None:
    pages[0].goto(DECK)
    fetched = "fetch('https://elsewhere.example/').then(() => 'answered', e => e.name)"
    assert pages[0].evaluate(fetched) == "TypeError"
