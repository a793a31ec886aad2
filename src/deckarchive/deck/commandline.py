"""reveal-md's command line: where a text has one, and how its options are read.

``reveal-md talk.md --css look.css`` makes other slides than the bare file. Such a command is taken
from Makefiles, scripts, workflows and READMEs as text, logical line by logical line; nothing is
run. Options are read as reveal-md reads them, by the conventions of yargs-parser: ``--key value``,
``--key=value``, ``--flag``, ``--no-flag``, ``--a.b value``, names in kebab-case or camelCase,
numbers as numbers, a repeated key as a list.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator
from typing import Final

from deckarchive.deck.config_text import Literal
from deckarchive.model import JsonValue

_WORKFLOWS: Final = ".github/workflows"
_LINE = re.compile(r"(?:[^\n]*\\\r?\n)*[^\n]+")
_CONTINUED = re.compile(r"\\\r?\n")
_CODE = re.compile(r"`([^`\n]+)`")
_PROMPT = re.compile(r"^[\s>@+$%-]+")
_VARIABLE = re.compile(r"^[ \t]*(?:export[ \t]+)?(\w+)[ \t]*[:?]?:?=[ \t]*(\S[^\n]*)", re.MULTILINE)
# An assignment, and not `NAME=value reveal-md …`.
_ASSIGNED = re.compile(r"\s*(?:export\s+)?\w+(?:\s*:?[:?]=|\s+=|=\S*reveal-md)")
_USED = re.compile(r"\$\((\w+)\)|\$\{(\w+)\}|\$(\w+)")
_DEEPEST: Final = 3
_LONGEST: Final = 4000
_LONGEST_VALUE: Final = 1000
_PROGRAM: Final = re.compile(r"(?:.*[/\\])?reveal-md(?:@[^\s/]+|\.js|\.cmd)?")
_OPERATOR: Final = re.compile(r"[();<>|&]+")
_NUMBER: Final = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?", re.IGNORECASE)
_DEEPEST_OPTION: Final = 3
NAMED_EXACTLY: Final = 3
Options = dict[str, JsonValue]


def command_folder(path: str) -> str:
    """The folder that the commands of a file are run in: its own, or a workflow's project."""
    folder = posixpath.dirname(path)
    if folder == _WORKFLOWS or folder.endswith(f"/{_WORKFLOWS}"):
        folder = folder.removesuffix(_WORKFLOWS).rstrip("/")
    return folder


def command_lines(text: str) -> Iterator[Literal]:
    """Each line that names reveal-md, its variables filled in, with its span.

    Code within a line of prose is a line of its own. A line continued by a backslash is one.
    """
    found = _VARIABLE.finditer(text)
    variables = {m[1]: m[2].strip().strip("\"'")[:_LONGEST_VALUE] for m in found}
    for line in _LINE.finditer(text):
        if _ASSIGNED.match(line.group()):
            continue
        codes = [code.span(1) for code in _CODE.finditer(line.group())]
        for start, end in codes or [(0, len(line.group()))]:
            value = _CONTINUED.sub(" ", line.group()[start:end])
            for _ in range(_DEEPEST):
                value = _USED.sub(lambda m: _known(m, variables), value[:_LONGEST])
            if "reveal-md" in value:
                value = _PROMPT.sub("", value.replace("$$", "$"), count=1)
                yield Literal("command", value, line.start() + start, line.start() + end, "")


def _known(used: re.Match[str], variables: dict[str, str]) -> str:
    return variables.get(used[1] or used[2] or used[3], used.group())


def command_calls(command: str, depth: int = 0) -> Iterator[list[str]]:
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
        elif " " in word and "reveal-md" in word and depth < _DEEPEST_OPTION:
            yield from command_calls(word, depth + 1)


def naming_rank(named: list[str], deck: str) -> int:
    """How clearly the first word that is no option names the deck; 0 for another deck."""
    if not named:
        return 1
    path = posixpath.normpath(named[0].replace("\\", "/"))
    if path == posixpath.normpath(deck):
        return NAMED_EXACTLY
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


def _value(text: str) -> JsonValue:
    """A number where the text is one, but for those that begin with a zero."""
    if not _NUMBER.fullmatch(text) or re.match(r"-?0[^.]", text):
        return text
    number = float(text)
    whole = number.is_integer() and abs(number) < 1 << 53
    return int(number) if whole else number


def _set(options: Options, name: str, value: JsonValue) -> None:
    *folders, last = [_camel(part) for part in name.split(".")][:_DEEPEST_OPTION]
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
