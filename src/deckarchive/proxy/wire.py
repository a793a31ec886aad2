"""Reading and framing HTTP/1 messages on asyncio streams: exact heads, de-chunked bodies.

Heads are kept verbatim (a WARC wants the bytes that were sent, and servers send what strict
parsers refuse); bodies follow RFC 9112 section 6.3, with the leniency that Chromium shows.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

from deckarchive.heads import Head, parse_head

MAX_HEAD: Final = 256 * 1024
"""The longest head read, in bytes: Chromium's own limit."""

STREAM_LIMIT: Final = 256 * 1024
_BLOCK: Final = 64 * 1024
_LENGTH_DIGITS: Final = 18
"""As many as fit in 64 bits; a longer number is no length, and no integer either to Python."""
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?$", re.DOTALL)

Framing = Literal["none", "length", "chunked", "close"]


class Cut(Exception):
    """A message that ended before its end; ``reason`` as WARC-Truncated names it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoAnswer(Exception):
    """The origin gave no answer; ``str()`` says why, ``transient`` whether to try again."""

    def __init__(self, reason: str, *, transient: bool = False) -> None:
        super().__init__(reason)
        self.transient = transient


@dataclass(slots=True)
class Stream:
    """A connection's two directions and the address at its other end."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    ip: str = ""
    fresh: bool = True
    idle_since: float = 0.0

    def abort(self) -> None:
        """Drop the connection at once."""
        self.writer.transport.abort()

    async def finish(self) -> None:
        """Send what is buffered and close, within a second."""
        try:
            self.writer.close()
            async with asyncio.timeout(1):
                await self.writer.wait_closed()
        except (OSError, TimeoutError, ssl.SSLError):
            self.abort()


async def read_head(reader: asyncio.StreamReader, early: bytes = b"") -> Head | None:
    """Read one head, of which ``early`` came already; ``None`` when there is not a byte of it.

    Empty lines before it are skipped (RFC 9112, section 2.2). Raises :class:`Cut` when it ends
    halfway or is longer than :data:`MAX_HEAD`.
    """
    raw = bytearray()
    while True:
        try:
            line = early + await reader.readuntil(b"\n")
            early = b""
        except asyncio.IncompleteReadError as end:
            if not raw and not early and not end.partial:
                return None
            raise Cut("disconnect") from end
        except asyncio.LimitOverrunError as error:
            raise Cut("length") from error
        if not raw and line in (b"\r\n", b"\n"):
            continue
        raw += line
        if line in (b"\r\n", b"\n"):
            return parse_head(bytes(raw))
        if len(raw) > MAX_HEAD:
            raise Cut("length")


def response_framing(method: str, head: Head) -> tuple[Framing, int]:
    """How the body of a response ends, and its declared length where it declares one."""
    version, status, _ = head.status
    if method == "HEAD" or status in (204, 304) or status < 200:
        return "none", 0
    if version != "HTTP/1.0" and b"chunked" in head.tokens(b"transfer-encoding"):
        return "chunked", 0
    length = _content_length(head)
    return ("close", 0) if length is None else ("length", length)


def request_framing(head: Head) -> tuple[Framing, int]:
    """How the body of a request ends; a request without a declared body has none."""
    if b"chunked" in head.tokens(b"transfer-encoding"):
        return "chunked", 0
    length = _content_length(head)
    return ("length", length) if length else ("none", 0)


def _content_length(head: Head) -> int | None:
    """The first usable Content-Length; servers repeat it, some with a list in one field."""
    for token in head.tokens(b"content-length"):
        if token.isdigit() and len(token) <= _LENGTH_DIGITS:
            return int(token)
    return None


async def read_body(
    reader: asyncio.StreamReader, framing: Framing, length: int, idle: float
) -> AsyncIterator[bytes]:
    """Yield the body without its transfer coding.

    Raises :class:`Cut` when it ends early, is malformed, or ``idle`` seconds bring nothing.
    """
    try:
        if framing == "chunked":
            async for block in _chunked(reader, idle):
                yield block
        elif framing == "length":
            async for block in _exactly(reader, length, idle):
                yield block
        elif framing == "close":
            while block := await _within(idle, reader.read(_BLOCK)):
                yield block
    except TimeoutError as error:
        raise Cut("time") from error
    except (OSError, asyncio.IncompleteReadError) as error:
        raise Cut("disconnect") from error
    except asyncio.LimitOverrunError as error:
        raise Cut("unspecified") from error


class TooSlow(Cut):
    """A body of which too little came in the time that it had."""

    def __init__(self) -> None:
        super().__init__("time")


async def fast_enough(
    blocks: AsyncIterator[bytes], patience: float, least: float
) -> AsyncIterator[bytes]:
    """The same blocks, as long as they come.

    Each stretch of ``patience`` seconds spent waiting for them must bring ``least`` bytes a second;
    what their taker needs is not counted. Raises :class:`TooSlow`, or :class:`Cut` where
    ``patience`` seconds brought nothing at all.
    """
    waited, came = 0.0, 0
    while True:
        began = time.monotonic()
        try:
            async with asyncio.timeout(max(0.0, patience - waited)):
                block = await anext(blocks, b"")
        except TimeoutError as error:
            raise (TooSlow() if came else Cut("time")) from error
        if not block:
            return
        waited += time.monotonic() - began
        came += len(block)
        if came >= least * patience:
            waited, came = 0.0, 0
        elif waited >= patience:
            raise TooSlow
        yield block


async def _exactly(reader: asyncio.StreamReader, length: int, idle: float) -> AsyncIterator[bytes]:
    while length > 0:
        block = await _within(idle, reader.read(min(_BLOCK, length)))
        if not block:
            raise Cut("disconnect")
        length -= len(block)
        yield block


async def _chunked(reader: asyncio.StreamReader, idle: float) -> AsyncIterator[bytes]:
    while True:
        line = await _within(idle, reader.readuntil(b"\n"))
        found = _CHUNK_SIZE.match(line.rstrip(b"\r\n"))
        if not found:
            raise Cut("unspecified")
        size = int(found[1], 16)
        if size == 0:
            break
        async for block in _exactly(reader, size, idle):
            yield block
        if (await _within(idle, reader.readuntil(b"\n"))).strip():
            raise Cut("unspecified")
    with suppress(asyncio.IncompleteReadError):  # the last chunk came: the body is whole
        while (await _within(idle, reader.readuntil(b"\n"))).strip():
            pass


async def _within(idle: float, reading: Awaitable[bytes]) -> bytes:
    async with asyncio.timeout(idle):
        return await reading


async def accept_tls(stream: Stream, context: ssl.SSLContext, early: bytes) -> None:
    """Become the server side of TLS on a stream of which ``early`` was read already.

    asyncio starts TLS only with what comes next, so the bytes that were read to tell TLS from
    plain HTTP are handed to the new protocol through the public interface of buffered protocols.
    """
    transport = stream.writer.transport
    plain = transport.get_protocol()
    handshake = asyncio.ensure_future(stream.writer.start_tls(context))
    try:
        while transport.get_protocol() is plain and not handshake.done():  # noqa: ASYNC110
            await asyncio.sleep(0)
        await asyncio.sleep(0)  # connection_made was scheduled with the change of protocol
        secure = transport.get_protocol()
        while early and isinstance(secure, asyncio.BufferedProtocol):
            buffer = memoryview(secure.get_buffer(len(early)))
            count = min(len(buffer), len(early))
            buffer[:count] = early[:count]
            secure.buffer_updated(count)
            early = early[count:]
        await handshake
    finally:
        handshake.cancel()


def has_unread(reader: asyncio.StreamReader) -> bool:
    """Whether bytes wait to be read: an answer that was longer than it declared.

    A read that can be served from the buffer ends at its first step, else it is dropped there.
    """
    reading = reader.read(1)
    try:
        reading.send(None)
    except StopIteration:
        return True
    reading.close()
    return False
