"""A deck that is edited after its capture: its own page is captured again, and nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deckarchive import pipeline
from deckarchive.crawler import CaptureReport, capture_summary
from deckarchive.errors import ExitCode
from deckarchive.model import DECK_CAPTURE_ID, CaptureRecord, OfflineDeck, State
from deckarchive.warc import read_exchanges
from tests.capture.web import Web

PLAIN = (
    "<!doctype html><title>Talk</title><link rel=preconnect href=https://fonts.test>"
    "<link rel=canonical href=https://talks.test/><script src=https://cdn.test/reveal.js></script>"
    "<div class=reveal><div class=slides><section><h2>Wellcome</h2></section></div></div>"
)
MENDED = PLAIN.replace("Wellcome", "Welcome")
PLUGGED = MENDED + "<script type=module src=https://cdn.test/plugin/plugin.js></script>"
REVEAL = (
    "window.Reveal = {isReady: () => true, getSlides: () => [1], getIndices: () => ({h: 0, v: 0}),"
    "slide: () => {}, VERSION: '5.2.1'}\n//# sourceMappingURL=reveal.js.map"
)
HEADERS = {"Access-Control-Allow-Origin": "*"}
CDN = "https://cdn.test/"


class Talk:
    """One deck with its archive and offline folder, through the steps of the command line."""

    def __init__(self, home: Path, web: Web) -> None:
        self.deck, self.archive, self.out = home / "talk.html", home / "archive", home / "offline"
        self.web = web

    def capture(self) -> CaptureReport:
        given = {"proxy": self.web.proxy, "insecure": True, "timeout": 15.0}
        done = pipeline.run_capture(
            self.deck,
            self.archive,
            given,  # type: ignore[arg-type]
            lambda event: None,
            lambda line: None,
        )
        return done.report

    def rewrite(self) -> tuple[ExitCode, list[str], OfflineDeck]:
        done = pipeline.run_rewrite(self.deck, self.archive, self.out)
        told = [line for line in done.summary.splitlines() if "gap:" in line or "note:" in line]
        offline = OfflineDeck.from_dict(json.loads((self.out / "deckarchive.json").read_text()))
        return done.exit_code, told, offline

    def page(self, report: CaptureReport) -> CaptureRecord:
        return next(r for r in report.records if r.id == DECK_CAPTURE_ID)

    @property
    def warc(self) -> Path:
        return self.archive / "targets" / DECK_CAPTURE_ID / "data.warc.gz"

    def held(self) -> set[str]:
        found = {x.url for x in read_exchanges(self.warc) if x.status == 200}
        return {url.removeprefix(CDN) for url in found if url.startswith(CDN)}


def serve(web: Web, path: str, script: str, status: int = 200) -> None:
    web.add(f"cdn.test/{path}", script, "text/javascript", status=status, headers=HEADERS)


NOTE = "  note: the deck's page was edited after its capture: run capture again"


@pytest.mark.browser
def test_an_edited_deck_is_captured_again_and_told_of_before(web: Web, tmp_path: Path) -> None:
    talk = Talk(tmp_path, web)
    serve(web, "reveal.js", REVEAL)
    serve(web, "plugin/plugin.js", "import './part.js'")
    serve(web, "plugin/part.js", "", status=500)

    talk.deck.write_text(PLAIN)
    assert talk.page(talk.capture()).state is State.CAPTURED
    assert talk.rewrite()[:2] == (ExitCode.OK, [])

    talk.deck.write_text(MENDED)
    assert talk.capture().captured_now == ()
    assert talk.rewrite()[:2] == (ExitCode.OK, [])

    talk.deck.write_text(PLUGGED)
    code, told, offline = talk.rewrite()
    assert code is ExitCode.GAPS
    assert told == [f"  gap: {CDN}plugin/plugin.js (the deck loads it)", NOTE]
    assert offline.unresolved == (f"{CDN}plugin/plugin.js",)
    assert f"{CDN}plugin/plugin.js" in (talk.out / "README.txt").read_text()

    serve(web, "reveal.js", "", status=500)  # worse than before: what was captured stays
    report = talk.capture()
    assert DECK_CAPTURE_ID in report.captured_now
    kept = talk.page(report)
    assert f"{kept.url}: the earlier capture is kept" in capture_summary(report, talk.archive)
    assert kept.state is State.CAPTURED
    assert "the earlier capture is kept: this time " in kept.reason
    assert talk.held() == {"reveal.js", "plugin/plugin.js"}
    assert [one.url for one in kept.missing] == [f"{CDN}plugin/part.js"]
    assert talk.rewrite()[:2] == (ExitCode.OK, [NOTE])
    status = pipeline.run_status(talk.archive)
    assert status.exit_code is ExitCode.OK, status.summary

    before = talk.warc.read_bytes()
    assert "kept" in talk.page(talk.capture()).reason
    assert talk.warc.read_bytes() == before, "nothing new came, nothing is added"

    serve(web, "reveal.js", REVEAL)
    serve(web, "plugin/part.js", "1")
    again = talk.page(talk.capture())
    assert (again.state, again.reason) == (State.CAPTURED, "")
    assert talk.held() == {"reveal.js", "plugin/plugin.js", "plugin/part.js"}
    assert talk.rewrite()[:2] == (ExitCode.OK, [])
    assert talk.capture().captured_now == ()

    make_older(talk)
    assert talk.capture().captured_now == (), "an older archive, and no reason to think it stale"
    serve(web, "late.js", "1")
    gone = "<link rel=stylesheet href=https://cdn.test/gone.css>"
    talk.deck.write_text(f"{PLUGGED}<script src=https://cdn.test/late.js></script>{gone}")
    report = talk.capture()
    assert DECK_CAPTURE_ID in report.captured_now
    assert "late.js" in talk.held()
    assert [r.url for r in report.records if r.state is State.FAILED] == [f"{CDN}gone.css"]
    assert talk.rewrite()[2].unresolved == (), "what failed live is told by the capture"


def make_older(talk: Talk) -> None:
    """Make the archive one of a version that did not note what the deck's page may load."""
    (talk.archive / "report.json").unlink()
    path = talk.warc.with_name("capture.json")
    record = json.loads(path.read_text())
    assert record.pop("loads")
    path.write_text(json.dumps(record))
