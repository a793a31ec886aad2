"""The page half of the offline folder: captured exchanges become ``sites/``, maps and runtime.

One :class:`SiteWriter` serves all targets of a deck. Making one decides what stands where,
without reading a body; ``build`` then writes one body at a time. Targets that share a page form
a group with one map, so that the page's copy is the same for all of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from deckarchive import urls
from deckarchive.errors import OutputError
from deckarchive.files import write_bytes
from deckarchive.model import DECK_CAPTURE_ID, CaptureRecord, Exchange, Kind
from deckarchive.rewrite import runtime
from deckarchive.rewrite.charset import decode, encode, encoding_of, parameter
from deckarchive.rewrite.css import Lookup, rewrite_css
from deckarchive.rewrite.html import base_of, rewrite_html
from deckarchive.rewrite.names import Names, key_of, natural_folder, relative
from deckarchive.rewrite.resources import Body, Resources, sort_exchanges

_MARKUP: Final = frozenset({"text/html", "application/xhtml+xml", "image/svg+xml"})
_KEEPS_QUERY: Final = frozenset({"text/html", "application/xhtml+xml", "text/javascript"})
_TEXT_LIMIT: Final = 64 << 20
_BESIDE_PAGES: Final = frozenset(
    k.value for k in Kind if k.is_media or k in (Kind.IMAGE, Kind.BACKGROUND_IMAGE)
)
"""Targets that are media files: the deck half copies them to ``media/``."""

OnEvent = Callable[[str, str], object]


class _Group:
    """Targets that share a page: one set of resources, one map."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.resources = Resources()
        self.encoding = ""

    @property
    def map_path(self) -> str:
        return f"runtime/maps/{self.name}.js"


class SiteWriter:
    """Writes the copies of all captured pages below ``out``.

    ``captures`` and ``records`` are keyed by target id (``"deck"`` is the deck's own page, whose
    own files, under :data:`deckarchive.urls.DECK_ORIGIN`, are left to the deck half).
    """

    def __init__(
        self,
        out: Path,
        captures: Mapping[str, Sequence[Exchange]],
        records: Mapping[str, CaptureRecord],
    ) -> None:
        self.out = out
        self.records = records
        sorted_captures = {
            target: sort_exchanges(_own(target, exchanges), _documents(records.get(target)))
            for target, exchanges in captures.items()
            if target not in records or records[target].kind not in _BESIDE_PAGES
        }
        self._groups = _grouped(sorted_captures)
        self._order = list(dict.fromkeys(self._groups.values()))
        self._all = Resources()
        for group in self._order:
            self._all.merge(group.resources)
        every = [body for group in self._order for body in group.resources.all_bodies()]
        every.sort(key=lambda body: not body.is_page)
        self._names = Names(body.wish for body in every)

    def build(self, on_event: OnEvent | None = None) -> None:
        """Write ``sites/``, ``runtime/``, ``sw.js`` and ``map.json``.

        ``on_event`` is told ``("file", path)`` for each file. Raises :class:`OutputError` when
        one cannot be written.
        """
        done: set[str] = set()
        maps = []
        for group in self._order:
            for body in group.resources.all_bodies():
                path = self._path(body)
                if path not in done:
                    done.add(path)
                    self._write(group, body, path)
                    if on_event:
                        on_event("file", path)
            found = runtime.url_map(group.resources, self._path)
            runtime.write_map(self.out, group.map_path, found)
            runtime.write_data(self.out, group.map_path, group.resources, self._path)
            maps.append(found)
        runtime.write_worker_map(self.out, runtime.merged(maps))
        runtime.write_scripts(self.out)

    def path_of(self, url: str, target: str) -> str | None:
        """The offline path of ``url`` as ``target`` saw it, redirects followed to their end.

        Relative to the root, posix; ``None`` when it was not captured. Another target's capture
        of the URL is better than none.
        """
        body = self._find(url, self._groups.get(target))
        return self._path(body) if body else None

    def address_of(self, url: str, target: str) -> str | None:
        """:meth:`path_of` as a URL relative to the root, ``?query`` and ``#fragment`` kept."""
        return self._lookup(self._groups.get(target), "index.html")(url)

    def document_of(self, target: str) -> str | None:
        """The path of the copy of the target's final document; ``None`` when it has none."""
        record = self.records.get(target)
        for url in _documents(record):
            group = self._groups.get(target)
            if group and (body := group.resources.find(url)):
                return self._path(body)
        return None

    def urls_of(self, target: str) -> dict[str, str]:
        """The offline paths of what ``target`` loaded, each with its URL."""
        group = self._groups.get(target)
        bodies = group.resources.bodies.values() if group else ()
        return {self._path(body): body.exchange.url for body in bodies}

    def import_map(self, target: str, path: str) -> dict[str, Any]:
        """The import map for modules that ``target`` loaded, for a page at ``path``."""
        group = self._groups.get(target)
        return runtime.import_map(group.resources, self._path, path) if group else {}

    def lookup(self, target: str, path: str) -> Lookup:
        """The lookup with which a file of the deck at ``path`` is rewritten."""
        return self._lookup(self._groups.get(target), path)

    def _path(self, body: Body) -> str:
        return self._names[body.wish]

    def _find(self, url: str, group: _Group | None) -> Body | None:
        found = group.resources.find(url) if group else None
        return found or self._all.find(url)

    def _lookup(self, group: _Group | None, start: str) -> Lookup:
        """From URLs to addresses as seen from the file ``start``."""

        def address(url: str) -> str | None:
            body = self._find(url, group)
            if body is None:
                return None
            resources = group.resources if group and key_of(url) in group.resources else self._all
            end = resources.follow(url)
            document, fragment = urls.split_fragment(end)
            query = document.partition("?")[2] if body.mime in _KEEPS_QUERY else ""
            if not body.is_page and body.mime in _KEEPS_QUERY:
                query = urls.split_fragment(url)[0].partition("?")[2] or query
            text = relative(self._path(body), start)
            return text + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")

        return address

    def _write(self, group: _Group, body: Body, path: str) -> None:
        """Write one file: pages and style sheets rewritten, other text as UTF-8, the rest as is."""
        if _is_text(body) and body.exchange.size <= _TEXT_LIMIT:
            with body.open_body() as stream:
                data = stream.read()
            write_bytes(self.out / path, self._rewritten(group, body, path, data))
            return
        target = self.out / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with body.open_body() as stream, target.open("wb") as file:
                shutil.copyfileobj(stream, file, 1 << 20)
        except OSError as error:
            raise OutputError(f"cannot write {target}: {error.strerror or error}") from error

    def _rewritten(self, group: _Group, body: Body, path: str, data: bytes) -> bytes:
        header = body.exchange.header("content-type")
        spliced = body.mime == "text/css" or (
            body.mime in _MARKUP and (body.is_page or body.mime == "image/svg+xml")
        )
        fallback = "" if body.is_page else group.encoding
        encoding = encoding_of(data, header, body.mime, fallback=fallback)
        if body.is_page and not group.encoding:
            group.encoding = encoding
        if not spliced:
            # What names no charset and is no text of a page is nobody's to change.
            known = parameter(header) or body.mime == "text/javascript"
            return data if encoding == "utf-8" or not known else encode(decode(data, encoding))
        text = decode(data, encoding)
        if body.mime == "text/css":
            new = rewrite_css(text, body.exchange.url, self._lookup(group, path))
        else:
            new = self._page(group, body, path, text)
        return data if new == text and encoding == "utf-8" else encode(new)

    def _page(self, group: _Group, body: Body, path: str, text: str) -> str:
        url = body.exchange.url

        def rebase(base: str) -> tuple[str, Lookup]:
            own = self._find(base, group)
            if own is body:
                return relative(path, path), self._lookup(group, path)
            folder = natural_folder(base)
            return relative(folder, path) + "/", self._lookup(group, folder + "x")

        inserted, imports = "", None
        if body.is_page:
            base = base_of(text, url)
            routed = rebase(base)[0] if base else "./"
            if not runtime.routes_by_path(text):
                routed = ""
            inserted = runtime.insertion(path, url, group.map_path, routed)
            if runtime.wants_import_map(group.resources, text):
                imports = runtime.import_map(group.resources, self._path, path)
        return rewrite_html(
            text,
            url,
            self._lookup(group, path),
            insertion=inserted,
            rebase=rebase,
            imports=imports,
        )


def _documents(record: CaptureRecord | None) -> list[str]:
    """The URLs of a target's own document: as it ended, as it was asked for."""
    return [url for url in (record.final_url, record.url) if url] if record else []


def _own(target: str, exchanges: Sequence[Exchange]) -> list[Exchange]:
    if target != DECK_CAPTURE_ID:
        return list(exchanges)
    return [x for x in exchanges if not urls.is_deck_url(x.url)]


def _is_text(body: Body) -> bool:
    return body.mime.startswith("text/") or body.mime.endswith(("+xml", "json"))


def _grouped(captures: Mapping[str, Resources]) -> dict[str, _Group]:
    """Each target's group; groups are joined while two of them hold the same page."""
    leader: dict[str, str] = {target: target for target in captures}

    def find(target: str) -> str:
        while leader[target] != target:
            leader[target] = target = leader[leader[target]]
        return target

    pages: dict[object, str] = {}
    for target, resources in captures.items():
        for body in resources.bodies.values():
            if body.is_page:
                first = find(pages.setdefault(body.wish, target))
                leader[find(target)] = first
    groups: dict[str, _Group] = {}
    result: dict[str, _Group] = {}
    for target, resources in captures.items():
        name = find(target)
        result[target] = group = groups.setdefault(name, _Group(name))
        group.resources.merge(resources)
    return result
