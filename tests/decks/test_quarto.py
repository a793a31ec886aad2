"""A deck laid out as `quarto render --to revealjs` lays one out, with words and code of our own.

Quarto itself cannot be had from PyPI (its package fetches a program from elsewhere while it is
built), npm or Debian. What is taken over is the structure of its output: ``talk_files/libs/…``,
plugins between two lines that hide ``define``, lazy media, frames of ``.background-iframe``, footer
and logo that a plugin moves into every slide, images with the stretch class, speaker notes.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from deckarchive.deck import find_references, read_deck
from examples.web.build import VIDEO
from examples.web.hosts import gradient
from examples.web.serve import LocalWeb
from tests.decks import cdn
from tests.decks.packing import addresses, go, pack

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.network,
    pytest.mark.timeout(600),
]

LIBS = "talk_files/libs"
HEAD = f"""<!DOCTYPE html>
<html lang="de"><head>
<script src="{LIBS}/quarto-html/tabs.js"></script>
<link href="{LIBS}/quarto-html/syntax.css" rel="stylesheet" id="quarto-text-highlighting-styles">
<meta charset="utf-8"><meta name="generator" content="quarto-1.5.57"><title>Größen</title>
<link rel="stylesheet" href="{LIBS}/revealjs/dist/reset.css">
<link rel="stylesheet" href="{LIBS}/revealjs/dist/reveal.css">
<link rel="stylesheet" href="{LIBS}/revealjs/dist/theme/quarto.css">
<link href="{LIBS}/revealjs/plugin/quarto-support/footer.css" rel="stylesheet">
<style>.callout-icon::before {{ background: url('data:image/png;base64,iVBORw0KGgo='); }}</style>
</head><body class="quarto-light"><div class="reveal"><div class="slides">
"""
SLIDES = """
<section id="title-slide" data-background-image="talk_files/title.png" data-background-opacity="0.5"
 class="quarto-title-block center"><h1 class="title">Größen</h1></section>
<section>
<section id="karten" class="title-slide slide level1 center"><h1>Karten</h1></section>
<section id="welt" class="slide level2" data-background-iframe="https://map.test/embed/?z=3&amp;l=a"
 data-background-interactive="true"><h2>Welt</h2></section>
<section id="film" class="slide level2" data-background-video="https://films.test/a.mp4"
 data-background-video-loop="true" data-background-video-muted="true"></section>
</section>
<section id="rahmen" class="slide level2"><h2>Rahmen</h2>
<iframe class="stretch" data-src="https://demo.test/app/" width="780" height="400"></iframe>
<aside class="notes"><p>Siehe <a href="https://notes.test/">dort</a></p></aside></section>
<section id="bild" class="slide level2"><h2>Bild</h2>
<img data-src="talk_files/figure-revealjs/plot-1.png" class="quarto-figure-center r-stretch">
<p class="caption">Eine <span class="math inline">\\(x\\)</span>-Achse</p></section>
<section id="clip" class="slide level2"><h2>Clip</h2>
<p><video data-src="media/clip.mp4" class="img-fluid" controls=""><a href="media/clip.mp4">Video</a>
</video></p></section>
<section id="code" class="slide level2 smaller scrollable"><h2>Code</h2>
<div class="sourceCode" id="cb1"><pre class="sourceCode numberSource python"><code>
<span id="cb1-1"><a href="#cb1-1"></a>url = <span class="st">"https://not.test/"</span></span>
</code></pre></div></section>
<section id="tabs" class="slide level2"><h2>Reiter</h2>
<div id="tabset-1" class="panel-tabset-tabby">
<ul id="tabset-1"><li><a data-tabby-default="" href="#tabset-1-1">A</a></li></ul>
<div id="tabset-1-1"><img data-src="https://img.test/tab.png"></div></div>
<img src="talk_files/logo.png" class="slide-logo r-stretch">
<div class="footer footer-default"><p><a href="https://home.test/">Fuß</a></p></div></section>
"""
TAIL = f"""
</div></div>
<script>window.backupDefine = window.define; window.define = undefined;</script>
<script src="{LIBS}/revealjs/dist/reveal.js"></script>
<script src="{LIBS}/revealjs/plugin/quarto-support/support.js"></script>
<script src="{LIBS}/revealjs/plugin/notes/notes.js"></script>
<script>window.define = window.backupDefine; window.backupDefine = undefined;</script>
<script>Reveal.initialize({{ 'controlsAuto': true, hash: true, width: 1050,
 height: 700, plugins: [SupportLikeQuarto, RevealNotes] }});</script>
<script id="quarto-html-after-body" type="application/javascript">
window.document.addEventListener("DOMContentLoaded", function (event) {{
  window.document.querySelectorAll(".panel-tabset-tabby").forEach((set) => tabs("#" + set.id));
}});
</script></body></html>
"""
SUPPORT = """window.SupportLikeQuarto = () => ({ id: "support", init(deck) {
  deck.on("ready", () => {
    for (const kind of ["img.slide-logo", "div.footer-default"]) {
      deck.getRevealElement().append(document.querySelector(kind));
    }
    document.querySelector("img.slide-logo").classList.remove("r-stretch");
  });
} });
"""


def deck(home: Path) -> Path:
    """The deck and its folders."""
    here = home / "vortrag"
    libs = here / LIBS
    reveal = cdn.package("reveal.js", "4")
    shutil.copytree(reveal / "dist", libs / "revealjs/dist")
    shutil.copytree(reveal / "plugin/notes", libs / "revealjs/plugin/notes")
    shutil.copy(reveal / "dist/theme/white.css", libs / "revealjs/dist/theme/quarto.css")
    for path, text in {
        f"{LIBS}/quarto-html/tabs.js": "window.tabs = (at) => { document.title = at; };",
        f"{LIBS}/quarto-html/syntax.css": "code span.st { color: #20794d; }",
        f"{LIBS}/revealjs/plugin/quarto-support/footer.css": ".footer { position: fixed }"
        ".slide-logo { position: fixed; right: 0; bottom: 0; width: 60px }",
        f"{LIBS}/revealjs/plugin/quarto-support/support.js": SUPPORT,
        "talk.html": HEAD + SLIDES + TAIL,
    }.items():
        (here / path).parent.mkdir(parents=True, exist_ok=True)
        (here / path).write_text(text, encoding="utf-8")
    pictures = ("title.png", "logo.png", "figure-revealjs/plot-1.png")
    for number, name in enumerate(pictures):
        (here / "talk_files" / name).parent.mkdir(exist_ok=True)
        (here / "talk_files" / name).write_bytes(gradient(480, 300, 60 * number))
    (here / "media").mkdir()
    (here / "media/clip.mp4").write_bytes(VIDEO.read_bytes())
    return here / "talk.html"


def test_a_deck_as_quarto_lays_it_out(tmp_path: Path, web: LocalWeb, page: Page) -> None:
    path = deck(tmp_path)
    assert not read_deck(path).warnings
    asked = {found.url for found in find_references(read_deck(path))}
    assert not [url for url in asked if "not.test" in url or "iVBOR" in url]
    packed = pack(path, tmp_path, web)
    assert (packed.code, set(packed.tiers)) == (0, {"live"}), packed.said
    assert packed.report["leaks"] == []
    for address in addresses(packed.offline, page):
        go(page, address, 0)
        page.wait_for_selector(".reveal > div.footer-default")
        page.wait_for_function("() => document.querySelector('.reveal > .slide-logo').naturalWidth")
        assert page.title() == "#tabset-1"
        go(page, address, 2)
        page.wait_for_selector("section.present iframe.stretch[src^='frames/']")
        for slide in (3, 6):
            go(page, address, slide)
            page.wait_for_function(
                "() => [...Reveal.getCurrentSlide().querySelectorAll('img')]"
                ".every(image => image.naturalWidth)"
            )
        go(page, address, 4)
        page.wait_for_function("() => document.querySelector('section.present video').duration > 0")
