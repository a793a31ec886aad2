"""Media types: by the ending of a name, by another name of the type, by a file's first bytes."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Final

from deckarchive.files import open_regular
from deckarchive.web._tables import web_table
from deckarchive.web.encodings import declared, marked

_TABLE: Final = web_table("media_types")
ENDINGS: Final[dict[str, list[str]]] = _TABLE["types"]
"""Media type → the endings (no dot) that stand for it; the first one is given to a new file."""
_BY_ENDING: Final = {ending: media for media, endings in ENDINGS.items() for ending in endings}
_UNCOMMON: Final = frozenset(_TABLE["uncommon"])
_ALIASES: Final[dict[str, str]] = {
    alias: media for media, names in _TABLE["aliases"].items() for alias in names
}
CODINGS: Final[dict[str, str]] = _TABLE["codings"]
"""Ending (no dot) → the Content-Encoding that it stands for."""
_WITH_CHARSET: Final = frozenset(_TABLE["charset"])
_UTF8: Final = frozenset(_TABLE["utf8"])

VAGUE: Final = frozenset(_TABLE["vague"])
"""Types that say little: what asked for the resource says more."""
UNKNOWN: Final = frozenset(_TABLE["unknown"])
"""Types that say nothing: a browser looks at the bytes themselves."""

SNIFFED: Final = 1445
"""How many bytes of a resource decide (MIME Sniffing, 5.1)."""
_LARGEST_TEXT: Final = 16 * 2**20
_SPACE: Final = rb"[\t\n\f\r ]*"
_HTML: Final = re.compile(
    _SPACE + rb"<(?:!--|(?:%s)[ >])" % b"|".join(re.escape(t.encode()) for t in _TABLE["html"]),
    re.IGNORECASE,
)
_XML: Final = re.compile(_SPACE + rb"<\?xml")
_SVG: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE svg[^>]*>\s*)?"
    rb"<svg[\s>]",
    re.DOTALL,
)
_BINARY: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


def _pattern(start: str) -> re.Pattern[bytes]:
    letters = (b"." if c == "?" else re.escape(c.encode("latin-1")) for c in start)
    return re.compile(b"".join(letters), re.DOTALL)


_SIGNATURES: Final = [(_pattern(start), str(media)) for start, media in _TABLE["signatures"]]


def by_ending(name: str, *, common: bool = False) -> str:
    """The media type of a file name (or path), or ``""``; ``common``: on any static server.

    >>> by_ending("a/Film.MP4"), by_ending("notes.md"), by_ending("notes.md", common=True)
    ('video/mp4', 'text/markdown', '')
    """
    ending = _ending(name)
    return "" if common and ending in _UNCOMMON else _BY_ENDING.get(ending, "")


def content_coding(name: str) -> str:
    """The Content-Encoding that the ending of a name stands for, or ``""``."""
    return CODINGS.get(_ending(name), "")


def essence(media: str) -> str:
    """The one name of a media type that has several (lower case, without parameters)."""
    return _ALIASES.get(media, media)


def sniff(start: bytes) -> str:
    """The media type of a resource of unknown type with these first bytes (MIME Sniffing, 7.1)."""
    if _HTML.match(start):
        return "text/html"
    if _XML.match(start):
        return "application/xml"
    if marked(start):
        return "text/plain"
    for pattern, media in _SIGNATURES:
        if pattern.match(start):
            return media
    return "application/octet-stream" if _BINARY.search(start) else "text/plain"


def content_type(file: Path) -> str:
    """The Content-Type of a file on disk, as :func:`content_type_of` has it; kept while the file
    stays the same."""
    stat = file.stat()
    return _content_type(file, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=8192)
def _content_type(file: Path, _size: int, _modified: int) -> str:
    with open_regular(file) as stream:
        return content_type_of(file.name, stream)


def content_type_of(name: str, stream: BinaryIO) -> str:
    """The Content-Type of a file: by the ending of its name, else by its first bytes.

    ``charset=utf-8`` is added to text that is UTF-8 beyond ASCII and does not say so itself:
    without it a page in a legacy encoding would read its scripts and styles in its own. XML and
    JSON are UTF-8 unless they say otherwise. ``stream`` is at its start before and afterwards.
    """
    media = by_ending(name)
    if media and media not in _WITH_CHARSET:
        return f"{media}; charset=utf-8" if media in _UTF8 else media
    data = stream.read(SNIFFED)
    # Nobody but us has to tell what an SVG image without a type is.
    media = media or ("image/svg+xml" if _SVG.match(data) else sniff(data))
    if media in _WITH_CHARSET:
        data += stream.read(_LARGEST_TEXT)
    stream.seek(0)
    if media not in _WITH_CHARSET or len(data) > _LARGEST_TEXT:
        return media
    says = marked(data) or declared(data, media)
    return media if says or data.isascii() or not _is_utf8(data) else f"{media}; charset=utf-8"


def _ending(name: str) -> str:
    stem, dot, ending = name.rpartition("/")[2].rpartition(".")
    return ending.lower() if dot and stem else ""


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
