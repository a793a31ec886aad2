"""A proxy that lets nothing through and remembers who asked: the witness of a rehearsal."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Final

from deckarchive.server._listen import LoopbackListener

_WAIT: Final = 10.0
_LOG_SIZE: Final = 20_000
_REQUEST_LINE = re.compile(rb"([A-Za-z]+) ([^\s]+) HTTP/\d\.\d\r?\n")
_AUTHORITY = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?([^/?#]*)", re.IGNORECASE)
_REFUSAL = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n"
    b"Proxy-Connection: close\r\n\r\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One connection that tried to leave the machine.

    ``method`` is the HTTP method, ``CONNECT`` for https and WebSocket, or ``RAW`` for bytes that
    are not a request; ``host`` has its port where one was named; ``url`` is what was asked for.
    ``time`` is in seconds since the epoch.
    """

    time: float
    method: str
    host: str
    url: str


class DeadProxy(LoopbackListener):
    """Refuses every request and CONNECT, and keeps a note of each in :attr:`attempts`."""

    def __init__(self, port: int = 0) -> None:
        self._attempts: deque[Attempt] = deque(maxlen=_LOG_SIZE)
        self._lock = threading.Lock()
        super().__init__(port)

    @property
    def url(self) -> str:
        """What to give to a browser as its proxy."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """What was attempted, oldest first; only the latest 20,000 are kept."""
        with self._lock:
            return tuple(self._attempts)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        start = await asyncio.wait_for(reader.read(2**16), _WAIT)
        while start and b"\n" not in start and _may_be_request(start) and len(start) < 2**16:
            more = await asyncio.wait_for(reader.read(2**16), _WAIT)
            if not more:
                break
            start += more
        if not start:
            return  # a connection opened in advance and never used: nothing was asked for
        self._note(start)
        writer.write(_REFUSAL)
        await asyncio.wait_for(writer.drain(), _WAIT)

    def _note(self, start: bytes) -> None:
        match = _REQUEST_LINE.match(start)
        method, url, host = "RAW", "", ""
        if match:
            method, url = match[1].decode("ascii").upper(), match[2].decode("latin-1")
            authority = _AUTHORITY.match(url)
            host = authority[1].rpartition("@")[2].lower() if authority else ""
        with self._lock:
            self._attempts.append(Attempt(time=time.time(), method=method, host=host, url=url))


def _may_be_request(start: bytes) -> bool:
    return re.match(rb"[A-Za-z]+( |$)", start) is not None
