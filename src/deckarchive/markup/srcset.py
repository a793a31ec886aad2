"""The candidates of a ``srcset`` value, with their spans.

Follows HTML, section "Parsing a srcset attribute" (splitting only; descriptors are kept raw).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
