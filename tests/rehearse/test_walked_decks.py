"""Walking real decks: reveal.js 3 to 6, with and without a global Reveal, and decks that fail."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from build import Page, offline_folder, write

from deckarchive.errors import ArchiveError, EnvironmentMissing
from deckarchive.model import Slide, Tier
from deckarchive.rehearsal import (
    Rehearsal,
    RehearsalEvent,
    RehearseOptions,
    SlideRehearsed,
    rehearse,
)
from tests import npm
from tests.sampling import exhaustive, sample

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

VERSIONS = ["3.9.2", "4.6.1", "5.2.1", "6.0.2"]
STACK = """<section><section><p>top</p></section>
<section data-background-iframe="frames/inner.html"><p class="fragment">one</p>
<p class="fragment">two</p></section></section>"""


def walked(rehearsal: Rehearsal) -> list[tuple[Slide, list[Tier]]]:
    return [(s.slide, [e.tier for e in s.embeds]) for s in rehearsal.slides]


def with_stack(root: Path, **options: object) -> Path:
    """First a page, then a stack of two whose lower slide shows another."""
    inner = Page("inner")
    inner.write(root)
    folder = offline_folder(root, [Page("first")], extra=[(STACK, None)], **options)  # type: ignore[arg-type]
    about = folder / "deckarchive.json"
    data = json.loads(about.read_text())
    data["targets"].append({**inner.target.to_dict(), "slides": [[1, 1]]})
    about.write_text(json.dumps(data))
    return folder


WALK = [((0, 0), [Tier.LIVE]), ((1, 0), []), ((1, 1), [Tier.LIVE])]


@pytest.mark.parametrize("version", sample(VERSIONS, 3))
def test_every_version_of_reveal(tmp_path: Path, network: None, version: str) -> None:
    folder = with_stack(tmp_path / "offline", reveal=npm.package("reveal.js", version))
    rehearsal = rehearse(folder)
    assert rehearsal.problem == ""
    assert walked(rehearsal) == WALK
    assert rehearsal.ok


@pytest.mark.parametrize("one_based", ["true", exhaustive("false")])
def test_a_deck_whose_reveal_is_not_global(tmp_path: Path, one_based: str) -> None:
    start = "0"
    module = f"""<script type="module">import Reveal from "./assets/reveal.esm.js";
    new Reveal({{hash: true, hashOneBasedIndex: {one_based}}}).initialize();</script>"""
    folder = with_stack(tmp_path / "offline", head=module, start=start)
    page = folder / "index.html"
    page.write_text(page.read_text().replace('<script src="assets/reveal.js"></script>', ""))
    rehearsal = rehearse(folder)
    assert walked(rehearsal) == WALK
    assert rehearsal.ok


def test_a_deck_that_turns_its_own_pages_is_walked_all_the_same(tmp_path: Path) -> None:
    folder = offline_folder(
        tmp_path, [Page("a"), Page("b"), Page("c")],
        start="Reveal.initialize({autoSlide: 200, loop: true, transition: 'zoom'});",
    )  # fmt: skip
    rehearsal = rehearse(folder)
    assert rehearsal.ok, (rehearsal.gaps, rehearsal.unjudged, rehearsal.leaks)


def test_a_deck_that_never_starts_is_a_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deckarchive.rehearsal._walk._START", 4.0)
    folder = offline_folder(tmp_path, [Page("a")], start="throw new Error('no');")
    rehearsal = rehearse(folder)
    assert rehearsal.problem.startswith("the deck did not start")
    assert not rehearsal.ok
    assert rehearsal.slides == ()


def test_a_deck_that_hangs_on_a_slide_loses_that_slide_alone(tmp_path: Path) -> None:
    hang = (
        "Reveal.initialize(); Reveal.on('slidechanged', (e) => { if (e.indexh === 1) for (;;); });"
    )
    folder = offline_folder(tmp_path, [Page("a"), Page("b"), Page("c")], start=hang)
    rehearsal = rehearse(folder, RehearseOptions(timeout=5))
    assert [bool(s.problem) for s in rehearsal.slides] == [False, True, False]
    assert "hangs" in rehearsal.slides[1].problem


def test_a_deck_that_hangs_everywhere_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deckarchive.rehearsal._walk._FAILURES", 2)
    hang = "Reveal.initialize(); Reveal.on('slidechanged', () => { for (;;); });"
    folder = offline_folder(tmp_path, [Page(n) for n in "abcde"], start=hang)
    rehearsal = rehearse(folder, RehearseOptions(timeout=5))
    problems = [s.problem for s in rehearsal.slides]
    assert [bool(p) for p in problems] == [False, True, True, True, True]
    assert ["not tried" in p for p in problems] == [False, False, False, True, True]


def test_a_browser_that_dies_is_replaced(tmp_path: Path) -> None:
    folder = offline_folder(tmp_path / "offline", [Page("a"), Page("b"), Page("c")])
    killed: list[int] = []

    def kill(event: RehearsalEvent) -> None:
        if isinstance(event, SlideRehearsed) and not killed:
            killed.extend(own_browsers())
            for pid in killed:
                os.kill(pid, signal.SIGKILL)

    rehearsal = rehearse(folder, on_event=kill)
    assert killed
    assert rehearsal.ok
    assert len(rehearsal.slides) == 3


def own_browsers() -> list[int]:
    """The browser processes that descend from this one."""
    rows = subprocess.run(
        ["ps", "-ewwo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    table = {int(r.split()[0]): (int(r.split()[1]), r) for r in rows}

    def is_ours(pid: int) -> bool:
        while pid in table:
            if pid == os.getpid():
                return True
            pid = table[pid][0]
        return False

    return [
        pid
        for pid, (_, row) in table.items()
        if "--remote-debugging" in row and "--type=" not in row and is_ours(pid)
    ]


def test_what_the_deck_itself_lacks_is_told(tmp_path: Path) -> None:
    head = '<link rel="stylesheet" href="theme/lost.css">'
    folder = offline_folder(tmp_path, [Page("a")], head=head)
    rehearsal = rehearse(folder)
    assert "/theme/lost.css" in rehearsal.unresolved


def test_a_foreign_folder_and_a_missing_browser(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="not an offline folder"):
        rehearse(tmp_path)
    folder = offline_folder(tmp_path / "offline", [])
    with pytest.raises(EnvironmentMissing):
        rehearse(folder, RehearseOptions(browser=tmp_path / "no-browser"))


def test_slides_that_do_not_exist(tmp_path: Path) -> None:
    write(tmp_path / "x", "")
    folder = offline_folder(tmp_path / "offline", [Page("a")])
    rehearsal = rehearse(folder, RehearseOptions(slides=((9, 9),)))
    assert rehearsal.problem == "none of the slides asked for exists"
