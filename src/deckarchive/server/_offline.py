"""Opening an offline folder: what it says of itself, checked before anything is served."""

from __future__ import annotations

import json
from pathlib import Path

from deckarchive.errors import ArchiveError, ManifestError
from deckarchive.model import OfflineDeck

_NAME = "deckarchive.json"
_VERSION = 1


def open_offline(folder: str | Path) -> OfflineDeck:
    """Read ``deckarchive.json`` of an offline folder and see that its page is there.

    Raises :class:`ArchiveError` with one line that names the folder and what to do.
    """
    root = Path(folder)
    if not root.is_dir():
        raise ArchiveError(
            f"{root} is not a folder", hint="make it with `deckarchive rewrite DECK`"
        )
    try:
        data = json.loads((root / _NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ArchiveError(
            f"{root} is not an offline folder: it has no {_NAME}",
            hint="make one with `deckarchive rewrite DECK`",
        ) from None
    except (OSError, ValueError) as error:
        raise ArchiveError(f"{root / _NAME} cannot be read: {error}") from error
    version = data.get("version") if isinstance(data, dict) else None
    if isinstance(version, int) and version > _VERSION:
        raise ArchiveError(
            f"{root} was made by a newer deckarchive (version {version} of the format)",
            hint="upgrade deckarchive",
        )
    try:
        offline = OfflineDeck.from_dict(data)
    except (ManifestError, TypeError, ValueError, KeyError, IndexError) as error:
        raise ArchiveError(
            f"{root / _NAME} is not what deckarchive writes: {error}",
            hint="make the folder again with `deckarchive rewrite DECK`",
        ) from error
    if not (root / offline.page).is_file():
        raise ArchiveError(
            f"{root} has lost its page {offline.page}",
            hint="make the folder again with `deckarchive rewrite DECK`",
        )
    return offline
