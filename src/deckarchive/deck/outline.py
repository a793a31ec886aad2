"""The slides of a deck as reveal.js arranges them: Markdown expanded, hidden ones removed.

The result is a tree like the browser's after ``Reveal.initialize``, so what the audience sees is
read off it rather than guessed from the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from deckarchive import urls
from deckarchive.deck.dom import MOST_ELEMENTS, Element, Text, Value, too_many_elements
from deckarchive.deck.markdown import fill
from deckarchive.deck.options import page_separators
from deckarchive.deck.slidify import (
    MOST_SLIDES,
    NEWEST,
    PluginVersion,
    Separators,
    dedent_edits,
    plugin_version,
    slidify,
    too_many_slides,
)
from deckarchive.deck.source_map import SourceText
from deckarchive.model import Deck, Slide, Source

_PLUGIN_ATTRIBUTE = re.compile(r"data-(markdown|separator|vertical|notes)", re.IGNORECASE)
_SHOW_HIDDEN = re.compile(r"\bshowHiddenSlides\s*:\s*true\b")


@dataclass(frozen=True, slots=True)
class SlideNode:
    """One slide: its indices, its section and, inside a vertical stack, the stack's section."""

    slide: Slide
    section: Element
    stack: Element | None = None


@dataclass(slots=True)
class _Size:
    """What a deck's Markdown has come to, and may not go beyond."""

    slides: int = 0
    elements: int = 0

    def add(self, section: Element) -> None:
        """Count a slide that was filled. Raises :class:`DeckError`."""
        self.slides += 1
        self.elements += sum(1 for _ in section.walk())
        if self.slides > MOST_SLIDES:
            raise too_many_slides()
        if self.elements > MOST_ELEMENTS:
            raise too_many_elements()


@dataclass(slots=True)
class Outline:
    """A deck's tree, its slides in order, and the sections that are never shown."""

    document: Element
    slides: list[SlideNode] = field(default_factory=list)
    hidden: list[Element] = field(default_factory=list)


def outline(deck: Deck, document: Element | None = None) -> Outline:
    """Arrange the slides of ``deck``; ``document`` is the page of an HTML deck, parsed with its
    spans: it becomes the outline's. Raises :class:`DeckError` for a bad separator."""
    files = {source.path: source for source in deck.sources}
    if document is None:
        document = slides = _markdown_page(deck, deck.sources[0])
        show_hidden = deck.options.author.shows_hidden_slides
    else:
        found = find_slides(document)
        if found is None:
            return Outline(document)
        slides = found
        _expand_all(slides, deck, files)
        show_hidden = any(_SHOW_HIDDEN.search(t) for t in inline_scripts(document))
    result = Outline(document)
    if not show_hidden:
        keeps_empty = (deck.options.reveal_version or NEWEST) < (5, 0)
        _remove_hidden(slides, result.hidden, keeps_empty=keeps_empty)
    result.slides = _number(slides)
    return result


def find_slides(document: Element) -> Element | None:
    """The ``.slides`` element of the first ``.reveal``, as reveal.js looks for it."""
    reveal = next((e for e in document.walk() if e.has_class("reveal")), None)
    if reveal is None:
        return None
    return next((e for e in reveal.walk() if e.has_class("slides")), None)


def inline_scripts(document: Element) -> list[str]:
    """The text of the inline classic and module scripts of a page."""
    return [
        child.text
        for element in document.walk()
        if element.name == "script" and "text/template" not in (element.get("type") or "")
        for child in element.children
        if isinstance(child, Text)
    ]


def external_path(deck_path: str, value: str) -> str | None:
    """The path below the root that ``data-markdown="value"`` names; ``None`` for a remote one."""
    url = urls.resolve(value, urls.resolve(quote(deck_path)) or urls.DECK_ORIGIN)
    return urls.deck_path(url) if url and urls.is_deck_url(url) else None


def _markdown_page(deck: Deck, source: Source) -> Element:
    """The ``.slides`` that reveal-md's template makes of a Markdown file."""
    slides = Element("div")
    tracked = SourceText.of(source, deck.options.front_matter[1]).normalized()
    # A textarea holds the raw Markdown: references are decoded, and ``</textarea`` ends it early.
    end = re.search(r"</textarea(?=[\s/>])", tracked.text, re.IGNORECASE)
    if end:
        tracked = tracked.cut(0, end.start())
    tracked = tracked.decoded(attribute=False)
    tail = "" if end else "\n" + " " * 10
    tracked = tracked.replaced([(0, 0, " " * 12, False), (len(tracked),) * 2 + (tail, False)])
    tracked = tracked.replaced(dedent_edits(tracked.text))
    separators = page_separators(deck.options.author)
    section = Element("section", {"data-markdown": Value("")})
    slides.append(section)
    _replace(
        section, slidify(tracked, separators), separators, PluginVersion(), _Size(), encoded=True
    )
    return slides


def _expand_all(slides: Element, deck: Deck, files: Mapping[str, Source]) -> None:
    """Expand every ``section[data-markdown]``, inline or external, in its place."""
    plugin = deck_plugin_version(deck)
    config = deck.options.author.markdown if plugin.configurable else {}
    size = _Size()
    for section in list(slides.walk()):
        if section.name != "section" or "data-markdown" not in section.attributes:
            continue
        across, down, notes = map(section.get, cutting_attributes(plugin))
        separators = Separators.of(across, down, notes, config, plugin)
        name = section.get("data-markdown")
        if name:
            path = external_path(deck.path, name)
            source = files.get(path) if path else None
            if source is not None:
                cut = slidify(SourceText.of(source), separators)
                _replace(section, cut, separators, plugin, size, encoded=False)
            else:
                _replace_by_error(section)
        else:
            tracked, encoded = _inline_markdown(section, section.source or deck.sources[0])
            tracked = tracked.replaced(dedent_edits(tracked.text, plugin))
            cuts = plugin.cuts_bare or across or down or notes
            cut = slidify(tracked, separators) if cuts else [tracked]
            _replace(section, cut, separators, plugin, size, encoded=encoded)


def deck_plugin_version(deck: Deck) -> PluginVersion:
    """How the Markdown plugin of the deck's own reveal.js reads."""
    return plugin_version(deck.options.reveal_version or NEWEST)


def cutting_attributes(plugin: PluginVersion) -> tuple[str, str, str]:
    """The attributes of a section that cut its Markdown: slides, vertical slides, notes."""
    return "data-separator", plugin.vertical_attribute, plugin.notes_attribute


def _inline_markdown(section: Element, source: Source) -> tuple[SourceText, bool]:
    """The text content of a section's template, and whether its references were decoded."""
    holder = next((e for e in section.walk() if "data-template" in e.attributes), None)
    holder = holder or next((e for e in section.walk() if e.name == "script"), None) or section
    if holder.name == "template":  # its content is not among its children: no text at all
        return SourceText.of(source, 0, 0), True
    parts = _texts(holder)
    if not parts:
        return SourceText.of(source, 0, 0), True
    raw = holder.name in ("script", "style", "xmp", "iframe", "noembed", "noframes")
    pieces = [SourceText.of(source, t.start, t.start + len(t.text)).normalized() for t in parts]
    if not raw:
        pieces = [piece.decoded(attribute=False) for piece in pieces]
    if holder.name in ("textarea", "pre", "listing") and pieces[0].text.startswith("\n"):
        pieces[0] = pieces[0].cut(1)
    return SourceText.joined(source, pieces), not raw


def _texts(element: Element) -> list[Text]:
    found: list[Text] = []
    for child in element.children:
        if isinstance(child, Text):
            found.append(child)
        elif isinstance(child, Element) and child.name != "template":
            found += _texts(child)
    return found


def _replace(
    section: Element,
    cut: list[SourceText | list[SourceText]],
    separators: Separators,
    plugin: PluginVersion,
    size: _Size,
    *,
    encoded: bool,
) -> None:
    """Put slides in the place of ``section``, its attributes passed on."""
    assert section.parent is not None
    forwarded = {
        name: value
        for name, value in section.attributes.items()
        if not _PLUGIN_ATTRIBUTE.search(name)
    }
    made: list[Element] = []
    for item in cut:
        outer = Element("section", dict(forwarded), parent=section.parent)
        made.append(outer)
        if isinstance(item, list):
            for slide in item:
                inner = Element("section", {"data-markdown": Value("")})
                outer.append(inner)
                fill(inner, slide, separators, plugin, encoded=encoded)
                size.add(inner)
        else:
            fill(outer, item, separators, plugin, encoded=encoded)
            size.add(outer)
    section.parent.replace(section, made)


def _replace_by_error(section: Element) -> None:
    """What reveal.js shows when external Markdown cannot be loaded: one slide with a message."""
    assert section.parent is not None
    section.parent.replace(section, [Element("section", {"data-state": Value("alert")})])


def _remove_hidden(slides: Element, hidden: list[Element], *, keeps_empty: bool) -> None:
    """Remove ``data-visibility="hidden"`` slides, and a stack that would become empty.

    With ``keeps_empty`` such a stack stays, as a slide: reveal.js 4 does that.
    """
    for section in [e for e in slides.walk() if e.name == "section"]:
        if section.get("data-visibility") != "hidden" or section.parent is None:
            continue
        parent = section.parent
        lonely = (
            not keeps_empty and parent.name == "section" and sum(1 for _ in parent.elements()) == 1
        )
        gone = parent if lonely else section
        if gone.parent is not None:
            gone.parent.remove(gone)
            hidden.append(gone)


def _number(slides: Element) -> list[SlideNode]:
    """Indices as ``Reveal.getIndices`` gives them."""
    found: list[SlideNode] = []
    for h, outer in enumerate(e for e in slides.elements() if e.name == "section"):
        inner = [e for e in outer.elements() if e.name == "section"]
        if not inner:
            found.append(SlideNode((h, 0), outer))
        for v, section in enumerate(inner):
            found.append(SlideNode((h, v), section, outer))
    return found
