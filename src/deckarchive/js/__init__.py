"""Scripts that run inside pages: each file is one JavaScript expression.

Most are functions, which the browser evaluates as they are and which can be spliced wherever an
expression may stand; the others call themselves and are programs of their own. ``TABLES.<name>`` in
a script becomes the table of that name (:mod:`deckarchive.web`).
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

from deckarchive.web import literal

_TABLE: Final = re.compile(r"\bTABLES\.(\w+)")
_COMMENT_LINES: Final = re.compile(
    r"^[ \t]*(?://[^\n]*|/\*\*(?:(?!\*/).)*\*/[ \t]*)\n", re.MULTILINE | re.DOTALL
)
"""Comments that fill their lines. No string or template of ours goes over several lines, so that
no code looks like one: tests/js compares the tokens."""


@cache
def script(name: str) -> str:
    """The expression in ``name`` (``"settle"`` for ``settle.js``), as ``expression`` gives it."""
    return expression((files("deckarchive.js") / f"{name}.js").read_text("utf-8"))


@cache
def program(name: str) -> str:
    """The same as a statement: the text of a file of its own, or a part of one."""
    return f"{script(name)};\n"


@cache
def content_counts() -> str:
    """A function without arguments that counts what the document shows, with built-ins as found."""
    return f"() => {with_natives('content-counts')}()"


@cache
def with_natives(name: str) -> str:
    """What the script ``name`` makes of the built-ins of the world in which it runs."""
    return f"({script(name)})(({script('natives')})(self))"


@cache
def service_worker() -> str:
    """``sw.js`` of every offline folder."""
    return f"self.__deckarchive_lookup = {with_natives('lookup')};\n" + program("sw")


@cache
def style(name: str) -> str:
    """The style sheet ``name.css``."""
    return (files("deckarchive.js") / f"{name}.css").read_text("utf-8")


def expression(source: str) -> str:
    """``source`` as an expression: without its closing semicolon, and with its tables."""
    text = without_comments(source).strip().removesuffix(";")
    return _TABLE.sub(lambda found: literal(found[1]), text)


def without_comments(source: str) -> str:
    """``source`` without the comments that fill lines.

    Types and explanations are for readers of the source: the page script is in every copy.

    >>> without_comments("/** @param {number} n */\\n(n) => {\\n  // Twice.\\n  return n * 2;\\n};")
    '(n) => {\\n  return n * 2;\\n};'
    """
    return _COMMENT_LINES.sub("", source)
