"""A static HTTP/1.1 server for one folder, for this machine only: GET and HEAD.

Deck and copies are distinguished by host name (docs/architecture.md, Origins): under the name of a
copy stand the captured files, under the deck's the whole folder. A name that is not ours is
refused, so that a page on the open web cannot reach the folder by rebinding its own name to
127.0.0.1, and so is what pages of other origins ask for (``_access``).
"""

from __future__ import annotations

import asyncio
import http.client
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import BinaryIO, Final

from deckarchive import __version__, urls
from deckarchive.files import open_regular
from deckarchive.js import service_worker
from deckarchive.server._access import (
    FORGET_COOKIES,
    Fields,
    Host,
    closed,
    cookie_fields,
    is_admitted,
    is_served_there,
    is_shown,
    owner_fields,
    parse_host,
    policies,
)
from deckarchive.server._folder import ServedFolder
from deckarchive.server._http import (
    MAX_REQUEST_HEAD,
    REASONS,
    BadRequest,
    RequestHead,
    is_fresh,
    parse_range,
    parse_request_head,
    range_applies,
)
from deckarchive.server._listen import LoopbackListener
from deckarchive.server._log import LoggedRequest, ServerLog
from deckarchive.web import content_type

_IDLE: Final = 75.0  # seconds that a connection may stay without a whole request
_STALL: Final = 300.0  # seconds without taking a byte; a paused video stalls and asks again
_LINGER: Final = 1.0  # seconds to discard what a client still sends after the last answer
_CHUNK: Final = 256 * 1024

_WORKER_PATH: Final = "/sw.js"
_SLIDE_PATH: Final = "/runtime/slide"
_SLIDE: Final = re.compile(r"(?:/\d{1,5}){1,3}")


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    fields: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    file: Path | None = None
    span: tuple[int, int] = (0, 0)


class Server(LoopbackListener):
    """Serves ``folder`` on loopback; ``port=0`` picks a free port.

    ``url`` is where the deck is (``http://deck.localhost:PORT/``) and ``address`` the same for
    a browser that does not know that name. ``on_slide`` is called, in a thread of its own, with
    the slide that is shown: ``"/3/0"``, as in its address. With ``owner``, an unguessable word for
    this folder, browsers delete what another deck left under these names (Clear-Site-Data). Raises
    :class:`PortInUse`.
    """

    limit = MAX_REQUEST_HEAD

    def __init__(
        self,
        folder: str | Path,
        port: int = 0,
        *,
        on_slide: Callable[[str], object] = lambda slide: None,
        owner: str = "",
    ) -> None:
        self._folder = ServedFolder(Path(folder))
        self._on_slide, self._owner = on_slide, owner
        self._log = ServerLog()
        super().__init__(port)

    @property
    def url(self) -> str:
        return f"http://{urls.DECK_HOST}:{self.port}/"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def requests(self) -> tuple[LoggedRequest, ...]:
        """What was asked for, oldest first; only the latest 20,000 (16 MiB) are kept."""
        return self._log.since(0)

    @property
    def request_count(self) -> int:
        """How many requests there were, kept or not: what :meth:`requests_since` takes."""
        return self._log.count

    def requests_since(self, count: int) -> tuple[LoggedRequest, ...]:
        """What was asked for after the first ``count`` requests, as far as it is kept."""
        return self._log.since(count)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        keep_alive = True
        while keep_alive:
            method = "GET"
            try:
                head = await _read_head(reader)
                if head is None:
                    return
                self.progress()
                method, keep_alive = head.method, head.keep_alive
                answer = await asyncio.to_thread(self._answer, head)
            except BadRequest as error:
                answer, keep_alive = _refused(error), False
            await _send(writer, method, answer, keep_alive, self.progress)
        await _linger(reader, writer)

    def _answer(self, head: RequestHead) -> _Answer:
        try:
            answer = self._route(head)
        except BadRequest as error:
            answer = _refused(error)
        except OSError:
            answer = _plain(500, "the file cannot be read")
        self._log.add(head, answer.status)
        return answer

    def _route(self, head: RequestHead) -> _Answer:
        host = parse_host(head.host, self.port)
        if host is None:
            raise BadRequest(421, "this server is for the deck on this machine only")
        if head.method not in ("GET", "HEAD"):
            return _plain(405, "only GET and HEAD", ("Allow", "GET, HEAD"), host=host)
        path, mark, query = head.target.partition("?")
        if not is_admitted(head.fields, host, path):
            return _plain(403, "not for a page of another origin", host=host)
        if not is_served_there(host, path):
            return _plain(404, "not a part of this copy", host=host)
        if path == _SLIDE_PATH and host.deck:
            # No page of another origin can send this header, since nothing here allows it to.
            if is_slide(slide := head.fields.get("x-deckarchive-slide", "")):
                self._on_slide(slide)
            return _plain(200, "noted", host=host)
        if "service-worker" in head.fields and path != _WORKER_PATH:
            # The browser's own field. A worker may make up pages, which come without a policy.
            return _plain(403, "no service worker but the folder's own", host=host)
        if location := self._folder.needs_slash(path):
            return _plain(301, location, ("Location", location + mark + query), host=host)
        file = self._folder.find(path)
        if file is None:
            return _plain(404, "no such file in the offline folder", host=host)
        return self._file(head, file, host)

    def _file(self, head: RequestHead, file: Path, host: Host) -> _Answer:
        stat = file.stat()
        # Files out of zips and packages share their times: only the inode tells two decks apart.
        etag = f'"{stat.st_ino:x}-{stat.st_mtime_ns:x}-{stat.st_ctime_ns:x}-{stat.st_size:x}"'
        modified = int(stat.st_mtime)
        media = content_type(file)
        fields = [
            ("Content-Type", media),
            ("ETag", etag),
            ("Last-Modified", formatdate(modified, usegmt=True)),
            ("Accept-Ranges", "bytes"),
            *self._own_fields(head, file, media, host),
        ]
        if self._is_worker(file):
            # What it does outlives this presentation: a folder's own word is not taken for it.
            fields = [field for field in fields if field[0] not in ("ETag", "Last-Modified")]
            return _Answer(200, tuple(fields), service_worker().encode())
        if is_fresh(head.fields, etag, modified):
            return _Answer(304, tuple(fields))
        span = None
        if head.method == "GET" and range_applies(head.fields, etag, modified):
            span = parse_range(head.fields.get("range", ""), stat.st_size)
        if span is None:
            return _Answer(200, tuple(fields), file=file, span=(0, stat.st_size))
        start, end = span
        if start == end:
            unit = ("Content-Range", f"bytes */{stat.st_size}")
            return _plain(416, "no such range", unit, host=host)
        fields.append(("Content-Range", f"bytes {start}-{end - 1}/{stat.st_size}"))
        return _Answer(206, tuple(fields), file=file, span=span)

    def _own_fields(self, head: RequestHead, file: Path, media: str, host: Host) -> Fields:
        """What keeps deck, copies and other pages apart."""
        path = file.relative_to(self._folder.root)
        fields = [
            *policies(path, media, archived=self._folder.is_archived(file), host=host),
            *cookie_fields(head.fields.get("cookie", "")),
        ]
        if self._owner and media == "text/html" and is_shown(head.fields):
            fields += owner_fields(head.fields, self._owner, self.port)
        return fields

    def _is_worker(self, file: Path) -> bool:
        return file == self._folder.root / _WORKER_PATH[1:]


class PlainServer(Server):
    """Serves a folder as any web server would: its files, and no policy of ours.

    It is for the rehearsal of a folder on such a server. Links that lead out of the folder, hidden
    files, other users of the machine and names that are not this machine's are refused all the
    same, and the log is bounded.
    """

    @property
    def url(self) -> str:
        return self.address

    def _route(self, head: RequestHead) -> _Answer:
        host = parse_host(head.host, self.port)
        if host is None:
            raise BadRequest(421, "this server is for the deck on this machine only")
        if head.method not in ("GET", "HEAD"):
            return _Answer(405, (("Allow", "GET, HEAD"),))
        path, mark, query = head.target.partition("?")
        if location := self._folder.needs_slash(path):
            return _Answer(301, (("Location", location + mark + query),))
        file = self._folder.find(path)
        return _Answer(404) if file is None else self._file(head, file, host)

    def _own_fields(self, head: RequestHead, file: Path, media: str, host: Host) -> Fields:
        return []

    def _is_worker(self, file: Path) -> bool:
        return False


async def _read_head(reader: asyncio.StreamReader) -> RequestHead | None:
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
    if len(raw) > MAX_REQUEST_HEAD:
        raise BadRequest(431)
    return parse_request_head(raw.lstrip(b"\r\n"))


async def _linger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Let the client read the last answer before the connection goes (RFC 9112 section 9.6)."""
    writer.write_eof()
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER):
            while await reader.read(_CHUNK):
                pass


async def _send(
    writer: asyncio.StreamWriter,
    method: str,
    answer: _Answer,
    keep_alive: bool,
    progress: Callable[[], None],
) -> None:
    start, end = answer.span
    length = end - start if answer.file else len(answer.body)
    # Not in a thread: one that is cancelled meanwhile would leave its file open.
    stream = open_regular(answer.file) if answer.file else None
    try:
        writer.write(_head(answer, length, keep_alive))
        if method != "HEAD" and answer.status != 304:
            writer.write(answer.body)
            if stream is not None:
                await _send_file(writer, stream, start, length, progress)
        async with asyncio.timeout(_STALL):
            await writer.drain()
        progress()
    finally:
        if stream is not None:
            stream.close()


async def _send_file(
    writer: asyncio.StreamWriter,
    stream: BinaryIO,
    start: int,
    length: int,
    progress: Callable[[], None],
) -> None:
    stream.seek(start)
    while length > 0:
        data = await asyncio.to_thread(stream.read, min(length, _CHUNK))
        if not data:
            raise ConnectionAbortedError("the file became shorter while it was sent")
        writer.write(data)
        async with asyncio.timeout(_STALL):
            await writer.drain()
        progress()
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


def _plain(
    status: int, message: str, *fields: tuple[str, str], host: Host | None = None
) -> _Answer:
    body = f"{status} {message}\n".encode()
    own = (
        ("Content-Type", "text/plain; charset=utf-8"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    )
    return _Answer(status, (*own, *closed(host), *fields), body)


def _refused(error: BadRequest) -> _Answer:
    # Cookies are what a browser's head can grow by; without them it is answered again.
    fields = (FORGET_COOKIES,) if error.status == 431 else ()
    return _plain(error.status, str(error), *fields)


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
