"""The adapter to loopback HTTP: a static server for one folder, and a proxy that refuses all.

:class:`Server` serves a folder to this user's browsers only; :class:`DeadProxy`
is the rehearsal's witness, which notes whatever tried to leave. Both run in a thread of their
own, listen on loopback only and end promptly. :func:`open_offline` says what a folder holds.
"""

from deckarchive.server._folder import open_offline
from deckarchive.server._listen import Attempt, DeadProxy
from deckarchive.server._log import LoggedRequest
from deckarchive.server._static import PlainServer, Server, fetch_local, is_slide

__all__ = [
    "Attempt",
    "DeadProxy",
    "LoggedRequest",
    "PlainServer",
    "Server",
    "fetch_local",
    "is_slide",
    "open_offline",
]
