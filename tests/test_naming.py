"""Default names: readable, stable, and never shared by two decks."""

import json
from pathlib import Path

import pytest

from deckarchive.naming import default_name


@pytest.mark.parametrize(
    ("deck", "name"),
    [
        ("talk.md", "talk"),
        ("lecture one.md", "lecture-one"),
        ("course/index.html", "course"),
        ("course/README.md", "course"),
        ("course/Slides.md", "course"),
        ("course/dl.md", "dl"),
    ],
)
def test_name_comes_from_the_stem_or_its_folder(tmp_path: Path, deck: str, name: str) -> None:
    assert default_name(Path(deck), tmp_path) == name


def test_two_decks_of_one_stem_get_two_names(tmp_path: Path) -> None:
    def take(deck: str) -> str:
        name = default_name(Path(deck), tmp_path)
        report = tmp_path / "archives" / name / "report.json"
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(json.dumps({"deck": {"path": deck}}))
        return name

    names = [take(d) for d in ("a/talk.md", "b/talk.md", "x/b/talk.md")]
    assert names[:2] == ["talk", "b-talk"]
    assert len(set(names)) == 3
    assert [default_name(Path(d), tmp_path) for d in ("a/talk.md", "b/talk.md")] == names[:2]


def test_a_broken_artefact_names_no_owner(tmp_path: Path) -> None:
    broken = tmp_path / "manifests" / "talk.json"
    broken.parent.mkdir()
    broken.write_bytes(b"\xff\x00")
    assert default_name(Path("talk.md"), tmp_path) == "talk"
