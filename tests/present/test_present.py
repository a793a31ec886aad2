"""Presenting a folder: the address, the browser, a second present, and stopping."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest

from deckarchive.errors import ArchiveError, PortInUse
from deckarchive.model import DeckInfo, OfflineDeck
from deckarchive.presenter import PresentOptions, present
from deckarchive.server import fetch_local
from tests.running import running


def offline_folder(root: Path, *, page: str = "index.html", title: str = "A talk") -> Path:
    deck = OfflineDeck(
        title=title, page=page, slides=1, created="", software="", targets=(),
        deck=DeckInfo(path="talk.md", format="html", title=title, sha256="0"),
    )  # fmt: skip
    (root / page).parent.mkdir(parents=True, exist_ok=True)
    (root / page).write_text("<!doctype html><p>deck")
    (root / "deckarchive.json").write_text(json.dumps(deck.to_dict()))
    return root


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class Stage:
    """A ``present`` running in a thread; ``lines`` is what it said."""

    options: ClassVar[dict[str, Any]] = {"open_browser": False}

    def __init__(self, folder: Path, port: int) -> None:
        self.lines: list[str] = []
        self.stop, self.ready = threading.Event(), threading.Event()
        self.thread = threading.Thread(
            target=present, args=(folder, PresentOptions(port=port, **self.options)),
            kwargs={"say": self.say, "stop": self.stop},
        )  # fmt: skip

    def say(self, line: str) -> None:
        self.lines.append(line)
        if "Ctrl-C" in line:
            self.ready.set()

    def __enter__(self) -> Stage:
        self.thread.start()
        assert self.ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(30)
        assert not self.thread.is_alive()


def test_serves_the_folder_and_prints_where(tmp_path: Path) -> None:
    folder, port = offline_folder(tmp_path, page="my talk/slides.html"), free_port()
    with Stage(folder, port) as stage:
        assert fetch_local(port, "/my%20talk/slides.html") == b"<!doctype html><p>deck"
    said = "\n".join(stage.lines)
    assert f"Presenting A talk at http://deck.localhost:{port}/my%20talk/slides.html" in said
    assert f"http://127.0.0.1:{port}/my%20talk/slides.html" in said
    assert fetch_local(port, "/") is None


@pytest.mark.parametrize("named", [True, False])
def test_a_second_present_says_where_the_first_is(tmp_path: Path, named: bool) -> None:
    folder, port = offline_folder(tmp_path), free_port()
    with Stage(folder, port):
        lines: list[str] = []
        options = PresentOptions(port=port if named else 0, open_browser=False)
        present(folder, options, say=lines.append)
    assert lines == [
        f"A talk is being presented already: http://deck.localhost:{port}/",
        f"Press Ctrl-C where that runs (process {os.getpid()}) to stop it; "
        "--port N presents it once more.",
    ]


def test_another_port_presents_it_once_more(tmp_path: Path) -> None:
    folder, one, two = offline_folder(tmp_path), free_port(), free_port()
    with Stage(folder, one), Stage(folder, two):
        assert fetch_local(one, "/") == fetch_local(two, "/") == b"<!doctype html><p>deck"


def test_a_port_of_another_program_is_an_error(tmp_path: Path) -> None:
    one, two = offline_folder(tmp_path / "1", title="one"), offline_folder(tmp_path / "2")
    port = free_port()
    with Stage(one, port), pytest.raises(PortInUse, match=f"port {port} is in use"):
        present(two, PresentOptions(port=port, open_browser=False))


def test_no_port_asked_for_means_any_that_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = free_port()
    monkeypatch.setattr("deckarchive.presenter._present.DEFAULT_PORT", taken)
    one, two = offline_folder(tmp_path / "1", title="one"), offline_folder(tmp_path / "2")
    with Stage(one, 0) as first, Stage(two, 0) as second:
        assert f"http://deck.localhost:{taken}/" in first.lines[0]
        assert f":{taken}/" not in second.lines[0]


def test_opens_the_default_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, port, opened = offline_folder(tmp_path), free_port(), tmp_path / "opened"
    browser = tmp_path / "browser.sh"
    browser.write_text(
        f'#!/bin/sh\nprintf %s "$1" > "{opened}.part" && mv "{opened}.part" "{opened}"\n'
    )
    browser.chmod(0o755)
    code = (
        "from deckarchive.presenter import PresentOptions, present; "
        f"present({str(folder)!r}, PresentOptions(port={port}))"
    )
    with running(command=[sys.executable, "-c", code], BROWSER=str(browser)) as presenting:
        wait_for(opened.is_file)
        assert presenting.end() == "Stopped.\n"
    assert opened.read_text() == f"http://deck.localhost:{port}/"


def wait_for(condition: Callable[[], bool]) -> None:
    done = threading.Event()
    for _ in range(600):
        if condition():
            return
        done.wait(0.05)
    pytest.fail("waited in vain")


def damage(name: str, folder: Path) -> None:
    about = folder / "deckarchive.json"
    if name == "foreign":
        about.unlink()
    elif name == "garbage":
        about.write_bytes(b"\xff{")
    elif name == "list":
        about.write_text("[]")
    elif name == "nested":
        about.write_text("[" * 100_000)
    elif name == "newer":
        about.write_text(json.dumps({**json.loads(about.read_text()), "version": 99}))
    elif name == "broken target":
        broken = {**json.loads(about.read_text()), "targets": [{"best": "live"}]}
        about.write_text(json.dumps(broken))
    elif name == "no page":
        (folder / "index.html").unlink()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("foreign", "is not an offline folder: it has no deckarchive.json"),
        ("garbage", "cannot be read"),
        ("nested", "cannot be read"),
        ("list", "is not what deckarchive writes"),
        ("newer", "was made by a newer deckarchive"),
        ("broken target", "is not what deckarchive writes"),
        ("no page", "has lost its page index.html"),
    ],
)
def test_other_folders_get_one_clear_line(tmp_path: Path, name: str, message: str) -> None:
    folder = offline_folder(tmp_path)
    damage(name, folder)
    with pytest.raises(ArchiveError, match=message) as caught:
        present(folder, PresentOptions(open_browser=False))
    assert "\n" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("nowhere", "deckarchive rewrite DECK"),
        ("deck/index.html", r"give the folder that it is in: .*deck\)"),
        ("talk.md", r"deckarchive pack .*talk\.md"),
    ],
)
def test_what_is_no_folder_is_told_what_to_do(tmp_path: Path, path: str, hint: str) -> None:
    offline_folder(tmp_path / "deck")
    (tmp_path / "talk.md").write_text("# A talk")
    with pytest.raises(ArchiveError, match=f"is not a folder .*{hint}"):
        present(tmp_path / path, PresentOptions(open_browser=False))
