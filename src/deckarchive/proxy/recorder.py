"""The recording proxy as a whole: one key, one pool of upstream connections, many ports."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Self

from deckarchive.model import DeckSite
from deckarchive.proxy.certs import Certificates
from deckarchive.proxy.exchange import Exchanger
from deckarchive.proxy.listener import ExchangeSink, Listener
from deckarchive.proxy.options import ProxyOptions
from deckarchive.proxy.rules import Rules
from deckarchive.proxy.upstream import Upstream


class RecordingProxy:
    """An HTTP proxy on loopback that opens TLS and records every exchange.

    Use it as an async context manager; it lives in the event loop that enters it. Start the
    browser with ``--ignore-certificate-errors-spki-list=<spki>``, the bypass list
    ``<-loopback>`` and ``blackhole.server`` as its launch proxy; give each browser context the
    ``server`` of a listener of its own.
    """

    def __init__(self, options: ProxyOptions | None = None) -> None:
        self.options = options or ProxyOptions()
        self._upstream = Upstream(self.options)
        self._certificates = Certificates()
        self._listeners: list[Listener] = []
        self.blackhole = Listener(None, self._certificates)
        """A port that refuses everything: for the browser's own background traffic."""

    @property
    def spki(self) -> str:
        """Base64 SHA-256 of the SubjectPublicKeyInfo that all certificates here carry."""
        return self._certificates.spki

    async def __aenter__(self) -> Self:
        await self.blackhole.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        for listener in [*self._listeners, self.blackhole]:
            with contextlib.suppress(Exception):  # each listener's owner has seen its error
                await listener.close()
        self._upstream.close()

    async def listen(
        self,
        sink: ExchangeSink,
        *,
        allow: Iterable[str] = (),
        rules: Rules | None = None,
        deck: DeckSite | None = None,
    ) -> Listener:
        """Open a port whose exchanges go to ``sink``.

        ``allow`` names hosts (``name`` or ``name:port``) that the guard lets through although
        they are on this machine or a private network, and nowhere else: those the author wrote
        as targets. ``deck`` is for the deck's own pages alone: it answers them for
        ``deck.localhost``, which is otherwise refused.
        """
        exchanger = Exchanger(self._upstream, self.options, sink, frozenset(allow), rules, deck)
        listener = Listener(exchanger, self._certificates)
        await listener.start()
        self._listeners = [known for known in self._listeners if not known.closed]
        self._listeners.append(listener)
        return listener
