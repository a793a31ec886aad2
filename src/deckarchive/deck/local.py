"""Files of the deck on disk, never outside its root."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from deckarchive.deckfiles import find_own
from deckarchive.model import DeckFiles

_LARGEST: Final = 32 << 20


def local_file(root: str, path: str) -> Path | None:
    """The file ``path`` below ``root``; ``None`` when it is missing, secret or leads out of it."""
    try:
        file = find_own(Path(root), path, DeckFiles())
        return file if file.stat().st_size <= _LARGEST else None
    except (OSError, ValueError):
        return None
