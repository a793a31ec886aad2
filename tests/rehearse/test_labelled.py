"""A labelled deck of good and deliberately broken embeds, rehearsed once in real Chromium.

Every broken one must be found and no good one accused; the counts are printed.
"""

from __future__ import annotations

import io
import socket
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest
from build import TEXT, Page, offline_folder, write
from PIL import Image

from deckarchive.model import OfflineTarget, Tier
from deckarchive.rehearse import EmbedResult, Rehearsal, RehearseOptions, SlideSeen, rehearse
from tests.firefox import needs_firefox

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

SPIN = "<script>for (;;);</script>"
ANIMATED = """<canvas id=c width=1600 height=900></canvas><script>
const g = c.getContext("2d"), hue = Math.random() * 360;
setInterval(() => { for (let n = 0; n < 99; n++) {
  g.fillStyle = `hsl(${hue + Math.random() * 90} 90% 50%)`;
  g.fillRect(Math.random() * 1600, Math.random() * 900, 90, 90); } }, 40);</script>"""


@dataclass(frozen=True)
class Case:
    """``tier`` and ``gap`` are what must be found of ``page``."""

    page: Page
    tier: Tier
    gap: bool


SHAPES = {"text": 0, "elements": 3, "canvases": 1}
CASES = [
    # good
    Case(Page("good"), Tier.LIVE, False),
    Case(Page("heading-over-it", content="<h2>Heading</h2>"), Tier.LIVE, False),
    Case(Page("animated", ANIMATED, vitals=SHAPES), Tier.LIVE, False),
    Case(Page("longer-today", TEXT * 3), Tier.LIVE, False),
    Case(Page("no-poster", poster=False), Tier.LIVE, False),
    Case(Page("throws", TEXT + "<script>throw new Error('boom')</script>"), Tier.LIVE, False),
    Case(Page("late", "<script>setTimeout(() => { document.body.innerHTML = "
              f"`{TEXT}` }}, 2500)</script>"), Tier.LIVE, False),
    Case(Page("blocked-beacon", TEXT + "<script>fetch('http://example.com/b').catch(() => 0)"
              "</script><img src='nowhere.png' width=1 height=1>"), Tier.LIVE, False),
    Case(Page("pictures-far-below", TEXT + "<div style='height: 9000px'></div>"
              "<img src='later.png' loading='lazy'>", vitals={"text": 40, "images": 1}),
         Tier.LIVE, False),
    Case(Page("only-a-picture", None, best=Tier.PICTURE, state="partial"), Tier.PICTURE, False),
    # broken
    Case(Page("blank-but-says-live", "<div></div>", claim=Tier.LIVE), Tier.BLANK, True),
    Case(Page("blank-behind-heading", "<div></div>", claim=Tier.LIVE,
              content="<h1>Heading</h1><h1>Heading</h1>"), Tier.BLANK, True),
    Case(Page("invisible", f"<div style='opacity:0'>{TEXT}</div>", claim=Tier.LIVE),
         Tier.BLANK, True),
    Case(Page("no-file-but-says-live", None, claim=Tier.LIVE), Tier.LIVE, True),
    Case(Page("no-file", None), Tier.PICTURE, True),
    Case(Page("dies-early", "<script>document.documentElement.remove()</script>"),
         Tier.PICTURE, True),
    Case(Page("lost-its-text", "<p>Error.</p>", claim=Tier.LIVE), Tier.LIVE, True),
    Case(Page("lost-its-canvas", "<p>No drawing is here.</p>", claim=Tier.LIVE,
              vitals={"text": 18, "elements": 9, "canvases": 2}), Tier.LIVE, True),
    Case(Page("silent", report=False), Tier.PICTURE, True),
    Case(Page("spins", SPIN), Tier.PICTURE, True),
    Case(Page("dead", None, best=Tier.CARD, poster=False, state="failed",
              reason="the host does not answer"), Tier.CARD, True),
    Case(Page("after-the-broken-ones"), Tier.LIVE, False),
]  # fmt: skip


def png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").resize((width, height)).save(out, "PNG")
    return out.getvalue()


def wav() -> bytes:
    data = bytes(128 + (n % 64) for n in range(8000))
    form = struct.pack("<4sIHHIIHH4sI", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8, b"data", len(data))
    return struct.pack("<4sI4s", b"RIFF", len(data) + 36, b"WAVE") + form + data


def target(name: str, kind: str, copy: str, **more: object) -> OfflineTarget:
    values = {"best": Tier.LIVE, "state": "captured", **more}
    return OfflineTarget(id=name, kind=kind, url=f"https://m.example/{name}", copy=copy, **values)  # type: ignore[arg-type]


MEDIA = [
    ('<section><img src="media/good.png"></section>', target("img", "image", "media/good.png")),
    (
        '<section data-background-image="media/good.png"></section>',
        target("bg", "background-image", "media/good.png"),
    ),
    (
        '<section><audio data-src="media/good.wav"></audio></section>',
        target("sound", "audio", "media/good.wav"),
    ),
    ('<section><img src="media/no.png"></section>', target("no-img", "image", "media/no.png")),
    (
        '<section data-background-image="media/no.png"></section>',
        target("no-bg", "background-image", "media/no.png"),
    ),
    (
        '<section data-background-video="media/no.mp4"></section>',
        target("no-video", "background-video", "media/no.mp4"),
    ),
    (
        '<section><video data-src="media/broken.mp4"></video></section>',
        target("broken-video", "video", "media/broken.mp4"),
    ),
    (
        '<section><a data-preview-image="media/good.png?1">shown at a click</a></section>',
        target("preview", "image", "media/good.png"),
    ),
    (
        '<section><a data-preview-video="media/good.wav">played at a click</a></section>',
        target("preview-video", "video", "media/good.wav"),
    ),
    (
        '<section><a data-preview-image="media/lost.png">lost</a></section>',
        target("no-preview", "image", "media/lost.png"),
    ),
    (
        '<section><a data-preview-video="media/lost.mp4">lost</a></section>',
        target("no-preview-video", "video", "media/lost.mp4"),
    ),
    ("<section><p>nothing</p></section>", target("forgotten", "video", "media/good.wav")),
]
GOOD_MEDIA = {"img", "bg", "sound", "preview", "preview-video"}


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    root = tmp_path_factory.mktemp("labelled")
    folder = offline_folder(root / "offline", [c.page for c in CASES], extra=MEDIA)
    write(folder / "media/good.png", png(640, 360))
    write(folder / "media/good.wav", wav())
    write(folder / "media/broken.mp4", b"\0\0\0\x18ftypmp42" + zlib.compress(b"no video" * 99))
    return rehearse(folder, RehearseOptions(timeout=12))


def found(rehearsal: Rehearsal, name: str) -> EmbedResult:
    (embed,) = [e for _, e in rehearsal.embeds if e.id == name]
    return embed


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.page.id)
def test_pages(rehearsal: Rehearsal, case: Case) -> None:
    embed = found(rehearsal, case.page.id)
    assert (embed.tier, embed.gap) == (case.tier, case.gap), embed
    assert bool(embed.problems) or not case.gap


@pytest.mark.parametrize("name", [t.id for _, t in MEDIA])
def test_media_and_images(rehearsal: Rehearsal, name: str) -> None:
    embed = found(rehearsal, name)
    good = name in GOOD_MEDIA
    assert (embed.tier, embed.gap) == (Tier.LIVE if good else Tier.BLANK, not good), embed


def test_precision_and_recall(rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]) -> None:
    broken = {c.page.id for c in CASES if c.gap}
    broken |= {t.id for _, t in MEDIA} - GOOD_MEDIA
    accused = {e.id for _, e in rehearsal.gaps}
    right = len(broken & accused)
    with capsys.disabled():
        print(
            f"\nrehearsal: {len(rehearsal.embeds)} embeds, {len(broken)} broken; "
            f"precision {right / len(accused):.2f}, recall {right / len(broken):.2f}"
        )
    assert accused == broken


def test_every_slide_was_judged_and_nothing_leaked(rehearsal: Rehearsal) -> None:
    assert [s.slide for s in rehearsal.slides] == [(h, 0) for h in range(len(CASES + MEDIA))]
    assert rehearsal.unjudged == ()
    assert rehearsal.leaks == ()
    assert not rehearsal.ok


def test_misses_and_errors_stand_with_their_copy(rehearsal: Rehearsal) -> None:
    beacon = found(rehearsal, "blocked-beacon")
    assert "/sites/example.org/blocked-beacon/nowhere.png" in beacon.misses
    assert any("example.com/b" in e for e in beacon.errors)
    assert found(rehearsal, "good").errors == ()
    (slide,) = [s for s, e in rehearsal.embeds if e.id == "throws"]
    assert any("boom" in e for e in slide.errors)
    assert found(rehearsal, "no-img").misses == ("/media/no.png",)


def test_the_report_round_trips_to_json(rehearsal: Rehearsal) -> None:
    data = rehearsal.to_dict()
    assert data["tiers"]["live"] == sum(e.tier is Tier.LIVE for _, e in rehearsal.embeds)
    assert {gap["id"] for gap in data["gaps"]} == {e.id for _, e in rehearsal.gaps}
    assert data["slides"][0]["embeds"][0]["vitals"]["text"] > 300
    assert data["slides"][0]["embeds"][0]["ms"] >= 0


LEAKS = {
    "fetch": ("<script>fetch('http://fetch.example/x').catch(() => 0)</script>", "fetch.example"),
    "frame": ("<iframe src='https://frame.example/'></iframe>", "frame.example"),
    "picture": ("<img src='https://picture.example/a.png'>", "picture.example"),
    "socket": ("<script>new WebSocket('wss://socket.example/')</script>", "socket.example"),
    "beacon": (
        "<script>navigator.sendBeacon('https://beacon.example/', 'x')</script>",
        "beacon.example",
    ),
    "worker": (
        "<script>new Worker(URL.createObjectURL(new Blob([`fetch('https://worker.example/')`])))"
        "</script>",
        "worker.example",
    ),
    "address": ("<script>fetch('http://192.0.2.7/').catch(() => 0)</script>", "192.0.2.7"),
    "other port": (
        "<script>fetch('http://localhost:PORT/').catch(() => 0)</script>",
        "localhost:PORT",
    ),
    "other port of the deck": (
        "<script>fetch('http://deck.localhost:PORT/').catch(() => 0)</script>",
        "deck.localhost:PORT",
    ),
}


@pytest.mark.parametrize("browser", ["chromium", pytest.param("firefox", marks=needs_firefox)])
def test_whatever_leaves_the_folder_is_a_leak(tmp_path: Path, browser: str) -> None:
    with socket.socket() as listening:  # another program of this machine: not to be reached
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = str(listening.getsockname()[1])
        # In frames of the deck's own origin: in copies the server's policy stops all of these.
        pages = [Page(f"leak-{n}", claim=Tier.LIVE) for n in range(len(LEAKS))]
        blank = Page("blank", "<div></div>", claim=Tier.LIVE)
        folder = offline_folder(tmp_path, [Page("good"), *pages, blank])
        for page, (code, _) in zip(pages, LEAKS.values(), strict=True):
            frame = folder / page.target.frame
            frame.write_text(frame.read_text("utf-8") + code.replace("PORT", port), "utf-8")
        rehearsal = rehearse(folder, RehearseOptions(browser=Path(browser)))
        listening.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listening.accept()
    assert not rehearsal.ok
    assert [(e.id, e.tier) for _, e in rehearsal.gaps] == [("blank", Tier.BLANK)]
    seen = [(leak.url, leak.slide) for leak in rehearsal.leaks]
    for n, (name, (_, host)) in enumerate(LEAKS.items(), 1):
        wanted = host.replace("PORT", port)
        assert any(wanted in url and slide == (n, 0) for url, slide in seen), (name, seen)
    assert not any(slide in (None, (0, 0)) for _, slide in seen)


def test_a_good_deck_is_ready_slides_can_be_chosen_and_pictures_kept(tmp_path: Path) -> None:
    folder = offline_folder(tmp_path / "offline", [Page("a"), Page("b"), Page("c")])
    events: list[object] = []
    options = RehearseOptions(
        slides=((1, 0), (2, 0)), repeat=2, screenshots=tmp_path / "shots", viewport=(1280, 720)
    )
    rehearsal = rehearse(folder, options, events.append)
    assert rehearsal.ok
    assert [s.slide for s in rehearsal.slides] == [(1, 0), (2, 0)]
    assert len([e for e in events if isinstance(e, SlideSeen)]) == 4
    with Image.open(tmp_path / "shots/1-0.png") as image:
        assert image.size == (1280, 720)
