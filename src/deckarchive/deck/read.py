"""Reading a deck from disk: its file, its configuration, external Markdown, local style sheets.

Nothing outside the deck's project is read, and nothing is written.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Final

from deckarchive import urls
from deckarchive.deck import detect
from deckarchive.deck.config_text import FrontMatter, front_matter, read_json5
from deckarchive.deck.detect import reveal_version
from deckarchive.deck.dom import Element, parse_html
from deckarchive.deck.external import expand_external
from deckarchive.deck.find import Finder, collect
from deckarchive.deck.jsregex import renew_budget
from deckarchive.deck.markdown import inline_html
from deckarchive.deck.options import (
    OPTION_FILES,
    REVEAL_FILES,
    OptionMap,
    complaints,
    merge,
    reveal_complaints,
)
from deckarchive.deck.outline import Outline, external_path, find_slides
from deckarchive.deck.outside import deck_files, outside_note
from deckarchive.deck.project import (
    beyond,
    deck_root,
    decode_source,
    find_config,
    folder_prefix,
    local_file,
    read_source,
)
from deckarchive.deck.project_command import ProjectCommand, find_command
from deckarchive.deck.source_map import SourceText
from deckarchive.errors import DeckError
from deckarchive.model import REVEAL_MD_DEFAULTS, AuthorOptions, Deck, DeckOptions, Kind, Source

_MOST_FILES: Final = 300
_HEADING: Final = re.compile(
    r"^(?P<fence>```|~~~)[\s\S]*?^(?P=fence)|^#{1,6}[ \t]+(?P<heading>.+?)[ \t]*#*$", re.MULTILINE
)
"""A heading of Markdown; a ``#`` in a block of code is none."""
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_MOST_HEADINGS: Final = 20
_LONGEST_TITLE: Final = 1000
"""Characters of the source of a title that are looked at."""
_MADE: Final = "the slides are made by scripts: what they embed is found when the deck is captured"


def read_deck(
    path: Path | str,
    *,
    overrides: OptionMap | None = None,
    options_from: Path | None = None,
) -> Deck:
    """Read the deck at ``path``: a reveal-md Markdown file, a reveal.js page, or its folder.

    ``overrides`` are reveal-md options that win over the files', as its command line does;
    ``options_from`` is a Makefile, script, workflow or README whose reveal-md command counts.
    The result holds the deck's decoded ``sources`` (the deck file first), its ``slides`` (how many
    reveal.js shows) and ``warnings`` for what could not be read.
    Raises :class:`DeckError` with one line for a person when it is missing or not a deck.
    """
    renew_budget()
    given = detect.find_deck_file(Path(path))
    data = detect.load_deck_bytes(given)[1]
    file = given.resolve()
    is_page = file.suffix.lower() in detect.HTML
    deck, document = (
        _read_html(given, file, data)
        if is_page
        else (_read_markdown(given, file, data, overrides or {}, options_from), None)
    )
    try:
        return _with_references(deck, document)
    except DeckError as error:
        raise DeckError(f"{given}: {error.message}", hint=error.hint) from error


@dataclass(frozen=True, slots=True)
class _ConfigFiles:
    """Where a Markdown deck is configured: its reveal-md.json, its reveal.json, its command."""

    options: Path | None
    reveal: Path | None
    command: ProjectCommand

    @property
    def folder(self) -> Path:
        """The folder from which reveal-md resolves what the options name."""
        file = self.options or self.reveal
        return file.parent if file else self.command.folder


def _read_markdown(
    given: Path, file: Path, data: bytes, overrides: OptionMap, options_from: Path | None
) -> Deck:
    text, encoding, bom = decode_source(data, kind="text")
    source = Source(path=str(given), text=text, encoding=encoding, bom=bom)
    front = front_matter(source)
    detect.check_markdown(given, front.data)
    warnings: list[str] = []
    files = _ConfigFiles(
        find_config(file.parent, OPTION_FILES, warnings),
        find_config(file.parent, REVEAL_FILES, warnings),
        find_command(file, options_from, warnings),
    )
    root = deck_root(file, text, [files.folder])
    warnings += complaints(front.data, given.name)
    options, configs = _configured(files, front, root, overrides, warnings)
    warnings += filter(None, [beyond(file, text)])
    warnings += filter(None, [detect.jekyll_note(front.data, text[front.end :])])
    if encoding == "windows-1252":
        warnings.append(f"{given} is not UTF-8: read as Windows-1252")
    path = file.relative_to(root).as_posix()
    return Deck(
        root=str(root),
        path=path,
        format="reveal-md",
        title=_title(options.author, text[front.end :], file),
        sha256=hashlib.sha256(data).hexdigest(),
        sources=(replace(source, path=path), *configs, *_template(options, root, warnings)),
        options=options,
        warnings=tuple(warnings),
    )


def _configured(
    files: _ConfigFiles,
    front: FrontMatter,
    root: Path,
    overrides: OptionMap,
    warnings: list[str],
) -> tuple[DeckOptions, list[Source]]:
    """The options of a Markdown deck and the sources that have them; ``warnings`` are added to."""
    sources = [read_source(f, root, kind="text") for f in (files.options, files.reveal) if f]
    local: OptionMap = {}
    reveal: OptionMap = {}
    if files.options:
        local = read_json5(sources[0], str(files.options))
        warnings += complaints(local, files.options.name)
    if files.reveal:
        reveal = read_json5(sources[-1], str(files.reveal))
        warnings += reveal_complaints(reveal, files.reveal.name)
    command = files.command
    if command.file:
        warnings += complaints(command.options, command.file.name)
    in_root = command.file is not None and command.file.is_relative_to(root)
    if command.file and in_root:
        sources.append(read_source(command.file, root, kind="text"))
    author = merge({**command.options, **overrides}, front.data, local, reveal)
    if preprocessor := author.reveal_md.get("preprocessor"):
        warnings.append(
            f"the preprocessor {preprocessor} is JavaScript and is not run:"
            " slides that it makes are not seen"
        )
    options = DeckOptions(
        author=author,
        overrides={**command.options, **overrides},
        command_file=sources[-1].path if in_root else "",
        config_folder=folder_prefix(files.folder, root),
        front_matter=(front.start, front.end),
    )
    return options, sources


def _template(options: DeckOptions, root: Path, warnings: list[str]) -> list[Source]:
    """The deck's own template, if it has one; what is no file of the deck is a warning."""
    path = options.template_path
    file = local_file(str(root), path) if path else None
    if file is not None:
        return [read_source(file, root, kind="html", path=path)]
    if path:
        warnings.append(f"the template {path} is not a file of the deck: reveal-md's own is used")
    return []


def _read_html(given: Path, file: Path, data: bytes) -> tuple[Deck, Element]:
    """The deck of a page, and the page's tree with its source spans."""
    text, encoding, bom = decode_source(data, kind="html")
    root = deck_root(file, text)
    path = file.relative_to(root).as_posix()
    source = Source(path=path, text=text, encoding=encoding, bom=bom)
    try:
        document = parse_html(text, SourceText.of(source))
    except DeckError as error:  # far too many elements
        raise DeckError(f"{given}: {error.message}") from error
    in_page = detect.check_html(given, document, text)
    deck = Deck(
        root=str(root),
        path=path,
        format="html",
        title=_page_title(document, text, file),
        sha256=hashlib.sha256(data).hexdigest(),
        sources=(source,),
        warnings=tuple(filter(None, ["" if in_page else _MADE, beyond(file, text)])),
    )
    page = Finder(deck, Outline(document))  # the page as it is: its Markdown names no reveal.js
    page.collect()
    version = reveal_version(deck.root, page.in_order())
    deck = replace(deck, options=DeckOptions(reveal_version=version))
    deck = _with_external(deck, document)
    sections = [e for e in document.walk() if e.name == "section" and e.get("data-markdown")]
    return _with_markdown(deck, sections), document


def _with_external(deck: Deck, document: Element) -> Deck:
    """Put the external HTML that a plugin loads into the tree; its files become sources."""
    sources: dict[str, Source] = {}

    def load(path: str) -> Source | None:
        if path not in sources and len(sources) < _MOST_FILES:
            file = local_file(deck.root, path)
            if file is not None:
                sources[path] = read_source(file, Path(deck.root), kind="html", path=path)
        return sources.get(path)

    warnings = expand_external(document, deck.sources[0], load)
    return replace(
        deck,
        sources=(*deck.sources, *sources.values()),
        warnings=(*deck.warnings, *warnings),
    )


def _with_markdown(deck: Deck, sections: Iterable[Element]) -> Deck:
    """Add the external Markdown files that sections name; what is missing is a warning."""
    sources, warnings = list(deck.sources), list(deck.warnings)
    for section in sections:
        name = section.get("data-markdown") or ""
        path = external_path(deck.path, name)
        if path is None:
            warnings.append(f"external Markdown {name} is not a file of the deck: not read")
        elif all(s.path != path for s in sources):
            file = local_file(deck.root, path)
            if file is None:
                warnings.append(f"external Markdown {name} does not exist: its slides are missing")
            else:
                label = section.get("data-charset") or "utf-8"
                sources.append(read_source(file, Path(deck.root), kind="text", label=label))
    return replace(deck, sources=tuple(sources), warnings=tuple(dict.fromkeys(warnings)))


def _with_references(deck: Deck, document: Element | None) -> Deck:
    """The deck with the URLs that it names, its number of slides, and its own style sheets, which
    are found by following it. ``document`` is the tree of an HTML deck."""
    finder = collect(deck, document)
    seen: set[str] = set()
    while (sheets := _new_sheets(finder, seen)) and len(finder.deck.sources) <= _MOST_FILES:
        finder.add_sheets(sheets)
    deck, found = finder.deck, finder.in_order()
    own = deck_files(deck, found)
    return replace(
        deck,
        slides=len(finder.outline.slides),
        files=own,
        warnings=(*deck.warnings, *filter(None, [outside_note(own)])),
    ).with_found(found)


def _new_sheets(finder: Finder, seen: set[str]) -> tuple[Source, ...]:
    """The deck's style sheets that were found and are no sources yet; their paths join ``seen``."""
    paths = dict.fromkeys(
        urls.deck_path(found.url)
        for found in finder.in_order()
        if found.kind is Kind.STYLESHEET and urls.is_deck_url(found.url)
    )
    fresh = [path for path in paths if path not in seen]
    seen.update(fresh)
    root, known = finder.deck.root, {source.path for source in finder.deck.sources}
    files = [(path, local_file(root, path)) for path in fresh if path.lower().endswith(".css")]
    return tuple(
        read_source(file, Path(root), kind="css", path=path)
        for path, file in files
        if file is not None and path not in known
    )


def _title(author: AuthorOptions, markdown: str, file: Path) -> str:
    """The title of a Markdown deck: the option, else its first heading with words,
    else its name."""
    title = author.text("title").strip()
    if title and title != REVEAL_MD_DEFAULTS["title"]:
        return title
    headings = (text for found in _HEADING.finditer(markdown) if (text := found["heading"]))
    named = (
        _words(inline_html(text[:_LONGEST_TITLE])) for text in islice(headings, _MOST_HEADINGS)
    )
    return next(filter(None, named), file.stem)


def _page_title(document: Element, page: str, file: Path) -> str:
    """The title of a page: its own, else the first heading with words on its slides, else
    its name."""
    title = (e for e in document.walk() if e.name == "title")
    slides = find_slides(document)
    headings = (
        e
        for e in (slides.walk() if slides else ())
        if e.name in _HEADINGS and not e.inside("aside")
    )
    named = (
        _words(page[e.start : min(e.end, e.start + _LONGEST_TITLE)])
        for e in chain(islice(title, 1), islice(headings, _MOST_HEADINGS))
    )
    return next(filter(None, named), file.stem)


def _words(html: str) -> str:
    """What a person reads of a piece of HTML, in one line."""
    from bs4 import BeautifulSoup  # a tenth of a second, which other steps need not wait for

    tree = BeautifulSoup(html, "html.parser")
    for element in tree(["script", "style", "template"]):
        element.decompose()
    for line_break in tree("br"):
        line_break.replace_with(" ")
    return " ".join(tree.get_text().split())
