"""Where a project writes down how its decks are started: Makefiles, scripts, workflows, READMEs.

``reveal-md talk.md --css look.css`` makes other slides than the bare file. Such a command is taken
from a project's files as text, logical line by logical line; nothing is run.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from deckarchive.deck.strings import Literal

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
_WORKFLOWS: Final = ".github/workflows"
_MOST_FILES: Final = 30
LARGEST_COMMANDS: Final = 256 << 10
"""Bytes of the longest file that commands are looked for in."""
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


def command_files(folder: Path) -> list[Path]:
    """The files of a project's folder that may hold such a command, the likelier ones first."""
    try:
        found = {file: None for pattern in _PATTERNS for file in sorted(folder.glob(pattern))}
        files = [f for f in list(found)[:_MOST_FILES] if f.is_file()]
        return [f for f in files if f.stat().st_size <= LARGEST_COMMANDS]
    except OSError:
        return []


def command_folder(path: str) -> str:
    """The folder that the commands of a file are run in: its own, or a workflow's project."""
    folder = posixpath.dirname(path)
    if folder == _WORKFLOWS or folder.endswith(f"/{_WORKFLOWS}"):
        folder = folder.removesuffix(_WORKFLOWS).rstrip("/")
    return folder


def command_lines(text: str) -> Iterator[Literal]:
    """Each line that names reveal-md, its variables filled in, with the span it stands at.

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
