"""What the offline folder is to hold, as a value: nothing is written, the folder is not looked at.

It is made in two steps, since the deck's own page is the deck package's: :func:`place` says where
each target stands and gives the deck's texts that lead there; :func:`plan` adds the page and the
project that were made of them, and all that these name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote

from deckarchive import __version__, urls, vendor
from deckarchive.deckfiles import open_found
from deckarchive.model import (
    CONFIG_FILES,
    DECK_CAPTURE_ID,
    MADE,
    Deck,
    FinishedDeck,
    Manifest,
    OfflineDeck,
    OfflineTarget,
    runtime_targets,
)
from deckarchive.rewriter.deck.files import DeckFileCopies, script_literal_files
from deckarchive.rewriter.deck.frames import LIVE_PAGE, readme, uncaptured_page
from deckarchive.rewriter.deck.inline_documents import INLINE, InlineDocuments
from deckarchive.rewriter.deck.page import Script, finish_page
from deckarchive.rewriter.deck.placement import CaptureSource, Placer
from deckarchive.rewriter.deck.requests import DeckRequests, captures, has_file
from deckarchive.rewriter.deck.splices import (
    EMPTY_MEDIUM,
    PlacedReferences,
    Placement,
    encoded,
    plain_path,
    spliced,
    without_unused_sources,
)
from deckarchive.rewriter.file_scheme.modules import (
    MODULES_SCRIPT,
    find_modules,
    has_import_map,
    has_modules,
    import_sources,
    with_import_maps,
)
from deckarchive.rewriter.pages import importmaps
from deckarchive.rewriter.pages.addresses import Addresses
from deckarchive.rewriter.pages.copies import Copies
from deckarchive.rewriter.pages.paths import natural_folder
from deckarchive.rewriter.pages.site import Site
from deckarchive.rewriter.plan_values import (
    CopiedFile,
    GeneratedFile,
    PageFile,
    PlannedFile,
    PlannedFolder,
)
from deckarchive.rewriter.runtime.scripts import PAGE_SCRIPT, deck_scripts, map_of_paths

PAGE: Final = "index.html"
_BY_TARGET: Final = (("frames", "."), ("media", "."), ("posters", "."), ("posters", "-"))
"""Where the files of a target stand, and what follows its id in their names."""

_F = TypeVar("_F", bound=PlannedFile)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that :func:`deckarchive.rewriter.write` needs.

    ``files`` are in the order in which they are written, each path once. ``placements`` says where
    the deck finds each target (by its id), ``addresses`` what a URL of a captured page leads to.
    ``offline`` is what the folder's deckarchive.json will say, but for the files and the time.
    """

    root: str
    files: tuple[PlannedFile, ...]
    placements: Mapping[str, Placement]
    offline: OfflineDeck
    notes: tuple[str, ...]
    addresses: Addresses = field(repr=False)

    @property
    def targets(self) -> tuple[OfflineTarget, ...]:
        """In which form each target is shown, and by which files."""
        return self.offline.targets

    @property
    def paths(self) -> tuple[str, ...]:
        """The path of each file, in the order of :attr:`files`."""
        return tuple(file.path for file in self.files)

    def file(self, path: str, kind: type[_F]) -> _F:
        """The file at ``path``, which is of that kind. Raises :class:`KeyError` otherwise."""
        for file in self.files:
            if file.path == path and isinstance(file, kind):
                return file
        raise KeyError(path)

    def text(self, path: str) -> str:
        """The text of a generated file. Raises :class:`KeyError` when there is none."""
        return self.file(path, GeneratedFile).data.decode()


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
    _folder: PlannedFolder = field(repr=False)
    _deck_files: DeckFileCopies = field(repr=False)
    _embeds: Mapping[str, str] = field(repr=False)
    _project: frozenset[str] = field(repr=False)
    _notes: tuple[str, ...] = field(repr=False)


def place(deck: Deck, manifest: Manifest, archive: CaptureSource) -> Placements:
    """Say where each target stands, and splice the deck's texts so that they lead there.

    Raises :class:`DeckError` when deck and manifest differ.
    """
    return _PlacementRun(deck, manifest, archive).run()


def plan(placements: Placements, finished: FinishedDeck) -> Plan:
    """The whole folder. ``finished`` is the deck, made of ``placements.sources``.

    Its notes have a line for each file of the deck that is missing and each remote part that was
    not captured.
    """
    return _Planning(placements, finished).run()


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
            _folder=self.folder,
            _deck_files=self.deck_files,
            _embeds=self.embeds,
            _project=project,
            _notes=tuple(self.notes),
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


class _Planning:
    """The second step, on a copy of what the first one planned."""

    def __init__(self, placements: Placements, finished: FinishedDeck) -> None:
        self.placements, self.finished = placements, finished
        self.deck, self.site = placements.deck, placements.site
        self.notes = list(placements._notes)
        self.folder = placements._folder.copy()
        self.deck_files = placements._deck_files.copy(self.folder, self.notes.append)
        root = Path(self.deck.root)
        self.requests = DeckRequests(root, placements.archive, self.site, self.deck_files)

    def run(self) -> Plan:
        known = {source.path for source in self.deck.sources}
        for path in self.requests.paths():
            if path not in known:
                self.deck_files.add(path)
        for path, text in deck_scripts():
            self.folder.generate(path, text)
        self._project()
        self._page()
        embeds = self.placements._embeds
        for file in self.site.maps(self.requests.entries(embeds), map_of_paths(embeds)):
            self.folder.add(file)
        self.folder.generate("frames/uncaptured.html", uncaptured_page())
        self.folder.generate("frames/live.html", LIVE_PAGE)
        offline = self._offline()
        self.folder.generate("README.txt", readme(offline))
        return Plan(
            root=self.deck.root,
            files=tuple(self.folder.files.values()),
            placements=self.placements.by_target,
            offline=offline,
            notes=tuple(self.notes),
            addresses=self.site.addresses,
        )

    def _project(self) -> None:
        """The texts of a reveal-md deck, which stays a project."""
        for part in self.finished.project:
            if part.path.lower().endswith(".css"):
                continue  # rewritten as it is copied
            if part.path in self.placements._project:
                self.folder.generate(part.path, encoded(part.text, part))
            else:
                note = f"{part.path}: its name is kept for a file of this folder, left out"
                self.notes.append(note)

    def _page(self) -> None:
        """The deck's own page, and the files that it names."""
        source = self.finished.page
        page = self.deck_files.add_page(source.text)
        at = urls.DECK_ORIGIN + quote(self._page_path)
        for path in script_literal_files(page, at, Path(self.deck.root)):
            self.deck_files.add(path)
        page = import_sources(with_import_maps(page, self._import_map))
        scripts, imports = self._scripts(), {}
        if has_modules(page):
            scripts += self._modules(page)
            if not has_import_map(page):
                imports = self.site.import_map(DECK_CAPTURE_ID, PAGE)
        page = finish_page(page, source.encoding, scripts, imports)
        self.folder.generate(PAGE, encoded(page, source))

    @property
    def _page_path(self) -> str:
        """Where the deck's page stood when it was captured."""
        return PAGE if self.deck.format == "reveal-md" else self.deck.path

    def _import_map(self, text: str, first: bool) -> str:
        """An import map of the page: prefixes lead to the deck's own folders or to copies."""
        extra = self.site.import_map(DECK_CAPTURE_ID, PAGE) if first else {}

        def folder(url: str) -> str:
            if urls.is_deck_url(url):
                return quote(urls.deck_path(url))
            return natural_folder(url)

        lookup = self.site.lookup(DECK_CAPTURE_ID, PAGE)
        return importmaps.joined(
            text, extra, urls.DECK_ORIGIN + quote(self._page_path), lookup, folder
        )

    def _modules(self, page: str) -> Iterator[Script]:
        """Carry the modules of the page for file://; the script that does it, if any."""
        found = find_modules(page, self._reader(), self.requests)
        if not found.complete:
            self.notes.append(
                f"{PAGE} loads many modules: it needs a server, a double-click will not do"
            )
        if found.sources:
            self.folder.generate(MODULES_SCRIPT, found.script())
            yield Script(src=MODULES_SCRIPT)

    def _reader(self) -> Callable[[str, int], bytes | None]:
        """What reads the first bytes of a planned file from where they come from."""
        copies = Copies(self.site.addresses)

        def read(path: str, limit: int) -> bytes | None:
            file = self.folder.files.get(path)
            if file is None or not limit:
                return None if file is None else b""
            if isinstance(file, GeneratedFile):
                return file.data[:limit]
            if isinstance(file, PageFile):
                return copies.read(file, limit)
            if isinstance(file, CopiedFile):
                with open_found(file.source) as stream:
                    return stream.read(limit)
            return None

        return read

    def _scripts(self) -> list[Script]:
        """The runtime that the deck's own page needs: its map, when it has one, and deck.js."""
        map_path = self.site.map_path(DECK_CAPTURE_ID)
        scripts = [Script(src="runtime/deck.js")]
        if map_path:
            page = Script(
                src=PAGE_SCRIPT,
                data={"url": urls.DECK_ORIGIN + quote(self.deck.path), "own": ""},
            )
            scripts = [Script(src=map_path), page, *scripts]
        return [Script(src="runtime/stage.js"), *scripts]

    def _offline(self) -> OfflineDeck:
        info = self.placements.manifest.deck
        return OfflineDeck(
            title=self.deck.title or info.title,
            page=PAGE,
            slides=info.slides,
            created="",
            software=f"deckarchive {__version__}",
            deck=info,
            targets=self.placements.targets,
        )
