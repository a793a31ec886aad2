"""JavaScript modules of the deck's own page, made to run from ``file://`` as well.

Browsers load no module from a file. So the page's modules, and all that they import, are put
as text in ``runtime/modules.js``, which on file:// names them to the browser as ``data:`` URLs in
an import map. On a server nothing of this happens: there the files themselves are loaded.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from urllib.parse import quote, unquote

from deckarchive import urls
from deckarchive.js import script
from deckarchive.markup import ModuleNameKind, RawText, Splice, Tag, apply, scan_html, scan_modules
from deckarchive.rewriter.deck.page import is_remote

MODULES_SCRIPT: Final = "runtime/modules.js"
MODULE_SCHEME: Final = "deckarchive:"
_MOST_BYTES: Final = 16 << 20
_URL_OF_META: Final = re.compile(r"\s*\.\s*url\b")


ReadFile = Callable[[str, int], bytes | None]
"""``read(path, limit)``: the first bytes of a file that is to stand in the folder, or ``None``."""


class ModulePaths(Protocol):
    """Which file of the folder a module's URL is, and the other way round."""

    def path_of(self, url: str, /) -> str | None: ...

    def url_of(self, path: str, /) -> str: ...


@dataclass(slots=True)
class Modules:
    """What a page's modules need: ``sources`` by path in the folder, ``names`` to such paths.

    ``complete`` is false when they are too many for one script.
    """

    sources: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    complete: bool = True

    def script(self) -> str:
        """The text of ``runtime/modules.js``."""
        files = {MODULE_SCHEME + quote(path): text for path, text in self.sources.items()}
        names = {name: MODULE_SCHEME + quote(path) for name, path in self.names.items()}
        given = json.dumps([files, names], ensure_ascii=True, separators=(",", ":"))
        return f"({script('modules')})(...{given});\n"


def import_sources(text: str) -> str:
    """``text`` with each ``<script type=module src>`` of the folder as an inline import.

    An inline module runs at the same time, and finds its import by an import map.
    """
    splices: list[Splice] = []
    for tag, _ in scripts_of(text):
        source = tag.get("src")
        if type_of(tag) != "module" or source is None or is_remote(source.value):
            continue
        name = source.value.strip()
        name = name if name.startswith(("./", "../", "/")) else f"./{name}"
        statement = json.dumps(name).replace("<", "\\u003c")
        end = source.end + len(source.quote)
        splices += [
            Splice(source.name_start - 1, end, ""),
            Splice(tag.end, tag.end, f"import {statement};"),
        ]
    return apply(text, splices)


def find_modules(text: str, read: ReadFile, places: ModulePaths) -> Modules:
    """Follow the modules of a page: what it names and what those import."""
    found = Modules()
    maps = _import_maps(text)
    waiting: list[str] = []
    for name in _names_of_page(text, maps):
        path = _page_path(maps.resolve(name) or name)
        if path and read(path, 0) is not None:
            found.names[name] = path
            waiting.append(path)
    size = 0
    while waiting:
        path = waiting.pop()
        if path in found.sources or (data := read(path, _MOST_BYTES + 1)) is None:
            continue
        size += len(data)
        if size > _MOST_BYTES:
            return Modules(complete=False)
        source = data.decode("utf-8-sig", "replace")

        def target(name: str, referrer: str = path) -> str | None:
            mapped = maps.resolve(name, referrer)
            if mapped is not None or not _is_address(name):
                other = _page_path(mapped or name)
                return other if other and read(other, 0) is not None else None
            url = urls.resolve(name, places.url_of(referrer))
            return places.path_of(url) if url else None

        found.sources[path], needed = _rewritten(source, path, target)
        waiting += needed
    return found


def _rewritten(
    source: str, path: str, target: Callable[[str], str | None]
) -> tuple[str, list[str]]:
    """A module's text with its imports by :data:`SCHEME` names, and the paths of those."""
    splices: list[Splice] = []
    needed: list[str] = []
    for name in scan_modules(source):
        if name.kind is ModuleNameKind.META:
            if url := _URL_OF_META.match(source, name.end):
                address = f"new URL({json.dumps(quote(path))},document.baseURI).href"
                splices.append(Splice(name.start, url.end(), address))
        elif name.spot and (other := target(name.specifier or "")):
            splices.append(Splice(*name.spot, MODULE_SCHEME + quote(other)))
            needed.append(other)
    return apply(source, splices), needed


def _names_of_page(text: str, maps: _Maps) -> Iterator[str]:
    """The specifiers that the page itself uses, and all that its import map names."""
    yield from maps.imports
    for tag, code in scripts_of(text):
        if type_of(tag) in ("", "module", "text/javascript") and not tag.get("src"):
            script = text[code.start : code.end]
            yield from (name.specifier for name in scan_modules(script) if name.specifier)


def _page_path(address: str) -> str | None:
    """The path that an address of the page names; ``None`` for a bare or a remote one."""
    if not _is_address(address) or is_remote(address):
        return None
    plain = unquote(re.split(r"[?#]", address, maxsplit=1)[0])
    return posixpath.normpath(f"/{plain}").lstrip("/")  # as a server does: nothing is above "/"


def _is_address(name: str) -> bool:
    return name.startswith(("./", "../", "/")) or is_remote(name)


@dataclass(slots=True)
class _Maps:
    """A page's import maps; ``scopes`` maps the start of a path in the folder to its entries."""

    imports: dict[str, str] = field(default_factory=dict)
    scopes: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, text: str) -> None:
        """Enter one map; what names a thing first stays (HTML, "merge import maps")."""
        try:
            given = json.loads(text)
        except ValueError:
            return
        if not isinstance(given, dict):
            return
        self.imports = _entries(given.get("imports")) | self.imports
        scopes = given.get("scopes")
        for scope, entries in scopes.items() if isinstance(scopes, dict) else ():
            start = posixpath.normpath(f"/{scope}").lstrip("/") + ("/" * scope.endswith("/"))
            known = self.scopes.get(start.lstrip("/"), {})
            self.scopes[start.lstrip("/")] = _entries(entries) | known

    def resolve(self, name: str, referrer: str = "") -> str | None:
        """The address of a specifier in the file ``referrer`` (the page: ``""``), or ``None``."""
        fitting = [
            s for s in self.scopes if referrer == s or (referrer.startswith(s) and s[-1:] in "/")
        ]
        for entries in [*(self.scopes[s] for s in sorted(fitting, key=len)[::-1]), self.imports]:
            if name in entries:
                return entries[name]
            for start in sorted((k for k in entries if k.endswith("/")), key=len, reverse=True):
                if name.startswith(start):
                    return entries[start] + name.removeprefix(start)
        return None


def _entries(given: Any) -> dict[str, str]:
    items = given.items() if isinstance(given, dict) else ()
    return {name: address for name, address in items if isinstance(address, str)}


def _import_maps(text: str) -> _Maps:
    maps = _Maps()
    for tag, code in scripts_of(text):
        if type_of(tag) == "importmap":
            maps.add(text[code.start : code.end])
    return maps


def with_import_maps(text: str, local: Callable[[str, bool], str]) -> str:
    """``text`` with the import maps of the page made local; none is added where it has none.

    ``local(map, first)`` gives the new text of one; ``first`` says that it is the page's first.
    """
    splices: list[Splice] = []
    for tag, code in scripts_of(text):
        if type_of(tag) == "importmap" and code.end > code.start:
            new = local(text[code.start : code.end], not splices)
            splices.append(Splice(code.start, code.end, new))
    return apply(text, splices)


def has_import_map(text: str) -> bool:
    """Whether a page has an import map of its own."""
    return any(type_of(tag) == "importmap" for tag, _ in scripts_of(text))


def has_modules(text: str) -> bool:
    """Whether any script of a page is, or imports, a module."""
    return any(
        type_of(tag) == "module"
        or (not tag.get("src") and bool(scan_modules(text[code.start : code.end])))
        for tag, code in scripts_of(text)
    )


def type_of(tag: Tag) -> str:
    value = tag.get("type")
    return value.value.strip().lower() if value else ""


def scripts_of(text: str) -> Iterator[tuple[Tag, RawText]]:
    """The script elements with their code."""
    last: Tag | None = None
    for token in scan_html(text):
        if isinstance(token, RawText):
            if token.element == "script" and last is not None:
                yield last, token
                last = None
        elif isinstance(token, Tag):
            if last is not None:
                yield last, RawText("script", last.end, last.end)
            last = token if token.name == "script" and not token.closing else None
