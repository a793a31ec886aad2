"""One loopback port of the recording proxy: the traffic of one target."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from deckarchive.proxy.browser_side import BrowserSide
from deckarchive.proxy.certs import Certificates
from deckarchive.proxy.exchange import Exchanger
from deckarchive.proxy.fetch import Fetched, fetch
from deckarchive.proxy.flight import Flight, Sink
from deckarchive.proxy.wire import STREAM_LIMIT, Stream

__all__ = ["Fetched", "Flight", "Listener", "Sink"]


class Listener:
    """A port of its own on 127.0.0.1; made by :meth:`RecordingProxy.listen`.

    The browser context of one target uses ``server`` as its proxy. Everything here belongs to
    the event loop that made it.
    """

    def __init__(self, exchanger: Exchanger | None, certificates: Certificates) -> None:
        self._exchanger = exchanger
        self._certificates = certificates
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False
        self.port = 0

    async def start(self) -> None:
        """Begin to listen on a free port."""
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, limit=STREAM_LIMIT, backlog=256
        )
        self.port = int(self._server.sockets[0].getsockname()[1])

    @property
    def server(self) -> str:
        """What a browser's proxy setting takes: ``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._closed

    @property
    def failures(self) -> list[tuple[str, str]]:
        """``(url, reason)`` of what the proxy could not get: never recorded as an answer."""
        return self._exchanger.failures if self._exchanger else []

    @property
    def last_activity(self) -> float:
        """``time.monotonic()`` of the last byte or event on this port."""
        return self._exchanger.last_activity if self._exchanger else 0.0

    @property
    def in_flight(self) -> tuple[Flight, ...]:
        """The exchanges that are open now, oldest first."""
        return tuple(self._exchanger.flights) if self._exchanger else ()

    @property
    def pending(self) -> int:
        """How many open exchanges can be expected to end (streams are left out)."""
        return sum(not flight.streaming for flight in self.in_flight)

    async def fetch(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        max_size: int | None = None,
    ) -> Fetched:
        """GET ``url`` beside the browser, whole, through the same recording.

        Redirects are followed and recorded; ``Accept-Encoding: identity`` unless given.
        Transient faults (connection lost, 408, 425, 429, 500, 502, 503, 504) are tried again
        with back-off, Retry-After honoured; each answer is recorded. Never raises for the
        network: see :class:`Fetched`.
        """
        if self._exchanger is None or self._closed:
            return Fetched(url=url, status=0, failure="the listener is closed")
        task = asyncio.ensure_future(fetch(self._exchanger, url, dict(headers or {}), max_size))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            return await task
        except asyncio.CancelledError:
            task.cancel()
            if self._closed:
                return Fetched(url=url, status=0, failure="the capture ended")
            raise

    async def close(self) -> None:
        """Stop listening; cut and endless bodies reach the sink as truncated before it returns.

        Raises the sink's first error, if it had one (a full disk): the record is not whole then.
        """
        if self._closed:
            return
        self._closed = True
        if self._server:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._exchanger:
            await self._exchanger.flush()
            if self._exchanger.error:
                raise self._exchanger.error

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._exchanger is None or self._closed:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        if task:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            await BrowserSide(Stream(reader, writer), self._exchanger, self._certificates).serve()
        except asyncio.CancelledError:
            writer.transport.abort()
        except Exception as error:  # one connection's fault must not end the capture
            writer.transport.abort()
            self._exchanger.error = self._exchanger.error or error
