"""Removing content codings from bodies, streaming: gzip, deflate (zlib or raw), br, zstd. Pure.

A few kilobytes can stand for gigabytes, so every step yields bounded blocks.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Final

import brotli
import zstandard

_BLOCK: Final = 64 * 1024
_MOST: Final = 1024 * 1024
_ZSTD_STEP: Final = 64
_ZSTD_WINDOW: Final = 8 * 1024 * 1024

Blocks = Iterator[bytes]


class Undecodable(Exception):
    """A body whose coding is unknown, or that is not in the coding its headers declare."""


class _Broken(Exception):
    """The data is damaged here, or ends early; what came before was yielded."""


def _gunzip(source: Blocks) -> Blocks:
    """gzip members one after another; bytes after the last one are ignored, as browsers do."""
    inner = zlib.decompressobj(31)
    for data in source:
        while data:
            if inner.eof:
                if not data.startswith(b"\x1f"):
                    return
                inner = zlib.decompressobj(31)
            yield from _inflate(inner, data)
            data = inner.unused_data
    _require(inner.eof)


def _undeflate(source: Blocks) -> Blocks:
    """zlib as the standard says, or raw deflate as some servers send."""
    inner: zlib._Decompress | None = None
    for data in source:
        if inner is None:
            is_zlib = data[0] & 0x0F == 8 and data[0] >> 4 <= 7
            is_zlib = is_zlib and (len(data) < 2 or (data[0] * 256 + data[1]) % 31 == 0)
            inner = zlib.decompressobj(15 if is_zlib else -15)
        yield from _inflate(inner, data)
        if inner.eof:
            return
    _require(inner is None)


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


def _unbrotli(source: Blocks) -> Blocks:
    inner = brotli.Decompressor()
    try:
        for data in source:
            out = inner.process(data, output_buffer_limit=_MOST)
            while out or not inner.can_accept_more_data():
                yield out
                out = inner.process(b"", output_buffer_limit=_MOST)
            if inner.is_finished():
                return
    except brotli.error as error:
        raise _Broken(str(error)) from error
    _require(inner.is_finished())


def _unzstd(source: Blocks) -> Blocks:
    """Frames one after another (RFC 8878), windows up to the 8 MiB that browsers allow.

    Input goes in small steps: four bytes can stand for 128 KiB.
    """
    new = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj
    inner = new()
    try:
        for block in source:
            for n in range(0, len(block), _ZSTD_STEP):
                data = block[n : n + _ZSTD_STEP]
                while data:
                    inner = new() if inner.eof else inner
                    yield inner.decompress(data)
                    data = inner.unused_data
    except zstandard.ZstdError as error:
        raise _Broken(str(error)) from error
    _require(inner.eof)


def _require(whole: bool) -> None:
    if not whole:
        raise _Broken("the coded data ends early")


_DECODERS: Final[dict[str, Callable[[Blocks], Blocks]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
_NONE: Final = frozenset(("", "identity", "none", "utf-8", "chunked"))


class DecodedStream(io.RawIOBase):
    """Reads ``source`` with the ``codings`` (in the order applied) taken off.

    Raises :class:`Undecodable` at the first read when nothing of it can be decoded. A body that
    was cut or is damaged further on gives what can be had of it; ``fault`` then says so.
    """

    def __init__(self, source: BinaryIO, codings: Iterable[str]) -> None:
        self.fault = ""
        self._source = source
        self._blocks = _read(source)
        for name in reversed([c.strip().lower() for c in codings]):
            if name in _DECODERS:
                self._blocks = _DECODERS[name](self._blocks)
            elif name not in _NONE:
                raise Undecodable(f"unknown content coding {name!r}")
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


def _read(source: BinaryIO) -> Blocks:
    while block := source.read(_BLOCK):
        yield block
