"""What the slides show: backgrounds, elements and their rules, as reveal.js applies them."""

from __future__ import annotations

from collections.abc import Iterator

from deckarchive.deck.background import background_image_url, background_state
from deckarchive.deck.collector import Collector, comma_parts
from deckarchive.deck.dom import Element, Text, Value
from deckarchive.deck.element_urls import element_values
from deckarchive.deck.frame_size import frame_size
from deckarchive.deck.outline import SlideNode
from deckarchive.deck.source_map import SourceText
from deckarchive.markup import scan_srcset
from deckarchive.model import Kind, Slide, Source


class SlideCollector(Collector):
    """Collects from slides, and from any element that stands in a page."""

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
            kind, shown = background_state(section, name, value.text, outer=outer)
            if kind is None or value.tracked is None:
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
        if element.name in ("template", "noscript"):
            return
        if element.name == "aside" and element.has_class("notes"):
            state = "shadowed"
        self._own(element, slide, state)
        for child in element.elements():
            self._element(child, slide, state)

    def _own(self, element: Element, slide: Slide | None, state: str) -> None:
        """What one element itself refers to."""
        lazy = slide is not None or state == "shadowed"
        for kind, name, how, shown in element_values(element, lazy=lazy):
            for value, live in self._values(element, name):
                if value.tracked is None:
                    continue
                now = state if live and shown else "shadowed"
                if kind is Kind.LINK:
                    now = "shown" if live else "shadowed"
                self._expand(kind, name, how, value, slide, now, element)
        text = _css_text(element, self._markup)
        if text is not None:
            self._css(text, slide, state, "css", self.base)
        for value, live in self._values(element, "style"):
            if value.tracked is not None:
                now = state if live else "shadowed"
                self._css(value.tracked, slide, now, "css", self.base, "style")

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
    ) -> None:
        """Add a value as one URL or, for a srcset, one per candidate."""
        assert value.tracked is not None
        if how == "srcset":
            for candidate in scan_srcset(value.text):
                part = value.tracked.cut(candidate.start, candidate.end)
                self._add(kind, value, part, slide, state, name)
            return
        text = value.tracked.text if value.syntax != "markdown" else value.text
        if kind is Kind.IFRAME and slide is not None:
            text = _player_url(text)
        size = None
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
        )


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
