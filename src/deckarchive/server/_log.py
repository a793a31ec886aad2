"""What a server was asked for: the latest requests, bounded in number and in bytes."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Final

from deckarchive.server._http import RequestHead

_LOG_SIZE: Final = 20_000
_LOG_BYTES: Final = 16 * 2**20
_LOG_TARGET: Final = 4096  # characters of a URL that are kept
_LOG_OVERHEAD: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRequest:
    """One answered request: ``host`` with port and ``target`` (path and query) as asked for.

    ``time`` is in seconds since the epoch; ``referer`` the URL of the document that made it, where
    the browser told. Of a longer target or referer the first 4,096 characters are kept.
    """

    time: float
    host: str
    method: str
    target: str
    status: int
    referer: str = ""


class ServerLog:
    """Keeps the latest requests; safe from any thread."""

    def __init__(self) -> None:
        self._entries: deque[LoggedRequest] = deque()
        self._lock = threading.Lock()
        self._bytes = 0
        self._dropped = 0

    def add(self, head: RequestHead, status: int) -> None:
        entry = LoggedRequest(
            time=time.time(),
            host=head.host[:256].lower(),
            method=head.method[:32],
            target=head.target[:_LOG_TARGET],
            status=status,
            referer=head.fields.get("referer", "")[:_LOG_TARGET],
        )
        with self._lock:
            self._entries.append(entry)
            self._bytes += _size(entry)
            while len(self._entries) > _LOG_SIZE or self._bytes > _LOG_BYTES:
                self._bytes -= _size(self._entries.popleft())
                self._dropped += 1

    def since(self, count: int) -> tuple[LoggedRequest, ...]:
        """The entries after the first ``count`` ever made, as far as they are kept."""
        with self._lock:
            return tuple(self._entries)[max(0, count - self._dropped) :]

    @property
    def count(self) -> int:
        with self._lock:
            return self._dropped + len(self._entries)


def _size(entry: LoggedRequest) -> int:
    return len(entry.target) + len(entry.referer) + len(entry.host) + _LOG_OVERHEAD
