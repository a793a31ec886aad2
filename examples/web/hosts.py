"""What each host of the example web answers: files, mounted packages, and a few handlers.

A host with a folder in ``sites/`` exists. All speak https; :data:`PLAIN` ones http alone, the rest
both. Whatever else a name may be, it is down.
"""

from __future__ import annotations

import json
import mimetypes
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from examples.web.build import GENERATED, HERE, MODULES

SITES = HERE / "sites"

PLAIN = frozenset({"oldweb.example"})
"""Hosts from before TLS was usual: nothing listens on 443."""

MOUNTS: Mapping[tuple[str, str], Path] = {
    ("cdn.example", "/d3@7.9.0/"): MODULES / "d3",
    ("cdn.example", "/mathjax@2.7.9/"): MODULES / "mathjax",
    ("cdn.example", "/remark@0.14.0/"): MODULES / "remark-slide" / "out",
    ("cdn.example", "/reveal.js@3.9.2/"): MODULES / "reveal-3",
    ("cdn.example", "/reveal.js@4.6.1/"): MODULES / "reveal-4",
    ("cdn.example", "/reveal.js@5.2.1/"): MODULES / "reveal-5",
    ("cdn.example", "/reveal.js@6.0.2/"): MODULES / "reveal-6",
    ("fonts.example", "/files/"): MODULES / "reveal-5" / "dist" / "theme" / "fonts",
    ("media.example", "/"): GENERATED,
}

CHARSETS = {("museum.example", "/letter.html"): "windows-1251"}
"""Pages whose encoding stands in their header alone; the files here are UTF-8."""

TYPES = {".ipynb": "text/html; charset=utf-8", ".md": "text/markdown; charset=utf-8"}
FRAMELESS = {"X-Frame-Options": "DENY", "Content-Security-Policy": "frame-ancestors 'none'"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request; ``path`` is percent-decoded, header names are in lower case."""

    method: str
    scheme: str
    host: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """One response, whole."""

    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


def speaks(scheme: str, host: str) -> bool:
    """Whether anything answers for ``host`` under ``scheme``."""
    known = (SITES / host).is_dir() and "/" not in host and host not in ("", ".", "..")
    return known and (scheme == "http" or host not in PLAIN)


def answer(request: Request) -> Answer:
    """What the host says to one request."""
    if request.method == "OPTIONS":
        allow = {"Access-Control-Allow-Methods": "*", "Access-Control-Allow-Headers": "*"}
        return Answer(b"", {"Access-Control-Allow-Origin": "*"} | allow, 204)
    handler = _HANDLERS.get(request.host)
    return (handler and handler(request)) or _file(request)


def _file(request: Request) -> Answer:
    path = _locate(request.host, request.path)
    if path and path.is_dir():
        if not request.path.endswith("/"):
            return Answer(b"", {"Location": f"{request.path}/"}, 301)
        path = path / "index.html"
    if not path or not path.is_file():
        return Answer(b"<h1>404</h1><p>No such page.</p>", {"Content-Type": "text/html"}, 404)
    body, kind = path.read_bytes(), _content_type(path)
    charset = CHARSETS.get((request.host, request.path))
    if charset:
        body, kind = body.decode().encode(charset), f"text/html; charset={charset}"
    headers = {
        "Content-Type": kind,
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": "max-age=600",
    }
    if kind.startswith("video/"):
        headers["Accept-Ranges"] = "bytes"
    if request.host == "standards.example":
        headers |= FRAMELESS
    return Answer(body, headers)


def _locate(host: str, path: str) -> Path | None:
    """The file for a URL path, under the longest mount or the host's folder; never outside."""
    mounts = [(p, f) for (h, p), f in MOUNTS.items() if h == host and path.startswith(p)]
    prefix, folder = max(mounts, key=lambda m: len(m[0]), default=("/", SITES / host))
    found = (folder / path.removeprefix(prefix).lstrip("/")).resolve()
    return found if found.is_relative_to(folder.resolve()) else None


def _content_type(path: Path) -> str:
    if path.suffix in TYPES:
        return TYPES[path.suffix]
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    text = kind.startswith("text/") or kind.endswith(("javascript", "json", "svg+xml"))
    return f"{kind}; charset=utf-8" if text else kind


def _api(request: Request) -> Answer | None:
    """``POST /words`` counts the words of a JSON text; ``/stars.json`` is a file."""
    if (request.method, request.path) != ("POST", "/words"):
        return None
    words = len(json.loads(request.body)["text"].split())
    return Answer(
        json.dumps({"words": words}).encode(),
        {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"},
    )


def _images(request: Request) -> Answer | None:
    """``/NAME-HUE.png``: a soft gradient, made on the spot."""
    stem, _, suffix = request.path.lstrip("/").rpartition(".")
    hue = stem.rpartition("-")[2]
    if suffix != "png" or not hue.isdecimal():
        return None
    headers = {"Content-Type": "image/png", "Access-Control-Allow-Origin": "*"}
    return Answer(gradient(480, 300, int(hue) % 256), headers)


def gradient(width: int, height: int, hue: int) -> bytes:
    """A PNG of 8-bit RGB whose colours run across and down."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            rows += bytes((hue, x * 255 // width, y * 255 // height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


_HANDLERS: Mapping[str, Callable[[Request], Answer | None]] = {
    "api.example": _api,
    "images.example": _images,
}
