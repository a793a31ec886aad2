"""Under which name a plain static server gives a file its media type. Pure.

What such servers agree on is in the table of :mod:`deckarchive.web`.
"""

from __future__ import annotations

from typing import Final

from deckarchive.web import ENDINGS, VAGUE, by_ending, essence

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
