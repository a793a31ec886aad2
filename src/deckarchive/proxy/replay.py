"""The proxy in replay: original URLs answer from recordings, everything else is refused.

Nothing here, nor in what this module imports, can open a connection: there is no network code
to reach (a test holds that). What a request means is left to a :class:`ReplaySource`; what a
browser needs besides the recorded answer (ranges, preflights, CORS) is made here.
"""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Callable
from typing import BinaryIO, Final, Protocol, Self

from deckarchive.errors import ArchiveError
from deckarchive.heads import Head
from deckarchive.model import DeckSite, Exchange, Headers
from deckarchive.proxy.browser_side import BrowserSide
from deckarchive.proxy.certs import Certificates
from deckarchive.proxy.options import ProxyOptions
from deckarchive.proxy.port import Port
from deckarchive.proxy.replayed import endless, preflight, response
from deckarchive.proxy.request import ProxyRequest
from deckarchive.proxy.site import is_deck, refusal, site_response
from deckarchive.proxy.wire import Framing, NoAnswer

_BLOCK: Final = 256 * 1024


class ReplaySource(Protocol):
    """Finds what was recorded; ``deckarchive.archive.Replay`` is one."""

    def find(
        self, method: str, url: str, headers: Headers, body: bytes = b"", /
    ) -> Exchange | None: ...
    def holds(self, method: str, url: str, /) -> bool: ...


class ReplayProxy:
    """A loopback proxy that answers from ``source``, and ``deck`` for ``deck.localhost``.

    Without ``deck`` that host is replayed as well; either way only the deck's own pages reach it
    (:func:`~deckarchive.proxy.site.refusal`). An async context manager: start the browser
    with ``server`` as its only proxy, the bypass list ``<-loopback>`` and
    ``--ignore-certificate-errors-spki-list=<spki>``. ``refused`` lists ``(url, reason)`` of what
    was not recorded, each once; ``on_refused`` is told at once. ``port=0`` picks a free port.
    """

    def __init__(
        self,
        source: ReplaySource,
        deck: DeckSite | None = None,
        *,
        port: int = 0,
        on_refused: Callable[[str, str], object] | None = None,
    ) -> None:
        self._replayer = _Replayer(source, deck, on_refused)
        self._certificates = Certificates()
        self._port = Port(self._replayer, self._certificates)
        self._wanted = port

    async def __aenter__(self) -> Self:
        await self._port.start(self._wanted)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._port.close()

    @property
    def spki(self) -> str:
        """Base64 SHA-256 of the SubjectPublicKeyInfo that all certificates here carry."""
        return self._certificates.spki

    @property
    def server(self) -> str:
        """What a browser's proxy setting takes: ``http://127.0.0.1:PORT``."""
        return self._port.server

    @property
    def refused(self) -> list[tuple[str, str]]:
        """What was asked for and not recorded."""
        return list(self._replayer.refused)


class _Replayer:
    """Answers one request after another; see :class:`browser_side.Answering`."""

    def __init__(
        self,
        source: ReplaySource,
        deck: DeckSite | None,
        on_refused: Callable[[str, str], object] | None,
    ) -> None:
        self.options = ProxyOptions()
        self._deck = deck
        self.last_activity = time.monotonic()
        self.refused: dict[tuple[str, str], None] = {}
        self._source = source
        self._on_refused = on_refused

    def fail(self, url: str, reason: str) -> None:
        """Note what was refused; repeats count once."""
        if (url, reason) not in self.refused:
            self.refused[(url, reason)] = None
            if self._on_refused:
                self._on_refused(url, reason)

    async def run(self, request: ProxyRequest, client: BrowserSide, /) -> None:
        """Answer from the deck or the recordings; raises :class:`NoAnswer` for all else."""
        self.last_activity = time.monotonic()
        try:
            own = is_deck(request.origin)
            if own and (why := refusal(self._deck, request.origin, request.head)):
                raise self._refusal(request, why)
            if own and self._deck:
                path = request.head.start.split(b" ")[1]
                head, body, size = site_response(self._deck, request.head, path)
                with body:
                    await self._send(request, client, head, body, size)
            elif request.upgrade:
                raise self._refusal(request, "WebSockets are not replayed")
            elif self._is_preflight(request):
                await self._send(request, client, preflight(request), io.BytesIO(), 0)
            else:
                await self._replay(request, client)
        finally:
            request.body.close()

    def _refusal(self, request: ProxyRequest, reason: str) -> NoAnswer:
        # Pages send Accept with everything (Fetch, section 4.6); what the browser asks for
        # itself, such as its updates, comes without, and is nobody's gap.
        if request.head.value(b"accept"):
            self.fail(request.url, reason)
        return NoAnswer(reason)

    def _is_preflight(self, request: ProxyRequest) -> bool:
        """Whether it asks if a request that was recorded may be sent (Fetch, section 4.8)."""
        wanted = request.head.value(b"access-control-request-method").decode("latin-1")
        asks = request.method == "OPTIONS" and bool(wanted)
        return asks and self._source.holds(wanted, request.url)

    async def _replay(self, request: ProxyRequest, client: BrowserSide) -> None:
        request.body.seek(0)
        fields = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in request.head.fields)
        sent = request.body.read()
        found = await asyncio.to_thread(
            self._source.find, request.method, request.url, fields, sent
        )
        if found is None:
            raise self._refusal(request, f"{request.method} was not recorded")
        try:
            head, body, size = await asyncio.to_thread(response, request, found)
        except ArchiveError as error:  # it was there when the archive was opened
            raise self._refusal(request, str(error)) from error
        with body:
            await self._send(request, client, head, body, size, found)

    async def _send(
        self,
        request: ProxyRequest,
        client: BrowserSide,
        head: Head,
        body: BinaryIO,
        size: int | None,
        found: Exchange | None = None,
    ) -> None:
        """Send ``size`` bytes of ``body``; ``None``: all there are, their number not known."""
        empty = request.method == "HEAD" or head.status[1] in (204, 205)
        framing: Framing = "none" if empty else "close" if size is None else "length"
        await client.begin(head, framing)
        left = size
        while not empty and left != 0:
            block = await asyncio.to_thread(body.read, min(_BLOCK, left or _BLOCK))
            if not block:
                break
            left = None if left is None else left - len(block)
            await client.data(block)
        if found and endless(found) and not empty:
            await client.wait_until_closed()
        if left:
            raise NoAnswer("the recording is shorter than its head says")
        await client.end()
