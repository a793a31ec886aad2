"""The proxy in replay: original URLs answer from recordings, everything else is refused.

Nothing here, nor in what this module imports, can open a connection: there is no network code
to reach (a test holds that). What a request means is left to a :class:`ReplaySource`; what a
browser needs besides the recorded answer (ranges, preflights, CORS) is made here.
"""

from __future__ import annotations

import asyncio
import io
import re
import time
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, Protocol, Self

from deckarchive.errors import ArchiveError
from deckarchive.heads import Head, join_head
from deckarchive.model import DeckSite, Exchange, Headers
from deckarchive.proxy.options import ProxyOptions
from deckarchive.proxy.port import BrowserSide, Certificates, Port
from deckarchive.proxy.request import ProxyRequest, spool
from deckarchive.proxy.site import byte_range, is_deck, refusal, site_response
from deckarchive.proxy.wire import Framing, NoAnswer

_BLOCK: Final = 256 * 1024


_ENDLESS: Final = frozenset(("text/event-stream", "multipart/x-mixed-replace"))
_CONTENT_RANGE: Final = re.compile(r"bytes\s+(\d{1,99})-(\d{1,99})/(\d{1,99})", re.IGNORECASE)
_NOT_SENT: Final = frozenset(
    (
        # forbid the frame that a slide is, or would reach beyond this presentation
        "x-frame-options", "strict-transport-security", "alt-svc", "public-key-pins",
        "public-key-pins-report-only", "expect-ct", "report-to", "reporting-endpoints", "nel",
        "content-security-policy-report-only", "clear-site-data", "critical-ch",
        # set again here, or no longer true of a decoded body
        "connection", "keep-alive", "proxy-connection", "transfer-encoding", "trailer", "upgrade",
        "content-length", "content-encoding", "content-range", "accept-ranges",
        "x-archive-orig-transfer-encoding", "digest", "content-digest", "content-md5",
    )
)  # fmt: skip
_PERMISSIONS: Final = frozenset(("access-control-allow-origin", "access-control-allow-credentials"))
_CSP_NOT_SENT: Final = frozenset(("frame-ancestors", "report-uri", "report-to"))


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
    was not recorded, each once; ``on_refused`` is called for each. ``port=0`` picks a free port.
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
    """Answers one request after another; see :class:`deckarchive.proxy.port.Answering`."""

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
        # itself, such as its updates, comes without, and is no gap of the deck.
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


def endless(found: Exchange) -> bool:
    """Whether the answer never ended by itself, so that the page must not see an end either."""
    return bool(found.truncated) and found.mime in _ENDLESS


def preflight(request: ProxyRequest) -> Head:
    """A CORS preflight's answer that allows what is asked (Fetch, section 4.8)."""
    head = request.head
    lines = [
        *_open_to(head.value(b"origin")),
        b"Access-Control-Allow-Methods: " + head.value(b"access-control-request-method"),
        b"Access-Control-Allow-Headers: " + (head.value(b"access-control-request-headers") or b"*"),
        b"Access-Control-Allow-Private-Network: true",
        b"Content-Length: 0",
    ]
    return Head(join_head(b"HTTP/1.1 204 No Content", lines))


def response(request: ProxyRequest, found: Exchange) -> tuple[Head, BinaryIO, int | None]:
    """The recorded answer as this request gets it: head, body at its start, bytes to send.

    The number is ``None`` where it is not known, or has no end.
    """
    cors = _cors(request, found)
    lines = [f"{k}: {v}".encode("latin-1") for k, v in _fields(found, new_cors=bool(cors))] + cors
    status = found.status
    body, size = found.open_body(), None if _coded(found) or endless(found) else found.size
    if status in (200, 206) and request.method in ("GET", "HEAD") and not endless(found):
        lines.append(b"Accept-Ranges: bytes")
        wanted = request.head.value(b"range")
        if wanted or status == 206:
            status, body, size, fields = _ranged(found, body, size, wanted)
            lines += fields
    if size is not None:
        lines.append(b"Content-Length: %d" % size)
    return Head(join_head(b"HTTP/1.1 %d Replayed" % status, lines)), body, size


def _ranged(
    found: Exchange, body: BinaryIO, size: int | None, wanted: bytes
) -> tuple[int, BinaryIO, int, list[bytes]]:
    """Status, body, length and Content-Range for a wanted range of a whole or partial record."""
    body, size = _sized(body, size)
    first, total = _place(found, size)
    start, end = byte_range(wanted, total)
    end = min(end, first + size)
    if start >= end and total:
        body.close()
        return 416, io.BytesIO(), 0, [b"Content-Range: bytes */%d" % total]
    _skip(body, start - first)
    if not wanted:
        return 200, body, end - start, []
    return 206, body, end - start, [b"Content-Range: bytes %d-%d/%d" % (start, end - 1, total)]


def _coded(found: Exchange) -> bool:
    """Whether the stored length is not that of the body as it is sent."""
    original = found.header("x-archive-orig-transfer-encoding").strip().lower()
    coded = found.header("content-encoding") or found.header("transfer-encoding")
    return bool(coded) or original not in ("", "chunked")


def _fields(found: Exchange, *, new_cors: bool) -> Iterator[tuple[str, str]]:
    """The recorded fields that are kept; with ``new_cors`` without those of CORS."""
    for name, value in found.headers:
        lower = name.lower()
        if lower == "content-security-policy":
            value = _policy(value)
            if not value:
                continue
        if lower not in _NOT_SENT and not (new_cors and lower in _PERMISSIONS):
            yield name, value


def _policy(value: str) -> str:
    """A Content-Security-Policy without the directives of :data:`_CSP_NOT_SENT`."""
    policies = []
    for policy in value.split(","):
        kept = [d.strip() for d in policy.split(";") if d.strip()]
        kept = [d for d in kept if d.split(None, 1)[0].lower() not in _CSP_NOT_SENT]
        if kept:
            policies.append("; ".join(kept))
    return ", ".join(policies)


def _cors(request: ProxyRequest, found: Exchange) -> list[bytes]:
    """Permission for an origin other than the one that the recording was made for.

    What the site had refused to this very origin, or left to all, stays as it was.
    """
    origin = request.head.value(b"origin").decode("latin-1")
    recorded = next((v for k, v in found.request_headers if k.lower() == "origin"), "")
    allowed = found.header("access-control-allow-origin")
    if not origin or allowed in ("*", origin) or recorded == origin:
        return []
    return _open_to(origin.encode("latin-1"))


def _open_to(origin: bytes) -> list[bytes]:
    if not origin:
        return [b"Access-Control-Allow-Origin: *"]
    return [
        b"Access-Control-Allow-Origin: " + origin,
        b"Access-Control-Allow-Credentials: true",
        b"Vary: Origin",
    ]


def _place(found: Exchange, size: int) -> tuple[int, int]:
    """Where in the whole the recorded bytes begin, and the whole's length."""
    recorded = _CONTENT_RANGE.match(found.header("content-range"))
    return (int(recorded[1]), int(recorded[3])) if recorded and found.status == 206 else (0, size)


def _sized(body: BinaryIO, size: int | None) -> tuple[BinaryIO, int]:
    """The body and its length, read once into a spool where that is not known."""
    if size is not None:
        return body, size
    whole = spool()
    with body:
        while block := body.read(_BLOCK):
            whole.write(block)
    length = whole.tell()
    whole.seek(0)
    return whole, length


def _skip(body: BinaryIO, count: int) -> None:
    while count > 0 and (block := body.read(min(_BLOCK, count))):
        count -= len(block)
