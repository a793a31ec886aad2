"""The sizes and the imports of the package's modules: ``python -m tools.structure [COMMIT …]``.

Prints for each commit (without one, for the working tree) how many files and lines each package
has, the median of lines a module, and the import cycles; docs/structure.md has the figures.
"""

from __future__ import annotations

import ast
import io
import subprocess
import sys
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
PACKAGE = "deckarchive"


def sources(package: Path) -> dict[str, Path]:
    """The modules below ``package`` by their dotted names; vendored code is left out."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        relative = path.relative_to(package)
        if "vendor" not in relative.parts:
            name = ".".join((PACKAGE, *relative.with_suffix("").parts))
            found[name.removesuffix(".__init__")] = path
    return found


def imports(modules: Mapping[str, Path]) -> dict[str, set[str]]:
    """Which modules each one imports when it is loaded or run; what only type checkers read is
    left out, and so is the package's own name (its version)."""
    graph: dict[str, set[str]] = {name: set() for name in modules}
    for name, path in modules.items():
        tree = ast.parse(path.read_text("utf-8"))
        unread = {
            id(node)
            for block in ast.walk(tree)
            if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
            for statement in block.body
            for node in ast.walk(statement)
        }
        for node in ast.walk(tree):
            if id(node) in unread:
                continue
            if isinstance(node, ast.Import):
                wanted = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                wanted = [f"{node.module}.{alias.name}" for alias in node.names]
            else:
                continue
            for one in wanted:
                while one and one not in modules:
                    one = one.rpartition(".")[0]
                if one not in ("", name, PACKAGE) and not one.startswith(f"{name}."):
                    graph[name].add(one)
    return graph


def cycles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Groups of modules that reach each other."""
    reach = {name: _reached(graph, name) for name in graph}
    groups = {
        tuple(sorted({name} | {other for other in reach[name] if name in reach[other]}))
        for name in graph
        if name in reach[name]
    }
    return sorted(list(group) for group in groups)


def _reached(graph: Mapping[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    todo = list(graph[start])
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += graph[name]
    return seen


def describe(package: Path) -> str:
    """A table of the packages, and the figures of the whole."""
    modules = sources(package)
    sizes = {name: len(path.read_text("utf-8").splitlines()) for name, path in modules.items()}
    by_part: dict[str, list[int]] = defaultdict(list)
    for name, path in modules.items():
        parts = path.relative_to(package).parts
        by_part[parts[0] if len(parts) > 1 else "(top)"].append(sizes[name])
    lines = [
        f"{part:<12} {len(counts):>3} files {sum(counts):>6} lines  median {median(counts):g}"
        for part, counts in sorted(by_part.items())
    ]
    large = sorted(name for name, size in sizes.items() if size > 400)
    lines.append(
        f"{'all':<12} {len(sizes):>3} files {sum(sizes.values()):>6} lines  "
        f"median {median(sizes.values()):g}, mean {sum(sizes.values()) / len(sizes):.0f}, "
        f"below 50 lines: {sum(size < 50 for size in sizes.values())}, above 400: {large}"
    )
    lines.append(f"import cycles: {len(cycles(imports(modules)))}")
    return "\n".join(lines)


def describe_commit(commit: str) -> str:
    """The same of a commit."""
    packed = subprocess.run(
        ["git", "archive", commit, f"src/{PACKAGE}"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
        return describe(Path(folder, "src", PACKAGE))


def main(commits: list[str]) -> None:
    """Print what was asked for."""
    for commit in commits:
        print(f"{commit}\n{describe_commit(commit)}\n")
    if not commits:
        print(describe(ROOT / "src" / PACKAGE))


if __name__ == "__main__":
    main(sys.argv[1:])
