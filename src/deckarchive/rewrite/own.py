"""Files that are the deck's own, or come with reveal.js: copied beside the offline page.

Only files inside the deck's folder are copied, whatever a path or a symbolic link says. Style
sheets are followed: what they import comes too, and what they name on other hosts becomes the
captured copy or goes.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import quote

from deckarchive import urls
from deckarchive.markup import (
    CssUrl,
    RawText,
    Splice,
    Tag,
    apply,
    css_escape_url,
    scan_css,
    scan_html,
    scan_srcset,
)
from deckarchive.rewrite.charset import decode, encode
from deckarchive.rewrite.output import Output
from deckarchive.rewrite.page import finish_page, is_remote
from deckarchive.web import encoding_of

ASSETS: Final = "assets"
RESERVED: Final = frozenset({"index.html", "deckarchive.json", "readme.txt", "sw.js", "map.json"})
"""Names at the root that are ours; a deck's file of that name moves to ``own/``."""

_LATER: Final = "runtime/"
"""A folder whose files are written after the deck's own."""

_ATTRIBUTES = ("src", "href", "data-src", "data", "poster", "data-background-image")
_FRAMES = ("iframe", "frame", "embed", "object")
_PAGES = (".html", ".htm", "/")
_SRCSETS = ("srcset", "data-srcset", "imagesrcset")


class OwnFiles:
    """Copies files of the deck and of the vendored packages into the offline folder, once each.

    ``remote`` answers where a captured URL stands (a URL relative to the folder's root) or
    ``None``; ``package`` gives the folder of a vendored package; ``warn`` takes one line.
    """

    def __init__(
        self,
        output: Output,
        root: Path,
        remote: Callable[[str], str | None],
        package: Callable[[str], Path],
        warn: Callable[[str], object],
    ) -> None:
        self._output, self._root = output, root.resolve()
        self._remote, self._package, self._warn = remote, package, warn
        self._placed: dict[str, str | None] = {}
        self._sources: dict[str, str] = {}

    @property
    def placed(self) -> dict[str, str]:
        """Where each copied file of the deck's own went: root-relative path → offline path."""
        return {path: target for path, target in self._placed.items() if target is not None}

    def source_of(self, target: str) -> str:
        """The deck's own path of the file that stands at ``target``; ``target`` for any other."""
        return self._sources.get(target, target)

    def add(self, path: str) -> str | None:
        """Copy the file at ``path`` (decoded, root-relative); its offline path, or ``None``.

        A file that is missing or lies outside the deck's folder is a warning, not an error.
        """
        path = posixpath.normpath(path).lstrip("/")
        if path not in self._placed:
            source = self._source(path)
            if source is None:
                self._placed[path] = None
                return None
            self._placed[path] = target = self._free(path)
            self._sources[target] = path
            self._copy(source, path, target)
            self._neighbours(source, path)
        return self._placed[path]

    def add_document(self, path: str) -> str | None:
        """Copy a page of the deck's folder with all that it names; its offline path, or ``None``.

        It gets the policy of the deck's own page, and so do the pages that it frames. A folder
        stands for its ``index.html``.
        """
        path = posixpath.normpath(path).lstrip("/")
        if (self._root / path).is_dir():
            path = posixpath.normpath(posixpath.join(path, "index.html"))
        if path in self._placed:
            return self._placed[path]
        source = self._source(path)
        if source is None:
            self._placed[path] = None
            return None
        self._placed[path] = target = self._free(path)
        self._sources[target] = path
        data = source.read_bytes()
        text = decode(data, encoding_of(data, "", "text/html"))
        self._output.write(target, encode(finish_page(text, "utf-8", [])))
        self.add_page(text, path)
        return target

    def add_page(self, text: str, path: str = "") -> None:
        """Copy every file that a finished page, once at ``path``, names by a relative URL."""
        base = urls.DECK_ORIGIN + quote(path)
        for token in scan_html(text):
            if isinstance(token, RawText) and token.element == "style":
                for found in scan_css(text[token.start : token.end]):
                    self._add_url(found.url, base)
            elif isinstance(token, Tag) and not token.closing and token.name != "a":
                framed = token.name in _FRAMES and bool(path)
                for attribute in token.attributes:
                    if attribute.name in _ATTRIBUTES:
                        self._add_url(attribute.value, base, framed=framed)
                    elif attribute.name in _SRCSETS:
                        for candidate in scan_srcset(attribute.value):
                            self._add_url(candidate.url, base)

    def _add_url(self, url: str, base: str, *, framed: bool = False) -> None:
        resolved = None if is_remote(url) or not url.strip() else urls.resolve(url, base)
        if resolved is None or not urls.is_deck_url(resolved):
            return
        path = urls.deck_path(urls.split_fragment(resolved)[0])
        if framed and (not path or path.endswith(_PAGES) or (self._root / path).is_dir()):
            self.add_document(path)
        elif path and not (self._output.folder / path).is_file():
            self.add(path)

    def _source(self, path: str) -> Path | None:
        """The file on disk behind an offline path, or ``None`` with a warning."""
        first, _, rest = path.partition("/")
        if first == ASSETS and not (self._root / path).is_file():
            name, _, inside = rest.partition("/")
            try:
                base = self._package(name).resolve()
            except KeyError:
                base = self._root
                inside = path
        else:
            base, inside = self._root, path
        found = (base / inside).resolve()
        if not found.is_relative_to(base):
            self._warn(f"{path}: lies outside the deck's folder, left out")
            return None
        if not found.is_file():
            self._warn(f"{path}: not found in the deck's folder")
            return None
        return found

    def _free(self, path: str) -> str:
        low = path.lower()
        taken = low in RESERVED or low.startswith(_LATER) or (self._output.folder / path).exists()
        return f"own/{path}" if taken else path

    def _copy(self, source: Path, path: str, target: str) -> None:
        if source.suffix.lower() == ".css":
            data = source.read_bytes()
            text = data.decode("utf-8", "surrogateescape")
            spliced = apply(text, self._css_splices(text, path, target))
            self._output.write(target, spliced.encode("utf-8", "surrogateescape"))
        else:
            self._output.copy_file(target, source)

    def _neighbours(self, source: Path, path: str) -> None:
        """What comes with a file unasked: a package's licence, the pages of a reveal.js plugin.

        The speaker view of reveal.js 3 and 4 is a page beside its plugin's script.
        """
        parts = path.split("/")
        if parts[0] == ASSETS and len(parts) > 2 and parts[-1] != "LICENSE":
            licence = f"{ASSETS}/{parts[1]}/LICENSE"
            if licence not in self._placed and not (self._root / path).is_file():
                self.add(licence)
        elif source.suffix == ".js" and len(parts) > 2 and parts[-3] in ("plugin", "plugins"):
            for page in sorted(source.parent.glob("*.html")):
                self.add(posixpath.join(posixpath.dirname(path), page.name))

    def _css_splices(self, text: str, path: str, target: str) -> list[Splice]:
        base = urls.DECK_ORIGIN + quote(path)
        splices: list[Splice] = []
        for found in scan_css(text):
            resolved = urls.resolve(found.url, base)
            if resolved is None or found.rule == "@namespace":
                continue
            if urls.is_deck_url(resolved):
                document = urls.split_fragment(resolved)[0]
                own = self.add(urls.deck_path(document))
                if own is None or (own == urls.deck_path(document) and target == path):
                    continue
                splices.append(_pointing(found, quote(own), target))
            elif address := self._remote(resolved):
                splices.append(_pointing(found, address, target))
            else:
                splices.append(_without(text, found))
                self._warn(f"{path}: {resolved} was not captured, left out")
        return splices


def _pointing(found: CssUrl, address: str, target: str) -> Splice:
    """Replace a URL by an address of the folder, as seen from the style sheet ``target``."""
    address = _relative(address, target)
    return Splice(found.start, found.end, css_escape_url(address, found.quote))


def _relative(address: str, target: str) -> str:
    path, mark, rest = address.partition("?")
    return posixpath.relpath(path, quote(posixpath.dirname(target)) or ".") + mark + rest


def _without(text: str, found: CssUrl) -> Splice:
    """Take a URL out of a sheet: a whole ``@import`` goes, any other becomes an empty one."""
    if found.rule != "@import":
        return Splice(found.start, found.end, "data:,")
    start = text.lower().rfind("@import", 0, found.start)
    end = text.find(";", found.end)
    end = len(text) if end < 0 else end + 1
    return Splice(start, end, "/* an import that was not captured stood here */")
