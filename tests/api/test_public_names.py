"""What ``import deckarchive`` offers: these names, documented, typed, and loaded when used."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import deckarchive
from deckarchive.errors import ExitCode

FUNCTIONS = {"read_deck", "build_manifest", "capture", "rewrite", "rehearse", "present"}
VALUES = {
    "CaptureOptions", "CaptureReport", "Deck", "Manifest", "OfflineDeck", "PresentOptions",
    "Rehearsal", "RehearseOptions",
}  # fmt: skip
ERRORS = {"ArchiveError", "DeckError", "DeckarchiveError", "EnvironmentMissing"}
HEAVY = {"playwright", "warcio", "click", "tqdm", "PIL", "cryptography", "ada_url", "asyncio"}


def in_a_new_process(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_these_names_and_no_others() -> None:
    assert set(deckarchive.__all__) == FUNCTIONS | VALUES | ERRORS
    assert len(deckarchive.__all__) == len(set(deckarchive.__all__))
    assert set(deckarchive.__all__) <= set(dir(deckarchive))
    assert deckarchive.__version__.count(".") == 2
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        deckarchive.nonsense  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("name", deckarchive.__all__)
def test_each_is_documented_and_typed(name: str) -> None:
    offered = getattr(deckarchive, name)
    documented = inspect.getdoc(offered)
    assert documented
    assert not documented.startswith(f"{name}("), "the docstring that dataclass makes"
    if name in FUNCTIONS:
        signature = inspect.signature(offered)
        untyped = [p.name for p in signature.parameters.values() if p.annotation is p.empty]
        assert (untyped, signature.return_annotation is signature.empty) == ([], False)
        assert "Raises" in documented or name == "build_manifest"


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_each_error_ends_in_a_documented_exit_code(name: str) -> None:
    error = getattr(deckarchive, name)
    assert issubclass(error, deckarchive.DeckarchiveError)
    assert error("what", hint="do this").exit_code in ExitCode
    assert str(error("what", hint="do this")) == "what (do this)"


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = in_a_new_process(
        "import sys; before = set(sys.modules); import deckarchive; deckarchive.__version__\n"
        "dir(deckarchive); print(*sorted(set(sys.modules) - before))"
    )
    assert {name.partition(".")[0] for name in loaded.split()} & HEAVY == set()
    assert [name for name in loaded.split() if name.startswith("deckarchive.")] == [
        "deckarchive.lazily"
    ]


def test_a_name_is_loaded_when_it_is_used() -> None:
    code = "import sys, deckarchive; deckarchive.{}; print('playwright' in sys.modules)"
    assert in_a_new_process(code.format("DeckError")) == "False"
    assert in_a_new_process(code.format("Manifest")) == "False"
    assert in_a_new_process(code.format("capture")) == "False"
    assert in_a_new_process(code.format("rehearse")) == "True"
    names = in_a_new_process("from deckarchive import *; print(*sorted(globals()))").split()
    assert set(deckarchive.__all__) <= set(names)


def test_type_checkers_see_the_same_names(tmp_path: Path) -> None:
    """``py.typed`` is there, each name has its type, and one that is not there is an error."""
    assert (Path(deckarchive.__file__).parent / "py.typed").is_file()
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text(
        "import deckarchive\n"
        f"from deckarchive import {', '.join(deckarchive.__all__)}\n"
        "deck: Deck = read_deck('talk.md')\n"
        "report: CaptureReport = capture(deck, 'out', CaptureOptions(jobs=2))\n"
        "offline: deckarchive.OfflineDeck = rewrite(deck, 'out', 'offline')\n"
        "result: Rehearsal = rehearse('offline', RehearseOptions(repeat=2))\n"
    )
    bad.write_text(
        "import deckarchive\n"
        "deckarchive.nonsense\n"
        "deckarchive.capture(3, 'out')\n"
        "x: int = deckarchive.read_deck('talk.md')\n"
    )
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary",
         "--follow-imports=silent", "--ignore-missing-imports", "--cache-dir", tmp_path / "cache",
         good, bad],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )  # fmt: skip
    lines = checked.stdout.splitlines()
    assert [line.partition(": error")[0] for line in lines if ": error:" in line] == [
        f"{bad.name}:{number}" for number in (2, 3, 4)
    ], checked.stdout + checked.stderr
