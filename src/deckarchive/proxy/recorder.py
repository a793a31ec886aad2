"""The recording proxy as a whole: one key, one pool of upstream connections, many ports."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Self

from deckarchive.proxy.listener import Listener, Sink
from deckarchive.proxy.options import ProxyOptions


class RecordingProxy:
    """An HTTP proxy on loopback that opens TLS and records every exchange.

    Use it as an async context manager; it lives in the event loop that enters it. Start the
    browser with ``--ignore-certificate-errors-spki-list=<spki>``, the bypass list
    ``<-loopback>`` and ``blackhole.server`` as its launch proxy; give each browser context the
    ``server`` of a listener of its own.
    """

    spki: str
    """Base64 of the SHA-256 of the SubjectPublicKeyInfo that all certificates here carry."""
    blackhole: Listener
    """A port that refuses everything: for the browser's own background traffic."""

    def __init__(self, options: ProxyOptions | None = None) -> None:
        self.options = options or ProxyOptions()

    async def __aenter__(self) -> Self:
        raise NotImplementedError

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        raise NotImplementedError

    async def listen(self, sink: Sink, *, allow: Iterable[str] = ()) -> Listener:
        """Open a port whose exchanges go to ``sink``.

        ``allow`` names hosts (``name`` or ``name:port``) that the guard lets through although
        they are on this machine or a private network: those the author wrote as targets.
        """
        raise NotImplementedError
