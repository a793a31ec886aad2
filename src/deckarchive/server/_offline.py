"""Opening an offline folder: what it says of itself, checked before anything is served."""

from __future__ import annotations

from pathlib import Path

from deckarchive.errors import ArchiveError, ManifestError
from deckarchive.files import read_json
from deckarchive.model import OfflineDeck

_NAME = "deckarchive.json"
_VERSION = 1
_AGAIN = "make the folder again with `deckarchive rewrite DECK`"


def open_offline(folder: str | Path) -> OfflineDeck:
    """Read ``deckarchive.json`` of an offline folder and see that its page is there.

    Raises :class:`ArchiveError` with one line that names the folder and what to do.
    """
    root = Path(folder)
    if not root.is_dir():
        raise ArchiveError(f"{root} is not a folder", hint=_meant(root))
    try:
        data = read_json(root / _NAME)
    except FileNotFoundError:
        raise ArchiveError(
            f"{root} is not an offline folder: it has no {_NAME}",
            hint="make one with `deckarchive rewrite DECK`",
        ) from None
    except (OSError, ValueError) as error:
        raise ArchiveError(
            f"{root / _NAME} cannot be read: {error}",
            hint=f"{_AGAIN}; a double-click on its page may still show the deck",
        ) from error
    version = data.get("version") if isinstance(data, dict) else None
    if isinstance(version, int) and version > _VERSION:
        raise ArchiveError(
            f"{root} was made by a newer deckarchive (version {version} of the format)",
            hint="upgrade deckarchive",
        )
    try:
        offline = OfflineDeck.from_dict(data)
    except ManifestError as error:
        raise ArchiveError(
            f"{root / _NAME} is not what deckarchive writes: {error}",
            hint=_AGAIN,
        ) from error
    if not _may_be_page(root, offline.page):
        raise ArchiveError(
            f"{root / _NAME} names a page that is none of the folder's: {offline.page[:200]!r}",
            hint=_AGAIN,
        )
    pictures = (path for target in offline.targets for path in target.posters.values() if path)
    if away := [path for path in pictures if not _lies_in(root, path)]:
        raise ArchiveError(
            f"{root / _NAME} names a picture that is none of the folder's: {away[0][:200]!r}",
            hint=_AGAIN,
        )
    if not (root / offline.page).is_file():
        raise ArchiveError(
            f"{root} has lost its page {offline.page}",
            hint=_AGAIN,
        )
    return offline


def _may_be_page(root: Path, page: str) -> bool:
    """Whether ``page`` is a path below ``root`` that the server would answer: it goes into URLs,
    file names and the scripts of a bundle."""
    return page.isprintable() and "\\" not in page and _lies_in(root, page)


def _lies_in(root: Path, path: str) -> bool:
    """Whether ``path`` names something below ``root`` by plain names, links resolved."""
    if any(part[:1] in ("", ".") for part in path.split("/")):
        return False
    try:
        return (root / path).resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):  # a loop of links, a null character
        return False


def _meant(path: Path) -> str:
    """What to do about a path that is no folder."""
    if (path.parent / _NAME).is_file():
        return f"give the folder that it is in: {path.parent}"
    if path.is_file():
        return f"if it is a deck, `deckarchive pack {path}` makes the folder"
    return "make it with `deckarchive rewrite DECK`"
