"""A deck as read from disk, and the website that it is when presented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One decoded text file of a deck; ``path`` is relative to the deck's root (posix).

    ``text`` keeps its line ends and, so that spans are true, no byte-order mark.
    """

    path: str
    text: str
    encoding: str = "utf-8"
    bom: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deck:
    """A deck as read from disk: what every later step starts from.

    ``root`` is the deck's folder (absolute), or the ancestor that holds what the deck refers to
    by ``../`` or from ``/``; ``path`` is the deck file below it, and all paths of sources and
    references are relative to ``root``. ``format`` is ``reveal-md`` or ``html``. ``sources[0]``
    is the deck file; configuration files, external Markdown and local style sheets follow.
    ``slides`` counts the slides that reveal.js shows; ``warnings`` say what could not be read.
    ``options`` holds the merged reveal-md options (theme, css, scripts, separators, …) and
    ``reveal`` the merged reveal.js options; both are empty for an HTML deck.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DeckSite:
    """The deck as a website under :data:`deckarchive.urls.DECK_ORIGIN`.

    ``page`` is the path of the deck's page; ``pages`` holds generated files by path;
    ``mounts`` maps URL path prefixes (``""`` or ending in ``/``) to folders on disk, the
    longest prefix first.
    """

    page: str
    pages: Mapping[str, bytes]
    mounts: tuple[tuple[str, str], ...]
