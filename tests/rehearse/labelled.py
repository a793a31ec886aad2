"""Good and deliberately broken embeds, each with what a rehearsal must find of it.

`test_labelled.py` holds every row; `python -m bench.rehearsal` prints precision and recall.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from deckarchive.model import Interaction, OfflineTarget, Tier
from deckarchive.rehearsal import Rehearsal
from examples.web.build import VIDEO
from tests.rehearse.build import TEXT, Page, offline_folder, write

SPIN = "<script>for (;;);</script>"
ANIMATED = """<canvas id=c width=1600 height=900></canvas><script>
const g = c.getContext("2d"), hue = Math.random() * 360;
setInterval(() => { for (let n = 0; n < 99; n++) {
  g.fillStyle = `hsl(${hue + Math.random() * 90} 90% 50%)`;
  g.fillRect(Math.random() * 1600, Math.random() * 900, 90, 90); } }, 40);</script>"""


BUTTON = TEXT + "<p id=p>Press it.</p><button id=run>Run</button>"
ON_CLICK = "run.onclick = () => { p.textContent += ' It runs.' }"
HANDLER = f"<script>{ON_CLICK}</script>"
SLIDER = TEXT + "<input id=r type=range value=20><output id=o>20</output>"
CLICK = Interaction(kind="click", where="#run", label="Run", changed=True, at_once=True)
SLIDE = Interaction(kind="adjust", where="#r", label="20", changed=True, at_once=True)
KEY = Interaction(kind="key", changed=True, at_once=True)
SCROLL = Interaction(kind="scroll", changed=True, at_once=True)
PLAY = Interaction(kind="play", where="#a", changed=True, at_once=True)
SEEK = Interaction(kind="seek", where="#a", changed=True, at_once=True)


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
    Case(Page("animated", ANIMATED, counts=SHAPES), Tier.LIVE, False),
    Case(Page("longer-today", TEXT * 3), Tier.LIVE, False),
    Case(Page("no-poster", poster=False), Tier.LIVE, False),
    Case(Page("throws", TEXT + "<script>throw new Error('boom')</script>"), Tier.LIVE, False),
    Case(Page("late", "<p>Loading…</p><script>setTimeout(() => { document.body.innerHTML = "
              f"`{TEXT}` }}, 5000)</script>"), Tier.LIVE, False),
    Case(Page("blocked-beacon", TEXT + "<script>fetch('http://example.com/b').catch(() => 0)"
              "</script><img src='nowhere.png' width=1 height=1>"), Tier.LIVE, False),
    Case(Page("pictures-far-below", TEXT + "<div style='height: 9000px'></div>"
              "<img src='later.png' loading='lazy'>", counts={"text": 40, "images": 1}),
         Tier.LIVE, False),
    Case(Page("only-a-picture", None, best=Tier.PICTURE, state="partial"), Tier.PICTURE, False),
    Case(Page("random-text", "<main id=m></main><script>m.innerText = Array.from({length:"
              " 99}, () => Math.random().toString(36)).join(' ')</script>", poster=False),
         Tier.LIVE, False),
    Case(Page("blinks", TEXT + "<script>setInterval(() => { document.body.style.background ="
              "document.body.style.background ? '' : '#234' }, 90)</script>"), Tier.LIVE, False),
    # In step with two pictures half a second apart, and seldom as it was when captured.
    Case(Page("blinks-in-step", TEXT + "<script>setInterval(() => { document.body.style.background"
              "= document.body.style.background ? '' : '#234' }, 280)</script>"), Tier.LIVE, False),
    Case(Page("is-seldom-light", TEXT + "<script>let n = 0; setInterval(() => { document.body.style"
              ".background = n++ % 4 ? '#234' : '' }, 250)</script>"), Tier.LIVE, False),
    Case(Page("counts-up", TEXT + "<b id=n></b><script>setInterval(() => { n.textContent ="
              "Date.now() }, 30)</script>", interactions=(CLICK,)), Tier.LIVE, False),
    Case(Page("font-is-missing", "<style>@font-face { font-family: F; src: url(lost.woff2) }"
              "body { font-family: F, serif }</style>" + TEXT), Tier.LIVE, False),
    Case(Page("starts-up-heavily", TEXT + "<script>setTimeout(() => { const end = Date.now() +"
              " 6000; while (Date.now() < end); }, 400)</script>"), Tier.LIVE, False),
    Case(Page("another-title", TEXT, title="Lesson 3: networks", captured_title="Lesson 2: nets"),
         Tier.LIVE, False),
    Case(Page("dark-today", f"<div style='background:#111;color:#eee'>{TEXT}</div>",
              title="Atlas", captured_title="Atlas"), Tier.LIVE, False),
    Case(Page("button-works", BUTTON + HANDLER, interactions=(CLICK,)), Tier.LIVE, False),
    Case(Page("button-works-late", BUTTON + f"<script>setTimeout(() => {{ const s = document."
              f"createElement('script'); s.textContent = `{ON_CLICK}`; document.body.append(s) }},"
              " 1200)</script>", interactions=(CLICK,)), Tier.LIVE, False),
    Case(Page("button-was-renamed", BUTTON.replace("Run", "Start"), interactions=(CLICK,)),
         Tier.LIVE, False),
    Case(Page("change-by-chance-then", BUTTON, interactions=(replace(CLICK, at_once=False),)),
         Tier.LIVE, False),
    Case(Page("slider-works", SLIDER + "<script>r.oninput = () => { o.textContent = r.value }"
              "</script>", interactions=(SLIDE,)), Tier.LIVE, False),
    Case(Page("canvas-follows-keys", TEXT + "<canvas id=c></canvas><script>onkeydown = () => {"
              "c.getContext('2d').fillRect(0, 0, 99, 99) }</script>", interactions=(KEY,)),
         Tier.LIVE, False),
    Case(Page("film-plays", f"{TEXT}<audio id=a src='../good.wav' preload=auto>",
              interactions=(PLAY, SEEK)), Tier.LIVE, False),
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
              counts={"text": 18, "elements": 9, "canvases": 2}), Tier.LIVE, True),
    Case(Page("silent", report=False), Tier.PICTURE, True),
    Case(Page("spins", SPIN), Tier.PICTURE, True),
    Case(Page("dead", None, best=Tier.CARD, poster=False, state="failed",
              reason="the host does not answer"), Tier.CARD, True),
    Case(Page("no-main-script", "<div id=app>Loading…</div><script src=app.js></script>"),
         Tier.PICTURE, True),
    Case(Page("no-main-script-but-says-live", "<div id=app>Loading…</div>"
              "<script src=app.js></script>", claim=Tier.LIVE), Tier.LIVE, True),
    Case(Page("no-style-but-white-on-white", f"<style>body {{ color: #fff }}</style>{TEXT}",
              claim=Tier.LIVE), Tier.BLANK, True),
    Case(Page("another-page", f"<body style='background:#037'>{TEXT}", title="Sign in",
              captured_title="Atlas of rivers"),
         Tier.LIVE, True),
    Case(Page("button-is-dead", BUTTON, interactions=(CLICK,)), Tier.LIVE, True),
    Case(Page("slider-is-dead", SLIDER, interactions=(SLIDE,)), Tier.LIVE, True),
    Case(Page("keys-are-dead", TEXT, interactions=(KEY,)), Tier.LIVE, True),
    Case(Page("stuck", f"<style>html {{ overflow: hidden; height: 100% }} body {{ height: 100%;"
              f" overflow: hidden }}</style>{TEXT * 30}", interactions=(SCROLL,)), Tier.LIVE, True),
    Case(Page("film-is-stuck", f"{TEXT}<audio id=a src='../good.wav' preload=auto>"
              "</audio><script>a.defaultPlaybackRate = a.playbackRate = 0</script>",
              interactions=(PLAY,)), Tier.LIVE, True),
    Case(Page("after-the-broken-ones"), Tier.LIVE, False),
]  # fmt: skip


def png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").resize((width, height)).save(out, "PNG")
    return out.getvalue()


def wav(samples: int = 8000) -> bytes:
    """A sound at 8000 samples a second."""
    data = bytes(128 + (n % 64) for n in range(samples))
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
    (
        '<section data-background-video="media/film.mp4" data-background-video-loop></section>',
        target("film", "background-video", "media/film.mp4", duration=2.0),
    ),
    (
        '<section><video data-src="media/film.mp4#twice" preload="none"></video></section>',
        target("film-inline", "video", "media/film.mp4"),
    ),
    (
        '<section><audio src="media/ping.wav"></audio></section>',
        target("ping", "audio", "media/ping.wav"),
    ),
    (
        '<section><video controls><source data-src="media/codec.mp4" type="video/mp4">'
        '<source data-src="media/film.mp4" type="video/mp4"></video></section>',
        target("second-source", "video", "media/film.mp4"),
    ),
    (
        '<section data-background-video="media/cut.mp4"></section>',
        target("cut-early", "background-video", "media/cut.mp4"),
    ),
    (
        '<section><video data-src="media/end.mp4"></video></section>',
        target("cut-late", "video", "media/end.mp4"),
    ),
    (
        '<section data-background-video="media/film.mp4"></section>',
        target("shorter-today", "background-video", "media/film.mp4", duration=60.0),
    ),
    (
        '<section><video data-src="media/codec.mp4"></video></section>',
        target("codec", "video", "media/codec.mp4"),
    ),
    (
        '<section><audio><source data-src="media/no.wav"></audio></section>',
        target("no-source", "audio", "media/no.wav"),
    ),
    (
        # As where a server knows no ranges: the place that is asked for is not reached.
        '<section><video id="still" src="media/film.mp4"></video><script>'
        "still.addEventListener('seeking', () => { if (still.currentTime > 1)"
        " still.currentTime = 0 })</script></section>",
        target("not-wound", "video", "media/film.mp4"),
    ),
    (
        '<section><video id="jam" src="media/film.mp4"></video>'
        "<script>jam.defaultPlaybackRate = jam.playbackRate = 0</script></section>",
        target("does-not-play", "video", "media/film.mp4"),
    ),
    ("<section><p>nothing</p></section>", target("forgotten", "video", "media/good.wav")),
]
GOOD_MEDIA = {"img", "bg", "sound", "preview", "preview-video", "film", "film-inline", "ping",
              "second-source"}  # fmt: skip
SHOWN_MEDIA = {*GOOD_MEDIA, "cut-early", "cut-late", "shorter-today", "not-wound", "does-not-play"}
"""Those that show something, broken or not."""


def labelled_folder(
    root: Path, cases: Sequence[Case] = CASES, media: Sequence[tuple[str, OfflineTarget]] = MEDIA
) -> Path:
    """The offline folder with a slide for each row."""
    folder = offline_folder(root / "offline", [c.page for c in cases], extra=media)
    write(folder / "media/good.png", png(640, 360))
    write(folder / "media/good.wav", wav())
    write(folder / "sites/example.org/good.wav", wav())
    film = VIDEO.read_bytes()
    write(folder / "media/film.mp4", film)
    write(folder / "media/ping.wav", wav(200))
    write(folder / "media/cut.mp4", film[: len(film) * 2 // 5])
    write(folder / "media/end.mp4", film[: len(film) * 4 // 5])
    write(folder / "media/codec.mp4", film.replace(b"vp09", b"xx09"))
    write(folder / "media/broken.mp4", b"\0\0\0\x18ftypmp42" + zlib.compress(b"no video" * 99))
    return folder


@dataclass(frozen=True)
class Score:
    """How what was found compares with what was made, by id.

    A slide that could not be judged, since it hangs, accuses what stands on it.
    """

    embeds: int
    broken: frozenset[str]
    accused: frozenset[str]

    @property
    def missed(self) -> Sequence[str]:
        return sorted(self.broken - self.accused)

    @property
    def false_alarms(self) -> Sequence[str]:
        return sorted(self.accused - self.broken)

    def __str__(self) -> str:
        right = len(self.broken & self.accused)
        return (
            f"{self.embeds} embeds, {len(self.broken)} broken; "
            f"precision {right / max(1, len(self.accused)):.2f}, "
            f"recall {right / len(self.broken):.2f}"
        )


def score(
    rehearsal: Rehearsal,
    cases: Sequence[Case] = CASES,
    media: Sequence[tuple[str, OfflineTarget]] = MEDIA,
) -> Score:
    rows = [c.page.id for c in cases] + [t.id for _, t in media if t]
    broken = {c.page.id for c in cases if c.gap} | {t.id for _, t in media if t} - GOOD_MEDIA
    accused = {e.id for _, e in rehearsal.gaps} | {rows[s.slide[0]] for s in rehearsal.unjudged}
    return Score(len(rows), frozenset(broken), frozenset(accused))
