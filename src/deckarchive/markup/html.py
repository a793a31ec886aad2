"""Tags, attributes and raw text of an HTML document, with their spans.

A scanner after HTML, section 13.2.5 "Tokenization": it sees the tags that a browser sees
(comments, raw text elements and script data escapes included) and knows where every attribute
value stands. It builds no tree and never fails: any string is a document.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from deckarchive.markup.values import decode_references

_SPACE = " \t\n\f\r"
_NAME_START = re.compile(r"[A-Za-z]")
_TAG_NAME = re.compile(r"[^ \t\n\f\r/>]*")
_ATTRIBUTE_NAME = re.compile(r"=?[^ \t\n\f\r/>=]*")
_UNQUOTED = re.compile(r"[^ \t\n\f\r>]*")
_COMMENT_END = re.compile(r"--!?>")
_SUBSET = re.compile(
    r"""\ufeff?(?:\s|<!--(?:(?!-->).)*+-->|<\?(?:(?!\?>).)*+\?>)*+
        <!DOCTYPE\s(?:[^\[>"']|"[^"]*+"|'[^']*+')*+\[
        (?:[^\]"'<]|"[^"]*+"|'[^']*+'|<!--(?:(?!-->).)*+-->|<\?(?:(?!\?>).)*+\?>|<)*+\]\s*+>""",
    re.VERBOSE | re.DOTALL,
)
"""A document type with declarations of its own (XML 1.0, production 28)."""
_RCDATA = frozenset({"title", "textarea"})
_RAWTEXT = frozenset({"style", "xmp", "iframe", "noembed", "noframes", "script"})
_FOREIGN = frozenset({"svg", "math"})
_INTEGRATION = {
    "svg": frozenset({"foreignobject", "desc", "title"}),
    "math": frozenset({"mi", "mo", "mn", "ms", "mtext", "annotation-xml"}),
}
_ANNOTATED_HTML = frozenset({"text/html", "application/xhtml+xml"})
_BREAKOUT = frozenset(
    {"b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em"}
    | {"embed", "h1", "h2", "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li", "listing"}
    | {"menu", "meta", "nobr", "ol", "p", "pre", "ruby", "s", "small", "span", "strong", "strike"}
    | {"sub", "sup", "table", "tt", "u", "ul", "var"}
)
"""HTML tags that end SVG or MathML where they stand (HTML, 13.2.6.5)."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: ``source[start:end]`` is its raw value, without quotes.

    ``value`` has its character references decoded; ``quote`` is ``'"'``, ``"'"`` or ``""``.
    An attribute without a value has ``start == end`` right behind its name.
    """

    name: str
    value: str
    start: int
    end: int
    quote: str
    name_start: int


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag, or an end tag when ``closing``; ``source[start:end]`` is all of it."""

    name: str
    start: int
    end: int
    closing: bool
    self_closing: bool
    attributes: tuple[Attribute, ...]
    foreign: bool = False

    def get(self, name: str) -> Attribute | None:
        """The first attribute of that (lower-case) name: browsers drop later ones."""
        return next((a for a in self.attributes if a.name == name), None)


@dataclass(frozen=True, slots=True)
class RawText:
    """The text inside a raw text element (script, style, textarea, …), tags excluded."""

    element: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment; ``source[start:end]`` includes its delimiters, ``inner`` does not."""

    start: int
    end: int
    inner: str


@dataclass(slots=True)
class _State:
    """Where the scanner stands: open foreign elements decide on raw text and ``/>``."""

    xml: bool = False
    foreign: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def in_foreign(self) -> bool:
        return bool(self.foreign) and self.foreign[-1] in _FOREIGN

    def see(self, tag: Tag) -> None:
        if tag.closing:
            if self.counts[tag.name]:  # not looked for in the list: there may be many
                while self._leave() != tag.name:
                    pass
        elif not tag.self_closing and (tag.name in _FOREIGN or self._holds_html(tag)):
            self.foreign.append(tag.name)
            self.counts[tag.name] += 1

    def _leave(self) -> str:
        name = self.foreign.pop()
        self.counts[name] -= 1
        return name

    def _holds_html(self, tag: Tag) -> bool:
        """Whether HTML stands in this element of SVG or MathML (HTML, 13.2.6, "integration")."""
        if not self.in_foreign() or tag.name not in _INTEGRATION[self.foreign[-1]]:
            return False
        encoding = tag.get("encoding")
        return tag.name != "annotation-xml" or (
            encoding is not None and encoding.value.lower() in _ANNOTATED_HTML
        )

    def break_out(self, name: str) -> None:
        """Leave SVG or MathML before a start tag that cannot stand in it."""
        while not self.xml and name in _BREAKOUT and self.in_foreign():
            self._leave()


def scan_html(source: str, *, xml: bool = False) -> Iterator[Tag | RawText | Comment]:
    """Yield tags, raw texts and comments in source order; plain text yields nothing.

    ``xml``: an XHTML or SVG document. There every element may close itself and has text alone in
    no other way than CDATA; names are given without their prefix, ``x:href`` as ``xlink:href``.
    """
    declared = _SUBSET.match(source) if xml else None
    position, state = declared.end() if declared else 0, _State(xml)
    while (start := source.find("<", position)) >= 0:
        following = source[start + 1 : start + 2]
        if following == "!" or following == "?":
            token, position = _markup_declaration(source, start, state)
            if token:
                yield token
        elif following == "/" and _NAME_START.match(source, start + 2):
            tag = _tag(source, start, start + 2, closing=True, state=state)
            if tag is None:
                return
            state.see(tag)
            yield tag
            position = tag.end
        elif following == "/":
            position = _bogus_end(source, start)
        elif _NAME_START.match(following):
            name = _TAG_NAME.match(source, start + 1)
            state.break_out(name.group().lower() if name else "")
            tag = _tag(source, start, start + 1, closing=False, state=state)
            if tag is None:
                return
            yield tag
            position = tag.end
            if not tag.foreign and not xml and tag.name == "plaintext":
                return
            if _holds_raw_text(tag, state):
                text = _raw_text(source, tag.name, tag.end, xml=xml)
                yield text
                position = text.end
            else:
                state.see(tag)
        else:
            position = start + 1


def _holds_raw_text(tag: Tag, state: _State) -> bool:
    """Whether the text behind ``tag`` is raw.

    In SVG and XML a style or script is parsed as markup; its text is taken as one piece all the
    same, so that the URLs in it are found.
    """
    if tag.foreign or state.xml:
        return tag.name in ("script", "style") and not tag.self_closing
    return tag.name in _RAWTEXT or tag.name in _RCDATA


def _markup_declaration(source: str, start: int, state: _State) -> tuple[Comment | None, int]:
    """Read ``<!…`` or ``<?…``; returns a comment (if it is one) and where to go on."""
    if source.startswith("<!--", start):
        if source.startswith((">", "->"), start + 4):
            end = source.index(">", start) + 1
            return Comment(start, end, ""), end
        match = _COMMENT_END.search(source, start + 4)
        if match is None:
            return Comment(start, len(source), source[start + 4 :]), len(source)
        return Comment(start, match.end(), source[start + 4 : match.start()]), match.end()
    if source.startswith("<![CDATA[", start) and (state.xml or state.in_foreign()):
        end = source.find("]]>", start)
        return None, len(source) if end < 0 else end + 3
    return None, _bogus_end(source, start)


def _bogus_end(source: str, start: int) -> int:
    end = source.find(">", start)
    return len(source) if end < 0 else end + 1


def _tag(source: str, start: int, name_at: int, *, closing: bool, state: _State) -> Tag | None:
    """Read a tag whose name starts at ``name_at``; ``None`` when the source ends inside it."""
    match = _TAG_NAME.match(source, name_at)
    assert match is not None
    position, size = match.end(), len(source)
    attributes: list[Attribute] = []
    self_closing = False
    while position < size:
        char = source[position]
        if char == ">":
            name = match.group().lower()
            if state.xml:
                name = name.rpartition(":")[2]
                attributes = [_without_prefix(a) for a in attributes]
            return Tag(
                name,
                start,
                position + 1,
                closing,
                self_closing,
                tuple(attributes),
                state.in_foreign() or name in _FOREIGN,
            )
        if char in _SPACE or char == "/":
            self_closing = char == "/"
            position += 1
            continue
        self_closing = False
        attribute, position = _attribute(source, position)
        if attribute is None:
            return None
        attributes.append(attribute)
    return None


def _without_prefix(attribute: Attribute) -> Attribute:
    """A link of XML by the prefix that XLink commonly has."""
    return replace(attribute, name="xlink:href") if attribute.name.endswith(":href") else attribute


def _attribute(source: str, position: int) -> tuple[Attribute | None, int]:
    """Read one attribute at ``position``; ``None`` when the source ends inside its value."""
    match = _ATTRIBUTE_NAME.match(source, position)
    assert match is not None
    name_start, name, after_name = position, match.group().lower(), match.end()
    position = _skip_space(source, after_name)
    if not source.startswith("=", position):
        return Attribute(name, "", after_name, after_name, "", name_start), after_name
    position = _skip_space(source, position + 1)
    quote = source[position : position + 1]
    if quote in ('"', "'") and quote:
        start = position + 1
        end = source.find(quote, start)
        if end < 0:
            return None, len(source)
        position = end + 1
    else:
        quote, start = "", position
        unquoted = _UNQUOTED.match(source, position)
        assert unquoted is not None
        end = position = unquoted.end()
    value = decode_references(source[start:end])
    return Attribute(name, value, start, end, quote, name_start), position


def _skip_space(source: str, position: int) -> int:
    while position < len(source) and source[position] in _SPACE:
        position += 1
    return position


def _raw_text(source: str, element: str, start: int, *, xml: bool) -> RawText:
    """The text of a raw text element that starts at ``start``, up to its end tag."""
    prefix = r"(?:[\w.-]+:)?" if xml else ""
    end_tag = re.compile(rf"</{prefix}{element}(?=[ \t\n\f\r/>])", re.IGNORECASE | re.ASCII)
    position = start
    if element == "script" and not xml:
        position = _script_escape_end(source, start, end_tag)
    match = end_tag.search(source, position)
    return RawText(element, start, match.start() if match else len(source))


_SCRIPT_OPEN = re.compile(r"<script(?=[ \t\n\f\r/>])", re.IGNORECASE | re.ASCII)


def _script_escape_end(source: str, start: int, end_tag: re.Pattern[str]) -> int:
    """Skip "double escaped" script data: ``<!-- <script> … </script> -->``.

    Returns where the search for the real end tag starts (HTML, 13.2.5.21 to 13.2.5.31).
    """
    position, closing = start, end_tag.search(source, start)
    while True:
        opened = source.find("<!--", position)
        if closing is not None and closing.start() < position:
            closing = end_tag.search(source, position)
        if opened < 0 or closing is None or closing.start() < opened:
            return position
        closed = source.find("-->", opened + 2)
        limit = closed if closed >= 0 else len(source)
        position = opened + 4
        while inner := _SCRIPT_OPEN.search(source, position, limit):
            first_end = end_tag.search(source, position)
            if first_end and first_end.start() < inner.start():
                return position
            inner_end = end_tag.search(source, inner.end(), limit)
            if inner_end is None:
                if closed < 0:
                    return len(source)
                position = limit
                break
            position = inner_end.end()
        if closed < 0:
            return position
        if (ends := end_tag.search(source, position, limit)) is not None:
            return ends.start()
        position = closed + 3
