"""Collecting references: what an element or slide names, resolved and placed in its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from deckarchive import urls
from deckarchive.deck.dom import Element, Text, Value
from deckarchive.deck.element_urls import (
    background_image_url,
    background_state,
    element_values,
    frame_attributes,
    frame_size,
    is_css_background,
    overlay_attribute,
    slide_size,
)
from deckarchive.deck.inline_documents import NO_BASE, SYNTAX, inline_document
from deckarchive.deck.outline import SlideNode
from deckarchive.deck.slidify import NEWEST
from deckarchive.deck.source_map import SourceText
from deckarchive.markup import scan_css, scan_srcset
from deckarchive.model import Deck, Found, Kind, Reference, Slide, Source

_DEEPEST: Final = 4
"""Documents in documents in attributes of the deck."""
_FONT: Final = re.compile(r"\.(woff2?|ttf|otf|eot)$", re.IGNORECASE)


class Collector:
    """Collects what is found in the sources of one deck."""

    def __init__(self, deck: Deck) -> None:
        self.deck = deck
        self.page = urls.resolve(quote(deck.path)) or urls.DECK_ORIGIN
        self.base = self.page
        self.found: list[Found] = []
        self._markup = deck.sources[0]  # the source of the elements that are walked
        self._order = {source.path: i for i, source in enumerate(deck.sources)}
        self._lines: dict[str, list[int]] = {}
        page = deck.sources[0].text if deck.format == "html" else ""
        self._slide_size = slide_size(deck.options.author.reveal, page)
        self._version = deck.options.reveal_version or NEWEST
        self._media: list[Value | Element] = []  # those with several sources
        self._inline = 0  # how deep in documents that stand in attributes

    def add_sources(self, sources: tuple[Source, ...]) -> None:
        """Make ``sources`` the last ones of the deck."""
        self.deck = replace(self.deck, sources=(*self.deck.sources, *sources))
        self._order = {source.path: i for i, source in enumerate(self.deck.sources)}

    def _css(
        self,
        text: SourceText,
        slide: Slide | None,
        state: str,
        syntax: str,
        base: str,
        attribute: str = "",
        kind: Kind | None = None,
    ) -> None:
        """The URLs of a style sheet or of declarations; ``kind`` is what all of them are."""
        for css in scan_css(text.text):
            if css.rule == "@namespace" or css.start == css.end:
                continue
            part = text.cut(css.start, css.end)
            found = kind or (
                Kind.STYLESHEET
                if css.rule == "@import"
                else _css_kind(text.text, css.start, css.url)
            )
            value = Value(css.url, part, css.quote, syntax)
            self._add(found, value, part, slide, state, attribute, text=css.url, base=base)

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
        overlay: bool = False,
        frame: tuple[tuple[str, str], ...] = (),
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
            syntax=SYNTAX if self._inline else value.syntax,
            quote=value.quote,
            attribute=attribute,
            size=size,
            source_group=source_group,
            frame=frame,
        )
        self.found.append(Found(kind, url, reference, overlay))

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

    def _slide(self, node: SlideNode) -> None:
        if node.stack is not None and node.slide[1] == 0:
            self._backgrounds(node.stack, node.slide, shadowed=False, outer=True)
            for child in node.stack.elements():
                if child.name != "section":
                    self._element(child, node.slide, "shown")
        self._section(node.section, node.slide, shadowed=False)

    def _section(self, section: Element, slide: Slide | None, *, shadowed: bool) -> None:
        self._backgrounds(section, slide, shadowed=shadowed, outer=False)
        self._own(section, slide, "shadowed" if shadowed else "shown")
        for child in section.elements():
            self._element(child, slide, "shadowed" if shadowed else "shown")

    def _backgrounds(
        self, section: Element, slide: Slide | None, *, shadowed: bool, outer: bool
    ) -> None:
        """The ``data-background…`` attributes of a section; only one of them is shown."""
        values = [(name, value, True) for name, value in section.shadowed]
        values += [(name, value, False) for name, value in section.attributes.items()]
        for name, value, replaced in values:
            if value.tracked is None:
                continue
            applied = is_css_background(section, name, value.text, self._version)
            if applied is not None:
                state = "shown" if applied and not (replaced or shadowed) else "shadowed"
                image = Kind.BACKGROUND_IMAGE
                self._css(value.tracked, slide, state, "css", self.base, name, kind=image)
                continue
            kind, shown = background_state(section, name, value.text, outer=outer)
            if kind is None:
                continue
            state = "shown" if shown and not (replaced or shadowed) else "shadowed"
            if kind is Kind.BACKGROUND_IFRAME:
                self._add(kind, value, value.tracked, slide, state, name)
                continue
            if value.text.lstrip().startswith("data:"):
                continue  # its comma parts nothing
            for part in comma_parts(value.tracked):
                text = part.text
                if kind is Kind.BACKGROUND_IMAGE:
                    text = background_image_url(text)
                source_group = self._source_group(value) if kind is Kind.BACKGROUND_VIDEO else 0
                self._add(
                    kind, value, part, slide, state, name, text=text, source_group=source_group
                )

    def _element(self, element: Element, slide: Slide | None, state: str) -> None:
        """An element of a slide and all that is in it."""
        if element.name == "noscript" or self._is_inert(element):
            return
        if element.name == "aside" and element.has_class("notes"):
            state = "shadowed"
        self._own(element, slide, state)
        for child in element.elements():
            self._element(child, slide, state)

    def _own(self, element: Element, slide: Slide | None, state: str) -> None:
        """What one element itself refers to."""
        lazy = not self._inline and (slide is not None or state == "shadowed")
        for kind, name, how, shown in element_values(element, lazy=lazy):
            for value, live in self._values(element, name):
                if value.tracked is None:
                    continue
                now = state if live and shown else "shadowed"
                if element.name == "iframe" and "srcdoc" in element.attributes:
                    now = "shadowed"  # HTML: srcdoc comes before src
                overlay = False
                if kind is Kind.LINK:
                    opened = overlay_attribute(element, self._version) == name
                    overlay = opened and now == "shown" and lazy and slide is not None
                    now = "shown" if live else "shadowed"
                self._expand(kind, name, how, value, slide, now, element, overlay=overlay)
        text = _css_text(element, element.source or self._markup)
        if text is not None:
            self._css(text, slide, state, "css", self.base)
        for value, live in self._values(element, "style"):
            if value.tracked is not None:
                now = state if live else "shadowed"
                self._css(value.tracked, slide, now, "css", self.base, "style")
        self._inner(element, slide, state)

    def _inner(self, element: Element, slide: Slide | None, state: str) -> None:
        """What the document in an attribute of ``element`` refers to (``srcdoc``, ``data:``)."""
        if self._inline >= _DEEPEST or (found := inline_document(element)) is None:
            return
        document, of_page = found
        before = self.base, self._slide_size
        self._slide_size = frame_size(element, self._slide_size)
        self.base = self.base if of_page else NO_BASE
        for inner in document.walk():
            if inner.name == "base" and inner.get("href") is not None:
                self.base = urls.resolve(inner.get("href") or "", self.base) or self.base
                break
        self._inline += 1
        for child in document.elements():
            self._element(child, slide, state)
        self._inline -= 1
        self.base, self._slide_size = before

    def _is_inert(self, element: Element) -> bool:
        """Whether an element is a template that stays one: not a declarative shadow root, which
        only the parser of a page makes, as it does not of Markdown."""
        if element.name != "template":
            return False
        return self.deck.format != "html" or "shadowrootmode" not in element.attributes

    def _values(self, element: Element, name: str) -> Iterator[tuple[Value, bool]]:
        for key, value in element.shadowed:
            if key == name:
                yield value, False
        if name in element.attributes:
            yield element.attributes[name], True

    def _expand(
        self,
        kind: Kind,
        name: str,
        how: str,
        value: Value,
        slide: Slide | None,
        state: str,
        element: Element,
        *,
        overlay: bool,
    ) -> None:
        """Add a value as one URL or, for a srcset, one per candidate."""
        assert value.tracked is not None
        if how == "srcset":
            for candidate in scan_srcset(value.text):
                part = value.tracked.cut(candidate.start, candidate.end)
                self._add(kind, value, part, slide, state, name)
            return
        text = value.tracked.text if value.syntax != "markdown" else value.text
        if kind is Kind.IFRAME and slide is not None and not self._inline:
            text = _player_url(text)
        size = None
        frame: tuple[tuple[str, str], ...] = ()
        if kind in (Kind.IFRAME, Kind.OBJECT):
            frame = frame_attributes(element)
        if slide is not None and kind in (Kind.IFRAME, Kind.OBJECT):
            size = frame_size(element, self._slide_size)
        source_group = 0
        if kind.is_media and element.name == "source" and element.parent:
            source_group = self._source_group(element.parent)
        self._add(
            kind,
            value,
            value.tracked,
            slide,
            state,
            name,
            text=text,
            size=size,
            source_group=source_group,
            overlay=overlay,
            frame=frame,
        )


def comma_parts(value: SourceText) -> Iterator[SourceText]:
    """The items of a comma-separated list, as ``split(",")`` gives them."""
    position = 0
    for item in value.text.split(","):
        yield value.cut(position, position + len(item))
        position += len(item) + 1


def _css_kind(text: str, at: int, url: str) -> Kind:
    """A font when it is in ``@font-face`` or is named like one; otherwise an image."""
    block = text.rfind("{", 0, at)
    closed = text.rfind("}", 0, at)
    in_face = block > closed and re.search(r"@font-face\s*$", text[:block], re.IGNORECASE)
    named = _FONT.search(urls.split_fragment(url)[0].partition("?")[0])
    return Kind.FONT if in_face or named else Kind.IMAGE


def _css_text(element: Element, source: Source) -> SourceText | None:
    """The text of a ``<style>`` element, from the page or from Markdown."""
    if element.name != "style":
        return None
    if "#text" in element.attributes:
        return element.attributes["#text"].tracked
    texts = [c for c in element.children if isinstance(c, Text)]
    if not texts:
        return None
    start = texts[0].start
    return SourceText.of(source, start, start + len(texts[0].text))


def _player_url(url: str) -> str:
    """The URL that reveal.js makes of a player's, so that it can start and stop it."""
    for site, parameter in (
        ("youtube.com/embed/", "enablejsapi=1"),
        ("player.vimeo.com/", "api=1"),
    ):
        if site in url and parameter not in url:
            url += ("&" if "?" in url else "?") + parameter
    return url
