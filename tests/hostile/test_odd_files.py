"""FIFOs, devices, endless files, links that lead away and files that vanish, where a deck or its
configuration is looked for: each ends in a line that names the file, and none is waited for."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from deckarchive.crawler import load_options
from deckarchive.deck import find_references, read_deck
from deckarchive.errors import DeckError, UsageError
from tests import apart
from tests.apart import Done

DECK = "# One\n\n---\n\n![p](picture.png)\n"
PAGE = """<!doctype html><link rel="stylesheet" href="look.css">
<div class="reveal"><div class="slides">
<section><img src="picture.png"></section><section data-markdown="more.md"></section></div></div>
"""


def fifo(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def socket_file(path: Path) -> None:
    with tempfile.TemporaryDirectory() as short:  # the path of a socket is bounded
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(f"{short}/s")
        Path(short, "s").rename(path)


def endless(path: Path) -> None:
    """A regular file of 8 GiB, which takes no room."""
    with path.open("wb") as stream:
        stream.truncate(8 << 30)


KINDS = [fifo, device, socket_file, endless]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    return folder


def command(folder: Path, *arguments: str) -> Done:
    done = apart.command(folder, *arguments)
    assert "Traceback" not in done.err
    assert "internal error" not in done.err
    return done


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("name", ["talk.md", "index.html", "reveal-md.json", "reveal.json5"])
def test_a_deck_or_configuration_that_is_no_file_is_refused(
    project: Path, make: Callable[[Path], None], name: str
) -> None:
    (project / "talk.md").write_text(DECK)
    (project / name).unlink(missing_ok=True)
    make(project / name)
    deck = name if name in ("talk.md", "index.html") else "talk.md"
    code, out, err = command(project, "manifest", deck, "-o", "-")
    if make is device and name.startswith("reveal"):  # a link that leads out of the project
        assert (code, f"{name} is a link that leads out" in out) == (0, True)
    else:
        assert (code, out) == (4, "")
        assert name in err
        assert len(err.splitlines()) == 1


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize(
    "name", ["package.json", "Makefile", "start.sh", ".github/workflows/x.yml"]
)
def test_a_command_file_that_is_no_file_is_passed_over(
    project: Path, make: Callable[[Path], None], name: str
) -> None:
    (project / "talk.md").write_text(DECK)
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    make(project / name)
    code, out, err = command(project, "manifest", "talk.md", "-o", "-")
    assert (code, err) == (0, "")
    if name == "package.json":
        assert name in out


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("name", ["more.md", "picture.png"])
def test_what_a_page_names_and_is_no_file_is_a_warning(
    project: Path, make: Callable[[Path], None], name: str
) -> None:
    (project / "index.html").write_text(PAGE)
    make(project / name)
    code, out, err = command(project, "manifest", "index.html", "-o", "-")
    assert (code, err) == (0, "")
    if not (make is endless and name == "picture.png"):
        assert name in out.partition('"warnings"')[2]


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("name", ["look.css", "template.html"])
def test_a_style_sheet_or_template_that_is_no_file_holds_nothing_up(
    project: Path, make: Callable[[Path], None], name: str
) -> None:
    (project / "index.html").write_text(PAGE)
    (project / "talk.md").write_text("---\ntemplate: template.html\ncss: look.css\n---\n# One\n")
    make(project / name)
    for deck in ("index.html", "talk.md"):
        code, _, err = command(project, "manifest", deck, "-o", "-")
        assert (code, err) == (0, "")


@pytest.mark.browser  # a capture looks for its browser first
@pytest.mark.parametrize("make", KINDS)
def test_options_and_cookies_that_are_no_file_are_refused(
    project: Path, make: Callable[[Path], None]
) -> None:
    (project / "talk.md").write_text(DECK)
    make(project / "jar.txt")
    code, _, err = command(project, "capture", "talk.md", "--cookie-jar", "jar.txt")
    assert (code, "jar.txt" in err) == (2, True)
    make(project / "deckarchive.toml")
    code, _, err = command(project, "capture", "talk.md")
    assert (code, "deckarchive.toml" in err) == (2, True)


@pytest.mark.parametrize(
    "name", ["reveal-md.json", "reveal.json", "package.json", "Makefile", "more.md", "look.css"]
)
def test_a_link_that_leads_out_of_the_project_is_not_read(
    project: Path, tmp_path: Path, name: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(
        '{"title": "SECRET", "scripts": {"x": "reveal-md talk.md --css https://secret.example"},'
        ' "css": "https://secret.example/a.css"}\n'
        "reveal-md talk.md --css https://secret.example\n@import 'https://secret.example/b.css';"
        "\n![](https://secret.example/c.png)"
    )
    (project / "index.html").write_text(PAGE)
    (project / "talk.md").write_text(DECK)
    (project / name).symlink_to(secret)
    for deck in ("index.html", "talk.md"):
        code, out, _ = command(project, "manifest", deck, "-o", "-")
        assert code == 0
        assert "secret.example" not in out
        assert "SECRET" not in out
    if name not in ("more.md", "look.css"):
        assert f"{name} is a link that leads out of the project" in out


def test_a_link_within_the_project_is_read(project: Path) -> None:
    talks = project / "talks"
    talks.mkdir()
    (talks / "talk.md").write_text(DECK)
    (project / "shared.json").write_text('{"title": "Shared"}')
    (talks / "reveal-md.json").symlink_to("../shared.json")
    assert read_deck(talks / "talk.md").title == "Shared"


def test_files_that_come_and_go_while_they_are_read(project: Path) -> None:
    names = ["reveal-md.json", "package.json", "Makefile", "more.md", "look.css", "picture.png"]
    (project / "index.html").write_text(PAGE)
    (project / "talk.md").write_text("---\ncss: look.css\n---\n" + DECK)
    stop = threading.Event()

    def flicker() -> None:
        while not stop.is_set():
            for name in names:
                (project / name).write_text("{}")
            for name in names:
                (project / name).unlink()

    thread = threading.Thread(target=flicker)
    thread.start()
    try:
        for _ in range(150):
            for deck in ("index.html", "talk.md"):
                with suppress(DeckError):  # a file that went between two looks: named, as any
                    find_references(read_deck(project / deck))
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 20_000,
        "a." * 20_000 + "a = 1",
        "[capture]\ntimeout = 2024-13-45",
        "[capture]\ntimeout = " + "9" * 5000,
        "[capture]\ntimeout = nan",
        "[capture]\njobs = 1" + "0" * 400,
        "[capture]\nmax-size = 1" + "0" * 400,
        '[capture]\nmax-size = "' + "9" * 400 + 'GB"',
        "[capture]\nviewport = 3",
        "[capture]\nheader = {a = 1}",
        "[capture]\ncookie-jar = []",
        '[capture]\ncookie-jar = "~nobody-of-that-name/jar"',
        "[capture]\ntarget = 3",
        "capture = 3",
        "[[capture]]",
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
    ids=range(16),
)
def test_options_of_the_wrong_kind_name_the_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "deckarchive.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match=r"deckarchive\.toml|--jobs|--timeout"):
        load_options(tmp_path, {})
