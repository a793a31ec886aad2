"""Documents in attributes of a deck: rewritten like copies; those of data: URLs become files."""

from __future__ import annotations

import re
from base64 import b64encode
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from hand_made import HandMade, exchange, png, put_reveal, vendored_reveal, video, write_offline

from deckarchive.deck import find_references, finish_deck, read_deck
from deckarchive.manifest import build_manifest
from deckarchive.model import DECK_CAPTURE_ID

INNER = (
    '<img src="https://h.example/a.png?x=1&amp;y=2"><script src="https://h.example/j.js"></script>'
    "<iframe src='https://h.example/p#/2'></iframe>"
)
PERCENT = f"data:text/html,{quote(INNER)}"
BASE64 = f"data:text/html;base64,{b64encode(INNER.encode()).decode()}"


def offline(folder: Path, slide: str) -> tuple[Path, str]:
    """The offline folder of a deck with one slide, and the text of its page."""
    root, out = folder / "talk", folder / "offline"
    root.mkdir()
    put_reveal(root, vendored_reveal())
    (root / "talk.html").write_text(
        f'<!doctype html><div class="reveal"><div class="slides"><section>{slide}</section></div>'
        '</div><script src="dist/reveal.js"></script>',
        "utf-8",
    )
    deck = read_deck(root / "talk.html")
    made = build_manifest(deck, find_references(deck))
    archive = HandMade()
    url = "https://h.example/"
    image = exchange(f"{url}a.png?x=1&y=2", png(3, 3, (1, 2, 3)), "image/png")
    script = exchange(f"{url}j.js", "var j = 1", "text/javascript")
    archive.add(DECK_CAPTURE_ID, "http://deck.localhost/talk.html", script)
    for target in made.targets:
        if target.url.endswith(".webm"):
            film = exchange(target.url, video(), "video/webm")
            archive.add(target.id, target.url, film)
        elif target.kind.is_page:
            archive.add(target.id, target.url, exchange(target.url, "<title>P</title><p>words"))
        elif target.kind.value == "image":
            archive.add(target.id, target.url, image)
        else:
            archive.add(target.id, target.url, script)
    write_offline(deck, made, archive, out, finish_deck)
    return out, (out / "index.html").read_text("utf-8")


def check(inner: str, up: str) -> None:
    assert re.search(rf'<img src="{up}media/h-example-a[^"]*\.png"', inner)
    assert f'<script src="{up}sites/h.example/j.js"></script>' in inner
    assert re.search(rf"<iframe src='{up}frames/h-example-p[^']*\.html#/2'>", inner)
    assert f'src="{up}runtime/page.js" data-url="http://deck.localhost/talk.html"' in inner
    assert "Content-Security-Policy" in inner
    assert "https://" not in inner


def test_srcdoc_stays_where_it_is(tmp_path: Path) -> None:
    _, page = offline(tmp_path, f'<iframe srcdoc="{escape(INNER)}"></iframe>')
    written = re.search(r'<iframe srcdoc="([^"]*)"></iframe>', page)
    assert written
    check(unescape(written[1]), "")


@pytest.mark.parametrize("url", [PERCENT, BASE64], ids=["percent", "base64"])
def test_frames_of_data_urls_become_srcdoc(tmp_path: Path, url: str) -> None:
    _, page = offline(tmp_path, f"<iframe id=one src='{url}' width=300></iframe>")
    written = re.search(r"<iframe id=one srcdoc='([^']*)' width=300></iframe>", page)
    assert written
    check(unescape(written[1]), "")


@pytest.mark.parametrize("quotes", ["'", '"'])
@pytest.mark.parametrize(
    "frame",
    [
        "<iframe data-src=Q{}Q></iframe>",
        "<object data=Q{}Q></object>",
        "<embed src=Q{}Q>",
        "</section><section data-background-iframe=Q{}Q>",
    ],
    ids=lambda frame: frame.split()[0].strip("</>"),
)
def test_data_urls_become_files(tmp_path: Path, frame: str, quotes: str) -> None:
    for number, url in enumerate((PERCENT, BASE64)):
        place = tmp_path / str(number)
        place.mkdir()
        given = frame.replace("Q", quotes).format(url)
        out, page = offline(place, given)
        written = re.search(r"inline/[0-9a-f]+\.html", page)
        assert written
        assert given.replace(url, written[0]) in page
        check((out / written[0]).read_text("utf-8"), "../")


def test_a_medium_in_an_object_is_a_file_of_the_decks(tmp_path: Path) -> None:
    """Below ``sites/`` its document had no origin under ``present``, and was refused the film."""
    out, page = offline(tmp_path, '<embed src="https://h.example/film.webm" type="video/webm">')
    written = re.search(r'<embed src="(media/h-example-film[^"]*\.webm)" type="video/webm">', page)
    assert written
    assert (out / written[1]).read_bytes() == video()


@pytest.mark.parametrize(
    "frame",
    [
        '<iframe srcdoc="<p>words &amp;amp; <b class=&quot;x&quot;>"></iframe>',
        "<iframe src='data:text/html,<p>words'></iframe>",
        "<iframe src=data:image/svg+xml,x></iframe>",
        '<pre>&lt;iframe srcdoc="&lt;script src=https://h.example/j.js&gt;"&gt;</pre>',
    ],
)
def test_what_loads_nothing_keeps_every_byte(tmp_path: Path, frame: str) -> None:
    out, page = offline(tmp_path, frame)
    assert frame in page
    assert not (out / "inline").exists()
