"""Judging and looking at pictures: evidence in, words out."""

import io

import pytest
from PIL import Image

from deckarchive.crawler import judge
from deckarchive.crawler.evidence import CaptureEvidence, PageHints, RecordedResponse
from deckarchive.crawler.stylesheets import asks_for_screen, other_screens_ask
from deckarchive.model import ContentCounts, State, View

RICH = View(fragment="", screenshot="screenshot.png", counts=ContentCounts(text=500, elements=40))


def _white() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "PNG")
    return out.getvalue()


def _seen(url: str, status: int, truncated: str = "") -> RecordedResponse:
    whole = status == 200 and not truncated
    return RecordedResponse(
        method="GET",
        url=url,
        status=status,
        mime="image/png",
        size=1,
        truncated=truncated,
        whole=whole,
    )


def test_missing_names_what_never_came_and_not_what_came_later() -> None:
    evidence = CaptureEvidence(
        final_url="https://a.test/#x",
        seen=[
            _seen("https://a.test/", 200),
            _seen("https://a.test/late.png", 503),
            _seen("https://a.test/late.png", 200),
            _seen("https://a.test/gone.png", 404),
            _seen("https://a.test/cut.png", 200, "time"),
            _seen("https://a.test/left.png", 200, "disconnect"),
        ],
        failures=[("https://b.test/x", "refused")],
    )
    assert {m.url: m.reason for m in judge.missing(evidence)} == {
        "https://a.test/gone.png": "HTTP 404",
        "https://a.test/cut.png": "cut off (time)",
        "https://b.test/x": "refused",
    }


def test_a_lost_beacon_is_named_last_and_a_favicon_not_at_all() -> None:
    lost = ["https://t.test/b", "https://a.test/i.png", "https://a.test/favicon.ico"]
    evidence = CaptureEvidence(
        status=200,
        views=[RICH],
        failures=[(url, "refused") for url in lost],
        types={"https://t.test/b": "ping", "https://a.test/i.png": "image"},
    )
    assert judge.judge_page(evidence) == (State.PARTIAL, "1 image missing; 1 beacon missing")


@pytest.mark.parametrize(
    ("evidence", "state", "reason"),
    [
        (CaptureEvidence(status=200, views=[RICH]), State.CAPTURED, ""),
        (CaptureEvidence(error="refused"), State.FAILED, "refused"),
        (CaptureEvidence(status=404, views=[RICH]), State.FAILED, "the site answered HTTP 404"),
        (
            CaptureEvidence(status=403, headers={"cf-mitigated": "challenge"}, views=[RICH]),
            State.FAILED,
            "a bot check answered instead of the site (HTTP 403): "
            "it can tell this tool's TLS from the browser's own",
        ),
        (
            CaptureEvidence(
                status=200, title="Just a moment...", hints=PageHints(length=20), views=[RICH]
            ),
            State.FAILED,
            "a bot check answered instead of the site: "
            "it can tell this tool's TLS from the browser's own",
        ),
        (
            CaptureEvidence(
                status=200, hints=PageHints(length=9000, text="just a moment..."), views=[RICH]
            ),
            State.CAPTURED,
            "",
        ),
        (
            CaptureEvidence(status=200, hints=PageHints(passwords=1, length=9), views=[RICH],
                     redirected=True),
            State.FAILED,
            "the page asks for a login",
        ),
        (CaptureEvidence(status=200, hints=PageHints(passwords=1, length=9000), views=[RICH]),
         State.CAPTURED, ""),
        (
            CaptureEvidence(status=200, views=[View(fragment="", screenshot=None)]),
            State.FAILED,
            "the page is blank",
        ),
        (
            CaptureEvidence(status=200, views=[RICH], pictures=[_white()]),
            State.PARTIAL,
            "the page shows one colour only",
        ),
    ],
)  # fmt: skip
def test_pages_are_judged(evidence: CaptureEvidence, state: State, reason: str) -> None:
    assert judge.judge_page(evidence) == (state, reason)


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        ([], ""),
        (
            ["https://a.test/", "https://b.test/"],
            "live, the site refuses to be shown in a frame; the copy will show",
        ),
        (
            ["https://b.test/"],
            "live, it goes on to https://b.test/, which refuses to be framed; the copy will show",
        ),
    ],
)
def test_what_would_not_be_framed_live_is_named(refused: list[str], said: str) -> None:
    seen = CaptureEvidence(status=200, views=[RICH], final_url="https://a.test/#x", refused=refused)
    assert judge.judge_page(seen) == (State.CAPTURED, said)
    # A file is in no frame: what it says of them means nothing.
    file = CaptureEvidence(status=200, headers={"x-frame-options": "DENY"})
    assert judge.judge_file(file) == (State.CAPTURED, "")


def test_errors_of_the_browser_have_words() -> None:
    words = [judge.explain(f"Page.goto: net::{c} at x") for c in judge._NETWORK_ERRORS]
    assert all(not w.startswith("the browser says") for w in words)
    assert judge.explain("net::ERR_SOMETHING_NEW") == "the browser says ERR_SOMETHING_NEW"
    assert judge.explain("timeout") == "no answer in time"


@pytest.mark.parametrize(
    ("sheet", "asked"),
    [
        ("a { background: url(x.png) } @media (max-width: 9px) { b { src: url(y.png) } }", []),
        ("@media (prefers-color-scheme:dark){@supports (top:0){a{b:url( 'd.png' )}}c{d:url(e.png)}}"
         "f{g:url(h.png)}", ["d.png", "e.png"]),
        ("@media screen and (-webkit-min-device-pixel-ratio: 2) { a { b: url(d.png#x) } }",
         ["d.png"]),
        ("/* @media print { */ a { b: url(x.png) } c { d: '}@media print{'; e: url(y.png) }", []),
        ("@media print { a { b: '}'; c: url(d.png) } } e { f: url(x.png) }", ["d.png"]),
        ("a { b: -webkit-image-set(url(d.png) 1x, 'e.png' type('image/png')) url(x.png) }",
         ["d.png", "e.png"]),
        ("@media print { a { b: url(data:,x); c: url(d.png", ["d.png"]),
        ("@media print", []),
    ],
)  # fmt: skip
def test_what_a_style_sheet_names_for_other_screens(sheet: str, asked: list[str]) -> None:
    found = other_screens_ask(sheet, "https://a.test/css/s.css")
    assert found == [f"https://a.test/css/{name}" for name in asked]


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("matchMedia('(prefers-color-scheme: dark)').onchange = show", True),
        ('window.matchMedia( "print").addListener(show)', True),
        ("matchMedia('(max-width: 9px)'); print('@media print')", False),
    ],
)
def test_whether_a_script_asks_for_the_screen(text: str, asks: bool) -> None:
    assert asks_for_screen(text) is asks
