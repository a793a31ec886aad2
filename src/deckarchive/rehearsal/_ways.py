"""How a folder reaches its audience: the three ways that it promises to work.

``present`` is our own server, with a name for each copy, policies and the service worker;
``static`` is any web server, which sends the files and no more; ``file`` is a double-click.
"""

from __future__ import annotations

import io
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol, Self
from urllib.parse import unquote

from deckarchive import urls
from deckarchive.rehearsal._results import Way
from deckarchive.server import LoggedRequest, Server
from deckarchive.web import by_ending


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferredRequest(LoggedRequest):
    """A request with the URL of the document that made it, where the browser told."""

    referer: str = ""


class RequestLog(Protocol):
    """What a server was asked for, in order."""

    @property
    def requests(self) -> Sequence[LoggedRequest]: ...
    @property
    def request_count(self) -> int: ...
    def requests_since(self, count: int) -> Sequence[LoggedRequest]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFolder:
    """A folder as a browser can open it.

    ``url`` is its root, with a slash at the end, ``hosts`` what belongs to it (``host:port``, a
    star for any name below), ``log`` what was asked for. ``copies`` are the ids of the targets by
    the paths of their copies, from the root on.
    """

    url: str
    hosts: tuple[str, ...]
    log: RequestLog
    copies: Mapping[str, str] = field(default_factory=dict)

    def owner_of(self, url: str) -> str:
        """The id of the copy that a URL belongs to: by its own name where it has one, else by its
        document; empty for the deck's own."""
        try:
            host = urls.hostname(url)
        except ValueError:
            host = ""
        if host.endswith(f".{urls.DECK_HOST}"):
            return host.removesuffix(f".{urls.DECK_HOST}")
        return self.copies.get(self.path_of(url), "")

    def asker_of(self, request: LoggedRequest) -> str:
        """The id of the copy that made a request; empty for the deck's own pages."""
        if isinstance(request, ReferredRequest):
            return self.owner_of(request.referer)
        return self.owner_of(f"http://{request.host}/")

    def path_of(self, url: str) -> str:
        """The decoded path of a URL from the folder's root on, with a slash before it; ``""`` for
        what is not in the folder."""
        try:
            path = unquote(urls.parse(url, self.url).pathname) if url else ""
        except ValueError:
            return ""
        root = self.root
        return f"/{path.removeprefix(root)}" if path.startswith(root) else ""

    @property
    def root(self) -> str:
        """The decoded path of the folder in its URLs, with a slash at the end."""
        return unquote(urls.parse(self.url).pathname)


class _NoLog:
    """Of files nobody keeps a log."""

    requests: Sequence[LoggedRequest] = ()
    request_count = 0

    def requests_since(self, count: int) -> Sequence[LoggedRequest]:
        return ()


class PlainServer:
    """A web server that knows nothing of decks: files by their endings, and 404."""

    def __init__(self, folder: Path) -> None:
        handler = partial(_Handler, self, directory=str(folder))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._lock = threading.Lock()
        self._log: list[LoggedRequest] = []
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def requests(self) -> Sequence[LoggedRequest]:
        with self._lock:
            return tuple(self._log)

    @property
    def request_count(self) -> int:
        return len(self._log)

    def requests_since(self, count: int) -> Sequence[LoggedRequest]:
        return self.requests[count:]

    def note(self, request: LoggedRequest) -> None:
        with self._lock:
            self._log.append(request)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, owner: PlainServer, *arguments: Any, **options: Any) -> None:
        self._owner = owner
        super().__init__(*arguments, **options)

    def guess_type(self, path: Any) -> str:
        return by_ending(str(path)) or "application/octet-stream"

    def send_head(self) -> Any:
        """The answer's head; a range where one is asked for, as every server of media gives it."""
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if asked is None or not path.is_file():
            return super().send_head()
        size = path.stat().st_size
        start, end = int(asked[1]), min(int(asked[2] or size), size - 1)
        if start > end:
            self.send_error(416)
            return None
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Range", f"bytes {start}-{end}/{size}")
        self.send_header("Content-Length", str(end - start + 1))
        self.end_headers()
        with path.open("rb") as file:
            file.seek(start)
            return io.BytesIO(file.read(end - start + 1))

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        request = ReferredRequest(
            time=time.time(),
            host=self.headers.get("Host", ""),
            method=self.command,
            target=self.path[:4096],
            status=int(code),
            referer=self.headers.get("Referer", ""),
        )
        self._owner.note(request)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing: a rehearsal prints its own lines."""


@contextmanager
def open_folder(folder: Path, way: Way, copies: Mapping[str, str]) -> Iterator[OpenedFolder]:
    """The folder, opened in one of the ways for as long as the context lasts; ``copies`` as in
    :class:`OpenedFolder`."""
    if way is Way.FILE:
        url = folder.resolve().as_uri() + "/"
        yield OpenedFolder(url=url, hosts=(), log=_NoLog(), copies=copies)
    elif way is Way.STATIC:
        with PlainServer(folder) as plain:
            url = f"http://{plain.host}/"
            yield OpenedFolder(url=url, hosts=(plain.host,), log=plain, copies=copies)
    else:
        with Server(folder) as server:
            name, port = urls.DECK_HOST, server.port
            hosts = (f"{name}:{port}", f"*.{name}:{port}", f"127.0.0.1:{port}")
            yield OpenedFolder(url=server.url, hosts=hosts, log=server, copies=copies)
