"""Removing content codings from bodies, streaming: gzip, deflate (zlib or raw), br, zstd. Pure."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterable
from typing import BinaryIO, Final, Protocol

import brotli
import zstandard

_BLOCK: Final = 64 * 1024


class Undecodable(Exception):
    """A body whose coding is unknown, or that is not in the coding its headers declare."""


class _Decoder(Protocol):
    def decompress(self, data: bytes, /) -> bytes: ...


class _Gzip:
    """gzip members one after another; bytes after the last one are ignored, as browsers do."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(31)
        self._some = False

    def decompress(self, data: bytes, /) -> bytes:
        out = bytearray()
        while data:
            if self._inner.eof:
                if not data.startswith(b"\x1f"):
                    break
                self._inner = zlib.decompressobj(31)
            out += self._inner.decompress(data)
            data = self._inner.unused_data
        return bytes(out)


class _Deflate:
    """zlib as the standard says, or raw deflate as some servers send."""

    def __init__(self) -> None:
        self._inner: zlib._Decompress | None = None

    def decompress(self, data: bytes, /) -> bytes:
        if self._inner is None and data:
            is_zlib = data[0] & 0x0F == 8 and data[0] >> 4 <= 7
            is_zlib = is_zlib and (len(data) < 2 or (data[0] * 256 + data[1]) % 31 == 0)
            self._inner = zlib.decompressobj(15 if is_zlib else -15)
        return self._inner.decompress(data) if self._inner else b""


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    def decompress(self, data: bytes, /) -> bytes:
        return b"" if self._inner.is_finished() else bytes(self._inner.process(data))


class _Zstd:
    """zstd frames one after another (RFC 8878), windows up to the 8 MiB that browsers allow."""

    def __init__(self) -> None:
        self._new = zstandard.ZstdDecompressor(max_window_size=8 * 1024 * 1024).decompressobj
        self._inner = self._new()

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
_FAULTS: Final = (zlib.error, brotli.error, zstandard.ZstdError)


class DecodedStream(io.RawIOBase):
    """Reads ``source`` with the ``codings`` (in the order applied) taken off.

    Raises :class:`Undecodable` on the first read that cannot be decoded. A body that was cut
    gives what can be had of it.
    """

    def __init__(self, source: BinaryIO, codings: Iterable[str]) -> None:
        self._source = source
        names = [c.strip().lower() for c in codings]
        unknown = [c for c in names if c not in _NONE and c not in _DECODERS]
        if unknown:
            raise Undecodable(f"unknown content coding {unknown[0]!r}")
        self._decoders = [_DECODERS[c]() for c in reversed(names) if c in _DECODERS]
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        while not self._ready:
            block = self._source.read(_BLOCK)
            if not block:
                return 0
            try:
                for decoder in self._decoders:
                    block = decoder.decompress(block)
            except _FAULTS as error:
                raise Undecodable(f"not in the coding it declares: {error}") from error
            self._ready = memoryview(block)
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def close(self) -> None:
        self._source.close()
        super().close()
