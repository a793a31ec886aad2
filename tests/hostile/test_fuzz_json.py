"""Any value in any place of the JSON that steps hand on: taken, or refused with its place.

Seeded: each case is one change of a valid file. A command must end in a documented exit code, in
lines for a person, and never in "internal error".
"""

from __future__ import annotations

import copy
import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest

from bench.damage import make_archive
from deckarchive import deck as decks
from deckarchive import manifest as manifests
from deckarchive.cli import run
from deckarchive.crawler.folder import claimed
from deckarchive.crawler.options import CaptureOptions
from deckarchive.crawler.report import gaps, shown_on
from deckarchive.errors import ArchiveError, ManifestError
from deckarchive.model import Manifest, OfflineDeck, with_records
from deckarchive.server import open_offline

T = TypeVar("T")
WRONG: Final[list[Any]] = [
    None, True, False, 0, -1, 1.5, 1e308, float("nan"), float("inf"), 10**40, "", "x", "../../x",
    "/etc/passwd", "C:\\x", "a\0b", "\x1b[2J", "\ud800", "x" * 100_000, "https://", "http://[",
    [], [1], [None], ["a", "b"], [[[[[[]]]]]], {}, {"a": 1}, {"": None},
]  # fmt: skip
CODES = frozenset({0, 2, 3, 4, 5})


def places(data: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where every value stands, the whole file among them."""
    yield way
    items: Any = ()
    if isinstance(data, dict):
        items = data.items()
    elif isinstance(data, list):
        items = enumerate(data)
    for key, value in items:
        yield from places(value, (*way, key))


def changed(data: Any, way: tuple[str | int, ...], value: Any) -> Any:
    """A copy with another value in one place."""
    if not way:
        return value
    made = copy.deepcopy(data)
    inner = made
    for step in way[:-1]:
        inner = inner[step]
    inner[way[-1]] = value
    return made


def without(data: Any, way: tuple[str | int, ...]) -> Any:
    made = copy.deepcopy(data)
    inner = made
    for step in way[:-1]:
        inner = inner[step]
    del inner[way[-1]]
    return made


def cases(data: Any, count: int, seed: int) -> Iterator[str]:
    """Seeded files: one value replaced, one member gone or twice there, or broken as text."""
    chance = random.Random(seed)
    ways = list(places(data))
    text = json.dumps(data)
    for number in range(count):
        way = chance.choice(ways)
        if number % 10 == 8 and way:
            yield json.dumps(without(data, way))
        elif number % 10 == 9:
            at = chance.randrange(len(text))
            broken = ["", "[" * 100_000, "9" * 5000, "\x00", '"\\ud800"', "}"]
            yield text[:at] + chance.choice(broken) + text[at + 1 :]
        else:
            yield json.dumps(changed(data, way, chance.choice(WRONG)))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    make_archive(tmp_path)
    return tmp_path


def well(code: int, capfd: pytest.CaptureFixture[str], case: str) -> None:
    out, err = capfd.readouterr()
    assert code in CODES, (err, case[:2000])
    assert "internal error" not in err, (err, case[:2000])
    assert "Traceback" not in out + err
    assert "\x1b" not in out + err


def taken_or_refused(read: Callable[[Path], T], path: Path) -> T | None:
    """What is read, or ``None`` where one line refuses it and names the file."""
    try:
        return read(path)
    except (ManifestError, ArchiveError) as error:
        said = str(error)
    assert str(path) in said
    assert "\n" not in said
    assert len(said) < 1000
    return None


def test_manifests(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    made, _ = _manifest(here)
    taken = 0
    for number, case in enumerate(cases(made.to_dict(), 1000, seed=1)):
        (here / "m.json").write_text(case)
        found = taken_or_refused(manifests.load_manifest, here / "m.json")
        if found is not None:
            taken += 1
            assert Manifest.from_dict(json.loads(json.dumps(found.to_dict()))) == found
            _plan(found, here)
        if number % 25 == 0:
            well(run(["capture", "m.json", "--browser", "nowhere/chromium"]), capfd, case)
    assert taken > 50
    assert sorted(p.name for p in here.iterdir()) == ["archives", "m.json", "plan", "talk.md"]


def _manifest(here: Path) -> tuple[Manifest, Path]:
    deck = decks.read_deck(here / "talk.md")
    path = here / "m.json"
    made = manifests.build_manifest(deck, decks.find_references(deck))
    manifests.save_manifest(manifests.with_path(made, "talk.md"), path)
    return manifests.load_manifest(path), path


def _plan(found: Manifest, here: Path) -> None:
    """What a capture does with a manifest before it starts a browser."""
    options = CaptureOptions()
    for target in found.targets:
        assert options.for_target(target)
        assert target.fragments
        assert target.frame_size is None or min(target.frame_size) >= 0
    with_records(found, {})
    gaps(found, ())
    shown_on(found)
    manifests.manifest_table(found)
    shutil.rmtree(here / "plan", ignore_errors=True)
    with claimed(here / "plan", found.deck, [t.id for t in found.targets]) as targets:
        for target in found.targets:
            assert (targets / target.id).resolve().parent == targets.resolve()


@pytest.mark.parametrize("name", ["capture.json", "report.json", "manifest.json"])
def test_archives(here: Path, capfd: pytest.CaptureFixture[str], name: str) -> None:
    out = here / "archives" / "talk"
    if name != "report.json":  # nothing else knows what it should be
        (out / "report.json").unlink()
    path = min((out / "targets").iterdir()) / name if name == "capture.json" else out / name
    data = json.loads(path.read_text())
    if name == "capture.json":
        use = {"kind": "click", "where": "a", "label": "b", "changed": True, "at_once": True}
        data |= {
            "uses": [use],
            "missing": [{"url": "https://a.test/", "reason": "lost"}],
            "embeds": [{"kind": "iframe", "url": "https://a.test/", "slide": [0, 0], "size": None}],
            "charsets": {"https://pages.example/0/": "windows-1252"},
            "redacted": {"cookie": 1},
        }
    for number, case in enumerate(cases(data, 150, seed=2)):
        path.write_text(case)
        well(run(["status", "archives/talk"]), capfd, case)
        if number % 12 == 0:
            well(run(["rewrite", "talk.md"]), capfd, case)
            shutil.rmtree(here / "offline", ignore_errors=True)


def test_offline_folders(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["rewrite", "talk.md"]) == 0
    path = here / "offline" / "talk" / "deckarchive.json"
    data = json.loads(path.read_text())
    data["files"] = dict(list(data["files"].items())[:3])
    taken = 0
    for number, case in enumerate(cases(data, 600, seed=3)):
        path.write_text(case)
        found = taken_or_refused(open_offline, path.parent)
        if found is not None:
            taken += 1
            assert OfflineDeck.from_dict(json.loads(json.dumps(found.to_dict()))) == found
        if number % 30 == 0:
            well(run(["bundle", "offline/talk", "-o", "talk.zip"]), capfd, case)
        if number % 30 == 1:
            well(run(["rewrite", "talk.md"]), capfd, case)
    assert taken > 50
