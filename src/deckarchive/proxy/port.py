"""A loopback port of a proxy: its certificates, its connections, and the requests on them.

A connection brings CONNECT, TLS, then request after request; what answers them (from the network
or from recordings) is an :class:`Answering`.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ipaddress
import ssl
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deckarchive.heads import Head, field_name, join_head
from deckarchive.peers import BACKLOG, bind_loopback, is_from_another_user
from deckarchive.proxy.options import ProxyOptions
from deckarchive.proxy.request import (
    ClientGone,
    OpenExchange,
    Origin,
    ProxyRequest,
    add_to_body,
    make_request,
    origin_of,
    split_target,
    spool,
)
from deckarchive.proxy.wire import (
    STREAM_LIMIT,
    Cut,
    Framing,
    NoAnswer,
    Stream,
    accept_tls,
    read_body,
    read_head,
    request_framing,
)

_LIFE = timedelta(days=90)
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


class Port:
    """Listens on 127.0.0.1; without anything that answers, it drops every connection.

    Connections of other users of the machine are dropped, too, where the system reports whose they
    are: they could put exchanges into an archive, and use the proxy as their own.
    """

    def __init__(self, answering: Answering | None, certificates: Certificates) -> None:
        self._answering = answering
        self._certificates = certificates
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._sides: set[BrowserSide] = set()
        self._closed = False
        self.port = 0

    async def start(self, port: int = 0) -> None:
        """Begin to listen, on a free port unless one is given.

        Raises :class:`PortInUse`, or :class:`EnvironmentMissing` when no socket can be opened.
        """
        sock = bind_loopback(port)
        self.port = int(sock.getsockname()[1])
        self._server = await asyncio.start_server(
            self._serve, sock=sock, limit=STREAM_LIMIT, backlog=BACKLOG
        )

    @property
    def server(self) -> str:
        """What a browser's proxy setting takes: ``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._closed

    async def close(self) -> None:
        """Stop listening and end every open connection; harmless when called twice."""
        self._closed = True
        if self._server:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def fault(self, error: Exception) -> None:
        """Take note of a fault of one connection; it must not end the others."""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._answering is None or self._closed or is_from_another_user(writer):
            writer.transport.abort()
            return
        task = asyncio.current_task()
        if task:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        side = BrowserSide(Stream(reader, writer), self._answering, self._certificates)
        self._sides.add(side)
        try:
            await side.serve()
        except asyncio.CancelledError:
            writer.transport.abort()
        except Exception as error:  # one connection's fault must not end the capture
            writer.transport.abort()
            self.fault(error)
        finally:
            self._sides.discard(side)


class Certificates:
    """Makes and keeps a server-side TLS context for each host name or address.

    All leaves carry one key that never leaves this process but for a private temporary file
    (``ssl`` loads keys from files alone); the browser is configured to trust that key by its SPKI.
    """

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._contexts: dict[str, ssl.SSLContext] = {}
        spki = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.spki = base64.b64encode(hashlib.sha256(spki).digest()).decode()

    def context(self, host: str) -> ssl.SSLContext:
        """The TLS context that shows a certificate for ``host``, speaking http/1.1 only."""
        if host not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.set_alpn_protocols(["http/1.1"])
            with tempfile.TemporaryDirectory(prefix="deckarchive-") as folder:
                pem = Path(folder) / "leaf.pem"
                pem.touch(mode=0o600)
                pem.write_bytes(self._pem(host))
                context.load_cert_chain(pem)
            self._contexts[host] = context
        return self._contexts[host]

    def _pem(self, host: str) -> bytes:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64] or "unnamed")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + _LIFE)
            .add_extension(x509.SubjectAlternativeName([_general_name(host)]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM) + self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


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
        """After CONNECT comes TLS, or plain HTTP (``ws:``; the first byte tells which)."""
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
        """Wait until the browser closes the connection of an endless answer."""
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
