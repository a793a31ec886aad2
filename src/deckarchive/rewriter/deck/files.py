"""Files that are the deck's own, or come with reveal.js: copied beside the offline page.

Only files that are the deck's are copied (:mod:`deckarchive.deckfiles`), whatever a path or a
symbolic link says. Style sheets are followed: what they import comes too, and what they name on
other hosts becomes the captured copy or goes. A file whose name is taken stands under ``own/``, and
what names it is rewritten.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final
from urllib.parse import quote

from deckarchive import urls
from deckarchive.deckfiles import find_own, open_found, read_found
from deckarchive.markup import (
    Attribute,
    Candidate,
    CssUrl,
    RawText,
    Splice,
    Tag,
    apply,
    css_escape_url,
    encode_attribute,
    scan_css,
    scan_html,
    scan_srcset,
)
from deckarchive.model import DeckFiles
from deckarchive.rewriter.deck.page import finish_page, is_remote
from deckarchive.rewriter.pages.bodies import decode_copy, encode_copy
from deckarchive.rewriter.plan_values import CopiedFile, PlannedFolder
from deckarchive.web import REVEAL, Holds, encoding_of, fetches, holds

ASSETS: Final = "assets"
_NAME: Final = re.compile(
    r"""(["'`])(?P<name>[^"'`\s\\<>{}$*?#]{1,300}\.(?:css|m?js|json|md|csv|txt|svg|png|jpe?g|"""
    r"""gif|webp|avif|mp4|webm|mp3|wav|ogg|woff2?|wasm))\1"""
)
"""A literal that may name a file. A capture sees what is asked for on an ordinary day: the page
of every reveal.js 3 takes its print style sheet only when it is printed."""
_PAGES = (".html", ".htm", "/")
_LAZY = frozenset({"data-src", "data-srcset", "data-background-image"})


class DeckFileCopies:
    """Copies files of the deck and of the vendored packages into the offline folder, once each.

    ``remote`` answers where a captured URL stands (a URL relative to the folder's root) or
    ``None``; ``package`` gives the folder of a vendored package; ``warn`` takes one line; ``own``
    says which files below ``root`` are the deck's. ``packaged``: the page runs on the vendored
    packages (a reveal-md deck), so that no file of the deck's may stand for one of theirs.
    """

    def __init__(
        self,
        folder: PlannedFolder,
        root: Path,
        remote: Callable[[str], str | None],
        package: Callable[[str], Path],
        warn: Callable[[str], object],
        own: DeckFiles | None = None,
        *,
        packaged: bool = False,
    ) -> None:
        self._folder, self._root = folder, root.resolve()
        self._own = own or DeckFiles()
        self._packaged = packaged
        self._remote, self._package, self._warn = remote, package, warn
        self._placed: dict[str, str | None] = {}
        self._sources: dict[str, str] = {}

    def copy(self, folder: PlannedFolder, warn: Callable[[str], object]) -> DeckFileCopies:
        """The same for ``folder``, a copy of this one's, to be planned on."""
        args = (self._remote, self._package, warn, self._own)
        new = DeckFileCopies(folder, self._root, *args, packaged=self._packaged)
        new._placed, new._sources = dict(self._placed), dict(self._sources)
        return new

    @property
    def placed(self) -> dict[str, str]:
        """Where each copied file of the deck's own went: root-relative path → offline path."""
        return {path: target for path, target in self._placed.items() if target is not None}

    def source_of(self, target: str) -> str:
        """The deck's own path of the file that stands at ``target``; ``target`` for any other."""
        return self._sources.get(target, target)

    def add(self, path: str) -> str | None:
        """Copy the file at ``path`` (decoded, root-relative); its offline path, or ``None``.

        A file that is missing, cannot be read or is not the deck's is a warning, not an error.
        """
        path = posixpath.normpath(path).lstrip("/")
        if path not in self._placed:
            self._place(path, self._copy)
        return self._placed[path]

    def add_document(self, path: str) -> str | None:
        """Copy a page of the deck's folder with all that it names; its offline path, or ``None``.

        It gets the policy of the deck's own page, and so do the pages that it frames. A folder
        stands for its ``index.html``.
        """
        path = posixpath.normpath(path).lstrip("/")
        if (self._root / path).is_dir():
            path = posixpath.normpath(posixpath.join(path, "index.html"))
        if path not in self._placed:
            self._place(path, self._copy_document)
        return self._placed[path]

    def _place(self, path: str, copy: Callable[[Path, str, str], object]) -> None:
        """Find the file at ``path`` and have ``copy(source, path, target)`` write it."""
        self._placed[path] = None
        try:
            source = self._source(path)
            source.stat()
            self._placed[path] = target = self._folder.claim(path)
            self._sources[target] = path
            copy(source, path, target)
        except OSError as error:
            self._placed[path] = None
            self._warn(f"{path}: {error.strerror or error}, left out")
        else:
            self._neighbours(source, path)

    def _copy_document(self, source: Path, path: str, target: str) -> None:
        data = read_found(source)
        text = decode_copy(data, encoding_of(data, "", "text/html"))
        text = self.add_page(text, path, target)
        self._folder.generate(target, encode_copy(finish_page(text, "utf-8", [])))

    def add_page(self, text: str, path: str = "", target: str = "index.html") -> str:
        """Copy every file that a page names by a relative URL; ``text``, true to where they went.

        It stood at ``path`` and is to stand at ``target``. Without ``path`` it is the deck's own
        page, whose references lead to files of the offline folder already where those are.
        """
        splices: list[Splice] = []
        for token in scan_html(text):
            if isinstance(token, RawText) and token.element == "style":
                for part in self._moved(scan_css(text[token.start : token.end]), path, target):
                    start, end = token.start + part.start, token.start + part.end
                    splices.append(Splice(start, end, part.text))
            elif isinstance(token, Tag) and not token.closing:
                for attribute in token.attributes:
                    splices += self._attribute(token, attribute, path, target)
        return apply(text, splices)

    def _attribute(self, tag: Tag, attribute: Attribute, path: str, target: str) -> list[Splice]:
        value, held = attribute.value, _held(tag, attribute)
        if held in (Holds.URL, Holds.FRAME):
            framed = held is Holds.FRAME and bool(path)
            new = self._add_url(value, path, target, framed=framed) or value
        elif held is Holds.URLS:
            parts = [] if value.lstrip().startswith("data:") else value.split(",")
            moved = [self._add_url(part.strip(), path, target) or part for part in parts]
            new = ",".join(moved) or value
        elif held is Holds.SRCSET:
            new = apply(value, self._moved(scan_srcset(value), path, target))
        elif held is Holds.CSS:
            new = apply(value, self._moved(scan_css(value), path, target))
        else:
            return []
        if new == value:
            return []
        return [Splice(attribute.start, attribute.end, encode_attribute(new, attribute.quote))]

    def _moved(self, found: Iterable[Candidate | CssUrl], path: str, target: str) -> list[Splice]:
        """Copy what a srcset or a style names; where that then stands, if not where it says."""
        splices = []
        for one in found:
            if address := self._add_url(one.url, path, target):
                new = css_escape_url(address, one.quote) if isinstance(one, CssUrl) else address
                splices.append(Splice(one.start, one.end, new))
        return splices

    def _add_url(self, url: str, path: str, target: str, *, framed: bool = False) -> str | None:
        """Copy what ``url`` of the page at ``path`` names; its new URL where that is another."""
        base = urls.DECK_ORIGIN + quote(path)
        resolved = None if is_remote(url) or not url.strip() else urls.resolve(url, base)
        if resolved is None or not urls.is_deck_url(resolved):
            return None
        named = urls.deck_path(urls.split_fragment(resolved)[0])
        if framed and (not named or named.endswith(_PAGES) or (self._root / named).is_dir()):
            place = self.add_document(named)
        elif not named or (not path and self._folder.has(named)):
            return None
        else:
            place = self.add(named)
        resolved_there = urls.resolve(url, urls.DECK_ORIGIN + quote(target))
        if place is None or resolved_there is None or _leads_to(resolved_there, place):
            return None
        rest = url.strip()[len(re.split(r"[?#]", url.strip(), maxsplit=1)[0]) :]
        return _relative(quote(place), target) + rest

    def _source(self, path: str) -> Path:
        """The file on disk behind an offline path. Raises :class:`OSError` that says why none."""
        first, _, rest = path.partition("/")
        in_deck = (self._root / path).is_file()
        if first == ASSETS and (self._packaged or not in_deck):
            name, _, inside = rest.partition("/")
            try:
                return find_own(self._package(name), inside, DeckFiles())
            except KeyError:
                pass
            except OSError:
                if not in_deck:
                    raise
        return find_own(self._root, path, self._own)

    def _copy(self, source: Path, path: str, target: str) -> None:
        if source.suffix.lower() == ".css":
            text = read_found(source).decode("utf-8", "surrogateescape")
            spliced = apply(text, self._css_splices(text, path, target))
            self._folder.generate(target, spliced.encode("utf-8", "surrogateescape"))
        else:
            open_found(source).close()  # a secret, or gone: left out
            self._folder.add(CopiedFile(target, source))

    def _neighbours(self, source: Path, path: str) -> None:
        """What belongs to a file unnamed: a package's licence, the pages of a reveal.js plugin.

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


def script_literal_files(page: str, base: str, root: Path) -> list[str]:
    """Paths below ``root`` (decoded, posix, sorted) that literals in inline scripts name.

    ``base`` is the URL that the page has as the deck. Only files that exist count: most literals
    that look like a name are none.
    """
    found = set()
    for token in scan_html(page):
        if not isinstance(token, RawText) or token.element != "script":
            continue
        for literal in _NAME.finditer(page, token.start, token.end):
            url = urls.resolve(literal["name"], base)
            path = urls.deck_path(url) if url and urls.is_deck_url(url) else ""
            if path and (root / path).is_file():
                found.add(path)
    return sorted(found)


def _held(tag: Tag, attribute: Attribute) -> Holds | None:
    """What an attribute holds that has something loaded, at once or by reveal.js."""
    if attribute.name in _LAZY:
        return REVEAL[attribute.name]
    held = holds(tag.name, attribute.name, foreign=tag.foreign)
    if held is not Holds.REL:
        return held
    rel = tag.get("rel")
    return Holds.URL if rel is not None and fetches(rel.value) else None


def _leads_to(url: str, place: str) -> bool:
    path = urls.deck_path(urls.split_fragment(url)[0])
    return path == place or posixpath.join(path, "index.html") == place


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
