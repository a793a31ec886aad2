"""The attributes in a ``.slide:`` or ``.element`` comment, as reveal.js' plugin takes them.

The plugin uses an expression that tries every character as the start of a name and looks from each
for its end. The same is found here in one pass: what may not stand in a name parts the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_RUN: Final = re.compile(r'[^"= ]+')
_FLAG: Final = "data-"


@dataclass(frozen=True, slots=True)
class WrittenAttribute:
    """``name="value"``, or a flag: then ``value`` is ``None``."""

    name: str
    value: str | None = None


def written_attributes(text: str, *, flags: bool = True) -> Iterator[WrittenAttribute]:
    """The attributes of a comment's text, in order.

    ``flags``: as since reveal.js 4, whose expression is
    ``([^"= ]+?)="([^"]+?)"|(data-[^"= ]+?)(?=[" ])``; before it was ``([^"= ]+?)="([^"=]+?)"``.
    """
    position = 0
    while run := _RUN.search(text, position):
        start, position = run.span()
        if text.startswith('="', position):
            opened = position + 2
            closed = text.find('"', opened)
            value = text[opened : max(closed, opened)]
            if value and (flags or "=" not in value):
                yield WrittenAttribute(text[start:position], value)
                position = closed + 1
                continue
        flag = text.find(_FLAG, start, position - 1)
        if flags and flag >= 0 and text[position : position + 1] in ('"', " "):
            yield WrittenAttribute(text[flag:position])
