"""deckarchive: make a web-heavy reveal.js deck safe to present with no network.

    deck = read_deck("talk.md")
    report = capture(deck, "archives/talk")
    offline = rewrite(deck, "archives/talk", "offline/talk")
    rehearsal = rehearse("offline/talk")
    present("offline/talk")

These names are what the package offers to other programs; docs/python.md has the whole example.
Each is imported when it is first used, so that ``import deckarchive`` alone loads nothing heavy.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "ArchiveError",
    "CaptureOptions",
    "CaptureReport",
    "Deck",
    "DeckError",
    "DeckarchiveError",
    "EnvironmentMissing",
    "Manifest",
    "OfflineDeck",
    "PresentOptions",
    "Rehearsal",
    "RehearseOptions",
    "build_manifest",
    "capture",
    "present",
    "read_deck",
    "rehearse",
    "rewrite",
]

if TYPE_CHECKING:
    from deckarchive.api import build_manifest, capture, rewrite
    from deckarchive.crawler import CaptureOptions, CaptureReport
    from deckarchive.deck import read_deck
    from deckarchive.errors import ArchiveError, DeckarchiveError, DeckError, EnvironmentMissing
    from deckarchive.model import Deck, Manifest, OfflineDeck
    from deckarchive.presenter import PresentOptions, present
    from deckarchive.rehearsal import Rehearsal, RehearseOptions, rehearse
else:
    from deckarchive.lazily import import_on_use

    _MODULES = {
        "api": ("build_manifest", "capture", "rewrite"),
        "crawler": ("CaptureOptions", "CaptureReport"),
        "deck": ("read_deck",),
        "errors": ("ArchiveError", "DeckError", "DeckarchiveError", "EnvironmentMissing"),
        "model": ("Deck", "Manifest", "OfflineDeck"),
        "presenter": ("PresentOptions", "present"),
        "rehearsal": ("Rehearsal", "RehearseOptions", "rehearse"),
    }
    __getattr__ = import_on_use(__name__, {n: m for m, names in _MODULES.items() for n in names})

    def __dir__():
        return sorted({*globals(), *__all__})
