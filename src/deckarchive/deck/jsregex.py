"""Regular expressions as JavaScript means them, over Python strings.

Separators and attribute patterns of a deck are ECMAScript expressions; ``regress`` runs them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final

import regress

from deckarchive.errors import DeckError

JS_SPACE: Final = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""What ``\\s`` matches in JavaScript, for a character class of Python's ``re``."""

_GROUP = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|(?P<open>\((?!\?)|\(\?<(?![=!]))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Match:
    """One match: its code-point span and the spans of its groups (``None``: unmatched)."""

    start: int
    end: int
    groups: tuple[tuple[int, int] | None, ...]


class JsRegex:
    """A compiled ECMAScript pattern; ``flags`` as in ``new RegExp(pattern, flags)``."""

    def __init__(self, pattern: str, flags: str = "") -> None:
        """Raises :class:`DeckError` when the pattern is not valid."""
        try:
            self._regex = regress.Regex(pattern, flags)
        except regress.RegressError as error:
            raise DeckError(
                f"{pattern!r} is not a valid regular expression: {error}",
                hint="separators are JavaScript regular expressions",
            ) from error
        self._groups = sum(1 for m in _GROUP.finditer(pattern) if m.group("open"))

    def find_all(self, text: str) -> Iterator[Match]:
        """Successive matches, as a global expression finds them with ``exec`` or ``split``."""
        points: Callable[[int], int] | None = None
        for found in self._regex.find_iter(text) or ():
            whole = found.group(0)
            groups = [found.group(n + 1) for n in range(self._groups)]
            assert whole is not None
            points = points or _points(text)
            yield Match(
                points(whole.start),
                points(whole.stop),
                tuple(g and (points(g.start), points(g.stop)) for g in groups),
            )

    def search(self, text: str) -> Match | None:
        """The first match."""
        return next(self.find_all(text), None)


@lru_cache(maxsize=256)
def js_regex(pattern: str, flags: str = "") -> JsRegex:
    """A compiled pattern, kept for the next slide. Raises as :class:`JsRegex` does."""
    return JsRegex(pattern, flags)


def _points(text: str) -> Callable[[int], int]:
    """From the UTF-8 offsets that ``regress`` counts in to code points."""
    if text.isascii():
        return lambda offset: offset
    offsets = [0, *accumulate(len(c.encode("utf-8", "surrogatepass")) for c in text)]
    return lambda offset: bisect_left(offsets, offset)
