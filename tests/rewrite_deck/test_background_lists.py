"""Backgrounds that list the deck's own files beside captured ones, and backgrounds that are CSS."""

from __future__ import annotations

from pathlib import Path

import pytest
from hand_made import HandMade, exchange, png

from deckarchive import rewriter
from deckarchive.deck import find_references, finish_deck, read_deck
from deckarchive.manifest import build_manifest

FAR = "https://bg.example/far.png"
PAGE = (
    "<div class=reveal><div class=slides><section {}></section></div></div>"
    "<script src=reveal.js></script>"
)
CASES = [
    f'data-background-image="own.png, {FAR}"',
    f'data-background-image="{FAR},own.png"',
    f'data-background="own.png, {FAR}"',
    f'data-background="url(own.png) no-repeat, url({FAR})"',
    f'data-background-gradient="linear-gradient(red, blue), url({FAR}), url(own.png)"',
]


@pytest.mark.parametrize("attribute", CASES)
def test_own_and_captured_backgrounds_in_one_value(tmp_path: Path, attribute: str) -> None:
    (tmp_path / "reveal.js").write_text("")
    (tmp_path / "own.png").write_bytes(png(2, 2, (1, 2, 3)))
    (tmp_path / "index.html").write_text(PAGE.format(attribute))
    deck = read_deck(tmp_path)
    manifest = build_manifest(deck, find_references(deck))
    (target,) = manifest.targets
    archive = HandMade()
    archive.add(target.id, FAR, exchange(FAR, png(2, 2, (9, 9, 9)), "image/png"))
    placements = rewriter.place(deck, manifest, archive)
    plan = rewriter.plan(placements, finish_deck(deck, placements.sources))
    assert not plan.notes
    assert attribute.replace(FAR, f"media/{target.id}.png") in plan.text("index.html")
    assert {"own.png", f"media/{target.id}.png"} <= {file.path for file in plan.files}
