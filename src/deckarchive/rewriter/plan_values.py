"""What is to stand in the offline folder, a value a file, and whose names are taken. Pure.

Names are compared as the most forgetful file system does (Windows, macOS): without case, composed,
without dots and blanks at a name's end. What is ours keeps its name; a file of the deck's that
would meet it, or another, stands under ``own/``.
"""

from __future__ import annotations

import posixpath
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deckarchive.model import Exchange
from deckarchive.rewriter.pages.addresses import PageGroup
from deckarchive.rewriter.pages.resources import CapturedBody

OWN: Final = "own"
_FILES: Final = ("index.html", "deckarchive.json", "readme.txt", "sw.js", "map.json",
                 "frames/uncaptured.html", "frames/live.html")  # fmt: skip
_FOLDERS: Final = frozenset({"frames", "media", "posters", "sites", "assets", "runtime", OWN})
"""Folders of ours, in which a deck may have files of its own as well."""
_LATER: Final = ("runtime/",)
"""Folders whose files are ours alone, and planned last."""


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """A file whose contents are known: a frame page, a map, a script, a text of the deck."""

    path: str
    content: str | bytes = field(repr=False)

    @property
    def data(self) -> bytes:
        """The bytes to write; text is UTF-8."""
        return self.content.encode() if isinstance(self.content, str) else self.content


@dataclass(frozen=True, slots=True)
class CopiedFile:
    """A file of the deck's folder, or of a package that comes with us, as it is."""

    path: str
    source: Path


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """A medium: the body of an exchange as it was recorded."""

    path: str
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class PageFile:
    """A body that a captured page loaded, below ``sites/``.

    A ``rewritten`` one has its URLs looked up for ``group``; of the others a text that names an
    encoding becomes UTF-8, and the rest is copied as recorded.
    """

    path: str
    group: PageGroup = field(repr=False)
    body: CapturedBody = field(repr=False)
    rewritten: bool

    @property
    def url(self) -> str:
        return self.body.exchange.url


@dataclass(frozen=True, slots=True)
class PosterFile:
    """The screenshot of one view of a target: its bytes, or the file that holds them."""

    path: str
    picture: bytes | Path = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeckEntries:
    """The deck's own files for its URL map: ``places`` maps a URL's path to the file's.

    ``read`` maps such a file, when a script of the deck read it, to its media type.
    """

    host: str
    places: Mapping[str, str]
    read: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FileSchemeFile:
    """What the pages of ``group`` read on file://, as a script (``<group>.data.js``).

    Made of files that stand in the folder by then; large ones get scripts of their own beside it.
    """

    path: str
    group: PageGroup = field(repr=False)
    deck_files: DeckEntries | None = None


PlannedFile = GeneratedFile | CopiedFile | RecordedFile | PageFile | PosterFile | FileSchemeFile


class PlannedFolder:
    """The files of the folder, in the order in which they are written, and the names taken."""

    def __init__(self) -> None:
        self.files: dict[str, PlannedFile] = {}
        self._names: set[str] = set()
        self._folders: set[str] = set()
        self._ours: set[str] = set(map(folded, _FILES))
        self._starts: tuple[str, ...] = _LATER

    def copy(self) -> PlannedFolder:
        """The same folder, to be planned on without a change of this one."""
        new = PlannedFolder()
        new.files, new._names = dict(self.files), set(self._names)
        new._folders, new._ours, new._starts = set(self._folders), set(self._ours), self._starts
        return new

    def add(self, file: PlannedFile) -> None:
        """Plan one file; a later one of the same path takes the place of an earlier."""
        self.files[file.path] = file
        self._enter(file.path)

    def generate(self, path: str, content: str | bytes) -> None:
        """Plan a file whose contents are at hand."""
        self.add(GeneratedFile(path, content))

    def has(self, path: str) -> bool:
        """Whether a file stands at ``path``, which a URL names."""
        return posixpath.normpath(path) in self.files

    def reserve(self, names: Iterable[str], starts: Iterable[str] = ()) -> None:
        """Keep ``names``, and all that begin with one of ``starts``, for files that are ours."""
        self._ours |= {folded(name) for name in names}
        self._starts += tuple(map(folded, starts))

    def is_ours(self, path: str) -> bool:
        """Whether a name is kept for what is ours, or would need a folder in a file's place."""
        key = folded(path)
        kept = key in _FOLDERS or key.startswith(self._starts)
        return kept or not self._ours.isdisjoint((key, *_parents(key)))

    def claim(self, path: str) -> str:
        """A name for a file of the deck's that is at ``path`` there: the same, or one in ``own/``.

        It is taken from now on.
        """
        name, number = path, 1
        while self._is_taken(name):
            name = f"{OWN}/{path}" if number == 1 else f"{OWN}/{number}/{path}"
            number += 1
        self._enter(name)
        return name

    def _is_taken(self, path: str) -> bool:
        key = folded(path)
        known = key in self._names or key in self._folders
        return known or self.is_ours(path) or not self._names.isdisjoint(_parents(key))

    def _enter(self, path: str) -> None:
        key = folded(path)
        self._names.add(key)
        self._folders.update(_parents(key))


def folded(path: str) -> str:
    """What two names have in common that are one file somewhere."""
    parts = (part.rstrip(" .") or part for part in path.split("/"))
    composed = unicodedata.normalize("NFC", "/".join(parts)).casefold()
    return unicodedata.normalize("NFC", composed)


def _parents(key: str) -> Iterator[str]:
    while key := key.rpartition("/")[0]:
        yield key
