"""Reading an archive folder back: what was captured, its exchanges, and forms for others.

In: the folder that ``capture`` wrote. Out: an :class:`Archive`, a status table, a CDXJ index, a
WACZ file. Nothing here writes into the archive itself.
"""

from deckarchive.archive.cdxj import cdxj_lines, urlkey, write_cdxj
from deckarchive.archive.folder import Archive, open_archive
from deckarchive.archive.replay import Replay
from deckarchive.archive.status import Status, status_json, status_table, statuses
from deckarchive.archive.wacz import write_wacz

__all__ = [
    "Archive",
    "Replay",
    "Status",
    "cdxj_lines",
    "open_archive",
    "status_json",
    "status_table",
    "statuses",
    "urlkey",
    "write_cdxj",
    "write_wacz",
]
