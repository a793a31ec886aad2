"""Removing content codings from bodies, streaming: gzip, deflate (zlib or raw), br, zstd. Pure.

A few kilobytes can decode to gigabytes, so every step yields bounded blocks, and what a body may
unpack to is bounded.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol

import brotli
import zstandard

from deckarchive.errors import ArchiveError

_BLOCK: Final = 64 * 1024
_MOST: Final = 1024 * 1024
_ZSTD_STEP: Final = 64
_ZSTD_WINDOW: Final = 8 * 1024 * 1024

FREE: Final = 64 * 1024 * 1024
"""Bytes that any body may unpack to."""
RATIO: Final = 200
"""How many times its own size a body may unpack to beyond that. Text comes to 5 or 20."""
MOST_CODINGS: Final = 5
"""Codings that lie one on another; more than one is rare."""
_GAUGED: Final = 4096

Blocks = Iterator[bytes]


class Undecodable(ArchiveError):
    """A body whose coding is unknown, or that is not in the coding its headers declare."""


class _Broken(Exception):
    """The data is damaged here, or ends early; what came before was yielded."""


class _Stage(Protocol):
    """Takes one coding off, block by block; ``done`` when what follows does not belong to it."""

    done: bool

    def feed(self, data: bytes) -> Blocks:
        """What ``data`` decodes to. Raises :class:`_Broken`."""
        ...

    def end(self) -> None:
        """There is no more. Raises :class:`_Broken` when there should be."""
        ...


class _Gzip:
    """gzip members one after another; bytes after the last one are ignored, as browsers do."""

    def __init__(self) -> None:
        self._inner, self.done = zlib.decompressobj(31), False

    def feed(self, data: bytes) -> Blocks:
        while data:
            if self._inner.eof:
                if not data.startswith(b"\x1f"):
                    self.done = True
                    return
                self._inner = zlib.decompressobj(31)
            yield from _inflate(self._inner, data)
            data = self._inner.unused_data

    def end(self) -> None:
        _require(self._inner.eof)


class _Deflate:
    """zlib as the standard says, or raw deflate as some servers send."""

    def __init__(self) -> None:
        self._inner: zlib._Decompress | None = None
        self.done = False

    def feed(self, data: bytes) -> Blocks:
        if self._inner is None:
            is_zlib = data[0] & 0x0F == 8 and data[0] >> 4 <= 7
            is_zlib = is_zlib and (len(data) < 2 or (data[0] * 256 + data[1]) % 31 == 0)
            self._inner = zlib.decompressobj(15 if is_zlib else -15)
        yield from _inflate(self._inner, data)
        self.done = self._inner.eof

    def end(self) -> None:
        _require(self._inner is None)


def _inflate(inner: zlib._Decompress, data: bytes) -> Blocks:
    """Decompress; damage (a wrong checksum most often) does not lose what came before it."""
    while True:
        again = inner.copy()
        try:
            out = inner.decompress(data, _MOST)
        except zlib.error as error:
            yield from _bytewise(again, data)
            raise _Broken(str(error)) from error
        data = inner.unconsumed_tail
        if out:
            yield out
        if not data and len(out) < _MOST:
            return


def _bytewise(inner: zlib._Decompress, data: bytes) -> Blocks:
    for n in range(len(data)):
        try:
            out = inner.decompress(data[n : n + 1], _MOST)
        except zlib.error:
            return
        if out:
            yield out


class _Brotli:
    def __init__(self) -> None:
        self._inner, self.done = brotli.Decompressor(), False

    def feed(self, data: bytes) -> Blocks:
        try:
            out = self._inner.process(data, output_buffer_limit=_MOST)
            while out or not self._inner.can_accept_more_data():
                yield out
                out = self._inner.process(b"", output_buffer_limit=_MOST)
        except brotli.error as error:
            raise _Broken(str(error)) from error
        self.done = self._inner.is_finished()

    def end(self) -> None:
        _require(self._inner.is_finished())


class _Zstd:
    """Frames one after another (RFC 8878), windows up to the 8 MiB that browsers allow.

    Input goes in small steps: four bytes can decode to 128 KiB.
    """

    def __init__(self) -> None:
        self._new = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj
        self._inner, self.done = self._new(), False

    def feed(self, data: bytes) -> Blocks:
        try:
            for n in range(0, len(data), _ZSTD_STEP):
                step = data[n : n + _ZSTD_STEP]
                while step:
                    self._inner = self._new() if self._inner.eof else self._inner
                    yield self._inner.decompress(step)
                    step = self._inner.unused_data
        except zstandard.ZstdError as error:
            raise _Broken(str(error)) from error

    def end(self) -> None:
        _require(self._inner.eof)


def _require(whole: bool) -> None:
    if not whole:
        raise _Broken("the coded data ends early")


_STAGES: Final[dict[str, Callable[[], _Stage]]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}
_NONE: Final = frozenset(("", "identity", "none", "utf-8", "chunked"))


def _stages(codings: Iterable[str]) -> list[_Stage]:
    """What takes the codings off, the one applied last first. Raises :class:`Undecodable`."""
    names = [name for c in codings if (name := c.strip().lower()) not in _NONE]
    if unknown := next((name for name in names if name not in _STAGES), None):
        raise Undecodable(f"unknown content coding {unknown[:40]!r}")
    if len(names) > MOST_CODINGS:
        raise Undecodable(f"{len(names)} content codings, one on another")
    return [_STAGES[name]() for name in reversed(names)]


@dataclass(slots=True)
class _Bound:
    """How much a body may unpack to, by the ``coded`` bytes of it that were read so far."""

    limit: int | None = None
    coded: int = 0

    def excess(self, size: int) -> int:
        """By how many bytes ``size`` is too large; nothing up to the bound."""
        most = max(FREE, RATIO * self.coded)
        return size - (most if self.limit is None else min(most, self.limit))

    def broken(self, size: int) -> _Broken:
        """The reason to stop after ``size`` bytes."""
        return _Broken(f"it unpacks to more than {size / 1e6:.0f} MB and is cut off there")


class Gauge:
    """Watches what a body unpacks to while it comes: ``fits`` says how much of a block may pass.

    That is all of it until the body is larger, unpacked, than ``limit`` bytes or than
    :data:`FREE` and :data:`RATIO` times what came. A coding that is unknown or damaged is none.
    """

    def __init__(self, codings: Iterable[str], limit: int | None = None) -> None:
        self._bound = _Bound(limit)
        try:
            self._stages = _stages(codings)
        except Undecodable:
            self._stages = []
        self._sizes = [0] * len(self._stages)

    def fits(self, block: bytes) -> int:
        """How many of its bytes may pass."""
        for start in range(0, len(block), _GAUGED):
            piece = block[start : start + _GAUGED]
            self._bound.coded += len(piece)
            try:
                if not self._pass(0, piece):
                    return start
            except _Broken:
                self._stages = []
        return len(block)

    def _pass(self, number: int, data: bytes) -> bool:
        if number >= len(self._stages) or self._stages[number].done:
            return True
        for out in self._stages[number].feed(data):
            self._sizes[number] += len(out)
            if self._bound.excess(self._sizes[number]) > 0:
                return False
            if out and not self._pass(number + 1, out):
                return False
        return True


def _through(stage: _Stage, source: Blocks, bound: _Bound) -> Blocks:
    """What ``source`` is without one coding; every stage has the same bound, the outermost too."""
    size = 0
    for data in source:
        for out in stage.feed(data):
            size += len(out)
            if (excess := bound.excess(size)) > 0:
                yield out[: len(out) - excess]
                raise bound.broken(size - excess)
            if out:
                yield out
        if stage.done:
            return
    stage.end()


class DecodedStream(io.RawIOBase):
    """Reads ``source`` with the ``codings`` (in the order applied) taken off.

    Raises :class:`Undecodable` at the first read when nothing of it can be decoded. A body that
    was cut, is damaged further on or unpacks to far more than itself (:data:`FREE`,
    :data:`RATIO`) yields what can be decoded; ``fault`` then says why it is not all.
    """

    def __init__(self, source: BinaryIO, codings: Iterable[str]) -> None:
        self.fault = ""
        self._source = source
        bound = _Bound()
        self._blocks = _read(source, bound)
        for stage in _stages(codings):
            self._blocks = _through(stage, self._blocks, bound)
        self._ready = memoryview(b"")
        self._gave = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        while not self._ready:
            try:
                self._ready = memoryview(next(self._blocks))
            except StopIteration:
                return 0
            except _Broken as error:
                self.fault = str(error)
                if not self._gave:
                    raise Undecodable(f"not in the coding it declares: {error}") from error
                return 0
        self._gave = True
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def close(self) -> None:
        self._source.close()
        super().close()


def _read(source: BinaryIO, bound: _Bound) -> Blocks:
    while block := source.read(_BLOCK):
        bound.coded += len(block)
        yield block
