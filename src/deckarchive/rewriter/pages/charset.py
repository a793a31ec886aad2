"""A captured text as UTF-8, the encoding of the whole offline folder. Pure.

Servers differ in the charset they declare for a plain file, and UTF-8 with a ``meta`` is right
under all of them. Bytes that are UTF-8 already are never touched; undecodable ones pass through as
surrogates.
"""

from __future__ import annotations

import re

from deckarchive.web import to_text

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
