"""What an exchange is made of while it runs: its state, where its answer goes, its outcome."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from deckarchive.heads import Head
from deckarchive.model import RecordedExchange
from deckarchive.proxy.wire import Framing, Stream

ExchangeSink = Callable[[RecordedExchange], Awaitable[None]]
"""Takes over a finished exchange (and closes it); ``WarcWriter.record`` is one."""


@dataclass(slots=True, eq=False)
class OpenExchange:
    """An exchange that is still open. Times are ``time.monotonic()`` seconds.

    ``received`` counts body bytes so far; ``status`` is 0 until the head has come. ``streaming``
    marks what is not expected to end: event streams, WebSockets, multipart/x-mixed-replace.
    ``slow`` says that its body was given up since it came too slowly.
    """

    method: str
    url: str
    started: float = field(default_factory=time.monotonic)
    last_activity: float = field(default_factory=time.monotonic)
    status: int = 0
    received: int = 0
    streaming: bool = False
    slow: bool = False

    def touch(self) -> None:
        """Note that something happened now."""
        self.last_activity = time.monotonic()


class ClientGone(Exception):
    """The browser went away while its answer was being sent."""


class Client(Protocol):
    """Where an answer goes besides the record. Methods may raise :class:`ClientGone`."""

    async def begin(self, head: Head, framing: Framing) -> None: ...
    async def data(self, block: bytes) -> None: ...
    async def end(self) -> None: ...
    async def tunnel(self, stream: Stream, opened: OpenExchange) -> None: ...


@dataclass(frozen=True, slots=True)
class ExchangeOutcome:
    """The recorded answer: its head, stored size and why it is truncated (``""``: it is not);
    ``slow`` as in :class:`OpenExchange`."""

    head: Head
    size: int
    truncated: str
    slow: bool = False
