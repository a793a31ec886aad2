"""Regular expressions as JavaScript means them, over Python strings.

Separators and attribute patterns of a deck are ECMAScript expressions; ``regress`` runs them. It
backtracks, as browsers do, so that a pattern such as ``(x+x+)+y`` takes for ever on some texts. A
pattern that might take long is matched in a process that is ended when its time is up.
"""

from __future__ import annotations

import atexit
import re
import subprocess
import sys
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final, cast

import regress

from deckarchive.deck import regexworker
from deckarchive.deck.regexworker import receive, send, spans
from deckarchive.errors import DeckError

SEPARATOR_SECONDS: Final = 20.0
"""What all patterns of a deck may take together where they might take long."""

JS_SPACE: Final = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""What ``\\s`` matches in JavaScript, for a character class of Python's ``re``."""

_SHORT: Final = 4000
"""Characters whose square is no long time."""
_ALTERNATIVES: Final = 8
_ATOM: Final = re.compile(r"\\(?:[^\dk]|0)|\[(?:\\.|[^\]\\])*\]", re.DOTALL)
"""An escape that is no backreference, or a class of characters: one character of a text."""
_OPEN_ENDED: Final = re.compile(r"\{\d*,\}")
_UNPROMISING: Final = re.compile(r"\)[*+?{]|\\[\dk]|\(\?(?!:)|\{\d{2,}|,\d{2,}\}")
"""A repeated group, a backreference, what looks around, many repetitions."""
_GROUP = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|(?P<open>\((?!\?)|\(\?<(?![=!]))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Match:
    """One match: its code-point span and the spans of its groups (``None``: unmatched)."""

    start: int
    end: int
    groups: tuple[tuple[int, int] | None, ...]


class JsRegex:
    """A compiled ECMAScript pattern; ``flags`` as in ``new RegExp(pattern, flags)``.

    ``ours``: it is one of reveal.js', which take no longer than the square of a text's length.
    """

    def __init__(self, pattern: str, flags: str = "", *, ours: bool = False) -> None:
        """Raises :class:`DeckError` when the pattern is not valid."""
        try:
            self._regex = regress.Regex(pattern, flags)
        except regress.RegressError as error:
            raise DeckError(
                f"{pattern!r} is not a valid regular expression: {error}",
                hint="separators are JavaScript regular expressions",
            ) from error
        self._pattern, self._flags = pattern, flags
        self._groups = sum(1 for m in _GROUP.finditer(pattern) if m.group("open"))
        self._at_most = _SHORT if ours else _length_within_reason(pattern)

    def find_all(self, text: str) -> Iterator[Match]:
        """Successive matches, as a global expression finds them with ``exec`` or ``split``.

        Raises :class:`DeckError` where they take longer than :data:`SEPARATOR_SECONDS` for a deck.
        """
        points: Callable[[int], int] | None = None
        for offsets in self._spans(text):
            points = points or _points(text)
            ends = [None if offset < 0 else points(offset) for offset in offsets]
            pairs = [
                None if start is None or end is None else (start, end)
                for start, end in zip(ends[::2], ends[1::2], strict=True)
            ]
            whole, *groups = pairs
            assert whole is not None
            yield Match(*whole, tuple(groups))

    def search(self, text: str) -> Match | None:
        """The first match."""
        return next(self.find_all(text), None)

    def _spans(self, text: str) -> list[list[int]]:
        if len(text) <= self._at_most:
            return spans(self._regex, self._groups, text)
        try:
            return _worker.match([self._pattern, self._flags, self._groups, text])
        except TimeoutError as error:
            raise DeckError(
                f"the regular expression {self._pattern[:200]!r} takes too long on this deck",
                hint="write it so that no part of a text can be matched in two ways",
            ) from error


def _length_within_reason(pattern: str) -> int:
    """Characters of the longest text on which ``pattern`` cannot take long, whatever is in it.

    Without a repetition that has no end the time grows with the text; with one it may grow with
    its square. More of them, repeated groups, many alternatives and what looks around promise
    nothing.

    >>> _length_within_reason("(x+x+)+y"), _length_within_reason("^---+$")
    (0, 4000)
    """
    plain = _ATOM.sub("x", pattern)
    if _UNPROMISING.search(plain) or plain.count("|") + plain.count("?") > _ALTERNATIVES:
        return 0
    endless = plain.count("*") + plain.count("+") + len(_OPEN_ENDED.findall(plain))
    return (sys.maxsize, _SHORT, 0)[min(endless, 2)]


class _Worker:
    """The process that matches what might take long; started when there is something to match."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._left = SEPARATOR_SECONDS
        self._lock = threading.Lock()

    def renew(self) -> None:
        """Give the next deck its time."""
        self._left = SEPARATOR_SECONDS

    def match(self, request: list[object]) -> list[list[int]]:
        """The answer to a request. Raises TimeoutError when the deck's time is used up."""
        with self._lock:
            process = self._process or self._start()
            assert process.stdin is not None
            assert process.stdout is not None
            began = time.monotonic()
            timer = threading.Timer(max(0.0, self._left), process.kill)
            timer.start()
            try:
                send(process.stdin, request)
                answer = receive(process.stdout)
            except (OSError, EOFError) as error:
                self._end()
                raise TimeoutError from error
            finally:
                timer.cancel()
                self._left -= time.monotonic() - began
            return cast("list[list[int]]", answer)

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            # -P: no module comes from the folder that the command is run in.
            [sys.executable, "-P", regexworker.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        atexit.register(self._end)
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            atexit.unregister(self._end)
            process.kill()
            process.communicate()


_worker: Final = _Worker()


def renew_budget() -> None:
    """Let the patterns of another deck have :data:`SEPARATOR_SECONDS` of their own."""
    _worker.renew()


@lru_cache(maxsize=256)
def js_regex(pattern: str, flags: str = "", *, ours: bool = False) -> JsRegex:
    """A compiled pattern, kept for the next slide. Arguments and errors as of :class:`JsRegex`."""
    return JsRegex(pattern, flags, ours=ours)


def _points(text: str) -> Callable[[int], int]:
    """From the UTF-8 offsets that ``regress`` counts in to code points."""
    if text.isascii():
        return lambda offset: offset
    offsets = [0, *accumulate(len(c.encode("utf-8", "surrogatepass")) for c in text)]
    return lambda offset: bisect_left(offsets, offset)
