"""A deck with everything that reveal.js shows, written for each reveal.js from 3.9 to 6.

Its pages are captured once: they are the same for every version, and an archive belongs to its
targets. What differs is the deck's own page and the reveal.js beside it.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from deckarchive import pipeline
from examples.web.build import VIDEO
from examples.web.hosts import Answer, Request, gradient
from examples.web.serve import LocalWeb
from tests import npm

SITE = "https://demo.example"
CLIP = "https://clips.example/waves.mp4"
"""Four seconds, without sound."""


@dataclass(frozen=True, slots=True)
class Version:
    """How a reveal.js is taken into a page: by version, style sheets, scripts, and options."""

    number: str
    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    options: str
    head: str = ""

    @property
    def major(self) -> int:
        return int(self.number.partition(".")[0])


_PRINT_3 = """<script>
var link = document.createElement('link'); link.rel = 'stylesheet'; link.type = 'text/css';
link.href = location.search.match(/print-pdf/gi) ? 'css/print/pdf.css' : 'css/print/paper.css';
document.head.appendChild(link);</script>"""
"""What every page of a reveal.js 3 held."""

VERSIONS = {
    version.number: version
    for version in (
        Version(
            "3.9.2",
            ("css/reset.css", "css/reveal.css", "css/theme/black.css"),
            ("js/reveal.js",),
            "dependencies: [{ src: 'plugin/notes/notes.js', async: true }]",
            _PRINT_3,
        ),
        *(
            Version(
                number,
                ("dist/reset.css", "dist/reveal.css", "dist/theme/black.css"),
                ("dist/reveal.js", notes),
                "plugins: [RevealNotes]",
            )
            for number, notes in (
                ("4.6.1", "plugin/notes/notes.js"),
                ("5.2.1", "plugin/notes/notes.js"),
                ("6.0.2", "dist/plugin/notes.js"),
            )
        ),
    )
}

TITLE, PAGE, STACK, FRAGMENTS, LOOP, ONCE, LOUD, PICTURES, BEFORE, AFTER, END = range(11)
"""The slides by what they show; ``STACK`` has three, one below the other."""

SLIDES = f"""
<section data-background-color="#135"><h1>First</h1><aside class="notes">Words one</aside></section>
<section data-background-iframe="{SITE}/page#one" data-background-interactive>
  <aside class="notes">Words two</aside></section>
<section>
  <section><h2>Inside</h2>
    <iframe data-src="{SITE}/inside" width="800" height="400"></iframe></section>
  <section><iframe src="{SITE}/lazy" loading="lazy" width="800" height="400"></iframe></section>
  <section><h2>Below</h2></section>
</section>
<section><p class="fragment">one</p><p class="fragment">two</p>
  <iframe class="fragment" data-src="{SITE}/late" width="700" height="300"></iframe></section>
<section data-background-video="{CLIP}" data-background-video-loop data-background-video-muted>
  <h2>Again</h2></section>
<section data-background-video="{CLIP}?once" data-background-video-muted><h2>Once</h2></section>
<section data-background-video="{CLIP}?loud"><h2>Loud</h2></section>
<section data-background-image="https://img.example/wall.png">
  <img data-src="https://img.example/lazy.png" width="300">
  <video data-src="{CLIP}?inline" data-autoplay muted width="300"></video></section>
<section data-auto-animate><h2 data-id="moved">Moved</h2></section>
<section data-auto-animate><h2 data-id="moved" style="margin-top: 300px">Moved</h2></section>
<section data-background-color="#531"><h1>Last</h1></section>
"""

_PAGE = """<!doctype html><html><head><title>Demo {name}</title><style>
body {{ background: #bde; font: 40px sans-serif; color: #012; margin: 40px }}</style></head>
<body><h1>Demo {name}</h1><p>Words that the audience reads, for everybody in the room.</p>
<button onclick="this.textContent = 'pressed'">press</button><input></body></html>"""


def page_of(version: Version) -> str:
    """The deck's page for one reveal.js."""
    styles = "".join(f'<link rel="stylesheet" href="{path}">' for path in version.styles)
    scripts = "".join(f'<script src="{path}"></script>' for path in version.scripts)
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>Deck</title>{styles}'
        f'{version.head}</head><body><div class="reveal"><div class="slides">{SLIDES}</div></div>'
        f"{scripts}<script>Reveal.initialize({{ hash: true, history: true, transition: 'none', "
        f"backgroundTransition: 'none', {version.options} }});</script></body></html>"
    )


def answer(request: Request) -> Answer:
    """The web that the deck embeds."""
    if request.host == "clips.example":
        return Answer(VIDEO.read_bytes(), {"Content-Type": "video/mp4", "Accept-Ranges": "bytes"})
    if request.host == "img.example":
        return Answer(gradient(480, 300, 40), {"Content-Type": "image/png"})
    if request.path == "/favicon.ico":
        return Answer(status=404)
    page = _PAGE.format(name=request.path.strip("/"))
    return Answer(page.encode(), {"Content-Type": "text/html; charset=utf-8"})


def write_deck(folder: Path, version: Version) -> Path:
    """The deck with its reveal.js in ``folder``; returns its page."""
    package = npm.package("reveal.js", version.number)
    for name in ("dist", "plugin", "css", "js", "lib"):
        if (package / name).is_dir():
            shutil.copytree(package / name, folder / name)
    page = folder / "talk.html"
    page.write_text(page_of(version), encoding="utf-8")
    return page


def put_together(home: Path, numbers: tuple[str, ...] = tuple(VERSIONS)) -> dict[str, Path]:
    """Version → its offline folder below ``home``; every page is captured once for all."""
    made: dict[str, Path] = {}
    archive = home / "archive"
    with LocalWeb(answer=answer, speaks=lambda _, host: host.endswith(".example")) as web:
        for number in numbers:
            deck = write_deck(home / number, VERSIONS[number])
            if not made:
                options = {"proxy": web.proxy, "insecure": True}
                pipeline.run_capture(deck, archive, options, lambda _: None)
            made[number] = home / "offline" / number
            pipeline.run_rewrite(deck, archive, made[number])
    return made
