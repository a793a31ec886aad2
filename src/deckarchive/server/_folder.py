"""Which file of a folder a URL path names, and of which type it is.

Paths come from pages that nobody vetted: whatever is not plainly a file inside the folder is
answered as if it were not there.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from deckarchive.files import open_regular, read_regular

TYPES: Final = {
    **dict.fromkeys(("html", "htm"), "text/html"),
    "xhtml": "application/xhtml+xml",
    "css": "text/css",
    **dict.fromkeys(("js", "mjs", "cjs"), "text/javascript"),
    **dict.fromkeys(("json", "map", "ipynb", "topojson"), "application/json"),
    "geojson": "application/geo+json",
    "jsonld": "application/ld+json",
    "webmanifest": "application/manifest+json",
    "wasm": "application/wasm",
    **dict.fromkeys(("txt", "text", "log"), "text/plain"),
    **dict.fromkeys(("md", "markdown"), "text/markdown"),
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "xml": "application/xml",
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "xsl": "application/xslt+xml",
    "svg": "image/svg+xml",
    "svgz": "image/svg+xml",
    "png": "image/png",
    "apng": "image/apng",
    **dict.fromkeys(("jpg", "jpeg", "jfif"), "image/jpeg"),
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "ico": "image/x-icon",
    **dict.fromkeys(("tif", "tiff"), "image/tiff"),
    "woff": "font/woff",
    "woff2": "font/woff2",
    "ttf": "font/ttf",
    "otf": "font/otf",
    "eot": "application/vnd.ms-fontobject",
    **dict.fromkeys(("mp4", "m4v"), "video/mp4"),
    "webm": "video/webm",
    **dict.fromkeys(("ogv", "ogg"), "video/ogg"),
    "mov": "video/quicktime",
    "mkv": "video/x-matroska",
    "avi": "video/x-msvideo",
    "ts": "video/mp2t",
    "m4s": "video/iso.segment",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    **dict.fromkeys(("oga", "opus"), "audio/ogg"),
    "wav": "audio/wav",
    "flac": "audio/flac",
    "weba": "audio/webm",
    "vtt": "text/vtt",
    "m3u8": "application/vnd.apple.mpegurl",
    "mpd": "application/dash+xml",
    "pdf": "application/pdf",
    "glb": "model/gltf-binary",
    "gltf": "model/gltf+json",
    "zip": "application/zip",
    "gz": "application/gzip",
    "warc": "application/warc",
    "wacz": "application/wacz",
    "bin": "application/octet-stream",
}
"""File name extension → media type. Own, since the system's tables differ between machines."""

_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"wOF2", "font/woff2"),
    (b"wOFF", "font/woff"),
    (b"\x00asm", "application/wasm"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"OggS", "video/ogg"),
    (b"ID3", "audio/mpeg"),
)
_HTML = re.compile(rb"(?:\s|<!--.*?-->)*<(?:!doctype\s+html|html|head|body)[\s>]", re.I | re.S)
_SVG = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]", re.S
)
_SNIFF = 1024
_CHARSET_LIMIT = 16 * 2**20
_WITH_CHARSET = {"text/css", "text/javascript", "text/plain", "text/markdown", "text/csv"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")

ARCHIVED: Final = "sites"
"""The folder of captured files, whose own names may begin with a dot (/.well-known/)."""

# A file that is just being written (files.write_bytes, files.new_folder), and what a version
# control system keeps beside a folder that its owner publishes.
_UNFINISHED = re.compile(r"\..+\.[a-z0-9_]{8}(?:\.old\.[a-z0-9_]{8})?")
_PRIVATE = frozenset({".git", ".hg", ".svn"})


class Folder:
    """The files below ``root`` by URL path."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def find(self, path: str) -> Path | None:
        """The file that a URL path (percent-encoded, no query) names, or ``None``.

        A directory stands for its ``index.html``. Dot segments, encoded or not, separators in
        disguise, control characters, links that lead out, hidden and unfinished files name nothing.
        """
        names = _segments(path)
        if names is None:
            return None
        try:
            found = self.root.joinpath(*names).resolve()
            if found.is_dir():
                found = (found / "index.html").resolve()
            inside = found.is_relative_to(self.root)
            return found if inside and found.is_file() else None
        except (OSError, RuntimeError, ValueError):  # too long, a loop of links
            return None

    def needs_slash(self, path: str) -> str | None:
        """Where to redirect, when ``path`` names a directory without its final slash."""
        names = _segments(path)
        if not names or path.endswith("/"):
            return None
        try:
            found = self.root.joinpath(*names).resolve()
            if not found.is_dir() or not found.is_relative_to(self.root):
                return None
        except (OSError, RuntimeError, ValueError):
            return None
        # Rebuilt from its names: "//host" must not become a redirect to another host.
        return "/" + "".join(f"{quote(name)}/" for name in names)

    def is_archived(self, file: Path) -> bool:
        """Whether the file came from a captured site, whose types may need sniffing."""
        # However the URL wrote it: some file systems take SITES for the same folder.
        return file.relative_to(self.root).parts[0].casefold() == ARCHIVED


def _segments(path: str) -> list[str] | None:
    """The decoded path segments that are names, or ``None`` when one is a trick."""
    names: list[str] = []
    for raw in path.split("/"):
        try:
            name = unquote_to_bytes(raw).decode("utf-8")
        except UnicodeDecodeError:
            return None
        if name in (".", "..") or "/" in name or _CONTROL.search(name):
            return None
        if name in _PRIVATE or _UNFINISHED.fullmatch(name):
            return None
        if name.startswith(".") and names[:1] != [ARCHIVED]:
            return None  # hidden files of the deck's folder are not a part of it
        if os.name == "nt" and (":" in name or name.endswith((".", " "))):
            return None
        if name:
            names.append(name)
    return names


def content_type(file: Path) -> str:
    """The Content-Type of a file: by its extension, else by its first bytes.

    ``charset=utf-8`` is added to scripts, styles and plain text whose bytes are UTF-8 beyond
    ASCII: without it a page in a legacy encoding would read them in its own. HTML and XML
    say what they are themselves.
    """
    stat = file.stat()
    return _content_type(file, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=8192)
def _content_type(file: Path, size: int, _modified: int) -> str:
    media = TYPES.get(file.suffix[1:].lower()) or _sniff(file)
    if media == "text/vtt":
        return f"{media}; charset=utf-8"
    if media in _WITH_CHARSET and size <= _CHARSET_LIMIT:
        data = read_regular(file, limit=_CHARSET_LIMIT)
        if not data.isascii() and _is_utf8(data):
            return f"{media}; charset=utf-8"
    return media


def _sniff(file: Path) -> str:
    with open_regular(file) as stream:
        start = stream.read(_SNIFF)
    for magic, media in _MAGIC:
        if start.startswith(magic):
            return media
    if start[4:8] == b"ftyp":
        return "video/mp4"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    if _HTML.match(start):
        return "text/html"
    if _SVG.match(start):
        return "image/svg+xml"
    # A cut may fall inside a character: the last three bytes do not decide.
    text = b"\0" not in start and (_is_utf8(start) or any(_is_utf8(start[:-n]) for n in (1, 2, 3)))
    return "text/plain" if text else "application/octet-stream"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
