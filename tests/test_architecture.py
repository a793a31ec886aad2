"""The house of docs/architecture.md, held by the imports themselves."""

import ast
import re
import sys
from pathlib import Path

import pytest

import deckarchive

SOURCE = Path(deckarchive.__file__).parent
ROOF = {"cli", "pipeline", "exact", "progress", "doctor", "__main__"}
ROOMS = {"deck", "manifest", "capture", "archive", "rewrite", "rehearse", "present", "bundle"}
DOORS = {"browser", "proxy", "warc", "server"}
FOUNDATION = {
    "model",
    "markup",
    "urls",
    "heads",
    "files",
    "naming",
    "vendor",
    "errors",
    "js",
    "web",
    "screenshots",
    "__init__",
}
BEHIND_ONE_DOOR = {
    "playwright": {"browser"},
    "warcio": {"warc"},
    "h11": {"proxy"},
    "click": {"cli"},
    "tqdm": {"progress"},
}
# What may be used by whom: a layer sees itself only where that is said here.
SEES = {
    "roof": ROOF | ROOMS | DOORS | FOUNDATION,
    "room": DOORS | FOUNDATION,
    "door": FOUNDATION,
    "foundation": FOUNDATION,
}


def modules() -> list[Path]:
    return sorted(p for p in SOURCE.rglob("*.py") if "vendor" not in p.relative_to(SOURCE).parts)


def part_of(path: Path) -> str:
    """The part of the house a file belongs to: its top-level module or package."""
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def layer_of(part: str) -> str:
    for layer, parts in (
        ("roof", ROOF),
        ("room", ROOMS),
        ("door", DOORS),
        ("foundation", FOUNDATION),
    ):
        if part in parts:
            return layer
    raise AssertionError(f"{part} has no place in the house: name it in this test and the docs")


def imports(path: Path) -> set[str]:
    """Absolute dotted names that a module imports, those inside functions included."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_point_down(path: Path) -> None:
    part = part_of(path)
    allowed = SEES[layer_of(part)] | {part}
    for name in imports(path):
        if name.startswith("deckarchive."):
            target = name.split(".")[1]
            if target == "__version__":
                continue
            assert target in allowed, f"{part} imports {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_each_outside_library_stands_behind_one_door(path: Path) -> None:
    for name in imports(path):
        doors = BEHIND_ONE_DOOR.get(name.split(".")[0])
        assert doors is None or part_of(path) in doors, f"{part_of(path)} imports {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_every_module_opens_with_its_contract(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), f"{path} has no docstring"


def test_nothing_of_playwright_leaves_the_browser_package() -> None:
    """What the package offers are its own types; nobody reaches into them."""
    import inspect

    import deckarchive.browser as browser

    for name in browser.__all__:
        offered = getattr(browser, name)
        module = inspect.getmodule(offered)
        assert module is not None, name
        assert module.__name__.startswith("deckarchive."), f"{name} comes from {module}"
    own = {"_page", "_context", "_frame", "_session"}
    reached = {
        f"{path.relative_to(SOURCE)}: {ast.unparse(node)}"
        for path in modules()
        if part_of(path) != "browser"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in own
        if not (isinstance(node.value, ast.Name) and node.value.id == "self")
    }
    assert reached == set()


def test_the_rule_sees_a_breach(tmp_path: Path) -> None:
    breach = tmp_path / "breach.py"
    breach.write_text("def f():\n    from deckarchive.capture import a\n    import warcio.x\n")
    assert imports(breach) == {"deckarchive.capture.a", "warcio.x"}
    assert "capture" not in SEES["room"]


# -- One place for each fact of the web ------------------------------------------------------------

TEXTS = sorted(
    p
    for p in SOURCE.rglob("*")
    if p.suffix in (".py", ".js", ".html", ".css", ".json")
    and p.is_file()
    and p.relative_to(SOURCE).parts[0] != "vendor"
)
FACTS = {
    "a policy": (re.compile("default-src|frame-src|script-src"), {"web/tables/policies.json"}),
    "an atomic write": (re.compile(r"mkstemp\(|os\.fsync\(|os\.replace\("), {"files.py"}),
    "an encoding": (
        re.compile(r"import webencodings|<meta[^>]{0,20}\\s[^>]*charset"),
        {"web/encodings.py"},
    ),
    "volatile parameters": (re.compile("utm_|x-goog|nocache", re.I), {"web/tables/queries.json"}),
}


@pytest.mark.parametrize("fact", FACTS)
def test_each_fact_of_the_web_stands_in_one_place(fact: str) -> None:
    """Whoever needs one takes it from there (``deckarchive.web``): copies drift apart."""
    pattern, places = FACTS[fact]
    found = {str(p.relative_to(SOURCE)) for p in TEXTS if pattern.search(p.read_text("utf-8"))}
    assert found == places


def test_importing_the_foundation_pulls_in_no_library_of_a_door() -> None:
    """The values can be used where there is no browser: nothing heavy comes along."""
    import subprocess

    code = (
        "import sys, deckarchive.model, deckarchive.markup, deckarchive.urls; "
        f"print([m for m in {sorted(BEHIND_ONE_DOOR)!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
