"""No modules import each other in a circle, and what counts them sees one."""

from __future__ import annotations

from pathlib import Path

import deckarchive
from tools import structure


def test_no_module_reaches_itself_by_its_imports() -> None:
    modules = structure.sources(Path(deckarchive.__file__).parent)
    graph = structure.imports(modules)
    assert sum(map(len, graph.values())) > 500
    assert structure.cycles(graph) == []


def test_a_circle_is_seen(tmp_path: Path) -> None:
    for name, text in {
        "a": "from deckarchive.b import x",
        "b": "def f():\n    import deckarchive.c",
        "c": "from deckarchive import a",
        "d": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from deckarchive import e",
        "e": "from deckarchive import d, __version__",
    }.items():
        (tmp_path / f"{name}.py").write_text(text)
    graph = structure.imports(structure.sources(tmp_path))
    assert structure.cycles(graph) == [["deckarchive.a", "deckarchive.b", "deckarchive.c"]]
    assert graph["deckarchive.e"] == {"deckarchive.d"}
    assert "import cycles: 1" in structure.describe(tmp_path)
