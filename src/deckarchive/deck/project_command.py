"""The command with which a project starts its deck, and its options.

A talk is often started by ``npm start``, with separators, theme and style sheets as options of that
command and in no file that reveal-md reads. package.json's scripts count by themselves; those of a
Makefile, a shell script, a workflow or the README when the user chooses it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deckarchive.deck.commandline import (
    NAMED_EXACTLY,
    Options,
    command_calls,
    command_lines,
    naming_rank,
    parse_command,
)
from deckarchive.deck.config_text import Literal, json_strings
from deckarchive.deck.project import find_config, is_within, project_folders
from deckarchive.errors import DeckError
from deckarchive.files import read_regular

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


@dataclass(frozen=True, slots=True)
class ProjectCommand:
    """The command that shows a deck: the file that has it (``None`` where there is none), the
    folder that it is run in, and its options."""

    file: Path | None
    folder: Path
    options: Options


def find_command(file: Path, chosen: Path | None, warnings: list[str]) -> ProjectCommand:
    """The command that shows the deck ``file`` with options; ``warnings`` are added to.

    Of itself only package.json counts, whose scripts are what starts a project. A command in any
    other file may be an example or an older one: it is a warning, and counts when ``chosen``.
    Raises :class:`DeckError` when the chosen file has none.
    """
    doubts: list[str] = []
    for path, folder in _places(file, chosen, warnings):
        found = _command_in(path, file.relative_to(folder).as_posix(), doubts)
        if found is None:
            continue
        options, command = found
        if path.name == COMMAND_FILE:
            return ProjectCommand(path, folder, options)
        if chosen is not None:
            warnings.append(f"reveal-md's options are taken from {path.name}: {command}")
            return ProjectCommand(path, folder, options)
        doubts.append(
            f"{path.name} shows this deck with options of its own, which are left out: {command}"
            f" (--options-from {os.path.relpath(path)} takes them)"
        )
    if chosen is not None and not doubts:
        name = chosen.resolve()
        raise DeckError(f"{name} has no command that shows {file.name} with options")
    warnings += doubts
    return ProjectCommand(None, file.parent, {})


def _places(file: Path, chosen: Path | None, warnings: list[str]) -> list[tuple[Path, Path]]:
    """The files that may have the command, each with the folder that it is run in."""
    package = find_config(file.parent, (COMMAND_FILE,), warnings)
    places = [(package, package.parent)] if package else []
    folders = project_folders(file.parent)
    for folder in folders:
        files = command_files(folder)
        places += [(f, folder) for f in files if is_within(f, folders[-1], warnings)]
    if chosen is None:
        return places
    chosen = chosen.resolve()
    places = [p for p in places if p[0].resolve() == chosen]
    if not places:
        raise DeckError(
            f"{chosen} is no file in which the commands of a project are looked for",
            hint="name its Makefile, script, workflow or README",
        )
    return places


def _command_in(path: Path, deck: str, doubts: list[str]) -> tuple[Options, str] | None:
    """The options and the text of the one command in a file that shows ``deck`` with options."""
    try:
        text = read_regular(path, limit=LARGEST_COMMANDS).decode("utf-8", "replace")
    except OSError as error:
        if path.name == COMMAND_FILE:
            doubts.append(f"cannot read {path.name}: {error.strerror or error}")
        return None
    options, where = command_options(text, deck, path.name)
    if where is None or not deck_options(options):
        return None
    if is_ambiguous(text, deck, path.name):
        doubts.append(f"{path.name} starts the deck in several ways: none is taken")
        return None
    return options, where.value.strip()[:_LONGEST_SHOWN]
