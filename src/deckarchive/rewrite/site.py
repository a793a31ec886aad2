"""The page half of the offline folder: captured exchanges become ``sites/``, maps and runtime.

One :class:`SiteWriter` serves all targets of a deck. ``build`` lists what exists first, then
writes one body at a time; after (or before) it, ``path_of`` and ``address_of`` answer where a
URL stands in the folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from deckarchive.model import CaptureRecord, Exchange


class SiteWriter:
    """Writes the copies of all captured pages below ``out``.

    ``captures`` and ``records`` are keyed by target id (``"deck"`` is the deck's own page).
    """

    def __init__(
        self,
        out: Path,
        captures: Mapping[str, Sequence[Exchange]],
        records: Mapping[str, CaptureRecord],
    ) -> None:
        self.out = out
        self.captures = captures
        self.records = records

    def build(self, on_event: Callable[[str, str], None] | None = None) -> None:
        """Write ``sites/``, ``runtime/``, ``sw.js`` and ``map.json``."""
        raise NotImplementedError

    def path_of(self, url: str, target: str) -> str | None:
        """The offline path of ``url`` as ``target`` saw it, redirects followed to their end."""
        raise NotImplementedError

    def address_of(self, url: str, target: str) -> str | None:
        """:meth:`path_of` as a URL relative to the root: ``?query`` and ``#fragment`` kept."""
        raise NotImplementedError

    def document_of(self, target: str) -> str | None:
        """The path of the copy of the target's final document; ``None`` when it has none."""
        raise NotImplementedError
