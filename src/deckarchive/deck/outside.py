"""What a deck uses outside of its own folder: what is named, never what a script asks for.

Followed is what a browser would load without being asked for it by a script: from the deck's source
to style sheets, pages in frames and scripts, and from each of those to what it names in turn. A
link is nothing that is loaded. What a deck loads beyond its folder is named in one line.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

from deckarchive import urls
from deckarchive.deck.config_text import json_strings
from deckarchive.deckfiles import find_own, read_found
from deckarchive.markup import (
    RawText,
    Tag,
    scan_css,
    scan_html,
    scan_modules,
    scan_srcset,
)
from deckarchive.model import Deck, DeckFiles, Found, Kind
from deckarchive.web import REVEAL, Holds, fetches, holds

_MOST_FILES: Final = 2000
_LARGEST: Final = 4 << 20
_MOST_NAMED: Final = 5
_SCRIPTS: Final = (".js", ".mjs")
_PAGES: Final = (".html", ".htm", ".xhtml", ".svg")
_LITERAL: Final = re.compile(
    r"""(["'`])(?P<name>[^"'`\s\\<>{}$*?#]{1,300}\.[A-Za-z0-9]{1,5})(?:\?[^"'`\s\\<>{}$]{0,300})?\1"""
)
_FROM_SCRIPT: Final = re.compile(
    r"""new\s+URL\(\s*(["'`])(?P<name>[^"'`\s\\]{1,300})\1\s*,\s*import\.meta\.url"""
)


def deck_files(deck: Deck, found: Iterable[Found]) -> DeckFiles:
    """Which files below the deck's root are the deck's; ``found`` are its references."""
    folder = _folder_of(deck.path)
    crawl = _Crawl(deck, folder)
    crawl.start(found)
    return DeckFiles(
        folder=folder,
        named=frozenset(crawl.named),
        code=tuple(sorted(crawl.code)),
        sandboxed=tuple(sorted(crawl.sandboxed)),
    )


def outside_note(files: DeckFiles) -> str:
    """One line on what the deck uses outside of its folder; ``""`` for nothing."""
    here = files.folder.rstrip("/")
    names = sorted(posixpath.relpath(path, here) for path in files.named)
    if not names and not files.code:
        return ""
    listed = ", ".join(names[:_MOST_NAMED]) + (
        f" and {len(names) - _MOST_NAMED} more" * (len(names) > _MOST_NAMED)
    )
    line = f"the deck uses {len(names)} {_plural(names)} outside its folder: {listed}"
    if files.code:
        beside = ", ".join(posixpath.relpath(path, here) + "/" for path in files.code)
        line += f"; and the code in {beside}"
    return line


def _plural(names: list[str]) -> str:
    return "file" if len(names) == 1 else "files"


class _Crawl:
    """Follows names from file to file; the three sets are as in :class:`DeckFiles`.

    Of a deck whose folder is the root all is its own: only pages are followed, for their frames.
    """

    def __init__(self, deck: Deck, folder: str) -> None:
        self.deck, self.folder, self.root = deck, folder, Path(deck.root)
        self.named: set[str] = set()
        self.code: set[str] = set()
        self.sandboxed: set[str] = set()
        self._seen: set[str] = {deck.path}
        self._waiting: list[str] = []
        self._page = urls.DECK_ORIGIN + quote(deck.path)

    def start(self, found: Iterable[Found]) -> None:
        for item in found:
            if item.kind is not Kind.LINK or item.overlay:
                self._add(item.url, self._page)
        for source in self.deck.sources:
            if self.deck.format == "html" or source.path.endswith(".css"):
                self._add_path(source.path)
        self._page_names(self.deck.sources[0].text, self._page)
        while self._waiting and len(self._seen) < _MOST_FILES:
            self._follow(self._waiting.pop())

    def _add(self, name: str, base: str) -> None:
        """What ``name`` leads to, seen from the URL ``base``, if that is a file below the root."""
        url = urls.resolve(name, base) if name.strip() else None
        if url is not None and url.startswith(urls.DECK_ORIGIN):
            self._add_path(urls.deck_path(urls.split_fragment(url)[0]))

    def _add_sandboxed(self, name: str, base: str) -> None:
        url = urls.resolve(name, base) if name.strip() else None
        if url is not None and url.startswith(urls.DECK_ORIGIN):
            self.sandboxed.add(_folder_of(urls.deck_path(url)))

    def _add_path(self, path: str) -> None:
        path = self._mounted(posixpath.normpath(path or "index.html"))
        if path in self._seen or len(self._seen) >= _MOST_FILES:
            return
        self._seen.add(path)
        try:
            if (self.root / path).is_dir():
                path = posixpath.normpath(f"{path}/index.html")
            file = find_own(self.root, path, DeckFiles())
        except (OSError, ValueError):
            return
        self._waiting.append(path)
        real = file.relative_to(self.root.resolve()).as_posix()
        if not (path.startswith(self.folder) and real.startswith(self.folder)):
            self.named.add(path)
            if path.lower().endswith(_SCRIPTS):
                self._library(path)

    def _mounted(self, path: str) -> str:
        """reveal-md serves the folder of its configuration under a name of its own as well."""
        options = self.deck.options
        served = options.served_folder
        if self.deck.format == "reveal-md" and path.startswith(served):
            return posixpath.normpath(options.config_folder + path.removeprefix(served))
        return path

    def _library(self, script: str) -> None:
        """A script outside may load the code beside it; a plugin also its pages.

        Never where the deck is in that folder as well.
        """
        folder = posixpath.dirname(script) + "/"
        self._code(folder)
        if posixpath.basename(posixpath.dirname(folder.rstrip("/"))) in ("plugin", "plugins"):
            for page in sorted((self.root / folder).glob("*.html")):
                self._add_path(folder + page.name)

    def _code(self, folder: str) -> None:
        if folder not in ("", "/", "./") and not self.folder.startswith(folder):
            self.code = {known for known in self.code if not known.startswith(folder)}
            if not folder.startswith(tuple(self.code)):
                self.code.add(folder)

    def _follow(self, path: str) -> None:
        suffix = posixpath.splitext(path)[1].lower()
        if suffix not in ((".css", *_SCRIPTS, *_PAGES) if self.folder else _PAGES):
            return
        try:
            file = find_own(self.root, path, DeckFiles())
            text = read_found(file, limit=_LARGEST).decode("utf-8", "replace")
        except OSError:
            return
        base = urls.DECK_ORIGIN + quote(path)
        if suffix == ".css":
            self._sheet_names(text, base)
        elif suffix in _PAGES:
            self._page_names(text, base)
        else:
            self._script_names(text, base, self._page if path.startswith(self.folder) else "")

    def _sheet_names(self, text: str, base: str) -> None:
        for found in scan_css(text):
            if found.rule != "@namespace":
                self._add(found.url, base)

    def _page_names(self, text: str, base: str) -> None:
        kind = ""
        for token in scan_html(text):
            if isinstance(token, RawText):
                if token.element == "style":
                    self._sheet_names(text[token.start : token.end], base)
                elif token.element == "script" and kind == "importmap":
                    self._import_map(text[token.start : token.end], base)
                elif token.element == "script":
                    self._script_names(text[token.start : token.end], base, base)
            elif isinstance(token, Tag) and not token.closing:
                named = token.get("type")
                kind = named.value.strip().lower() if named else ""
                for name in _loaded(token):
                    self._add(name, base)
                    if _is_sandboxed(token):
                        self._add_sandboxed(name, base)
                style = token.get("style")
                if style:
                    self._sheet_names(f"x{{{style.value}}}", base)

    def _import_map(self, text: str, base: str) -> None:
        """The files that an import map names; a name that ends in a slash opens a folder's code."""
        for literal in json_strings(text):
            url = urls.resolve(literal.value, base)
            if url and literal.value.endswith("/") and url.startswith(urls.DECK_ORIGIN):
                folder = posixpath.normpath(urls.deck_path(url)) + "/"
                if not folder.startswith(self.folder):
                    self._code(folder)
            elif literal.value.startswith(("./", "../", "/")):
                self._add(literal.value, base)

    def _script_names(self, text: str, base: str, page: str) -> None:
        """What a script imports, by ``base``; with ``page``, the page's URL, also what its literals
        name: those of a script outside mean nothing that the deck's author wrote."""
        for module in scan_modules(text):
            if module.specifier and module.specifier.startswith(("./", "../", "/")):
                self._add(module.specifier, base)
        for found in _FROM_SCRIPT.finditer(text):
            self._add(found["name"], base)
        for found in _LITERAL.finditer(text) if page else ():
            self._add(found["name"], page)


def _folder_of(path: str) -> str:
    folder = posixpath.dirname(path)
    return f"{folder}/" if folder else ""


def _is_sandboxed(tag: Tag) -> bool:
    """Whether an element shows a page without an origin."""
    sandbox = tag.get("sandbox")
    return (
        tag.name == "iframe"
        and sandbox is not None
        and "allow-same-origin" not in sandbox.value.lower().split()
    )


def _loaded(tag: Tag) -> Iterator[str]:
    """The URLs that an element has loaded; none of a link that waits for a click."""
    relation = tag.get("rel")
    for attribute in tag.attributes:
        held = REVEAL.get(attribute.name) or holds(tag.name, attribute.name, foreign=tag.foreign)
        if held is Holds.URLS:
            yield from attribute.value.split(",")
            yield from (found.url for found in scan_css(attribute.value))
        elif held is Holds.SRCSET:
            yield from (candidate.url for candidate in scan_srcset(attribute.value))
        elif held is Holds.CSS:
            yield from (found.url for found in scan_css(attribute.value))
        elif held in (Holds.URL, Holds.FRAME) or (
            held is Holds.REL and relation is not None and fetches(relation.value)
        ):
            yield attribute.value
