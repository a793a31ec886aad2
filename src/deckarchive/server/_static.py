"""A static HTTP/1.1 server for one folder, for this machine only: GET and HEAD.

Deck and copies are told apart by host name (docs/architecture.md, Origins): under the name of a
copy stand the captured files, under the deck's the whole folder. A name that is not ours is
refused, so that a page on the open web cannot reach the folder by rebinding its own name to
127.0.0.1.
"""

from __future__ import annotations

import asyncio
import http.client
import re
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import BinaryIO, Final

from deckarchive import __version__, urls
from deckarchive.server._folder import Folder, content_type
from deckarchive.server._http import (
    MAX_HEAD,
    REASONS,
    BadRequest,
    Head,
    is_fresh,
    parse_head,
    parse_range,
    range_applies,
)
from deckarchive.server._listen import Listener
from deckarchive.server._policies import cookie_fields, policies

_IDLE: Final = 75.0  # seconds that a connection may stay without a whole request
_STALL: Final = 300.0  # seconds without taking a byte; a paused video stalls and asks again
_LINGER: Final = 1.0  # seconds to discard what a client still sends after the last answer
_CHUNK: Final = 256 * 1024
_LOG_SIZE: Final = 20_000
_HOST = re.compile(
    rf"(?:localhost|127\.0\.0\.1|\[::1\]|(?:(?P<copy>[a-z0-9-]{{1,63}})\.)?"
    rf"(?P<deck>{re.escape(urls.DECK_HOST)}))(?::(?P<port>\d{{1,5}}))?",
    re.IGNORECASE,
)
_FOR_COPIES: Final = frozenset(("sites", "runtime", "sw.js", "map.json"))
"""What stands under the name of a copy: the deck's text and notes are none of its business."""

_WORKER_PATH: Final = "/sw.js"
_SLIDE_PATH: Final = "/runtime/slide"
_SLIDE: Final = re.compile(r"(?:/\d{1,5}){1,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One answered request: ``host`` with port and ``target`` (path and query) as asked for.

    ``time`` is in seconds since the epoch.
    """

    time: float
    host: str
    method: str
    target: str
    status: int


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    fields: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    file: Path | None = None
    span: tuple[int, int] = (0, 0)


class Server(Listener):
    """Serves ``folder`` on loopback; ``port=0`` picks a free port.

    ``url`` is where the deck is (``http://deck.localhost:PORT/``) and ``address`` the same for
    a browser that does not know that name. ``on_slide`` hears, in a thread of its own, where the
    deck stands: ``"/3/0"``, as in its address. Raises :class:`PortInUse`.
    """

    limit = MAX_HEAD

    def __init__(
        self,
        folder: str | Path,
        port: int = 0,
        *,
        on_slide: Callable[[str], object] = lambda slide: None,
    ) -> None:
        self._folder = Folder(Path(folder))
        self._on_slide = on_slide
        self._log: deque[Request] = deque(maxlen=_LOG_SIZE)
        super().__init__(port)

    @property
    def url(self) -> str:
        return f"http://{urls.DECK_HOST}:{self.port}/"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def requests(self) -> tuple[Request, ...]:
        """What was asked for, oldest first; only the latest 20,000 are kept."""
        return tuple(self._log)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        keep_alive = True
        while keep_alive:
            method = "GET"
            try:
                head = await _read_head(reader)
                if head is None:
                    return
                method, keep_alive = head.method, head.keep_alive
                answer = await asyncio.to_thread(self._answer, head)
            except BadRequest as error:
                answer, keep_alive = _plain(error.status, str(error)), False
            await _send(writer, method, answer, keep_alive)
        await _linger(reader, writer)

    def _answer(self, head: Head) -> _Answer:
        try:
            answer = self._route(head)
        except BadRequest as error:
            answer = _plain(error.status, str(error))
        except OSError:
            answer = _plain(500, "the file cannot be read")
        self._log.append(
            Request(
                time=time.time(),
                host=head.host.lower(),
                method=head.method,
                target=head.target,
                status=answer.status,
            )
        )
        return answer

    def _route(self, head: Head) -> _Answer:
        host = _HOST.fullmatch(head.host)
        if not host or int(host["port"] or 80) != self.port:
            raise BadRequest(421, "this server is for the deck on this machine only")
        if head.method not in ("GET", "HEAD"):
            return _plain(405, "only GET and HEAD", ("Allow", "GET, HEAD"))
        path, mark, query = head.target.partition("?")
        if host["copy"] and path.lstrip("/").partition("/")[0] not in _FOR_COPIES:
            return _plain(404, "not a part of this copy")
        if path == _SLIDE_PATH and host["deck"] and not host["copy"]:
            # No page of another origin can send this header, since nothing here allows it to.
            if is_slide(slide := head.fields.get("x-deckarchive-slide", "")):
                self._on_slide(slide)
            return _plain(200, "noted")
        if "service-worker" in head.fields and path != _WORKER_PATH:
            # The browser's own field. A worker may make up pages, which come without a policy.
            return _plain(403, "no service worker but the folder's own")
        if location := self._folder.needs_slash(path):
            return _plain(301, location, ("Location", location + mark + query))
        file = self._folder.find(path)
        if file is None:
            return _plain(404, "no such file in the offline folder")
        return self._file(head, file, in_deck=bool(host["deck"]) and not host["copy"])

    def _file(self, head: Head, file: Path, *, in_deck: bool) -> _Answer:
        stat = file.stat()
        etag, modified = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"', int(stat.st_mtime)
        media = content_type(file)
        fields = [
            ("Content-Type", media),
            ("ETag", etag),
            ("Last-Modified", formatdate(modified, usegmt=True)),
            ("Accept-Ranges", "bytes"),
            *policies(file, media, archived=self._folder.is_archived(file), in_deck=in_deck),
            *cookie_fields(head.fields.get("cookie", "")),
        ]
        if is_fresh(head.fields, etag, modified):
            return _Answer(304, tuple(fields))
        span = None
        if head.method == "GET" and range_applies(head.fields, etag, modified):
            span = parse_range(head.fields.get("range", ""), stat.st_size)
        if span is None:
            return _Answer(200, tuple(fields), file=file, span=(0, stat.st_size))
        start, end = span
        if start == end:
            return _plain(416, "no such range", ("Content-Range", f"bytes */{stat.st_size}"))
        fields.append(("Content-Range", f"bytes {start}-{end - 1}/{stat.st_size}"))
        return _Answer(206, tuple(fields), file=file, span=span)


async def _read_head(reader: asyncio.StreamReader) -> Head | None:
    """The next request's head; ``None`` when the client has closed the connection."""
    try:
        # Not wait_for: in Python 3.11 it loses a cancellation that comes together with the head,
        # and the server would wait for this client instead of stopping.
        async with asyncio.timeout(_IDLE):
            raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError:
        raise BadRequest(431) from None
    if len(raw) > MAX_HEAD:
        raise BadRequest(431)
    return parse_head(raw.lstrip(b"\r\n"))


async def _linger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Let the client read the last answer before the connection goes (RFC 9112 section 9.6)."""
    writer.write_eof()
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER):
            while await reader.read(_CHUNK):
                pass


async def _send(
    writer: asyncio.StreamWriter, method: str, answer: _Answer, keep_alive: bool
) -> None:
    start, end = answer.span
    length = end - start if answer.file else len(answer.body)
    # Not in a thread: one that is cancelled meanwhile would leave its file open.
    stream = answer.file.open("rb") if answer.file else None
    try:
        writer.write(_head(answer, length, keep_alive))
        if method != "HEAD" and answer.status != 304:
            writer.write(answer.body)
            if stream is not None:
                await _send_file(writer, stream, start, length)
        async with asyncio.timeout(_STALL):
            await writer.drain()
    finally:
        if stream is not None:
            stream.close()


async def _send_file(
    writer: asyncio.StreamWriter, stream: BinaryIO, start: int, length: int
) -> None:
    stream.seek(start)
    while length > 0:
        data = await asyncio.to_thread(stream.read, min(length, _CHUNK))
        if not data:
            raise ConnectionAbortedError("the file became shorter while it was sent")
        writer.write(data)
        async with asyncio.timeout(_STALL):
            await writer.drain()
        length -= len(data)


def _head(answer: _Answer, length: int, keep_alive: bool) -> bytes:
    fields = [
        ("Server", f"deckarchive/{__version__}"),
        ("Date", formatdate(usegmt=True)),
        *answer.fields,
        ("Connection", "keep-alive" if keep_alive else "close"),
    ]
    if answer.status != 304:
        fields.append(("Content-Length", str(length)))
    lines = [f"HTTP/1.1 {answer.status} {REASONS[answer.status]}"]
    lines += [f"{name}: {value}" for name, value in fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _plain(status: int, message: str, *fields: tuple[str, str]) -> _Answer:
    body = f"{status} {message}\n".encode()
    own = (
        ("Content-Type", "text/plain; charset=utf-8"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    )
    return _Answer(status, (*own, *fields), body)


def is_slide(text: str) -> bool:
    """Whether it names a slide as a deck's address does: slide, slide below it, fragment."""
    return _SLIDE.fullmatch(text) is not None


def fetch_local(port: int, path: str, *, timeout: float = 2.0, limit: int = 2**26) -> bytes | None:
    """What a server on this machine's ``port`` answers for ``path``; ``None`` unless 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    with suppress(OSError, http.client.HTTPException):
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.read(limit) if response.status == 200 else None
        finally:
            connection.close()
    return None
