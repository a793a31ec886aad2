"""Each lower library's errors are named in the adapter that uses it, and nowhere else."""

from __future__ import annotations

import ast
import builtins
import importlib
from collections.abc import Iterator
from pathlib import Path

import deckarchive

SOURCE = Path(deckarchive.__file__).parent

NAMED_IN = {
    "asyncio": {"proxy", "server"},
    "binascii": {"warc"},
    "brotli": {"warc"},
    "click": {"cli"},
    "http": {"server"},
    "json": {"deck", "manifest"},
    "PIL": {"screenshots"},
    "playwright": {"browser"},
    "regress": {"deck"},
    "socket": {"proxy"},
    "ssl": {"proxy"},
    "struct": {"peers"},
    "subprocess": {"browser", "deck"},
    "webbrowser": {"cli", "presenter"},
    "xml": {"crawler"},
    "yaml": {"deck"},
    "zlib": {"warc", "files"},
    "zstandard": {"warc"},
}
"""A module of another library, and the parts that may name an exception of it. What every part may
name are Python's own: OSError of the files that it opens, ValueError, TimeoutError."""


def origins(tree: ast.AST) -> dict[str, str]:
    """What each imported name of a module stands for, as a dotted name."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (base := dotted(node.value)):
        return f"{base}.{node.attr}"
    return ""


def is_error(name: str) -> bool:
    """Whether a dotted name is a class of exceptions."""
    module, _, attribute = name.rpartition(".")
    while module:
        try:
            value: object = importlib.import_module(module)
        except ImportError:
            module, _, last = module.rpartition(".")
            attribute = f"{last}.{attribute}"
            continue
        for part in attribute.split("."):
            value = getattr(value, part, None)
        return isinstance(value, type) and issubclass(value, BaseException)
    return False


def lower_errors(path: Path) -> Iterator[str]:
    """The exception classes of other libraries that a module names anywhere."""
    tree = ast.parse(path.read_text("utf-8"))
    imported = origins(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and (name := dotted(node)):
            first, _, rest = name.partition(".")
            full = ".".join(filter(None, (imported.get(first, ""), rest)))
            if first in imported and not full.startswith("deckarchive") and is_error(full):
                yield full


def parts_by_library(paths: list[Path], root: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in paths:
        part = path.relative_to(root).parts[0].removesuffix(".py")
        for name in lower_errors(path):
            if not hasattr(builtins, name.rpartition(".")[2]):
                found.setdefault(name.partition(".")[0], set()).add(part)
    return found


def test_each_is_named_where_it_is_mapped() -> None:
    paths = [p for p in SOURCE.rglob("*.py") if "vendor" not in p.relative_to(SOURCE).parts]
    found = parts_by_library(paths, SOURCE)
    beyond = {name: parts - NAMED_IN.get(name, set()) for name, parts in found.items()}
    assert {name: parts for name, parts in beyond.items() if parts} == {}
    assert {name: parts - found.get(name, set()) for name, parts in NAMED_IN.items()} == {
        name: set() for name in NAMED_IN
    }, "what nobody names any more leaves the table"


def test_a_breach_is_seen(tmp_path: Path) -> None:
    (tmp_path / "rewriter.py").write_text(
        "import zlib\nfrom playwright.async_api import Error as Fault\nimport warcio.exceptions\n"
        "def f():\n    try: g()\n    except (Fault, zlib.error): pass\n"
        "    raise warcio.exceptions.ArchiveLoadFailed(1)\n"
    )
    found = parts_by_library(list(tmp_path.glob("*.py")), tmp_path)
    assert found == {"zlib": {"rewriter"}, "playwright": {"rewriter"}, "warcio": {"rewriter"}}
