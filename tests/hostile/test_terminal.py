"""What the terminal gets: nothing that a stranger wrote is obeyed, and a stream that takes nothing
or an interruption ends in a documented exit code, never in a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deckarchive.cli import run
from deckarchive.cli.terminal import json_text, one_line, shown
from tests.apart import apart, command

ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egpj\u2066x\u2069\u200b\u2028\ud800\U000e0041\x7f"
IN_YAML = "".join(f"\\U{ord(c):08x}" for c in ESCAPES if c != "\ud800")
DECK = f"""---
title: "T{IN_YAML}\\nforged line"
theme: [x{chr(0x202E)}y]
---
# One

![x](pic\u202e\u009btures.png)

<iframe src="https://pages.example/a?{chr(0x202E)}"></iframe>
"""


def is_clean(text: str) -> bool:
    return all(c == "\n" or (c.isprintable() or c == " ") for c in text)


@pytest.mark.parametrize("arguments", [("-o", "-"), ()])
def test_a_decks_text_is_shown_and_never_obeyed(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "talk.md").write_text(DECK)
    done = command(tmp_path, "manifest", "talk.md", *arguments)
    assert (done.code, done.err) == (0, "")
    assert is_clean(done.out)
    assert "\nforged line" not in done.out
    if arguments:
        assert "\u202e" in json.loads(done.out)["deck"]["title"]


def test_an_error_is_one_clean_line(tmp_path: Path) -> None:
    for name in ("a\x1b[2J.md", "b\nforged.md", "c\u202e.pdf"):
        done = command(tmp_path, "manifest", name)
        assert done.code == 4
        assert is_clean(done.err)
        assert len(done.err.splitlines()) == 1
    done = command(tmp_path, "manifest", "--\x1b[2J")
    assert done.code == 2
    assert is_clean(done.err)


def test_every_control_character_is_spelled_out_and_words_are_not() -> None:
    assert is_clean(shown(ESCAPES))
    assert shown("\x1b\u202e\U000e0041") == "\\x1b\\u202e\\U000e0041"
    words = "Grüße, שלום, می‌خواهم, 👩‍💻\n"
    assert shown(words) == words
    assert one_line("a\nb") == "a b"
    assert json.loads(json_text({"a": ESCAPES})) == {"a": ESCAPES}
    assert is_clean(json_text({"a": ESCAPES}))


@pytest.mark.parametrize(
    "arguments", [["manifest", "talk.md", "-o", "-"], ["manifest", "talk.md"], ["--help"]]
)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux alone has it")
def test_a_full_disk_behind_stdout_is_told(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "talk.md").write_text("# One\n")
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = _process(tmp_path, arguments, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 4
    assert done.stderr == "deckarchive: cannot print the result: No space left on device\n"


@pytest.mark.parametrize(("closed", "code"), [("1>&-", 4), ("2>&-", 0), ("0<&- 2>&-", 0)])
def test_closed_streams(tmp_path: Path, closed: str, code: int) -> None:
    (tmp_path / "talk.md").write_text("# One\n")
    line = f'"{sys.executable}" -m deckarchive manifest talk.md {closed}'
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == code
    assert done.stderr == ("" if code == 0 else done.stderr.splitlines()[0] + "\n")
    if code:
        assert "standard output is closed" in done.stderr


def test_a_full_disk_behind_stderr_changes_no_exit_code(tmp_path: Path) -> None:
    def work() -> int:
        os.dup2(os.open("/dev/full", os.O_WRONLY), 2)
        return run(["manifest", "missing.md"])

    assert apart(work, tmp_path).code == 4


def test_ctrl_c_while_the_command_is_being_imported(tmp_path: Path) -> None:
    """At many moments of the start; the interpreter's own first moments are not ours."""
    (tmp_path / "talk.md").write_text("# One\n")
    codes = set()
    for step in range(12):
        process = subprocess.Popen(
            [sys.executable, "-c", _STARTED, "manifest", "talk.md", "-o", "-"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        time.sleep(step * 0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        codes.add(process.returncode)
        assert process.returncode in (0, 130), err
        assert "Traceback" not in err
        assert "Exception ignored" not in err
    assert 130 in codes


_STARTED = """
import signal
from deckarchive import __main__

listen = signal.signal

def ready(*given):
    signal.signal = listen
    listen(*given)
    print("ready", flush=True)

signal.signal = ready
__main__.main()
"""
"""Says "ready" once the command listens for Ctrl-C, and goes on as it does."""


def _process(
    folder: Path, arguments: list[str], **streams: object
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deckarchive", *arguments],
        cwd=folder,
        text=True,
        check=False,
        **streams,  # type: ignore[call-overload]
    )
