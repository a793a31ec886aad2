"""Comparing and shrinking screenshots. A picture that cannot be read compares as ``None``."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops, ImageFilter, ImageStat

from deckarchive import screenshots

_GRID = (96, 54)
_ASPECT = 1.1  # pictures of different shape are not compared: scaling would decide
_WIDTH = 640

_SIZE: Final = (640, 360)  # in which structure is looked for
_CELLS: Final = (32, 18)
_DRAWN: Final = 3.0  # mean strength of edges (of 255) from which a cell has something in it
_KEPT: Final = 0.35  # what must be left of a cell's edges
_TONE: Final = 36  # levels (of 255) between two tones that everyone tells apart
DIFFERENT: Final = 0.1
"""The share of a picture from which a difference from the captured one is looked into."""
_FEW: Final = 6  # cells: what is drawn in fewer is too little to judge by

Box = tuple[int, int, int, int]
ImageSource = bytes | Path
_Cells = tuple[list[float], list[float]]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureChange:
    """How two pictures of one thing differ: ``lost`` is the share of what was drawn in the first
    of which nothing is left, ``changed`` the share of the picture that differs in what is drawn or
    in its tone. ``None`` where too little is left to judge by, such as in an animation."""

    lost: float | None
    changed: float | None


def structure_change(then: Image.Image, now: Image.Image, *others: Image.Image) -> StructureChange:
    """Compare what is drawn, cell by cell, not which pixels: text that moved by a line is alike.

    ``others`` are the same as ``now`` at other moments. Where one of them differs from it, the
    picture moves by itself, and these cells say nothing; the moment most like ``then`` counts.
    """
    captured, *shown = (_cells(image) for image in (then, now, *others))
    every = range(len(captured[0]))
    if others:
        for moment in shown:
            whole = _change(captured, moment, every)
            if max(whole.lost or 0.0, whole.changed or 0.0) < DIFFERENT:
                return whole  # it has been as it was
    moving = [any(cell) for cell in zip(*(_moving(now, one) for one in others), strict=True)]
    still = [n for n in every if not (moving and moving[n])]
    changes = [_change(captured, moment, still) for moment in shown]
    return min(changes, key=lambda change: (change.lost or 0.0, change.changed or 0.0))


def _change(then: _Cells, now: _Cells, still: Sequence[int]) -> StructureChange:
    """How the cells differ, of those that stand ``still``."""
    (edges_then, tones_then), (edges_now, tones_now) = then, now
    drawn = [n for n in still if edges_then[n] >= _DRAWN]
    lost = [n for n in drawn if _around(edges_now, n) < edges_then[n] * _KEPT]
    changed = [
        n
        for n in still
        if abs(tones_then[n] - tones_now[n]) >= _TONE
        or _is_other(edges_then[n], _around(edges_now, n))
        or _is_other(edges_now[n], _around(edges_then, n))
    ]
    enough = len(still) * 4 >= len(edges_then)
    return StructureChange(
        lost=len(lost) / len(drawn) if enough and len(drawn) >= _FEW else None,
        changed=len(changed) / len(still) if enough else None,
    )


def _cells(image: Image.Image) -> _Cells:
    """Of each cell the strength of its edges and its tone."""
    grey = image.convert("L").resize(_SIZE, Image.Resampling.BOX)
    # The filter leaves the outermost pixels as they are.
    edges = grey.filter(ImageFilter.FIND_EDGES).crop((1, 1, _SIZE[0] - 1, _SIZE[1] - 1))
    found = (part.resize(_CELLS, Image.Resampling.BOX) for part in (edges, grey))
    strength, tone = ([float(value) for value in part.tobytes()] for part in found)
    return strength, tone


def _moving(now: Image.Image, later: Image.Image) -> list[bool]:
    difference = ImageChops.difference(now.convert("L"), later.convert("L"))
    cells = difference.resize(_SIZE, Image.Resampling.BOX).resize(_CELLS, Image.Resampling.BOX)
    return [value >= 2 for value in cells.tobytes()]


def _is_other(strength: float, nearest: float) -> bool:
    return strength >= _DRAWN and nearest < strength * _KEPT


def _around(strengths: Sequence[float], cell: int) -> float:
    """The strongest edges in a cell and those beside it, since content moves a little."""
    width, height = _CELLS
    row, column = divmod(cell, width)
    rows = range(max(0, row - 1), min(height, row + 2))
    columns = range(max(0, column - 1), min(width, column + 2))
    return max(strengths[r * width + c] for r in rows for c in columns)


def thumbnail(image: Image.Image, width: int = _WIDTH) -> bytes:
    """A JPEG of at most ``width`` pixels across."""
    small = image.reduce(max(1, image.width // width))
    small.thumbnail((width, width * 4), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=72)
    return out.getvalue()
