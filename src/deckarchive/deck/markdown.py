"""One Markdown slide as the tree that reveal.js makes of it, every URL with its source span.

Markdown renderers keep no positions. So each place where a URL may start is marked with a
private-use character of its own before rendering: a mark that comes out in an attribute gives the
source span of its value; one that comes out in code stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkDestination

from deckarchive.deck.dom import CommentNode, Element, Text, Value, parse_html
from deckarchive.deck.jsregex import JsRegex, js_regex
from deckarchive.deck.slidify import PluginVersion, Separators, dedent_edits, split_notes
from deckarchive.deck.source_map import SourceText
from deckarchive.errors import DeckError
from deckarchive.markup import Splice, apply

_RUN: Final = re.compile(r'[^"= ]+')
_FLAG: Final = "data-"
ELEMENT_ATTRIBUTES: Final = r"\.element\s*?(.+?)$"
SLIDE_ATTRIBUTES: Final = r"\.slide:\s*?(\S.+?)$"
_CANDIDATE = re.compile(
    r"""
      (?P<attribute> [\w:.-][ \t]*=[ \t]*(?P<quote>["']?)(?=[^\s"'>=]) )
    | (?P<destination> \]\([ \t\n]*<?(?=[^\s)>]) )
    | (?P<definition> \]:(?:[ \t]+<?(?=[^\s>])|<?(?=[^\s:>])) )
    | (?P<autolink> <https?:(?=[^\s<>]) )
    | (?P<style> <style(?:\s[^<>]*)?> )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BARE = re.compile(r"https?://(?=[^\s<])", re.IGNORECASE)
_BARE_END = re.compile(r"[^\s<]*")
_LONGEST: Final = 1 << 20
"""Characters of a slide's Markdown, data: URLs apart; its tokens take a thousand times as much."""
_DATA = re.compile(r"data:[^\s()<>\"']*", re.IGNORECASE)
_UNQUOTED = re.compile(r"[^\s\"'=<>`]*")


@dataclass(frozen=True, slots=True)
class WrittenAttribute:
    """``name="value"``, or a flag: then ``value`` is ``None``."""

    name: str
    value: str | None = None


def written_attributes(text: str, *, flags: bool = True) -> Iterator[WrittenAttribute]:
    """The attributes of a comment's text, in order.

    ``flags``: as since reveal.js 4, whose expression is
    ``([^"= ]+?)="([^"]+?)"|(data-[^"= ]+?)(?=[" ])``; before it was ``([^"= ]+?)="([^"=]+?)"``.
    """
    position = 0
    while run := _RUN.search(text, position):
        start, position = run.span()
        if text.startswith('="', position):
            opened = position + 2
            closed = text.find('"', opened)
            value = text[opened : max(closed, opened)]
            if value and (flags or "=" not in value):
                yield WrittenAttribute(text[start:position], value)
                position = closed + 1
                continue
        flag = text.find(_FLAG, start, position - 1)
        if flags and flag >= 0 and text[position : position + 1] in ('"', " "):
            yield WrittenAttribute(text[flag:position])


@dataclass(frozen=True, slots=True)
class _Mark:
    """A place where a URL may start: its kind, its text in the tracked Markdown, its quote."""

    kind: str
    value: SourceText
    quote: str


@dataclass(slots=True)
class Marks:
    """The marks set in one slide."""

    used: dict[str, _Mark] = field(default_factory=dict)
    next: int = 0xF0000

    def put(self, text: SourceText) -> str:
        """``text`` with a mark at every candidate."""
        parts: list[str] = []
        position = 0
        found = sorted(_candidates(text), key=lambda c: c[0])
        for at, mark in found:
            parts += (text.text[position:at], self._new(mark))
            position = at
        parts.append(text.text[position:])
        return "".join(parts)

    def _new(self, mark: _Mark) -> str:
        char = chr(self.next)
        self.next += 1
        self.used[char] = mark
        return char

    def clean(self, text: str) -> str:
        """``text`` without marks."""
        return "".join(c for c in text if c not in self.used)

    def value(self, text: str, syntax: str, *, in_comment: bool = False) -> Value:
        """The value of an attribute that came out as ``text``."""
        mark = self.used.get(text[:1])
        if mark is None:
            mark = next((m for c in text if (m := self.used.get(c)) and m.kind == "autolink"), None)
        if mark is None or not len(mark.value):
            return Value(self.clean(text))
        if mark.kind != "attribute":
            return Value(self.clean(text), mark.value, mark.quote, "markdown")
        tracked = mark.value if in_comment else mark.value.decoded()
        return Value(tracked.text, tracked, mark.quote, syntax)


def _candidates(text: SourceText) -> Iterator[tuple[int, _Mark]]:
    """Where marks are put, and the value that each of them marks."""
    taken: set[int] = set()
    for match in _CANDIDATE.finditer(text.text):
        kind, at = str(match.lastgroup), match.end()
        if kind == "quote":
            kind = "attribute"
        start, end, quote = _extent(text.text, kind, at, match)
        if start < end:
            taken.update((at, start))
            yield at, _Mark(kind, text.cut(start, end), quote)
    for match in _BARE.finditer(text.text):
        if match.start() in taken:
            continue
        end = _bare_end(text.text, match.end())
        yield match.end(), _Mark("bare", text.cut(match.start(), end), "")


def _extent(text: str, kind: str, at: int, match: re.Match[str]) -> tuple[int, int, str]:
    """The value that starts at ``at``: its span and quote."""
    if kind == "attribute":
        quote = match.group("quote")
        if quote:
            end = text.find(quote, at)
            return at, at if end < 0 else end, quote
        unquoted = _UNQUOTED.match(text, at)
        return at, unquoted.end() if unquoted else at, ""
    if kind == "autolink":
        end = text.find(">", at)
        return match.start() + 1, at if end < 0 else end, "<"
    if kind == "style":
        end = text.lower().find("</style", at)
        return at, len(text) if end < 0 else end, ""
    angle = text[at - 1] == "<"
    found = parseLinkDestination(text, at - angle, len(text))
    return at, found.pos - angle if found.ok else at, "<" if angle else ""


def _bare_end(text: str, start: int) -> int:
    """Where a bare URL ends: trailing punctuation and unpaired brackets are not part of it."""
    match = _BARE_END.match(text, start)
    end = match.end() if match else start
    while end > start:
        last = text[end - 1]
        unpaired = last == ")" and text.count(")", start, end) > text.count("(", start, end)
        if last in "?!.,:*_~'\"" or unpaired:
            end -= 1
        else:
            break
    return end


@cache
def _renderer() -> MarkdownIt:
    """CommonMark with GitHub's tables, as the plugin's ``marked`` is set; URLs stay as written."""
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    setattr(markdown, "normalizeLink", str)  # noqa: B010  (methods, which mypy does not let us assign)
    setattr(markdown, "validateLink", bool)  # noqa: B010
    return markdown


def inline_html(text: str) -> str:
    """The HTML of one line of Markdown."""
    return str(_renderer().renderInline(text))


def fill(
    section: Element,
    slide: SourceText,
    separators: Separators,
    plugin_version: PluginVersion,
    *,
    encoded: bool,
) -> None:
    """Give ``section`` the content that the plugin makes of a Markdown slide.

    ``encoded`` says whether the Markdown is part of HTML text whose character references were
    decoded: then a replacement in it is to be encoded as in an attribute.
    """
    if len(slide) > _LONGEST and len(_DATA.sub("", slide.text)) > _LONGEST:
        raise DeckError(f"a slide of more than {_LONGEST >> 20} MB of Markdown")
    marks = Marks()
    content, notes = split_notes(slide, separators)
    text = marks.put(content)
    if notes is not None:
        text += f'<aside class="notes">{_renderer().render(marks.put(notes))}</aside>'
    text = re.sub(r"\r\n?", "\n", text)
    text = apply(
        text, [Splice(at, end, new) for at, end, new, _ in dedent_edits(text, plugin_version)]
    )
    tree = parse_html(_renderer().render(text))
    section.children.clear()
    for child in tree.children:
        section.append(child)
    syntax = "attribute" if encoded else "plain"
    _add_attributes(section, marks, plugin_version, syntax)
    _settle(section, marks)


def _settle(section: Element, marks: Marks) -> None:
    """Turn marks into source spans in the whole tree; bare URLs become links."""
    for element in list(section.walk()):
        for name, value in element.attributes.items():
            if value.tracked is None:
                element.attributes[name] = marks.value(value.text, "attribute")
        element.shadowed = [
            (n, v if v.tracked else marks.value(v.text, "attribute")) for n, v in element.shadowed
        ]
        if element.name in ("a", "code", "pre", "script", "textarea") or element.inside("a"):
            continue
        for child in list(element.children):
            if isinstance(child, Text) and not (child.raw and element.name != "style"):
                _settle_text(element, child, marks)
    for child in list(section.children):
        if isinstance(child, Text):
            _settle_text(section, child, marks)


def _settle_text(element: Element, text: Text, marks: Marks) -> None:
    found = [m for c in text.text if (m := marks.used.get(c))]
    if element.name == "style":
        style = next((m for m in found if m.kind == "style"), None)
        if style:
            element.attributes["#text"] = Value(style.value.text, style.value, "", "css")
        return
    for mark in found:
        if mark.kind == "bare" and len(mark.value):
            value = Value(mark.value.text, mark.value, "", "markdown")
            element.append(Element("a", {"href": value}))


def _add_attributes(
    section: Element, marks: Marks, plugin_version: PluginVersion, syntax: str
) -> None:
    """Apply ``.slide:`` and ``.element:`` comments in the order in which the plugin does."""
    parent = section.parent or section
    named = section.get("data-element-attributes") or parent.get("data-element-attributes")
    element_pattern = js_regex(named or ELEMENT_ATTRIBUTES, "m", ours=not named)
    named = section.get("data-attributes") or parent.get("data-attributes")
    slide_pattern = js_regex(named or SLIDE_ATTRIBUTES, "m", ours=not named)

    def visit(element: Element) -> None:
        previous = element
        for child in list(element.children):
            if isinstance(child, Element):
                visit(child)
                if child.name != "br":
                    previous = child
            elif isinstance(child, CommentNode) and not _apply(
                child.text, previous, element_pattern, marks, plugin_version, syntax
            ):
                _apply(child.text, section, slide_pattern, marks, plugin_version, syntax)

    visit(section)


def _apply(
    comment: str,
    target: Element,
    pattern: JsRegex,
    marks: Marks,
    plugin_version: PluginVersion,
    syntax: str,
) -> bool:
    """Set on ``target`` the attributes of a comment that has the pattern; a later value wins."""
    match = pattern.search(comment)
    if match is None or not match.groups or match.groups[0] is None:
        return match is not None
    classes = comment[slice(*match.groups[0])]
    for found in written_attributes(classes, flags=plugin_version.flags):
        key = marks.clean(found.name).lower()
        old = target.attributes.get(key)
        if old is not None:
            target.shadowed.append((key, old))
        target.attributes[key] = (
            Value("") if found.value is None else marks.value(found.value, syntax, in_comment=True)
        )
    return True
