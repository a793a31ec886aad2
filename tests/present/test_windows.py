"""Windows that a person closes, and one that fills the screen."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from test_present import free_port

from deckarchive.server import fetch_local
from tests.closing import close_window
from tests.firefox import BROWSERS
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


def running_with(mark: str) -> dict[int, str]:
    """Processes that were started, by whomever, with ``mark`` in their environment."""
    found = {}
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and mark.encode() in (folder / "environ").read_bytes():
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                found[int(folder.name)] = command
        except OSError:
            continue
    return {pid: one for pid, one in found.items() if one}  # empty: ended and not waited for


class Windowed(Running):
    """A command that opens a window on a display, until it is closed by hand."""

    def __init__(self, display: str, *arguments: object) -> None:
        self.mark, self.display = uuid4().hex, display
        super().__init__(*arguments, DISPLAY=display, DECKARCHIVE_TEST=self.mark)

    def window(self, size: tuple[int, int] | None = None) -> int:
        """Its one window, once it is there and of that size."""

        def one() -> list[int]:
            found = windows(self.display)
            return list(found) if len(found) == 1 and size in (None, *found.values()) else []

        return int(until(one, f"one window of {size or 'any size'}")[0])

    def closed_by_hand(self, size: tuple[int, int] | None = None) -> str:
        """Close its window; what it says then, when it and all that it started have ended."""
        close_window(self.display, self.window(size))
        rest, _ = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, self.said + rest
        until(lambda: not running_with(self.mark), "nothing is left running")
        return rest


@pytest.fixture
def opened() -> Iterator[Callable[..., Windowed]]:
    """Starts commands with a window; none outlives the test, however that ends."""
    made: list[Windowed] = []

    def start(display: str, *arguments: object) -> Windowed:
        made.append(Windowed(display, *arguments))
        return made[-1]

    yield start
    for one in made:
        for pid in running_with(one.mark):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        one.process.communicate()


def test_closing_the_window_ends_exact_replay(
    talk: Talk, display: str, opened: Callable[..., Windowed]
) -> None:
    assert opened(display, talk.archive, "--exact").closed_by_hand() == ""


@pytest.mark.parametrize("browser", BROWSERS)
def test_a_window_of_its_own_fills_the_screen_until_it_is_closed(
    talk: Talk, managed: str, browser: str, opened: Callable[..., Windowed]
) -> None:
    options = ("--full-screen", "--browser", browser, "--port", free_port())
    rest = opened(managed, talk.folder, *options).closed_by_hand(SCREEN)
    assert rest.splitlines()[0] == "The window was closed."


@pytest.mark.skipif(os.name == "nt", reason="no such signal there")
def test_a_talk_outlives_its_terminal(
    talk: Talk, display: str, opened: Callable[..., Windowed]
) -> None:
    presenting = opened(display, talk.folder, "--browser", "chromium", "--port", free_port())
    presenting.window()  # of the browser that was named
    presenting.process.send_signal(signal.SIGHUP)  # what a closed terminal sends
    with pytest.raises(subprocess.TimeoutExpired):
        presenting.process.wait(2)
    assert fetch_local(presenting.port, "/index.html")
    assert presenting.closed_by_hand() == ""  # nobody is told any more


@pytest.mark.skipif(os.name == "nt", reason="no such signal there")
def test_exact_replay_outlives_its_terminal(
    talk: Talk, display: str, opened: Callable[..., Windowed]
) -> None:
    replaying = opened(display, talk.archive, "--exact")
    replaying.window()
    replaying.process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        replaying.process.wait(2)
    assert replaying.closed_by_hand() == ""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_without_a_display_exact_replay_says_so(talk: Talk) -> None:
    refused = Running(talk.archive, "--exact", DISPLAY="", WAYLAND_DISPLAY="")
    rest, _ = refused.process.communicate(timeout=PATIENCE)
    assert refused.process.returncode == 5
    assert "there is no display" in refused.said + rest
    assert "--no-open" in refused.said + rest
