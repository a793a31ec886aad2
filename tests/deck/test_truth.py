"""The deck room against real reveal.js in a real browser, slide by slide."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from deckarchive.deck import deck_site, find_references, inline_markdown, read_deck
from deckarchive.manifest import build_manifest
from deckarchive.model import Deck, DeckSite
from deckarchive.urls import DECK_ORIGIN
from tests import npm
from tests.browsers import NOWHERE, Behind, SharedBrowser
from tests.deck.truth import answer, claimed, differences, truth
from tests.sampling import sample

pytestmark = [pytest.mark.browser, pytest.mark.network, pytest.mark.timeout(600)]

DECKS = Path(__file__).with_name("decks")
VERSIONS = ("4.6.1", "5.2.1", "6.0.2")
OLD = ("2.6.2", "3.2.0", "3.9.2", "4.1.0", "4.4.0")
REVEAL_MD = "6.1.4"


@pytest.fixture
def browser(shared_browser: SharedBrowser) -> Behind:
    return shared_browser.behind(NOWHERE)


def with_reveal(name: str, version: str, place: Path) -> Deck:
    """A copy of an HTML deck whose ``lib/`` holds one version of reveal.js."""
    folder = npm.package("reveal.js", version)
    plugin = folder / "dist/plugin/markdown.js"
    if not plugin.is_file():
        plugin = folder / "plugin/markdown/markdown.js"
    shutil.copytree(DECKS / name, place / name)
    library = place / name / "lib"
    library.mkdir()
    places = ("dist/reveal.css", "dist/reveal.js", "css/reveal.css", "js/reveal.js")
    for file in (*(folder / p for p in places), plugin, plugin.with_name("marked.js")):
        if file.is_file() and not (library / file.name).exists():
            shutil.copy(file, library / file.name)
    return read_deck(place / name)


@pytest.mark.parametrize("name", ["traps", "crlf", "indented"])
def test_a_markdown_deck_shows_what_we_found(browser: Behind, name: str) -> None:
    deck = read_deck(DECKS / name)
    count, real = truth(browser, deck_site(deck))
    assert count > 1
    assert differences(count, real, deck) == []


@pytest.mark.parametrize("version", sample(VERSIONS, 4))
@pytest.mark.parametrize("name", ["page", "defaults"])
def test_a_page_shows_what_we_found(
    browser: Behind, name: str, version: str, tmp_path: Path
) -> None:
    deck = with_reveal(name, version, tmp_path)
    count, real = truth(browser, deck_site(deck))
    assert count > 3
    assert differences(count, real, deck) == []


@pytest.mark.parametrize("version", [*OLD, *VERSIONS])
def test_each_version_cuts_markdown_as_its_own_plugin_does(
    browser: Behind, version: str, tmp_path: Path
) -> None:
    deck = with_reveal("old", version, tmp_path)
    count, real = truth(browser, deck_site(deck))
    assert count > 8
    assert differences(count, real, deck) == []
    inlined = inline_markdown(deck, {})
    assert 'data-markdown="more.md"' not in inlined
    alone = replace(deck_site(deck), pages={deck.path: inlined.encode()})
    assert differences(*truth(browser, alone), deck) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_inlined_markdown_shows_the_same(browser: Behind, version: str, tmp_path: Path) -> None:
    deck = with_reveal("page", version, tmp_path)
    page = inline_markdown(deck, {})
    assert 'data-markdown="notes/more.md"' not in page
    alone = replace(deck_site(deck), pages={deck.path: page.encode()})
    assert differences(*truth(browser, alone), deck) == []


def test_reveal_mds_own_page_shows_the_same(browser: Behind) -> None:
    deck = read_deck(DECKS / "traps")
    page = reveal_md_page(DECKS / "traps", "slides.md")
    modules = npm.installed("reveal-md", REVEAL_MD) / "node_modules"
    site = DeckSite(
        page="slides.html",
        pages={"slides.html": page},
        mounts=(
            ("css/highlight/", str(modules / "highlight.js/styles")),
            ("_assets/", deck.root),
            ("plugin/", str(modules / "reveal.js/plugin")),
            ("dist/", str(modules / "reveal.js/dist")),
            ("mermaid/", str(modules / "mermaid")),
            ("", deck.root),
        ),
    )
    theirs = truth(browser, site)
    assert differences(*theirs, deck) == []
    assert truth(browser, deck_site(deck)) == theirs


def reveal_md_page(folder: Path, name: str) -> bytes:
    """The page that reveal-md itself renders, with ``folder`` as working directory."""
    library = npm.installed("reveal-md", REVEAL_MD) / "node_modules/reveal-md/lib/render.js"
    script = (
        f"import {{ renderFile }} from {library.as_uri()!r};"
        f"process.stdout.write(await renderFile({name!r}));"
    )
    command = ["node", "--input-type=module", "-e", script]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=True)
    return done.stdout


PREVIEWS = """<!doctype html><div class=reveal><div class=slides><section>
<a href="https://a.example/" data-preview-link>1</a>
<a href="https://b.example/" data-preview-link="https://c.example/">2</a>
<a href="https://d.example/" data-preview-link="true">3</a>
<a href="https://e.example/" data-preview-link="false">4</a>
<a href="https://f.example/">5</a>
<a href="own.html" data-preview-link>6</a>
<b data-preview-link="https://g.example/">7</b>
<a data-preview-link="own.html">8</a>
<a href="own.html" data-preview-link="https://h.example/">9</a>
<a href="https://i.example/" data-preview-link="own.html">10</a>
</section></div></div>
<script src="lib/reveal.js"></script><script>Reveal.initialize()</script>"""
OPENED = """() => [...document.querySelectorAll("a, b")].map((element) => {
  element.click();
  const frame = document.querySelector(".overlay iframe, .r-overlay iframe");
  const opened = frame && frame.src;
  if (frame) document.querySelector(".overlay .close, .r-overlay-close").click();
  return opened;
})"""


@pytest.mark.parametrize("version", ["3.9.2", *VERSIONS])
def test_links_that_open_over_the_slide(browser: Behind, version: str, tmp_path: Path) -> None:
    """With no ``--links`` they are targets; the deck's own pages among them too."""
    package = npm.package("reveal.js", version)
    built = package / "dist/reveal.js"
    (tmp_path / "lib").mkdir()
    shutil.copy(built if built.is_file() else package / "js/reveal.js", tmp_path / "lib/reveal.js")
    (tmp_path / "own.html").write_text("<p>own")
    (tmp_path / "index.html").write_text(PREVIEWS)
    deck = read_deck(tmp_path)
    context = browser.new_context(service_workers="block")
    try:
        page = context.new_page()
        context.route("**/*", lambda route: answer(route, deck_site(deck)))
        page.goto(DECK_ORIGIN + "index.html", wait_until="domcontentloaded")
        page.wait_for_function("() => Reveal.isReady()")
        page.evaluate("() => addEventListener('click', (event) => event.preventDefault())")
        opened = {url for url in page.evaluate(OPENED) if url}
    finally:
        context.close()
    assert len(opened) >= 4
    made = build_manifest(deck, find_references(deck))
    assert {target.url for target in made.targets} == opened


def test_a_difference_is_seen(browser: Behind) -> None:
    """The comparison itself can fail: one changed URL, one slide less."""
    deck = read_deck(DECKS / "crlf")
    count, real = truth(browser, deck_site(deck))
    source = deck.sources[0]
    changed = replace(source, text=source.text.replace("b.png", "B.png"))
    other: Deck = replace(deck, sources=(changed, *deck.sources[1:]), slides=deck.slides - 1)
    lines = differences(count, real, other)
    assert len(lines) == 2
    assert claimed(other) != real
