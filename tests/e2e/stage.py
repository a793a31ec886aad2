"""What the end-to-end tests share: running the command, and a browser with the network cut."""

from __future__ import annotations

import hashlib
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Frame, Page

from deckarchive.server import DeadProxy
from tests.browsers import Behind, SharedBrowser
from tests.running import COMMAND, PATIENCE, running

ROOT = Path(__file__).parents[2]
FRAMED = "window.deckarchive && ['live', 'static', 'picture', 'card'].includes(deckarchive.tier)"


@dataclass(frozen=True)
class Done:
    """What one command left: its exit code and what it printed."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)


def deckarchive(cwd: Path, *arguments: object) -> Done:
    """Run the installed command in ``cwd``."""
    done = subprocess.run(
        [str(COMMAND), *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=900,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Packed:
    """A deck that went through all steps; ``steps`` holds what each command left."""

    home: Path
    offline: Path
    archive: Path
    steps: dict[str, Done]
    log: tuple[str, ...]

    @cached_property
    def manifest(self) -> Any:
        return json.loads(next((self.home / "manifests").glob("*.json")).read_text("utf-8"))

    @cached_property
    def provenance(self) -> Any:
        return json.loads((self.offline / "deckarchive.json").read_text("utf-8"))

    @cached_property
    def rehearsal(self) -> Any:
        return json.loads((self.home / "rehearsal.json").read_text("utf-8"))

    def states(self) -> dict[str, str]:
        """URL → state of the capture, from the report."""
        report = json.loads((self.archive / "report.json").read_text("utf-8"))
        by_id = {t["id"]: t["url"] for t in self.manifest["targets"]}
        found = {}
        for path in (self.archive / "targets").glob("*/capture.json"):
            record = json.loads(path.read_text("utf-8"))
            if record["id"] in by_id:
                found[by_id[record["id"]]] = record["state"]
        assert report
        return found


def pack(home: Path, deck: Path, proxy: str, log: list[str]) -> Packed:
    """Run manifest, capture, rewrite and rehearse, each as a command of its own."""
    steps = {
        "manifest": deckarchive(home, "manifest", deck, "-o", home / "manifests" / "deck.json"),
        "capture": deckarchive(
            home, "capture", deck, "-o", home / "archive", "--proxy", proxy, "--insecure", "--json"
        ),
        "rewrite": deckarchive(
            home, "rewrite", deck, "-a", home / "archive", "-o", home / "offline"
        ),
        "rehearse": deckarchive(
            home, "rehearse", home / "offline", "--json", home / "rehearsal.json"
        ),
    }
    return Packed(home, home / "offline", home / "archive", steps, tuple(log))


def fingerprint(folder: Path) -> dict[str, str]:
    """Path → digest of every file in a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@contextmanager
def presented(offline: Path) -> Iterator[str]:
    """``deckarchive present`` in a process of its own; yields the deck's address on 127.0.0.1."""
    with running(offline, "--no-open") as presenting:
        yield presenting.address


def eventually(condition: Callable[[], Any], page: Page, what: str) -> Any:
    """Poll until ``condition`` answers something true; fails with ``what`` and the last error."""
    end = time.monotonic() + PATIENCE
    problem = ""
    while time.monotonic() < end:
        try:
            if found := condition():
                return found
        except Error as error:  # a frame that goes away while it is asked
            problem = str(error)
        page.wait_for_timeout(100)
    raise AssertionError(f"{what}: never came true. {problem}")


def open_slide(page: Page, address: str, slide: tuple[int, int]) -> None:
    """Load the deck at one slide and wait until reveal stands there."""
    page.goto(f"{address}#/{slide[0]}/{slide[1]}")
    here = f"Reveal.isReady() && Reveal.getIndices().h === {slide[0]}" + (
        f" && (Reveal.getIndices().v || 0) === {slide[1]}"
    )
    eventually(lambda: page.evaluate(here), page, f"slide {slide}")


def frames_of(page: Page, target: str) -> list[Frame]:
    """The deck's own frames that show the target with this id."""
    return [f for f in page.frames if f"/frames/{target}.html" in f.url]


def copy_of(page: Page, target: str, fragment: str) -> Frame | None:
    """The live copy inside a target's frame, at the wanted fragment."""
    for frame in frames_of(page, target):
        children = [c for c in frame.child_frames if "/sites/" in c.url]
        if children and (not fragment or frame.url.endswith(f"#{fragment}")):
            return children[0]
    return None


def probe(page: Page, target: str, fragment: str, script: dict[str, str]) -> None:
    """Run a page's probe in its copy: wait until ready, act, wait until the act shows."""

    def holds(expression: str) -> bool:
        copy = copy_of(page, target, fragment)
        return bool(copy and copy.evaluate(expression))

    eventually(lambda: holds(script["ready"]), page, f"{script['name']}: ready")
    copy = copy_of(page, target, fragment)
    assert copy
    copy.evaluate(f"() => {{ {script['act']} }}")
    eventually(lambda: holds(script["check"]), page, f"{script['name']}: after the act")


@pytest.fixture(scope="module")
def offline_browser(shared_browser: SharedBrowser) -> Iterator[tuple[Behind, DeadProxy]]:
    """A browser whose only way out is a proxy that refuses and remembers."""
    with DeadProxy() as witness:
        yield shared_browser.behind(witness.url), witness
