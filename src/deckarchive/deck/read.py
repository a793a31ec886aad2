"""Reading a deck from disk: its file, its configuration, external Markdown, local style sheets.

Nothing outside the deck's project is read, and nothing is written.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from deckarchive import urls
from deckarchive.deck import detect
from deckarchive.deck.config_text import front_matter, read_json5
from deckarchive.deck.detect import reveal_version
from deckarchive.deck.dom import Element, Text, parse_html
from deckarchive.deck.find import Finder
from deckarchive.deck.jsregex import renew_budget
from deckarchive.deck.options import (
    OPTION_FILES,
    REVEAL_FILES,
    complaints,
    merge,
    template_path,
)
from deckarchive.deck.outline import external_path
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
from deckarchive.deck.project_command import find_command
from deckarchive.errors import DeckError
from deckarchive.model import Deck, Kind, Source

_MOST_FILES: Final = 300
_MADE: Final = "the slides are made by scripts: what they embed is found when the deck is captured"


def read_deck(
    path: Path | str,
    *,
    overrides: Mapping[str, Any] | None = None,
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
    text, data = detect.load_deck_bytes(given)
    file = given.resolve()
    is_page = file.suffix.lower() in detect.HTML
    deck = (
        _read_html(given, file, text, data)
        if is_page
        else _read_markdown(given, file, data, dict(overrides or {}), options_from)
    )
    try:
        return _finish(_with_version(deck) if is_page else deck)
    except DeckError as error:
        raise DeckError(f"{given}: {error.message}", hint=error.hint) from error


def _read_markdown(
    given: Path, file: Path, data: bytes, overrides: dict[str, Any], options_from: Path | None
) -> Deck:
    text, encoding, bom = decode_source(data, kind="text")
    source = Source(path=str(given), text=text, encoding=encoding, bom=bom)
    front = front_matter(source)
    detect.check_markdown(given, front.data)
    warnings: list[str] = []
    option_file, reveal_file = (
        find_config(file.parent, OPTION_FILES, warnings),
        find_config(file.parent, REVEAL_FILES, warnings),
    )
    command_file, command_dir, command = find_command(file, options_from, warnings)
    config_files = [f for f in (option_file, reveal_file) if f]
    config = option_file or reveal_file
    config_dir = config.parent if config else command_dir
    root = deck_root(file, text, [config_dir])
    configs = [read_source(f, root, kind="text") for f in config_files]
    local = read_json5(configs[0], str(option_file)) if option_file else {}
    reveal_options = read_json5(configs[-1], str(reveal_file)) if reveal_file else {}
    warnings += complaints(front.data, given.name)
    if option_file:
        warnings += complaints(local, option_file.name)
    if command_file:
        warnings += complaints(command, command_file.name)
    if command_file and command_file.is_relative_to(root):
        configs.append(read_source(command_file, root, kind="text"))
    overrides = command | overrides
    options, reveal = merge(overrides, front.data, local, reveal_options)
    options.update(
        start=front.end,
        frontStart=front.start,
        overrides=overrides,
        configDir=folder_prefix(config_dir, root),
    )
    if command_file and command_file.is_relative_to(root):
        options["commandFile"] = command_file.relative_to(root).as_posix()
    warnings += filter(None, [beyond(file, text)])
    if options.get("preprocessor"):
        warnings.append(
            f"the preprocessor {options['preprocessor']} is JavaScript and is not run:"
            " slides that it makes are not seen"
        )
    if encoding == "windows-1252":
        warnings.append(f"{given} is not UTF-8: read as Windows-1252")
    path = file.relative_to(root).as_posix()
    own, template = _template(options, root)
    if template is not None:
        configs.append(template)
    elif own:
        warnings.append(f"the template {own} is not a file of the deck: reveal-md's own is used")
    return Deck(
        root=str(root),
        path=path,
        format="reveal-md",
        title=_title(options, text, file),
        sha256=hashlib.sha256(data).hexdigest(),
        sources=(replace(source, path=path), *configs),
        options=options,
        reveal=reveal,
        warnings=tuple(warnings),
    )


def _template(options: Mapping[str, Any], root: Path) -> tuple[str | None, Source | None]:
    """The path of the deck's own template, and the file where it is one of the deck's."""
    path = template_path(options)
    file = local_file(str(root), path) if path else None
    return path, read_source(file, root, kind="html", path=path) if file else None


def _read_html(given: Path, file: Path, text: str, data: bytes) -> Deck:
    text, encoding, bom = decode_source(data, kind="html")
    try:
        document = parse_html(text)
    except DeckError as error:  # far too many elements
        raise DeckError(f"{given}: {error.message}") from error
    in_page = detect.check_html(given, document, text)
    root = deck_root(file, text)
    path = file.relative_to(root).as_posix()
    source = Source(path=path, text=text, encoding=encoding, bom=bom)
    title = next((e for e in document.walk() if e.name == "title"), None)
    words = _text(title).split() if title else []
    deck = Deck(
        root=str(root),
        path=path,
        format="html",
        title=" ".join(words) or file.stem,
        sha256=hashlib.sha256(data).hexdigest(),
        sources=(source,),
        warnings=tuple(filter(None, ["" if in_page else _MADE, beyond(file, text)])),
    )
    sections = [e for e in document.walk() if e.name == "section" and e.get("data-markdown")]
    return _with_markdown(deck, sections)


def _with_version(deck: Deck) -> Deck:
    return replace(deck, options={"revealVersion": reveal_version(deck)})


def _text(element: Element) -> str:
    return "".join(c.text for c in element.children if isinstance(c, Text))


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


def _finish(deck: Deck) -> Deck:
    """Add the deck's own style sheets, found by following it, and count its slides."""
    seen: set[str] = set()
    while True:
        finder = Finder(deck)
        found = finder.all()
        paths = [
            urls.deck_path(f.url)
            for f in found
            if f.kind is Kind.STYLESHEET and urls.is_deck_url(f.url)
        ]
        fresh = [p for p in dict.fromkeys(paths) if p not in seen]
        seen.update(fresh)
        known = {s.path for s in deck.sources}
        files = [(p, local_file(deck.root, p)) for p in fresh if p.lower().endswith(".css")]
        added = tuple(
            read_source(f, Path(deck.root), kind="css", path=p)
            for p, f in files
            if f is not None and p not in known
        )
        if not added or len(deck.sources) > _MOST_FILES:
            own = deck_files(deck, found)
            warnings = (*deck.warnings, *filter(None, [outside_note(own)]))
            slides = len(finder.outline.slides)
            return replace(deck, slides=slides, files=own, warnings=warnings)
        deck = replace(deck, sources=(*deck.sources, *added))


def _title(options: Mapping[str, Any], text: str, file: Path) -> str:
    """The deck's title: the option, else its first heading, else its name."""
    title = options.get("title")
    if isinstance(title, str) and title.strip() and title != "reveal-md":
        return title.strip()
    heading = re.search(r"^#{1,6}[ \t]+(.+?)[ \t]*#*$", text[int(options["start"]) :], re.MULTILINE)
    return heading.group(1).strip() if heading else file.stem
