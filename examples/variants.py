"""The HTML example deck for other versions of reveal.js than the one it is written with."""

from __future__ import annotations

import shutil
from pathlib import Path

HTML_DECK = Path(__file__).resolve().parent / "html-deck"
WRITTEN_FOR = "5.2.1"
VERSIONS = {"4": "4.6.1", "5": "5.2.1", "6": "6.0.2"}
"""Major version → what ``cdn.example`` serves of it."""


def html_deck(major: str, folder: Path) -> Path:
    """Copy the HTML deck to ``folder`` for reveal.js 4, 5 or 6; returns the deck file."""
    shutil.copytree(HTML_DECK, folder, dirs_exist_ok=True)
    deck = folder / "index.html"
    text = deck.read_text(encoding="utf-8").replace(WRITTEN_FOR, VERSIONS[major])
    if major == "6":  # plugins moved
        for name in ("markdown", "notes"):
            text = text.replace(f"plugin/{name}/{name}.js", f"dist/plugin/{name}.js")
    deck.write_text(text, encoding="utf-8")
    return deck
