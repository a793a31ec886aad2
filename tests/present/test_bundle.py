"""The zip to take along: its bytes, its launcher with nothing but Python, and what refuses it."""

from __future__ import annotations

import ast
import http.client
import json
import os
import re
import subprocess
import sys
import zipfile
from contextlib import AbstractContextManager
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from test_forms import eventually, tier
from test_present import free_port, offline_folder

from deckarchive import pipeline
from deckarchive.bundle import _zip, bundle
from deckarchive.errors import ArchiveError, ExitCode, OutputError
from deckarchive.presenter._saved_position import folder_owner
from deckarchive.server import DeadProxy, Server
from tests.browsers import Behind
from tests.present.talk import Talk
from tests.running import COMMAND, Running, running

WINDOWS_NAMES = ("a:b.txt", "nul.html", "end.", "x/con/y")


def unpacked(archive: Path, out: Path) -> Path:
    """Unpack as an ordinary tool does; answers the one folder inside."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(out)
    (folder,) = out.iterdir()
    return folder


def launched(
    folder: Path, *arguments: object, python: str = sys.executable
) -> AbstractContextManager[Running]:
    """The launcher, run by a Python without any packages."""
    command = [python, "-S", "-I", "present.py", "--no-open"]
    return running(*arguments, command=command, folder=folder)


def pythons() -> list[str]:
    """One interpreter of each version that the launcher promises to run on and is found here."""
    folders = [*map(str, Path.home().glob(".pyenv/versions/*/bin")), *os.get_exec_path()]
    wanted = [f"python3.{minor}" for minor in range(8, 20)] + ["pypy3"]
    own = f"python3.{sys.version_info.minor}"
    paths = [which(name, path=os.pathsep.join(folders)) for name in wanted if name != own]
    return [sys.executable, *(path for path in paths if path and _runs(path))]


def _runs(path: str) -> bool:
    """A version manager leaves names that lead nowhere."""
    done = subprocess.run([path, "-S", "-c", ""], capture_output=True, check=False)
    return done.returncode == 0


def test_the_same_folder_makes_the_same_bytes(tmp_path: Path) -> None:
    folder = offline_folder(tmp_path / "my talk")
    (folder / "b.png").write_bytes(os.urandom(5000))
    (folder / "A.txt").write_text("text " * 999)
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("private")
    made = bundle(folder)
    assert made.path == tmp_path / "my talk.zip"
    first = made.path.read_bytes()
    for path in folder.rglob("*"):
        os.utime(path, (1, 1))
    assert bundle(folder, tmp_path / "other.zip").path.read_bytes() == first
    with zipfile.ZipFile(made.path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        kinds = {info.filename: info.compress_type for info in archive.infolist()}
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in archive.infolist()}
    deck = [name for name in names if name.startswith("my-talk/deck/")]
    assert deck == [
        f"my-talk/deck/{n}" for n in ("A.txt", "b.png", "deckarchive.json", "index.html")
    ]
    assert kinds["my-talk/deck/b.png"] == zipfile.ZIP_STORED
    assert kinds["my-talk/deck/A.txt"] == zipfile.ZIP_DEFLATED
    assert modes["my-talk/present.command"] == 0o755


def test_large_files_need_no_memory_and_get_64_bit_sizes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = offline_folder(tmp_path / "talk")
    (folder / "film.mp4").write_bytes(bytes(1000))
    monkeypatch.setattr(_zip, "_LARGE", 1000)
    made = bundle(folder)
    with zipfile.ZipFile(made.path) as archive:
        info = archive.getinfo("talk/deck/film.mp4")
        assert archive.read(info) == bytes(1000)
    data = made.path.read_bytes()
    name = b"talk/deck/film.mp4"
    at = data.index(name) + len(name)  # the local header's extra field: ZIP64's id is 1
    assert data[at : at + 2] == b"\x01\x00"


def test_a_failed_run_leaves_the_older_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = offline_folder(tmp_path / "talk")
    made = bundle(folder)
    before = made.path.read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_zip, "_add", full)
    with pytest.raises(OutputError, match="No space left on device"):
        bundle(folder)
    assert made.path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["talk", "talk.zip"]


def test_what_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with pytest.raises(ArchiveError, match="is not an offline folder"):
        bundle(tmp_path / "other")
    folder = offline_folder(tmp_path / "talk")
    with pytest.raises(OutputError, match="lies in the folder itself"):
        bundle(folder, folder / "talk.zip")
    with pytest.raises(OutputError, match="is a folder"):
        bundle(folder, tmp_path)
    assert not (tmp_path / "talk.zip").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_names_that_windows_cannot_have_are_told(tmp_path: Path) -> None:
    folder = offline_folder(tmp_path / "talk")
    for name in (*WINDOWS_NAMES, "console.txt", "fine name.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    assert set(bundle(folder).unportable) == set(WINDOWS_NAMES)
    outcome = pipeline.run_bundle(folder, tmp_path / "out.zip")
    assert outcome.exit_code is ExitCode.OK
    assert "note: Windows cannot unpack nul.html" in outcome.summary


# -- The launcher --------------------------------------------------------------------------------

COMPARED = (
    "Content-Type", "Content-Length", "Content-Range", "Location", "Accept-Ranges",
    "Content-Security-Policy", "X-Content-Type-Options", "Cache-Control", "Content-Encoding",
    "Cross-Origin-Opener-Policy", "Origin-Agent-Cluster",
    "X-DNS-Prefetch-Control", "Connection-Allowlist", "Clear-Site-Data",
    "Cross-Origin-Resource-Policy",
)  # fmt: skip


def ask(port: int, target: str, host: str, **fields: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", target, headers={"Host": host.replace("PORT", str(port)), **fields})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    named = {name: answer.headers[name] for name in COMPARED if name in answer.headers}
    found = {name: value.replace(f":{port}", ":PORT") for name, value in named.items()}
    return answer.status, found, body


DECK, COPY = "deck.localhost:PORT", "a-copy.deck.localhost:PORT"


def requests_of(folder: Path) -> list[tuple[str, str, dict[str, str]]]:
    """Every file under every name, and all tricks."""
    paths = [f"/{p.relative_to(folder).as_posix()}" for p in sorted(folder.rglob("*"))]
    asked: list[tuple[str, str, dict[str, str]]] = [(p, DECK, {}) for p in ["/", *paths]]
    asked += [(p, COPY, {}) for p in paths]
    ranges = (
        "bytes=0-9",
        "bytes=5-",
        f"bytes=0-{'9' * 5000}",
        "bytes=-4",
        "bytes=99999999-",
        "bytes=7-3",
        "lines=1-2",
    )
    asked += [("/index.html", DECK, {"Range": value}) for value in ranges]
    asked += [("/index.html", DECK, {"Cookie": f"a={'b' * size}"}) for size in (9, 20_000)]
    asked += [(path, COPY, {"Service-Worker": "script"}) for path in ("/sw.js", "/runtime/page.js")]
    tricks = ("/../present.py", "/%2e%2e/present.py", "/..%2fpresent.py", "/a%00b", "/%ff",
              "/sites", "/sites/", "//example.org/", "/nothing", "/index.html?query=1",
              "/deckarchive.json/x", "/runtime/slide")  # fmt: skip
    asked += [(path, DECK, {}) for path in tricks]
    for site in ("none", "same-origin", "same-site", "cross-site"):
        for mode, dest in (("navigate", "iframe"), ("navigate", "document"), ("no-cors", "script")):
            fetched = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
            asked += [(p, h, fetched) for p in ("/", "/runtime/page.js") for h in (DECK, COPY)]
    hosts = ("evil.example", "deck.localhost:1", "127.0.0.1:PORT", "localhost:PORT", "")
    return asked + [("/index.html", host, {}) for host in hosts]


@pytest.mark.parametrize("python", pythons(), ids=lambda path: Path(path).name)
def test_the_launcher_answers_as_present_does(python: str, talk: Talk, tmp_path: Path) -> None:
    folder = unpacked(bundle(talk.folder, tmp_path / "talk.zip").path, tmp_path / "out")
    port = free_port()
    different = []
    asked = requests_of(talk.folder)
    with (
        launched(folder, "--port", port, python=python) as launcher,
        Server(talk.folder, owner=folder_owner(folder / "deck")) as server,
    ):
        for target, host, fields in asked:
            ours, theirs = (ask(p, target, host, **fields) for p in (server.port, port))
            if ours != theirs:
                different.append((target, host, fields, ours[:2], theirs[:2]))
        assert launcher.end() == "Stopped.\n"
    assert len(asked) > 60
    assert different == []


def test_the_launcher_takes_a_free_port_and_needs_no_packages(tmp_path: Path) -> None:
    folder = unpacked(bundle(offline_folder(tmp_path / "talk")).path, tmp_path / "out")
    with launched(folder) as one, launched(folder) as two:
        assert one.port != two.port
        for port in (one.port, two.port):
            assert ask(port, "/", DECK)[2] == b"<!doctype html><p>deck"
    source = (folder / "present.py").read_text()
    assert "deckarchive." not in re.sub(r'"[^"\n]*"', "", source)
    ast.parse(source, feature_version=(3, 8))


@pytest.mark.browser
def test_the_unpacked_deck_is_alive_through_its_launcher(
    talk: Talk, cut_off: tuple[Behind, DeadProxy], tmp_path: Path
) -> None:
    folder = unpacked(bundle(talk.folder, tmp_path / "talk.zip").path, tmp_path / "out")
    browser, witness = cut_off
    before = len(witness.attempts)
    with launched(folder, "--port", port := free_port()):
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        for slide in (1, 2):
            page.goto(f"http://deck.localhost:{port}/#/{slide}")
            page.reload()
            eventually(page, lambda at=slide: tier(page, at) == "live", f"slide {slide} is alive")
        copies = {f.url.split("/")[2] for f in page.frames if "/sites/" in f.url}
        assert copies
        assert all(re.fullmatch(rf"[\w-]+\.deck\.localhost:{port}", host) for host in copies)
        page.close()
    assert not [a for a in witness.attempts[before:] if "demo.example" in a.host]


@pytest.mark.browser
def test_the_unpacked_deck_passes_its_rehearsal(talk: Talk, tmp_path: Path) -> None:
    folder = unpacked(bundle(talk.folder, tmp_path / "talk.zip").path, tmp_path / "out")
    command = [str(COMMAND), "rehearse", str(folder / "deck")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing tried to leave this machine" in done.stdout


def test_the_words_inside(talk: Talk, tmp_path: Path) -> None:
    folder = unpacked(bundle(talk.folder, tmp_path / "talk.zip").path, tmp_path / "out")
    words = (folder / "README.txt").read_bytes().decode()
    assert "2 alive" in words
    assert "deck/index.html" in words
    assert b"\r\n" in (folder / "present.cmd").read_bytes()
    assert json.loads((folder / "present.json").read_text("utf-8"))["page"] == "index.html"
    if os.name != "nt":
        checked = subprocess.run(["sh", "-n", str(folder / "present.command")], check=False)
        assert checked.returncode == 0
