"""The layers of docs/architecture.md, held by the imports themselves."""

import ast
import importlib
import re
import sys
from pathlib import Path

import pytest

import deckarchive

SOURCE = Path(deckarchive.__file__).parent
COMMANDS = {"cli", "pipeline", "api", "exact", "doctor", "__main__", "__init__"}
STEPS = {
    "deck",
    "manifest",
    "crawler",
    "archive",
    "rewriter",
    "rehearsal",
    "presenter",
    "bundle",
}
ADAPTERS = {"browser", "proxy", "warc", "server"}
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
    "lazily",
}
BEHIND_AN_ADAPTER = {
    "playwright": {"browser"},
    "warcio": {"warc"},
    "h11": {"proxy"},
    "click": {"cli"},
    "tqdm": {"cli"},
}
# What may be used by whom: a layer sees itself only where that is said here.
SEES = {
    "commands": COMMANDS | STEPS | ADAPTERS | FOUNDATION,
    "step": ADAPTERS | FOUNDATION,
    "adapter": FOUNDATION,
    "foundation": FOUNDATION,
}


def modules() -> list[Path]:
    return sorted(p for p in SOURCE.rglob("*.py") if "vendor" not in p.relative_to(SOURCE).parts)


def part_of(path: Path) -> str:
    """The top-level module or package that a file belongs to."""
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def layer_of(part: str) -> str:
    for layer, parts in (
        ("commands", COMMANDS),
        ("step", STEPS),
        ("adapter", ADAPTERS),
        ("foundation", FOUNDATION),
    ):
        if part in parts:
            return layer
    raise AssertionError(f"{part} is in no layer: name it in this test and the docs")


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


def around_the_adapter(path: Path) -> list[str]:
    """Outside libraries that a module imports though another part stands for them."""
    return [
        f"{path.relative_to(SOURCE)} imports {name}"
        for name in sorted(imports(path))
        if part_of(path) not in BEHIND_AN_ADAPTER.get(name.split(".")[0], {part_of(path)})
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


def test_each_outside_library_stands_behind_one_adapter() -> None:
    assert [breach for path in modules() for breach in around_the_adapter(path)] == []


def test_every_module_opens_with_its_contract() -> None:
    bare = [p for p in modules() if not ast.get_docstring(ast.parse(p.read_text("utf-8")))]
    assert bare == []


def test_the_rules_see_a_breach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "SOURCE", tmp_path)
    breach = tmp_path / "manifest.py"
    breach.write_text("def f():\n    from deckarchive.crawler import a\n    import warcio.x\n")
    assert modules() == [breach]
    assert upwards(breach) == ["manifest.py imports deckarchive.crawler.a"]
    assert around_the_adapter(breach) == ["manifest.py imports warcio.x"]


def test_what_a_package_offers_is_there() -> None:
    """Some names are imported when they are first used: each is found where its package says."""
    packages = [path.parent.relative_to(SOURCE) for path in modules() if path.name == "__init__.py"]
    for package in packages:
        module = importlib.import_module(".".join(("deckarchive", *package.parts)))
        for name in getattr(module, "__all__", ()):
            assert getattr(module, name) is not None, f"{package}: {name}"


# -- One name, one meaning -----------------------------------------------------------------------

APART = {"__init__.py", "api.py", "cli/__init__.py", "__main__.py", "bundle/launcher.py"}
"""A command, and a function of the public API, bears the name of the function that it calls; the
launcher is copied into bundles and runs alone, so that it repeats what it needs."""


def public_names(path: Path) -> set[str]:
    """The classes, functions, types and constants that a module defines for others."""
    names: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return {name for name in names if not name.startswith("_")}


def named_twice(paths: list[Path]) -> dict[str, list[str]]:
    """Names that more than one module defines, with these modules."""
    found: dict[str, list[str]] = {}
    for path in paths:
        for name in public_names(path):
            found.setdefault(name, []).append(str(path.relative_to(SOURCE)))
    return {name: where for name, where in found.items() if len(where) > 1}


def test_a_name_means_one_thing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert named_twice([p for p in modules() if str(p.relative_to(SOURCE)) not in APART]) == {}
    monkeypatch.setattr(sys.modules[__name__], "SOURCE", tmp_path)
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("class Reader: ...\n_LIMIT = 1\n")
    assert named_twice(modules()) == {"Reader": ["a.py", "b.py"]}


PRIVATE_WORDS = {
    "told", "strangers", "carried", "hold", "placing", "byhand", "studio", "turns", "crew",
    "vitals", "wish", "reins", "dress", "flight", "dialect", "stand", "talk", "misses", "left_out",
}  # fmt: skip


def test_no_module_class_or_function_bears_a_private_word() -> None:
    """docs/glossary.md has the words; these were the ones that a newcomer could not look up."""
    found = set()
    for path in modules():
        names = {path.stem} | {
            node.name
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        }
        words = {
            name: set(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_"))
            for name in names
        }
        found |= {f"{path.name}: {name}" for name, parts in words.items() if parts & PRIVATE_WORDS}
    assert found == set()


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


def test_importing_the_foundation_pulls_in_no_library_of_an_adapter() -> None:
    """The values can be used where there is no browser: nothing heavy comes along."""
    import subprocess

    code = (
        "import sys, deckarchive.model, deckarchive.markup, deckarchive.urls; "
        f"print([m for m in {sorted(BEHIND_AN_ADAPTER)!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
