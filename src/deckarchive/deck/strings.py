"""Where the strings of a configuration stand: JSON5 files, YAML front matter, inline scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from deckarchive.deck.yamltext import compose, well_formed

_TOKEN = re.compile(
    r"""//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)
      |(?P<string>"(?:[^"\\\n]|\\[\s\S])*+"|'(?:[^'\\\n]|\\[\s\S])*+')
      |"(?:[^"\\\n]|\\[\s\S])*+|'(?:[^'\\\n]|\\[\s\S])*+
      |(?P<name>[\w$]+)|(?P<punct>[{}\[\]:,])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))")
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


@dataclass(frozen=True, slots=True)
class Literal:
    """A string value: its top-level key, its text and the source span without quotes."""

    key: str
    value: str
    start: int
    end: int
    quote: str


def json_strings(text: str) -> Iterator[Literal]:
    """The string values of a JSON5 object, each with the top-level key it stands under."""
    depth, key, pending = 0, "", None
    for match in _TOKEN.finditer(text):
        token = match.group()
        if match.lastgroup == "punct":
            if token == ":" and depth == 1 and pending is not None:
                key, pending = pending.value, None
                continue
            if pending is not None and pending.start >= 0 and token != ":":
                yield pending
            pending = None
            depth += (token in "{[") - (token in "}]")
        elif match.lastgroup == "string":
            value = unescape(token[1:-1])
            pending = Literal(key, value, match.start() + 1, match.end() - 1, token[0])
        elif match.lastgroup == "name":
            pending = Literal(key, token, -1, -1, "") if depth == 1 else None
    if pending is not None and pending.start >= 0:
        yield pending


def unescape(text: str) -> str:
    """Resolve the escapes of a JSON or JavaScript string."""

    def replace(match: re.Match[str]) -> str:
        four, two, char = match.groups()
        if four or two:
            return chr(int(four or two, 16))
        return "" if char in "\r\n" else _SIMPLE.get(char, char)

    return well_formed(_ESCAPE.sub(replace, text))


def yaml_strings(text: str, offset: int) -> Iterator[Literal]:
    """The string values of a YAML mapping whose text starts at ``offset`` of its source.

    Nothing comes of what is no YAML: JSON, or a text that was refused when it was read.
    """
    try:
        root = compose(text)
    except yaml.YAMLError:
        return
    if not isinstance(root, yaml.MappingNode):
        return
    for key, value in root.value:
        yield from _scalars(str(key.value), value, text, offset)


def _scalars(key: str, node: yaml.Node, text: str, offset: int) -> Iterator[Literal]:
    if isinstance(node, yaml.ScalarNode):
        start, end = node.start_mark.index, node.end_mark.index
        if node.style in ('"', "'"):
            yield Literal(key, node.value, offset + start + 1, offset + end - 1, node.style)
        elif node.style is None and node.tag.endswith(":str"):
            yield Literal(key, node.value, offset + start, offset + end, "")
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield from _scalars(key, child, text, offset)
    elif isinstance(node, yaml.MappingNode):
        for name, child in node.value:
            yield from _scalars(f"{key}.{name.value}", child, text, offset)
