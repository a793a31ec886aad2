"""The page half of the offline folder: captured exchanges become ``sites/``, maps and runtime.

One :class:`SiteWriter` serves all targets of a deck. Making one decides what stands where,
without reading a body; ``build`` then writes one body at a time. Targets that share a page form
a group with one map, so that the page's copy is the same for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from deckarchive import urls
from deckarchive.model import DECK_CAPTURE_ID, CaptureRecord, Exchange, Kind
from deckarchive.rewrite import data, runtime
from deckarchive.rewrite.addresses import Addresses, Group, grouped
from deckarchive.rewrite.copies import Copies
from deckarchive.rewrite.css import Lookup
from deckarchive.rewrite.output import Output
from deckarchive.rewrite.resources import Body, sort_exchanges

_BESIDE_PAGES: Final = frozenset(
    k.value for k in Kind if k.is_media or k in (Kind.IMAGE, Kind.BACKGROUND_IMAGE)
)
"""Targets that are media files: the deck half copies them to ``media/``."""

OnEvent = Callable[[str, str], object]


class SiteWriter:
    """Writes the copies of all captured pages to ``output``.

    ``captures`` and ``records`` are keyed by target id (``"deck"`` is the deck's own page, whose
    own files, under :data:`deckarchive.urls.DECK_ORIGIN`, are left to the deck half).
    """

    def __init__(
        self,
        output: Output,
        captures: Mapping[str, Sequence[Exchange]],
        records: Mapping[str, CaptureRecord],
    ) -> None:
        self.output = output
        self.records = records
        sorted_captures = {
            target: sort_exchanges(_own(target, exchanges), _documents(records.get(target)))
            for target, exchanges in captures.items()
            if target not in records or records[target].kind not in _BESIDE_PAGES
        }
        self._groups = grouped(sorted_captures)
        for target, group in self._groups.items():
            if record := records.get(target):
                group.charsets |= record.charsets
        self._addresses = Addresses(dict.fromkeys(self._groups.values()))

    def build(self, on_event: OnEvent | None = None) -> None:
        """Write everything: :meth:`write_files`, then :meth:`write_maps`."""
        self.write_files(on_event)
        self.write_maps()

    def write_files(self, on_event: OnEvent | None = None) -> None:
        """Write ``sites/``, the runtime's scripts and ``sw.js``.

        ``on_event`` is told ``("file", path)`` for each file. Raises :class:`OutputError` when
        one cannot be written.
        """
        done: set[str] = set()
        copies = Copies(self.output, self._addresses)
        for group in self._addresses.groups:
            for body in group.resources.all_bodies():
                path = self._addresses.path(body)
                if path in done:
                    continue
                done.add(path)
                copies.write(group, body)
                if on_event:
                    on_event("file", path)
        runtime.write_scripts(self.output)

    def write_maps(
        self, own: data.OwnEntries | None = None, shown: runtime.UrlMap | None = None
    ) -> None:
        """Write the map of each group, and ``map.json``, when all files are written.

        ``own`` are the deck's own files, to be entered into the map of its page; ``shown`` is where
        its embeds went, for those that its scripts make.
        """
        maps = []
        deck = self._groups.get(DECK_CAPTURE_ID)
        for group in self._addresses.groups:
            found = runtime.url_map(group.resources, self._addresses.path)
            maps.append(found)
            extra = own if group is deck else None
            whole = runtime.merged([found, shown]) if shown and group is deck else found
            runtime.write_map(self.output, group.map_path, whole, extra)
            data.write_data(
                self.output, group.map_path, group.resources, self._addresses.path, extra
            )
        runtime.write_worker_map(self.output, runtime.merged(maps))
        runtime.write_pages(self.output, self._pages())

    def _pages(self) -> dict[str, str]:
        """Where the own document of each target stands, by the URLs that lead to it."""
        found: dict[str, str] = {}
        for target in self._groups:
            path = self.document_of(target)
            if path and target != DECK_CAPTURE_ID:
                for url in _documents(self.records.get(target)):
                    found.setdefault(url, path)
        return found

    def map_path(self, target: str) -> str | None:
        """Where the map of ``target`` stands; ``None`` when nothing of it was captured."""
        group = self._groups.get(target)
        return group.map_path if group else None

    def path_of(self, url: str, target: str) -> str | None:
        """The offline path of ``url`` as ``target`` saw it, redirects followed to their end.

        Relative to the root, posix; ``None`` when it was not captured. Another target's capture
        of the URL is better than none.
        """
        body = self._addresses.find(url, self._groups.get(target))
        return self._addresses.path(body) if body else None

    def address_of(self, url: str, target: str) -> str | None:
        """:meth:`path_of` as a URL relative to the root, ``?query`` and ``#fragment`` kept."""
        return self.lookup(target, "index.html")(url)

    def document_of(self, target: str) -> str | None:
        """The path of the copy of the target's final document; ``None`` when it has none."""
        group = self._groups.get(target)
        for url in _documents(self.records.get(target)):
            if group and (body := group.resources.find(url)):
                return self._addresses.path(body)
        return None

    def urls_of(self, target: str) -> dict[str, str]:
        """The offline paths of what ``target`` loaded, each with its URL."""
        return {self._addresses.path(body): body.exchange.url for body in self._bodies(target)}

    def import_map(self, target: str, path: str) -> dict[str, Any]:
        """The import map for modules that ``target`` loaded, for a page at ``path``."""
        group = self._groups.get(target)
        return self._addresses.modules(group).import_map(path) if group else {}

    def lookup(self, target: str, path: str) -> Lookup:
        """The lookup with which a file of the deck at ``path`` is rewritten."""
        return self._addresses.lookup(self._groups.get(target), path)

    def _bodies(self, target: str) -> Sequence[Body]:
        group: Group | None = self._groups.get(target)
        return list(group.resources.bodies.values()) if group else []


def _documents(record: CaptureRecord | None) -> list[str]:
    """The URLs of a target's own document: as it ended, as it was asked for."""
    return [url for url in (record.final_url, record.url) if url] if record else []


def _own(target: str, exchanges: Sequence[Exchange]) -> list[Exchange]:
    if target != DECK_CAPTURE_ID:
        return list(exchanges)
    return [x for x in exchanges if not urls.is_deck_url(x.url)]
