"""Configuration files as people write them: their values, bounded, and where their strings are.

JSON, JSON5 and YAML are read to plain values, at most so many and so deep. An alias of YAML is a
pointer in the parsed tree, but a copy in what is made of it: a few lines of aliases of aliases are
billions of values. So a text is composed, its size with every alias written out is counted, and
only what is small is constructed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import json5
import yaml
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode, Node, SequenceNode

from deckarchive.errors import DeckError
from deckarchive.model import JsonValue, Source

LARGEST: Final = 256 << 10
"""Characters of the longest YAML text that is read."""
_MOST_VALUES: Final = 50_000
"""Values with all aliases written out."""
_DEEPEST: Final = 64
_LONGEST_NUMBER: Final = 100
"""Characters of a scalar that is still taken for a number, a date or a truth."""
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_TYPED: Final = ("null", "bool", "int", "float", "timestamp")
_LONGEST: Final = 1 << 20
_TOKEN = re.compile(
    r"""//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)
      |(?P<string>"(?:[^"\\\n]|\\[\s\S])*+"|'(?:[^'\\\n]|\\[\s\S])*+')
      |"(?:[^"\\\n]|\\[\s\S])*+|'(?:[^'\\\n]|\\[\s\S])*+
      |(?P<name>[\w$]+)|(?P<punct>[{}\[\]:,])""",
    re.VERBOSE,
)
_FRONT = re.compile(r"-{3}[\n\r](?P<yaml>[\s\S]+?)[\n\r]-{3}")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))")
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


class _Loader(yaml.SafeLoader):
    """A safe loader that stops at :data:`_DEEPEST` levels and reads no scalar it cannot."""

    depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _too("nested too deeply", self.get_mark())
        node: Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_typed(self, node: Node) -> Any:
        """A number, date or truth; as text where it is none, such as the 13th month."""
        text = self.construct_scalar(node)  # type: ignore[arg-type]
        if len(text) > _LONGEST_NUMBER:
            return text
        try:
            return yaml.SafeLoader.yaml_constructors[node.tag](self, node)
        except (ValueError, LookupError, AttributeError, OverflowError, TypeError):
            return text


for _name in _TYPED:
    _Loader.add_constructor(f"tag:yaml.org,2002:{_name}", _Loader.construct_typed)


def compose(text: str) -> Node | None:
    """The tree of a YAML text, at most :data:`_MOST_VALUES` values with its aliases written out.

    Raises :class:`yaml.YAMLError`, with a ``problem_mark`` where it can.
    """
    loader = _loader(text)
    try:
        return _bounded(loader.get_single_node())
    finally:
        loader.dispose()


def load_yaml(text: str) -> JsonValue:
    """The value of a YAML text as JSON has values: keys are strings, dates are text.

    Raises as :func:`compose` does.
    """
    loader = _loader(text)
    try:
        node = _bounded(loader.get_single_node())
        return None if node is None else plain(loader.construct_document(node))
    finally:
        loader.dispose()


def _loader(text: str) -> _Loader:
    if len(text) > LARGEST:
        raise yaml.YAMLError(f"longer than {LARGEST:,} characters")
    return _Loader(text)


def _too(problem: str, mark: Any) -> ConstructorError:
    return ConstructorError(None, None, problem, mark)


def _bounded(root: Node | None) -> Node | None:
    """``root``, when it is small and shallow with every alias written out."""
    known: dict[int, tuple[int, int] | None] = {}

    def measure(node: Node) -> tuple[int, int]:
        """Values and levels. Recursion ends with :data:`_DEEPEST`: an alias leads to a node that
        came before it, and that has been measured."""
        if id(node) in known:
            found = known[id(node)]
            if found is None:
                raise _too("a value that contains itself", node.start_mark)
            return found
        known[id(node)] = None
        size, height = 1, 0
        for child in _children(node):
            more, levels = measure(child)
            size, height = size + more, max(height, levels)
            if size > _MOST_VALUES:
                raise _too("far too many values", node.start_mark)
        if height >= _DEEPEST:
            raise _too("nested too deeply", node.start_mark)
        known[id(node)] = size, height + 1
        return size, height + 1

    if root is not None:
        measure(root)
    return root


def _children(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [part for pair in node.value for part in pair]
    return node.value if isinstance(node, SequenceNode) else []


def plain(value: Any) -> JsonValue:
    """A file's values as JSON has them: keys are strings, dates and bytes are text.

    Texts have no lone surrogates, which ``\\ud800`` makes and no file can contain.
    """
    if isinstance(value, Mapping):
        return {well_formed(str(k)): plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, set):
        return sorted(map(str, value))
    if isinstance(value, str):
        return well_formed(value)
    return value if isinstance(value, int | float | bool | None) else well_formed(str(value))


def well_formed(text: str) -> str:
    """``text`` with its pairs of surrogates joined and lone ones replaced (U+FFFD)."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The YAML before a Markdown text; ``end`` is where the Markdown starts."""

    data: Mapping[str, JsonValue]
    start: int = 0
    end: int = 0


def front_matter(source: Source) -> FrontMatter:
    """Read the front matter. Raises :class:`DeckError` naming the line when it is broken."""
    match = _FRONT.match(source.text)
    if match is None:
        return FrontMatter({})
    text = match.group("yaml")
    end = match.end() if match.end() < len(source.text) else 0  # all of it, when nothing follows
    try:
        data = plain(_json(text)) if text.startswith("{") else load_yaml(text)
    except json.JSONDecodeError as error:
        raise _broken(source.path, error.lineno + 1, error.msg) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 2
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise _broken(source.path, line, str(problem) or "not YAML") from error
    except ValueError as error:
        raise _broken(source.path, 2, str(error)) from error
    return FrontMatter(data if isinstance(data, dict) else {}, match.start("yaml"), end)


def read_json5(source: Source, name: str = "") -> dict[str, JsonValue]:
    """Parse a configuration file: JSON, else JSON5.

    Raises :class:`DeckError` naming the file (as ``name``, when given) and the line at fault.
    """
    name = name or source.path
    try:
        data = _json(source.text)
    except ValueError:
        data = _json5(source.text, name)
    if not isinstance(data, dict):
        raise _broken(name, 1, f"expected an object, found {type(data).__name__}")
    return {well_formed(key): plain(value) for key, value in data.items()}


def _json(text: str) -> Any:
    """JSON of a bounded length and depth. Raises ValueError."""
    if len(text) > _LONGEST:
        raise ValueError(f"longer than {_LONGEST:,} characters")
    try:
        data = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    _require_shallow(data)
    return data


def _json5(text: str, name: str) -> Any:
    if len(text) > _LONGEST:
        raise _broken(name, 1, f"longer than {_LONGEST:,} characters")
    try:
        data = json5.loads(text)
        _require_shallow(data)
    except ValueError as error:
        found = re.search(r"<string>:(\d+)\s*(.*)", str(error), re.DOTALL)
        line, what = (int(found.group(1)), found.group(2)) if found else (1, str(error))
        raise _broken(name, line, what) from error
    except RecursionError as error:
        raise _broken(name, 1, "nested too deeply") from error
    return data


def _require_shallow(data: Any) -> None:
    """Raise ValueError for values so deep that walking them would fail somewhere later."""
    level, depth = [data], 0
    while level:
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
        inner = [
            v.values() if isinstance(v, dict) else v for v in level if isinstance(v, dict | list)
        ]
        level, depth = [child for values in inner for child in values], depth + 1


def _broken(path: str, line: int, problem: str) -> DeckError:
    text = " ".join(problem.split()) or "not JSON"
    return DeckError(f"{path}, line {line}: {text}", hint="correct that line and try again")


@dataclass(frozen=True, slots=True)
class Literal:
    """A string value: its top-level key, its text and the source span without quotes."""

    key: str
    value: str
    start: int
    end: int
    quote: str


def json_strings(text: str) -> Iterator[Literal]:
    """The string values of a JSON5 object, each with its top-level key."""
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
