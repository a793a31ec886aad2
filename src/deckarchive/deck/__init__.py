"""Reading a deck: what it is, what its slides show, and the page that shows it.

reveal-md Markdown projects and reveal.js pages; the truth is what real reveal.js shows.
"""

from deckarchive.deck.find import Found, find_references
from deckarchive.deck.read import read_deck

__all__ = ["Found", "find_references", "read_deck"]
