"""A second rewrite writes only what changed, and comes out as if it were the first."""

from __future__ import annotations

import ast
import json
import os
import shutil
from pathlib import Path

import pytest

from bench.rewrite import LIMIT, run
from bench.rewrite_archive import change_deck, change_page, make_archive, page, write_target
from deckarchive import pipeline
from deckarchive.model import Kind
from deckarchive.rewriter import reuse
from deckarchive.rewriter.output import Output

RESOURCES, MEDIA = 250, 2_000_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A deck with its archive, and the offline folder of a first rewrite."""
    folder = tmp_path_factory.mktemp("again") / "made"
    make_archive(folder, RESOURCES, MEDIA)
    _rewrite(folder)
    return folder


@pytest.fixture
def whole(made: Path, tmp_path: Path) -> Path:
    """A copy of it for one test; times stay, as when a folder is moved."""
    shutil.copytree(made, tmp_path / "whole")
    return tmp_path / "whole"


def _rewrite(folder: Path, name: str = "offline") -> None:
    pipeline.run_rewrite(folder / "talk" / "deck.md", folder / "archive", folder / name)


def _numbers(out: Path) -> dict[str, int]:
    """The files and their numbers in the file system, which a link keeps."""
    files = (path for path in out.rglob("*") if path.is_file())
    return {path.relative_to(out).as_posix(): path.stat().st_ino for path in files}


def _contents(out: Path) -> dict[str, bytes | dict[str, object]]:
    found = {name: (out / name).read_bytes() for name in _numbers(out)}
    provenance = json.loads(found["deckarchive.json"])
    del provenance["created"]
    return {**found, "deckarchive.json": provenance}


def _again(whole: Path) -> set[str]:
    """Rewrite; hold the result against a fresh one; the names of the files written."""
    before = _numbers(whole / "offline")
    _rewrite(whole)
    after = _numbers(whole / "offline")
    _rewrite(whole, "fresh")
    assert _contents(whole / "offline") == _contents(whole / "fresh")
    assert not set(_numbers(whole / "fresh").values()) & set(after.values())
    return {name for name, number in after.items() if before.get(name) != number}


def test_nothing_changed(whole: Path) -> None:
    assert _again(whole) == {"deckarchive.json"}


def test_a_slide_changed(whole: Path) -> None:
    change_deck(whole)
    assert _again(whole) == {"deckarchive.json", "index.html", "deck.md", "README.txt"}


def test_a_page_was_captured_anew(whole: Path) -> None:
    change_page(whole)
    written = {name for name in _again(whole) if not name.startswith("runtime/")}
    assert written == {"deckarchive.json", "sites/site1.test/page/index.html"}


def test_a_file_came_that_another_page_links_to(whole: Path) -> None:
    """A document is made anew when a URL in it leads elsewhere than before."""
    deck, url = whole / "talk" / "deck.md", "https://site0.test/page/other7.html"
    deck.write_text(f'{deck.read_text()}\n\n---\n\n<!-- .slide: data-background-iframe="{url}" -->')
    write_target(whole, url, Kind.BACKGROUND_IFRAME, page(url, 1, frames=0))
    written = _again(whole)
    assert "sites/site0.test/page/index.html" in written
    assert not any(name.startswith(("sites/site1.test", "media/")) for name in written)
    text = (whole / "offline/sites/site0.test/page/index.html").read_text()
    assert 'href="other7.html"' in text


@pytest.mark.parametrize("later", [True, False])
def test_a_file_that_somebody_changed_is_made_anew(whole: Path, later: bool) -> None:
    out = whole / "offline"
    name = "sites/site1.test/page/index.html"
    data, times = (out / name).read_bytes(), (out / name).stat()
    (out / name).write_bytes(b"X" * (len(data) if later else 7))
    if not later:
        os.utime(out / name, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert name in _again(whole)
    assert (out / name).read_bytes() == data


def test_a_folder_whose_notes_are_broken_is_written_anew(whole: Path) -> None:
    (whole / "offline/runtime/inputs.json.gz").write_bytes(b"\x1f\x8b\0no notes")
    _again(whole)


def test_a_failed_rewrite_leaves_the_earlier_folder(whole: Path) -> None:
    before = _contents(whole / "offline")
    change_deck(whole)
    change_page(whole)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Output, "finish", lambda output: 1 / 0)  # all else is written
        with pytest.raises(ZeroDivisionError):
            _rewrite(whole)
    assert _contents(whole / "offline") == before
    assert sorted(p.name for p in whole.iterdir()) == ["archive", "offline", "talk"]


def test_memory_and_the_share_of_files(whole: Path) -> None:
    """The bench itself, in the small: ``python -m bench.rewrite`` has the real sizes."""
    change_page(whole)
    done = run(whole)
    assert 0 < done.written < 12
    assert done.files > RESOURCES
    assert done.peak < LIMIT


def test_what_decides_on_the_bytes_is_named_and_exists() -> None:
    """Or a change of a table or a module would leave the files of the earlier program."""
    package = Path(reuse.__file__).parents[1]
    assert [name for name in reuse.MAKERS if not (package / name).exists()] == []
    imported = set()
    for path in (package / "rewriter").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "deckarchive":
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and str(node.module).startswith("deckarchive."):
                imported.add(str(node.module).split(".")[1])
    # Errors end a run; the version of the vendored packages is that of the program.
    known = {name.removesuffix(".py") for name in reuse.MAKERS} | {"errors", "vendor"}
    assert imported - known - {"__version__"} == set()


def test_a_changed_table_makes_all_files_anew(tmp_path: Path, monkeypatch) -> None:
    package = tmp_path / "deckarchive"
    shutil.copytree(Path(reuse.__file__).parents[1], package, ignore=lambda *_: ["vendor"])
    monkeypatch.setattr(reuse, "__file__", str(package / "rewriter" / "reuse.py"))
    before = reuse.maker.__wrapped__()
    table = package / "web" / "tables" / "policies.json"
    table.write_text(table.read_text("utf-8").replace("form-action", "form-actions"))
    assert reuse.maker.__wrapped__() != before
