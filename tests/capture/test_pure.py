"""Judging and looking at pictures: evidence in, words out."""

import struct
import zlib

import pytest

from deckarchive.capture import judge
from deckarchive.capture.evidence import Evidence, Seen
from deckarchive.capture.picture import is_one_colour
from deckarchive.model import State, View, Vitals

RICH = View(fragment="", screenshot="screenshot.png", vitals=Vitals(text=500, elements=40))


def _png(rows: list[bytes], width: int, colour: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + b"\0\0\0\0"

    header = struct.pack(">IIBBBBB", width, len(rows), 8, colour, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"".join(rows)))
    return b"\x89PNG\r\n\x1a\n" + parts + chunk(b"IEND", b"")


PIXEL = b"\x10\x20\x30"
FLAT = {
    "none": [b"\0" + PIXEL * 4] * 3,
    "sub": [b"\1" + PIXEL + b"\0" * 9] * 3,
    "up": [b"\0" + PIXEL * 4, b"\2" + b"\0" * 12, b"\2" + b"\0" * 12],
    "paeth": [b"\4" + PIXEL + b"\0" * 9, b"\4" + b"\0" * 12],
}


@pytest.mark.parametrize("rows", FLAT.values(), ids=FLAT.keys())
def test_one_colour_is_seen_under_each_filter(rows: list[bytes]) -> None:
    assert is_one_colour(_png(rows, 4))


@pytest.mark.parametrize("rows", FLAT.values(), ids=FLAT.keys())
@pytest.mark.parametrize("place", [1, 7, -1])
def test_one_other_pixel_is_seen(rows: list[bytes], place: int) -> None:
    changed = bytearray(rows[-1])
    changed[place] ^= 0x55
    assert not is_one_colour(_png([*rows[:-1], bytes(changed)], 4))


@pytest.mark.parametrize("data", [b"", b"GIF89a", _png(FLAT["sub"], 9), b"\x89PNG\r\n\x1a\n" * 9])
def test_what_cannot_be_read_is_taken_to_show_something(data: bytes) -> None:
    assert not is_one_colour(data)


def _seen(url: str, status: int, truncated: str = "") -> Seen:
    whole = status == 200 and not truncated
    return Seen(
        method="GET",
        url=url,
        status=status,
        mime="image/png",
        size=1,
        truncated=truncated,
        whole=whole,
    )


def test_missing_names_what_never_came_and_not_what_came_later() -> None:
    evidence = Evidence(
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
    assert {m["url"]: m["reason"] for m in judge.missing(evidence)} == {
        "https://a.test/gone.png": "HTTP 404",
        "https://a.test/cut.png": "cut off (time)",
        "https://b.test/x": "refused",
    }


def test_a_lost_beacon_is_named_last_and_a_favicon_not_at_all() -> None:
    lost = ["https://t.test/b", "https://a.test/i.png", "https://a.test/favicon.ico"]
    evidence = Evidence(
        status=200,
        views=[RICH],
        failures=[(url, "refused") for url in lost],
        types={"https://t.test/b": "ping", "https://a.test/i.png": "image"},
    )
    assert judge.judge_page(evidence) == (State.PARTIAL, "1 image missing; 1 beacon missing")


@pytest.mark.parametrize(
    ("evidence", "state", "reason"),
    [
        (Evidence(status=200, views=[RICH]), State.CAPTURED, ""),
        (Evidence(error="refused"), State.FAILED, "refused"),
        (Evidence(status=404, views=[RICH]), State.FAILED, "the site answered HTTP 404"),
        (
            Evidence(status=403, headers={"cf-mitigated": "challenge"}, views=[RICH]),
            State.FAILED,
            "a bot check answered instead of the site (HTTP 403): "
            "it can tell this tool's TLS from the browser's own",
        ),
        (
            Evidence(status=200, title="Just a moment...", hints={"length": 20}, views=[RICH]),
            State.FAILED,
            "a bot check answered instead of the site: "
            "it can tell this tool's TLS from the browser's own",
        ),
        (
            Evidence(status=200, hints={"length": 9000, "text": "just a moment..."}, views=[RICH]),
            State.CAPTURED,
            "",
        ),
        (
            Evidence(status=200, hints={"passwords": 1, "length": 9}, views=[RICH],
                     notes=["redirected to https://a.test/login"]),
            State.FAILED,
            "the page asks for a login",
        ),
        (Evidence(status=200, hints={"passwords": 1, "length": 9000}, views=[RICH]),
         State.CAPTURED, ""),
        (
            Evidence(status=200, views=[View(fragment="", screenshot=None)]),
            State.FAILED,
            "the page is blank",
        ),
        (
            Evidence(status=200, views=[RICH], pictures=[_png(FLAT["sub"], 4)]),
            State.PARTIAL,
            "the page shows one colour only",
        ),
    ],
)  # fmt: skip
def test_pages_are_judged(evidence: Evidence, state: State, reason: str) -> None:
    assert judge.judge_page(evidence) == (state, reason)


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({}, False),
        ({"x-frame-options": "SAMEORIGIN"}, True),
        ({"content-security-policy": "default-src 'self'; frame-ancestors 'none'"}, True),
        ({"content-security-policy": "frame-ancestors *", "x-frame-options": "DENY"}, False),
        ({"content-security-policy": "default-src *"}, False),
    ],
)
def test_framing_is_read_as_browsers_do(headers: dict[str, str], refused: bool) -> None:
    _, reason = judge.judge_page(Evidence(status=200, views=[RICH], headers=headers))
    assert ("refuses to be shown in a frame" in reason) is refused


def test_errors_of_the_browser_have_words() -> None:
    words = [judge.explain(f"Page.goto: net::{c} at x") for c in judge._NETWORK_ERRORS]
    assert all(not w.startswith("the browser says") for w in words)
    assert judge.explain("net::ERR_SOMETHING_NEW") == "the browser says ERR_SOMETHING_NEW"
    assert judge.explain("timeout") == "no answer in time"
