"""The hostile network: one asyncio forward proxy that plays every host and logs what it answers.

A route is a :class:`Reply` or a function of the request that returns one. Each answer carries its
number in the log as ``X-Log-Id``; the log keeps the exact head and body bytes that were sent and
the request that asked for them.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import itertools
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bench.hostile.authority import Authority

_BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the web saw it; ``head`` is raw, in origin form."""

    method: str
    url: str
    head: bytes
    fields: Mapping[str, str]
    body: bytes

    @property
    def query(self) -> str:
        return urlsplit(self.url).query


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to answer. Times in seconds.

    ``framing``: ``length``, ``chunked``, ``close`` or ``none``. ``declared`` is a wrong
    Content-Length; ``cut`` the number of body bytes after which the connection is lost.
    ``endless`` repeats the body for ever; ``socket`` answers as a WebSocket does. ``pause`` is
    waited before head and body, ``drip`` between pieces of the body. ``interim`` goes first.
    ``padding`` zero bytes follow the body; they are not kept in the log.
    """

    body: bytes = b""
    type: str | None = "text/plain; charset=utf-8"
    status: int = 200
    reason: str = "OK"
    headers: tuple[str | bytes, ...] = ()
    framing: str = "length"
    declared: int | None = None
    cut: int | None = None
    endless: bool = False
    socket: bool = False
    pause: float = 0.0
    drip: float = 0.0
    interim: bytes = b""
    version: str = "HTTP/1.1"
    padding: int = 0


@dataclass(slots=True)
class Logged:
    """One answer: ``body`` is what went out of it, without transfer coding; ``whole`` says that
    it came to the end that it had declared."""

    id: int
    url: str
    status: int
    head: bytes
    request_head: bytes
    request_body: bytes
    body: bytearray = field(default_factory=bytearray)
    whole: bool = False

    @property
    def case(self) -> str:
        """The first segment of the path: which case it belongs to."""
        return urlsplit(self.url).path.split("/")[1]


Route = Reply | Callable[[Asked], Reply]


class HostileWeb:
    """``routes["host/path"]`` or ``routes["/path"]`` (any host); the query is left out.

    ``down`` hosts refuse, ``resetting`` ones drop the connection at the request, ``garbled`` ones
    at the handshake, ``untrusted`` ones show a certificate of their own.
    """

    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        self.routes: dict[str, Route] = {}
        self.log: list[Logged] = []
        self.down: set[str] = set()
        self.resetting: set[str] = set()
        self.garbled: set[str] = set()
        self.untrusted: set[str] = set()
        self.on_request: Callable[[Asked], object] = lambda asked: None
        self.port = 0
        self._numbers = itertools.count(1)

    @property
    def proxy(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def route(self, asked: Asked) -> Reply:
        parts = urlsplit(asked.url)
        found = self.routes.get(f"{parts.hostname}{parts.path}") or self.routes.get(parts.path)
        if found is None:
            return Reply(body=b"not here", status=404, reason="Not Found")
        return found(asked) if callable(found) else found

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its CONNECT or first request to its end."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"CONNECT "):
                await self._requests(head, "", reader, writer)
                writer.close()
                return
            host, _, port = head.split(b" ")[1].decode().rpartition(":")
            if host in self.down:
                writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
                writer.close()
                return
            secure = port == "443"
            if secure:
                writer.transport.pause_reading()  # type: ignore[attr-defined]
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            if secure and host in self.garbled:
                writer.write(b"this is not TLS" * 20)
                await writer.drain()
                writer.close()
                return
            if secure:
                trusted = host not in self.untrusted
                await writer.start_tls(self.authority.context(host, trusted=trusted))
            scheme = "https" if secure else "http"
            first = await reader.readuntil(b"\r\n\r\n")
            await self._requests(first, f"{scheme}://{host}", reader, writer)
        writer.transport.abort()

    async def _requests(
        self,
        head: bytes,
        origin: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        while True:
            asked = await _read(head, origin, reader)
            self.on_request(asked)
            if urlsplit(asked.url).hostname in self.resetting:
                return
            if not await self._answer(asked, reader, writer):
                await asyncio.sleep(0.05)
                return
            head = await reader.readuntil(b"\r\n\r\n")

    async def _answer(
        self, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer and log it; whether the connection stays open."""
        reply = self.route(asked)
        await asyncio.sleep(reply.pause)
        number = next(self._numbers)
        framing = "none" if asked.method == "HEAD" else reply.framing
        head = _head(reply, number, asked, framing)
        writer.write(reply.interim + head)
        await writer.drain()
        entry = Logged(number, asked.url, reply.status, head, asked.head, asked.body)
        self.log.append(entry)
        await asyncio.sleep(reply.pause)
        if reply.socket:
            entry.whole = True
            await _echo(reader, writer)
            return False
        if framing != "none":
            await _body(reply, writer, entry)
        entry.whole = reply.cut is None
        short = reply.declared is not None and reply.declared != len(reply.body)
        return not (short or reply.cut is not None or framing == "close")


async def _read(head: bytes, origin: str, reader: asyncio.StreamReader) -> Asked:
    lines = head.decode("latin-1").split("\r\n")
    fields = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines[1:])}
    method, target, version = lines[0].split(" ")
    if not target.startswith("/"):  # absolute form: the WARC holds the origin form
        parts = urlsplit(target)
        origin = f"{parts.scheme}://{parts.netloc}"
        target = target.removeprefix(origin) or "/"
        head = f"{method} {target} {version}\r\n".encode("latin-1") + head.split(b"\r\n", 1)[1]
    body = await reader.readexactly(int(fields.get("content-length") or 0))
    return Asked(method, origin + target, head, fields, body)


def _head(reply: Reply, number: int, asked: Asked, framing: str) -> bytes:
    lines: list[str | bytes] = [f"{reply.version} {reply.status} {reply.reason}"]
    if reply.type:
        lines.append(f"Content-Type: {reply.type}")
    lines += [*reply.headers, f"X-Log-Id: {number}"]
    if reply.socket:
        key = asked.fields["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        lines += ["Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Accept: {accept}"]
    elif framing == "length":
        size = len(reply.body) + reply.padding if reply.declared is None else reply.declared
        lines.append(f"Content-Length: {size}")
    elif framing == "chunked":
        lines.append("Transfer-Encoding: chunked")
    elif framing == "close":
        lines.append("Connection: close")
    raw = [line.encode() if isinstance(line, str) else line for line in lines]
    return b"\r\n".join([*raw, b"", b""])


async def _body(reply: Reply, writer: asyncio.StreamWriter, entry: Logged) -> None:
    sent = reply.body if reply.cut is None else reply.body[: reply.cut]
    counted = len(sent) if reply.declared is None else min(len(sent), reply.declared)
    step = _BLOCK if not reply.drip else max(1, len(sent) // 5)
    while True:
        for start in range(0, len(sent), step):
            block = sent[start : start + step]
            entry.body += block[: max(0, counted - start)]
            chunked = reply.framing == "chunked"
            writer.write(b"%x\r\n%b\r\n" % (len(block), block) if chunked else block)
            await writer.drain()
            await asyncio.sleep(reply.drip)
        if not reply.endless:
            break
        counted = len(sent)
    zeros = bytes(_BLOCK)
    for start in range(0, reply.padding, _BLOCK):
        writer.write(zeros[: reply.padding - start])
        await writer.drain()
    if reply.framing == "chunked" and reply.cut is None:
        writer.write(b"0\r\n\r\n")
        await writer.drain()


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Greet, then go on until the other side ends."""
    writer.write(b"\x81\x05hello")
    await writer.drain()
    while await reader.read(_BLOCK):
        pass


@contextlib.contextmanager
def hostile_web() -> Iterator[HostileWeb]:
    """A running network in a thread of its own, trusted by this process and its children."""
    with tempfile.TemporaryDirectory() as folder:
        web = HostileWeb(Authority(Path(folder)))
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        starting = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(web.serve, "127.0.0.1", 0, limit=1 << 20, backlog=512), loop
        )
        server = starting.result(30)
        web.port = server.sockets[0].getsockname()[1]
        before = os.environ.get("SSL_CERT_FILE")
        os.environ["SSL_CERT_FILE"] = str(web.authority.certificate)
        try:
            yield web
        finally:
            if before is None:
                del os.environ["SSL_CERT_FILE"]
            else:
                os.environ["SSL_CERT_FILE"] = before
            asyncio.run_coroutine_threadsafe(_shut(server), loop).result(30)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(30)
            loop.close()


async def _shut(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
