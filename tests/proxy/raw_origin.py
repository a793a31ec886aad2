"""An origin server that sends exact bytes, and a client that asks through a proxy port."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from deckarchive.model import RecordedExchange
from tests import loops

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Origin:
    """Routes are exact answers (bytes) or handlers; ``log`` holds the exact requests."""

    def __init__(self) -> None:
        self.routes: dict[str, bytes | Handler] = {}
        self.close_after: set[str] = set()
        self.log: list[tuple[str, bytes]] = []
        self.connections = 0
        self.port = 0
        self._tasks: set[asyncio.Task] = set()

    async def start(self, tls: ssl.SSLContext | None = None) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def asked(self, path: str) -> list[bytes]:
        return [request for known, request in self.log if known == path]

    async def _serve(self, reader, writer) -> None:
        self.connections += 1
        self._tasks.add(asyncio.current_task())
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            while await self._one(reader, writer):
                pass
        writer.transport.abort()

    async def _one(self, reader, writer) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        fields = dict(
            line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line
        )
        body = await reader.readexactly(int(fields.get(b"content-length", b"0")))
        path = head.split(b" ")[1].decode("latin-1")
        self.log.append((path, head + body))
        answer = self.routes[path]
        if isinstance(answer, bytes):
            writer.write(answer)
            await writer.drain()
        else:
            await answer(reader, writer)
        if path in self.close_after or not isinstance(answer, bytes):
            writer.close()
            await writer.wait_closed()
            return False
        return True


@asynccontextmanager
async def origin(tls: ssl.SSLContext | None = None):
    server = Origin()
    await server.start(tls)
    try:
        yield server
    finally:
        await server.stop()


def self_signed(folder: Path, name: str = "elsewhere.test") -> ssl.SSLContext:
    """A server's TLS context with a certificate that nobody trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "origin.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    return context


async def connect(port: int, host: str, tls: bool):
    """Open a connection to ``host`` (``name:port``) through a proxy port, as a browser does."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    _open.append(writer)
    if tls:
        writer.write(f"CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
        await writer.start_tls(trusting(), server_hostname=host.partition(":")[0])
    return reader, writer


async def ask(port: int, url: str, *fields: str, method: str = "GET", body: bytes = b"") -> bytes:
    """Everything that the proxy answers to one request on a connection of its own."""
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    reader, writer = await connect(port, host, scheme == "https")
    target = f"/{path}" if scheme == "https" else url
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *fields]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    lines.append("Connection: close")
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
    answer = await reader.read()
    writer.close()
    return answer


_open: list[asyncio.StreamWriter | RecordedExchange] = []
"""What the test that runs has opened."""


def run(coroutine) -> None:
    """Run a test's coroutine with a ceiling far above what it needs; what it opened is closed."""

    async def whole() -> None:
        try:
            await asyncio.wait_for(coroutine, 120)
        finally:
            while _open:
                one = _open.pop()
                one.close()
                if isinstance(one, asyncio.StreamWriter):
                    with suppress(OSError):  # the other end was first
                        await one.wait_closed()

    loops.run(whole())


async def until(condition: Callable[[], object]) -> None:
    """Wait for a condition that another task brings about."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


HERE = {"127.0.0.1"}


class Taken:
    """A sink that keeps exchanges in memory."""

    def __init__(self) -> None:
        self.all: list[RecordedExchange] = []

    async def __call__(self, exchange: RecordedExchange) -> None:
        self.all.append(exchange)
        _open.append(exchange)

    def bodies(self) -> list[bytes]:
        return [e.body.read() for e in self.all]


def url(server, path: str = "/", scheme: str = "http") -> str:
    return f"{scheme}://127.0.0.1:{server.port}{path}"
