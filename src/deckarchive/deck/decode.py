"""Bytes of a deck's files to text, as a browser would read them, with line ends kept."""

from __future__ import annotations

from typing import Final

from deckarchive.web import encoding_of, marked, to_text

_MIMES: Final = {"html": "text/html", "css": "text/css", "text": "text/plain"}
_SNIFFED = 4096


def decode_source(data: bytes, *, kind: str, label: str = "") -> tuple[str, str, bool]:
    """Text, encoding name and whether there was a byte-order mark (which is taken off).

    ``kind`` is ``html``, ``css`` or ``text``; ``label`` names an encoding given from outside.
    What is not valid in its encoding becomes U+FFFD; undeclared text is UTF-8, else Windows-1252.
    """
    encoding = encoding_of(data, f"{_MIMES[kind]}; charset={label}", _MIMES[kind])
    return to_text(data, encoding), encoding, bool(marked(data))


def is_binary(data: bytes) -> bool:
    """Whether no text file looks like this: NULs without a UTF-16 byte-order mark."""
    if marked(data).startswith("utf-16"):
        return False
    return b"\0" in data[:_SNIFFED] or data.startswith((b"%PDF-", b"\x89PNG", b"PK\x03\x04"))
