"""The example decks hold the traps that they are there for, and the probes cover their pages."""

import json
from pathlib import Path

import pytest

from deckarchive.deck import find_references, read_deck
from deckarchive.manifest import build_manifest
from deckarchive.model import Manifest
from deckarchive.urls import DECK_HOST
from examples.variants import VERSIONS, html_deck

ROOT = Path(__file__).parents[2]
PROBES = json.loads((ROOT / "examples" / "web" / "probes.json").read_text("utf-8"))


def manifest(path: Path) -> Manifest:
    deck = read_deck(path)
    return build_manifest(deck, find_references(deck))


@pytest.fixture(scope="module")
def tour() -> Manifest:
    return manifest(ROOT / "examples" / "deck" / "tour.md")


def views(made: Manifest) -> set[str]:
    return {
        target.url + (f"#{fragment}" if fragment else "")
        for target in made.targets
        if target.kind.is_page and target.shown and DECK_HOST not in target.url
        for fragment in target.fragments
    }


def test_every_page_of_the_tour_but_the_dead_one_has_a_probe(tour: Manifest) -> None:
    dead = {url for url in views(tour) if "gone.example" in url}
    assert len(dead) == 1
    assert views(tour) - dead == set(PROBES)


def test_the_tour_holds_its_traps(tour: Manifest) -> None:
    assert tour.deck.slides == 26
    assert sum(r.state == "shadowed" for t in tour.targets for r in t.references) == 1
    raw = {r.raw for t in tour.targets for r in t.references}
    assert "//slides.example/tcp/#/2" in raw
    assert "https://museum.example/letter.html" in raw, "#####.slide: still counts"
    assert not [url for url in raw if "nowhere.example" in url], "fences are text"
    twice = [t for t in tour.targets if len({r.slide for r in t.references}) == 2]
    assert "https://maths.example/pagerank.html" in {t.url for t in twice}
    text = (ROOT / "examples" / "deck" / "tour.md").read_text("utf-8")
    assert "-->\n***" in text


@pytest.mark.parametrize("major", sorted(VERSIONS))
def test_a_variant_differs_only_in_its_reveal(major: str, tmp_path: Path) -> None:
    made = manifest(html_deck(major, tmp_path))
    reveal = {t.url for t in made.targets if "/reveal.js@" in t.url}
    assert reveal
    assert all(f"/reveal.js@{VERSIONS[major]}/" in url for url in reveal)
    assert made.deck.slides == 11
    assert len(views(made)) == 3
