"""Decks of many megabytes: read in bounded memory, or refused in one line."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.sampling import exhaustive

pytestmark = [pytest.mark.large, pytest.mark.timeout(150)]
PEAK = """
import sys
from bench.peak import peak
from deckarchive.cli import run
codes = {run(["manifest", deck, "-o", deck + ".json"]) for deck in sys.argv[1:]}
print(max(codes), peak() >> 20, file=sys.stderr)
"""
SLIDE = "# Slide\n\n[A link](https://e.example/)\n\n- a\n- list\n\n![](a.png)\n\n---\n\n"


def manifest(*decks: Path) -> tuple[int, int, str]:
    """The highest exit code, peak memory in MiB, and what was said."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK, *decks],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    *said, last = done.stderr.splitlines()
    code, peak = last.split()
    return int(code), int(peak), "\n".join(said)


def test_a_picture_of_twenty_megabytes_in_the_text_is_read(tmp_path: Path) -> None:
    deck = tmp_path / "talk.md"
    deck.write_text(f"# One\n\n![a](data:image/png;base64,{'A' * (20 << 20)})\n\n---\n\n# Two\n")
    code, peak, said = manifest(deck)
    assert (code, said) == (0, "")
    assert peak < 800, "it took 2.4 GB"


def test_as_many_slides_as_a_deck_may_have(tmp_path: Path) -> None:
    deck = tmp_path / "talk.md"
    deck.write_text((SLIDE.replace("# Slide", f"# Slide\n\n{'x' * 1900}")) * 9_990)
    code, peak, said = manifest(deck)
    assert (code, said) == (0, "")
    assert peak < 600


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("talk.md", "# One\n\n" + "word " * 4_000_000, "more than 1 MB of Markdown"),
        exhaustive("talk.md", "* a\n" * 5_000_000, "more than 1 MB of Markdown"),
        exhaustive("talk.md", ("- a\n" * 40_000 + "\n---\n\n") * 40, "more than 300,000 elements"),
        ("talk.html", "<p>" * 6_000_000, "more than 300,000 elements"),
        exhaustive("talk.html", "<b>" * 400_000, "more than 300,000 elements"),
    ],
    ids=["paragraph", "list", "lists", "html", "nested"],
)
def test_more_than_a_deck_can_hold_is_refused(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    deck = tmp_path / name
    deck.write_text(
        text if name == "talk.md" else f'<div class="reveal"><div class="slides">{text}'
    )
    code, peak, said = manifest(deck)
    assert (code, len(said.splitlines())) == (4, 1)
    assert says in said
    assert name in said
    assert peak < 600


def test_elements_nested_a_hundred_thousand_times(tmp_path: Path) -> None:
    decks = []
    image = '<img src="https://e.example/a.png">'
    for tag in ("b", "div", "section", "svg"):
        nested = f"<{tag}>" * 100_000 + image + f"</{tag}>" * 100_000
        text = f"<section>{nested}</section><section>{image}</section>"
        decks.append(tmp_path / f"{tag}.html")
        decks[-1].write_text(f'<div class="reveal"><div class="slides">{text}</div></div>')
    code, _, said = manifest(*decks)
    assert (code, said) == (0, "")


def test_too_many_slides_are_refused(tmp_path: Path) -> None:
    deck = tmp_path / "talk.md"
    deck.write_text(SLIDE * 100_000)
    code, peak, said = manifest(deck)
    assert code == 4
    assert "more than 10,000 slides" in said
    assert peak < 500
