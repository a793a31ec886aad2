"""Commands in a project's files are text: nothing is run, nothing outside is read, all in time."""

from __future__ import annotations

import json
import time
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest

from deckarchive.deck import find_references, read_deck
from deckarchive.deck.project_command import LARGEST_COMMANDS
from deckarchive.errors import DeckError

MANY = 60_000
NAMES = ["Makefile", "start.sh", "README.md", ".github/workflows/show.yml"]


def project(folder: Path, name: str, text: str) -> Path:
    (folder / ".git").mkdir()
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text[:LARGEST_COMMANDS])
    (folder / "talk.md").write_text("# One\n")
    return folder / "talk.md"


@pytest.mark.parametrize(
    "text",
    [
        "reveal-md talk.md " + "'\"" * MANY,
        "reveal-md talk.md " + "\\\n" * MANY + " --theme night",
        "\\\n" * MANY + "reveal-md talk.md",
        "reveal-md talk.md " + "--css a.css " * (MANY // 5),
        "reveal-md talk.md --a" + ".b" * MANY + " 1",
        "reveal-md talk.md --" + "-a" * MANY,
        "".join(f"V{n} = $(V{n + 1}) $(V{n + 1})\n" for n in range(2000)) + "\treveal-md $(V0)",
        "A = $(A)$(A)$(A)$(A)$(A)$(A)$(A)$(A)\n\treveal-md talk.md $(A)",
        'sh -c "sh -c \'sh -c \\"' * 5000 + "reveal-md talk.md",
        "reveal-md talk.md;" * (MANY // 6),
        "`reveal-md talk.md` " * (MANY // 6),
        "(" * MANY + "reveal-md talk.md" + ")" * MANY,
        "reveal-md talk.md\n" * (MANY // 6),
    ],
    ids=range(13),
)
def test_long_and_deep_command_lines(tmp_path: Path, text: str) -> None:
    began = time.process_time()
    for name in NAMES:
        folder = tmp_path / name.replace("/", "-")
        folder.mkdir()
        deck = project(folder, name, text)
        for chosen in (None, folder / name):
            with suppress(DeckError) if chosen else nullcontext():
                find_references(read_deck(deck, options_from=chosen))
    assert time.process_time() - began < 60


def test_nothing_of_a_command_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    deck = project(
        tmp_path,
        "Makefile",
        f"X := $(shell touch {mark})\nY = `touch {mark}`\n!touch {mark}\n"
        f'show: ; reveal-md talk.md --theme $(shell touch {mark}) --title "$$(touch {mark})"'
        " --preprocessor ./evil.js $(X) $(Y)\n",
    )
    (tmp_path / "evil.js").write_text(f"require('fs').writeFileSync({str(mark)!r}, '')")
    made = read_deck(deck, options_from=tmp_path / "Makefile")
    find_references(made)
    assert not mark.exists()
    assert any("preprocessor" in warning for warning in made.warnings)


@pytest.mark.parametrize("outside", ["../secret.txt", "/etc/hostname", "a/../../secret.txt"])
def test_a_command_names_nothing_outside(tmp_path: Path, outside: str) -> None:
    (tmp_path / "secret.txt").write_text("SECRET")
    folder = tmp_path / "project"
    folder.mkdir()
    command = f"reveal-md talk.md --template {outside} --css {outside} --theme {outside}"
    deck = project(folder, "package.json", json.dumps({"scripts": {"start": command}}))
    made = read_deck(deck)
    assert not any("SECRET" in source.text for source in made.sources)
    assert Path(made.root) == folder
