"""What a style sheet would ask for on another screen: in the other colour scheme, in print, and at
other pixel densities (Media Queries 5; ``image-set()``, CSS Images 4). Pure.

In the page ``js/alternatives.js`` reads this from the style sheets themselves; here is what that
cannot read, since it comes from another site.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from deckarchive import urls
from deckarchive.markup import scan_css

LARGEST_SHEET: Final = 4 * 1024**2
"""Bytes of a style sheet that is read; scripts write larger ones."""
_HIDDEN: Final = re.compile(
    r"/\*.*?(?:\*/|\Z)|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", re.DOTALL
)
"""Comments and strings, whose braces are none."""
_BEGINS: Final = re.compile(r"@media\b([^{};]*)\{|image-set\(", re.IGNORECASE)
_ASKS: Final = re.compile(r"prefers-color-scheme|matchMedia\(\s*[\"'`]print\b")
_SCREENS: Final = re.compile(
    r"\bprint\b|prefers-|resolution|pixel-ratio|gamut|dynamic-range|colors\b", re.IGNORECASE
)


def asks_for_screen(text: str) -> bool:
    """Whether a page or script may ask for its colour scheme, or whether it is printed."""
    return _ASKS.search(text) is not None


def other_screens_ask(text: str, base: str) -> list[str]:
    """The URLs that the style sheet at ``base`` names for another colour scheme, a printer or
    another pixel density; absolute, in order."""
    spans = list(_other_spans(_HIDDEN.sub(lambda hidden: " " * len(hidden[0]), text)))
    found: dict[str, None] = {}
    for one in scan_css(text) if spans else ():
        inside = any(start <= one.start < end for start, end in spans)
        url = urls.resolve(one.url, base) if inside and not one.rule else None
        if url is not None and url.startswith(("http:", "https:")):
            found[urls.split_fragment(url)[0]] = None
    return list(found)


def _other_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the blocks of such media and the candidates of image sets stand."""
    for begin in _BEGINS.finditer(text):
        if begin[1] is None:
            yield begin.end(), _end(text, begin.end(), "()")
        elif _SCREENS.search(begin[1]):
            yield begin.end(), _end(text, begin.end(), "{}")


def _end(text: str, position: int, pair: str) -> int:
    """Where what was opened before ``position`` is closed."""
    depth = 1
    for bracket in re.compile(f"[{re.escape(pair)}]").finditer(text, position):
        depth += 1 if bracket[0] == pair[0] else -1
        if depth == 0:
            return bracket.start()
    return len(text)
