"""File names for captured URLs: readable, unique, safe on every file system. Pure.

``natural`` gives the path that a URL itself asks for; :class:`PathNames` gives each body its own,
with a short hash only where two would meet. Every name is made of ``A-Za-z0-9._~@+=-`` and
``/``, so it is its own URL path: nothing in it is ever percent-encoded.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from deckarchive import urls
from deckarchive.rewriter.pages.bodies import extension_for

ROOT: Final = "sites"
DATA_PREFIX: Final = "data "
"""Starts the digest of a page's body that scripts read and nobody sees."""
_COMPONENT_LENGTH: Final = 110
_PATH_LENGTH: Final = 190
_UNSAFE = re.compile(r"[^A-Za-z0-9._~@+=-]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$)(?:\.|\Z)", re.I)


@dataclass(frozen=True, slots=True)
class PathRequest:
    """One body that needs a file: its URL, canonical media type and the digest of its bytes."""

    url: str
    mime: str
    digest: str


@lru_cache(maxsize=1 << 14)
def key_of(url: str) -> str:
    """What identifies a URL in the folder: host, path and query, without scheme or fragment.

    Browsers differ in one character of a path: Chromium sends ``|`` as ``%7C``, Firefox as it is.
    """
    parsed = urls.parse(url)
    return f"{parsed.host}{parsed.pathname.replace('|', '%7C')}{parsed.search}"


def host_folder(url: str) -> str:
    """The folder of a URL's host: ``example.org``, ``example.org+8080``, ``+1`` for IPv6."""
    parsed = urls.parse(url)
    host = _component(parsed.hostname.strip("[]").replace(":", "-"))
    return f"{host}+{parsed.port}" if parsed.port else host


def natural(url: str, mime: str) -> str:
    """The path that ``url`` itself asks for, below ``sites/``; its query has no part in it.

    >>> natural("https://example.org/docs/", "text/html")
    'sites/example.org/docs/index.html'
    """
    path = urls.path(url)
    *folders, name = [unquote(part) for part in path.split("/")[1:]]
    name = _component(name) if name else "index.html" if mime in _PAGES else "index"
    name = _shorten(name + extension_for(name, mime))
    parts = [ROOT, host_folder(url), *(_component(f) for f in folders if f), name]
    joined = "/".join(parts)
    if len(joined) <= _PATH_LENGTH:
        return joined
    folded = _hash(joined.rpartition("/")[0])
    return "/".join([*parts[:2], folded, _shorten(name, 80)])


_PAGES: Final = frozenset({"text/html", "application/xhtml+xml", ""})


def natural_folder(url: str) -> str:
    """The folder that relative URLs of a document at ``url`` are taken from, with its slash."""
    return posixpath.dirname(natural(urls.parse("x", url).href, "")) + "/"


class PathNames:
    """Gives each :class:`PathRequest` a path of its own; the order in which they come decides ties.

    A page keeps the natural name before what scripts read of it (it may look at its own path),
    and a request without a query before one with; two bodies never meet, not
    on a file system that ignores case, and no file stands where another needs a folder.
    """

    def __init__(self, requests: Iterable[PathRequest]) -> None:
        self._paths: dict[PathRequest, str] = {}
        ordered = list(dict.fromkeys(requests))
        natural_paths = {
            path_request: natural(path_request.url, path_request.mime) for path_request in ordered
        }
        folders = {f for path in natural_paths.values() for f in _parents(path.lower())}
        taken: set[str] = set()
        for path_request in sorted(
            ordered, key=lambda w: (w.digest.startswith(DATA_PREFIX), "?" in w.url)
        ):
            path = natural_paths[path_request]
            salt = f"{key_of(path_request.url)} {path_request.digest} {path_request.mime}"
            while path.lower() in taken or path.lower() in folders:
                path = _suffixed(natural_paths[path_request], _hash(salt))
                salt += "+"
            taken.add(path.lower())
            self._paths[path_request] = path

    def __getitem__(self, path_request: PathRequest) -> str:
        return self._paths[path_request]


def relative(path: str, start: str) -> str:
    """``path`` as seen from the file or folder ``start`` (both below the root, posix)."""
    return posixpath.relpath(path, posixpath.dirname(start) or ".")


def _parents(path: str) -> Iterable[str]:
    while path := posixpath.dirname(path):
        yield path


def _component(text: str) -> str:
    """One path component without anything that a file system or a URL treats specially."""
    text = _UNSAFE.sub("_", text)
    if text.startswith(".") or _RESERVED.match(text):
        text = "_" + text.lstrip(".")
    if text.endswith("."):
        text = text.rstrip(".") + "_"
    return _shorten(text or "_")


def _shorten(name: str, limit: int = _COMPONENT_LENGTH) -> str:
    """Cut a long name in its middle; its extension stays and a hash tells it from others."""
    if len(name) <= limit:
        return name
    stem, extension = _split(name)
    return f"{stem[: limit - len(extension) - 9]}.{_hash(name)}{extension}"


def _suffixed(path: str, digest: str) -> str:
    folder, _, name = path.rpartition("/")
    stem, extension = _split(name)
    return f"{folder}/{stem}.{digest}{extension}"


def _split(name: str) -> tuple[str, str]:
    stem, extension = posixpath.splitext(name)
    return (stem, extension) if len(extension) <= 12 else (name, "")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
