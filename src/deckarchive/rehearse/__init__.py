"""Room: walk every slide of an offline folder in a real browser with the network cut.

Takes a folder that ``rewrite`` made; leaves a :class:`Rehearsal`, as JSON
(:meth:`Rehearsal.to_dict`), as a contact sheet (:func:`write_html`) or as a few lines
(:func:`summary`). A slide that cannot be judged is a result, never an error.
"""

from deckarchive.rehearse._sheet import write_html
from deckarchive.rehearse._values import (
    EmbedResult,
    Leak,
    Rehearsal,
    RehearsalEvent,
    RehearsalStarted,
    RehearseOptions,
    SlideResult,
    SlideSeen,
)
from deckarchive.rehearse._walk import rehearse
from deckarchive.rehearse._words import summary

__all__ = [
    "EmbedResult",
    "Leak",
    "Rehearsal",
    "RehearsalEvent",
    "RehearsalStarted",
    "RehearseOptions",
    "SlideResult",
    "SlideSeen",
    "rehearse",
    "summary",
    "write_html",
]
