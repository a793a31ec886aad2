"""Reading a deck: what it is, what its slides show, and the page that shows it.

reveal-md Markdown projects and reveal.js pages; the truth is what real reveal.js shows.
"""

from deckarchive.deck.find import find_references
from deckarchive.deck.finish import (
    deck_site,
    finish_deck,
    inline_markdown,
    page_loads,
    without_command,
)
from deckarchive.deck.outside import outside_note
from deckarchive.deck.page import render_page
from deckarchive.deck.read import read_deck
from deckarchive.model import Found

__all__ = [
    "Found",
    "deck_site",
    "find_references",
    "finish_deck",
    "inline_markdown",
    "outside_note",
    "page_loads",
    "read_deck",
    "render_page",
    "without_command",
]
