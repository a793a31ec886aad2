"""Where a JavaScript text reads ``location``, as a variable or as a member. Pure.

What is found is replaced by a call that gives the same value or the location shim:
``location.href`` becomes ``f(location).href``. So each span must be an expression wherever it
stands, or the script would be broken; a place that could as well be a declaration, a key, a
parameter or the target of an assignment is passed over, and a read that is missed costs little.
Whether the value is the page's ``Location`` is decided when the script runs: a variable of the same
name gives itself. Found (the span in brackets) and passed over::

    [location].href          a member is read, called or assigned: f(location).href = "/x" is right
    [window.top.location]    the whole chain: f() wants the object, and its receiver
    go(a, [location])        an argument, if the call ends there and is no function's head
    x = [location];          behind what wants a value, if nothing goes on after it

    function go(location) {}    (location) => 1    {location: 1}    class A { location = 1 }
                             a parameter, a key, a field: a declaration
    location = "/x"          an assignment to the variable: no call can stand there
    new location.X           the call would be what is constructed
    delete, typeof, ++       they need the place itself, not its value
    f().location             what f() gives may have been called for an effect: not again, not moved
    a?.location              the chain may end before it
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from deckarchive.markup.modules import read_tokens

_NAME: Final = "location"
_HINT: Final = re.compile(r"\blocation\b")
_SPACE: Final = r"(?:[\s\ufeff]|//[^\n\r]*|/\*(?:[^*]|\*(?!/))*\*/)*"
_CHANGED: Final = re.compile(_SPACE + r"(?:=(?!=)|\+\+|--|[-+*/%&|^?<>]{1,3}=(?![=>])|[(`])")
"""An assignment, an arrow or a call behind a name: not a place that only reads it."""
_MEMBER: Final = re.compile(_SPACE + r"(?:\?\.(?!\d)|\.(?!\.)|\[)")
_END: Final = re.compile(_SPACE + r"(?:[;)\]},]|[&|?=!]{2}|\Z)")
_CALLED: Final = re.compile(_SPACE + r"\)(?!" + _SPACE + r"(?:\{|=>))")
_DECLARES: Final = frozenset({"var", "let", "const", "function", "class", "async", "get", "set"})
_NOT_BEFORE: Final = _DECLARES | {"new", "delete", "typeof", "++", "--", "#", "...", "static"}
_VALUE_BEFORE: Final = frozenset({"=", "return", "&", "|", "!", "=>", "+"})
"""Tokens behind which a name alone is a value. A comma, a brace or a question mark is none of them:
``{a, location}`` is an object's key, ``[location] = b`` assigns."""


@dataclass(slots=True)
class _Reading:
    """The chain of names that is being read: ``a.b.location``."""

    source: str
    found: list[tuple[int, int]] = field(default_factory=list)
    start: int | None = None
    """Where the chain starts; ``None`` where it starts with something else than a name."""
    length: int = 0
    before: str = ""
    """The token before the chain."""
    last: str = ""

    def see(self, kind: str, start: int, end: int) -> None:
        text = self.source[start:end] if kind in ("word", "sign", "step") else kind
        if kind == "word":
            self._word(text, start, end)
        elif text != ".":
            self.start = None
        self.last = text

    def _word(self, word: str, start: int, end: int) -> None:
        if self.last != ".":
            # A name that no point joins to the one before starts a chain of its own; in a chain
            # that starts otherwise (behind "?.", "#" or a bracket) the object is not in our span.
            self.before, self.length = self.last, 0
            self.start = None if self.last in ("?.", "#") or word == "import" else start
        self.length += 1
        if word == _NAME and self.start is not None and self._is_read(end):
            self.found.append((self.start, end))
            self.start = None

    def _is_read(self, end: int) -> bool:
        if self.before in _NOT_BEFORE or _CHANGED.match(self.source, end):
            return False
        # A chain is an expression in any case; a name alone needs something around that says so.
        if self.length > 1 or _MEMBER.match(self.source, end):
            return True
        if self.before in ("(", ","):
            return _CALLED.match(self.source, end) is not None
        return self.before in _VALUE_BEFORE and _END.match(self.source, end) is not None


def scan_places(source: str) -> list[tuple[int, int]]:
    """The spans of expressions in ``source`` whose value may be the page's ``location``.

    >>> text = "go(window.location.href, location.hash); let location = {location: 1}"
    >>> [text[start:end] for start, end in scan_places(text)]
    ['window.location', 'location']
    """
    if not _HINT.search(source):
        return []
    reading = _Reading(source)
    read_tokens(source, reading.see)
    return reading.found
