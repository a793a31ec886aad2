"""The rules of the suite itself: what is flaky is listed, and more than three fail the run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SECOND_TRY = """
import pathlib
import pytest

@pytest.mark.parametrize("number", range({count}))
def test_passes_at_its_second_try(number, tmp_path_factory):
    tried = pathlib.Path(__file__).with_name(f"tried-{{number}}")
    again = tried.exists()
    tried.touch()
    assert again

def test_passes():
    pass
"""


@pytest.mark.parametrize(("count", "code", "workers"), [(0, 0, 0), (3, 0, 1), (4, 1, 0)])
def test_more_than_three_flaky_tests_fail_the_run(
    tmp_path: Path, count: int, code: int, workers: int
) -> None:
    (tmp_path / "test_some.py").write_text(SECOND_TRY.format(count=count))
    (tmp_path / "pytest.ini").write_text(f"[pytest]\npythonpath = {ROOT}\n")
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["tests.flaky"]\n')
    command = [sys.executable, "-m", "pytest", "--reruns", "1", "-n", str(workers)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    listed = [line for line in done.stdout.splitlines() if line.startswith("test_some.py::test_p")]
    assert listed == [f"test_some.py::test_passes_at_its_second_try[{n}]" for n in range(count)]
    assert ("needed a second try" in done.stdout) is bool(count)


@pytest.mark.parametrize(("option", "decks", "pages"), [((), 6, 2), (("--all",), 9, 6)])
def test_all_takes_every_row(option: tuple[str, ...], decks: int, pages: int) -> None:
    """Rows that are marked, and those of a table of which a sample is taken."""
    paths = [ROOT / "tests/hostile/test_large_decks.py", ROOT / "tests/deck/test_truth.py"]
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *option, *paths]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.count("test_large_decks.py::") == decks
    assert done.stdout.count("::test_a_page_shows_what_we_found[") == pages


def test_the_integration_takes_every_row() -> None:
    assert 'TESTS="--all --reruns 1"' in (ROOT / ".ci/run").read_text("utf-8")


def test_without_the_mark_there_is_no_browser() -> None:
    """What holds `make test-fast` to its word."""
    from deckarchive.browser import find_browser
    from deckarchive.errors import EnvironmentMissing
    from tests import npm

    with pytest.raises(EnvironmentMissing, match="not-marked"):
        find_browser(None)
    with pytest.raises(AssertionError, match="marked `network`"):
        npm.package("reveal.js", "6.0.2")
