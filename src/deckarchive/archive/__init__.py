"""Reading an archive folder back: what was captured, its exchanges, and forms for others.

In: the folder that ``capture`` wrote. Out: an :class:`Archive`, a status table, a CDXJ index, a
WACZ file. Nothing here writes into the archive itself.
"""

from deckarchive.archive.export import cdxj_lines, urlkey, write_cdxj, write_wacz
from deckarchive.archive.folder import Archive, Damage, damage_lines, open_archive, slides_of
from deckarchive.archive.replay import Replay
from deckarchive.archive.status import StatusReport, TargetStatus, archive_status

__all__ = [
    "Archive",
    "Damage",
    "Replay",
    "StatusReport",
    "TargetStatus",
    "archive_status",
    "cdxj_lines",
    "damage_lines",
    "open_archive",
    "slides_of",
    "urlkey",
    "write_cdxj",
    "write_wacz",
]
