"""Which encoding a captured text is in, and the same text as UTF-8. Pure.

The offline site is UTF-8 throughout: servers differ in the charset they declare for a plain
file, and UTF-8 with a ``meta`` is right under all of them. Bytes that are UTF-8 already are
never touched; undecodable ones pass through as surrogates.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from typing import Final

import webencodings

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
_PRESCAN: Final = 1024
_META = re.compile(rb"<meta[\s/][^>]*?charset\s*=\s*[\"']?\s*([^\s\"'/>;]+)", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_XML = re.compile(rb"\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)
_CSS = re.compile(rb'@charset "([^"]+)";')
_PARAMETER = re.compile(r";\s*charset\s*=\s*\"?([^\s\";,]+)", re.IGNORECASE)
_XML_NAME = re.compile(r"(\A\ufeff?\s*<\?xml\s[^>]*?encoding\s*=\s*[\"'])([^\"']+)")
_CSS_NAME = re.compile(r'(\A\ufeff?@charset ")([^"]+)')


_CONTROLS: Final = "deckarchive-controls"
_ERRORS: Final = {"euc-jp": "deckarchive-euc-jp", "gb18030": "deckarchive-gb18030"}
_EUC_JP: Final = {
    0x301C: 0xFF5E,
    0x2016: 0x2225,
    0x2212: 0xFF0D,
    0xA2: 0xFFE0,
    0xA3: 0xFFE1,
    0xAC: 0xFFE2,
}
"""Where Python's table of JIS X 0208 differs from that of the Encoding Standard."""


def _fault(error: UnicodeError) -> UnicodeDecodeError:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error


def _control(error: UnicodeError) -> tuple[str, int]:
    """A byte that Python's windows-125x lack is the control character of its number."""
    fault = _fault(error)
    byte = fault.object[fault.start]
    known = fault.encoding.startswith("charmap") and 0x80 <= byte <= 0x9F
    return (chr(byte) if known else "\ufffd"), fault.start + 1 if known else fault.end


def _euro(error: UnicodeError) -> tuple[str, int]:
    """The one byte of GBK that GB 18030 lacks."""
    fault = _fault(error)
    euro = fault.object[fault.start] == 0x80
    return ("\u20ac", fault.start + 1) if euro else ("\ufffd", fault.end)


def _extended(error: UnicodeError) -> tuple[str, int]:
    """A character of the rows that NEC and IBM added to EUC-JP, read as in Shift_JIS."""
    fault = _fault(error)
    pair = fault.object[fault.start : fault.start + 2]
    if len(pair) == 2 and min(pair) > 0xA0 and max(pair) < 0xFF:
        row, cell = pair[0] - 0xA0, pair[1] - 0xA0
        lead = (row + 1) // 2 + (0x80 if row <= 62 else 0xC0)
        trail = cell + 0x9E if row % 2 == 0 else cell + 0x3F + (cell >= 64)
        with suppress(UnicodeDecodeError):
            return bytes((lead, trail)).decode("cp932"), fault.start + 2
    return "\ufffd", fault.end


codecs.register_error(_CONTROLS, _control)
codecs.register_error(_ERRORS["euc-jp"], _extended)
codecs.register_error(_ERRORS["gb18030"], _euro)


def encoding_of(body: bytes, content_type: str, mime: str, *, fallback: str = "") -> str:
    """The encoding a browser would use: a byte order mark, the header, the text's own word.

    ``mime`` (canonical) says in which form a text may name its own encoding; ``fallback`` is the
    encoding of the document that asked, for text that names none and is not UTF-8; without one
    it is windows-1252 (Encoding Standard; HTML, 13.2.3.2). Names are those of that standard.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return name
    if name := label(parameter(content_type)):
        return name
    if name := _own_word(body[:_PRESCAN], mime):
        # A text that can be read as ASCII this far is not UTF-16, whatever it says.
        return "utf-8" if name.startswith("utf-16") else name
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        cut = error.reason == "unexpected end of data" and not body[: error.start].isascii()
        if not cut:
            return label(fallback) or "windows-1252"
    return "utf-8"


def _own_word(head: bytes, mime: str) -> str:
    """The encoding that the start of a text names itself, or ``""``."""
    found = None
    if mime == "text/html":
        found = _META.search(_COMMENT.sub(b"", head))
    elif mime == "text/css":
        found = _CSS.match(head)
    if mime.endswith("xml") or (mime == "text/html" and found is None):
        found = _XML.match(head)
    return label(found[1].decode("ascii", "replace")) if found else ""


def parameter(content_type: str) -> str:
    """The ``charset`` of a Content-Type header, or ``""``."""
    match = _PARAMETER.search(content_type)
    return match[1].strip("'") if match else ""


def label(name: str) -> str:
    """The standard name behind an encoding label, or ``""`` for an unknown one."""
    found = webencodings.lookup(name) if name else None
    return str(found.name) if found else ""


def decode(body: bytes, encoding: str) -> str:
    """The text of ``body``; from UTF-8 it can be encoded back to the very same bytes."""
    if encoding == "utf-8":
        return body.decode("utf-8", "surrogateescape")
    python = {"gbk": "gb18030"}.get(encoding, encoding)
    text, _ = webencodings.decode(body, python, errors=_ERRORS.get(python, _CONTROLS))
    if python == "euc-jp":
        text = text.translate(_EUC_JP)
    return _CSS_NAME.sub(r"\1utf-8", _XML_NAME.sub(r"\1utf-8", text, count=1), count=1)


def encode(text: str) -> bytes:
    """``text`` as UTF-8; surrogates from :func:`decode` become the bytes they stood for."""
    return text.encode("utf-8", "surrogateescape")
