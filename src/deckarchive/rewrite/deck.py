"""The offline folder of one deck: everything written, then swapped in as a whole."""

from __future__ import annotations

import codecs
import hashlib
import posixpath
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote

from deckarchive import __version__, files, urls, vendor
from deckarchive.errors import ArchiveError, DeckError, OutputError
from deckarchive.markup import apply
from deckarchive.model import (
    DECK_CAPTURE_ID,
    Deck,
    Exchange,
    Manifest,
    OfflineDeck,
    OfflineTarget,
    Reference,
    Source,
    Target,
)
from deckarchive.rewrite.cards import readme
from deckarchive.rewrite.frames import LIVE_PAGE, uncaptured_page
from deckarchive.rewrite.modules import (
    MODULES_SCRIPT,
    find_modules,
    has_import_map,
    has_modules,
    import_sources,
)
from deckarchive.rewrite.own import ASSETS, OwnFiles
from deckarchive.rewrite.page import Script, finish_page
from deckarchive.rewrite.placing import Archive, Placer
from deckarchive.rewrite.resources import destination
from deckarchive.rewrite.runtime import PAGE_SCRIPT, add_own_files
from deckarchive.rewrite.site import SiteWriter
from deckarchive.rewrite.splices import Place, splices_for

Render = Callable[[Deck, Mapping[str, str], str], str]
"""``render(deck, sources, assets)``: a reveal-md deck's page; ``sources`` maps path → new text,
``assets`` is where the page finds reveal.js and highlight.js (a relative URL)."""

Inline = Callable[[Deck, Mapping[str, str]], str]
"""``inline(deck, sources)``: an HTML deck's text with its external Markdown inside."""

PAGE: Final = "index.html"
PROVENANCE: Final = "deckarchive.json"
_RUNTIME: Final = ("frame.js", "forms.js", "live.js", "frame.css", "deck.js", "stage.js")
_CONFIGS: Final = ("reveal-md.json", "reveal-md.json5", "reveal.json", "reveal.json5")

_IN_PATHS: Final = "/!$&'()*+,;=:@~[]|\\^"
"""What browsers leave as it is in a URL's path (URL standard, path percent-encode set)."""

Settle = Callable[[Deck, Mapping[str, str]], tuple[Deck, dict[str, str]]]
"""``settle(deck, texts)``: a reveal-md deck with its new texts, as a project that needs no command
line of its own."""

Placed = list[tuple[Reference, Place]]


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

    It is built beside ``out`` and takes its place when whole; an older offline folder is
    replaced. ``warn`` gets a line for each file of the deck that is missing and each remote
    part that was not captured. Raises :class:`OutputError` when ``out`` holds anything else or
    is the deck's own folder, and :class:`DeckError` when deck and manifest differ.
    """
    out = out.absolute()
    _refuse_foreign(out, Path(deck.root))
    with files.new_folder(out) as work:
        return _Rewriting(deck, manifest, archive, work, warn).run(render, inline, settle)


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
    if out.is_dir() and any(out.iterdir()) and not (out / PROVENANCE).is_file():
        raise OutputError(
            f"{out} is not empty and was not written by deckarchive",
            hint="name another folder with --output",
        )


class _Rewriting:
    """One run: holds what its steps share."""

    def __init__(
        self,
        deck: Deck,
        manifest: Manifest,
        archive: Archive,
        out: Path,
        warn: Callable[[str], object],
    ) -> None:
        self.deck, self.manifest, self.archive, self.out = deck, manifest, archive, out
        self.warn = warn
        self.site = SiteWriter(out, self._captures(), archive.records)
        self.own = OwnFiles(out, Path(deck.root), self._remote, vendor.folder, warn)
        self.media: dict[str, str] = {}

    def run(self, render: Render, inline: Inline | None, settle: Settle) -> OfflineDeck:
        self.site.build()
        placed, entries = self._place_targets()
        placed += self._place_local(placed)
        texts = self._spliced(placed)
        for path in self._local_requests():
            self.own.add(path)
        for name in _RUNTIME:
            self._runtime(name)
        self._page(texts, render, inline, settle)
        self._own_map()
        files.write_text(self.out / "frames/uncaptured.html", uncaptured_page())
        files.write_text(self.out / "frames/live.html", LIVE_PAGE)
        return self._finish(entries)

    def _remote(self, url: str) -> str | None:
        """Where a style sheet of the deck finds a URL of another host."""
        document = urls.split_fragment(url)[0]
        return self.media.get(document) or self.site.address_of(url, DECK_CAPTURE_ID)

    def _captures(self) -> dict[str, Sequence[Exchange]]:
        """What the page half writes: pages, and of the deck's own page what is not the deck's.

        The deck's own files are copied from its folder, its media have files of their own.
        """
        records = self.archive.records
        captures: dict[str, Sequence[Exchange]] = {}
        if DECK_CAPTURE_ID in records:
            media = {t.url for t in self.manifest.targets if _has_file(t)}
            captures[DECK_CAPTURE_ID] = [
                x
                for x in self.archive.exchanges(DECK_CAPTURE_ID)
                if x.url not in media and not urls.is_deck_url(x.url)
            ]
        for target in self.manifest.targets:
            if target.id in records and not _has_file(target):
                captures[target.id] = self.archive.exchanges(target.id)
        return captures

    def _place_targets(self) -> tuple[Placed, list[OfflineTarget]]:
        placer = Placer(self.out, self.archive, self.site)
        placed: Placed = []
        entries: list[OfflineTarget] = []
        for target in self.manifest.targets:
            result = placer.place(target)
            if result is None:
                continue
            place, entry = result
            entries.append(entry)
            if place.address and _has_file(target):
                self.media[target.url] = place.address
            if place.address or place.card:
                placed += [(reference, place) for reference in target.references]
        return placed, entries

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
                if _plain_path(reference.raw) != path:
                    _, mark, query = urls.split_fragment(reference.raw)[0].partition("?")
                    address = quote(path) + mark + query
                    moved.append((reference, Place(address=address, page=True)))
        return moved

    def _spliced(self, placed: Placed) -> dict[str, str]:
        """Path → new text, of the deck's sources and of the other files that references name."""
        by_file: dict[str, Placed] = {source.path: [] for source in self.deck.sources}
        for reference, place in placed:
            by_file.setdefault(reference.file, []).append((reference, place))
        known = {source.path: source for source in self.deck.sources}
        texts: dict[str, str] = {}
        for path, references in by_file.items():
            if not path.lower().endswith(".css"):  # those are rewritten as they are copied
                source = known.get(path) or _read_source(Path(self.deck.root), path)
                texts[path] = apply(source.text, splices_for(source, references))
        return texts

    def _page(
        self, texts: Mapping[str, str], render: Render, inline: Inline | None, settle: Settle
    ) -> None:
        """Write index.html with what it names, and for a reveal-md deck its project beside it."""
        source = self.deck.sources[0]
        if self.deck.format == "reveal-md":
            flat, flat_texts = _at_root(*settle(self.deck, texts))
            page = render(flat, flat_texts, ASSETS)
            page_source = Source(path=PAGE, text="")
            for part in flat.sources:
                if not part.path.lower().endswith(".css"):
                    self._write(part.path, flat_texts[part.path], part)
        else:
            page = inline(self.deck, texts) if inline else texts[source.path]
            page_source = source
        self.own.add_page(page)
        page = import_sources(page)
        scripts, imports = self._scripts(), {}
        if has_modules(page):
            scripts += self._modules(page)
            if not has_import_map(page):
                imports = self.site.import_map(DECK_CAPTURE_ID, PAGE)
        self._write(PAGE, finish_page(page, page_source.encoding, scripts, imports), page_source)

    def _modules(self, page: str) -> list[Script]:
        """Carry the modules of the page for file://; the script that does it, if any."""
        found = find_modules(page, self.out, _ModulePlaces(self))
        if not found.complete:
            self.warn(f"{PAGE} loads many modules: it needs a server, a double-click will not do")
        if not found.sources:
            return []
        files.write_text(self.out / MODULES_SCRIPT, found.script())
        return [Script(src=MODULES_SCRIPT)]

    def _scripts(self) -> list[Script]:
        """The runtime that the deck's own page needs: stage.js, its map if any, and deck.js."""
        map_path = f"runtime/maps/{DECK_CAPTURE_ID}.js"
        scripts = [Script(src="runtime/deck.js")]
        if (self.out / map_path).is_file():
            page = Script(
                src=PAGE_SCRIPT,
                data={"url": urls.DECK_ORIGIN + quote(self.deck.path), "own": ""},
            )
            scripts = [Script(src=map_path), page, *scripts]
        return [Script(src="runtime/stage.js"), *scripts]

    def _write(self, path: str, text: str, like: Source) -> None:
        """Write text in the encoding, and with the byte-order mark, of the source it is from."""
        data = text.encode(like.encoding, "xmlcharrefreplace")
        mark = codecs.BOM_UTF8 if codecs.lookup(like.encoding).name == "utf-8" else b""
        files.write_bytes(self.out / path, (mark if like.bom else b"") + data)

    def _local_requests(self) -> list[str]:
        """The deck's own files that its page asked for while it was captured."""
        root = Path(self.deck.root)
        known = {source.path for source in self.deck.sources}
        asked = {urls.deck_path(urls.split_fragment(x.url)[0]) for x in self._own_exchanges()}
        return sorted(p for p in asked - known if p and (root / p).is_file())

    def _own_exchanges(self) -> list[Exchange]:
        if DECK_CAPTURE_ID not in self.archive.records:
            return []
        exchanges = self.archive.exchanges(DECK_CAPTURE_ID)
        return [x for x in exchanges if x.status == 200 and urls.is_deck_url(x.url)]

    def _own_map(self) -> None:
        """Tell the runtime where the deck's own files went, for URLs that its scripts make."""
        map_path = f"runtime/maps/{DECK_CAPTURE_ID}.js"
        if not (self.out / map_path).is_file():
            return
        places = self.own.placed
        by_url = {f"/{quote(path, safe=_IN_PATHS)}": target for path, target in places.items()}
        read = {
            places[path]: x.mime
            for x in self._own_exchanges()
            if destination(x) == "empty"
            and (path := urls.deck_path(urls.split_fragment(x.url)[0])) in places
        }
        add_own_files(self.out, map_path, urls.DECK_HOST, by_url, read)

    def _runtime(self, name: str) -> None:
        source = Path(__file__).parent.parent / "js" / name
        target = self.out / "runtime" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)

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
        files.write_text(self.out / "README.txt", readme(offline))
        offline = replace(offline, files=_inventory(self.out))
        files.write_json(self.out / PROVENANCE, offline.to_dict())
        return offline


class _ModulePlaces:
    """Where the files of modules stand: the deck's own, and what its page loaded from elsewhere."""

    def __init__(self, rewriting: _Rewriting) -> None:
        self._rewriting = rewriting
        self._captured = rewriting.site.urls_of(DECK_CAPTURE_ID)

    def path_of(self, url: str, /) -> str | None:
        if not urls.is_deck_url(url):
            return self._rewriting.site.path_of(url, DECK_CAPTURE_ID)
        path = urls.deck_path(urls.split_fragment(url)[0])
        known = (Path(self._rewriting.deck.root) / path).is_file()
        return self._rewriting.own.add(path) if known or path.startswith(f"{ASSETS}/") else None

    def url_of(self, path: str, /) -> str:
        if path in self._captured:
            return self._captured[path]
        own = {target: source for source, target in self._rewriting.own.placed.items()}
        return urls.DECK_ORIGIN + quote(own.get(path, path))


def _at_root(deck: Deck, texts: Mapping[str, str]) -> tuple[Deck, dict[str, str]]:
    """A reveal-md deck as it stands in the offline folder: page and configuration at the root.

    Its references are spliced to be true there, so no folder stands before them any more.
    """
    config = str(deck.options.get("configDir") or "")
    paths: dict[str, str] = {}
    for source in deck.sources:
        name = posixpath.basename(source.path)
        inside = source.path.removeprefix(config)
        main = source is deck.sources[0] or name in _CONFIGS
        paths[source.path] = name if main else inside
    flat = replace(
        deck,
        path=paths[deck.sources[0].path],
        sources=tuple(replace(s, path=paths[s.path]) for s in deck.sources),
        options={**deck.options, "configDir": ""},
    )
    return flat, {paths.get(path, path): text for path, text in texts.items()}


def _has_file(target: Target) -> bool:
    """Whether a target becomes one file in ``media/`` (or a card in its place)."""
    return not target.kind.is_page and target.kind.value not in ("stylesheet", "script", "font")


def _plain_path(raw: str) -> str:
    """The path that a relative URL names from the folder's root, on file:// too.

    Over HTTP a leading ``/`` or ``../`` happens to lead there as well; on file:// it does not.
    """
    return posixpath.normpath(unquote(re.split(r"[?#]", raw, maxsplit=1)[0]))


def _read_source(root: Path, path: str) -> Source:
    """A file beside the deck that holds references, such as reveal-md.json."""
    try:
        data = (root / path).read_bytes()
        bom = data.startswith(codecs.BOM_UTF8)
        return Source(path=path, text=data.decode("utf-8-sig"), bom=bom)
    except (OSError, ValueError) as error:
        raise DeckError(f"{root / path}: cannot be read: {error}") from error


def _inventory(out: Path) -> dict[str, dict[str, Any]]:
    """Every file of the folder: path → size in bytes and SHA-256."""
    inventory: dict[str, dict[str, Any]] = {}
    for path in sorted(p for p in out.rglob("*") if p.is_file()):
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
        name = path.relative_to(out).as_posix()
        inventory[name] = {"size": path.stat().st_size, "sha256": digest.hexdigest()}
    return inventory
