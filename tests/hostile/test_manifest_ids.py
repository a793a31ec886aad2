"""What a manifest names is a folder of the archive, and nothing else is replaced or removed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deckarchive import files
from deckarchive.cli import run
from deckarchive.crawler.folder import claimed, is_target_folder
from deckarchive.errors import ManifestError, OutputError
from deckarchive.manifest import load_manifest, save_manifest
from deckarchive.model import CaptureRecord, DeckInfo, Kind, Manifest, Reference, Target
from deckarchive.urls import target_id

REFERENCE = Reference(slide=(0, 0), file="talk.md", line=1, column=1, span=(0, 3), raw="a/b")
DECK = DeckInfo(path="talk.md", format="reveal-md", title="Talk", sha256="a" * 64)


def manifest(*ids: str) -> dict[str, Any]:
    targets = tuple(
        Target(id=id, kind=Kind.IFRAME, url="https://a.test/", references=(REFERENCE,))
        for id in ids
    )
    return Manifest(deck=DECK, targets=targets).to_dict()


def at(data: dict[str, Any], *way: str | int) -> Callable[[Any], None]:
    """A way to set one value deep inside."""

    def put(value: Any) -> None:
        inner: Any = data
        for step in way[:-1]:
            inner = inner[step]
        inner[way[-1]] = value

    return put


@pytest.mark.parametrize(
    "id",
    ["../../victim", "/tmp/victim", "..", ".", "", ".hidden", "a/b", "a\\b", "C:x", "A", "ä", "a b",
     "a\n", "a\0", "-a", "a-", "a.", "a.b", "con", "com1", "nul", "a" * 64, "deck"],
)  # fmt: skip
def test_an_id_that_is_no_name_is_refused(tmp_path: Path, id: str) -> None:
    path = tmp_path / "m.json"
    path.write_text(json.dumps(manifest("fine", id)))
    with pytest.raises(ManifestError, match=r"m\.json: targets\[1\]\.id: "):
        load_manifest(path)


def test_two_targets_do_not_share_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text(json.dumps(manifest("one", "two", "one")))
    with pytest.raises(ManifestError, match=r"targets\[2\]\.id: 'one' is the id of another"):
        load_manifest(path)


def test_ids_as_they_are_made_are_taken(tmp_path: Path) -> None:
    made = [target_id(f"https://{'x' * n}.test/{'ü/' * n}", "iframe") for n in range(60)]
    save_manifest(Manifest.from_dict(manifest(*made)), tmp_path / "m.json")
    assert [t.id for t in load_manifest(tmp_path / "m.json").targets] == made


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "..\\x", "C:\\x", "\\x", ""])
@pytest.mark.parametrize("where", ["reference", "local"])
def test_paths_stay_in_the_folder_of_the_deck(tmp_path: Path, path: str, where: str) -> None:
    data = manifest("one")
    if where == "local":
        data["local"] = [{"path": path, "kind": "image", "references": []}]
    else:
        data["targets"][0]["references"][0]["file"] = path
    (tmp_path / "m.json").write_text(json.dumps(data))
    with pytest.raises(ManifestError, match=r"(references\[0\]\.file|local\[0\]\.path): "):
        load_manifest(tmp_path / "m.json")


def test_capturing_a_hostile_manifest_touches_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim" / "thesis.txt").write_text("mine")
    for id in ("../../../victim", str(tmp_path / "victim")):
        (work / "m.json").write_text(json.dumps(manifest(id)))
        assert run(["capture", "m.json"]) == 4
        err = capfd.readouterr().err
        assert len(err.splitlines()) == 1
        assert "targets[0].id" in err
    assert (tmp_path / "victim" / "thesis.txt").read_text() == "mine"
    assert [p.name for p in work.iterdir()] == ["m.json"]


def record_in(folder: Path, **more: Any) -> None:
    folder.mkdir(parents=True)
    record = CaptureRecord.from_dict(
        {"id": folder.name, "kind": "iframe", "url": "https://a.test/", "state": "captured"} | more
    )
    files.write_json(folder / "capture.json", record.to_dict())


def test_only_a_folder_of_ours_is_replaced(tmp_path: Path) -> None:
    record_in(tmp_path / "ours")
    record_in(tmp_path / "mixed")
    (tmp_path / "mixed" / "thesis.txt").write_text("mine")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "thesis.txt").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "ours")
    (tmp_path / "file").write_text("mine")
    for name in ("mixed", "foreign", "link", "file"):
        with (
            pytest.raises(OutputError, match=name),
            files.new_folder(tmp_path / name, is_ours=is_target_folder),
        ):
            pytest.fail("not to be begun")
    with files.new_folder(tmp_path / "ours", is_ours=is_target_folder) as work:
        (work / "capture.json").write_text("{}")
    assert (tmp_path / "ours" / "capture.json").read_text() == "{}"
    assert (tmp_path / "foreign" / "thesis.txt").read_text() == "mine"
    assert (tmp_path / "mixed" / "thesis.txt").read_text() == "mine"
    assert not list(tmp_path.glob(".*"))


def test_what_appears_while_a_folder_is_filled_is_left_alone(tmp_path: Path) -> None:
    def both() -> None:
        with files.new_folder(tmp_path / "a", is_ours=is_target_folder):
            (tmp_path / "a").mkdir()
            (tmp_path / "a" / "thesis.txt").write_text("mine")

    with pytest.raises(OutputError, match="was not written by deckarchive"):
        both()
    assert (tmp_path / "a" / "thesis.txt").read_text() == "mine"


def test_only_marked_leftovers_are_removed(tmp_path: Path) -> None:
    targets = tmp_path / "targets"
    record_in(targets / "one")
    unmarked = targets / ".git"
    unmarked.mkdir()
    (unmarked / "config").write_text("mine")
    (targets / ".note").write_text("mine")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".deckarchive").touch()
    (targets / ".link").symlink_to(elsewhere)
    left = targets / ".two.abcdefgh"
    (left / "new").mkdir(parents=True)
    (left / ".deckarchive").touch()
    with claimed(tmp_path, DECK, ["one"]):
        assert {p.name for p in targets.iterdir()} == {"one", ".git", ".note", ".link"}
    assert (unmarked / "config").read_text() == "mine"
    assert (elsewhere / ".deckarchive").exists()


def test_what_had_stepped_aside_when_the_run_was_killed_comes_back(tmp_path: Path) -> None:
    left = tmp_path / "targets" / ".one.abcdefgh"
    record_in(left / "old" / "one")
    (left / ".deckarchive").touch()
    (left / "new").mkdir()
    with claimed(tmp_path, DECK, ["one"]) as targets:
        assert is_target_folder(targets / "one")
        assert [p.name for p in targets.iterdir()] == ["one"]


def test_a_targets_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "targets").symlink_to(tmp_path / "elsewhere")
    with (
        pytest.raises(OutputError, match="is a link"),
        claimed(tmp_path / "archive", DECK, ["one"]),
    ):
        pytest.fail("not to be claimed")
