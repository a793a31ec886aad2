"""Reading screenshots, telling those in which nothing can be seen, and comparing what is drawn in
them cell by cell (Pillow). Where a page moves by itself is found by the measure with which its copy
is compared later."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageFilter

from deckarchive.files import open_regular

_FLAT: Final = 10
"""Levels (of 255) between the darkest and the lightest pixel that no projector tells apart."""
_SIZE: Final = (640, 360)
"""In which structure is looked for."""
_CELLS: Final = (32, 18)
_DRAWN: Final = 3.0
"""Mean strength of edges (of 255) from which a cell has something in it."""
_KEPT: Final = 0.35
"""What must be left of a cell's edges."""
_TONE: Final = 36
"""Levels (of 255) between two tones that everyone tells apart."""


def read_screenshot(source: bytes | Path) -> Image.Image | None:
    """The picture in RGB; ``None`` when it cannot be read."""
    try:
        stream = io.BytesIO(source) if isinstance(source, bytes) else open_regular(source)
        with stream, Image.open(stream) as image:
            return image.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None  # Pillow reports a damaged PNG as a SyntaxError


def is_blank(image: Image.Image | None) -> bool:
    """Whether a picture is of one colour, so that nothing can be seen in it.

    One that cannot be read (``None``) is taken to show something.
    """
    if image is None:
        return False
    extrema = image.getextrema()
    return all(high - low <= _FLAT for low, high in extrema)  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class Structure:
    """What is drawn where in a picture: of each of its 32 times 18 cells, row by row, the mean
    strength of its edges and its tone (both of 255)."""

    edges: tuple[float, ...]
    tones: tuple[float, ...]

    def is_drawn(self, cell: int) -> bool:
        """Whether something is drawn in a cell."""
        return self.edges[cell] >= _DRAWN

    def is_gone(self, cell: int, now: Structure) -> bool:
        """Whether what is drawn in a cell has left it and those beside it; content moves a
        little."""
        return self.is_drawn(cell) and now._around(cell) < self.edges[cell] * _KEPT

    def is_other(self, cell: int, now: Structure) -> bool:
        """Whether a cell differs in what is drawn or in its tone."""
        tone = abs(self.tones[cell] - now.tones[cell]) >= _TONE
        return tone or self.is_gone(cell, now) or now.is_gone(cell, self)

    def _around(self, cell: int) -> float:
        width, height = _CELLS
        row, column = divmod(cell, width)
        rows = range(max(0, row - 1), min(height, row + 2))
        columns = range(max(0, column - 1), min(width, column + 2))
        return max(self.edges[r * width + c] for r in rows for c in columns)


def structure_of(image: Image.Image) -> Structure:
    """What is drawn in a picture."""
    grey = shrink(image.convert("L"))
    # The filter leaves the outermost pixels as they are.
    edges = grey.filter(ImageFilter.FIND_EDGES).crop((1, 1, _SIZE[0] - 1, _SIZE[1] - 1))
    strength, tone = (tuple(float(value) for value in cell_means(part)) for part in (edges, grey))
    return Structure(strength, tone)


def cell_means(image: Image.Image) -> bytes:
    """The mean of each cell of a grey picture, row by row."""
    return image.resize(_CELLS, Image.Resampling.BOX).tobytes()


def shrink(image: Image.Image) -> Image.Image:
    """A grey picture in the size in which structure is looked for."""
    return image.resize(_SIZE, Image.Resampling.BOX)


def variation(picture: bytes, *later: bytes) -> str | None:
    """The cells in which a screenshot of a page differs from one of the ``later`` ones.

    As :func:`varied_cells` reads them; ``""`` for none, ``None`` when a picture cannot be read.
    """
    if all(one == picture for one in later):
        return ""
    images = [read_screenshot(one) for one in (picture, *later)]
    found = [structure_of(image) for image in images if image]
    if len(found) < len(images):
        return None
    then, *others = found
    cells = range(len(then.edges))
    return _written(n for n in cells if any(then.is_other(n, now) for now in others))


def _written(varied: Iterable[int]) -> str:
    count = _CELLS[0] * _CELLS[1]
    bits = sum(1 << (count - 1 - n) for n in varied)
    return f"{bits:0{count // 4}x}" if bits else ""


def varied_cells(text: str) -> frozenset[int]:
    """The cells that a hexadecimal bitmap names, a bit a cell, the first cell in the highest bit.

    One of another grid, such as a later version may write, names none.
    """
    count = _CELLS[0] * _CELLS[1]
    if len(text) != count // 4:
        return frozenset()
    bits = int(text, 16)
    return frozenset(n for n in range(count) if bits >> (count - 1 - n) & 1)
