"""Bad input ends in one clear line on stderr, the documented exit code, and nothing written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from deckarchive.cli import run

Run = Callable[..., tuple[int, str, str]]

DECK = """# One

---

<!-- .slide: data-background-iframe="https://pages.example/a/" -->
"""


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command in an empty folder; returns exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(list(arguments))
        out, err = capfd.readouterr()
        return code, out, err

    return call


def complaint(err: str) -> str:
    """The one line that may stand on stderr."""
    lines = err.strip().splitlines()
    assert len(lines) == 1, err
    assert "Traceback" not in err
    return lines[0]


@pytest.mark.parametrize("command", ["manifest", "capture", "rewrite", "pack"])
@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.md", None, "missing.md"),
        ("binary.md", bytes(range(256)) * 8, "binary.md"),
        ("empty.md", b"", "empty.md"),
        ("empty.html", b" \n", "empty.html"),
        ("page.html", b"<!doctype html><title>x</title><p>Just a page", "page.html"),
        ("marp.md", b"---\nmarp: true\n---\n# Hi\n\n---\n\n# Two\n", "Marp"),
        ("talk.pptx", b"PK\x03\x04" + b"\0" * 64, "talk.pptx"),
    ],
)
def test_what_is_no_deck_is_refused(
    call: Run, tmp_path: Path, command: str, name: str, content: bytes | None, says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    code, out, err = call(command, name)
    assert code == 4
    assert says in complaint(err)
    assert out == ""
    assert sorted(p.name for p in tmp_path.iterdir()) == ([name] if content is not None else [])


def test_a_broken_configuration_names_file_and_line(call: Run, tmp_path: Path) -> None:
    (tmp_path / "talk.md").write_text(DECK)
    (tmp_path / "reveal-md.json").write_text('{\n  "theme": "black",\n  "title": \n}\n')
    code, _, err = call("manifest", "talk.md")
    assert code == 4
    assert "reveal-md.json" in complaint(err)
    assert "4" in complaint(err)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("{", "line 1"),
        ("[]", "object"),
        ('{"version": 99}', "newer"),
        ('{"version": 1}', "deck"),
        ('{"version": 1, "deck": {"path": "a", "format": "html", "title": "", "sha256": ""},'
         ' "targets": [{"id": "x", "kind": "hologram", "url": "u", "references": []}]}',
         "targets[0].kind"),
    ],
)  # fmt: skip
def test_a_broken_manifest_names_the_bad_value(
    call: Run, tmp_path: Path, data: str, says: str
) -> None:
    (tmp_path / "talk.json").write_text(data)
    code, _, err = call("capture", "talk.json")
    assert code == 4
    assert "talk.json" in complaint(err)
    assert says in complaint(err)
    assert not (tmp_path / "archives").exists()


def test_an_archive_of_another_deck_is_refused(call: Run, tmp_path: Path) -> None:
    (tmp_path / "talk.md").write_text(DECK)
    archive = tmp_path / "other"
    target = archive / "targets" / "elsewhere-example-00000000"
    target.mkdir(parents=True)
    record = {"id": target.name, "kind": "iframe", "url": "https://elsewhere.example/",
              "state": "failed", "reason": "refused"}  # fmt: skip
    (target / "capture.json").write_text(json.dumps(record))
    (archive / "report.json").write_text(json.dumps({"version": 1, "targets": [record]}))
    code, _, err = call("rewrite", "talk.md", "-a", "other")
    assert code == 4
    assert "no target" in complaint(err)
    assert not (tmp_path / "offline").exists()


@pytest.mark.parametrize("folder", ["missing", "."])
def test_what_is_no_archive_is_refused(call: Run, tmp_path: Path, folder: str) -> None:
    (tmp_path / "talk.md").write_text(DECK)
    for arguments in (["rewrite", "talk.md", "-a", folder], ["status", folder]):
        code, _, err = call(*arguments)
        assert code == 4
        complaint(err)
    assert not (tmp_path / "offline").exists()


@pytest.mark.parametrize("command", ["rehearse", "present"])
@pytest.mark.parametrize("folder", ["missing", "."])
def test_what_is_no_offline_folder_is_refused(call: Run, command: str, folder: str) -> None:
    code, _, err = call(command, folder)
    assert code == 4
    complaint(err)


def test_a_place_that_cannot_be_written_is_named(call: Run, tmp_path: Path) -> None:
    (tmp_path / "talk.md").write_text(DECK)
    (tmp_path / "file").write_text("in the way")
    code, _, err = call("manifest", "talk.md", "-o", "file/talk.json")
    assert code == 4
    assert "file/talk.json" in complaint(err)
    assert (tmp_path / "file").read_text() == "in the way"


@pytest.mark.browser
def test_an_archive_folder_that_cannot_be_written_is_named(call: Run, tmp_path: Path) -> None:
    (tmp_path / "talk.md").write_text(DECK)
    (tmp_path / "file").write_text("in the way")
    code, _, err = call("capture", "talk.md", "-o", "file/archive")
    assert code == 4
    assert "file/archive" in complaint(err)


def test_no_browser_is_said_before_anything_is_written(
    call: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "talk.md").write_text(DECK)
    code, _, err = call("capture", "talk.md", "--browser", "nowhere/chromium")
    assert code == 5
    assert "nowhere/chromium" in complaint(err)
    assert not (tmp_path / "archives").exists()
    assert call("doctor", "--browser", "nowhere/chromium")[0] == 5


@pytest.mark.parametrize(
    "arguments",
    [
        ["manifest"],
        ["nonsense"],
        ["capture", "talk.md", "--viewport", "wide"],
        ["capture", "talk.md", "--jobs", "0"],
        ["capture", "talk.md", "--timeout", "0"],
        ["capture", "talk.md", "--proxy", "ftp://x"],
        ["present", ".", "--port", "70000"],
    ],
)
def test_wrong_usage_is_exit_code_2(call: Run, tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "talk.md").write_text(DECK)
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["talk.md"]
