"""The offline folder of one deck: everything written, then swapped in as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from deckarchive import __version__, files, js, urls, vendor
from deckarchive.errors import ArchiveError, OutputError
from deckarchive.model import (
    DECK_CAPTURE_ID,
    MADE,
    Deck,
    Manifest,
    OfflineDeck,
    OfflineTarget,
    Source,
    made_targets,
)
from deckarchive.rewrite import importmaps
from deckarchive.rewrite.cards import readme
from deckarchive.rewrite.choices import spare_alternatives
from deckarchive.rewrite.frames import LIVE_PAGE, uncaptured_page
from deckarchive.rewrite.modules import (
    MODULES_SCRIPT,
    find_modules,
    has_import_map,
    has_modules,
    import_sources,
    with_import_maps,
)
from deckarchive.rewrite.named import named_files
from deckarchive.rewrite.names import natural_folder
from deckarchive.rewrite.output import Output
from deckarchive.rewrite.own import ASSETS, OwnFiles
from deckarchive.rewrite.page import Script, finish_page
from deckarchive.rewrite.placing import Archive, Placer
from deckarchive.rewrite.project import CONFIGS, Placed, at_root, encoded, plain_path, spliced
from deckarchive.rewrite.requested import OwnRequests, captures, has_file, shown_map
from deckarchive.rewrite.reuse import PROVENANCE, foreign_to, read_before
from deckarchive.rewrite.runtime import PAGE_SCRIPT
from deckarchive.rewrite.site import SiteWriter
from deckarchive.rewrite.splices import Place

Render = Callable[[Deck, Mapping[str, str], str], str]
"""``render(deck, sources, assets)``: a reveal-md deck's page; ``sources`` maps path → new text,
``assets`` is where the page finds reveal.js and highlight.js (a relative URL)."""

Inline = Callable[[Deck, Mapping[str, str]], str]
"""``inline(deck, sources)``: an HTML deck's text with its external Markdown inside."""

Settle = Callable[[Deck, Mapping[str, str]], tuple[Deck, dict[str, str]]]
"""``settle(deck, texts)``: a reveal-md deck with its new texts, as a project that needs no command
line of its own."""

PAGE: Final = "index.html"
_PLACES: Final = (("frames", "."), ("media", "."), ("posters", "."), ("posters", "-"))
"""Where the files of a target stand, and what follows its id in their names."""
_RUNTIME: Final = ("frame", "forms", "live", "deck", "stage")


def rewrite(
    deck: Deck,
    manifest: Manifest,
    archive: Archive,
    out: Path,
    render: Render,
    inline: Inline | None = None,
    *,
    settle: Settle = lambda deck, texts: (deck, dict(texts)),
    warn: Callable[[str], object] = lambda line: None,
) -> OfflineDeck:
    """Write the offline folder ``out`` and say what it holds.

    It is built beside ``out`` and takes its place when whole; of an older offline folder there,
    what would come out the same is taken over. ``warn`` gets a line for each file of the deck
    that is missing and each remote part that was not captured. Raises :class:`OutputError` when
    ``out`` holds anything else or is the deck's own folder, and :class:`DeckError` when deck and
    manifest differ.
    """
    out = out.absolute()
    _refuse_foreign(out, Path(deck.root))
    with files.new_folder(out, is_ours=lambda path: not foreign_to(path)) as work:
        output = Output(work, read_before(out))
        return _Rewriting(deck, manifest, archive, output, warn).run(render, inline, settle)


def require_common(manifest: Manifest, archive: Archive) -> None:
    """Raise :class:`ArchiveError` when an archive holds no target of the manifest at all."""
    wanted = {t.id for t in manifest.targets if t.kind.value != "link"}
    if wanted and not wanted & set(archive.records):
        raise ArchiveError(
            f"the archive holds no target of {manifest.deck.path}",
            hint="name the deck's own archive, or capture it first",
        )


def _refuse_foreign(out: Path, root: Path) -> None:
    """Never write over what is not an offline folder, nor over the deck itself."""
    resolved, deck_root = out.resolve(), root.resolve()
    if resolved == deck_root or deck_root.is_relative_to(resolved):
        raise OutputError(f"{out} holds the deck itself", hint="name another folder with --output")
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise OutputError(f"{out} is not a folder", hint="name another with --output")
    if out.is_dir() and (foreign := foreign_to(out)):
        raise OutputError(
            f"{out} holds {foreign}", hint="move it away, or name another folder with --output"
        )


class _Rewriting:
    """One run: holds what its steps share."""

    def __init__(
        self,
        deck: Deck,
        manifest: Manifest,
        archive: Archive,
        output: Output,
        warn: Callable[[str], object],
    ) -> None:
        self.deck, self.manifest, self.archive, self.output = deck, manifest, archive, output
        self.warn = warn
        root = Path(deck.root)
        self.site = SiteWriter(output, captures(manifest, archive), archive.records)
        packaged = deck.format == "reveal-md"
        self.own = OwnFiles(
            output, root, self._remote, vendor.folder, warn, deck.files, packaged=packaged
        )
        self.requests = OwnRequests(root, archive, self.site, self.own)
        self.media: dict[str, str] = {}
        self.project: set[str] = set()
        self.shown: dict[str, str] = {}

    def run(self, render: Render, inline: Inline | None, settle: Settle) -> OfflineDeck:
        self._reserve()
        self.site.write_files()
        placed, entries = self._place_targets()
        placed += self._place_local(placed)
        texts = spliced(self.deck, placed)
        known = {source.path for source in self.deck.sources}
        for path in self.requests.paths():
            if path not in known:
                self.own.add(path)
        for name in _RUNTIME:
            self.output.write(f"runtime/{name}.js", js.program(name))
        self.output.write("runtime/frame.css", js.style("frame"))
        self._page(texts, render, inline, settle)
        self.site.write_maps(self.requests.entries(self.shown), shown_map(self.shown))
        self.output.write("frames/uncaptured.html", uncaptured_page())
        self.output.write("frames/live.html", LIVE_PAGE)
        for note in self.output.notes:
            self.warn(note)
        return self._finish(entries)

    def _reserve(self) -> None:
        """Keep the names of what is written later than files of the deck's own."""
        ids = [target.id for target in self.manifest.targets]
        starts = [f"{place}/{name}{mark}" for name in ids for place, mark in _PLACES]
        if self.deck.format == "reveal-md":
            flat, _ = at_root(self.deck, {})
            named = [source.path for source in flat.sources] + list(CONFIGS)
            self.project = {name for name in named if not self.output.is_ours(name)}
        self.output.reserve(self.project, starts)

    def _remote(self, url: str) -> str | None:
        """Where a style sheet of the deck finds a URL of another host."""
        document = urls.split_fragment(url)[0]
        return self.media.get(document) or self.site.address_of(url, DECK_CAPTURE_ID)

    def _place_targets(self) -> tuple[Placed, list[OfflineTarget]]:
        placer = Placer(self.output, self.archive, self.site, self.own.add_document)
        placed: Placed = []
        entries: list[OfflineTarget] = []
        made = made_targets(self.manifest)
        for target in self.manifest.targets:
            result = placer.place(target)
            if result is None:
                continue
            place, entry = result
            entries.append(entry)
            if place.address and has_file(target):
                self.media[target.url] = place.address
            if place.address and (target in made or not urls.is_deck_url(target.url)):
                self.shown[target.url] = place.address
            if place.address or place.card:
                placed += [(r, place) for r in target.references if r.syntax != MADE]
        return spare_alternatives(self.manifest, placed, entries)

    def _place_local(self, placed: Placed) -> Placed:
        """Copy the deck's own files; a reference changes only where its file's path did."""
        done = {(r.file, r.span) for r, _ in placed}
        moved: Placed = []
        for local in self.manifest.local:
            path = self.own.add(local.path)
            for reference in local.references:
                if (
                    path is None
                    or reference.file.endswith(".css")
                    or (reference.file, reference.span) in done
                ):
                    continue
                if plain_path(reference.raw) != path:
                    _, mark, query = urls.split_fragment(reference.raw)[0].partition("?")
                    address = quote(path) + mark + query
                    moved.append((reference, Place(address=address, page=True)))
        return moved

    def _page(
        self, texts: Mapping[str, str], render: Render, inline: Inline | None, settle: Settle
    ) -> None:
        """Write index.html with what it names, and for a reveal-md deck its project beside it."""
        source = self.deck.sources[0]
        if self.deck.format == "reveal-md":
            flat, flat_texts = at_root(*settle(self.deck, texts))
            page = render(flat, flat_texts, ASSETS)
            page_source = Source(path=PAGE, text="")
            for part in flat.sources:
                if part.path.lower().endswith(".css"):
                    continue
                if part.path in self.project:
                    self.output.write(part.path, encoded(flat_texts[part.path], part))
                else:
                    self.warn(f"{part.path}: its name is kept for a file of this folder, left out")
        else:
            page = inline(self.deck, texts) if inline else texts[source.path]
            page_source = source
        page = self.own.add_page(page)
        at = urls.DECK_ORIGIN + quote(self._page_path)
        for path in named_files(page, at, Path(self.deck.root)):
            self.own.add(path)
        page = import_sources(with_import_maps(page, self._import_map))
        scripts, imports = self._scripts(), {}
        if has_modules(page):
            scripts += self._modules(page)
            if not has_import_map(page):
                imports = self.site.import_map(DECK_CAPTURE_ID, PAGE)
        page = finish_page(page, page_source.encoding, scripts, imports)
        self.output.write(PAGE, encoded(page, page_source))

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

    def _modules(self, page: str) -> list[Script]:
        """Carry the modules of the page for file://; the script that does it, if any."""
        found = find_modules(page, self.output.folder, self.requests)
        if not found.complete:
            self.warn(f"{PAGE} loads many modules: it needs a server, a double-click will not do")
        if not found.sources:
            return []
        self.output.write(MODULES_SCRIPT, found.script())
        return [Script(src=MODULES_SCRIPT)]

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

    def _finish(self, entries: Iterable[OfflineTarget]) -> OfflineDeck:
        info = self.manifest.deck
        offline = OfflineDeck(
            title=self.deck.title or info.title,
            page=PAGE,
            slides=info.slides,
            created=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            software=f"deckarchive {__version__}",
            deck=info,
            targets=tuple(entries),
        )
        self.output.write("README.txt", readme(offline))
        offline = replace(offline, files=self.output.finish())
        files.write_json(self.output.folder / PROVENANCE, offline.to_dict())
        return offline
