"""Answers that were cut and then completed by range requests, read as the one file they are.

The records stay what was sent: a truncated 200 and each 206 that goes on where it ended.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import BinaryIO

from deckarchive.model import Exchange

_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})$")
_BLOCK = 256 * 1024


def complete(exchanges: list[Exchange]) -> None:
    """Put each whole file in the place of its first, cut piece."""
    ranges: dict[str, list[Exchange]] = defaultdict(list)
    for one in exchanges:
        if one.status == 206 and one.method == "GET" and _plain(one):
            ranges[one.url].append(one)
    for n, one in enumerate(exchanges):
        if one.status == 200 and one.truncated and one.method == "GET" and ranges[one.url]:
            pieces = _pieces(one, ranges[one.url]) if _plain(one) else []
            if pieces:
                exchanges[n] = _whole(pieces)


def _plain(one: Exchange) -> bool:
    return one.header("content-encoding").lower() in ("", "identity")


def _pieces(first: Exchange, ranges: list[Exchange]) -> list[Exchange]:
    """The cut answer and what completes it, in order; empty when it stays incomplete."""
    by_start: dict[int, list[tuple[Exchange, int]]] = defaultdict(list)
    for one in ranges:
        found = _RANGE.match(one.header("content-range"))
        if found and one.size and _same(first, one):
            by_start[int(found[1])].append((one, int(found[3])))
    pieces, size = [first], first.size
    while by_start.get(size):
        one, whole = by_start[size][0]
        pieces.append(one)
        size += one.size
        if size == whole:
            return pieces
    return []


def _same(first: Exchange, one: Exchange) -> bool:
    """Whether both are pieces of one version of the file."""
    tags = (first.header("etag"), one.header("etag"))
    return tags[0] == tags[1] if all(tags) else True


def _whole(pieces: list[Exchange]) -> Exchange:
    sha1 = hashlib.sha1(usedforsecurity=False)
    for piece in pieces:
        sha1.update(piece.digest.encode())
    return replace(
        pieces[0],
        size=sum(piece.size for piece in pieces),
        digest=f"pieces:{sha1.hexdigest()}",
        truncated="",
        open_body=partial(_open, pieces),
    )


def _open(pieces: list[Exchange]) -> BinaryIO:
    return io.BufferedReader(_Pieces(pieces))


class _Pieces(io.RawIOBase):
    """The bodies of several exchanges, one after the other."""

    fault = ""

    def __init__(self, pieces: list[Exchange]) -> None:
        self._blocks = _blocks(pieces)
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        if not self._ready:
            self._ready = memoryview(next(self._blocks, b""))
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


def _blocks(pieces: list[Exchange]) -> Iterator[bytes]:
    for piece in pieces:
        with piece.open_body() as stream:
            while block := stream.read(_BLOCK):
                yield block
