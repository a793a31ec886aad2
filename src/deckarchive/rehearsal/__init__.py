"""Walk every slide of an offline folder in a real browser with the network cut.

Takes a folder that ``rewrite`` made; leaves a :class:`Rehearsal`, as JSON
(:meth:`Rehearsal.to_dict`), as a contact sheet (:func:`write_html`) or as a few lines
(:func:`rehearsal_summary`). A slide that cannot be judged is a result, never an error.
"""

from typing import TYPE_CHECKING

from deckarchive.lazily import import_on_use
from deckarchive.rehearsal._results import (
    EmbedResult,
    Leak,
    Rehearsal,
    RehearsalEvent,
    RehearsalStarted,
    RehearseOptions,
    SlideRehearsed,
    SlideResult,
    Way,
)

if TYPE_CHECKING:
    from deckarchive.rehearsal._lacks import double_click_line, rehearse_as_files
    from deckarchive.rehearsal._report import rehearsal_summary, write_html
    from deckarchive.rehearsal._walk import rehearse
else:
    __getattr__ = import_on_use(
        __name__,
        {
            "double_click_line": "_lacks",
            "rehearse_as_files": "_lacks",
            "rehearsal_summary": "_report",
            "write_html": "_report",
            "rehearse": "_walk",
        },
    )

__all__ = [
    "EmbedResult",
    "Leak",
    "Rehearsal",
    "RehearsalEvent",
    "RehearsalStarted",
    "RehearseOptions",
    "SlideRehearsed",
    "SlideResult",
    "Way",
    "double_click_line",
    "rehearsal_summary",
    "rehearse",
    "rehearse_as_files",
    "write_html",
]
