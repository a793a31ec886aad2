"""An offline folder on disk: what it says of itself, and which file of it a URL path names.

Paths come from untrusted pages: whatever is not plainly a file inside the folder is
answered as if it were not there.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from deckarchive.errors import ArchiveError, ManifestError
from deckarchive.files import read_json
from deckarchive.model import OfflineDeck

_CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")

ARCHIVED: Final = "sites"
"""The folder of captured files, whose own names may begin with a dot (/.well-known/)."""

# A file that is just being written (files.write_bytes, files.new_folder), and what a version
# control system keeps beside a folder that its owner publishes.
_UNFINISHED = re.compile(r"\..+\.[a-z0-9_]{8}(?:\.old\.[a-z0-9_]{8})?")
_PRIVATE = frozenset({".git", ".hg", ".svn"})


_NAME = "deckarchive.json"
_VERSION = 1
_AGAIN = "make the folder again with `deckarchive rewrite DECK`"


class ServedFolder:
    """The files below ``root`` by URL path."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def find(self, path: str) -> Path | None:
        """The file that a URL path (percent-encoded, no query) names, or ``None``.

        A directory means its ``index.html``. Dot segments, encoded or not, separators in
        disguise, control characters, links that lead out, hidden and unfinished files name nothing.
        """
        names = _segments(path)
        if names is None:
            return None
        try:
            found = self.root.joinpath(*names).resolve()
            if found.is_dir():
                found = (found / "index.html").resolve()
            inside = found.is_relative_to(self.root)
            return found if inside and found.is_file() else None
        except (OSError, RuntimeError, ValueError):  # too long, a loop of links
            return None

    def needs_slash(self, path: str) -> str | None:
        """Where to redirect, when ``path`` names a directory without its final slash."""
        names = _segments(path)
        if not names or path.endswith("/"):
            return None
        try:
            found = self.root.joinpath(*names).resolve()
            if not found.is_dir() or not found.is_relative_to(self.root):
                return None
        except (OSError, RuntimeError, ValueError):
            return None
        # Rebuilt from its names: "//host" must not become a redirect to another host.
        return "/" + "".join(f"{quote(name)}/" for name in names)

    def is_archived(self, file: Path) -> bool:
        """Whether the file came from a captured site, whose types may need sniffing."""
        # However the URL wrote it: some file systems take SITES for the same folder.
        return file.relative_to(self.root).parts[0].casefold() == ARCHIVED


def _segments(path: str) -> list[str] | None:
    """The decoded path segments that are names, or ``None`` when one is not allowed."""
    names: list[str] = []
    for raw in path.split("/"):
        try:
            name = unquote_to_bytes(raw).decode("utf-8")
        except UnicodeDecodeError:
            return None
        if name in (".", "..") or "/" in name or _CONTROL.search(name):
            return None
        if name in _PRIVATE or _UNFINISHED.fullmatch(name):
            return None
        if name.startswith(".") and names[:1] != [ARCHIVED]:
            return None  # hidden files of the deck's folder are not a part of it
        if os.name == "nt" and (":" in name or name.endswith((".", " "))):
            return None
        if name:
            names.append(name)
    return names


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
