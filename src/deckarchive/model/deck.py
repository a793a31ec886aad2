"""A deck as read from disk, and the website that it is when presented."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

CONFIG_FILES: Final = ("reveal-md.json", "reveal-md.json5", "reveal.json", "reveal.json5")
"""Names of the files that hold a reveal-md deck's options."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One decoded text file of a deck; ``path`` is relative to the deck's root (posix).

    ``text`` keeps its line ends and, so that spans are true, no byte-order mark.
    """

    path: str
    text: str
    encoding: str = "utf-8"
    bom: bool = False


_CODE: Final = (".js", ".mjs", ".cjs", ".css", ".wasm", ".woff", ".woff2", ".ttf", ".otf", ".eot")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeckFiles:
    """Which files below a deck's root are the deck's; all paths are relative to the root (posix).

    ``folder`` is the deck file's own folder (``""`` for the root, else ending in ``/``): what is in
    it may be asked for. Elsewhere only the files ``named`` by the deck's source, style sheets and
    pages count, and the code (scripts, style sheets, fonts, wasm) in the folders ``code`` (each
    ending in ``/``) of the libraries that they load. ``boxed`` are the folders (``""`` or ending in
    ``/``) of pages that the deck shows in sandboxed frames.
    """

    folder: str = ""
    named: frozenset[str] = frozenset()
    code: tuple[str, ...] = ()
    boxed: tuple[str, ...] = ()

    def allows(self, path: str) -> bool:
        """Whether the file at ``path`` (normalised) is the deck's by its place."""
        if path.startswith(self.folder) or path in self.named:
            return True
        return path.lower().endswith(_CODE) and path.startswith(self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deck:
    """A deck as read from disk: what every later step starts from.

    ``root`` is the deck's folder (absolute), or the ancestor that holds what the deck refers to
    by ``../`` or from ``/``; ``path`` is the deck file below it, and all paths of sources and
    references are relative to ``root``. ``format`` is ``reveal-md`` or ``html``. ``sources[0]``
    is the deck file; configuration files, external Markdown and local style sheets follow.
    ``slides`` counts the slides that reveal.js shows; ``warnings`` say what could not be read.
    ``options`` holds the merged reveal-md options (theme, css, scripts, separators, …) and
    ``reveal`` the merged reveal.js options; both are empty for an HTML deck. ``files`` says which
    files below the root are the deck's.
    """

    root: str
    path: str
    format: str
    title: str
    sha256: str
    sources: tuple[Source, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    reveal: Mapping[str, Any] = field(default_factory=dict)
    slides: int = 0
    warnings: tuple[str, ...] = ()
    files: DeckFiles = DeckFiles()

    def paths_at_root(self) -> dict[str, str]:
        """Where each source of a reveal-md deck stands when its page and configuration are at the
        root: its path → the new one. What the configuration names keeps its place beside it."""
        config = str(self.options.get("configDir") or "")
        paths: dict[str, str] = {}
        for source in self.sources:
            name = posixpath.basename(source.path)
            main = source is self.sources[0] or name in CONFIG_FILES
            paths[source.path] = name if main else source.path.removeprefix(config)
        return paths


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedDeck:
    """A deck with new texts, as it is to stand at the root of a folder.

    ``page`` is the page that shows it, in the encoding it is to have; ``project`` are the texts of
    a reveal-md deck, which stays a project beside it.
    """

    page: Source
    project: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeckSite:
    """The deck as a website under :data:`deckarchive.urls.DECK_ORIGIN`.

    ``page`` is the path of the deck's page; ``pages`` holds generated files by path;
    ``mounts`` maps URL path prefixes (``""`` or ending in ``/``) to folders on disk, the
    longest prefix first. Of what lies below ``root``, wherever it is mounted, only ``files`` are
    served; a mount elsewhere (a package of ours) is served whole.
    """

    page: str
    pages: Mapping[str, bytes]
    mounts: tuple[tuple[str, str], ...]
    root: str = ""
    files: DeckFiles = DeckFiles()
