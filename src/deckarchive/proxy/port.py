"""A loopback port of a proxy: accepts connections and has their requests answered."""

from __future__ import annotations

import asyncio
from typing import Any

from deckarchive.peers import BACKLOG, bind_loopback, is_stranger
from deckarchive.proxy.browser_side import Answering, BrowserSide
from deckarchive.proxy.certs import Certificates
from deckarchive.proxy.wire import STREAM_LIMIT, Stream


class Port:
    """Listens on 127.0.0.1; with nothing that answers, it drops every connection.

    Those of other users of the machine too, where the system tells: they could put exchanges into
    an archive, and use the proxy as their own.
    """

    def __init__(self, answering: Answering | None, certificates: Certificates) -> None:
        self._answering = answering
        self._certificates = certificates
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._sides: set[BrowserSide] = set()
        self._closed = False
        self.port = 0

    async def start(self, port: int = 0) -> None:
        """Begin to listen, on a free port unless one is given.

        Raises :class:`PortInUse`, or :class:`EnvironmentMissing` when no socket can be opened.
        """
        sock = bind_loopback(port)
        self.port = int(sock.getsockname()[1])
        self._server = await asyncio.start_server(
            self._serve, sock=sock, limit=STREAM_LIMIT, backlog=BACKLOG
        )

    @property
    def server(self) -> str:
        """What a browser's proxy setting takes: ``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._closed

    async def close(self) -> None:
        """Stop listening and end every open connection; harmless when called twice."""
        self._closed = True
        if self._server:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def fault(self, error: Exception) -> None:
        """Take note of a fault of one connection; it must not end the others."""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._answering is None or self._closed or is_stranger(writer):
            writer.transport.abort()
            return
        task = asyncio.current_task()
        if task:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        side = BrowserSide(Stream(reader, writer), self._answering, self._certificates)
        self._sides.add(side)
        try:
            await side.serve()
        except asyncio.CancelledError:
            writer.transport.abort()
        except Exception as error:  # one connection's fault must not end the capture
            writer.transport.abort()
            self.fault(error)
        finally:
            self._sides.discard(side)
