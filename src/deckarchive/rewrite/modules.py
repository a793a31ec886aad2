"""JavaScript modules of the deck's own page, made to run from ``file://`` as well.

Browsers load no module from a file. So the page's modules, and all that they import, are carried
as text in ``runtime/modules.js``, which on file:// names them to the browser as ``data:`` URLs in
an import map. On a server nothing of this happens: there the files themselves are loaded.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote, unquote

from deckarchive import urls
from deckarchive.js import script
from deckarchive.markup import RawText, Splice, Tag, apply, decode_references, scan_html
from deckarchive.rewrite.page import is_remote

MODULES_SCRIPT: Final = "runtime/modules.js"
SCHEME: Final = "deckarchive:"
_MOST_BYTES: Final = 16 << 20
_SPECIFIER: Final = re.compile(
    r"""(?<![\w$.])
        (?: (?:import|export) (?:\s*[\w*{$][^'"`;()]*?)? \bfrom\s* | import\s*\(\s* | import\s* )
        (?P<quote>["'])(?P<name>[^"'\s\\]+)(?P=quote)""",
    re.VERBOSE,
)
_META_URL: Final = re.compile(r"(?<![\w$.])import\s*\.\s*meta\s*\.\s*url\b")


class Places(Protocol):
    """Which file of the folder a module's URL is, and the other way round."""

    def path_of(self, url: str, /) -> str | None: ...

    def url_of(self, path: str, /) -> str: ...


@dataclass(slots=True)
class Modules:
    """What a page's modules need: ``sources`` by path in the folder, ``names`` to such paths.

    ``complete`` is false when they are too many to be carried.
    """

    sources: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    complete: bool = True

    def script(self) -> str:
        """The text of ``runtime/modules.js``."""
        files = {SCHEME + quote(path): text for path, text in self.sources.items()}
        names = {name: SCHEME + quote(path) for name, path in self.names.items()}
        given = json.dumps([files, names], ensure_ascii=True, separators=(",", ":"))
        return f"({script('modules')})(...{given});\n"


def import_sources(text: str) -> str:
    """``text`` with each ``<script type=module src>`` of the folder as an inline import.

    An inline module runs at the same time, and finds its import by an import map.
    """
    splices: list[Splice] = []
    for tag, _ in _scripts(text):
        source = tag.get("src")
        if _type(tag) != "module" or source is None or is_remote(source.value):
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


def find_modules(text: str, out: Path, places: Places) -> Modules:
    """Follow the modules of a page of the folder ``out``: what it names and what those import."""
    found = Modules()
    imports = _import_map(text)
    waiting: list[str] = []
    for name in _names_of_page(text, imports):
        path = _page_path(imports.get(name, name), out, imports)
        if path:
            found.names[name] = path
            waiting.append(path)
    size = 0
    while waiting:
        path = waiting.pop()
        if path in found.sources or not (out / path).is_file():
            continue
        size += (out / path).stat().st_size
        if size > _MOST_BYTES:
            return Modules(complete=False)
        source = (out / path).read_bytes().decode("utf-8-sig", "replace")

        def target(name: str, here: str = path) -> str | None:
            if name in imports or not _is_address(name):
                return _page_path(imports.get(name, name), out, imports)
            url = urls.resolve(name, places.url_of(here))
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
    for match in _SPECIFIER.finditer(source):
        if other := target(match["name"]):
            splices.append(Splice(*match.span("name"), SCHEME + quote(other)))
            needed.append(other)
    for match in _META_URL.finditer(source):
        own = json.dumps(quote(path))
        splices.append(Splice(*match.span(), f"new URL({own},document.baseURI).href"))
    return apply(source, splices), needed


def _names_of_page(text: str, imports: Mapping[str, str]) -> Iterator[str]:
    """The specifiers that the page itself uses, and all that its import map names."""
    yield from imports
    for tag, code in _scripts(text):
        if _type(tag) in ("", "module", "text/javascript") and not tag.get("src"):
            yield from (match["name"] for match in _SPECIFIER.finditer(code))


def _page_path(address: str, out: Path, imports: Mapping[str, str]) -> str | None:
    """The file that an address of the page names; ``None`` for a bare or a remote one."""
    for prefix in sorted((p for p in imports if p.endswith("/")), key=len, reverse=True):
        if address.startswith(prefix) and not _is_address(address):
            address = imports[prefix] + address.removeprefix(prefix)
    if not _is_address(address) or is_remote(address):
        return None
    plain = unquote(re.split(r"[?#]", address, maxsplit=1)[0])
    path = posixpath.normpath(f"/{plain}").lstrip("/")  # as a server does: nothing is above "/"
    return path if (out / path).is_file() else None


def _is_address(name: str) -> bool:
    return name.startswith(("./", "../", "/")) or is_remote(name)


def _import_map(text: str) -> dict[str, str]:
    """The ``imports`` of the page's import maps; scopes are not followed."""
    found: dict[str, str] = {}
    for tag, code in _scripts(text):
        if _type(tag) == "importmap":
            try:
                imports = json.loads(code).get("imports", {})
                found.update({k: v for k, v in imports.items() if isinstance(v, str)})
            except (ValueError, AttributeError):
                continue
    return found


def has_import_map(text: str) -> bool:
    """Whether a page has an import map of its own."""
    return any(_type(tag) == "importmap" for tag, _ in _scripts(text))


def has_modules(text: str) -> bool:
    """Whether any script of a page is, or imports, a module."""
    return any(
        _type(tag) == "module" or (not tag.get("src") and _SPECIFIER.search(code))
        for tag, code in _scripts(text)
    )


def _type(tag: Tag) -> str:
    value = tag.get("type")
    return decode_references(value.value).strip().lower() if value else ""


def _scripts(text: str) -> Iterator[tuple[Tag, str]]:
    """The script elements with their code."""
    last: Tag | None = None
    for token in scan_html(text):
        if isinstance(token, RawText):
            if token.element == "script" and last is not None:
                yield last, text[token.start : token.end]
                last = None
        elif isinstance(token, Tag):
            if last is not None:
                yield last, ""
            last = token if token.name == "script" and not token.closing else None
