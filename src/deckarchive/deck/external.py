"""External HTML: the files that reveal.js' external plugin puts on slides.

``data-external="part.html"`` fills an element with the body of a file, ``data-external-replace``
puts that body in its place; ``part.html#selector`` takes what matches alone. The plugin
(janschoepke/reveal_external and its descendants) is not reveal.js' own: it counts where the page
loads it. A part may have parts itself, named from the deck's page as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from deckarchive.deck.dom import MOST_ELEMENTS, CommentNode, Element, Text, parse_html
from deckarchive.deck.outline import external_path, find_slides
from deckarchive.deck.source_map import SourceText
from deckarchive.markup import Splice, Tag, apply, scan_html
from deckarchive.model import Source

_FILL: Final = "data-external"
_REPLACE: Final = "data-external-replace"
_LOAD: Final = "data-load"
"""The attribute of other plugins, which put a file into an element in ways of their own."""
_PLUGIN: Final = re.compile(r"\bexternal(?:\.min)?\.m?js\b|\bRevealExternal\b", re.IGNORECASE)
_SELECTOR: Final = re.compile(r"(?P<name>[a-z][\w-]*)?(?P<rest>(?:[.#][\w-]+)*)", re.IGNORECASE)
_OF_THE_HEAD: Final = frozenset({"base", "link", "meta", "script", "style", "template", "title"})
_DEEPEST: Final = 8
_MOST_PARTS: Final = 1000

Node = Element | CommentNode | Text
LoadPart = Callable[[str], Source | None]
"""The source of a path below the deck's root; ``None`` where that is no file of the deck."""


@dataclass(frozen=True, slots=True)
class _Part:
    """An element that an external file fills or replaces."""

    element: Element
    attribute: str
    path: str | None
    selector: str

    @property
    def written(self) -> str:
        return self.element.get(self.attribute) or ""


def expand_external(document: Element, page: Source, load: LoadPart) -> list[str]:
    """Put external HTML into the tree of the deck's ``page``, with the spans of its own files.

    Returns a line for each part that is not followed. Raises :class:`DeckError` for far too many
    elements.
    """
    slides = find_slides(document)
    if slides is None:
        return []
    expansion = _Expansion(page, load, _PLUGIN.search(page.text) is not None)
    expansion.expand(slides, ())
    for element in slides.walk():
        if name := element.get(_LOAD):
            line = f"external HTML {name} ({_LOAD}) is put in by a plugin that is not followed"
            expansion.warnings.append(line)
    return list(dict.fromkeys(expansion.warnings))


@dataclass(slots=True)
class _Expansion:
    page: Source
    load: LoadPart
    has_plugin: bool
    warnings: list[str] = field(default_factory=list)
    parts: int = 0
    elements: int = 0

    def expand(self, holder: Element, within: tuple[str, ...]) -> None:
        """Expand what is in ``holder``; ``within`` are the paths of the files around it."""
        for part in list(_parts(holder, self.page.path)):
            source = self._source(part, within)
            if source is None:
                continue
            tree = parse_html(source.text, SourceText.of(source))
            self.elements += sum(1 for _ in tree.walk())
            nodes = _content(tree, part.selector)
            if nodes is None:
                self._warn(part, "has a selector that is not followed")
                continue
            target = part.element
            if part.attribute == _REPLACE:
                assert target.parent is not None
                target.parent.replace(target, nodes)
                target = Element("#part", children=nodes)
            else:
                target.children.clear()
                target.source = source
                for node in nodes:
                    target.append(node)
            self.expand(target, (*within, source.path))

    def _source(self, part: _Part, within: tuple[str, ...]) -> Source | None:
        if not self.has_plugin:
            self._warn(part, "is put in by a plugin, and the page loads none")
            return None
        self.parts += 1
        small = self.parts <= _MOST_PARTS and self.elements <= MOST_ELEMENTS
        if not small or len(within) > _DEEPEST or part.path in within:
            self._warn(part, "is not followed: its files are nested too deeply")
            return None
        source = self.load(part.path) if part.path is not None else None
        if source is None:
            problem = (
                "is not a file of the deck: not read" if part.path is None else "does not exist"
            )
            self._warn(part, problem)
        return source

    def _warn(self, part: _Part, problem: str) -> None:
        self.warnings.append(f"external HTML {part.written} {problem}")


def inline_external(page: Source, texts: Mapping[str, str]) -> str:
    """The text of a page with its external HTML inside, so that it opens from ``file://`` too.

    ``texts`` maps the path of each source of the deck to its text; a part that is not among them
    stays as it is.
    """
    if not _PLUGIN.search(page.text):
        return texts[page.path]
    slides = find_slides(parse_html(texts[page.path]))
    if slides is None:
        return texts[page.path]
    return apply(texts[page.path], _Inlining(page, texts).splices(slides, ()))


@dataclass(slots=True)
class _Inlining:
    page: Source
    texts: Mapping[str, str]
    parts: int = 0

    def splices(self, holder: Element, within: tuple[str, ...]) -> list[Splice]:
        """The splices that put its parts into the text that ``holder`` is of."""
        own = self.texts[within[-1] if within else self.page.path]
        found: list[Splice] = []
        for part in _parts(holder, self.page.path):
            element, path = part.element, part.path
            if path is None or path not in self.texts:
                continue
            self.parts += 1
            if path in within or len(within) > _DEEPEST or self.parts > _MOST_PARTS:
                found.append(_without_attribute(own, part))  # else the plugin would take it up
                continue
            tree = parse_html(self.texts[path])
            nodes = _content(tree, part.selector)
            if nodes is None:
                continue
            inner = self.splices(tree, (*within, path))
            text = "".join(_cut(self.texts[path], node, inner) for node in nodes)
            if part.attribute == _REPLACE:
                found.append(Splice(element.start, element.end, text))
            else:
                found += [_without_attribute(own, part), Splice(*element.inner, text)]
        return found


def _without_attribute(text: str, part: _Part) -> Splice:
    """The splice that takes the attribute of a part out of its element."""
    start, end = part.element.start, part.element.inner[0]
    tag = next(t for t in scan_html(text[start:end]) if isinstance(t, Tag))
    attribute = tag.get(part.attribute)
    assert attribute is not None
    return Splice(start + attribute.name_start, start + attribute.end + len(attribute.quote), "")


def _cut(text: str, node: Node, splices: list[Splice]) -> str:
    """The text of a node, with those splices applied that are in it."""
    start, end = _span(node)
    if not isinstance(node, Element) or not splices:
        return text[start:end]
    inside = [
        Splice(s.start - start, s.end - start, s.text)
        for s in splices
        if start <= s.start and s.end <= end
    ]
    return apply(text[start:end], inside)


def _span(node: Node) -> tuple[int, int]:
    if isinstance(node, Element):
        return node.start, node.end
    if isinstance(node, CommentNode):
        return node.start - len("<!--"), node.start + len(node.text) + len("-->")
    return node.start, node.start + len(node.text)


def _parts(holder: Element, page: str) -> Iterator[_Part]:
    """The elements below ``holder`` that external files fill or replace, the outer ones alone."""
    open_at = [holder.elements()]
    while open_at:
        element = next(open_at[-1], None)
        if element is None:
            open_at.pop()
            continue
        attribute = next((name for name in (_FILL, _REPLACE) if element.get(name)), None)
        if attribute is None:
            open_at.append(element.elements())
            continue
        name, _, selector = (element.get(attribute) or "").partition("#")
        yield _Part(element, attribute, external_path(page, name), selector)


def _content(tree: Element, selector: str) -> list[Node] | None:
    """What the plugin takes of a file: the nodes of its body, or those that match ``selector``;
    ``None`` for a selector of another kind than ``name``, ``.class`` and ``#id`` together."""
    if not selector:
        return _body(tree)
    match = _SELECTOR.fullmatch(selector)
    if match is None:
        return None
    wanted = re.findall(r"([.#])([\w-]+)", match["rest"])
    return [
        element
        for element in tree.walk()
        if match["name"] in (None, element.name)
        and all(
            element.has_class(word) if mark == "." else element.get("id") == word
            for mark, word in wanted
        )
    ]


def _body(tree: Element) -> list[Node]:
    body = next((e for e in tree.walk() if e.name == "body"), None)
    if body is not None:
        return list(body.children)
    root = next((e for e in tree.elements() if e.name == "html"), tree)
    nodes: list[Node] = [
        n for n in root.children if not (isinstance(n, Element) and n.name == "head")
    ]
    # Without a body, what belongs to a head is in one until something else comes.
    while nodes and _is_for_the_head(nodes[0]):
        nodes.pop(0)
    return nodes


def _is_for_the_head(node: Node) -> bool:
    if isinstance(node, Text):
        return not node.text.strip()
    return isinstance(node, CommentNode) or node.name in _OF_THE_HEAD
