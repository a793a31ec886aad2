"""Collecting references: resolving a URL and placing it in its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from deckarchive import urls
from deckarchive.deck.dom import Element, Value
from deckarchive.deck.frame_size import slide_size
from deckarchive.deck.source_map import SourceText
from deckarchive.markup import scan_css
from deckarchive.model import Deck, Kind, Reference, Slide, Source

_FONT: Final = re.compile(r"\.(woff2?|ttf|otf|eot)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """One URL: what it is to the deck, resolved, and where it stands.

    ``url`` is absolute; a file of the deck itself is under ``urls.DECK_ORIGIN``.
    """

    kind: Kind
    url: str
    reference: Reference


class Collector:
    """Collects what is found in the sources of one deck."""

    def __init__(self, deck: Deck) -> None:
        self.deck = deck
        self.page = urls.resolve(quote(deck.path)) or urls.DECK_ORIGIN
        self.base = self.page
        self.found: list[Found] = []
        self._markup = deck.sources[0]  # the source that the walked elements stand in
        self._order = {source.path: i for i, source in enumerate(deck.sources)}
        self._lines: dict[str, list[int]] = {}
        page = deck.sources[0].text if deck.format == "html" else ""
        self._slide_size = slide_size(deck.reveal, page)
        self._media: list[Value | Element] = []  # those with several sources

    def _css(
        self,
        text: SourceText,
        slide: Slide | None,
        state: str,
        syntax: str,
        base: str,
        attribute: str = "",
    ) -> None:
        for css in scan_css(text.text):
            if css.rule == "@namespace" or css.start == css.end:
                continue
            part = text.cut(css.start, css.end)
            kind = (
                Kind.STYLESHEET
                if css.rule == "@import"
                else _css_kind(text.text, css.start, css.url)
            )
            value = Value(css.url, part, css.quote, syntax)
            self._add(kind, value, part, slide, state, attribute, text=css.url, base=base)

    def _add(
        self,
        kind: Kind,
        value: Value,
        part: SourceText,
        slide: Slide | None,
        state: str,
        attribute: str,
        *,
        text: str | None = None,
        base: str | None = None,
        size: tuple[int, int] | None = None,
        source_group: int = 0,
    ) -> None:
        part = part.stripped(" \t\n\f\r\x00")
        if not len(part):
            return
        raw_url = part.text if text is None else text.strip()
        if not raw_url or raw_url.startswith("#") or raw_url[:5].lower() == "data:":
            return
        if "{{" in raw_url and self._markup is not self.deck.sources[0]:
            return
        url = urls.resolve(raw_url, base or self.base)
        if url is None:
            return
        start, end = part.span()
        line, column = self._place(part.source, start)
        reference = Reference(
            slide=slide,
            file=part.source.path,
            line=line,
            column=column,
            span=(start, end),
            raw=part.source.text[start:end],
            fragment=urls.split_fragment(url)[1],
            state=state,
            syntax=value.syntax,
            quote=value.quote,
            attribute=attribute,
            size=size,
            source_group=source_group,
        )
        self.found.append(Found(kind, url, reference))

    def _source_group(self, medium: Value | Element) -> int:
        """The number of a medium that may have several sources, from 1."""
        if not any(known is medium for known in self._media[-1:]):
            self._media.append(medium)
        return len(self._media)

    def _place(self, source: Source, offset: int) -> tuple[int, int]:
        """Line and column, both from 1."""
        starts = self._lines.get(source.path)
        if starts is None:
            starts = [0, *(m.end() for m in re.finditer(r"\r\n|\n|\r", source.text))]
            self._lines[source.path] = starts
        low, high = 0, len(starts)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if starts[middle] <= offset else (low, middle)
        return low + 1, offset - starts[low] + 1


def comma_parts(value: SourceText) -> Iterator[SourceText]:
    """The items of a comma-separated list, as ``split(",")`` gives them."""
    position = 0
    for item in value.text.split(","):
        yield value.cut(position, position + len(item))
        position += len(item) + 1


def _css_kind(text: str, at: int, url: str) -> Kind:
    """A font when it stands in ``@font-face`` or is named like one; otherwise an image."""
    block = text.rfind("{", 0, at)
    closed = text.rfind("}", 0, at)
    in_face = block > closed and re.search(r"@font-face\s*$", text[:block], re.IGNORECASE)
    named = _FONT.search(urls.split_fragment(url)[0].partition("?")[0])
    return Kind.FONT if in_face or named else Kind.IMAGE
