"""Reading screenshots and telling those in which nothing can be seen (Pillow)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

from PIL import Image

from deckarchive.files import open_regular

_FLAT: Final = 10
"""Levels (of 255) between the darkest and the lightest pixel that no projector tells apart."""


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
