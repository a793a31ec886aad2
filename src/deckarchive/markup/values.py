"""Values in markup and how they are replaced: splices, character references, ``srcset`` lists.

A :class:`Splice` is the only way in which this package edits others' documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from html.entities import html5 as _ENTITIES


@dataclass(frozen=True, slots=True, order=True)
class Splice:
    """Replace ``source[start:end]`` (code points) by ``text``; ``start == end`` inserts."""

    start: int
    end: int
    text: str


def apply(source: str, splices: Iterable[Splice]) -> str:
    """Return ``source`` with all splices done; nothing outside the spans changes.

    Insertions at one place keep the order in which they were given. Raises ``ValueError``
    when two spans overlap or one lies outside the source: that is a bug of the caller.
    """
    parts: list[str] = []
    position = 0
    for splice in sorted(splices, key=lambda s: (s.start, s.end)):
        if not position <= splice.start <= splice.end <= len(source):
            raise ValueError(f"splice {splice.start}:{splice.end} overlaps or lies outside")
        parts += (source[position : splice.start], splice.text)
        position = splice.end
    parts.append(source[position:])
    return "".join(parts)


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


_SPACE = " \t\n\f\r"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One image candidate: ``value[start:end]`` is ``url``; ``descriptor`` may be empty."""

    url: str
    start: int
    end: int
    descriptor: str


def scan_srcset(value: str) -> Iterator[Candidate]:
    """Yield the candidates of an (already entity-decoded) srcset value in order."""
    position, size = 0, len(value)
    while True:
        while position < size and value[position] in _SPACE + ",":
            position += 1
        if position >= size:
            return
        start = position
        while position < size and value[position] not in _SPACE:
            position += 1
        end = position
        descriptor = ""
        if value[end - 1] == ",":
            while value[end - 1] == ",":
                end -= 1
        else:
            stop = _descriptor_end(value, position)
            descriptor = value[position:stop].strip(_SPACE)
            position = stop
        yield Candidate(value[start:end], start, end, descriptor)


def _descriptor_end(value: str, position: int) -> int:
    """Where the descriptor list that starts at ``position`` ends: its comma, or the end."""
    depth = 0
    while position < len(value):
        char = value[position]
        if char == "(":
            depth += 1
        elif char == ")" and depth:
            depth -= 1
        elif char == "," and not depth:
            return position
        position += 1
    return position
