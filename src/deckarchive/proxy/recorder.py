"""The recording proxy: one key, one pool of upstream connections, and a port for each target."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable, Mapping
from typing import Final, Self

from deckarchive.model import DeckSite
from deckarchive.proxy.exchange import Exchanger
from deckarchive.proxy.fetch import Fetched, fetch
from deckarchive.proxy.host_page import HostPage
from deckarchive.proxy.options import ProxyOptions, Rules
from deckarchive.proxy.port import Certificates, Port
from deckarchive.proxy.request import ExchangeSink, OpenExchange
from deckarchive.proxy.upstream import Upstream

_ON_THEIR_WAY: Final = 2.0
"""Seconds at most that closing waits for answers that have not begun."""
_LATE: Final = 5.0
"""Seconds at most that :meth:`Listener.wait_for_late_requests` takes."""
_STILL: Final = 0.15
"""Seconds without a new request after which a page that was left sends no more."""
_HANDSHAKE: Final = 0.5
"""Seconds in which a connection that a page opened brings its request."""


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


class Listener(Port):
    """The port of one target; made by :meth:`RecordingProxy.listen`.

    The browser context of one target uses ``server`` as its proxy. Everything here belongs to
    the event loop that made it.
    """

    def __init__(self, exchanger: Exchanger | None, certificates: Certificates) -> None:
        super().__init__(exchanger, certificates)
        self._exchanger = exchanger

    @property
    def failures(self) -> list[tuple[str, str]]:
        """``(url, reason)`` of what the proxy could not get: never recorded as an answer."""
        return self._exchanger.failures if self._exchanger else []

    @property
    def oversized(self) -> frozenset[str]:
        """URLs among ``failures`` whose bodies were cut, as they unpack to far too much."""
        return frozenset(self._exchanger.oversized) if self._exchanger else frozenset()

    @property
    def blocked(self) -> Mapping[str, str]:
        """URLs that were asked for and that the rules refuse, and what refuses each."""
        return dict(self._exchanger.blocked) if self._exchanger else {}

    @property
    def last_activity(self) -> float:
        """``time.monotonic()`` of the last byte or event on this port."""
        return self._exchanger.last_activity if self._exchanger else 0.0

    @property
    def received(self) -> int:
        """Body bytes that came so far, of exchanges that are open now too."""
        return self._exchanger.received if self._exchanger else 0

    @property
    def open_exchanges(self) -> tuple[OpenExchange, ...]:
        """The exchanges that are open now, oldest first."""
        return tuple(self._exchanger.open_exchanges) if self._exchanger else ()

    @property
    def pending(self) -> int:
        """How many open exchanges can be expected to end (streams are left out)."""
        return sum(not opened.streaming for opened in self.open_exchanges)

    def host(self, page: HostPage) -> None:
        """Answer for a page that frames the target, in place of the deck's."""
        if self._exchanger:
            self._exchanger.frame_host.add(page)

    @property
    def framing_refusals(self) -> list[str]:
        """URLs of the documents that would not have been shown in the host page's frame, in the
        order in which they came there: their refusal was hidden from the browser."""
        return list(self._exchanger.frame_host.refusals) if self._exchanger else []

    def frame_navigates(self, url: str, *, inside: bool) -> None:
        """The host page's frame asks for ``url`` as its next document, or a frame ``inside``."""
        if self._exchanger:
            self._exchanger.frame_host.navigates(url, inside=inside)

    def only_reading(self, on: bool = True) -> None:
        """From now on send only requests that read (safe methods, RFC 9110, section 9.2.1, and
        GraphQL queries); all of them again with ``on`` false."""
        if self._exchanger:
            self._exchanger.only_reading = on

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

    async def wait_for_late_requests(self, since: float) -> None:
        """Wait, bounded, until what a page sent since it was left (``time.monotonic()`` seconds) is
        answered: beacons, reports of its security policy. Call it while the browser still lives:
        it drops connections that are just being made."""
        until = time.monotonic() + _LATE
        while (now := time.monotonic()) < until:
            said = any(f.started >= since and not f.streaming for f in self.open_exchanges)
            opening = any(side.opened and now - side.opened < _HANDSHAKE for side in self._sides)
            if not said and not opening and now - max(since, self.last_activity) > _STILL:
                return
            await asyncio.sleep(0.02)

    async def close(self) -> None:
        """Stop listening; cut and endless bodies reach the sink as truncated before it returns.

        Raises the sink's first error, if it had one (a full disk): the record is not whole then.
        """
        if self._closed:
            return
        await self._wait_for_answers()
        await super().close()
        if self._exchanger:
            await self._exchanger.flush()
            if self._exchanger.error:
                raise self._exchanger.error

    def fault(self, error: Exception) -> None:
        if self._exchanger:
            self._exchanger.error = self._exchanger.error or error

    async def _wait_for_answers(self) -> None:
        """Wait for answers that are on their way: to requests that a page sends as it closes."""
        until = time.monotonic() + _ON_THEIR_WAY
        while (now := time.monotonic()) < until:
            awaited = (f for f in self.open_exchanges if not f.streaming and not f.status)
            if not any(now - opened.last_activity < _ON_THEIR_WAY / 2 for opened in awaited):
                return
            await asyncio.sleep(0.02)
