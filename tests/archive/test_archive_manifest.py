"""The manifest that an archive keeps: what was captured, the targets of scripts among it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.damage import HOST, make_archive
from deckarchive import archive as archives
from deckarchive import files, pipeline
from deckarchive.cli import run
from deckarchive.model import (
    Embed,
    Manifest,
    manifest_in_force,
    runtime_targets,
    with_runtime_embeds,
)

MADE = "https://made.test/page"


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return make_archive(tmp_path)


def keep(out: Path, manifest: Manifest) -> None:
    """As an archive that was made elsewhere: no report that knows its sum."""
    files.write_json(out / "manifest.json", manifest.to_dict())
    report = json.loads((out / "report.json").read_text())
    files.write_json(out / "report.json", {**report, "manifest": ""})


def grown(out: Path) -> Manifest:
    kept = archives.open_archive(out).manifest
    assert kept is not None
    return with_runtime_embeds(kept, [Embed(kind="iframe", url=MADE, slide=(1, 0))])


def test_later_steps_read_it(out: Path) -> None:
    """The deck has no record of its own here: only the archive's manifest knows the target."""
    keep(out, grown(out))
    made = pipeline.make_manifest(Path("talk.md"))
    opened = archives.open_archive(out)
    in_force = manifest_in_force(made, opened.manifest, opened.records)
    assert [t.url for t in runtime_targets(in_force)] == [MADE]
    status = pipeline.run_status(out).report
    assert [(t.url, t.state) for t in status.targets] == [
        (f"{HOST}/0/", "captured"), (f"{HOST}/1/", "captured"), (MADE, "missing"),
    ]  # fmt: skip
    rewritten = pipeline.run_rewrite(Path("talk.md"), None, None).report
    assert MADE in {target.url for target in rewritten.targets}


def test_an_archive_without_one_is_read_as_before(out: Path) -> None:
    (out / "manifest.json").unlink()
    report = json.loads((out / "report.json").read_text())
    del report["manifest"]
    files.write_json(out / "report.json", report)
    opened = archives.open_archive(out)
    assert (opened.manifest, opened.damage) == (None, [])
    assert run(["rewrite", "talk.md"]) == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": "../../../talk"}, "targets[0].id"),
        ({"url": "file:///etc/passwd"}, "targets[0].url"),
        ({"kind": "frame"}, "targets[0].kind"),
        (
            {"references": [{"span": [0, 1], "file": "/x"}]},
            "targets[0].references[0].file",
        ),
    ],
)
def test_a_hostile_one_is_named_with_its_place_and_not_used(
    out: Path, change: dict[str, object], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    data = grown(out).to_dict()
    data["targets"][0] |= change
    report = json.loads((out / "report.json").read_text())
    files.write_json(out / "report.json", {**report, "manifest": ""})
    files.write_json(out / "manifest.json", data)
    assert archives.open_archive(out).manifest is None
    assert run(["rewrite", "talk.md"]) == 0
    assert f"note: manifest.json: {said}" in capfd.readouterr().out


def test_one_that_is_a_link_or_no_file_is_not_read(out: Path, tmp_path: Path) -> None:
    kept = out / "manifest.json"
    elsewhere = kept.rename(tmp_path / "elsewhere.json")
    kept.symlink_to(elsewhere)
    assert archives.open_archive(out).manifest is None
    kept.unlink()
    kept.mkdir()
    assert archives.open_archive(out).manifest is None
