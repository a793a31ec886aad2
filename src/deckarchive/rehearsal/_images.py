"""Comparing and shrinking screenshots. A picture that cannot be read compares as ``None``."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

from deckarchive import screenshots

_GRID = (96, 54)
_ASPECT = 1.1  # pictures of different shape are not compared: scaling would decide
_WIDTH = 640

Box = tuple[int, int, int, int]
ImageSource = bytes | Path


def read_image(source: ImageSource, box: Box | None = None) -> Image.Image | None:
    """The picture, cut to ``box`` (left, top, right, bottom) when one is given."""
    whole = screenshots.read_screenshot(source)
    return whole if box is None else cut(whole, box)


def cut(whole: Image.Image | None, box: Box) -> Image.Image | None:
    """The part of a picture within ``box``; ``None`` when that is empty."""
    if whole is None:
        return None
    left, top, right, bottom = box
    right, bottom = min(right, whole.width), min(bottom, whole.height)
    if (left, top, right, bottom) == (0, 0, whole.width, whole.height):
        return whole
    return whole.crop((left, top, right, bottom)) if right > left and bottom > top else None


def similarity(one: Image.Image, two: Image.Image) -> float | None:
    """1 for equal pictures, 0 for black against white; ``None`` for different shapes."""
    shapes = [image.width / image.height for image in (one, two)]
    if max(shapes) / min(shapes) > _ASPECT:
        return None
    grey = [image.resize(_GRID, Image.Resampling.BOX).convert("L") for image in (one, two)]
    return 1 - ImageStat.Stat(ImageChops.difference(*grey)).mean[0] / 255


def thumbnail(image: Image.Image, width: int = _WIDTH) -> bytes:
    """A JPEG of at most ``width`` pixels across."""
    small = image.reduce(max(1, image.width // width))
    small.thumbnail((width, width * 4), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=72)
    return out.getvalue()
