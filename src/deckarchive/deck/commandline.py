"""reveal-md's options as a project gives them on its command line: in package.json's scripts, else
in a Makefile, a shell script, a workflow or the README.

A talk is often started by ``npm start``, with separators, theme and style sheets as options of that
command and in no file that reveal-md reads. Options are read as reveal-md reads them, by the
conventions of yargs-parser: ``--key value``, ``--key=value``, ``--flag``, ``--no-flag``,
``--a.b value``, names in kebab-case or camelCase, numbers as numbers, a repeated key as a list.
"""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from deckarchive.deck.config import OPTION_FILES, defaults_deep, read_json5
from deckarchive.deck.shell import command_folder, command_lines
from deckarchive.deck.strings import Literal, json_strings
from deckarchive.model import Deck, Source

COMMAND_FILE: Final = "package.json"
_PROGRAM: Final = re.compile(r"(?:.*[/\\])?reveal-md(?:@[^\s/]+|\.js|\.cmd)?")
_OPERATOR: Final = re.compile(r"[();<>|&]+")
_NUMBER: Final = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?", re.IGNORECASE)
_EXPORTS: Final = ("static", "print")
_SERVERS: Final = ("port", "host", "watch", "w", "disableAutoOpen", "static", "staticDirs", "print",
                   "printSize", "glob", "featuredSlide", "absoluteUrl")  # fmt: skip
_DEEPEST: Final = 3
_EXACT: Final = 3

Options = dict[str, Any]


def command_options(
    text: str, deck: str, name: str = COMMAND_FILE
) -> tuple[Options, Literal | None]:
    """The options with which a file's command shows ``deck``, and where the command stands.

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
        for arguments in _calls(literal.value):
            named, options = parse_command(arguments)
            shows = not any(options.get(key) for key in _EXPORTS)
            clearness = _names(named, deck)
            if clearness >= (1 if package else _EXACT):
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
    path = deck.options.get("commandFile")
    source = next((s for s in deck.sources[1:] if s.path == path), None)
    if source is None:
        return deck, dict(texts)
    rest = {path: text for path, text in texts.items() if path != source.path}
    name = posixpath.relpath(deck.path, command_folder(source.path) or ".")
    text = texts.get(source.path, source.text)
    options = deck_options(command_options(text, name, _base(source.path))[0])
    file = next((s for s in deck.sources if _base(s.path) in OPTION_FILES), None)
    if file is None:
        file = Source(path=f"{deck.options.get('configDir') or ''}{OPTION_FILES[-1]}", text="{}")
    local = read_json5(replace(file, text=rest.get(file.path, file.text)))
    text = json.dumps(defaults_deep(options, local), ensure_ascii=False, indent=2) + "\n"
    others = [s for s in deck.sources if s.path not in (file.path, source.path)]
    deck = replace(
        deck,
        sources=(*others, replace(file, text=text)),
        options={**deck.options, "overrides": options},
    )
    return deck, {**rest, file.path: text}


def _base(path: str) -> str:
    return posixpath.basename(path)


def _calls(command: str, depth: int = 0) -> Iterator[list[str]]:
    """The arguments of each reveal-md in a shell command, in commands that it quotes as well."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split, lexer.commenters = True, ""
    try:
        words = list(lexer)
    except ValueError:
        return
    arguments: list[str] | None = None
    for word in [*words, ";"]:
        if _OPERATOR.fullmatch(word):
            if arguments is not None:
                yield arguments
            arguments = None
        elif arguments is not None:
            arguments.append(word)
        elif _PROGRAM.fullmatch(word):
            arguments = []
        elif " " in word and "reveal-md" in word and depth < _DEEPEST:
            yield from _calls(word, depth + 1)


def _names(named: list[str], deck: str) -> int:
    """How clearly the first word that is no option names the deck; 0 for another deck."""
    if not named:
        return 1
    path = posixpath.normpath(named[0].replace("\\", "/"))
    if path == posixpath.normpath(deck):
        return _EXACT
    return 2 if path == "." or deck.startswith(f"{path}/") else 0


def parse_command(arguments: list[str]) -> tuple[list[str], Options]:
    """Split a command line into its plain words and its options."""
    plain: list[str] = []
    options: Options = {}
    rest = list(reversed(arguments))
    while rest:
        word = rest.pop()
        if word == "--":
            plain += reversed(rest)
            break
        name, equals, value = word.lstrip("-").partition("=")
        if not re.match(r"--?[^-\d]", word):
            plain.append(word)
        elif equals:
            _set(options, name, _value(value))
        elif word.startswith("--no-"):
            _set(options, name.removeprefix("no-"), False)
        else:
            *flags, last = [name] if word.startswith("--") else list(name)
            for flag in flags:
                _set(options, flag, True)
            _set(options, last, _value(rest.pop()) if rest and _is_value(rest[-1]) else True)
    return plain, options


def _is_value(word: str) -> bool:
    return not word.startswith("-") or _NUMBER.fullmatch(word) is not None


def _value(text: str) -> Any:
    """A number where the text is one, but for those that begin with a zero."""
    if not _NUMBER.fullmatch(text) or re.match(r"-?0[^.]", text):
        return text
    number = float(text)
    whole = number.is_integer() and abs(number) < 1 << 53
    return int(number) if whole else number


def _set(options: Options, name: str, value: Any) -> None:
    *folders, last = [_camel(part) for part in name.split(".")][:_DEEPEST]
    for folder in folders:
        inner = options.setdefault(folder, {})
        if not isinstance(inner, dict):
            return
        options = inner
    if last in options:
        before = options[last]
        value = [*before, value] if isinstance(before, list) else [before, value]
    options[last] = value


def _camel(name: str) -> str:
    first, *others = [part for part in name.split("-") if part] or [name]
    return first + "".join(part[:1].upper() + part[1:] for part in others)
