"""A small tree of an HTML text, as far as reveal.js looks at it: elements, attributes, comments.

Built from :func:`markup.scan_html`, so every attribute value keeps its source span. It knows
void elements and the implied end tags that matter for nesting; it fails for nothing but a text that
is far too large.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from deckarchive.deck.source_map import SourceText
from deckarchive.errors import DeckError
from deckarchive.markup import Comment, RawText, Tag, scan_html
from deckarchive.model import Source


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


VOID: Final = _names("area base br col embed hr img input link meta param source track wbr")
_CLOSED_BY: Final = {
    "p": _names(
        "address article aside blockquote center details dialog dir div dl fieldset figcaption"
        " figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search"
        " section summary table ul li dd dt"
    ),
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "option": frozenset({"option", "optgroup"}),
    "td": frozenset({"td", "th", "tr", "tbody", "tfoot"}),
    "th": frozenset({"td", "th", "tr", "tbody", "tfoot"}),
    "tr": frozenset({"tr", "tbody", "tfoot"}),
}
_BLOCKS: Final = _CLOSED_BY["p"] | _names(
    "body button figcaption head html li listing object p slot table tbody td template tfoot"
    " th thead tr"
)
_SCOPES: Final = frozenset({"table", "td", "th", "template", "object", "caption"})
MOST_ELEMENTS: Final = 300_000
"""Elements of a deck, all its Markdown expanded."""
_DEEPEST: Final = 512
"""Levels of a tree: as Chromium does, deeper elements become children of the last that
does not, and an end tag is not looked for further up than this."""
_FORMATTING: Final = _names("a b big code em font i nobr s small span strike strong tt u")


@dataclass(slots=True)
class Value:
    """An attribute's value as the browser sees it, and its place in a source.

    ``tracked`` is ``None`` for what the source does not spell out (a value made by Markdown);
    ``syntax`` and ``quote`` are those of :class:`model.Reference`.
    """

    text: str
    tracked: SourceText | None = None
    quote: str = '"'
    syntax: str = "attribute"


@dataclass(slots=True, eq=False)
class Element:
    """An element; ``children`` are elements, comments and texts in order.

    ``source`` is the file that its text is written in, where that is known; offsets are those of
    the text that was parsed.
    """

    name: str
    attributes: dict[str, Value] = field(default_factory=dict)
    children: list[Element | CommentNode | Text] = field(default_factory=list)
    parent: Element | None = None
    start: int = 0
    end: int = 0
    inner: tuple[int, int] = (0, 0)
    shadowed: list[tuple[str, Value]] = field(default_factory=list)
    source: Source | None = None

    def get(self, name: str) -> str | None:
        """The value of an attribute, or ``None``."""
        value = self.attributes.get(name)
        return None if value is None else value.text

    def has_class(self, name: str) -> bool:
        """Whether ``class`` lists ``name``."""
        return name in (self.get("class") or "").split()

    def elements(self) -> Iterator[Element]:
        """Its child elements."""
        return (c for c in self.children if isinstance(c, Element))

    def walk(self) -> Iterator[Element]:
        """All elements below it, in document order."""
        open_at = [iter(list(self.elements()))]
        while open_at:
            child = next(open_at[-1], None)
            if child is None:
                open_at.pop()
                continue
            yield child
            open_at.append(iter(list(child.elements())))

    def append(self, child: Element | CommentNode | Text) -> None:
        """Add a last child."""
        if isinstance(child, Element):
            child.parent = self
        self.children.append(child)

    def replace(self, child: Element, others: Sequence[Element | CommentNode | Text]) -> None:
        """Put ``others`` in the place of ``child``."""
        at = next(i for i, c in enumerate(self.children) if c is child)
        self.children[at : at + 1] = others
        for other in others:
            if isinstance(other, Element):
                other.parent = self

    def remove(self, child: Element) -> None:
        """Take ``child`` out."""
        self.replace(child, [])
        child.parent = None

    def inside(self, name: str) -> bool:
        """Whether an ancestor is such an element."""
        node = self.parent
        while node is not None and node.name != name:
            node = node.parent
        return node is not None


@dataclass(slots=True, eq=False)
class CommentNode:
    """A comment; ``start`` is where its inner text starts in the parsed text."""

    text: str
    start: int


@dataclass(slots=True, eq=False)
class Text:
    """Character data: raw text of a script, style or textarea, or ordinary text."""

    text: str
    start: int
    raw: bool = False


def too_many_elements() -> DeckError:
    """The error for a deck with more than :data:`MOST_ELEMENTS`."""
    return DeckError(f"more than {MOST_ELEMENTS:,} elements: too large for a deck")


def parse_html(text: str, tracked: SourceText | None = None) -> Element:
    """Parse ``text``; with ``tracked`` (of the same text) values know their source spans.

    Raises :class:`DeckError` for more than :data:`MOST_ELEMENTS`.
    """
    root = Element("#document", end=len(text))
    count = 0
    stack = [root]
    position = 0
    for token in scan_html(text):
        if token.start > position and not isinstance(token, RawText):
            stack[-1].append(Text(text[position : token.start], position))
        position = token.end
        if isinstance(token, RawText):
            stack[-1].append(Text(text[token.start : token.end], token.start, raw=True))
        elif isinstance(token, Comment):
            stack[-1].append(CommentNode(token.inner, token.start + 4))
        elif token.closing:
            _close(stack, token)
        else:
            count += 1
            if count > MOST_ELEMENTS:
                raise too_many_elements()
            _open(stack, token, tracked)
    if position < len(text):
        stack[-1].append(Text(text[position:], position))
    for element in stack:
        _end(element, len(text), len(text))
    return root


def _end(element: Element, inner: int, end: int) -> None:
    element.inner, element.end = (element.inner[0], inner), end


def _open(stack: list[Element], tag: Tag, tracked: SourceText | None) -> None:
    if not tag.foreign:
        while len(stack) > 1 and tag.name in _CLOSED_BY.get(stack[-1].name, ()):
            _end(stack.pop(), tag.start, tag.start)
        _close_paragraph(stack, tag)
    element = Element(tag.name, start=tag.start, end=tag.end, inner=(tag.end, tag.end))
    element.source = tracked.source if tracked is not None else None
    for attribute in tag.attributes:
        if attribute.name not in element.attributes:
            part = None
            if tracked is not None and attribute.end > attribute.start:
                part = tracked.cut(attribute.start, attribute.end).decoded()
            text = attribute.value if part is None else part.text
            element.attributes[attribute.name] = Value(text, part, attribute.quote)
    stack[min(len(stack) - 1, _DEEPEST)].append(element)
    if tag.name not in VOID and not (tag.foreign and tag.self_closing):
        stack.append(element)


def _close_paragraph(stack: list[Element], tag: Tag) -> None:
    """End an open ``<p>`` that has only formatting elements open in it
    (HTML, "close a p element")."""
    if tag.name not in _CLOSED_BY["p"]:
        return
    depth = len(stack) - 1
    last = max(0, depth - _DEEPEST)
    while depth > last and stack[depth].name in _FORMATTING:
        depth -= 1
    if depth > last and stack[depth].name == "p":
        for element in stack[depth:]:
            _end(element, tag.start, tag.start)
        del stack[depth:]


def _close(stack: list[Element], tag: Tag) -> None:
    """Handle an end tag: blocks close what is open in them, other elements never leave a block."""
    block = tag.name in _BLOCKS
    for depth in range(len(stack) - 1, max(0, len(stack) - 1 - _DEEPEST), -1):
        name = stack[depth].name
        if name == tag.name:
            for element in stack[depth:]:
                _end(element, tag.start, tag.start)
            _end(stack[depth], tag.start, tag.end)
            del stack[depth:]
            return
        if name in _SCOPES or (not block and name in _BLOCKS):
            return
