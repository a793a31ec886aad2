"""Whatever stands in a deck's files: a documented exit code and at most one line on stderr.

``python -m tests.hostile.fuzz`` tries more of the same.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deckarchive.deck import find_references, read_deck, render_page
from deckarchive.errors import DeckError
from tests.hostile.fuzz import FORMATS, LOADED, try_format

COUNT = 60
VALUES = ["3.9", 5, -1, 1.5, 10**60, True, False, None, [], [[]], [3, None, {}], {}, {"a": 1}, "",
          "\ud800", "\x00", "a" * 5000, "((", "//[", {"toString": 1}, float("inf")]  # fmt: skip
OPTIONS = [
    "title", "theme", "highlightTheme", "css", "scripts", "separator", "verticalSeparator",
    "notesSeparator", "template", "assetsDir", "preprocessor", "mermaid", "revealOptions",
    "revealVersion", "start", "frontStart", "overrides", "configDir", "commandFile", "watch",
    "plugins", "format", "marp", "markdown", "width", "height", "showHiddenSlides",
    "parallaxBackgroundImage", "",
]  # fmt: skip


@pytest.mark.parametrize("name", [*FORMATS, *LOADED])
def test_mutated_sources(tmp_path: Path, name: str) -> None:
    tally = try_format(name, tmp_path, COUNT, seed=7)
    assert not tally.faults, tally.faults[0]
    assert tally.codes[0] > 0, "nothing is left of what was valid: nothing was tried"


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("where", ["front", "reveal-md.json", "reveal.json"])
def test_options_of_every_kind(tmp_path: Path, where: str, name: str) -> None:
    """Read, listed and shown: what makes no sense in an option is left out."""
    (tmp_path / ".git").mkdir()
    deck = tmp_path / "talk.md"
    for value in VALUES:
        text = json.dumps({name: value})
        deck.write_text(f"---\n{text}\n---\n# One\n" if where == "front" else "# One\n")
        if where != "front":
            (tmp_path / where).write_text(text)
        refused = ("separator", "verticalSeparator", "notesSeparator", "marp", "format")
        try:
            made = read_deck(deck)
        except DeckError:
            assert name in refused, value
            continue
        find_references(made)
        render_page(made, {}).encode("utf-8")
