"""The box that a frame has on its slide, in CSS pixels, as far as the deck's source tells. Pure.

A frame's own attributes and style are read, no style sheets: where neither says it, the frame is
taken to be as large as its slide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from deckarchive.deck.dom import Element

Size = tuple[int, int]

REVEAL_SIZE: Final = {"width": 960, "height": 700}
"""What reveal.js takes for a slide's size when nothing is said."""

_START: Final = re.compile(r"\bReveal\.(?:initialize|configure)\s*\(|\bnew\s+Reveal\s*\(")
_OPTIONS: Final = 8000
_LENGTH: Final = re.compile(
    r"\s*([0-9]{1,9}(?:\.[0-9]+)?)\s*(px|%|)\s*(?:!important\s*)?$", re.IGNORECASE
)
_STRETCH: Final = ("r-stretch", "stretch")


def slide_size(options: Mapping[str, Any], page: str) -> Size | None:
    """The size of a deck's slides; ``None`` where it follows the window.

    ``options`` are reveal.js's; ``page`` is an HTML deck, whose script may set them.
    """
    said: dict[str, Any] = {**REVEAL_SIZE, **_scripted(page)}
    said |= {name: options[name] for name in REVEAL_SIZE if options.get(name) is not None}
    sizes = [_length(str(said[name]), 0) for name in REVEAL_SIZE]
    return None if None in sizes or 0 in sizes else (sizes[0] or 0, sizes[1] or 0)


def _scripted(page: str) -> dict[str, str]:
    start = _START.search(page)
    text = page[start.end() : start.end() + _OPTIONS] if start else ""
    found = {}
    for name in REVEAL_SIZE:
        if match := re.search(
            rf"[{{,\s]['\"]?{name}['\"]?\s*:\s*['\"]?([0-9]{{1,9}}(?:\.[0-9]+)?%?)", text
        ):
            found[name] = match[1]
    return found


def frame_size(element: Element, slide: Size | None) -> Size | None:
    """Width and height of a frame; ``None`` where they cannot be known."""
    style = element.get("style") or ""
    stretched = any(element.has_class(name) for name in _STRETCH)
    box = []
    for n, name in enumerate(REVEAL_SIZE):
        whole = slide[n] if slide else 0
        declared = re.search(rf"(?:^|;)\s*{name}\s*:([^;]*)", style, re.IGNORECASE)
        said = declared[1] if declared else element.get(name) or ""
        size = None if stretched else _length(said, whole)
        box.append(size or whole)
    return (box[0], box[1]) if all(box) else None


def _length(text: str, whole: int) -> int | None:
    """Pixels of a length in pixels or as a part of ``whole``; ``None`` for others."""
    match = _LENGTH.match(text)
    if match is None:
        return None
    number = float(match[1])
    return round(number / 100 * whole if match[2] == "%" else number)
