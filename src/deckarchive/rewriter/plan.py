"""What the offline folder is to hold, as a value: nothing is written, the folder is not looked at.

It is made in two steps, since the deck's own page is the deck package's: :func:`place` says where
each target stands and gives the deck's texts that lead there; :func:`plan` adds the page and the
project that were made of them, and all that these name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from deckarchive import __version__, urls
from deckarchive.deckfiles import open_found
from deckarchive.model import (
    DECK_CAPTURE_ID,
    FinishedDeck,
    OfflineDeck,
    OfflineTarget,
    Tier,
)
from deckarchive.rewriter.deck.files import script_literal_files
from deckarchive.rewriter.deck.frames import LIVE_PAGE, readme, uncaptured_page
from deckarchive.rewriter.deck.page import Script, finish_page
from deckarchive.rewriter.deck.requests import DeckRequests
from deckarchive.rewriter.deck.splices import (
    Placement,
    encoded,
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
from deckarchive.rewriter.placements import PAGE, Placements
from deckarchive.rewriter.plan_values import (
    CopiedFile,
    GeneratedFile,
    PageFile,
    PlannedFile,
)
from deckarchive.rewriter.runtime.scripts import PAGE_SCRIPT, deck_scripts, map_of_paths

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


def plan(placements: Placements, finished: FinishedDeck) -> Plan:
    """The whole folder. ``finished`` is the deck, made of ``placements.sources``.

    Its notes have a line for each file of the deck that is missing and each remote part that was
    not captured.
    """
    return _Planning(placements, finished).run()


class _Planning:
    """The second step, on a copy of what the first one planned."""

    def __init__(self, placements: Placements, finished: FinishedDeck) -> None:
        self.placements, self.finished = placements, finished
        self.deck, self.site = placements.deck, placements.site
        self.notes = list(placements.notes)
        self.folder = placements.folder.copy()
        self.deck_files = placements.deck_files.copy(self.folder, self.notes.append)
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
        embeds = self.placements.embeds
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
            if part.path in self.placements.project:
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
            unresolved=self._unresolved(),
        )

    def _unresolved(self) -> tuple[str, ...]:
        """What the deck's own page loads and the archive lacks, though nothing says why: what a
        capture asked for in vain is in its record."""
        records = self.placements.archive.records
        deck = records.get(DECK_CAPTURE_ID)
        in_vain = {missing.url for missing in deck.missing} if deck else set()
        loaded = {t.id for t in self.placements.manifest.targets if t.shown} - set(records)
        lost = [
            target.url
            for target in self.placements.targets
            if target.id in loaded and not target.slides and target.best in (Tier.CARD, Tier.BLANK)
        ]
        return tuple(url for url in dict.fromkeys(lost) if url not in in_vain)
