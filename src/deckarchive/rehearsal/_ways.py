"""How a folder reaches its audience: the three ways that it promises to work.

``present`` is our own server, with a name for each copy, policies and the service worker;
``static`` is any web server, which sends the files and no more; ``file`` is a double-click.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from deckarchive import urls
from deckarchive.rehearsal._results import Way
from deckarchive.server import LoggedRequest, PlainServer, Server


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
        return self.owner_of(f"http://{request.host}/") or self.owner_of(request.referer)

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


@contextmanager
def open_folder(folder: Path, way: Way, copies: Mapping[str, str]) -> Iterator[OpenedFolder]:
    """The folder, opened in one of the ways for as long as the context lasts; ``copies`` as in
    :class:`OpenedFolder`."""
    if way is Way.FILE:
        url = folder.resolve().as_uri() + "/"
        yield OpenedFolder(url=url, hosts=(), log=_NoLog(), copies=copies)
    elif way is Way.STATIC:
        with PlainServer(folder) as plain:
            url, host = plain.url, f"127.0.0.1:{plain.port}"
            yield OpenedFolder(url=url, hosts=(host,), log=plain, copies=copies)
    else:
        with Server(folder) as server:
            name, port = urls.DECK_HOST, server.port
            hosts = (f"{name}:{port}", f"*.{name}:{port}", f"127.0.0.1:{port}")
            yield OpenedFolder(url=server.url, hosts=hosts, log=server, copies=copies)
