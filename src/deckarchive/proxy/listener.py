"""One loopback port of the recording proxy: the traffic of one target."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from deckarchive.model import Headers, RecordedExchange

Sink = Callable[[RecordedExchange], Awaitable[None]]
"""Takes over a finished exchange (and closes it); ``WarcWriter.record`` is one."""


@dataclass(slots=True)
class Flight:
    """An exchange that is still open. Times are ``time.monotonic()`` seconds.

    ``received`` counts body bytes so far; ``status`` is 0 until the head has come. ``streaming``
    marks what is not expected to end: event streams, WebSockets, multipart/x-mixed-replace.
    """

    method: str
    url: str
    started: float = field(default_factory=time.monotonic)
    last_activity: float = field(default_factory=time.monotonic)
    status: int = 0
    received: int = 0
    streaming: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What :meth:`Listener.fetch` got: the last answer after redirects, already recorded.

    ``status`` is 0 and ``failure`` says why when no answer came. ``url`` is the final URL,
    ``size`` the stored body length in bytes, ``truncated`` as in ``RecordedExchange``.
    """

    url: str
    status: int
    headers: Headers = ()
    size: int = 0
    truncated: str = ""
    failure: str = ""

    @property
    def ok(self) -> bool:
        """A whole, successful answer."""
        return 200 <= self.status < 300 and not self.truncated


class Listener:
    """A port of its own on 127.0.0.1; made by :meth:`RecordingProxy.listen`.

    The browser context of one target uses ``server`` as its proxy. Everything here belongs to
    the event loop that made it.
    """

    port: int
    failures: list[tuple[str, str]]
    """``(url, reason)`` of what the proxy could not get: never recorded as an answer."""
    last_activity: float
    """``time.monotonic()`` of the last byte or event on this port."""

    @property
    def server(self) -> str:
        """What a browser's proxy setting takes: ``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def in_flight(self) -> tuple[Flight, ...]:
        """The exchanges that are open now, oldest first."""
        raise NotImplementedError

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
        raise NotImplementedError

    async def close(self) -> None:
        """Stop listening; cut and endless bodies reach the sink as truncated before it returns."""
        raise NotImplementedError
