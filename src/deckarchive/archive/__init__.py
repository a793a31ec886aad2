"""Reading an archive folder back: what was captured, its exchanges, and forms for others.

In: the folder that ``capture`` wrote. Out: an :class:`Archive`, a status table, a CDXJ index, a
WACZ file. Nothing here writes into the archive itself.
"""

from typing import TYPE_CHECKING

from deckarchive.lazily import import_on_use

if TYPE_CHECKING:
    from deckarchive.archive.export import cdxj_lines, urlkey, write_cdxj, write_wacz
    from deckarchive.archive.folder import Archive, Damage, damage_lines, open_archive, slides_of
    from deckarchive.archive.replay import Replay
    from deckarchive.archive.status import StatusReport, TargetStatus, archive_status
else:
    __getattr__ = import_on_use(
        __name__,
        {
            "cdxj_lines": "export",
            "urlkey": "export",
            "write_cdxj": "export",
            "write_wacz": "export",
            "Archive": "folder",
            "Damage": "folder",
            "damage_lines": "folder",
            "open_archive": "folder",
            "slides_of": "folder",
            "Replay": "replay",
            "StatusReport": "status",
            "TargetStatus": "status",
            "archive_status": "status",
        },
    )

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
