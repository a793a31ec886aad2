"""After `pack` the contact sheet opens by itself for a person at a terminal, and only then."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from deckarchive.cli import terminal

COMMAND = Path(sysconfig.get_path("scripts"), "deckarchive")
PATIENCE = 60.0

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")


def in_terminal(arguments: list[str], cwd: Path, environment: Mapping[str, str]) -> str:
    """Run the command in a terminal of its own; what it printed there."""
    ours, theirs = os.openpty()
    with subprocess.Popen(
        arguments, cwd=cwd, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        said = b""
        try:
            while data := os.read(ours, 4096):
                said += data
        except OSError:  # Linux says so that the other end was closed
            pass
        process.wait(PATIENCE)
    os.close(ours)
    return said.decode()


def with_fake_browser(folder: Path) -> dict[str, str]:
    """An environment with a display, and a browser that notes what it is given."""
    tool = folder / "bin" / "browser"
    tool.parent.mkdir()
    tool.write_text(
        f'#!/bin/sh\nprintf %s "$1" > "{folder}/part"; mv "{folder}/part" "{folder}/opened"\n'
    )
    tool.chmod(0o755)
    kept = {k: v for k, v in os.environ.items() if k not in ("CI", "SSH_CONNECTION", "SSH_TTY")}
    return {**kept, "BROWSER": str(tool), "DISPLAY": ":99"}


@pytest.mark.browser
def test_the_contact_sheet_opens_after_pack(tmp_path: Path) -> None:
    (tmp_path / "talk.md").write_text("# One\n\n---\n\n# Two\n")
    said = in_terminal([str(COMMAND), "pack", "talk.md"], tmp_path, with_fake_browser(tmp_path))
    sheet = tmp_path / "archives" / "talk" / "rehearsal.html"
    end = time.monotonic() + PATIENCE
    while not (tmp_path / "opened").exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert (tmp_path / "opened").read_text() == sheet.as_uri(), said
    assert "<html" in sheet.read_text("utf-8")


WATCHED = (
    "import os; from deckarchive.cli.terminal import is_watched; print(is_watched(os.environ))"
)


@pytest.mark.parametrize(
    ("environment", "watched"),
    [
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": ":0", "CI": "false"}, True),
        ({}, False),
        ({"DISPLAY": ":0", "CI": "true"}, False),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, False),
    ],
)
def test_who_is_watching(
    environment: dict[str, str], watched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    assert terminal.is_watched(environment, platform="linux") is watched
    assert terminal.is_watched({}, platform="darwin")


def test_nobody_watches_a_pipe(tmp_path: Path) -> None:
    environment = {**os.environ, "DISPLAY": ":0"}
    environment.pop("CI", None)
    done = subprocess.run(
        [sys.executable, "-c", WATCHED], env=environment, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "False\n"
