"""Where each target stands in the offline folder, and the deck's texts that lead there: the first
step of a plan. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote

from deckarchive import urls, vendor
from deckarchive.model import (
    CONFIG_FILES,
    DECK_CAPTURE_ID,
    MADE,
    Deck,
    Manifest,
    OfflineTarget,
    runtime_targets,
)
from deckarchive.rewriter.deck.files import DeckFileCopies
from deckarchive.rewriter.deck.inline_documents import INLINE, InlineDocuments
from deckarchive.rewriter.deck.placement import CaptureSource, Placer
from deckarchive.rewriter.deck.requests import captures, has_file
from deckarchive.rewriter.deck.splices import (
    EMPTY_MEDIUM,
    PlacedReferences,
    Placement,
    plain_path,
    spliced,
    without_unused_sources,
)
from deckarchive.rewriter.pages.site import Site
from deckarchive.rewriter.plan_values import (
    PlannedFolder,
)

PAGE: Final = "index.html"
_BY_TARGET: Final = (("frames", "."), ("media", "."), ("posters", "."), ("posters", "-"))
"""Where the files of a target stand, and what follows its id in their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placements:
    """Where all targets of a deck stand; ``sources`` are the deck's texts, by path, so spliced."""

    deck: Deck
    manifest: Manifest
    sources: Mapping[str, str]
    by_target: Mapping[str, Placement]
    targets: tuple[OfflineTarget, ...]
    archive: CaptureSource = field(repr=False)
    site: Site = field(repr=False)
    folder: PlannedFolder = field(repr=False)
    deck_files: DeckFileCopies = field(repr=False)
    embeds: Mapping[str, str] = field(repr=False)
    project: frozenset[str] = field(repr=False)
    notes: tuple[str, ...] = field(repr=False)


def place(deck: Deck, manifest: Manifest, archive: CaptureSource) -> Placements:
    """Say where each target stands, and splice the deck's texts so that they lead there.

    Raises :class:`DeckError` when deck and manifest differ.
    """
    return _PlacementRun(deck, manifest, archive).run()


class _PlacementRun:
    """The first step: holds what its parts share."""

    def __init__(self, deck: Deck, manifest: Manifest, archive: CaptureSource) -> None:
        self.deck, self.manifest, self.archive = deck, manifest, archive
        self.folder = PlannedFolder()
        self.notes: list[str] = []
        self.site = Site(captures(manifest, archive), archive.records)
        self.deck_files = DeckFileCopies(
            self.folder,
            Path(deck.root),
            self._remote,
            vendor.folder,
            self.notes.append,
            deck.files,
            packaged=deck.format == "reveal-md",
        )
        self.media: dict[str, str] = {}
        self.embeds: dict[str, str] = {}
        self.by_target: dict[str, Placement] = {}
        self.inline: dict[str, str] = {}

    def run(self) -> Placements:
        project = self._reserve()
        for file in self.site.files():
            self.folder.add(file)
        placed, entries = self._place_targets()
        placed += self._place_local(placed)
        return Placements(
            deck=self.deck,
            manifest=self.manifest,
            archive=self.archive,
            sources=spliced(self.deck, placed, self._inline_documents()),
            by_target=self.by_target,
            targets=tuple(entries),
            site=self.site,
            folder=self.folder,
            deck_files=self.deck_files,
            embeds=self.embeds,
            project=project,
            notes=tuple(self.notes),
        )

    def _reserve(self) -> frozenset[str]:
        """Keep the names of what is planned later than files of the deck's own; the project's."""
        ids = [target.id for target in self.manifest.targets]
        starts = [f"{place}/{name}{mark}" for name in ids for place, mark in _BY_TARGET]
        project: frozenset[str] = frozenset()
        if self.deck.format == "reveal-md":
            named = [*self.deck.paths_at_root().values(), *CONFIG_FILES]
            texts = (name for name in named if not name.lower().endswith(".css"))
            project = frozenset(name for name in texts if not self.folder.is_ours(name))
        self.folder.reserve(project, starts)
        return project

    def _remote(self, url: str) -> str | None:
        """Where a style sheet of the deck finds a URL of another host."""
        document = urls.split_fragment(url)[0]
        return self.media.get(document) or self.site.address_of(url, DECK_CAPTURE_ID)

    def _place_targets(self) -> tuple[PlacedReferences, list[OfflineTarget]]:
        placer = Placer(self.folder, self.archive, self.site, self.deck_files.add_document)
        placed: PlacedReferences = []
        entries: list[OfflineTarget] = []
        of_scripts = runtime_targets(self.manifest)
        for target in self.manifest.targets:
            result = placer.place(target)
            if result is None:
                continue
            place, entry = result
            self.by_target[target.id] = place
            entries.append(entry)
            if place.address and has_file(target):
                self.media[target.url] = place.address
            if place.address and (target in of_scripts or not urls.is_deck_url(target.url)):
                self.embeds[target.url] = place.address
            if place.address or place.card:
                placed += [(r, place) for r in target.references if r.syntax != MADE]
        return without_unused_sources(self.manifest, placed, entries)

    def _inline_documents(self) -> InlineDocuments:
        """What rewrites the documents in the deck's attributes, by where all else is placed."""
        own = {file.path for file in self.manifest.local}
        inside = [t for t in self.manifest.targets if any(r.syntax == INLINE for r in t.references)]
        places = {t.url: self.by_target[t.id] for t in inside if t.id in self.by_target}

        def address_of(url: str) -> str | None:
            document, fragment = urls.split_fragment(url)
            if place := places.get(document):
                address = place.address or EMPTY_MEDIUM
                return f"{address}#{fragment}" if place.page and fragment else address
            if urls.is_deck_url(url):
                path = urls.deck_path(document)
                placed = self.deck_files.add(path) if path in own else None
                return quote(placed) if placed else None
            return self.media.get(document) or self.site.address_of(url, DECK_CAPTURE_ID)

        def write(name: str, text: Callable[[str], str]) -> str:
            if name not in self.inline:
                self.inline[name] = path = self.folder.claim(name)
                self.folder.generate(path, text(path))
            return self.inline[name]

        page = PAGE if self.deck.format == "reveal-md" else self.deck.path
        url = urls.DECK_ORIGIN + quote(page)
        return InlineDocuments(address_of, url, self.site.map_path(DECK_CAPTURE_ID), write)

    def _place_local(self, placed: PlacedReferences) -> PlacedReferences:
        """The deck's own files; a reference changes only where its file's path did."""
        done = {(r.file, r.span) for r, _ in placed}
        moved: PlacedReferences = []
        for local in self.manifest.local:
            path = self.deck_files.add(local.path)
            for reference in local.references:
                if (
                    path is None
                    or reference.file.endswith(".css")
                    or (reference.file, reference.span) in done
                    or reference.syntax == INLINE
                ):
                    continue
                if plain_path(reference.raw) != path:
                    _, mark, query = urls.split_fragment(reference.raw)[0].partition("?")
                    address = quote(path) + mark + query
                    moved.append((reference, Placement(address=address, page=True)))
        return moved
