"""deckarchive: make a web-heavy reveal.js deck safe to present with no network."""

__version__ = "0.1.0"
