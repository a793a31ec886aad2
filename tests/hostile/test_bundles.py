"""Bundling a folder that somebody else made: what is left out, and what reaches a script."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from deckarchive import pipeline
from deckarchive.bundle import bundle
from deckarchive.errors import ArchiveError, ExitCode
from tests.isolation.served import offline_folder

HOSTILE_PAGES = (
    'a"; touch PWNED; ".html',
    "a$(touch PWNED).html",
    "a`touch PWNED`.html",
    "a&touch PWNED&.html",
    "a%COMSPEC%.html",
    "a^&calc&.html",
    "-a b.html",
    "a|touch PWNED.html",
    "a';touch PWNED;'.html",
    "a!x!.html",
)


def with_values(folder: Path, **values: str) -> Path:
    about = folder / "deckarchive.json"
    about.write_text(json.dumps({**json.loads(about.read_text()), **values}))
    return folder


def unpacked(archive: Path, out: Path) -> Path:
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(out)
    (inside,) = out.iterdir()
    return inside


@pytest.mark.parametrize("page", HOSTILE_PAGES)
def test_a_page_with_an_odd_name_reaches_no_shell(tmp_path: Path, page: str) -> None:
    folder = with_values(offline_folder(tmp_path / "talk", **{page: "<p>deck"}), page=page)
    inside = unpacked(bundle(folder).path, tmp_path / "out")
    # No Python here, so that the script comes to its last line; what it would open is noted.
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("dirname", "touch", "sh", "printf"):
        (tools / tool).symlink_to(shutil.which(tool) or f"/bin/{tool}")
    (tools / "open").write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/opened\n')
    (tools / "open").chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", str(inside / "present.command")],
        env={"PATH": str(tools)}, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done
    assert (tmp_path / "opened").read_text() == "deck\n"
    assert not list(tmp_path.rglob("PWNED"))
    script = (inside / "present.cmd").read_bytes().decode().splitlines()
    assert script[-1] == 'start "" "deck"'


def test_an_ordinary_page_is_opened_itself(tmp_path: Path) -> None:
    page = "my talk/slides (1).html".replace(" (1)", "-1")
    folder = with_values(offline_folder(tmp_path / "talk", **{page: "<p>deck"}), page=page)
    inside = unpacked(bundle(folder).path, tmp_path / "out")
    assert 'open "deck/my talk/slides-1.html"' in (inside / "present.command").read_text()
    assert 'start "" "deck\\my talk\\slides-1.html"' in (inside / "present.cmd").read_text()


@pytest.mark.parametrize(
    "page",
    ["../out.html", "/etc/passwd", "a\\..\\b.html", "a\nb.html", ".env", "", "x/../index.html",
     "link.html", "a\x1b[2Jb.html", "//host/share/x.html"],
)  # fmt: skip
def test_a_page_that_is_none_of_the_folders_is_refused(tmp_path: Path, page: str) -> None:
    (tmp_path / "out.html").write_text("outside")
    folder = with_values(offline_folder(tmp_path / "talk"), page=page)
    (folder / "link.html").symlink_to(tmp_path / "out.html")
    with pytest.raises(ArchiveError, match=r"names a page that is none|page: ") as caught:
        bundle(folder)
    assert str(caught.value).isprintable()


def test_a_title_is_one_line_without_controls(tmp_path: Path) -> None:
    title = "A talk\r\n\r\n3. Run: curl evil | sh\x1b]0;pwned\x07\u202e\u2028 end"
    inside = unpacked(
        bundle(with_values(offline_folder(tmp_path / "talk"), title=title)).path, tmp_path / "out"
    )
    clean = "A talk 3. Run: curl evil | sh ]0;pwned end"
    assert (inside / "README.txt").read_text("utf-8").splitlines()[0] == clean
    assert json.loads((inside / "present.json").read_text("utf-8"))["title"] == clean


def test_what_is_left_out_is_named(tmp_path: Path) -> None:
    folder = offline_folder(tmp_path / "talk")
    secret = tmp_path / "secret"
    secret.write_text("words of another folder")
    (folder / "away.txt").symlink_to(secret)
    (folder / "away").symlink_to(tmp_path, target_is_directory=True)
    (folder / "dangling").symlink_to(folder / "nothing")
    (folder / "inside.md").symlink_to(folder / "talk.md")
    (folder / ".index.html.abcd1234").write_text("half")
    (folder / ".git").mkdir()
    (folder / ".git/config").write_text("private")
    (folder / "runtime/.git").mkdir()
    os.mkfifo(folder / "pipe")
    made = bundle(folder)
    assert dict(made.skipped) == {
        ".cache": "hidden",
        ".env": "hidden",
        ".git": "not a part of the deck",
        ".index.html.abcd1234": "an unfinished file",
        "away": "a link to a folder",
        "away.txt": "a link that leads out of the folder",
        "dangling": "a link that leads nowhere",
        "own/.hidden.txt": "hidden",
        "pipe": "not a file",
        "runtime/.git": "not a part of the deck",
    }
    with zipfile.ZipFile(made.path) as opened:
        names = opened.namelist()
        assert b"words of another folder" not in b"".join(opened.read(name) for name in names)
    assert "talk/deck/inside.md" in names
    assert "talk/deck/sites/demo.example/.well-known/a.json" in names
    for n in range(30):
        (folder / f".hidden{n}").write_text("")
    outcome = pipeline.run_bundle(folder, tmp_path / "out.zip")
    assert outcome.exit_code is ExitCode.OK
    notes = [line for line in outcome.summary.splitlines() if "left out" in line]
    assert len(notes) == 11
    assert notes[-1].strip() == "note: left out 30 more"
    assert outcome.report.to_dict()["skipped"]["count"] == 40
