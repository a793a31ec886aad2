"""Files of the deck on disk, never outside its root."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_LARGEST: Final = 32 << 20


def local_file(root: str, path: str) -> Path | None:
    """The file ``path`` below ``root``; ``None`` when it is missing or leads out of it."""
    base = Path(root)
    try:
        file = (base / path).resolve()
        inside = file.is_relative_to(base.resolve()) and file.is_file()
        return file if inside and file.stat().st_size <= _LARGEST else None
    except (OSError, ValueError):
        return None
