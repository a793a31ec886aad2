"""What goes wrong on stage: crashes, sleep, no network at all, a window closed by hand."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from test_present import Stage, free_port, offline_folder

from deckarchive.presenter._saved_position import PositionStore
from deckarchive.server import DeadProxy
from tests.browsers import Behind
from tests.present.talk import Talk
from tests.running import PATIENCE, Running, running


def tell(port: int, headers: dict[str, str], host: str = "deck.localhost") -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/runtime/slide", headers={"Host": f"{host}:{port}", **headers})
    connection.getresponse().read()
    connection.close()


def until(condition: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what}: never came true")


# -- Crashes ------------------------------------------------------------------------------------


def test_a_talk_that_was_killed_goes_on_at_its_slide(tmp_path: Path) -> None:
    folder, port = offline_folder(tmp_path), free_port()
    first = Running(folder, "--no-open", "--port", port)
    tell(port, {"X-Deckarchive-Slide": "/3/1/0"})
    first.end(signal.SIGKILL)
    with running(folder, "--no-open", "--port", port) as second:
        assert "Going on at #/3/1/0" in second.said
        assert f"http://deck.localhost:{port}/#/3/1/0\n" in second.said
    with running(folder, "--no-open", "--port", port) as third:  # the second ended in order
        assert "Going on" not in third.said
        assert f"http://deck.localhost:{port}/\n" in third.said


def test_a_slide_that_was_asked_for_wins(tmp_path: Path) -> None:
    folder, port = offline_folder(tmp_path), free_port()
    first = Running(folder, "--no-open", "--port", port)
    tell(port, {"X-Deckarchive-Slide": "/3"})
    first.end(signal.SIGKILL)
    with running(folder, "--no-open", "--port", port, "--slide", "2/1") as second:
        assert f"http://deck.localhost:{port}/#/2/1\n" in second.said


def test_only_the_deck_tells_the_slide(tmp_path: Path, own_state: Path) -> None:
    folder, port = offline_folder(tmp_path / "deck"), free_port()
    with running(folder, "--no-open", "--port", port):
        for headers, host in (
            ({}, "deck.localhost"),
            ({"X-Deckarchive-Slide": "/../../x"}, "deck.localhost"),
            ({"X-Deckarchive-Slide": "/3"}, "a-copy.deck.localhost"),
            ({"X-Deckarchive-Slide": "/3"}, "evil.example"),
        ):
            tell(port, headers, host)
            stand = PositionStore(folder, own_state / "deckarchive" / "present").read()
            assert stand
            assert (stand.slide, stand.port) == ("", port), (headers, host)


@pytest.mark.parametrize("text", ["", "[]", '{"slide": 3}', "\x00"])
def test_a_damaged_memory_is_no_memory(text: str, tmp_path: Path) -> None:
    memory = PositionStore(tmp_path, tmp_path / "state")
    memory.keep("/1")
    assert memory.read()
    memory.path.write_text(text)
    assert memory.read() is None


def test_a_memory_that_cannot_be_kept_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    memory = PositionStore(tmp_path, tmp_path / "state")
    memory.begin(1, "/1")
    memory.forget()
    assert memory.slide == "/1"


@pytest.mark.browser
def test_the_deck_says_where_it_stands(
    talk: Talk, cut_off: tuple[Behind, DeadProxy], own_state: Path
) -> None:
    memory = PositionStore(talk.folder, own_state / "deckarchive" / "present")

    def stands_at() -> str:
        stand = memory.read()
        return stand.slide if stand else ""

    with running(talk.folder, "--no-open", "--port", free_port()) as presenting:
        page = cut_off[0].new_page()
        page.goto(f"http://deck.localhost:{presenting.port}/")
        until(lambda: page.evaluate("window.Reveal && Reveal.isReady()"), "the deck")
        until(lambda: stands_at() == "/0/0", "the first slide")
        page.evaluate("Reveal.slide(3)")
        until(lambda: stands_at() == "/3/0", "the last slide")
        page.evaluate("Reveal.nextFragment()")
        until(lambda: stands_at() == "/3/0/0", "its fragment")
        page.close()


# -- Sleep --------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system has no such signal")
def test_a_connection_survives_the_machines_sleep(tmp_path: Path) -> None:
    folder, port = offline_folder(tmp_path), free_port()
    with running(folder, "--no-open", "--port", port) as presenting:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/")
        assert connection.getresponse().read()
        presenting.process.send_signal(signal.SIGSTOP)
        connection.request("GET", "/")  # asked while it sleeps, on the connection of before
        presenting.process.send_signal(signal.SIGCONT)
        assert connection.getresponse().read() == b"<!doctype html><p>deck"
        connection.close()


# -- No network at all --------------------------------------------------------------------------

_ALONE = """
import re, subprocess, sys
sys.path[:0] = [{tests!r}, {root!r}]
from playwright.sync_api import sync_playwright
from tests.browsers import launch
from test_on_stage import until
from tests.running import COMMAND, running
folder = {folder!r}
command = [str(COMMAND), "present", folder, "--no-open"]
down = subprocess.run(command, capture_output=True, text=True, timeout=30)
print("DOWN", down.returncode, down.stderr.strip())
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
with running(folder, "--no-open") as presenting, sync_playwright() as playwright:
    browser = launch(playwright, "http://127.0.0.1:9")
    page = browser.new_page()
    page.goto(f"http://deck.localhost:{{presenting.port}}/#/1")
    def live():
        page.wait_for_timeout(50)
        frames = [f for f in page.frames if "/frames/demo" in f.url and "inside" not in f.url]
        return frames and frames[0].evaluate("window.deckarchive?.tier") == "live"
    until(live, "the copy")
    page.keyboard.press("F2")
    mark = "[...document.querySelectorAll('.mark')].map(m => m.innerText).join()"
    frame = next(f for f in page.frames if "/frames/demo" in f.url and "inside" not in f.url)
    until(lambda: "Live site: " in frame.evaluate(mark), "the mark")
    print("UP live", frame.evaluate(mark))
    browser.close()
"""


@pytest.mark.browser
def test_it_works_on_a_machine_without_any_network(talk: Talk) -> None:
    unshare, ip = shutil.which("unshare"), shutil.which("ip")
    alone = [unshare or "", "--map-root-user", "--net"]
    if not (unshare and ip) or subprocess.run([*alone, "true"], check=False).returncode:
        pytest.skip("this machine gives no network namespace")
    here = Path(__file__).parent
    code = _ALONE.format(tests=str(here), root=str(here.parents[1]), folder=str(talk.folder))
    done = subprocess.run(
        [*alone, sys.executable, "-c", code], capture_output=True, text=True, timeout=150,
        check=False,
    )  # fmt: skip
    assert "DOWN 5 deckarchive: the loopback interface of this machine is down" in done.stdout, (
        done.stdout + done.stderr
    )
    assert "UP live" in done.stdout, done.stdout + done.stderr


# -- A window of its own ------------------------------------------------------------------------


def xdotool(display: str, *arguments: str) -> str:
    done = subprocess.run(
        ["xdotool", *arguments], env={**os.environ, "DISPLAY": display},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.strip()


def windows(display: str, name: str) -> list[str]:
    return xdotool(display, "search", "--onlyvisible", "--name", name).split()


@pytest.mark.browser
def test_a_window_of_its_own_with_a_speaker_view(talk: Talk, display: str, own_state: Path) -> None:
    memory = PositionStore(talk.folder, own_state / "deckarchive" / "present")
    with running(
        talk.folder, "--full-screen", "--speaker", "--slide", "1", "--port", free_port(),
        DISPLAY=display,
    ) as presenting:  # fmt: skip
        assert "Close the window or press Ctrl-C" in presenting.said
        until(lambda: (memory.read() or memory).slide == "/1/0", "the deck is shown")
        until(lambda: windows(display, "Speaker View"), "the speaker view")
        until(lambda: windows(display, "^reveal-md$"), "the deck's window")
        assert presenting.end() == "Stopped.\n"
        assert presenting.process.returncode == 0
        assert windows(display, "^reveal-md$") == []
    assert memory.read() is None


def fake_browser(folder: Path, script: str) -> Path:
    path = folder / "chromium-fake"
    path.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo Chromium 1.0 && exit\n'
        f'echo "$@" >> "{folder}/started"\n{script}\n'
    )
    path.chmod(0o755)
    return path


def test_a_browser_that_crashes_is_opened_again(tmp_path: Path) -> None:
    folder, port = offline_folder(tmp_path / "deck"), free_port()
    crashing = fake_browser(tmp_path, "exit 7")
    presenting = Running(folder, "--full-screen", "--browser", crashing, "--port", port)
    rest, _ = presenting.process.communicate(timeout=PATIENCE)
    assert presenting.process.returncode == 0
    assert rest.count("it is opened again") == 3
    assert rest.endswith("The browser has crashed.\n")
    started = (tmp_path / "started").read_text().splitlines()
    assert len(started) == 4
    assert all("--start-fullscreen" in line and f":{port}/" in line for line in started)
    profiles = re.findall(r"--user-data-dir=(\S+)", "\n".join(started))
    assert len(profiles) == 4
    assert not any(Path(profile).exists() for profile in profiles)


def test_a_window_that_is_closed_ends_the_talk(tmp_path: Path) -> None:
    folder = offline_folder(tmp_path / "deck")
    closed = fake_browser(tmp_path, "exit 0")
    presenting = Running(
        folder, "--full-screen", "--slide", "4", "--browser", closed, "--port", free_port()
    )
    rest, _ = presenting.process.communicate(timeout=PATIENCE)
    assert presenting.process.returncode == 0
    assert rest == "The window was closed.\nTo go on there: --slide 4/0\n"


def test_a_deck_without_notes_has_no_speaker_view(tmp_path: Path) -> None:
    folder = offline_folder(tmp_path / "deck")
    browser = fake_browser(tmp_path, "exec sleep 60")
    with running(folder, "--speaker", "--browser", browser, "--port", free_port()) as presenting:
        assert "has no speaker view" in presenting.said
        until(lambda: (tmp_path / "started").exists(), "the browser is started")
        assert "deckarchive-speaker" not in (tmp_path / "started").read_text()


def test_without_a_browser_of_its_own_it_says_which_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    for name in ("PATH", "PLAYWRIGHT_BROWSERS_PATH"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.delenv("DECKARCHIVE_BROWSER", raising=False)
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or True)

    class Full(Stage):
        options: ClassVar[dict[str, Any]] = {"full_screen": True, "open_browser": True}

    with Full(offline_folder(tmp_path), free_port()) as stage:
        assert any("Press F11" in line for line in stage.lines)
    assert len(opened) == 1
