"""Text that remembers where in a source file each of its characters came from. Pure.

Decoding, cutting and re-indenting a deck's Markdown, as browsers and reveal.js do, moves text
about. A :class:`SourceText` goes through the same steps and keeps every source span. The
positions are kept as runs: a deck of 20 MB has a hundred thousand places where its text was
changed, not twenty million.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from html.entities import html5
from typing import Final

from deckarchive.model import Source

_REFERENCE: Final = re.compile(r"&(?:#(?:[xX][0-9a-fA-F]+|[0-9]+);?|[A-Za-z][A-Za-z0-9]*;?)")


@dataclass(slots=True)
class SourcePosition:
    """Runs of characters: run ``n`` begins at ``at[n]`` of the text, up to the next one's begin.

    Each character of a run comes from ``source[start[n]:end[n]]``; where that is one character
    long the run continues in the source as in the text. To be filled by :meth:`keep` and
    :meth:`put`, and then left as it is.
    """

    at: array[int] = field(default_factory=lambda: array("Q"))
    start: array[int] = field(default_factory=lambda: array("Q"))
    end: array[int] = field(default_factory=lambda: array("Q"))
    size: int = 0

    def of(self, position: int) -> tuple[int, int]:
        """The source span of the character at ``position``, from 0 to ``size - 1``."""
        run = bisect_right(self.at, position) - 1
        start, end = self.start[run], self.end[run]
        gone = position - self.at[run] if end == start + 1 else 0
        return start + gone, end + gone

    def keep(self, start: int, length: int) -> None:
        """Append ``length`` characters of the source as they are."""
        if length > 0:
            if self.at and self._continues(start):
                self.size += length
                return
            self._run(start, start + 1)
            self.size += length

    def _continues(self, start: int) -> bool:
        first = self.start[-1]
        return self.end[-1] == first + 1 and first + self.size - self.at[-1] == start

    def put(self, start: int, end: int, length: int) -> None:
        """Append ``length`` characters that come from ``source[start:end]`` together."""
        if end == start + 1:  # a run of one, which looks like one that continues
            for _ in range(length):
                self._run(start, end)
                self.size += 1
        elif length > 0:
            self._run(start, end)
            self.size += length

    def _run(self, start: int, end: int) -> None:
        self.at.append(self.size)
        self.start.append(start)
        self.end.append(end)

    def add(self, other: SourcePosition, begin: int, stop: int) -> None:
        """Append the part ``[begin:stop]`` of another text's."""
        if begin >= stop:
            return
        run = bisect_right(other.at, begin) - 1
        while begin < stop:
            following = other.at[run + 1] if run + 1 < len(other.at) else other.size
            until = min(stop, following)
            start, end = other.start[run], other.end[run]
            if end == start + 1:
                self.keep(start + begin - other.at[run], until - begin)
            else:
                self.put(start, end, until - begin)
            begin, run = until, run + 1


@dataclass(frozen=True, slots=True)
class SourceText:
    """``text`` whose characters each come from a span of ``source.text``, as ``origin`` has it.

    Characters that come from no source character have an empty span.
    """

    source: Source
    text: str
    origin: SourcePosition

    @classmethod
    def of(cls, source: Source, start: int = 0, end: int | None = None) -> SourceText:
        """The text of ``source[start:end]``, unchanged."""
        text = source.text[start:end]
        origin = SourcePosition()
        origin.keep(start, len(text))
        return cls(source, text, origin)

    @classmethod
    def joined(cls, source: Source, pieces: Iterable[SourceText]) -> SourceText:
        """Texts of one source, one behind the other."""
        texts, origin = [], SourcePosition()
        for piece in pieces:
            texts.append(piece.text)
            origin.add(piece.origin, 0, len(piece))
        return cls(source, "".join(texts), origin)

    def __len__(self) -> int:
        return len(self.text)

    def cut(self, start: int, end: int | None = None) -> SourceText:
        """The part ``[start:end]``, of positions that are not negative."""
        text = self.text[start:end]
        origin = SourcePosition()
        origin.add(self.origin, start, start + len(text))
        return SourceText(self.source, text, origin)

    def stripped(self, characters: str = " \t\n\f\r") -> SourceText:
        """Without those characters at either end."""
        begin = len(self.text) - len(self.text.lstrip(characters))
        return self.cut(begin, max(begin, len(self.text.rstrip(characters))))

    def span(self) -> tuple[int, int]:
        """The source span from its first to its last character; it must not be empty."""
        return self.origin.of(0)[0], self.origin.of(len(self.text) - 1)[1]

    def replaced(self, edits: Iterable[tuple[int, int, str, bool]]) -> SourceText:
        """Replace parts: ``(start, end, text, keeps)``, in order and not overlapping.

        With ``keeps`` the new text has the part's source span, else none.
        """
        texts: list[str] = []
        origin = SourcePosition()
        position = 0
        for start, end, text, keeps in edits:
            texts += (self.text[position:start], text)
            origin.add(self.origin, position, start)
            first, last = self._place(start, end) if keeps else (self._place(start, start)[0],) * 2
            origin.put(first, last, len(text))
            position = end
        texts.append(self.text[position:])
        origin.add(self.origin, position, len(self.text))
        return SourceText(self.source, "".join(texts), origin)

    def _place(self, start: int, end: int) -> tuple[int, int]:
        if end > start:
            return self.origin.of(start)[0], self.origin.of(end - 1)[1]
        if start < len(self.text):
            at = self.origin.of(start)[0]
        else:
            at = self.origin.of(len(self.text) - 1)[1] if self.text else 0
        return at, at

    def decoded(self, *, attribute: bool = True) -> SourceText:
        """With its character references decoded, as in an attribute value or in text."""
        if "&" not in self.text:
            return self
        return self.replaced(_references(self.text, attribute))

    def normalized(self) -> SourceText:
        """With the line ends that an HTML parser sees: CRLF and CR become LF."""
        if "\r" not in self.text:
            return self
        return self.replaced(
            (m.start(), m.end(), "\n", True) for m in re.finditer(r"\r\n?", self.text)
        )


def _references(text: str, attribute: bool) -> Iterator[tuple[int, int, str, bool]]:
    """The edits that decode ``text`` (HTML, 13.2.5.72 to 13.2.5.84)."""
    for match in _REFERENCE.finditer(text):
        raw = match.group()
        if raw.startswith("&#"):
            yield match.start(), match.end(), unescape(raw), True
            continue
        name, end = raw[1:], match.end()
        if name not in html5:
            name = next((name[:n] for n in range(len(name) - 1, 1, -1) if name[:n] in html5), "")
            end = match.start() + 1 + len(name)
        follower = text[end : end + 1]
        wordlike = follower == "=" or (follower.isascii() and follower.isalnum())
        if name and not (attribute and not name.endswith(";") and wordlike):
            yield match.start(), end, html5[name], True
