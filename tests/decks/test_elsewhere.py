"""Decks laid out as other people and other tools do: packed, then shown over http and file://."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from examples.web.build import VIDEO
from examples.web.hosts import gradient
from examples.web.serve import LocalWeb
from tests.decks import cdn
from tests.decks.packing import addresses, go, pack

pytestmark = [pytest.mark.browser, pytest.mark.network, pytest.mark.timeout(600)]

PICTURE = "() => [...Reveal.getCurrentSlide().querySelectorAll('img')].every(i => i.naturalWidth)"
BEHIND = "() => document.querySelector('.slide-background.present iframe[src^=\"frames/\"]')"


@pytest.mark.exhaustive
def test_a_deck_above_whose_folder_its_reveal_stands(
    tmp_path: Path, web: LocalWeb, page: Page
) -> None:
    """reveal.js as its repository is: ``examples/deck.html`` uses ``../dist``, its own modules."""
    root = tmp_path / "reveal.js"
    shutil.copytree(cdn.package("reveal.js", "5") / "dist", root / "dist")
    shutil.copytree(cdn.package("reveal.js", "5") / "plugin", root / "plugin")
    here = root / "examples"
    (here / "lib").mkdir(parents=True)
    (root / "package.json").write_text("{}")
    (here / "a b.png").write_bytes(gradient(48, 30, 90))
    (here / "data.json").write_text('{"word": "fetched"}')
    (here / "lib/word.js").write_text('export * from "./other.js"; export const one = "late";')
    (here / "lib/other.js").write_text(
        'import { one } from "./word.js"; export const two = () => one;'
    )
    (here / "main.js").write_text(
        'import Reveal from "reveal.js"; import Markdown from "plugins/markdown/markdown.esm.js";\n'
        'import { two } from "./lib/word.js";\n'
        "document.querySelector('#module').textContent = two();\n"
        "document.querySelector('#made').src = new URL('a%20b.png', import.meta.url);\n"
        "window.Reveal = new Reveal({ hash: true, plugins: [Markdown] });\n"
        "window.Reveal.initialize();\n"
        "fetch('data.json').then(r => r.json()).then(d => { word.textContent = d.word; });\n"
    )
    (here / "deck.html").write_text(
        '<!doctype html><html><head><meta charset="utf-8"><title>Deck</title>'
        '<link rel="stylesheet" href="../dist/reveal.css?v=1">'
        '<link rel="stylesheet" href="../dist/theme/white.css">'
        '<script type="importmap">{"imports": {"reveal.js": "../dist/reveal.esm.js",'
        ' "plugins/": "../plugin/"}}</script></head>'
        '<body><div class="reveal"><div class="slides">'
        '<section><p id="word"></p><p id="module"></p><img id="made"></section>'
        "<section data-markdown><textarea data-template>\n![p](a%20b.png)\n</textarea></section>"
        '<section data-background-iframe="//demo.test/a/"></section>'
        '<section><img srcset="a%20b.png 1x" style="border-image: url(\'a b.png\') 1"></section>'
        '<section><p style="height: 1500px">long</p><iframe data-src="//demo.test/b/"></iframe>'
        "</section>"
        '</div></div><script type="module" src="main.js"></script></body></html>'
    )
    packed = pack(here / "deck.html", tmp_path, web)
    assert (packed.code, packed.tiers) == (0, ["live", "live"]), packed.said
    for address in addresses(packed.offline, page):
        go(page, address, 0)
        page.wait_for_function("() => word.textContent === 'fetched'")
        assert page.text_content("#module") == "late"
        page.wait_for_function(PICTURE)
        for slide in (1, 3):
            go(page, address, slide)
            page.wait_for_function(PICTURE)
        go(page, address, 2)
        page.wait_for_function(BEHIND)
        page.evaluate("Reveal.slide(0)")  # the first slide has an address without a fragment
        page.evaluate("Reveal.slide(2)")
        page.wait_for_function(BEHIND)


@pytest.mark.exhaustive
def test_a_deck_whose_slides_a_script_makes(tmp_path: Path, web: LocalWeb, page: Page) -> None:
    """The page holds an empty element; a module fetches what to show and makes the slides."""
    here = tmp_path / "made"
    (here / "lib").mkdir(parents=True)
    for name in ("reveal.esm.js", "reveal.css"):
        shutil.copy(cdn.package("reveal.js", "5") / "dist" / name, here / "lib" / name)
    (here / "a.png").write_bytes(gradient(48, 30, 90))
    shown = {
        "data-background-iframe": "https://demo.test/behind/",
        "iframe": "https://demo.test/inside/",
        "img": "/a.png",
    }
    (here / "slides.json").write_text(json.dumps(shown))
    (here / "index.html").write_text(
        '<!doctype html><html><head><meta charset="utf-8"><title>Made</title>'
        '<link rel="stylesheet" href="/lib/reveal.css">'
        "<style>html, body, #root { height: 100% }</style></head>"
        '<body><div id="root"></div><script type="module" src="/main.js"></script></body></html>'
    )
    (here / "main.js").write_text(
        "import Reveal from '/lib/reveal.esm.js';\n"
        "const make = (name, inside) => {\n"
        "  const element = document.createElement(name);\n"
        "  element.append(...inside);\n"
        "  return element;\n"
        "};\n"
        "const shown = await (await fetch('slides.json')).json();\n"
        "const slides = Object.entries(shown).map(([name, url]) => {\n"
        "  const inside = name.startsWith('data') ? [] : [make(name, [])];\n"
        "  const section = make('section', inside);\n"
        "  (inside[0] || section).setAttribute(inside[0] ? 'src' : name, url);\n"
        "  return section;\n"
        "});\n"
        "const reveal = make('div', [make('div', slides)]);\n"
        "reveal.className = 'reveal';\n"
        "reveal.firstChild.className = 'slides';\n"
        "document.querySelector('#root').append(reveal);\n"
        "window.Reveal = new Reveal(reveal, { hash: true });\n"
        "window.Reveal.initialize();\n"
    )
    packed = pack(here, tmp_path, web)
    assert (packed.code, packed.tiers) == (0, ["live", "live"]), packed.said
    assert "slides are made by scripts" in packed.said
    for address in addresses(packed.offline, page):
        go(page, address, 0)
        page.wait_for_selector(".slide-background.present iframe[src*='/frames/']")
        go(page, address, 1)
        page.wait_for_selector("section.present iframe[src*='/frames/']")
        go(page, address, 2)
        page.wait_for_function(PICTURE)


CDN = "https://cdn.jsdelivr.net/npm/reveal.js@5.2.1"


@pytest.mark.exhaustive
def test_a_deck_of_modules_and_media_from_elsewhere(
    tmp_path: Path, web: LocalWeb, page: Page
) -> None:
    """reveal.js imported from a CDN; Google Fonts; one page thrice; lost and local media."""
    here = tmp_path / "talks"
    here.mkdir()
    (here / "clip.mp4").write_bytes(VIDEO.read_bytes())
    (here / "own.css").write_text(
        "@import url('https://fonts.googleapis.com/css2?family=Lecture+Sans');\n"
        ".reveal h2 { font-family: 'Lecture Sans' }"
    )
    (here / "100% ü.html").write_text(
        '<!doctype html><html><head><meta charset="utf-8"><title>Deck</title>'
        f'<link rel="stylesheet" href="{CDN}/dist/reveal.css">'
        '<link rel="stylesheet" href="own.css">'
        '</head><body><div class="reveal"><div class="slides">'
        "<section><h2>Font Ω</h2></section>"
        '<section data-background-iframe="https://lec.test/slides/a/#3"></section>'
        '<section><iframe class="r-stretch" data-src="https://lec.test/slides/a/#7"></iframe></section>'
        '<section data-background="https://img.test/q.png"><img src="https://img.test/q.png"></section>'
        '<section><video data-autoplay muted><source data-src="clip.mp4"></video></section>'
        '<section data-background-video="https://gone.test/a.mp4, https://v.test/b.mp4"></section>'
        '<section data-background-video="https://gone.test/a.mp4,https://gone.test/b.webm"></section>'
        "<section>End</section></div></div>"
        f"<script type='module'>import Reveal from '{CDN}/dist/reveal.esm.js';\n"
        "window.Reveal = new Reveal({ hash: true }); window.Reveal.initialize();</script>"
        "</body></html>"
    )
    packed = pack(here / "100% ü.html", tmp_path, web)
    assert packed.code == 3, packed.said
    assert {g["url"].split("/")[2] for g in packed.report["gaps"]} == {"gone.test"}
    assert packed.report["leaks"] == []
    playing = "() => [...document.querySelectorAll('video')].some(v => v.currentTime > 0.1)"
    for address in addresses(packed.offline, page):
        go(page, address, 0)
        page.wait_for_function(
            "() => [...document.fonts]"
            ".some(f => f.family.includes('Lecture') && f.status === 'loaded')"
        )
        go(page, address, 1)
        page.wait_for_function(BEHIND)
        go(page, address, 3)
        page.wait_for_function(PICTURE)
        for slide in (4, 5):
            go(page, address, slide)
            page.wait_for_function(playing)
        go(page, address, 6)
        page.wait_for_function(BEHIND)
        page.wait_for_load_state("load")


def test_a_reveal_md_project_with_everything_of_its_own(
    tmp_path: Path, web: LocalWeb, page: Page
) -> None:
    """Configuration and template above the deck; CRLF and a mark; names that need encoding."""
    root = tmp_path / "course"
    here = root / "talks" / "week 1"
    here.mkdir(parents=True)
    (root / "package.json").write_text("{}")
    (root / "look").mkdir()
    (root / "look/own.css").write_text("h1 { color: rgb(1, 2, 3); background: url(bg.png) }")
    (root / "look/bg.png").write_bytes(gradient(48, 30, 9))
    (root / "look/own.js").write_text("document.documentElement.dataset.own = 'ran'")
    (root / "look/page.html").write_text(
        '<html><head><title>{{{title}}}</title><link rel="icon" href="{{{base}}}/favicon.ico">'
        '<link rel="stylesheet" href="{{{base}}}/dist/reveal.css">'
        '{{#cssPaths}}<link rel="stylesheet" href="{{{.}}}">{{/cssPaths}}</head>'
        '<body><p id="mine">Own</p><div class="reveal"><div class="slides">'
        "<section data-markdown {{{slidifyAttributes}}}><textarea data-template>{{{markdown}}}"
        '</textarea></section></div></div><script src="{{{base}}}/dist/reveal.js"></script>'
        '<script src="{{{base}}}/plugin/markdown/markdown.js"></script>'
        '{{#scriptPaths}}<script src="{{{.}}}"></script>{{/scriptPaths}}'
        "<script>Reveal.initialize({ hash: true, plugins: [RevealMarkdown] })</script>"
        "</body></html>"
    )
    config = {
        "css": ["look/own.css", "https://style.test/extra.css"],
        "scripts": "look/own.js,https://cdn.test/say.js",
        "template": "look/page.html",
        "separator": "^never$",
    }
    (root / "reveal-md.json").write_text(json.dumps(config))
    (here / "pic ü.png").write_bytes(gradient(48, 30, 130))
    text = (
        '\ufeff---\ntitle: Ü & co\nseparator: "^===$"\n---\n# One\n\n'
        "| a |\n|---|\n| ![](pic%20ü.png) |"
        '\n===\n<!-- .slide: data-background-iframe="https://demo.test/a/" -->\n===\n'
        '<img src="pic ü.png">\n\n```text\nhttps://not.test/\n```\n'
    )
    (here / "talk 1 ü.md").write_bytes(text.replace("\n", "\r\n").encode())
    packed = pack(here / "talk 1 ü.md", tmp_path, web)
    assert (packed.code, packed.tiers) == (0, ["live"]), packed.said
    assert packed.said.count("note:") == 1
    assert "note: the deck uses 3 files outside its folder: ../../look/bg.png, " in packed.said
    for address in addresses(packed.offline, page):
        go(page, address, 0)
        assert page.title() == "Ü & co"
        assert page.text_content("#mine") == "Own"
        assert page.evaluate("document.documentElement.dataset") == {"own": "ran", "script": "ran"}
        assert (
            page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(1, 2, 3)"
        )
        page.wait_for_function(PICTURE)
        go(page, address, 1)
        page.wait_for_function(BEHIND)
        go(page, address, 2)
        page.wait_for_function(PICTURE)
