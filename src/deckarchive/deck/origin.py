"""Where in a source each character of a text came from, as runs. Pure.

A deck of 20 MB has a hundred thousand places where its text was changed, not twenty million: what
was not changed is one run, whatever its length.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass(slots=True)
class SourcePosition:
    """Runs of characters: run ``n`` begins at ``at[n]`` of the text, up to the next one's begin.

    Each character of a run stands for ``source[start[n]:end[n]]``; where that is one character
    long the run goes on in the source as it does in the text. To be filled by :meth:`keep` and
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
            if self.at and self._goes_on(start):
                self.size += length
                return
            self._run(start, start + 1)
            self.size += length

    def _goes_on(self, start: int) -> bool:
        first = self.start[-1]
        return self.end[-1] == first + 1 and first + self.size - self.at[-1] == start

    def put(self, start: int, end: int, length: int) -> None:
        """Append ``length`` characters that stand for ``source[start:end]`` together."""
        if end == start + 1:  # a run of one, which cannot be told from one that goes on
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
