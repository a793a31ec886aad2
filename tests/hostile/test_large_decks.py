"""Decks of many megabytes: read in bounded memory, or refused in one line."""

import subprocess
import sys
from pathlib import Path

import pytest

PEAK = """
import resource, sys
from deckarchive.cli import run
code = run(["manifest", sys.argv[1], "-o", sys.argv[2]])
print(code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)
"""
SLIDE = "# Slide\n\n[A link](https://e.example/)\n\n- a\n- list\n\n![](a.png)\n\n---\n\n"


def manifest(deck: Path) -> tuple[int, int, str]:
    """Exit code, peak memory in MiB, and what was said."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK, deck, deck.with_suffix(".json")],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    *said, last = done.stderr.splitlines()
    code, peak = last.split()
    return int(code), int(peak), "\n".join(said)


@pytest.mark.timeout(150)
def test_a_text_of_twenty_megabytes_is_read(tmp_path: Path) -> None:
    deck = tmp_path / "talk.md"
    deck.write_text("# One\n\n" + "word " * 4_000_000)
    code, peak, said = manifest(deck)
    assert (code, said) == (0, "")
    assert peak < 900, "it took 2,372 MiB"


@pytest.mark.timeout(150)
def test_too_many_slides_are_refused(tmp_path: Path) -> None:
    deck = tmp_path / "talk.md"
    deck.write_text(SLIDE * 100_000)
    code, peak, said = manifest(deck)
    assert code == 4
    assert "more than 10,000 slides" in said
    assert peak < 500
