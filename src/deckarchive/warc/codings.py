"""Removing content codings from bodies, streaming: gzip, deflate (zlib or raw), br, zstd. Pure."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import BinaryIO, Final, Protocol

import brotli
import zstandard

_BLOCK: Final = 64 * 1024


class Undecodable(Exception):
    """A body whose coding is unknown, or that is not in the coding its headers declare."""


class _Broken(Exception):
    """Damaged data; ``before`` is what could still be had of this block."""

    def __init__(self, before: bytes, reason: str) -> None:
        super().__init__(reason)
        self.before = before


class _Decoder(Protocol):
    @property
    def finished(self) -> bool: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class _Gzip:
    """gzip members one after another; bytes after the last one are ignored, as browsers do."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(31)

    @property
    def finished(self) -> bool:
        return self._inner.eof

    def decompress(self, data: bytes, /) -> bytes:
        out = bytearray()
        while data:
            if self._inner.eof:
                if not data.startswith(b"\x1f"):
                    break
                self._inner = zlib.decompressobj(31)
            try:
                out += _inflate(self._inner, data)
            except _Broken as error:
                raise _Broken(bytes(out) + error.before, str(error)) from error
            data = self._inner.unused_data
        return bytes(out)


class _Deflate:
    """zlib as the standard says, or raw deflate as some servers send."""

    def __init__(self) -> None:
        self._inner: zlib._Decompress | None = None

    @property
    def finished(self) -> bool:
        return self._inner is not None and self._inner.eof

    def decompress(self, data: bytes, /) -> bytes:
        if self._inner is None and data:
            is_zlib = data[0] & 0x0F == 8 and data[0] >> 4 <= 7
            is_zlib = is_zlib and (len(data) < 2 or (data[0] * 256 + data[1]) % 31 == 0)
            self._inner = zlib.decompressobj(15 if is_zlib else -15)
        return _inflate(self._inner, data) if self._inner else b""


def _inflate(inner: zlib._Decompress, data: bytes) -> bytes:
    """Decompress; damage (a wrong checksum most often) does not lose what came before it."""
    again = inner.copy()
    try:
        return inner.decompress(data)
    except zlib.error as error:
        out = bytearray()
        with suppress(zlib.error):
            for n in range(len(data)):
                out += again.decompress(data[n : n + 1])
        raise _Broken(bytes(out), str(error)) from error


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    @property
    def finished(self) -> bool:
        return bool(self._inner.is_finished())

    def decompress(self, data: bytes, /) -> bytes:
        return b"" if self._inner.is_finished() else bytes(self._inner.process(data))


class _Zstd:
    """zstd frames one after another (RFC 8878), windows up to the 8 MiB that browsers allow."""

    def __init__(self) -> None:
        self._new = zstandard.ZstdDecompressor(max_window_size=8 * 1024 * 1024).decompressobj
        self._inner = self._new()

    @property
    def finished(self) -> bool:
        return self._inner.eof

    def decompress(self, data: bytes, /) -> bytes:
        out = bytearray()
        while data:
            if self._inner.eof:
                self._inner = self._new()
            out += self._inner.decompress(data)
            data = self._inner.unused_data
        return bytes(out)


_DECODERS: Final[dict[str, Callable[[], _Decoder]]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}
_NONE: Final = frozenset(("", "identity", "none", "utf-8", "chunked"))
_FAULTS: Final = (brotli.error, zstandard.ZstdError)


class DecodedStream(io.RawIOBase):
    """Reads ``source`` with the ``codings`` (in the order applied) taken off.

    Raises :class:`Undecodable` at the first read when nothing of it can be decoded. A body that
    was cut or is damaged further on gives what can be had of it; ``fault`` then says so.
    """

    def __init__(self, source: BinaryIO, codings: Iterable[str]) -> None:
        self.fault = ""
        self._source = source
        names = [c.strip().lower() for c in codings]
        unknown = [c for c in names if c not in _NONE and c not in _DECODERS]
        if unknown:
            raise Undecodable(f"unknown content coding {unknown[0]!r}")
        self._decoders = [_DECODERS[c]() for c in reversed(names) if c in _DECODERS]
        self._ready = memoryview(b"")
        self._took = self._gave = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        while not self._ready:
            block = b"" if self.fault else self._source.read(_BLOCK)
            if not block:
                first = self._decoders[0] if self._decoders else None
                if self._took and not self._gave and first and not first.finished:
                    raise Undecodable("not in the coding it declares: nothing comes of it")
                return 0
            self._took = True
            self._ready = memoryview(self._decode(block))
            self._gave = self._gave or bool(self._ready)
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _decode(self, block: bytes) -> bytes:
        for decoder in self._decoders:
            try:
                block = decoder.decompress(block)
            except _Broken as error:
                self.fault, block = str(error), error.before
            except _FAULTS as error:
                self.fault, block = str(error), b""
        if self.fault and not block and not self._gave:
            raise Undecodable(f"not in the coding it declares: {self.fault}")
        return block

    def close(self) -> None:
        self._source.close()
        super().close()
