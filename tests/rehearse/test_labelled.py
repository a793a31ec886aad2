"""A labelled deck of good and deliberately broken embeds, rehearsed once in real Chromium.

Every broken one must be found and no good one accused; the counts are printed.
"""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from build import Page, offline_folder, write
from PIL import Image

from deckarchive.model import Tier
from deckarchive.rehearsal import (
    EmbedResult,
    Rehearsal,
    RehearseOptions,
    SlideRehearsed,
    rehearsal_summary,
    rehearse,
)
from examples.web.build import VIDEO
from tests.firefox import BROWSERS
from tests.rehearse.labelled import (
    CASES,
    GOOD_MEDIA,
    MEDIA,
    SHOWN_MEDIA,
    Case,
    labelled_folder,
    score,
)
from tests.sampling import sample

NAMED = ("good", "blocked-beacon", "throws")
SOME = sample(CASES, 4, [case for case in CASES if case.page.id in NAMED])
SOME_MEDIA = sample(MEDIA, 2, [one for one in MEDIA if one[1].id == "no-img"])

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    folder = labelled_folder(tmp_path_factory.mktemp("labelled"), SOME, SOME_MEDIA)
    return rehearse(folder, RehearseOptions(timeout=12))


def found(rehearsal: Rehearsal, name: str) -> EmbedResult:
    (embed,) = [e for _, e in rehearsal.embeds if e.id == name]
    return embed


@pytest.mark.parametrize("case", SOME, ids=lambda c: c.page.id)
def test_pages(rehearsal: Rehearsal, case: Case) -> None:
    embed = found(rehearsal, case.page.id)
    assert (embed.tier, embed.gap) == (case.tier, case.gap), embed
    assert bool(embed.problems) or not case.gap


@pytest.mark.parametrize("name", [t.id for _, t in SOME_MEDIA])
def test_media_and_images(rehearsal: Rehearsal, name: str) -> None:
    embed = found(rehearsal, name)
    good = name in GOOD_MEDIA
    tier = Tier.LIVE if name in SHOWN_MEDIA else Tier.BLANK
    assert (embed.tier, embed.gap) == (tier, not good), embed


def test_precision_and_recall(rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]) -> None:
    found = score(rehearsal, SOME, SOME_MEDIA)
    with capsys.disabled():
        print(f"\nrehearsal: {found}")
    assert (found.missed, found.false_alarms) == ([], [])


def test_every_slide_was_judged_and_nothing_leaked(rehearsal: Rehearsal) -> None:
    assert [s.slide for s in rehearsal.slides] == [
        (h, 0) for h, _ in enumerate([*SOME, *SOME_MEDIA])
    ]
    assert rehearsal.unjudged == ()
    assert rehearsal.leaks == ()
    assert not rehearsal.ok


def test_misses_and_errors_stand_with_their_copy(rehearsal: Rehearsal) -> None:
    beacon = found(rehearsal, "blocked-beacon")
    assert "/sites/example.org/blocked-beacon/nowhere.png" in beacon.unresolved
    assert any("example.com/b" in e for e in beacon.errors)
    assert found(rehearsal, "good").errors == ()
    (slide,) = [s for s, e in rehearsal.embeds if e.id == "throws"]
    assert any("boom" in e for e in slide.errors)
    assert found(rehearsal, "no-img").unresolved == ("/media/no.png",)


def test_the_report_round_trips_to_json(rehearsal: Rehearsal) -> None:
    data = rehearsal.to_dict()
    assert data["tiers"]["live"] == sum(e.tier is Tier.LIVE for _, e in rehearsal.embeds)
    assert {gap["id"] for gap in data["gaps"]} == {e.id for _, e in rehearsal.gaps}
    assert data["slides"][0]["embeds"][0]["counts"]["text"] > 300
    assert data["slides"][0]["embeds"][0]["ms"] >= 0


LEAKS = {
    "fetch": ("fetch('http://fetch.example/x').catch(() => 0)", "fetch.example"),
    "frame": (
        "document.documentElement.append(Object.assign(document.createElement('iframe'), "
        "{src: 'https://frame.example/'}))",
        "frame.example",
    ),
    "beacon": ("navigator.sendBeacon('https://beacon.example/', 'x')", "beacon.example"),
    "address": ("fetch('http://192.0.2.7/').catch(() => 0)", "192.0.2.7"),
    "other port": ("fetch('http://localhost:PORT/').catch(() => 0)", "localhost:PORT"),
    "other port of the deck": (
        "fetch('http://deck.localhost:PORT/').catch(() => 0)",
        "deck.localhost:PORT",
    ),
}
"""What a folder's page for the live site may do, as the one page whose policy allows the web."""
STOPPED = (
    "<img src='https://picture.example/a.png'>",
    "<script>new WebSocket('wss://inner-socket.example/')</script>",
    "<script>fetch('http://inner-fetch.example/x').catch(() => 0)</script>",
)
"""What the server's policy stops in every other page."""


@pytest.mark.parametrize("browser", BROWSERS)
def test_whatever_leaves_the_folder_is_a_leak(tmp_path: Path, browser: str) -> None:
    with socket.socket() as listening:  # another program of this machine: not to be reached
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = str(listening.getsockname()[1])
        pages = [Page(f"leak-{n}", claim=Tier.LIVE) for n in range(len(LEAKS))]
        blank = Page("blank", "<div></div>", claim=Tier.LIVE)
        folder = offline_folder(tmp_path, [Page("good"), *pages, blank])
        codes = ", ".join(f"() => {{ {code} }}" for code, _ in LEAKS.values())
        write(
            folder / "frames/leak.js",
            f"[{codes}][location.search.slice(1)]()".replace("PORT", port),
        )
        write(folder / "frames/live.html", "<!doctype html><script src=leak.js></script>")
        for n, page in enumerate(pages):
            frame = folder / page.target.frame
            inner = f'<iframe src="live.html?{n}" hidden></iframe>' + "".join(STOPPED)
            frame.write_text(frame.read_text("utf-8") + inner, "utf-8")
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
    assert not [url for url, _ in seen if "picture.example" in url or "inner" in url]


def test_the_decks_own_films_are_played_too(tmp_path: Path) -> None:
    film = VIDEO.read_bytes()
    slides = [
        '<section data-background-video="own/film.mp4"></section>',
        '<section><video data-src="own/cut.mp4"></video></section>',
        '<section><video data-src="own/gone.mp4" preload="none"></video></section>',
        "<section><video></video><p>No film is named.</p></section>",
        # The films behind a stack of slides: each is played on its own slide, and there once.
        "<section>"
        + '<section data-background-video="own/film.mp4"></section>' * 2
        + "<section>No film</section></section>",
    ]
    folder = offline_folder(tmp_path, [], extra=[(slide, None) for slide in slides])
    write(folder / "own/film.mp4", film)
    write(folder / "own/cut.mp4", film[: len(film) // 2])
    rehearsal = rehearse(folder)
    good = [(s.slide, e) for s, e in rehearsal.embeds if not e.gap]
    assert [slide for slide, _ in good] == [(0, 0), (4, 0), (4, 1)]
    for _, embed in good:
        assert (embed.id, embed.kind, embed.tier) == ("own/film.mp4", "background-video", Tier.LIVE)
        assert embed.played
        assert not embed.played.fails
    assert [(s.slide, e.id) for s, e in rehearsal.gaps] == [
        ((1, 0), "own/cut.mp4"),
        ((2, 0), "own/gone.mp4"),
    ]


def test_a_lost_picture_is_told_though_the_copy_lives(tmp_path: Path) -> None:
    folder = offline_folder(tmp_path, [Page("a"), Page("b")])
    (folder / "posters/b.png").unlink()
    rehearsal = rehearse(folder)
    assert rehearsal.ok
    assert [(e.tier, e.problems) for _, e in rehearsal.embeds] == [
        (Tier.LIVE, ()),
        (Tier.LIVE, ("its picture is missing in the folder",)),
    ]
    assert "  note: slide 2: its picture is missing in the folder" in rehearsal_summary(rehearsal)


def test_a_good_deck_is_ready_slides_can_be_chosen_and_pictures_kept(tmp_path: Path) -> None:
    folder = offline_folder(tmp_path / "offline", [Page("a"), Page("b"), Page("c")])
    events: list[object] = []
    options = RehearseOptions(
        slides=((1, 0), (2, 0)), repeat=2, screenshots=tmp_path / "shots", viewport=(1280, 720)
    )
    rehearsal = rehearse(folder, options, events.append)
    assert rehearsal.ok
    assert [s.slide for s in rehearsal.slides] == [(1, 0), (2, 0)]
    assert len([e for e in events if isinstance(e, SlideRehearsed)]) == 4
    with Image.open(tmp_path / "shots/1-0.png") as image:
        assert image.size == (1280, 720)
