"""Every URL of a deck, with its slide as reveal.js counts them and its exact source span."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from deckarchive import urls
from deckarchive.deck.collector import Collector, comma_parts
from deckarchive.deck.commandline import command_folder
from deckarchive.deck.config_text import Literal, json_strings, unescape, yaml_strings
from deckarchive.deck.dom import Element, Text, Value, parse_html
from deckarchive.deck.external import expand_external
from deckarchive.deck.outline import Outline, outline
from deckarchive.deck.project_command import COMMAND_FILE, command_strings
from deckarchive.deck.source_map import SourceText
from deckarchive.model import Deck, Found, Kind, Slide, Source

_SCRIPT_URL: Final = re.compile(
    r"""\b(?P<what>from|import|src|parallaxBackgroundImage)\b\s*[:(]?\s*
        (?P<quote>["'])(?P<url>[^"'\s]+)(?P=quote)""",
    re.VERBOSE,
)
_ADDRESS: Final = re.compile(r"\.{0,2}/|https?:")
"""What a module specifier or source must look like; a bare name is the import map's."""


def find_references(deck: Deck) -> list[Found]:
    """All URLs of ``deck`` by source file and position.

    They are those that were found when it was read; of a deck whose sources were replaced they
    are found again. A span that is shown on several slides (attributes that reveal.js passes on to
    every slide of a Markdown section) is found once per slide. Raises :class:`DeckError` for bad
    separators.
    """
    return list(collect(deck).in_order() if deck.found is None else deck.found)


def collect(deck: Deck, document: Element | None = None) -> Finder:
    """Everything that the sources of ``deck`` name; ``document`` is the tree of an HTML deck's
    page, which becomes the outline's. Raises :class:`DeckError` for bad separators."""
    if document is None and deck.format == "html":
        page = deck.sources[0]
        document = parse_html(page.text, SourceText.of(page))
        expand_external(document, page, {source.path: source for source in deck.sources}.get)
    finder = Finder(deck, outline(deck, document))
    finder.collect()
    return finder


class Finder(Collector):
    """Walks the outline of one deck once and collects."""

    def __init__(self, deck: Deck, slides: Outline) -> None:
        super().__init__(deck)
        self.outline = slides
        self._set_base()

    def collect(self) -> None:
        """Everything that the sources of the deck name."""
        for node in self.outline.slides:
            self._slide(node)
        for section in self.outline.hidden:
            self._section(section, None, shadowed=True)
        if self.deck.format == "html":
            self._rest(self.outline.document)
        else:
            self._options()
            self._template()
        self._sheets(self.deck.sources[1:])

    def add_sheets(self, sheets: tuple[Source, ...]) -> None:
        """Make style sheets sources of the deck, and collect what they name."""
        self.add_sources(sheets)
        self._sheets(sheets)

    def in_order(self) -> tuple[Found, ...]:
        """What was collected, by source file and position."""
        return tuple(sorted(self.found, key=self._position))

    def _sheets(self, sources: Iterable[Source]) -> None:
        for source in sources:
            if source.path.lower().endswith(".css"):
                base = urls.resolve(quote(source.path)) or urls.DECK_ORIGIN
                self._css(SourceText.of(source), None, "shown", "css", base)

    def _position(self, found: Found) -> tuple[int, int, Slide]:
        reference = found.reference
        return self._order[reference.file], reference.span[0], reference.slide or (-1, -1)

    def _set_base(self) -> None:
        for element in self.outline.document.walk():
            if element.name == "base" and element.get("href") is not None:
                self.base = urls.resolve(element.get("href") or "", self.page) or self.page
                return

    # What belongs to the page

    def _rest(self, element: Element) -> None:
        """Everything of an HTML page that is not a slide."""
        sections = {id(node.stack or node.section) for node in self.outline.slides}
        for child in element.elements():
            if id(child) in sections or child.name in ("noscript", "base") or self._is_inert(child):
                continue
            if child.name == "section" and "data-state" in child.attributes:
                continue
            self._own(child, None, "shown")
            if child.name == "script":
                self._script(child)
            self._rest(child)

    def _script(self, element: Element) -> None:
        """An inline script's imports and reveal.js options that name files; an import map."""
        source = self._markup
        kind = (element.get("type") or "").strip().lower()
        for child in element.children:
            if not isinstance(child, Text) or "src" in element.attributes:
                continue
            if kind == "importmap":
                for literal in json_strings(child.text):
                    if not literal.value.endswith("/"):
                        part = SourceText.of(
                            source, child.start + literal.start, child.start + literal.end
                        )
                        value = Value(literal.value, part, literal.quote, "json")
                        self._add(Kind.SCRIPT, value, part, None, "shown", "", text=literal.value)
            elif kind in ("", "module", "text/javascript", "application/javascript"):
                self._script_text(child, source)

    def _script_text(self, text: Text, source: Source) -> None:
        for match in _SCRIPT_URL.finditer(text.text):
            start, end = match.span("url")
            part = SourceText.of(source, text.start + start, text.start + end)
            value = Value(part.text, part, match.group("quote"), "json")
            plain, what = unescape(part.text), match.group("what")
            if what.startswith("parallax"):
                self._add(Kind.BACKGROUND_IMAGE, value, part, None, "shown", "", text=plain)
            elif _ADDRESS.match(plain) or (what.startswith("src") and plain.endswith(".js")):
                self._add(Kind.SCRIPT, value, part, None, "shown", "", text=plain)

    def _template(self) -> None:
        """What a reveal-md deck's own template loads; its Mustache tags name nothing."""
        path = self.deck.options.template_path
        for source in self.deck.sources[1:]:
            if source.path == path:
                self._markup = source
                self._rest(parse_html(source.text, SourceText.of(source)))

    def _options(self) -> None:
        """Style sheets, scripts and theme named in reveal-md's options."""
        for source in self.deck.sources:
            name = source.path.rpartition("/")[2]
            if source is self.deck.sources[0]:
                start, end = self.deck.options.front_matter
                literals = yaml_strings(source.text[start : max(start, end - 4)], start)
                syntax = "plain"
            elif name.startswith(("reveal-md.json", "reveal.json")):
                literals, syntax = json_strings(source.text), "json"
            elif source.path == self.deck.options.command_file:
                literals = iter(command_strings(source.text, self._below(source), name))
                syntax = "json" if name == COMMAND_FILE else "plain"
            else:
                continue
            for literal in literals:
                self._option(source, literal, syntax)

    def _below(self, source: Source) -> str:
        """The deck's path from the folder that a source's commands are run in."""
        return posixpath.relpath(self.deck.path, command_folder(source.path) or ".")

    def _option(self, source: Source, literal: Literal, syntax: str) -> None:
        """One string of the options; a value that a stronger layer replaces is shadowed."""
        key, whole = literal.key, SourceText.of(source, literal.start, literal.end)
        base = urls.resolve(quote(self.deck.options.config_folder)) or self.page
        if key in ("parallaxBackgroundImage", "revealOptions.parallaxBackgroundImage"):
            value = Value(literal.value, whole, literal.quote, syntax)
            text = literal.value
            self._add(Kind.BACKGROUND_IMAGE, value, whole, None, "shown", key, text=text)
        elif key in ("css", "scripts"):
            listed = [name.strip() for name in self.deck.options.author.names(key)]
            kind = Kind.SCRIPT if key == "scripts" else Kind.STYLESHEET
            for part in comma_parts(whole):
                text = (unescape(part.text) if syntax == "json" else part.text).strip()
                state = "shown" if text in listed else "shadowed"
                value = Value(text, part, literal.quote, syntax)
                self._add(kind, value, part, None, state, key, text=text, base=base)
        elif key == "theme" and re.search(r"[./]", literal.value):
            state = (
                "shown" if literal.value == self.deck.options.author.text("theme") else "shadowed"
            )
            value = Value(literal.value, whole, literal.quote, syntax)
            text = literal.value
            self._add(Kind.STYLESHEET, value, whole, None, state, key, text=text, base=base)
