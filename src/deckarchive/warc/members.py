"""Where records begin in a WARC file that may be damaged: members of gzip, or plain records.

Members are inflated here, by zlib alone, since a reader of whole files loses at a damaged bit what
came before it, where it was, and whether a checksum was right.
"""

from __future__ import annotations

import io
import re
import zlib
from typing import BinaryIO, Final

_BLOCK: Final = 64 * 1024
_SEARCHED: Final = 1 << 20
_MAGIC: Final = b"\x1f\x8b\x08"
"""gzip (RFC 1952, section 2.3.1) with the one compression method that there is."""
_PLAIN_HEADER: Final = 10
_RECORD: Final = b"WARC/"
_PLAIN_RECORD: Final = re.compile(rb"(?<=\r\n\r\n)WARC/1\.")
_LOOKED_AT: Final = 1024
"""Bytes of a member that are inflated to see whether a record begins there."""
_SALVAGED: Final = 2048
_MOST_LOOKS: Final = 100_000
_URI: Final = re.compile(rb"(?im)^WARC-Target-URI:[ \t]*<?([\x21-\x7e]{1,2000}?)>?\r?$")


class Member(io.RawIOBase):
    """One gzip member, inflated as it is read; its header of ``skip`` bytes is at ``offset``.

    At a damaged place, and at its end, reading ends. ``fault`` then says why what was read cannot
    be trusted (``""``: its checksum is right), and ``end`` is the offset behind it, where that is
    known. ``size`` counts the bytes inflated.
    """

    def __init__(self, file: BinaryIO, offset: int, skip: int) -> None:
        self.fault = ""
        self.end: int | None = None
        self.size = 0
        self._file, self._at = file, offset + skip
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._packed = b""
        self._more = self._done = False
        self._ready = memoryview(b"")
        self._sum = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        while not self._ready and not self._done:
            self._inflate()
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _inflate(self) -> None:
        if not self._packed and not self._more:
            self._file.seek(self._at)
            self._packed = self._file.read(_BLOCK)
            self._at += len(self._packed)
            if not self._packed:
                self.fault, self._done = "it is cut off", True
                return
        again = self._inflater.copy() if self.size == 0 else None
        try:
            out = self._inflater.decompress(self._packed, _BLOCK)
        except zlib.error:
            out = _salvage(again, self._packed) if again else b""
            self.fault, self._done = "it is damaged", True
        self._more = len(out) == _BLOCK
        self._packed = self._inflater.unconsumed_tail
        self._sum = zlib.crc32(out, self._sum)
        self.size += len(out)
        self._ready = memoryview(out)
        if self._inflater.eof:
            self._done = True
            self._check(self._inflater.unused_data)

    def _check(self, rest: bytes) -> None:
        """Compare with the checksum that follows. One wrong bit in it is its own: damage to what
        it sums up changes about half of its bits."""
        start = self._at - len(rest)
        if len(rest) < 8:
            self._file.seek(start)
            rest = self._file.read(8)
        if len(rest) < 8:
            self.fault = "it is cut off"
            return
        self.end = start + 8
        differing = int.from_bytes(rest[:4], "little") ^ self._sum
        if differing.bit_count() > 1:
            self.fault = "it is damaged"


class Plain(io.RawIOBase):
    """A record that is not compressed, from ``offset`` to the end of the file."""

    fault = ""
    end: int | None = None
    size = 0

    def __init__(self, file: BinaryIO, offset: int) -> None:
        self._file, self._at = file, offset

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        self._file.seek(self._at)
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def open_record(file: BinaryIO, offset: int, skip: int) -> Member | Plain:
    """Open the record at ``offset`` again, as :func:`begins` had found it."""
    return Member(file, offset, skip) if skip else Plain(file, offset)


def begins(file: BinaryIO, offset: int) -> int | None:
    """The size of the gzip header of the record at ``offset``, 0 for one that is not compressed;
    ``None`` where no record begins. A damaged header is passed over."""
    file.seek(offset)
    data = file.read(_LOOKED_AT)
    if data.startswith(_RECORD):
        return 0
    sizes = [_PLAIN_HEADER] if _alike(data[:3], _MAGIC) else []
    if (size := _header_size(data)) is not None:
        sizes.insert(0, size)
    return next((n for n in sizes if _starts(data[n:]).startswith(_RECORD)), None)


class Search:
    """Looks for the next record in a file of members (``packed``) or of plain records.

    A likely place costs one short look, and there is an end to them: a file made of nothing else
    is not worth more.
    """

    def __init__(self, file: BinaryIO, *, packed: bool) -> None:
        self._file = file
        self._pattern = re.compile(re.escape(_MAGIC)) if packed else _PLAIN_RECORD
        self._looks = _MOST_LOOKS

    def find(self, offset: int) -> int | None:
        """Where the next record begins, at or behind ``offset``."""
        at = offset
        while True:
            start = max(0, at - 4)
            self._file.seek(start)
            data = self._file.read(_SEARCHED)
            for found in self._pattern.finditer(data, at - start):
                self._looks -= 1
                if self._looks < 0:
                    return None
                if begins(self._file, start + found.start()) is not None:
                    return start + found.start()
            if len(data) < _SEARCHED:
                return None
            at = start + len(data) - 8


def url_at(file: BinaryIO, offset: int) -> str:
    """The WARC-Target-URI of a damaged record, where it can still be read, else ``""``."""
    file.seek(offset)
    data = file.read(_SALVAGED)
    text = data if data[:2] != _MAGIC[:2] else _inflated(data[_PLAIN_HEADER:], 4096)
    found = _URI.search(text)
    return found[1].decode("ascii") if found else ""


def _alike(data: bytes, other: bytes) -> bool:
    """Whether they differ in one bit at most."""
    return (
        len(data) == len(other)
        and sum((a ^ b).bit_count() for a, b in zip(data, other, strict=True)) <= 1
    )


def _header_size(data: bytes) -> int | None:
    """The size of a gzip header (RFC 1952, section 2.3), or ``None``."""
    if not data.startswith(_MAGIC) or len(data) < _PLAIN_HEADER or data[3] & 0xE0:
        return None
    flags, at = data[3], _PLAIN_HEADER
    if flags & 4:
        at += 2 + int.from_bytes(data[at : at + 2], "little")
    for flag in (8, 16):
        if flags & flag:
            at = data.find(b"\0", at) + 1
            if not at:
                return None
    at += 2 if flags & 2 else 0
    return at if at < len(data) else None


def _starts(data: bytes) -> bytes:
    """The first bytes that a member inflates to, or ``b""``."""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, 64)
    except zlib.error:
        return b""


def _inflated(data: bytes, most: int) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    again = inflater.copy()
    try:
        return inflater.decompress(data, most)
    except zlib.error:
        return _salvage(again, data)


def _salvage(inflater: zlib._Decompress, data: bytes) -> bytes:
    """What comes before a damaged place near the start of a member: its record's header."""
    out = bytearray()
    for n in range(min(len(data), _SALVAGED)):
        try:
            out += inflater.decompress(data[n : n + 1], _BLOCK)
        except zlib.error:
            break
    return bytes(out)
