"""Replacing spans of a text: the only way in which this package edits others' documents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


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
