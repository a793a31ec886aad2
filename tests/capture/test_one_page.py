"""One page never ends a run: whatever goes wrong at a target is that target's failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from deckarchive.browser import answers
from deckarchive.crawler.evidence import PageHints
from deckarchive.crawler.file_capture import FileCapture
from deckarchive.crawler.interactions import interactions_of
from deckarchive.crawler.page_capture import PageCapture
from deckarchive.errors import BrowserError
from deckarchive.model import Kind, State
from tests.capture.conftest import Captured, Shoot, png, target
from tests.capture.web import Web

browser = pytest.mark.browser
PAGES = Path(__file__).with_name("pages")
HELLO = (
    "<!doctype html><title>Hello</title><h1>Hello there</h1>" + "<p>Some text to be seen.</p>" * 12
)
ODD, CALM = "https://odd.test/", "https://calm.test/"


@browser
def test_a_page_with_a_map_of_its_own_leaves_the_others_as_they_are(web: Web, shoot: Shoot) -> None:
    web.add("odd.test/", (PAGES / "own-map.html").read_bytes())
    web.add("calm.test/", HELLO)
    got = shoot(ODD, CALM, jobs=1)
    odd, calm = got.report.records
    assert (calm.url, calm.state) == (CALM, State.CAPTURED)
    assert odd.url == ODD
    assert ODD in {e.url for e in got.exchanges(odd) if e.status == 200}


def _one_failed(got: Captured) -> None:
    odd, calm = got.report.records
    assert calm.state is State.CAPTURED
    assert (odd.state, odd.reason) == (
        State.FAILED,
        "an internal error of deckarchive at this target "
        "(AttributeError: 'NoneType' object has no attribute 'get')",
    )
    assert got.folder(odd).is_dir(), "a failure that --retry-failed tries again"


@browser
@pytest.mark.parametrize("step", ["settle", "judge", "picture", "context_options"])
def test_a_defect_at_one_page_is_its_failure(
    web: Web, shoot: Shoot, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    web.add("odd.test/", HELLO)
    web.add("calm.test/", HELLO)
    real = getattr(PageCapture, step)

    def broken(self: PageCapture, *args: object, **more: object) -> object:
        if "odd" in self.target.url:
            raise AttributeError("'NoneType' object has no attribute 'get'\nsecond line")
        return real(self, *args, **more)

    monkeypatch.setattr(PageCapture, step, broken)
    _one_failed(shoot(ODD, CALM, jobs=1))


@browser
def test_a_defect_at_one_file_is_its_failure(
    web: Web, shoot: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("odd", "calm"):
        web.add(f"{name}.test/a.png", png(), "image/png")
    real = FileCapture.fetch

    async def broken(self: FileCapture, url: str, **more: object) -> object:
        if "odd" in url:
            raise AttributeError("'NoneType' object has no attribute 'get'")
        return await real(self, url, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(FileCapture, "fetch", broken)
    pictures = [target(f"https://{name}.test/a.png", Kind.IMAGE) for name in ("odd", "calm")]
    _one_failed(shoot(*pictures))


@pytest.mark.parametrize("found", [None, [], "x", 3, {"text": 5, "length": "x", "overlay": 1}])
def test_an_answer_of_another_type_is_the_page_s_fault(found: object) -> None:
    with pytest.raises(BrowserError, match="cannot be read"):
        answers.answer(found, PageHints.from_answer, ODD)
    assert interactions_of(found, "") == []
