"""From a deck on disk to its offline folder: the deck's reader and renderer, a hand-made archive.

The result is opened by a browser from disk, and a reveal-md project is run by reveal-md itself.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager

import pytest
from hand_made import HandMade, exchange, png, put_reveal, vendored_reveal, write_offline

from deckarchive.deck import find_references, finish_deck, read_deck
from deckarchive.manifest import build_manifest
from deckarchive.model import DECK_CAPTURE_ID, ContentCounts, State
from tests import npm

THEME = "https://cdn.example/theme.css"
FONTS = "https://fonts.example/css?family=Test"
FONT = "https://fonts.example/f/test.woff2"
SCRIPT = "https://cdn.example/lib/say.js"
LAZY = "https://cdn.example/lib/late.js"
PAGE = "http://demo.example/"


def archive_for(manifest) -> HandMade:
    """Everything that the decks below show; the deck's own page with its remote parts."""
    archive = HandMade()
    for target in manifest.targets:
        if target.kind.is_page and target.kind.value != "link":
            archive.add(
                target.id,
                target.url,
                exchange(target.url, "<!doctype html><h1>Words of the demo</h1>"),
                views={"": (ContentCounts(text=14), (200, 20, 20))},
            )
    archive.add(
        DECK_CAPTURE_ID,
        "http://deck.localhost/",
        exchange(THEME, f"@import url({FONTS});\nh1 {{ color: rgb(1, 2, 3) }}", "text/css"),
        exchange(FONTS, f"@font-face {{ font-family: T; src: url({FONT}) }}", "text/css"),
        exchange(FONT, b"wOF2 not really", "font/woff2"),
        exchange(SCRIPT, f"var late = '{LAZY}'; window.said = 'hello';", "text/javascript"),
        exchange(LAZY, "window.later = 'hello again';", "text/javascript"),
    )
    return archive


def pack(path, out, warnings=None):
    deck = read_deck(path)
    manifest = build_manifest(deck, find_references(deck))
    return write_offline(deck, manifest, archive_for(manifest), out, finish_deck, warnings)


@pytest.fixture(params=["reveal-md.json", "package.json"])
def project(tmp_path, request):
    """A reveal-md project in a subfolder, with files of its own beside and above it.

    Its options stand in a file, or on the command line of a script.
    """
    talks = tmp_path / "course/talks"
    (talks / "css").mkdir(parents=True)
    (tmp_path / "course/shared").mkdir()
    (tmp_path / "course/shared/pic.png").write_bytes(png(40, 30, (9, 200, 9)))
    (talks / "css/own.css").write_text("h2 { color: rgb(4, 5, 6) }")
    if request.param == "reveal-md.json":
        config = {"css": "css/own.css", "theme": THEME, "separator": "^---$"}
        (talks / request.param).write_text(json.dumps(config))
        (talks.parent / ".git").mkdir()  # what makes ../shared a part of the project
    else:
        command = f"reveal-md talks/talk.md --css talks/css/own.css --theme {THEME}"
        scripts = {"start": f"{command} --separator '^---$'"}
        (talks.parent / request.param).write_text(json.dumps({"scripts": scripts}))
    (talks / "talk.md").write_text(
        f'# One\n\n---\n\n<!-- .slide: data-background-iframe="{PAGE}#/2" -->\n\n---\n\n'
        "## Three\n\n![pic](../shared/pic.png)\n"
    )
    return talks / "talk.md"


@pytest.mark.browser
def test_a_project_in_a_subfolder_opens_from_disk(project, tmp_path, page):
    warnings = []
    offline = pack(project, tmp_path / "out", warnings)
    assert warnings == []
    page.goto((tmp_path / "out/index.html").as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    colour = "selector => getComputedStyle(document.querySelector(selector)).color"
    assert page.evaluate(colour, ".slides h1") == "rgb(1, 2, 3)"
    assert page.evaluate(colour, ".slides h2") == "rgb(4, 5, 6)"
    page.evaluate("Reveal.slide(2)")
    page.wait_for_function("document.querySelector('.slides img').naturalWidth === 40")
    page.evaluate("Reveal.slide(1)")
    page.wait_for_function(
        "n => [...document.querySelectorAll('iframe')].some(f => f.src.includes(n))",
        arg=offline.targets[0].frame,
    )


@contextmanager
def reveal_md(folder, name):
    """reveal-md itself, serving the project in ``folder``; yields its address."""
    package = npm.installed("reveal-md", "6.1.4")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script = package / "node_modules/reveal-md/bin/reveal-md.js"
    command = [shutil.which("node") or "node", str(script), name, "--port", str(port)]
    with (folder.parent / "reveal-md.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--disable-auto-open"], cwd=folder, stdout=log, stderr=log
        )
        try:
            yield f"http://localhost:{port}/"
        finally:
            process.terminate()
            process.wait(20)


def fetch(url: str) -> str:
    for _ in range(240):
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                return answer.read().decode()
        except ConnectionError:
            time.sleep(0.25)
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
            time.sleep(0.25)
    raise AssertionError(f"{url} never answered")


@pytest.mark.network
def test_the_rewritten_project_still_runs_in_reveal_md(project, tmp_path):
    offline = pack(project, tmp_path / "out")
    frame = offline.targets[0].frame
    with reveal_md(tmp_path / "out", "talk.md") as address:
        page = fetch(address + "talk.md")
        assert f'data-background-iframe="{frame}#/2"' in page
        assert "shared/pic.png" in page
        assert "cdn.example/theme.css" not in page.replace("sites/cdn.example", "")
        for path in (frame, "shared/pic.png", "sites/cdn.example/theme.css"):
            with urllib.request.urlopen(address + path, timeout=20) as answer:
                assert answer.status == 200


@pytest.fixture
def html_deck(tmp_path):
    root = tmp_path / "slides"
    root.mkdir()
    put_reveal(root, vendored_reveal())
    (root / "more.md").write_text(f"## From a file\n\n---\n\n[x](local.html) ![p]({PAGE}p.png)\n")
    (root / "deck.html").write_text(
        "<!doctype html>\n<html><head><title>A deck</title>\n"
        '<link rel="preconnect" href="https://fonts.example" crossorigin>\n'
        '<link rel="stylesheet" href="dist/reveal.css">\n'
        f'<link rel="stylesheet" href="{THEME}" integrity="sha384-no" crossorigin="anonymous">\n'
        '</head><body><div class="reveal"><div class="slides">\n'
        "<section><h1>One &amp; only</h1></section>\n"
        '<section data-markdown="more.md" data-separator="^---$"></section>\n'
        f'<section><iframe data-src="{PAGE}"></iframe></section>\n'
        "</div></div>\n"
        '<script src="dist/reveal.js"></script>'
        '<script src="plugin/markdown/markdown.js"></script>\n'
        f'<script src="{SCRIPT}" crossorigin></script>\n'
        "<script>\n  const s = document.createElement('script'); s.src = late;\n"
        "  document.head.append(s);\n"
        "  Reveal.initialize({ hash: true, plugins: [RevealMarkdown] });\n</script>\n"
        "</body></html>\n"
    )
    return root / "deck.html"


@pytest.mark.browser
def test_an_html_deck_opens_from_disk_with_all_its_parts(html_deck, tmp_path, page):
    offline = pack(html_deck, tmp_path / "out")
    text = (tmp_path / "out/index.html").read_text()
    assert "preconnect" not in text
    assert "integrity" not in text
    assert "One &amp; only</h1></section>\n" in text
    page.goto((tmp_path / "out/index.html").as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(1, 2, 3)"
    assert page.evaluate("window.said") == "hello"
    page.wait_for_function("window.later === 'hello again'")
    assert page.evaluate("Reveal.getTotalSlides()") == 4
    assert page.evaluate("document.querySelector('h2').textContent") == "From a file"
    frame = next(t.frame for t in offline.targets if t.frame)
    page.evaluate("Reveal.slide(3)")
    page.wait_for_function(
        "n => [...document.querySelectorAll('iframe')].some(f => f.src.includes(n))", arg=frame
    )
    for _ in range(200):
        shown = [f for f in page.frames if frame in f.url]
        if shown:
            break
        page.wait_for_timeout(50)
    shown[0].wait_for_function("window.deckarchive.tier === 'live'")


def test_a_lost_source_beside_another_is_no_gap(tmp_path):
    lost, kept, other = (f"https://films.example/{name}.mp4" for name in ("lost", "kept", "other"))
    (tmp_path / "own.webm").write_bytes(b"film")
    (tmp_path / "talk.md").write_text(
        f"<video><source src={lost}><source src={kept}></video>\n\n---\n\n"
        f'<!-- .slide: data-background-video="{lost},{kept}" -->\n\n---\n\n'
        f'<video><source src="{lost}"><source src="own.webm"></video>\n\n---\n\n'
        f"<video><source src={lost}><source src={other}></video>\n"
        f"<video><source src={kept}></video>\n"
    )
    deck = read_deck(tmp_path / "talk.md")
    manifest = build_manifest(deck, find_references(deck))
    archive = HandMade()
    for target in manifest.targets:
        if target.url == kept:
            archive.add(target.id, kept, exchange(kept, b"film", "video/mp4"))
        else:
            archive.add(target.id, target.url, state=State.FAILED, reason="gone", final_url=None)
    offline = write_offline(deck, manifest, archive, tmp_path / "out", finish_deck)
    shown = [(t.kind, t.url, t.best.value, t.slides) for t in offline.targets]
    assert shown == [
        ("video", lost, "card", ((3, 0),)),
        ("video", kept, "live", ((0, 0), (3, 0))),
        ("background-video", lost, "card", ()),
        ("background-video", kept, "live", ((1, 0),)),
        ("video", other, "card", ((3, 0),)),
    ]
    slides = (tmp_path / "out/talk.md").read_text().split("---")
    assert slides[0].startswith("<video><source src=data:,><source src=media/films-example-kept")
    assert slides[1].count("media/") == 1
    assert slides[2].strip() == '<video><source src="data:,"><source src="own.webm"></video>'
    assert slides[3].count("poster=") == 1
