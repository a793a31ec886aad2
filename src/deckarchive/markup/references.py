"""Character references in attribute values: what they stand for, and writing values with them."""

from __future__ import annotations

import re
from html import unescape
from html.entities import html5 as _ENTITIES

_REFERENCE = re.compile(r"&(#[xX]?[0-9a-fA-F]+;?|[A-Za-z][A-Za-z0-9]*;?)")


def decode_references(raw: str) -> str:
    """Decode character references as in an attribute value (HTML, 13.2.5.73).

    There a legacy name without ``;`` stays literal before ``=`` or an alphanumeric, so that
    ``?a=1&copy=2`` keeps its text.
    """

    def decode(match: re.Match[str]) -> str:
        body = match.group(1)
        if body.startswith("#") or body.endswith(";"):
            if body.startswith("#") or body in _ENTITIES:
                return unescape(match.group())
            return _legacy(match)
        return _legacy(match)

    return _REFERENCE.sub(decode, raw) if "&" in raw else raw


def _legacy(match: re.Match[str]) -> str:
    """A name without a semicolon: decoded only when nothing word-like follows it."""
    name, following = match.group(1), match.string[match.end() : match.end() + 1]
    if name in _ENTITIES and following != "=" and not name.endswith(";"):
        return _ENTITIES[name]
    return match.group()


def encode_attribute(value: str, quote: str) -> str:
    """Encode ``value`` for an attribute span of that ``quote``; adds quotes where needed."""
    value = value.replace("&", "&amp;")
    if quote == "'":
        return value.replace("'", "&#39;")
    value = value.replace('"', "&quot;")
    if quote == '"' or (value and not re.search(r"[\s'=<>`]", value)):
        return value
    return f'"{value}"'
