"""Windows that a person closes, and one that fills the screen."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from test_present import free_port

from deckarchive.server import fetch_local
from tests.closing import close_window
from tests.firefox import needs_firefox
from tests.present.talk import Talk
from tests.running import PATIENCE, Running

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SCREEN = (1280, 800)


def until(condition: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what}: never came true")


def xdotool(display: str, *arguments: str) -> str:
    done = subprocess.run(
        ["xdotool", *arguments], env={**os.environ, "DISPLAY": display},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.strip()


def windows(display: str) -> dict[int, tuple[int, int]]:
    """A browser's windows that can be seen, with their sizes; hints and menus left out."""
    found = {}
    for one in xdotool(display, "search", "--onlyvisible", "--class", "chrom|firefox").split():
        size = re.search(r"Geometry: (\d+)x(\d+)", xdotool(display, "getwindowgeometry", one))
        if size and min(map(int, size.groups())) > 300:
            found[int(one)] = (int(size[1]), int(size[2]))
    return found


def running_with(mark: str) -> list[str]:
    """Processes that were started, by whomever, with ``mark`` in their environment."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and mark.encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return [one for one in found if one]  # one that has ended and not been waited for is empty


def closed_by_hand(presenting: Running, display: str, mark: str) -> str:
    """Close its one window; what it says then, when it and all that it started have ended."""
    (window,) = windows(display)
    close_window(display, window)
    rest, _ = presenting.process.communicate(timeout=PATIENCE)
    assert presenting.process.returncode == 0, presenting.said + rest
    until(lambda: not running_with(mark), "nothing is left running")
    return rest


def test_closing_the_window_ends_exact_replay(talk: Talk, display: str) -> None:
    mark = uuid4().hex
    presenting = Running(talk.archive, "--exact", DISPLAY=display, DECKARCHIVE_TEST=mark)
    until(lambda: windows(display), "a window")
    assert closed_by_hand(presenting, display, mark) == ""


@pytest.mark.parametrize("browser", ["chromium", pytest.param("firefox", marks=needs_firefox)])
def test_a_window_of_its_own_fills_the_screen_until_it_is_closed(
    talk: Talk, managed: str, browser: str
) -> None:
    mark = uuid4().hex
    presenting = Running(
        talk.folder, "--full-screen", "--browser", browser, "--port", free_port(),
        DISPLAY=managed, DECKARCHIVE_TEST=mark,
    )  # fmt: skip
    until(lambda: list(windows(managed).values()) == [SCREEN], "the deck fills the screen")
    rest = closed_by_hand(presenting, managed, mark)
    assert rest.splitlines()[0] == "The window was closed."


@pytest.mark.skipif(os.name == "nt", reason="no such signal there")
def test_a_talk_outlives_its_terminal(talk: Talk, display: str) -> None:
    mark = uuid4().hex
    presenting = Running(
        talk.folder, "--browser", "chromium", "--port", free_port(),
        DISPLAY=display, DECKARCHIVE_TEST=mark,
    )  # fmt: skip
    until(lambda: windows(display), "the browser that was named")
    presenting.process.send_signal(signal.SIGHUP)  # what a closed terminal sends
    with pytest.raises(subprocess.TimeoutExpired):
        presenting.process.wait(2)
    assert fetch_local(presenting.port, "/index.html")
    assert closed_by_hand(presenting, display, mark) == ""  # nobody is told any more


@pytest.mark.skipif(os.name == "nt", reason="no such signal there")
def test_exact_replay_outlives_its_terminal(talk: Talk, display: str) -> None:
    mark = uuid4().hex
    replaying = Running(talk.archive, "--exact", DISPLAY=display, DECKARCHIVE_TEST=mark)
    until(lambda: windows(display), "the window")
    replaying.process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        replaying.process.wait(2)
    assert closed_by_hand(replaying, display, mark) == ""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_without_a_display_exact_replay_says_so(talk: Talk) -> None:
    refused = Running(talk.archive, "--exact", DISPLAY="", WAYLAND_DISPLAY="")
    rest, _ = refused.process.communicate(timeout=PATIENCE)
    assert refused.process.returncode == 5
    assert "there is no display" in refused.said + rest
    assert "--no-open" in refused.said + rest
