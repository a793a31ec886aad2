"""``data:`` URLs that hold a document (RFC 2397; Fetch, "data: URL processor"). Pure."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

_HEAD: Final = re.compile(r"\s*data:(?P<type>[^,]*?)(?P<coded>;\s*base64\s*)?,", re.IGNORECASE)
_CHARSET: Final = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_DOCUMENTS: Final = frozenset({"text/html", "application/xhtml+xml"})
_LARGEST: Final = 32 << 20
"""Characters of a URL that is looked into."""


@dataclass(frozen=True, slots=True)
class DataDocument:
    """The document of a ``data:`` URL.

    ``text`` is decoded. ``body`` is where the data stands in the URL, ``[start, end)``, without a
    fragment; ``base64`` says that it is coded so, else by percent signs.
    """

    text: str
    body: tuple[int, int]
    base64: bool
    charset: str
    xml: bool


def data_document(url: str) -> DataDocument | None:
    """The HTML document in ``url``; ``None`` where it is no ``data:`` URL with one."""
    head = _HEAD.match(url)
    if head is None or len(url) > _LARGEST:
        return None
    media = head["type"].partition(";")[0].strip().lower()
    if media not in _DOCUMENTS:
        return None
    start, end = head.end(), len(url.partition("#")[0])
    data = unquote_to_bytes(re.sub(r"[\t\r\n]", "", url[start:end]))
    if head["coded"]:
        try:
            data = b64decode(re.sub(rb"\s", b"", data) + b"==")
        except ValueError:  # binascii.Error is one
            return None
    named = _CHARSET.search(head["type"])
    charset = named[1] if named else "utf-8"
    try:
        text = data.decode(charset, "replace")
    except LookupError:
        charset = "utf-8"
        text = data.decode(charset, "replace")
    is_xml = media == "application/xhtml+xml"
    return DataDocument(text, (start, end), bool(head["coded"]), charset, is_xml)
