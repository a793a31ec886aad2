"""The command with which a project starts its deck, and its options.

A talk is often started by ``npm start``, with separators, theme and style sheets as options of that
command and in no file that reveal-md reads. package.json's scripts count by themselves; those of a
Makefile, a shell script, a workflow or the README when the user chooses it.
"""

from __future__ import annotations

import json
import os
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from deckarchive.deck.commandline import (
    NAMED_EXACTLY,
    Options,
    command_calls,
    command_folder,
    command_lines,
    naming_rank,
    parse_command,
)
from deckarchive.deck.config_text import Literal, json_strings, read_json5
from deckarchive.deck.options import (
    OPTION_FILES,
    filled,
)
from deckarchive.deck.project import find_config, is_within, project_folders
from deckarchive.errors import DeckError
from deckarchive.files import read_regular
from deckarchive.model import Deck, Source

_PATTERNS: Final = (
    "[Mm]akefile",
    "GNUmakefile",
    "[Jj]ustfile",
    "[Tt]askfile.y*ml",
    "*.sh",
    "*.cmd",
    "*.bat",
    "*.ps1",
    ".github/workflows/*.y*ml",
    "README*",
    "readme*",
)
_MOST_FILES: Final = 30
LARGEST_COMMANDS: Final = 256 << 10
"""Bytes of the longest file that commands are looked for in."""
COMMAND_FILE: Final = "package.json"
_EXPORTS: Final = ("static", "print")
_SERVERS: Final = ("port", "host", "watch", "w", "disableAutoOpen", "static", "staticDirs", "print",
                   "printSize", "glob", "featuredSlide", "absoluteUrl")  # fmt: skip
_LONGEST_SHOWN: Final = 300


def command_files(folder: Path) -> list[Path]:
    """The files of a project's folder that may contain such a command, the likelier ones first."""
    try:
        found = {file: None for pattern in _PATTERNS for file in sorted(folder.glob(pattern))}
        files = [f for f in list(found)[:_MOST_FILES] if f.is_file()]
        return [f for f in files if f.stat().st_size <= LARGEST_COMMANDS]
    except OSError:
        return []


def command_options(
    text: str, deck: str, name: str = COMMAND_FILE
) -> tuple[Options, Literal | None]:
    """The options with which a file's command shows ``deck``, and the command with its place.

    ``text`` is that of the file called ``name``, ``deck`` the deck's path from the folder that the
    command is run in. A command that names the deck counts before one that names a folder above
    it (in package.json only), one that shows before one that exports, and the first of those.
    Nothing comes of a file that is broken or has no such command.
    """
    best: tuple[int, int] = (0, 0)
    found: tuple[Options, Literal | None] = ({}, None)
    for rank, options, literal in _candidates(text, deck, name):
        if rank > best:
            best, found = rank, (options, literal)
    return found


def is_ambiguous(text: str, deck: str, name: str) -> bool:
    """Whether a file other than package.json shows ``deck`` with one set of options and another."""
    candidates = list(_candidates(text, deck, name))
    best = max((rank for rank, _, _ in candidates), default=(0, 0))
    sets = [deck_options(options) for rank, options, _ in candidates if rank == best]
    return name != COMMAND_FILE and any(options != sets[0] for options in sets)


def deck_options(options: Options) -> Options:
    """Those options that are not about serving or exporting."""
    return {key: value for key, value in options.items() if key not in _SERVERS}


def _candidates(
    text: str, deck: str, name: str
) -> Iterator[tuple[tuple[int, int], Options, Literal]]:
    """Each command for the deck: its rank, its options, its place."""
    package = name == COMMAND_FILE
    for literal in _scripts(text) if package else command_lines(text):
        for arguments in command_calls(literal.value):
            named, options = parse_command(arguments)
            shows = not any(options.get(key) for key in _EXPORTS)
            clearness = naming_rank(named, deck)
            if clearness >= (1 if package else NAMED_EXACTLY):
                yield (clearness, int(shows)), options, literal


def _scripts(text: str) -> Iterator[Literal]:
    """The scripts of a package.json."""
    try:
        scripts = json.loads(text)["scripts"]
        commands = {value for value in scripts.values() if isinstance(value, str)}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return
    for literal in json_strings(text):
        if literal.key == "scripts" and literal.value in commands:
            yield literal


def command_strings(text: str, deck: str, name: str = COMMAND_FILE) -> list[Literal]:
    """The style sheets, scripts and themes in those options, with their places in the file."""
    options, script = command_options(text, deck, name)
    found: list[Literal] = []
    if script is None:
        return found
    for key in ("css", "scripts", "theme"):
        values = options.get(key)
        for value in values if isinstance(values, list) else [values]:
            if not isinstance(value, str):
                continue
            start = text.find(value, script.start, script.end)
            if start < 0 and name != COMMAND_FILE:
                start = text.find(value)  # in a variable
            if start >= 0:
                found.append(Literal(key, value, start, start + len(value), script.quote))
    return found


def without_command(deck: Deck, texts: Mapping[str, str]) -> tuple[Deck, dict[str, str]]:
    """The same deck, showing the same without its command line; a deck that has none as it is.

    ``texts`` maps a source's path to its new text. The options move to reveal-md.json, and stay
    with the deck (``overrides``), where they win over its front matter.
    """
    path = deck.options.command_file
    source = next((s for s in deck.sources[1:] if s.path == path), None)
    if source is None:
        return deck, dict(texts)
    rest = {path: text for path, text in texts.items() if path != source.path}
    name = posixpath.relpath(deck.path, command_folder(source.path) or ".")
    text = texts.get(source.path, source.text)
    options = deck_options(command_options(text, name, _base(source.path))[0])
    file = next((s for s in deck.sources if _base(s.path) in OPTION_FILES), None)
    if file is None:
        file = Source(path=f"{deck.options.config_folder}{OPTION_FILES[-1]}", text="{}")
    local = read_json5(replace(file, text=rest.get(file.path, file.text)))
    text = json.dumps(filled(options, local), ensure_ascii=False, indent=2) + "\n"
    others = [s for s in deck.sources if s.path not in (file.path, source.path)]
    deck = replace(
        deck,
        sources=(*others, replace(file, text=text)),
        options=replace(deck.options, overrides=options),
        found=(),
    )
    return deck, {**rest, file.path: text}


def _base(path: str) -> str:
    return posixpath.basename(path)


def find_command(
    file: Path, chosen: Path | None, warnings: list[str]
) -> tuple[Path | None, Path, Options]:
    """The file whose command shows this deck with options, the folder that the command is run
    in, and those options; ``warnings`` are added to.

    Of itself only package.json counts, whose scripts are what starts a project. A command in any
    other file may be an example or an older one: it is a warning, and counts when ``chosen``.
    """
    package = find_config(file.parent, (COMMAND_FILE,), warnings)
    places = [(package, package.parent)] if package else []
    folders = project_folders(file.parent)
    for folder in folders:
        files = command_files(folder)
        places += [(f, folder) for f in files if is_within(f, folders[-1], warnings)]
    if chosen is not None:
        chosen = chosen.resolve()
        places = [p for p in places if p[0].resolve() == chosen]
        if not places:
            raise DeckError(
                f"{chosen} is no file in which the commands of a project are looked for",
                hint="name its Makefile, script, workflow or README",
            )
    doubts = []
    for path, folder in places:
        try:
            text = read_regular(path, limit=LARGEST_COMMANDS).decode("utf-8", "replace")
        except OSError as error:
            if path == package:
                doubts.append(f"cannot read {path.name}: {error.strerror or error}")
            continue
        name = file.relative_to(folder).as_posix()
        options, where = command_options(text, name, path.name)
        if where is None or not deck_options(options):
            continue
        if is_ambiguous(text, name, path.name):
            doubts.append(f"{path.name} starts the deck in several ways: none is taken")
            continue
        shown = where.value.strip()[:_LONGEST_SHOWN]
        if path != package and chosen is None:
            doubts.append(
                f"{path.name} shows this deck with options of its own, which are left out: {shown}"
                f" (--options-from {os.path.relpath(path)} takes them)"
            )
            continue
        if path != package:
            warnings.append(f"reveal-md's options are taken from {path.name}: {shown}")
        return path, folder, options
    if chosen is not None and not doubts:
        raise DeckError(f"{chosen} has no command that shows {file.name} with options")
    warnings += doubts
    return None, file.parent, {}
