"""Comparing and shrinking screenshots. A picture that cannot be read compares as ``None``."""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops, ImageStat

from deckarchive import screenshots
from deckarchive.screenshots import Structure, structure_of

_GRID = (96, 54)
_ASPECT = 1.1  # pictures of different shape are not compared: scaling would decide
_WIDTH = 640

DIFFERENT: Final = 0.1
"""The share of a picture from which a difference from the captured one is looked into."""
_FEW: Final = 6  # cells: what is drawn in fewer is too little to judge by
_REPLACED: Final = 0.5
"""What must be drawn elsewhere, of the cells that what moves has left: else it is missing."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureChange:
    """How two pictures of one thing differ: ``lost`` is the share of what was drawn in the first
    of which nothing is left, ``changed`` the share of the picture that differs in what is drawn or
    in its tone. ``None`` where too little is left to judge by, such as in an animation."""

    lost: float | None
    changed: float | None


def structure_change(
    then: Image.Image, now: Image.Image, *others: Image.Image, varied: Collection[int] = ()
) -> StructureChange:
    """Compare what is drawn, cell by cell, not which pixels: text that moved by a line is alike.

    ``others`` are the same as ``now`` at other moments. Where one of them differs from it, the
    picture moves by itself, and these cells say nothing; the moment most like ``then`` counts.
    ``varied`` are the cells in which ``then`` moved by itself: no difference, unless what was drawn
    in them is nowhere now.
    """
    captured, *shown = (structure_of(image) for image in (then, now, *others))
    every = range(len(captured.edges))
    if others:
        for moment in shown:
            whole = _change(captured, moment, every, varied)
            if max(whole.lost or 0.0, whole.changed or 0.0) < DIFFERENT:
                return whole  # it has been as it was
    moving = [any(cell) for cell in zip(*(_moving(now, one) for one in others), strict=True)]
    still = [n for n in every if not (moving and moving[n])]
    changes = [_change(captured, moment, still, varied) for moment in shown]
    return min(changes, key=lambda change: (change.lost or 0.0, change.changed or 0.0))


def _change(
    then: Structure, now: Structure, still: Sequence[int], varied: Collection[int]
) -> StructureChange:
    """How the cells differ, of those that stand ``still``. Those that ``varied`` by themselves
    stay in the whole of which a share is lost: they never make it larger."""
    every = len(then.edges)
    drawn = [n for n in still if then.is_drawn(n)]
    gone = {n for n in still if then.is_gone(n, now)}
    left = gone.intersection(varied)
    arrived = sum(now.is_gone(n, then) for n in range(every)) if left else 0
    forgiven = set(varied)
    if arrived < len(left) * _REPLACED:
        forgiven -= left
    judged = [n for n in still if n not in forgiven]
    changed = [n for n in judged if then.is_other(n, now)]
    return StructureChange(
        lost=(
            len(gone - forgiven) / len(drawn)
            if len(still) * 4 >= every and len(drawn) >= _FEW
            else None
        ),
        changed=len(changed) / len(still) if len(judged) * 4 >= every else None,
    )


def _moving(now: Image.Image, later: Image.Image) -> list[bool]:
    difference = ImageChops.difference(now.convert("L"), later.convert("L"))
    return [value >= 2 for value in screenshots.cell_means(screenshots.shrink(difference))]


def thumbnail(image: Image.Image, width: int = _WIDTH) -> bytes:
    """A JPEG of at most ``width`` pixels across."""
    small = image.reduce(max(1, image.width // width))
    small.thumbnail((width, width * 4), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=72)
    return out.getvalue()
