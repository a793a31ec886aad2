"""The deck's own folder as the website ``deck.localhost``: answered here, never on a network.

The browser itself says who asks (Fetch Metadata, https://www.w3.org/TR/fetch-metadata/): pages
cannot set those fields. Only pages of the deck, and a person who opens one, get an answer.
"""

from __future__ import annotations

import io
import posixpath
import re
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote  # percent-decoding only

from deckarchive.deckfiles import open_own
from deckarchive.heads import Head, join_head
from deckarchive.model import DeckFiles, DeckSite
from deckarchive.proxy.request import Origin
from deckarchive.urls import DECK_HOST, DECK_ORIGIN
from deckarchive.web import by_ending, content_coding, content_type_of

_UNREAD = (b"image", b"style", b"script", b"audio", b"video", b"track")
"""What a page without an origin may load of another, without reading it."""
_FRAMES = (b"iframe", b"frame", b"object", b"embed")
_RANGE = re.compile(rb"bytes=(\d{0,99})-(\d{0,99})$")


def is_deck(origin: Origin) -> bool:
    """Whether a request is for the deck's own host, whatever its scheme and port."""
    return origin.host.rstrip(".") == DECK_HOST


def refusal(site: DeckSite | None, origin: Origin, head: Head) -> str:
    """Why a request for the deck's own host gets no answer; ``""`` when it may have one.

    Answered is what a page of the deck asks for and what is opened by itself (an address that was
    typed, a capture that begins). A sandboxed frame of the deck's own is of no origin, and its
    requests carry no more than those of a foreign sandboxed frame: they may load, without reading
    it, what lies beside the page that the deck shows so, and nothing in a deck without such frames.
    A request without Fetch Metadata is refused.
    """
    if (origin.scheme, origin.port) != ("http", 80):
        return "the deck's own folder is at " + DECK_ORIGIN
    asks, mode = head.value(b"sec-fetch-site"), head.value(b"sec-fetch-mode")
    if asks == b"same-origin" or (asks == b"none" and mode == b"navigate"):
        return ""
    if site and head.value(b"origin") == b"null" and not head.value(b"referer"):
        use = head.value(b"sec-fetch-dest")
        loads = mode == b"no-cors" and use in _UNREAD
        if (loads or (mode == b"navigate" and use in _FRAMES)) and _is_boxed(site, head):
            return ""
    return "only the deck's own pages may read the deck's folder"


def _is_boxed(site: DeckSite, head: Head) -> bool:
    path = posixpath.normpath(_path(head.start.split(b" ")[1]) or site.page)
    return any(path.startswith(folder) for folder in site.files.sandboxed)


def site_response(site: DeckSite, head: Head, path: bytes) -> tuple[Head, BinaryIO, int]:
    """Answer a request for ``path`` (with query): head, body at its start, length to send.

    GET and HEAD; one byte range; 404 for what is not there and for what is not the deck's to show:
    a path that would leave its folders, a hidden file, a secret. Who asks was decided before, by
    :func:`refusal`.
    """
    method = head.start.partition(b" ")[0]
    guards = _guards(head)
    if method not in (b"GET", b"HEAD"):
        return _plain(405, "Method Not Allowed", *guards)
    found = _find(site, path)
    if found is None:
        return _plain(404, "Not Found", *guards)
    body, kind = found
    total = body.seek(0, io.SEEK_END)
    start, end = byte_range(head.value(b"range"), total)
    if start >= end and total and start:
        body.close()
        return _plain(416, "Range Not Satisfiable", f"Content-Range: bytes */{total}", *guards)
    body.seek(start)
    partial = (start, end) != (0, total)
    extra = [f"Content-Range: bytes {start}-{end - 1}/{total}"] if partial else []
    if coding := content_coding(_path(path)):
        extra.append(f"Content-Encoding: {coding}")
    extra += guards
    status = (206, "Partial Content") if partial else (200, "OK")
    length = end - start
    reply = _head(*status, f"Content-Type: {kind}", f"Content-Length: {length}", *extra)
    return reply, body, 0 if method == b"HEAD" else length


def _guards(head: Head) -> list[str]:
    """The fields that restrict an answer to the pages that it is for.

    A sandboxed frame of the deck's is of no origin: it could use nothing that is kept to one.
    """
    if head.value(b"sec-fetch-site") not in (b"same-origin", b"none"):
        return ["Cross-Origin-Resource-Policy: cross-origin"]
    fields = ["Cross-Origin-Resource-Policy: same-origin"]
    if head.value(b"sec-fetch-dest") in _FRAMES:
        fields.append("Content-Security-Policy: frame-ancestors 'self'")
    return fields


def _find(site: DeckSite, raw: bytes) -> tuple[BinaryIO, str] | None:
    path = _path(raw) or site.page
    if path in site.pages:
        # Ours are UTF-8, whatever the author's text says.
        return io.BytesIO(site.pages[path]), f"{by_ending(path)}; charset=utf-8"
    if any(p.startswith(".") or ":" in p for p in path.split("/")):
        return None
    for prefix, folder in site.mounts:
        if path.startswith(prefix) and (found := _open(site, Path(folder), path[len(prefix) :])):
            return found
    return None


def _path(raw: bytes) -> str:
    return unquote(raw.partition(b"?")[0].decode("latin-1"), errors="surrogateescape").lstrip("/")


def _open(site: DeckSite, folder: Path, name: str) -> tuple[BinaryIO, str] | None:
    try:
        root, own = folder, DeckFiles()
        if site.root and folder.resolve().is_relative_to(Path(site.root).resolve()):
            root, own = Path(site.root), site.files
            inside = folder.resolve().relative_to(root.resolve()).as_posix()
            name = posixpath.normpath(posixpath.join(inside, name))
        if (root / name).is_dir():
            name = posixpath.normpath(posixpath.join(name, "index.html"))
        stream = open_own(root, name, own)
        return stream, content_type_of(name, stream)
    except (OSError, ValueError):
        return None


def byte_range(value: bytes, total: int) -> tuple[int, int]:
    """The half-open range to send; the whole when there is no readable range."""
    found = _RANGE.match(value.strip())
    if not found or not (found[1] or found[2]):
        return 0, total
    if not found[1]:
        return max(0, total - int(found[2])), total
    start = int(found[1])
    end = min(int(found[2]) + 1, total) if found[2] else total
    return (0, total) if found[2] and int(found[2]) < start else (start, end)


def _plain(status: int, reason: str, *fields: str) -> tuple[Head, BinaryIO, int]:
    text = f"{status} {reason}\n".encode()
    head = _head(
        status, reason, "Content-Type: text/plain", f"Content-Length: {len(text)}", *fields
    )
    return head, io.BytesIO(text), len(text)


def _head(status: int, reason: str, *fields: str) -> Head:
    lines = [
        *fields,
        "Accept-Ranges: bytes",
        "Cache-Control: no-cache",
        "X-Content-Type-Options: nosniff",
    ]
    start = f"HTTP/1.1 {status} {reason}".encode()
    return Head(join_head(start, [line.encode("latin-1") for line in lines]))
