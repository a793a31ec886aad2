"""The captured pages of all targets: which file each body becomes, with maps and scripts. Pure.

Making a :class:`Site` decides what stands where, without reading a body. Targets that share a page
form a group with one map, so that the page's copy is the same for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from deckarchive import urls
from deckarchive.model import DECK_CAPTURE_ID, CaptureRecord, Exchange, Kind
from deckarchive.rewriter.pages.addresses import Addresses, PageGroup, grouped
from deckarchive.rewriter.pages.copies import is_rewritten
from deckarchive.rewriter.pages.css import Lookup
from deckarchive.rewriter.pages.resources import sort_exchanges
from deckarchive.rewriter.plan_values import (
    DeckEntries,
    FileSchemeFile,
    GeneratedFile,
    PageFile,
    PlannedFile,
)
from deckarchive.rewriter.runtime import scripts
from deckarchive.rewriter.runtime.scripts import site_scripts

_BESIDE_PAGES: Final = frozenset(
    k.value for k in Kind if k.is_media or k in (Kind.IMAGE, Kind.BACKGROUND_IMAGE)
)
"""Targets that are media files: they stand in ``media/``."""


class Site:
    """The copies of all captured pages.

    ``captures`` and ``records`` are keyed by target id (``"deck"`` is the deck's own page, whose
    own files, under :data:`deckarchive.urls.DECK_ORIGIN`, are no part of it).
    """

    def __init__(
        self,
        captures: Mapping[str, Sequence[Exchange]],
        records: Mapping[str, CaptureRecord],
    ) -> None:
        self.records = records
        sorted_captures = {
            target: sort_exchanges(
                _without_deck_files(target, exchanges), _documents(records.get(target))
            )
            for target, exchanges in captures.items()
            if target not in records or records[target].kind not in _BESIDE_PAGES
        }
        self._groups = grouped(sorted_captures)
        for target, group in self._groups.items():
            if record := records.get(target):
                group.charsets |= record.charsets
        self.addresses = Addresses(dict.fromkeys(self._groups.values()))

    def files(self) -> Iterator[PlannedFile]:
        """What stands in ``sites/``, the pages of each group first, and the runtime's scripts."""
        done: set[str] = set()
        for group in self.addresses.groups:
            for body in group.resources.all_bodies():
                path = self.addresses.path(body)
                if path not in done:
                    done.add(path)
                    yield PageFile(path, group, body, is_rewritten(body))
        for path, text in site_scripts():
            yield GeneratedFile(path, text)

    def maps(
        self, deck_files: DeckEntries | None = None, embeds: scripts.UrlMap | None = None
    ) -> Iterator[PlannedFile]:
        """The map of each group with its file-scheme data, ``map.json`` and ``runtime/pages.js``.

        ``deck_files`` are entered into the map of the deck's page; ``embeds`` is where its embeds
        went, for those that its scripts make.
        """
        found_maps = []
        deck = self._groups.get(DECK_CAPTURE_ID)
        for group in self.addresses.groups:
            found = scripts.url_map(group.resources, self.addresses.path)
            found_maps.append(found)
            extra = deck_files if group is deck else None
            whole = scripts.merged([found, embeds]) if embeds and group is deck else found
            yield GeneratedFile(group.map_path, scripts.map_script(whole, extra))
            yield FileSchemeFile(group.map_path.removesuffix(".js") + ".data.js", group, extra)
        yield GeneratedFile("map.json", scripts.worker_map(scripts.merged(found_maps)))
        yield GeneratedFile("runtime/pages.js", scripts.pages_script(self._pages()))

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
        body = self.addresses.find(url, self._groups.get(target))
        return self.addresses.path(body) if body else None

    def address_of(self, url: str, target: str) -> str | None:
        """:meth:`path_of` as a URL relative to the root, ``?query`` and ``#fragment`` kept."""
        return self.lookup(target, "index.html")(url)

    def document_of(self, target: str) -> str | None:
        """The path of the copy of the target's final document; ``None`` when it has none."""
        group = self._groups.get(target)
        for url in _documents(self.records.get(target)):
            if group and (body := group.resources.find(url)):
                return self.addresses.path(body)
        return None

    def urls_of(self, target: str) -> dict[str, str]:
        """The offline paths of what ``target`` loaded, each with its URL."""
        group: PageGroup | None = self._groups.get(target)
        bodies = group.resources.bodies.values() if group else ()
        return {self.addresses.path(body): body.exchange.url for body in bodies}

    def import_map(self, target: str, path: str) -> dict[str, Any]:
        """The import map for modules that ``target`` loaded, for a page at ``path``."""
        group = self._groups.get(target)
        return self.addresses.modules(group).import_map(path) if group else {}

    def lookup(self, target: str, path: str) -> Lookup:
        """The lookup with which a file of the deck at ``path`` is rewritten."""
        return self.addresses.lookup(self._groups.get(target), path)


def _documents(record: CaptureRecord | None) -> list[str]:
    """The URLs of a target's own document: as it ended, as it was asked for."""
    return [url for url in (record.final_url, record.url) if url] if record else []


def _without_deck_files(target: str, exchanges: Sequence[Exchange]) -> list[Exchange]:
    if target != DECK_CAPTURE_ID:
        return list(exchanges)
    return [x for x in exchanges if not urls.is_deck_url(x.url)]
