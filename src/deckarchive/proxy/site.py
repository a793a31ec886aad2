"""The deck's own folder as the website ``deck.localhost``: answered here, never on a network."""

from __future__ import annotations

import io
import mimetypes
import re
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote  # percent-decoding only

from deckarchive.heads import Head, join_head
from deckarchive.model import DeckSite

_TYPES = mimetypes.MimeTypes(filenames=())
_OURS = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".wasm": "application/wasm",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".webm": "video/webm",
    ".m4v": "video/mp4",
    ".m4a": "audio/mp4",
    ".ogv": "video/ogg",
    ".vtt": "text/vtt; charset=utf-8",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".mpd": "application/dash+xml",
}
_RANGE = re.compile(rb"bytes=(\d{0,99})-(\d{0,99})$")


def answer(site: DeckSite | None, head: Head, path: bytes) -> tuple[Head, BinaryIO, int]:
    """Answer a request for ``path`` (with query): head, body at its start, length to send.

    GET and HEAD; one byte range; 404 for what is not there and for any path that would leave
    the deck's folders or name a hidden file.
    """
    method = head.start.partition(b" ")[0]
    if method not in (b"GET", b"HEAD"):
        return _plain(405, "Method Not Allowed")
    found = _find(site, path) if site else None
    if found is None:
        return _plain(404, "Not Found")
    body, kind = found
    total = body.seek(0, io.SEEK_END)
    start, end = byte_range(head.value(b"range"), total)
    if start >= end and total and start:
        body.close()
        return _plain(416, "Range Not Satisfiable", f"Content-Range: bytes */{total}")
    body.seek(start)
    partial = (start, end) != (0, total)
    extra = [f"Content-Range: bytes {start}-{end - 1}/{total}"] if partial else []
    status = (206, "Partial Content") if partial else (200, "OK")
    length = end - start
    reply = _head(*status, f"Content-Type: {kind}", f"Content-Length: {length}", *extra)
    return reply, body, 0 if method == b"HEAD" else length


def media_type(name: str) -> str:
    """The Content-Type for a file name, text types with their charset."""
    lower = name.lower()
    guessed = _OURS.get(Path(lower).suffix) or _TYPES.guess_type(lower)[0]
    kind = guessed or "application/octet-stream"
    return "text/html; charset=utf-8" if kind == "text/html" else kind


def _find(site: DeckSite, raw: bytes) -> tuple[BinaryIO, str] | None:
    path = unquote(raw.partition(b"?")[0].decode("latin-1"), errors="surrogateescape").lstrip("/")
    path = path or site.page
    if path in site.pages:
        return io.BytesIO(site.pages[path]), media_type(path)
    parts = path.split("/")
    if "\0" in path or "\\" in path or any(p.startswith(".") or ":" in p for p in parts):
        return None
    for prefix, folder in site.mounts:
        if path.startswith(prefix):
            return _open(Path(folder), path[len(prefix) :])
    return None


def _open(folder: Path, name: str) -> tuple[BinaryIO, str] | None:
    try:
        root = folder.resolve()
        file = (root / name).resolve()
        if not file.is_relative_to(root):
            return None
        if file.is_dir():
            file = file / "index.html"
        return file.open("rb"), media_type(file.name)
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
        "Access-Control-Allow-Origin: *",
    ]
    start = f"HTTP/1.1 {status} {reason}".encode()
    return Head(join_head(start, [line.encode("latin-1") for line in lines]))
