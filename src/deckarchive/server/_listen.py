"""A loopback TCP listener with its own event loop and thread, and the proxy that refuses all.

Subclasses say what one connection does (:meth:`LoopbackListener.handle`). Every connection is
bounded: how many at once by ``max_connections``, and how long by the handlers' own limits. When
there are too many, the one that has been idle for longest is closed. Connections of other users of
the machine are closed at once, where the system says whose they are (``peers``).
:class:`DeadProxy` is the witness of a rehearsal: it records who asked for what.
"""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Self

from deckarchive.errors import EnvironmentMissing, PortInUse
from deckarchive.peers import BACKLOG, bind_loopback, is_from_another_user

_ATTEMPTS: Final = 20
_MOST_CONNECTIONS: Final = 512
_LEAST_CONNECTIONS: Final = 64


_TURNS: Final = 8  # of the loop, from a connection's arrival to its handler: asyncio takes four
_WAIT: Final = 10.0
_LOG_SIZE: Final = 20_000
_REQUEST_LINE = re.compile(rb"([A-Za-z]+) ([^\s]+) HTTP/\d\.\d\r?\n")
_AUTHORITY = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?([^/?#]*)", re.IGNORECASE)
_REFUSAL = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n"
    b"Proxy-Connection: close\r\n\r\n"
)


def _affordable() -> int:
    """How many connections the limit of open files allows, with a file for each and some spare."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return _MOST_CONNECTIONS
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return _MOST_CONNECTIONS
    return min(_MOST_CONNECTIONS, max(_LEAST_CONNECTIONS, files // 3))


class LoopbackListener(ABC):
    """Accepts connections on 127.0.0.1 and, where there is one, on ::1 with the same port.

    Use it as a context manager, or call :meth:`start` and :meth:`close`. ``port=0`` picks a
    free port. Raises :class:`PortInUse`.
    """

    limit = 2**16
    """Bytes that a reader holds while it looks for a separator."""

    def __init__(self, port: int = 0) -> None:
        self._sockets = _bind(port)
        self.port: int = self._sockets[0].getsockname()[1]
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self.max_connections = _affordable()
        # In the order of their last progress, the longest ago first.
        self._tasks: dict[asyncio.Task[None], None] = {}

    @abstractmethod
    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection; it is closed when this returns, raises or is cancelled."""

    def progress(self) -> None:
        """Called by :meth:`handle` when its client has asked for something or taken something."""
        task = asyncio.current_task()
        if task is not None and task in self._tasks:
            del self._tasks[task]
            self._tasks[task] = None

    def start(self) -> Self:
        """Accept connections from now on."""
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._main(ready)), name=type(self).__name__, daemon=True
        )
        self._thread.start()
        ready.wait()
        return self

    def close(self) -> None:
        """Stop listening and end every open connection; harmless when called twice."""
        if self._thread is None:
            for sock in self._sockets:
                sock.close()
            return
        if self._loop is not None and self._stop is not None:
            with suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start() if self._thread is None else self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _main(self, ready: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        servers = [
            await asyncio.start_server(
                self._connected, sock=sock, limit=self.limit, backlog=BACKLOG
            )
            for sock in self._sockets
        ]
        ready.set()
        await self._stop.wait()
        # What was accepted just now has to begin before its server closes: asyncio leaves it open.
        for sock in self._sockets:
            self._loop.remove_reader(sock)
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        for server in servers:
            server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or is_from_another_user(writer):
            writer.transport.abort()
            return
        if len(self._tasks) >= self.max_connections:
            stillest = next(iter(self._tasks))
            del self._tasks[stillest]
            stillest.cancel()
        self._tasks[task] = None
        try:
            await self.handle(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            writer.transport.abort()  # the client has gone or is too slow
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._tasks.pop(task, None)
            writer.close()


def _bind(port: int) -> list[socket.socket]:
    """Sockets bound to one port on every loopback family that this machine has."""
    for attempt in range(_ATTEMPTS):
        first = bind_loopback(port)
        chosen = first.getsockname()[1]
        try:
            return [first, bind_loopback(chosen, socket.AF_INET6)]
        except PortInUse:
            # Half a name must not lead to another program: take both families or neither.
            first.close()
            if port or attempt == _ATTEMPTS - 1:
                raise
        except EnvironmentMissing:  # no IPv6 here
            return [first]
    raise PortInUse(port)


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
