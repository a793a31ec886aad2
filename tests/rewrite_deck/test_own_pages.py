"""A page of the deck's own folder whose capture failed: shown from its own files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hand_made import HandMade, exchange, png, write_offline
from playwright.sync_api import Page

from deckarchive import deck as decks
from deckarchive import manifest as manifests
from deckarchive.model import State, Tier

PAGE = """<!doctype html><meta charset=windows-1252><title>Own</title>
<link rel=stylesheet href=a.css>
<h1>Gr\xfc\xdfe</h1><img src=p.png><iframe src=inner/></iframe>
<script src=own.js></script><img src="https://far.example/x.png">"""


@pytest.mark.browser
@pytest.mark.parametrize("state", [State.FAILED, None])
def test_it_is_live_all_the_same(tmp_path: Path, page: Page, state: State | None) -> None:
    root = tmp_path / "talk"
    (root / "demo/inner").mkdir(parents=True)
    (root / "demo/index.html").write_bytes(PAGE.encode("latin-1"))
    (root / "demo/inner/index.html").write_text("<p>inside<img src='https://far.example/y.png'>")
    (root / "demo/a.css").write_text("h1 { color: rgb(1, 2, 3) }")
    (root / "demo/p.png").write_bytes(png(30, 30, (9, 9, 9)))
    (root / "demo/own.js").write_text("document.title = 'ran'")
    (root / "talk.html").write_text(
        "<!doctype html><div class=reveal><div class=slides>"
        "<section><iframe data-src='demo/#part'></iframe></section></div></div>"
    )
    of = decks.read_deck(root / "talk.html")
    made = manifests.build_manifest(of, decks.find_references(of))
    (target,) = made.targets
    archive = HandMade()
    archive.add("deck", "http://deck.localhost/talk.html", exchange(target.url, "gone", status=500))
    if state:
        archive.add(target.id, target.url, state=state, reason="the browser went away")
    entry = write_offline(of, made, archive, tmp_path / "out").targets[0]
    assert (entry.best, entry.copy) == (Tier.LIVE, "demo/index.html")
    page.goto((tmp_path / "out" / entry.frame).as_uri() + "#part")
    page.wait_for_function("() => window.deckarchive && deckarchive.tier === 'live'")
    copy = next(f for f in page.frames if f.url.endswith("demo/index.html#part"))
    assert copy.evaluate("[document.title, document.querySelector('h1').textContent]") == [
        "ran",
        "Grüße",
    ]
    assert copy.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(1, 2, 3)"
    assert copy.evaluate("document.querySelector('img').naturalWidth") == 30
    inner = (tmp_path / "out/demo/inner/index.html").read_text()
    assert "Content-Security-Policy" in inner


def test_what_it_names_in_any_way_comes_along(tmp_path: Path) -> None:
    root = tmp_path / "talk"
    (root / "demo").mkdir(parents=True)
    names = ["style.png", "cell.png", "body.png", "x.svg", "set.png", "two.png"]
    for name in [*names, "canonical.html"]:
        (root / "demo" / name).write_bytes(png(3, 3, (1, 2, 3)))
    (root / "demo/index.html").write_text(
        "<!doctype html><link rel=canonical href=canonical.html><body background=body.png>"
        "<p style='background: url(style.png)'><table><td background=cell.png></table>"
        "<img data-srcset='set.png 1x, two.png 2x'><svg><use xlink:href='x.svg#a'/></svg>"
    )
    (root / "talk.html").write_text(
        "<!doctype html><div class=reveal><div class=slides>"
        "<section><iframe src=demo/></iframe></section></div></div>"
    )
    of = decks.read_deck(root / "talk.html")
    made = manifests.build_manifest(of, decks.find_references(of))
    (target,) = made.targets
    archive = HandMade()
    archive.add(target.id, target.url, state=State.FAILED, reason="the browser went away")
    write_offline(of, made, archive, tmp_path / "out")
    came = {p.name for p in (tmp_path / "out/demo").iterdir()}
    assert came == {*names, "index.html"}
