"""Every URL of a deck, with its slide as reveal.js counts them and its exact source span."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import quote

from deckarchive import urls
from deckarchive.deck.background import background_image_url, background_state
from deckarchive.deck.config import entries, is_absolute, template_path
from deckarchive.deck.dom import Element, Text, Value, parse
from deckarchive.deck.elements import element_values
from deckarchive.deck.outline import Outline, SlideNode, external_path, outline
from deckarchive.deck.strings import json_strings, unescape, yaml_strings
from deckarchive.deck.tracked import Tracked
from deckarchive.markup import scan_css, scan_srcset
from deckarchive.model import Deck, Kind, Reference, Slide, Source

_FONT: Final = re.compile(r"\.(woff2?|ttf|otf|eot)$", re.IGNORECASE)
_SCRIPT_URL: Final = re.compile(
    r"""\b(?:from\s*|import\s*\(?\s*|src\s*:\s*|parallaxBackgroundImage\s*:\s*)
        (?P<quote>["'])(?P<url>(?:https?:)?(?:\.{0,2}/|[\w-]+[/.])[^"'\s\\]*)(?P=quote)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """One URL: what it is to the deck, resolved, and where it stands.

    ``url`` is absolute; a file of the deck itself is under ``urls.DECK_ORIGIN``.
    """

    kind: Kind
    url: str
    reference: Reference


def find_references(deck: Deck) -> list[Found]:
    """All URLs of ``deck`` by source file and position.

    A span that is shown on several slides (attributes that reveal.js passes on to every slide of
    a Markdown section) is found once per slide. Raises :class:`DeckError` for bad separators.
    """
    return Finder(deck).all()


class Finder:
    """Walks the outline of one deck and collects."""

    def __init__(self, deck: Deck) -> None:
        self.deck = deck
        self.page = urls.resolve(quote(deck.path)) or urls.DECK_ORIGIN
        self.base = self.page
        self.found: list[Found] = []
        self._markup = deck.sources[0]  # the source that the walked elements stand in
        self._order = {source.path: i for i, source in enumerate(deck.sources)}
        self._lines: dict[str, list[int]] = {}

    @cached_property
    def outline(self) -> Outline:
        """The deck's slides."""
        return outline(self.deck)

    def all(self) -> list[Found]:
        """Everything, in document order."""
        self._set_base()
        for node in self.outline.slides:
            self._slide(node)
        for section in self.outline.hidden:
            self._section(section, None, shadowed=True)
        if self.deck.format == "html":
            self._rest(self.outline.document)
        else:
            self._options()
            self._template()
        for source in self.deck.sources[1:]:
            if source.path.lower().endswith(".css"):
                base = urls.resolve(quote(source.path)) or urls.DECK_ORIGIN
                self._css(Tracked.of(source), None, "shown", "css", base)
        self.found.sort(key=self._position)
        return self.found

    def _position(self, found: Found) -> tuple[int, int, Slide]:
        reference = found.reference
        return self._order[reference.file], reference.span[0], reference.slide or (-1, -1)

    def _set_base(self) -> None:
        for element in self.outline.document.walk():
            if element.name == "base" and element.get("href") is not None:
                self.base = urls.resolve(element.get("href") or "", self.page) or self.page
                return

    # What the slides show

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
            for part in _comma_parts(value.tracked):
                text = part.text
                if kind is Kind.BACKGROUND_IMAGE:
                    text = background_image_url(text)
                self._add(kind, value, part, slide, state, name, text=text)

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
        self._add(kind, value, value.tracked, slide, state, name, text=text)

    # What belongs to the page

    def _rest(self, element: Element) -> None:
        """Everything of an HTML page that is not a slide."""
        sections = {id(node.stack or node.section) for node in self.outline.slides}
        for child in element.elements():
            if id(child) in sections or child.name in ("template", "noscript", "base"):
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
                        part = _part(source, child.start + literal.start, child.start + literal.end)
                        value = Value(literal.value, part, literal.quote, "json")
                        self._add(Kind.SCRIPT, value, part, None, "shown", "", text=literal.value)
            elif kind in ("", "module", "text/javascript", "application/javascript"):
                self._script_text(child, source)

    def _script_text(self, text: Text, source: Source) -> None:
        for match in _SCRIPT_URL.finditer(text.text):
            image = "parallaxBackgroundImage" in match.group()
            part = _part(source, text.start + match.start("url"), text.start + match.end("url"))
            value = Value(part.text, part, match.group("quote"), "json")
            kind = Kind.BACKGROUND_IMAGE if image else Kind.SCRIPT
            plain = unescape(part.text)
            if kind is Kind.SCRIPT and not re.search(r"^(\.{0,2}/|https?:)|\.m?js\b", plain):
                continue
            self._add(kind, value, part, None, "shown", "", text=plain)

    def _template(self) -> None:
        """What a reveal-md deck's own template loads; its Mustache tags name nothing."""
        path = template_path(self.deck.options)
        for source in self.deck.sources[1:]:
            if source.path == path:
                self._markup = source
                self._rest(parse(source.text, Tracked.of(source)))

    def _options(self) -> None:
        """Style sheets, scripts and theme named in reveal-md's options."""
        for source in self.deck.sources:
            name = source.path.rpartition("/")[2]
            if source is self.deck.sources[0]:
                end = int(self.deck.options.get("start", 0))
                start = int(self.deck.options.get("frontStart", 0))
                literals = yaml_strings(source.text[start : max(start, end - 4)], start)
                syntax = "plain"
            elif name.startswith(("reveal-md.json", "reveal.json")):
                literals, syntax = json_strings(source.text), "json"
            else:
                continue
            for literal in literals:
                self._option(source, literal.key, literal.value, literal, syntax)

    def _option(self, source: Source, key: str, text: str, literal: object, syntax: str) -> None:
        start, end, mark = literal.start, literal.end, literal.quote  # type: ignore[attr-defined]
        base = urls.resolve(quote(str(self.deck.options.get("configDir", "")))) or self.page
        if key in ("parallaxBackgroundImage", "revealOptions.parallaxBackgroundImage"):
            part = _part(source, start, end)
            value = Value(text, part, mark, syntax)
            self._add(Kind.BACKGROUND_IMAGE, value, part, None, "shown", key, text=text)
            return
        if key not in ("css", "scripts", "theme"):
            return
        kind = Kind.SCRIPT if key == "scripts" else Kind.STYLESHEET
        used = (
            entries(self.deck.options.get(key)) if key != "theme" else [self.deck.options["theme"]]
        )
        if key == "theme" and not (is_absolute(text) or "." in text or "/" in text):
            return
        parts = (
            _comma_parts(_part(source, start, end))
            if key != "theme"
            else [_part(source, start, end)]
        )
        for part in parts:
            plain = unescape(part.text) if syntax == "json" else part.text
            state = "shown" if plain in [u.strip() for u in used] else "shadowed"
            self._add(
                kind,
                Value(plain, part, mark, syntax),
                part,
                None,
                state,
                key,
                text=plain,
                base=base,
            )

    # Style sheets

    def _css(
        self,
        text: Tracked,
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

    # The reference itself

    def _add(
        self,
        kind: Kind,
        value: Value,
        part: Tracked,
        slide: Slide | None,
        state: str,
        attribute: str,
        *,
        text: str | None = None,
        base: str | None = None,
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
        )
        self.found.append(Found(kind, url, reference))

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


def external_markdown(deck: Deck, section: Element) -> str | None:
    """The file that a section's ``data-markdown`` names, below the root."""
    return external_path(deck.path, section.get("data-markdown") or "")


def _part(source: Source, start: int, end: int) -> Tracked:
    return Tracked.of(source, start, end)


def _comma_parts(value: Tracked) -> Iterator[Tracked]:
    """The items of a comma-separated list, as ``split(",")`` gives them."""
    position = 0
    for item in value.text.split(","):
        yield value.cut(position, position + len(item))
        position += len(item) + 1


def _css_text(element: Element, source: Source) -> Tracked | None:
    """The text of a ``<style>`` element, from the page or from Markdown."""
    if element.name != "style":
        return None
    if "#text" in element.attributes:
        return element.attributes["#text"].tracked
    texts = [c for c in element.children if isinstance(c, Text)]
    if not texts:
        return None
    start = texts[0].start
    return Tracked.of(source, start, start + len(texts[0].text))


def _css_kind(text: str, at: int, url: str) -> Kind:
    """A font when it stands in ``@font-face`` or is named like one; otherwise an image."""
    block = text.rfind("{", 0, at)
    closed = text.rfind("}", 0, at)
    in_face = block > closed and re.search(r"@font-face\s*$", text[:block], re.IGNORECASE)
    named = _FONT.search(urls.split_fragment(url)[0].partition("?")[0])
    return Kind.FONT if in_face or named else Kind.IMAGE


def _player_url(url: str) -> str:
    """The URL that reveal.js makes of a player's, so that it can start and stop it."""
    for site, parameter in (
        ("youtube.com/embed/", "enablejsapi=1"),
        ("player.vimeo.com/", "api=1"),
    ):
        if site in url and parameter not in url:
            url += ("&" if "?" in url else "?") + parameter
    return url
