"""Which media type a plain static server gives a file, and the name that gets the right one.

The table holds what common servers agree on; Python's ``mimetypes`` reads the machine's own
tables and so names files differently from one machine to the next. Pure.
"""

from __future__ import annotations

import re
from typing import Final

_SERVED: Final = {
    "text/html": "html htm",
    "application/xhtml+xml": "xhtml xht",
    "text/css": "css",
    "text/javascript": "js mjs",
    "application/json": "json map",
    "application/manifest+json": "webmanifest",
    "application/wasm": "wasm",
    "text/xml": "xml",
    "text/plain": "txt text md csv tsv log",
    "text/vtt": "vtt",
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpg jpeg jpe jfif",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/x-icon": "ico",
    "image/apng": "apng",
    "font/woff2": "woff2",
    "font/woff": "woff",
    "font/ttf": "ttf",
    "font/otf": "otf",
    "application/vnd.ms-fontobject": "eot",
    "video/mp4": "mp4 m4v",
    "video/webm": "webm",
    "video/ogg": "ogv",
    "video/quicktime": "mov",
    "video/mp2t": "ts",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg oga opus",
    "audio/wav": "wav",
    "audio/webm": "weba",
    "audio/flac": "flac",
    "application/pdf": "pdf",
    "application/vnd.apple.mpegurl": "m3u8",
    "application/dash+xml": "mpd",
    "application/zip": "zip",
    "application/gzip": "gz",
}
_TYPE_OF: Final = {ext: mime for mime, exts in _SERVED.items() for ext in exts.split()}
_SAME: Final = {
    "application/javascript": "text/javascript",
    "application/x-javascript": "text/javascript",
    "application/ecmascript": "text/javascript",
    "text/ecmascript": "text/javascript",
    "text/x-javascript": "text/javascript",
    "application/xml": "text/xml",
    "text/json": "application/json",
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "image/x-ms-bmp": "image/bmp",
    "image/vnd.microsoft.icon": "image/x-icon",
    "image/ico": "image/x-icon",
    "application/font-woff2": "font/woff2",
    "application/x-font-woff2": "font/woff2",
    "application/font-woff": "font/woff",
    "application/x-font-woff": "font/woff",
    "application/x-font-ttf": "font/ttf",
    "application/x-font-truetype": "font/ttf",
    "application/font-sfnt": "font/ttf",
    "font/sfnt": "font/ttf",
    "font/truetype": "font/ttf",
    "font/opentype": "font/otf",
    "application/x-font-opentype": "font/otf",
    "application/x-font-otf": "font/otf",
    "video/x-m4v": "video/mp4",
    "application/mp4": "video/mp4",
    "application/ogg": "audio/ogg",
    "audio/mp3": "audio/mpeg",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/x-m4a": "audio/mp4",
    "audio/aac": "audio/mp4",
    "application/x-mpegurl": "application/vnd.apple.mpegurl",
    "audio/mpegurl": "application/vnd.apple.mpegurl",
    "application/x-pdf": "application/pdf",
    "application/x-gzip": "application/gzip",
}
_VAGUE: Final = frozenset(
    {"", "application/octet-stream", "binary/octet-stream", "text/plain", "unknown/unknown"}
)
UNKNOWN: Final = frozenset({"", "unknown/unknown", "application/unknown", "*/*"})
"""Media types that say nothing: a browser looks at the document itself."""
_HTML_START: Final = re.compile(
    rb"""[\t\n\f\r ]*(?:<!--|<(?:!doctype\ html|html|head|script|iframe|h1|div|font|table|a|style
        |title|b|body|br|p)[ >])""",
    re.IGNORECASE | re.VERBOSE,
)
_ACTIVE: Final = frozenset({"text/html", "application/xhtml+xml", "text/xml", "image/svg+xml"})
_FONTS_AND_MEDIA: Final = ("font/", "video/", "audio/")

DESTINATIONS: Final = {
    "script": "text/javascript",
    "worker": "text/javascript",
    "sharedworker": "text/javascript",
    "audioworklet": "text/javascript",
    "style": "text/css",
}
"""What a resource of a vague media type is, by its request's ``Sec-Fetch-Dest``."""


def canonical(mime: str, destination: str = "") -> str:
    """One name for a media type; a vague one is made precise by what asked for it.

    >>> canonical("application/x-javascript"), canonical("", "style")
    ('text/javascript', 'text/css')
    """
    mime = _SAME.get(mime, mime)
    wanted = DESTINATIONS.get(destination, mime)
    if mime in _VAGUE:
        return wanted
    # A script of a wrong type ran all the same; JSON stays what it is (JSON modules).
    return wanted if wanted == "text/javascript" and mime != "application/json" else mime


def sniffed(start: bytes) -> str:
    """``text/html`` where a document with these first bytes and no type is HTML, else ``""``.

    MIME Sniffing, "identifying a resource with an unknown MIME type".
    """
    return "text/html" if _HTML_START.match(start) else ""


def served_as(name: str) -> str:
    """The media type that a static server gives to a file of that name, or ``""``."""
    stem, dot, extension = name.rpartition(".")
    return _TYPE_OF.get(extension.lower(), "") if dot and stem else ""


def extension_for(name: str, mime: str) -> str:
    """The extension (with its dot) to add to ``name`` so that it is served as ``mime``, or ``""``.

    ``mime`` is :func:`canonical`. A vague type needs none, except that a file that was not shown
    as a page must not become one.
    """
    guess = served_as(name)
    if mime in _VAGUE:
        return ".txt" if guess in _ACTIVE and mime == "text/plain" else ""
    if guess == mime or mime not in _SERVED:
        return _structured(guess, mime)
    if guess.startswith(_FONTS_AND_MEDIA) and mime.startswith(_FONTS_AND_MEDIA):
        return ""
    return "." + _SERVED[mime].split()[0]


def _structured(guess: str, mime: str) -> str:
    """The extension for a type known only by its suffix (``application/geo+json``)."""
    for suffix, base in (("+json", "application/json"), ("+xml", "text/xml")):
        if mime.endswith(suffix) and mime not in _SERVED and guess not in (base, mime):
            return "." + _SERVED[base].split()[0] if not guess else ""
    return ""
