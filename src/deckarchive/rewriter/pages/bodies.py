"""Recorded bodies as files: their media type, encoding and file ending. Pure.

Every text of the folder is UTF-8: servers differ in the charset that they declare for a plain file,
and UTF-8 with a ``meta`` is right under all of them. What static servers agree on for a file's
ending is in the table of :mod:`deckarchive.web`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from deckarchive.model import Exchange, Kind
from deckarchive.urls import resolve, split_fragment
from deckarchive.web import ENDINGS, VAGUE, by_ending, essence, to_text

_ACTIVE: Final = frozenset(
    {"text/html", "application/xhtml+xml", "application/xml", "image/svg+xml"}
)
_FONTS_AND_MEDIA: Final = ("font/", "video/", "audio/")
_SUFFIXES: Final = (("+json", "application/json"), ("+xml", "application/xml"))

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
    mime = essence(mime)
    by_destination = DESTINATIONS.get(destination, mime)
    if mime in VAGUE:
        return by_destination
    # A script of a wrong type ran all the same; JSON stays what it is (JSON modules).
    return (
        by_destination
        if by_destination == "text/javascript" and mime != "application/json"
        else mime
    )


def extension_for(name: str, mime: str) -> str:
    """The extension (with its dot) to add to ``name`` so that it is served as ``mime``, or ``""``.

    ``mime`` is :func:`canonical`. A vague type needs none, except that a file that was not shown
    as a page must not become one.
    """
    guess = by_ending(name, common=True)
    if mime in VAGUE:
        return ".txt" if guess in _ACTIVE and mime == "text/plain" else ""
    ending = _common_ending(mime)
    if guess == mime or not ending:
        return _structured(guess, mime)
    if guess.startswith(_FONTS_AND_MEDIA) and mime.startswith(_FONTS_AND_MEDIA):
        return ""
    return f".{ending}"


def _common_ending(mime: str) -> str:
    """The ending that every static server takes for ``mime``, or ``""``."""
    endings = ENDINGS.get(mime, ())
    return next((e for e in endings if by_ending(f"x.{e}", common=True)), "")


def _structured(guess: str, mime: str) -> str:
    """The extension for a type known only by its suffix (``application/geo+json``)."""
    for suffix, base in _SUFFIXES:
        if mime.endswith(suffix) and not _common_ending(mime) and guess not in (base, mime):
            return f".{_common_ending(base)}" if not guess else ""
    return ""


_XML_NAME = re.compile(r"(\A\ufeff?\s*<\?xml\s[^>]*?encoding\s*=\s*[\"'])([^\"']+)")
_CSS_NAME = re.compile(r'(\A\ufeff?@charset ")([^"]+)')


def decode_copy(body: bytes, encoding: str) -> str:
    """The text of ``body``; from UTF-8 it can be encoded back to the very same bytes.

    From any other encoding, the name of it that the text starts with becomes that of UTF-8.
    """
    if encoding == "utf-8":
        return body.decode("utf-8", "surrogateescape")
    return renamed(to_text(body, encoding))


def renamed(text: str) -> str:
    """``text`` with the encoding that it names at its start, if it does, changed to UTF-8."""
    return _CSS_NAME.sub(r"\1utf-8", _XML_NAME.sub(r"\1utf-8", text, count=1), count=1)


def encode_copy(text: str) -> bytes:
    """``text`` as UTF-8; surrogates from :func:`decode_copy` become the bytes they stood for."""
    return text.encode("utf-8", "surrogateescape")


_URL_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,5})(?:[?#]|\Z)")
_HOPS = 12


def extension(mime: str, url: str) -> str:
    """The extension (no dot) for a medium: by its type, else by its URL's path, else ``bin``.

    >>> extension("video/mp4", "https://example.org/watch"), extension("", "https://e.org/a.WebM")
    ('mp4', 'webm')
    """
    by_type = extension_for("medium", canonical(mime))
    found = _URL_EXTENSION.search(url.partition("?")[0])
    by_url = found.group(1).lower() if found else ""
    if by_url and by_ending(f"x.{by_url}") == canonical(mime):
        return by_url
    return by_type.lstrip(".") or by_url or "bin"


ExchangesByUrl = Mapping[str, Sequence[Exchange]]
"""URL (no fragment) → what was answered to a GET of it, in order."""


def answers_of(exchanges: Iterable[Exchange]) -> ExchangesByUrl:
    """Exchanges by their URL, to look up many of them."""
    answers: dict[str, list[Exchange]] = {}
    for exchange in exchanges:
        if exchange.method == "GET":
            answers.setdefault(exchange.url.partition("#")[0], []).append(exchange)
    return answers


def find_body(answers: ExchangesByUrl, urls: Sequence[str], kind: Kind) -> Exchange | None:
    """The exchange that holds a target's whole body, redirects followed; ``None`` without one.

    A complete 200 is preferred to a cut one; a 206 counts when it holds all bytes. An HTML page
    in place of a medium is a site's excuse, not the medium.
    """
    for url in urls:
        for _ in range(_HOPS):
            found = _best(answers.get(url, ()), kind)
            if found:
                return found
            onward = next((x for x in answers.get(url, ()) if 300 <= x.status < 400), None)
            if onward is None or not onward.header("location"):
                break
            found_at = resolve(onward.header("location"), url)
            if found_at is None:
                break
            url = split_fragment(found_at)[0]
    return None


def _best(candidates: Iterable[Exchange], kind: Kind) -> Exchange | None:
    usable = [x for x in candidates if _is_whole(x) and x.size and _fits(x, kind)]
    return max(usable, key=lambda x: (not x.truncated, x.size), default=None)


def _fits(exchange: Exchange, kind: Kind) -> bool:
    return kind.is_page or exchange.mime not in ("text/html", "application/xhtml+xml")


def _is_whole(exchange: Exchange) -> bool:
    if exchange.status == 206:
        ranged = re.fullmatch(r"bytes 0-(\d+)/(\d+)", exchange.header("content-range").strip())
        return bool(ranged) and int(ranged[1]) + 1 == int(ranged[2]) if ranged else False
    return exchange.status in (200, 203)
