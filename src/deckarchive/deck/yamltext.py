"""YAML as strangers write it: plain values alone, and bounded before anything is built.

An alias is a pointer in the parsed tree, but a copy in what is made of it (a merge key, a JSON
text): a few lines of aliases of aliases stand for billions of values. So a text is composed, its
size with every alias written out is counted, and only what is small is constructed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import yaml
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode, Node, SequenceNode

LARGEST: Final = 256 << 10
"""Characters of the longest YAML text that is read."""
_MOST_VALUES: Final = 50_000
"""Values with all aliases written out."""
_DEEPEST: Final = 64
_LONGEST_NUMBER: Final = 100
"""Characters of a scalar that is still taken for a number, a date or a truth."""
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_TYPED: Final = ("null", "bool", "int", "float", "timestamp")


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


def load_yaml(text: str) -> Any:
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
                raise _too("a value that holds itself", node.start_mark)
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


def plain(value: Any) -> Any:
    """A file's values as JSON has them: keys are strings, dates and bytes are text.

    Texts have no lone surrogates, which ``\\ud800`` makes and no file can hold.
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
