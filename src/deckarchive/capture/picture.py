"""Whether a screenshot shows anything: read from the PNG's own bytes, without an image library."""

from __future__ import annotations

import struct
import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}
_SUB, _UP, _PAETH = 1, 2, 4


def is_one_colour(png: bytes) -> bool:
    """Whether an 8-bit, non-interlaced PNG (W3C PNG, section 9) holds one colour only.

    In such a picture every filtered row is zero but for its first pixel. Pictures in other
    formats are taken to show something.
    """
    if len(png) < 33 or not png.startswith(_SIGNATURE):
        return False
    width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", png[16:29])
    size = _CHANNELS.get(colour)
    if size is None or depth != 8 or interlace:
        return False
    stride = width * size + 1
    unpacker, packed, pixel = zlib.decompressobj(), _image_data(png), b""
    try:
        for n in range(height):  # row by row: most pictures are told by their first ones
            row = unpacker.decompress(packed, stride)
            packed = unpacker.unconsumed_tail
            pixel = pixel or row[1 : 1 + size]
            if len(row) != stride or not _is_flat(row, pixel, first=n == 0):
                return False
    except zlib.error:
        return False
    return True


def _is_flat(row: bytes, pixel: bytes, *, first: bool) -> bool:
    size, kind, values = len(pixel), row[0], row[1:]
    if kind == _SUB or (first and kind == _PAETH):
        return values[:size] == pixel and not any(values[size:])
    if kind in (_UP, _PAETH) and not first:
        return not any(values)
    return values == pixel * (len(values) // size)


def _image_data(png: bytes) -> bytes:
    parts, position = [], len(_SIGNATURE)
    while position + 8 <= len(png):
        length = int.from_bytes(png[position : position + 4], "big")
        if png[position + 4 : position + 8] == b"IDAT":
            parts.append(png[position + 8 : position + 8 + length])
        position += 12 + length
    return b"".join(parts)
