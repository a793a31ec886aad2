"""What the package imports is what it declares."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
OWN = "deckarchive"


def imported() -> set[str]:
    names: set[str] = set()
    for path in (ROOT / "src" / OWN).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add((node.module or "").partition(".")[0])
    return names - set(sys.stdlib_module_names) - {OWN}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~;\[ ]", name, maxsplit=1)[0]).lower()


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {canonical(requirement) for requirement in project["dependencies"]}


def test_every_import_is_declared() -> None:
    providers = packages_distributions()
    missing = {
        name
        for name in imported()
        if not {canonical(d) for d in providers.get(name, [])} & declared()
    }
    assert missing == set()


def test_every_dependency_is_imported() -> None:
    providers = packages_distributions()
    used = {canonical(d) for name in imported() for d in providers.get(name, [])}
    assert declared() - used == set()
