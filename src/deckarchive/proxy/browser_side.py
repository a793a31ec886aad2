"""One connection from the browser: CONNECT, TLS, then request after request."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from typing import Final, Protocol

from deckarchive.heads import Head, field_name, join_head
from deckarchive.proxy.certs import Certificates
from deckarchive.proxy.open_exchange import ClientGone, OpenExchange
from deckarchive.proxy.options import ProxyOptions
from deckarchive.proxy.origin import Origin
from deckarchive.proxy.request import (
    ProxyRequest,
    add_to_body,
    make_request,
    origin_of,
    split_target,
    spool,
)
from deckarchive.proxy.wire import (
    Cut,
    Framing,
    NoAnswer,
    Stream,
    accept_tls,
    read_body,
    read_head,
    request_framing,
)

_TLS_HANDSHAKE: Final = b"\x16"
_BLOCK: Final = 64 * 1024
_HEAD_TIME: Final = 300.0
_TLS_TIME: Final = 30.0
_HOP: Final = frozenset(
    (b"connection", b"keep-alive", b"transfer-encoding", b"upgrade", b"trailer")
)
_HIDDEN: Final = frozenset(
    (
        *(b"www-authenticate", b"proxy-authenticate", b"proxy-connection"),
        b"cross-origin-opener-policy",
    )
)
"""What the browser must not see: a challenge would block the page's load event on a prompt; and an
opener policy, which counts for no frame, would let a page use threads that its copy has not: it
would load other files than in a deck."""


class Answering(Protocol):
    """What answers the requests of a connection: from the network, or from an archive."""

    options: ProxyOptions
    last_activity: float

    def fail(self, url: str, reason: str) -> None: ...
    async def run(self, request: ProxyRequest, client: BrowserSide, /) -> object: ...


class BrowserSide:
    """Serves one connection until either end closes it; also where its answers go."""

    def __init__(self, stream: Stream, exchanger: Answering, certificates: Certificates) -> None:
        self._stream = stream
        self._exchanger = exchanger
        self._certificates = certificates
        self._chunked = False
        self._done = False
        self.opened: float | None = time.monotonic()
        """When it was opened, until its first request has come."""

    async def serve(self) -> None:
        """Answer requests; every fault ends this connection and nothing else."""
        try:
            async with asyncio.timeout(_HEAD_TIME):
                head = await read_head(self._stream.reader)
            if head is not None and head.start.startswith(b"CONNECT "):
                await self._tunnelled(head)
            else:
                await self._requests(head, None)
        except (OSError, ssl.SSLError, Cut, TimeoutError, NoAnswer, ClientGone):
            pass
        finally:
            await self._stream.finish()

    async def _tunnelled(self, head: Head) -> None:
        """After CONNECT comes TLS, or plain HTTP (``ws:``, told by the first byte)."""
        origin = origin_of(head.start.split(b" ")[1], "https")
        if origin is None:
            self._stream.writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return
        stream = self._stream
        stream.writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        async with asyncio.timeout(_TLS_TIME):
            first = await stream.reader.read(1)
            if first == _TLS_HANDSHAKE:
                first += await stream.reader.read(_BLOCK)
                await accept_tls(stream, self._certificates.context(origin.host), first)
                first = b""
            elif first:
                origin = Origin("http", origin.host, origin.port)
        async with asyncio.timeout(_HEAD_TIME):
            head_inside = await read_head(stream.reader, first)
        await self._requests(head_inside, origin)

    async def _requests(self, head: Head | None, origin: Origin | None) -> None:
        while head is not None:
            request = await self._read_request(head, origin)
            if request is None:
                self._stream.writer.write(
                    b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )
                return
            self._done, self.opened = False, None
            await self._exchanger.run(request, self)
            if not self._done or b"close" in head.tokens(b"connection"):
                return
            async with asyncio.timeout(_HEAD_TIME):
                head = await read_head(self._stream.reader)

    async def _read_request(self, head: Head, origin: Origin | None) -> ProxyRequest | None:
        parts = head.start.split(b" ")
        if len(parts) != 3:
            return None
        target = split_target(parts[1])
        if target is None and origin is not None and parts[1][:1] in (b"/", b"*"):
            target = origin, parts[1]
        if target is None:
            return None
        if head.value(b"expect").lower() == b"100-continue":
            self._stream.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        options = self._exchanger.options
        framing, length = request_framing(head)
        body, size = spool(options.spool), 0
        blocks = read_body(self._stream.reader, framing, length, options.idle_timeout)
        try:
            async for block in blocks:
                size += len(block)
                if size > options.max_request_body:
                    self._exchanger.fail(parts[1].decode("latin-1"), "request body too large")
                    raise Cut("length")
                add_to_body(body, block)
        except BaseException:
            body.close()
            raise
        return make_request(head, *target, body, size)

    async def begin(self, head: Head, framing: Framing) -> None:
        """Send the head on, with this connection's own framing."""
        _, status, _ = head.status
        if status == 101:
            await self._send(head.raw)
            return
        self._chunked = framing in ("chunked", "close")
        dropped = _HOP | _HIDDEN | ({b"content-length"} if self._chunked else set())
        lines = [line for line in head.lines[1:] if field_name(line) not in dropped]
        if self._chunked:
            lines.append(b"Transfer-Encoding: chunked")
        start = head.start[head.start.find(str(status).encode()) :]
        await self._send(join_head(b"HTTP/1.1 " + start, lines))

    async def data(self, block: bytes) -> None:
        if self._chunked:
            block = b"%x\r\n%b\r\n" % (len(block), block)
        await self._send(block)

    async def end(self) -> None:
        if self._chunked:
            await self._send(b"0\r\n\r\n")
        self._done = True

    async def wait_until_closed(self) -> None:
        """Wait until the browser leaves, as it must in the end with an answer without an end."""
        await self._stream.reader.read(1)

    async def tunnel(self, stream: Stream, opened: OpenExchange) -> None:
        """Copy both ways after a 101 until either side ends."""
        self._done = False

        def received(count: int) -> None:
            opened.received += count
            opened.touch()
            self._exchanger.last_activity = opened.last_activity

        pumps = [
            asyncio.ensure_future(_pump(stream, self._stream, received)),
            asyncio.ensure_future(_pump(self._stream, stream, lambda _: opened.touch())),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            stream.abort()

    async def _send(self, data: bytes) -> None:
        try:
            self._stream.writer.write(data)
            async with asyncio.timeout(self._exchanger.options.idle_timeout):
                await self._stream.writer.drain()
        except (OSError, TimeoutError) as error:
            raise ClientGone from error


async def _pump(source: Stream, target: Stream, note: Callable[[int], None]) -> None:
    try:
        while block := await source.reader.read(_BLOCK):
            note(len(block))
            target.writer.write(block)
            await target.writer.drain()
    except OSError:
        return
