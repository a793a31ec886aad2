"""Whose an archive folder is: said before anything is captured, and kept to."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bench.hostile.kit import ONE, page
from bench.hostile.server import hostile_web
from bench.shoot import command, target, write_manifest
from deckarchive import files
from deckarchive.crawler.folder import claimed
from deckarchive.errors import OutputError
from deckarchive.model import CaptureRecord, DeckInfo
from deckarchive.naming import default_name

MINE = DeckInfo(path="a/talk.md", format="reveal-md", title="Talk", sha256="a" * 64)
OTHER = DeckInfo(path="b/talk.md", format="reveal-md", title="Talk", sha256="b" * 64)


def archive_of(out: Path, owner: DeckInfo | None, *ids: str, **kinds: str) -> Path:
    for name in (*ids, *kinds):
        kind = kinds.get(name, "iframe")
        record = {"id": name, "kind": kind, "url": "https://a.test/", "state": "captured"}
        (out / "targets" / name).mkdir(parents=True)
        files.write_json(
            out / "targets" / name / "capture.json", CaptureRecord.from_dict(record).to_dict()
        )
    if owner:
        files.write_json(out / "report.json", {"version": 1, "deck": owner.to_dict()})
    return out


def is_taken(out: Path, deck: DeckInfo, *pages: str) -> bool:
    try:
        with claimed(out, deck, pages):
            return True
    except OutputError:
        return False


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_of_another_deck_is_refused(here: Path) -> None:
    out = archive_of(here / "archive", MINE, "one", "two")
    with pytest.raises(OutputError, match=r"belongs to a/talk\.md, not to b/talk\.md"), \
            claimed(out, OTHER, ["three"]):  # fmt: skip
        pytest.fail("not to be claimed")
    assert sorted(p.name for p in out.iterdir()) == ["report.json", "targets"]
    assert not is_taken(archive_of(here / "early", MINE), OTHER, "three"), "no target as yet"
    assert not is_taken(archive_of(here / "old", None, "one"), OTHER, "three"), "no report"


def test_the_same_deck_goes_on(here: Path) -> None:
    out = archive_of(here / "archives" / "talk", MINE, "one", "two", "deck")
    edited = replace(MINE, sha256="c" * 64)
    moved = replace(MINE, path="elsewhere/talk.md")
    both = replace(moved, sha256="c" * 64)
    absolute = replace(edited, path=str(here / "a" / "talk.md"))
    assert is_taken(out, MINE, "three")
    assert is_taken(out, edited, "three"), "edited"
    assert is_taken(out, moved, "three"), "moved"
    assert is_taken(out, absolute, "three"), "named from the root"
    assert is_taken(out, both, "one", "three"), "moved, edited, and its pages known again"
    assert not is_taken(out, both, "three"), "nothing in common any more"
    assert is_taken(archive_of(here / "old", None, "one"), both, "one"), "no report, a page"
    assert is_taken(here / "new", both)
    parts = archive_of(here / "parts", MINE, "one", css="stylesheet", js="script", a="image")
    assert is_taken(parts, both, "one"), "with another reveal.js, too"
    assert not is_taken(parts, both, "three")


def test_from_another_working_folder_the_archives_place_tells(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = archive_of(here / "archives" / "talk", MINE, "one")
    (here / "sub").mkdir()
    monkeypatch.chdir(here / "sub")
    assert is_taken(out, replace(MINE, path="../a/talk.md", sha256="c" * 64), "three")


@pytest.mark.browser
@pytest.mark.timeout(120)
def test_a_killed_capture_leaves_a_folder_with_its_owner(tmp_path: Path) -> None:
    first = tmp_path / "first" / "talk.md"
    second = tmp_path / "second" / "talk.md"
    for path in (first, second):
        path.parent.mkdir()
        path.write_text("# Talk")
    with hostile_web() as web:
        web.routes["/slow/"] = page("Slow", "<img src=/never.png>")
        web.routes["/other/"] = page("Other", "text")
        made = write_manifest([target(f"{ONE}/slow/")], tmp_path / "m.json", path=str(first))
        out = tmp_path / "archives" / "talk"
        running = subprocess.Popen(
            command(made, out, web.proxy, 1, 60), start_new_session=True, stderr=subprocess.PIPE
        )
        while not any(asked.url.endswith("/slow/") for asked in web.log):
            assert running.poll() is None, running.communicate()[1]
            time.sleep(0.02)
        os.killpg(running.pid, 9)
        running.communicate()
        report = json.loads((out / "report.json").read_text())
        assert report["deck"]["path"] == str(first)
        assert report["interrupted"] is True
        assert default_name(first, tmp_path) == "talk"
        assert default_name(second, tmp_path) == "second-talk"
        made = write_manifest([target(f"{ONE}/other/")], tmp_path / "o.json", path=str(second),
                              sha256="1" * 64)  # fmt: skip
        done = subprocess.run(command(made, out, web.proxy, 1, 20), stderr=subprocess.PIPE,
                              text=True, check=False)  # fmt: skip
        assert done.returncode == 4
        (line,) = done.stderr.strip().splitlines()
        assert str(first) in line
        assert str(second) in line
        assert not any(asked.url.endswith("/other/") for asked in web.log)
