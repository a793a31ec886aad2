"""The values of an exchange: where a request goes, the request itself, what is known while it runs.

Requests are read from the browser's side and written again for the origin.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, Protocol, cast

from deckarchive import urls
from deckarchive.errors import OutputError
from deckarchive.heads import Head, field_name, join_head, parse_head
from deckarchive.model import RecordedExchange
from deckarchive.proxy.wire import Framing, Stream

SPOOL: Final = 1024 * 1024
"""Bodies longer than this many bytes go to a temporary file."""

_READABLE: Final = (b"gzip", b"deflate")
"""The content codings asked for: those that every reader of web archives can undo. (br and zstd
are stored and read all the same when a server sends them; warcio fails on br with brotli 1.2.)"""

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_QUERY: Final = 64 * 1024
"""Bytes of a GraphQL request that is looked at."""

_PORTS = {"http": 80, "https": 443}


ExchangeSink = Callable[[RecordedExchange], Awaitable[None]]
"""Takes over a finished exchange (and closes it); ``WarcWriter.record`` is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyRequest:
    """A request as sent to the origin: ``head`` in origin form, ``body`` at 0."""

    method: str
    url: str
    origin: Origin
    head: Head
    body: BinaryIO
    size: int

    @property
    def upgrade(self) -> bool:
        """Whether it asks for another protocol on the connection (a WebSocket)."""
        return b"upgrade" in self.head.tokens(b"connection") and bool(self.head.value(b"upgrade"))

    @property
    def accepts_stream(self) -> bool:
        """Whether it is an EventSource's or a WebSocket's: an answer without an end."""
        return self.upgrade or b"text/event-stream" in self.head.value(b"accept").lower()

    def reads(self) -> bool:
        """Whether it only asks for something: a safe method (RFC 9110, section 9.2.1) on an
        ordinary connection, or a GraphQL query, which is sent by POST but changes nothing."""
        if self.upgrade:
            return False
        if self.method in _SAFE:
            return True
        json = b"json" in self.head.value(b"content-type").lower()
        if self.method != "POST" or not json or self.size > _QUERY:
            return False
        self.body.seek(0)
        text = self.body.read()
        self.body.seek(0)
        return b'"query"' in text and b"mutation" not in text and b"subscription" not in text


def spool(folder: Path | None = None) -> BinaryIO:
    """An empty body: in memory at first, beyond :data:`SPOOL` in a temporary file in ``folder``."""
    place = str(folder) if folder else None
    return cast(
        "BinaryIO", tempfile.SpooledTemporaryFile(max_size=SPOOL, prefix=".spool.", dir=place)
    )


def add_to_body(body: BinaryIO, block: bytes) -> None:
    """Add to a body. Raises :class:`OutputError` when its temporary file takes no more."""
    try:
        body.write(block)
    except OSError as error:
        raise OutputError(f"cannot keep a body in a temporary file: {error}") from error


def split_target(target: bytes) -> tuple[Origin, bytes] | None:
    """An absolute-form target as its origin and the bytes after the authority."""
    scheme, separator, rest = target.partition(b"://")
    if not separator or scheme.lower() not in (b"http", b"https", b"ws", b"wss"):
        return None
    end = min((rest.find(c) for c in (b"/", b"?", b"#") if c in rest), default=len(rest))
    secure = scheme.lower() in (b"https", b"wss")
    origin = origin_of(rest[:end].rpartition(b"@")[2], "https" if secure else "http")
    path = rest[end:].partition(b"#")[0]
    return None if origin is None else (origin, path if path[:1] == b"/" else b"/" + path)


def origin_of(authority: bytes, scheme: str) -> Origin | None:
    """Read ``host``, ``host:port`` or ``[v6]:port``; ``None`` when it is no authority."""
    try:
        parsed = urls.parse(f"{scheme}://{authority.decode('ascii')}/")
    except (ValueError, UnicodeDecodeError):
        return None
    if not parsed.hostname or parsed.username or parsed.pathname != "/":
        return None
    return Origin(scheme, parsed.hostname.strip("[]"), int(parsed.port or _PORTS[scheme]))


def make_request(
    head: Head, origin: Origin, path: bytes, body: BinaryIO, size: int
) -> ProxyRequest:
    """The request to send on, from the one that was read.

    Only what is meant for the proxy goes (``Proxy-*``), Accept-Encoding keeps the codings that
    can be read back, and a chunked body, here in full, gets a length.
    """
    method, _, _ = head.start.partition(b" ")
    lines = []
    for line in head.lines[1:]:
        name = field_name(line)
        if name.startswith(b"proxy-") or name == b"expect":
            continue
        if name == b"accept-encoding":
            line = line.partition(b":")[0] + b": " + _readable(line.partition(b":")[2])
        elif name == b"transfer-encoding":
            line = b"Content-Length: %d" % size
        lines.append(line)
    port = "" if origin.port == _PORTS[origin.scheme] else f":{origin.port}"
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    return ProxyRequest(
        method=method.decode("latin-1"),
        url=f"{origin.scheme}://{host}{port}{path.decode('latin-1')}",
        origin=origin,
        head=parse_head(join_head(method + b" " + path + b" HTTP/1.1", lines)),
        body=body,
        size=size,
    )


def _readable(codings: bytes) -> bytes:
    wanted = [c.strip() for c in codings.split(b",")]
    kept = [c for c in wanted if c.partition(b";")[0].strip().lower() in (*_READABLE, b"identity")]
    return b", ".join(kept) or b"identity"


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme (``http`` or ``https``), host (no brackets) and port."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """``host:port``, an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


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
