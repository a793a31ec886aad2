"""The example of docs/python.md runs as it stands: real Chromium, a web on this machine."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = """<!doctype html><title>Counter</title><h1>A counter</h1><p id="n">0</p>
<script>document.querySelector("#n").textContent = "counted " + [1, 2, 3].length</script>"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder on loopback; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def example() -> str:
    """The first block of Python in the page."""
    text = (ROOT / "docs" / "python.md").read_text("utf-8")
    found = re.search(r"^```python\n(.*?)^```$", text, re.M | re.S)
    assert found
    return found[1]


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "example.py").write_text(example())
    return subprocess.run(
        [sys.executable, "-W", "error", "example.py"], cwd=folder, capture_output=True, text=True
    )


@pytest.mark.browser
@pytest.mark.timeout(240)
def test_the_example_captures_rewrites_and_rehearses(tmp_path: Path) -> None:
    web, home = tmp_path / "web", tmp_path / "home"
    web.mkdir()
    home.mkdir()
    (web / "counter.html").write_text(PAGE)
    with served(web) as address:
        (home / "talk.md").write_text(
            "# One\n\n---\n\n"
            f'<!-- .slide: data-background-iframe="{address}/counter.html" -->\n\n---\n\n'
            f'<!-- .slide: data-background-iframe="{address}/gone.html" -->\n'
        )
        done = run(home)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:2] == [
        f"background-iframe {address}/counter.html on [(1, 0)]",
        f"background-iframe {address}/gone.html on [(2, 0)]",
    ]
    captured, failed = (next(x for x in lines if x.startswith(f"{state} {address}"))
                        for state in ("captured", "failed"))  # fmt: skip
    assert "counter.html" in captured
    assert "gone.html" in failed
    assert "404" in failed
    assert f"live {address}/counter.html" in lines
    assert any(line.startswith("gap (2, 0)") and "gone.html" in line for line in lines)
    assert lines[-1] == "not ready"
    offline = json.loads((home / "offline" / "talk" / "deckarchive.json").read_text("utf-8"))
    assert offline["deck"]["path"] == "talk.md"
    report = json.loads((home / "archives" / "talk" / "report.json").read_text("utf-8"))
    assert report["deck"]["path"] == "talk.md"


def test_a_deck_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    done = run(tmp_path)
    said = "there is no file talk.md (check the name)\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, said, "")


def test_every_name_in_the_page_is_offered() -> None:
    import deckarchive

    text = (ROOT / "docs" / "python.md").read_text("utf-8")
    functions = set(re.findall(r"^\| `(\w+)\(", text, re.M))
    assert functions == {name for name in deckarchive.__all__ if name.islower()}, (
        "the table lists the functions"
    )
    assert [name for name in deckarchive.__all__ if name not in text] == []


def test_what_the_architecture_lists_is_there() -> None:
    """Each call in its list of what the packages offer: the function, and its parameters."""
    import importlib
    import inspect

    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    block = text.partition("## What the packages offer")[2].partition("```python")[2]
    calls = re.findall(r"(?:^|;  )([a-z]+)\.(\w+)\(([^)]*)\)", block.partition("```")[0], re.M)
    assert len(calls) > 20
    for package, name, arguments in calls:
        offered = getattr(importlib.import_module(f"deckarchive.{package}"), name)
        parameters = set(inspect.signature(offered).parameters)
        keywords = set(re.findall(r"(\w+)=(?![^(]*\()", arguments.partition("PresentOptions")[0]))
        assert keywords <= parameters, f"{package}.{name}"
