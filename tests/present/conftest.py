"""A small talk and the site that it shows, captured and rewritten once a session."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deckarchive import pipeline
from deckarchive.server import DeadProxy
from examples.web.hosts import Answer, Request
from examples.web.serve import LocalWeb
from tests.browsers import Behind, SharedBrowser
from tests.present.talk import TALK, Talk, Web


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is remembered of a talk stays out of the user's own folders."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture(scope="session")
def talk(tmp_path_factory: pytest.TempPathFactory, shared_browser: SharedBrowser) -> Iterator[Talk]:
    home = tmp_path_factory.mktemp("talk")
    (home / "talk.md").write_text(TALK)
    said = {"word": "captured"}

    def answer(request: Request) -> Answer:
        if request.path not in ("/", "/inside"):
            return Answer(status=404)
        page = (
            f"<!doctype html><title>Demo</title><h1 id='there'>These words are {web.word}</h1>"
            "<p>and some more of them<input>"
        )
        return Answer(page.encode(), {"Content-Type": "text/html"})

    with LocalWeb(answer=answer, speaks=lambda scheme, host: host == "demo.example") as running:
        web = Web(running.proxy, running.log, **said)
        options = {"proxy": running.proxy, "insecure": True}
        pipeline.run_capture(home / "talk.md", home / "archive", options, lambda _: None)
        pipeline.run_rewrite(home / "talk.md", home / "archive", home / "offline" / "talk")
        yield Talk(home / "offline" / "talk", home / "archive", home / "talk.md", web)


@pytest.fixture
def online(shared_browser: SharedBrowser, talk: Talk) -> Behind:
    """A browser for which the site is there."""
    return shared_browser.behind(talk.web.proxy)


@pytest.fixture
def cut_off(shared_browser: SharedBrowser) -> Iterator[tuple[Behind, DeadProxy]]:
    """A browser with no network, and the witness of what it asked for."""
    with DeadProxy() as witness:
        yield shared_browser.behind(witness.url), witness


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A virtual display."""
    program = shutil.which("Xvfb")
    if program is None or shutil.which("xdotool") is None:
        pytest.skip("neither Xvfb nor xdotool here")
    ours, theirs = os.pipe()
    process = subprocess.Popen(
        [program, "-displayfd", str(theirs), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[theirs], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(theirs)
    with os.fdopen(ours) as told:
        yield f":{told.readline().strip()}"
    process.terminate()
    process.wait()


@pytest.fixture
def managed(display: str) -> Iterator[str]:
    """The display with a window manager, who alone can fill the screen with a window."""
    program = shutil.which("matchbox-window-manager")
    if program is None:
        pytest.skip("no window manager here")
    environment = {**os.environ, "DISPLAY": display}
    process = subprocess.Popen([program], env=environment, stderr=subprocess.DEVNULL)
    yield display
    process.terminate()
    process.wait()
