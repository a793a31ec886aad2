"""The parts without a browser: verdicts, pictures, words, the contact sheet."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from PIL import Image, ImageDraw

from deckarchive.errors import OutputError
from deckarchive.model import ContentCounts, OfflineTarget, Tier
from deckarchive.rehearsal import (
    EmbedResult,
    Leak,
    Rehearsal,
    SlideResult,
    rehearsal_summary,
    write_html,
)
from deckarchive.rehearsal._appearance import appearance_of
from deckarchive.rehearsal._images import (
    StructureChange,
    read_image,
    similarity,
    structure_change,
    thumbnail,
)
from deckarchive.rehearsal._results import worse
from deckarchive.rehearsal._verdict import EmbedEvidence, Verdict, counts_of, judge, why_undrawn
from deckarchive.rehearsal._ways import OpenedFolder
from deckarchive.screenshots import is_blank, variation, varied_cells
from deckarchive.server import PlainServer

PAGE = OfflineTarget(id="p", kind="iframe", url="https://e.org/", best=Tier.LIVE, state="captured")
RICH = ContentCounts(text=1000, elements=90, images=4)
LIVE = EmbedEvidence(
    found=True, claim=Tier.LIVE, counts=RICH, captured=RICH, flat=False, poster_flat=False,
    similarity=0.99,
)  # fmt: skip


@pytest.mark.parametrize(
    ("drew", "errors", "gap", "said"),
    [
        (1, [], True, True),
        (0, ["Error creating WebGL context."], True, True),
        (0, ["x is not defined"], True, False),
        (1, [], False, False),
    ],
)
def test_a_missing_webgl_explains_what_was_not_drawn(
    drew: int, errors: list[str], gap: bool, said: bool
) -> None:
    seen = replace(LIVE, captured=ContentCounts(canvases=drew))
    assert bool(why_undrawn(Verdict(Tier.LIVE, gap, ()), seen, errors)) is said


@pytest.mark.parametrize(
    ("evidence", "tier", "gap"),
    [
        (LIVE, Tier.LIVE, False),
        (replace(LIVE, similarity=0.3), Tier.LIVE, False),  # animation or chance is no fault
        (replace(LIVE, counts=ContentCounts(text=600, images=1)), Tier.LIVE, False),
        (replace(LIVE, counts=ContentCounts(text=400, images=4)), Tier.LIVE, True),
        (
            replace(LIVE, counts=ContentCounts(text=400, images=4), similarity=0.999),
            Tier.LIVE,
            False,
        ),
        (replace(LIVE, counts=ContentCounts(text=1000)), Tier.LIVE, True),
        (replace(LIVE, counts=ContentCounts(text=1000, images=1, broken=3)), Tier.LIVE, True),
        (replace(LIVE, counts=ContentCounts(), similarity=0.948), Tier.BLANK, True),
        (replace(LIVE, flat=True), Tier.BLANK, True),
        (replace(LIVE, flat=True, poster_flat=True), Tier.LIVE, False),
        (replace(LIVE, counts=ContentCounts(), captured=ContentCounts()), Tier.LIVE, False),
        (replace(LIVE, counts=None, hangs=True), Tier.LIVE, True),
        (replace(LIVE, covered=True), Tier.PICTURE, True),
        (replace(LIVE, claim=Tier.PICTURE), Tier.PICTURE, True),
        (replace(LIVE, claim=Tier.CARD), Tier.CARD, True),
        (replace(LIVE, claim=Tier.BLANK), Tier.BLANK, True),
        (replace(LIVE, claim=None), Tier.LIVE, False),  # a copy without a frame of ours
        (EmbedEvidence(found=True), Tier.BLANK, True),
        (EmbedEvidence(), Tier.BLANK, True),
        (
            EmbedEvidence(found=True, ready=True, flat=True),
            Tier.LIVE,
            False,
        ),  # a video may be black
        (EmbedEvidence(found=True, ready=False), Tier.BLANK, True),
    ],
)
def test_verdicts(evidence: EmbedEvidence, tier: Tier, gap: bool) -> None:
    verdict = judge(PAGE, evidence)
    assert (verdict.tier, verdict.gap) == (tier, gap), verdict
    assert bool(verdict.problems) or not gap


def facts(**more: object) -> dict[str, object]:
    """What appearance.js answers of a plain page."""
    return {"title": "Rivers", "text": "Rivers of the plain " * 9, "length": 180, **more}


@pytest.mark.parametrize(
    ("evidence", "page", "tier", "gap", "said"),
    [
        (LIVE, facts(), Tier.LIVE, False, ""),
        (LIVE, facts(text="Video unavailable", length=17), Tier.BROKEN, True, "recorded as broken"),
        (
            replace(LIVE, captured_text="Rivers of the plain"),
            facts(text="Video unavailable", length=17),
            Tier.LIVE, True, "did not when captured",
        ),
        (
            replace(LIVE, similarity=0.54),
            facts(layers=[{"share": 1.0, "under": 0.8, "text": ""}]),
            Tier.LIVE, True, "something lies over 100% of the page",
        ),
        (LIVE, facts(layers=[{"share": 1.0, "under": 0.8, "text": ""}]), Tier.LIVE, False, ""),
        (  # an app in a box of its own
            LIVE,
            facts(layers=[{"share": 1, "under": 0.9, "text": "Sign in. " + "Rivers " * 25}]),
            Tier.LIVE, False, "",
        ),
        (  # a head with a way to sign in
            LIVE,
            facts(layers=[{"share": 0.2, "under": 0.8, "text": "Home Sign in"}]),
            Tier.LIVE, False, "",
        ),
        (
            LIVE,
            facts(layers=[{"share": 0.3, "under": 0.9, "text": "Menu"},
                          {"share": 0.2, "under": 0.9, "text": "We use cookies. Accept"}]),
            Tier.BROKEN, True, "a consent banner lies over the page",
        ),
        (
            replace(LIVE, structure=StructureChange(lost=0.8, changed=0.8)),
            facts(), Tier.LIVE, True, "80% of what the picture showed is missing",
        ),
        (
            replace(LIVE, unresolved=("https://e.org/a.json",)), facts(), Tier.LIVE, False, "",
        ),
        (
            replace(LIVE, unresolved=("https://e.org/a.json",),
                    counts=ContentCounts(text=700, elements=60, images=4)),
            facts(), Tier.LIVE, True, "content is missing, and 1 request found nothing offline",
        ),
        (  # markers that a request would have brought
            replace(LIVE, unresolved=("https://e.org/a.json",), similarity=0.99,
                    counts=ContentCounts(text=700, elements=30, images=5),
                    captured=ContentCounts(text=700, elements=60, images=5)),
            facts(), Tier.LIVE, True, "content is missing, and 1 request found nothing offline",
        ),
        (  # a style sheet: the same words elsewhere
            replace(LIVE, unresolved=("https://e.org/a.css",),
                    structure=StructureChange(lost=0.0, changed=0.4)),
            facts(), Tier.LIVE, True, "content is missing, and 1 request found nothing offline",
        ),
        (  # a script: it looks the same, and is dead
            replace(LIVE, unresolved=("https://e.org/a.js",), is_without_effect=True),
            facts(), Tier.LIVE, True, "content is missing, and 1 request found nothing offline",
        ),
        (replace(LIVE, is_without_effect=True), facts(), Tier.LIVE, False, ""),
        (
            replace(LIVE, is_without_effect=True, is_damaged=True),
            facts(), Tier.LIVE, True, "one of its scripts is damaged",
        ),
        (  # a dialog on a veil over the page
            replace(LIVE, captured_text="Rivers of the plain. The kernel has died. OK"),
            facts(layers=[{"share": 0.8, "under": 0.6, "text": ""},
                          {"share": 0.1, "under": 0.9, "text": "The kernel has died. OK"}]),
            Tier.BROKEN, True, "the page says that it failed",
        ),
        (
            replace(LIVE, unresolved=("https://e.org/api/log",),
                    counts=ContentCounts(text=700, elements=60, images=4)),
            facts(), Tier.LIVE, False, "",
        ),
        (
            replace(LIVE, unresolved=("/sites/e.org/a.json",), missing=("https://e.org/a.json",),
                    counts=ContentCounts(text=700, elements=60, images=4)),
            facts(), Tier.LIVE, False, "",
        ),
    ],
)  # fmt: skip
def test_what_the_audience_would_see(
    evidence: EmbedEvidence, page: dict[str, object], tier: Tier, gap: bool, said: str
) -> None:
    verdict = judge(PAGE, replace(evidence, page=appearance_of(page)))
    assert (verdict.tier, verdict.gap) == (tier, gap), verdict
    assert said in " ".join(verdict.problems)


@pytest.mark.parametrize("data", [None, [], "x", 7])
def test_what_a_page_answers_is_read_as_far_as_it_fits(data: object) -> None:
    assert appearance_of(data) is None
    odd = {"title": data, "length": -1, "layers": data, "waiting": data, "inner": [data, {}]}
    page = appearance_of(odd)
    assert page is not None
    assert (page.length, page.layers, page.spinners, len(page.inner)) == (0, (), 0, 1)


def bars(top: int, *, count: int = 9, tone: str = "white") -> Image.Image:
    image = Image.new("RGB", (960, 540), tone)
    draw = ImageDraw.Draw(image)
    for n in range(count):
        for x in range(20, 900, 12):
            draw.rectangle((x, top + n * 50, x + 5, top + n * 50 + 20), fill="black")
    return image


def test_structure_is_what_is_drawn_not_which_pixels() -> None:
    then = bars(20)
    assert structure_change(then, bars(26)).lost == 0.0  # a few pixels lower
    half = structure_change(then, bars(20, count=4))
    assert half.lost is not None
    assert 0.3 < half.lost < 0.7
    assert structure_change(then, Image.new("RGB", (960, 540), "white")).lost == 1.0
    blank = Image.new("RGB", (960, 540), "white")
    assert structure_change(blank, then).lost is None  # nothing was drawn that could be lost


def test_what_moves_by_itself_says_nothing() -> None:
    then, light, dark = (
        bars(20),
        *(Image.new("RGB", (960, 540), tone) for tone in ("white", "#234")),
    )
    assert structure_change(then, light, dark).lost is None
    assert structure_change(then, dark, dark, light, dark).lost is None  # met twice in one phase
    assert structure_change(then, light, light, light).lost == 1.0


def test_what_moved_when_captured_may_be_elsewhere_and_not_nowhere() -> None:
    then, later, now = (bars(top, count=4) for top in (20, 300, 270))
    little, empty = bars(270, count=1), bars(0, count=0)
    varied = varied_cells(variation(as_png(then), as_png(later)) or "")
    assert structure_change(then, now).lost == 1.0
    assert structure_change(then, now, varied=varied).lost == 0.0
    for gone in (little, empty):
        assert structure_change(then, gone, varied=varied).lost == 1.0
    everywhere = structure_change(then, now, varied=range(576))
    assert everywhere == StructureChange(lost=0.0, changed=None)  # too little to judge by
    assert structure_change(then, empty, varied=range(576)).lost == 1.0


def as_png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_a_picture_that_is_at_one_moment_as_it_was_has_lost_nothing() -> None:
    then, empty, half = bars(20), Image.new("RGB", (960, 540), "white"), bars(20, count=4)
    same = StructureChange(lost=0.0, changed=0.0)
    assert structure_change(then, empty, bars(20)) == same
    assert structure_change(then, half, empty, bars(20)) == same
    assert structure_change(then, half, empty) == structure_change(then, empty, half) != same


def test_a_picture_is_no_gap_where_the_capture_gave_no_more() -> None:
    target = replace(PAGE, best=Tier.PICTURE, state="partial")
    assert not judge(target, replace(LIVE, claim=Tier.PICTURE)).gap
    assert judge(replace(PAGE, best=Tier.CARD), EmbedEvidence()).tier is Tier.CARD


def test_the_card_of_a_lost_image_is_a_gap_though_it_is_a_picture_that_loads() -> None:
    lost = replace(PAGE, kind="image", best=Tier.CARD, state="failed", reason="name not found")
    verdict = judge(lost, EmbedEvidence(found=True, ready=True))
    assert (verdict.tier, verdict.gap) == (Tier.CARD, True)
    assert verdict.problems == ("name not found",)
    assert not judge(replace(lost, best=Tier.LIVE), EmbedEvidence(found=True, ready=True)).gap


@pytest.mark.parametrize(
    "data", [None, [], "x", {"text": "many"}, {"text": -1}, {"images": float("inf")}]
)
def test_forged_vitals_are_no_vitals(data: object) -> None:
    assert counts_of(data) is None


def picture(color: str, size: tuple[int, int] = (192, 108), dot: bool = False) -> bytes:
    image = Image.new("RGB", size, color)
    if dot:
        ImageDraw.Draw(image).rectangle((10, 10, 12, 12), fill="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_pictures_are_compared_cut_and_shrunk() -> None:
    white, black = read_image(picture("white")), read_image(picture("black"))
    tall = read_image(picture("white", (100, 300)))
    dotted = read_image(picture("white", dot=True))
    assert white
    assert black
    assert tall
    assert dotted
    assert similarity(white, white) == 1
    assert similarity(white, black) == 0
    assert similarity(white, tall) is None
    assert is_blank(white)
    assert not is_blank(dotted)
    corner = read_image(picture("white", dot=True), (10, 10, 13, 13))
    assert corner
    assert is_blank(corner)
    assert corner.size == (3, 3)
    assert read_image(picture("white"), (50, 50, 50, 90)) is None
    assert read_image(b"no picture") is None
    assert read_image(Path("nowhere.png")) is None
    with Image.open(io.BytesIO(thumbnail(white, 96))) as small:
        assert (small.format, small.size) == ("JPEG", (96, 54))


def embed(**values: object) -> EmbedResult:
    base = EmbedResult(
        id="p", kind="iframe", url="https://e.org/a?<b>", best=Tier.LIVE, tier=Tier.LIVE, gap=False
    )
    return replace(base, **values)  # type: ignore[arg-type]


GAP = embed(tier=Tier.BLANK, gap=True, problems=("nothing <can> be seen",), poster="posters/p.png")
REHEARSAL = Rehearsal(
    folder="offline/talk", title="<Talk>", browser="Chromium 1",
    started="2026-01-01T00:00:00+00:00",
    seconds=61.2, leaks=(Leak(url="out.example:443", method="CONNECT", slide=(2, 1)),),
    slides=(
        SlideResult(slide=(0, 0), embeds=(embed(),), thumbnail=thumbnail(Image.new("RGB", (9, 9)))),
        SlideResult(slide=(1, 0), embeds=(GAP,)),
        SlideResult(slide=(2, 1), problem="it took too long"),
    ),
)  # fmt: skip


def test_the_summary_says_what_a_speaker_needs() -> None:
    assert rehearsal_summary(REHEARSAL).splitlines() == [
        "<Talk>: 1 gap, 1 leak, 1 slide not judged",
        "  3 slides, 2 embeds: 1 live, 1 blank · 61 s · Chromium 1",
        "  slide 2: blank: https://e.org/a?<b> (nothing <can> be seen)",
        "  slide 3.2: it took too long",
        "  left this machine from slide 3.2: CONNECT out.example:443",
    ]
    good = replace(REHEARSAL, slides=REHEARSAL.slides[:1], leaks=())
    assert rehearsal_summary(good).splitlines()[0] == "<Talk>: ready to present offline"
    assert "nothing tried to leave this machine" in rehearsal_summary(good)
    assert "could not be rehearsed" in rehearsal_summary(replace(REHEARSAL, problem="no"))


def test_long_lists_are_cut() -> None:
    many = replace(REHEARSAL, slides=tuple(
        SlideResult(slide=(n, 0), embeds=(GAP,)) for n in range(50)))  # fmt: skip
    assert "  … and 30 more" in rehearsal_summary(many).splitlines()


def test_the_sheet_holds_everything_and_escapes_it(tmp_path: Path) -> None:
    folder = tmp_path / "offline"
    (folder / "posters").mkdir(parents=True)
    (folder / "posters/p.png").write_bytes(picture("red"))
    write_html(replace(REHEARSAL, folder=str(folder)), tmp_path / "sheet.html")
    page = (tmp_path / "sheet.html").read_text()
    assert page.count("<article") == 3
    assert page.count("data:image/jpeg;base64,") == 2
    assert "&lt;Talk&gt;" in page
    assert "nothing &lt;can&gt; be seen" in page
    assert "a?&lt;b&gt;" in page
    assert not re.search(r'(?:src|href)="(?!data:)', page)
    with pytest.raises(OutputError, match="cannot write"):
        write_html(REHEARSAL, folder)


def test_of_two_showings_the_worse_counts() -> None:
    good, bad = (
        SlideResult(slide=(0, 0), embeds=(embed(),)),
        SlideResult(slide=(0, 0), embeds=(GAP,), unresolved=("/x",)),
    )
    for first, second in ((good, bad), (bad, good)):
        both = worse(first, second)
        assert both.embeds == (GAP,)
        assert both.unresolved == ("/x",)
    unjudged = SlideResult(slide=(0, 0), problem="it hangs")
    assert worse(good, unjudged) is unjudged
    assert worse(unjudged, good) is unjudged


def test_a_plain_server_sends_files_ranges_and_nothing_more(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(bytes(range(200)))
    with PlainServer(tmp_path) as server:
        url = server.url.rstrip("/")
        headers = {"Range": "bytes=10-19", "Referer": f"{url}/sites/e.org/index.html"}
        with urlopen(Request(f"{url}/film.mp4", headers=headers)) as answer:
            assert (answer.status, answer.read()) == (206, bytes(range(10, 20)))
            assert answer.headers["Content-Type"] == "video/mp4"
        with pytest.raises(HTTPError, match="404"):
            urlopen(f"{url}/lost.json")
        requests = server.requests_since(0)
        opened = OpenedFolder(
            url=f"{url}/", hosts=(), log=server, copies={"/sites/e.org/index.html": "e"}
        )
    assert [(r.target, r.status) for r in requests] == [("/film.mp4", 206), ("/lost.json", 404)]
    assert [opened.asker_of(request) for request in requests] == ["e", ""]


def test_a_plain_server_gives_nothing_from_outside_of_the_folder(tmp_path: Path) -> None:
    """A folder may be somebody else's: its links and hidden files are no way to the user's."""
    secret, folder = tmp_path / "secret.txt", tmp_path / "offline"
    secret.write_text("mine")
    (folder / "sub").mkdir(parents=True)
    (folder / "link.txt").symlink_to(secret)
    (folder / ".hidden").write_text("mine")
    (folder / "ok.txt").write_text("yours")
    with PlainServer(folder) as server:
        assert urlopen(f"{server.url}ok.txt").read() == b"yours"
        for path in ("link.txt", ".hidden", "sub/", "%2e%2e/secret.txt", "..%2fsecret.txt"):
            with pytest.raises(HTTPError, match=r"40[04]"):
                urlopen(server.url + path)
        with pytest.raises(HTTPError, match="421"):
            urlopen(Request(f"{server.url}ok.txt", headers={"Host": "evil.example"}))


def test_paths_count_from_the_folder() -> None:
    log = PlainServer  # never asked
    opened = OpenedFolder(url="file:///home/a%20b/deck/", hosts=(), log=log)  # type: ignore[arg-type]
    assert opened.path_of("file:///home/a%20b/deck/frames/x.html#1") == "/frames/x.html"
    assert opened.path_of("file:///home/other.html") == ""
    assert opened.owner_of("http://atlas.deck.localhost:1/x") == "atlas"
