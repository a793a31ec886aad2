"""Bytes of a deck's files to text, as a browser would read them, with line ends kept."""

from __future__ import annotations

import codecs
import re
from typing import Final

import webencodings

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(rb"""<meta\s[^>]*?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]+)""", re.IGNORECASE)
_CSS_CHARSET = re.compile(rb'\A@charset "([^"\n]{1,40})";')
_SNIFFED = 4096


def decode(data: bytes, *, kind: str, label: str = "") -> tuple[str, str, bool]:
    """Text, encoding name and whether there was a byte-order mark (which is taken off).

    ``kind`` is ``html``, ``css`` or ``text``; ``label`` names an encoding given from outside.
    What is not valid in its encoding becomes U+FFFD; undeclared text is UTF-8, else Windows-1252.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace"), name, True
    encoding = webencodings.lookup(label) if label else None
    if encoding is None and kind in ("html", "css"):
        pattern = _META if kind == "html" else _CSS_CHARSET
        match = pattern.search(data[:_SNIFFED])
        encoding = webencodings.lookup(match.group(1).decode("ascii", "ignore")) if match else None
        if encoding is not None and encoding.name.startswith("utf-16"):
            encoding = webencodings.UTF8  # HTML, 13.2.3.2: a page that could be read is not UTF-16
    if encoding is not None:
        return data.decode(encoding.codec_info.name, "replace"), encoding.name, False
    try:
        return data.decode("utf-8"), "utf-8", False
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), "windows-1252", False


def is_binary(data: bytes) -> bool:
    """Whether no text file looks like this: NULs without a UTF-16 byte-order mark."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    return b"\0" in data[:_SNIFFED] or data.startswith((b"%PDF-", b"\x89PNG", b"PK\x03\x04"))
