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
    "deckfiles",
    "naming",
    "vendor",
    "errors",
    "js",
    "web",
    "screenshots",
    "peers",
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


def upwards(path: Path) -> list[str]:
    """What a module imports that its layer may not see."""
    part = part_of(path)
    allowed = SEES[layer_of(part)] | {part, "__version__"}
    return [
        f"{path.relative_to(SOURCE)} imports {name}"
        for name in sorted(imports(path))
        if name.startswith("deckarchive.") and name.split(".")[1] not in allowed
    ]


def past_the_door(path: Path) -> list[str]:
    """Outside libraries that a module imports though another part stands for them."""
    return [
        f"{path.relative_to(SOURCE)} imports {name}"
        for name in sorted(imports(path))
        if part_of(path) not in BEHIND_ONE_DOOR.get(name.split(".")[0], {part_of(path)})
    ]


def test_imports_point_down() -> None:
    assert [breach for path in modules() for breach in upwards(path)] == []


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


def test_each_outside_library_stands_behind_one_door() -> None:
    assert [breach for path in modules() for breach in past_the_door(path)] == []


def test_every_module_opens_with_its_contract() -> None:
    bare = [p for p in modules() if not ast.get_docstring(ast.parse(p.read_text("utf-8")))]
    assert bare == []


def test_the_rules_see_a_breach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "SOURCE", tmp_path)
    breach = tmp_path / "manifest.py"
    breach.write_text("def f():\n    from deckarchive.capture import a\n    import warcio.x\n")
    assert modules() == [breach]
    assert upwards(breach) == ["manifest.py imports deckarchive.capture.a"]
    assert past_the_door(breach) == ["manifest.py imports warcio.x"]


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
    "attributes that hold URLs": (
        re.compile(r"""\b(?:img|video|feimage)"?: ?[\[({] ?["\[(]|"src", "(?:href|srcset|data)"""),
        {"web/tables/attributes.json"},
    ),
    "endings and their types": (
        re.compile(r"import mimetypes|(?:webp|woff2?|mp4|m4v|mpd)\"\]?:"),
        {"web/tables/media_types.json"},
    ),
    "volatile parameters": (re.compile("utm_|x-goog|nocache", re.I), {"web/tables/queries.json"}),
}


@pytest.mark.parametrize("fact", FACTS)
def test_each_fact_of_the_web_stands_in_one_place(fact: str) -> None:
    """Whoever needs one takes it from there (``deckarchive.web``): copies drift apart."""
    pattern, places = FACTS[fact]
    found = {str(p.relative_to(SOURCE)) for p in TEXTS if pattern.search(p.read_text("utf-8"))}
    assert found == places


PARSERS = {
    "ada_url", "urllib.parse.urlsplit", "urllib.parse.urlparse", "urllib.parse.urljoin",
    "urllib.parse.urldefrag", "urllib.parse.parse_qs", "urllib.parse.parse_qsl", "yarl", "furl",
}  # fmt: skip


def parsing(path: Path) -> list[str]:
    """What a module imports to parse URLs with; percent-coding alone is none of it."""
    return sorted(imports(path) & (PARSERS | {"urllib.parse", "urllib"}))


def test_urls_are_parsed_in_one_module(tmp_path: Path) -> None:
    found = {str(p.relative_to(SOURCE)): parsing(p) for p in modules() if parsing(p)}
    assert found == {"urls.py": ["ada_url"]}
    breach = tmp_path / "breach.py"
    breach.write_text("import urllib.parse\ndef f():\n    from urllib.parse import urljoin\n")
    assert parsing(breach) == ["urllib.parse", "urllib.parse.urljoin"]


def test_importing_the_foundation_pulls_in_no_library_of_a_door() -> None:
    """The values can be used where there is no browser: nothing heavy comes along."""
    import subprocess

    code = (
        "import sys, deckarchive.model, deckarchive.markup, deckarchive.urls; "
        f"print([m for m in {sorted(BEHIND_ONE_DOOR)!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
