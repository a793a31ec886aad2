"""Reading an archive folder: its records, exchanges, status, and the forms for other tools."""

import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from surt import surt

from deckarchive import archive as room
from deckarchive.errors import ArchiveError, OutputError
from deckarchive.heads import Head
from deckarchive.model import (
    CaptureRecord,
    DeckInfo,
    Kind,
    Manifest,
    RecordedExchange,
    Reference,
    State,
    Target,
    View,
)
from deckarchive.warc import WarcWriter

PLACE = Reference(slide=(0, 0), file="talk.md", line=1, column=1, span=(0, 1), raw="x")
NOW = datetime(2030, 1, 3, tzinfo=UTC)


def exchange(url: str, body: bytes, status: str = "200 OK") -> RecordedExchange:
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n".encode()
    asked = b"GET /" + url.split("/", 3)[3].encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    return RecordedExchange(
        method="GET",
        url=url,
        request_head=asked,
        request_body=BytesIO(),
        request_size=0,
        status=int(status[:3]),
        reason=status[4:],
        http_version="HTTP/1.1",
        response_head=head,
        request_headers=Head(asked).fields,
        headers=Head(head).fields,
        body=BytesIO(body),
        size=len(body),
        truncated="",
        started=datetime(2030, 1, 1, tzinfo=UTC),
        seconds=0.1,
    )


def record(id: str, url: str, **more) -> CaptureRecord:
    values = {"kind": "iframe", "state": State.CAPTURED, "started": "2030-01-01T00:00:00+00:00"}
    return CaptureRecord(id=id, url=url, **{**values, **more})


def add(path: Path, captured: CaptureRecord, *exchanges: RecordedExchange) -> None:
    folder = path / "targets" / captured.id
    folder.mkdir(parents=True)
    (folder / "capture.json").write_text(json.dumps(captured.to_dict()))
    with WarcWriter(folder / "data.warc.gz", info={"software": "test"}) as warc:
        for one in exchanges:
            warc.write(one)
        if captured.views:
            warc.screenshot(captured.url, b"PNG")
            (folder / "screenshot.png").write_bytes(b"PNG")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "talk"
    first = "https://www.example.test/a"
    add(
        path,
        record(
            "a",
            first,
            title="Ä page",
            bytes=1500,
            views=(View(fragment="", screenshot="screenshot.png"),),
        ),
        exchange("https://www.example.test/a", b"early", "503 Busy"),
        exchange("https://www.example.test/a", b"<p>page" * 100),
        exchange("https://www.example.test/a.css?v=2", b"p{}"),
    )
    reason = "connection refused"
    add(path, record("b", "http://down.test/", state=State.FAILED, reason=reason))
    return path


def test_records_exchanges_and_pictures(folder: Path) -> None:
    archive = room.open_archive(folder)
    assert list(archive.records) == ["a", "b"]
    assert [e.status for e in archive.exchanges("a")] == [503, 200, 200]
    assert archive.exchanges("b") == archive.exchanges("unknown") == []
    best = archive.lookup("https://www.example.test/a#part")
    assert best
    assert best.open_body().read() == b"<p>page" * 100
    assert archive.lookup("https://www.example.test/a", id="b") is None
    assert archive.screenshot("a") == folder / "targets" / "a" / "screenshot.png"
    assert archive.screenshot("b") is None
    assert archive.report == {}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("capture.json", "{"),
        ("capture.json", "[]"),
        ("capture.json", '{"id": "a"}'),
        ("capture.json", '{"id": "a", "kind": "x", "url": "u", "state": "odd"}'),
        ("capture.json", "\x00"),
    ],
)
def test_one_broken_target_does_not_hide_the_others(folder: Path, name: str, content: str) -> None:
    (folder / "targets" / "a" / name).write_text(content)
    archive = room.open_archive(folder)
    assert list(archive.records) == ["b"]
    assert archive.notes[0].startswith("targets/a left out: ")


def test_a_broken_warc_or_report_is_a_note(folder: Path) -> None:
    (folder / "targets" / "a" / "data.warc.gz").write_bytes(b"junk")
    (folder / "report.json").write_text("{")
    archive = room.open_archive(folder)
    assert archive.exchanges("a") == []
    assert len(archive.notes) == len(archive.damage) == 1
    assert all("\n" not in note for note in archive.notes)


def test_a_picture_never_comes_from_outside_its_folder(folder: Path) -> None:
    views = (View(fragment="", screenshot="../b/capture.json"),)
    changed = record("a", "https://www.example.test/a", views=views)
    (folder / "targets" / "a" / "capture.json").write_text(json.dumps(changed.to_dict()))
    assert room.open_archive(folder).screenshot("a") is None


def test_what_is_no_archive(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no archive at"):
        room.open_archive(tmp_path / "missing")
    with pytest.raises(ArchiveError, match="no targets/ folder"):
        room.open_archive(tmp_path)
    (tmp_path / "targets" / "x").mkdir(parents=True)
    with pytest.raises(ArchiveError, match="no finished capture"):
        room.open_archive(tmp_path)


def manifest(*targets: tuple[str, str]) -> Manifest:
    return Manifest(
        deck=DeckInfo(path="talk.md", format="reveal-md", title="Talk", sha256="0"),
        targets=tuple(
            Target(id=id, kind=Kind.IFRAME, url=url, references=(PLACE,)) for id, url in targets
        ),
    )


def test_the_status_table(folder: Path) -> None:
    archive = room.open_archive(folder)
    wanted = manifest(("b", "http://down.test/"), ("c", "http://new.test/"))
    status = room.archive_status(archive, wanted, now=NOW)
    table = status.table().splitlines()
    assert [" ".join(line.split()) for line in table] == [
        "target state size age reason",
        "b failed 0 B 2 d connection refused",
        "c missing 0 B - not captured yet",
        "a captured 1.5 kB 2 d",
        "",
        "3 targets: 1 failed, 1 missing, 1 captured; 1.5 kB",
    ]
    data = json.loads(json.dumps(status.to_dict()))
    assert [t["state"] for t in data["targets"]] == ["failed", "missing", "captured"]
    assert data["targets"][2]["age"] == 2 * 86400


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.test/",
        "http://example.test:8080/A/B/?b=2&a=1#frag",
        "https://WWW2.Example.Test/Path/index.html",
        "http://192.0.2.7/x",
        "https://a.b.c.example.test/?q=%C3%A4&Q=2",
        "https://example.test/dir/",
        "https://example.test/a//b?",
        "https://example.test/a;b=c/d,e",
    ],
)
def test_url_keys_equal_those_of_replay_tools(url: str) -> None:
    assert room.urlkey(url) == surt(url)


def test_the_index_finds_every_record(folder: Path, tmp_path: Path) -> None:
    archive = room.open_archive(folder)
    out = tmp_path / "index.cdxj"
    assert room.write_cdxj(archive, out) == 4
    lines = out.read_text("utf-8").splitlines()
    assert lines == sorted(lines)
    for line in lines:
        key, stamp, fields = line.split(" ", 2)
        found = json.loads(fields)
        assert key == room.urlkey(found["url"])
        assert len(stamp) == 14
        offset, length = int(found["offset"]), int(found["length"])
        data = (folder / found["filename"]).read_bytes()[offset : offset + length]
        assert data[:2] == b"\x1f\x8b"
        assert len(data) == length


VALIDATION = """
import sys
from wacz.validate import Validation
checks = Validation(sys.argv[1])
assert checks.version == "1.1.1"
assert checks.check_required_contents() == 0
assert checks.frictionless_validate()
assert checks.check_file_paths()
assert checks.check_file_hashes()
assert checks.check_compression()
assert checks.check_indexes()
assert checks.check_data_package_hash_and_sig()
"""


def test_the_wacz_is_accepted_by_its_validator(folder: Path, tmp_path: Path) -> None:
    archive = room.open_archive(folder)
    out = room.write_wacz(archive, tmp_path / "new" / "talk.wacz", title="Talk")
    # In a process of its own: the validator leaves files open.
    command = [sys.executable, "-c", VALIDATION, str(out)]
    subprocess.run(command, check=True, capture_output=True)
    with zipfile.ZipFile(out) as zipped:
        stored = zipped.getinfo("archive/a.warc.gz")
        assert stored.compress_type == zipfile.ZIP_STORED
        original = (folder / "targets" / "a" / "data.warc.gz").read_bytes()
        assert zipped.read(stored) == original
        pages = [json.loads(line) for line in zipped.read("pages/pages.jsonl").splitlines()]
    assert pages[0]["format"] == "json-pages-1.0"
    assert [(p["url"], p["title"]) for p in pages[1:]] == [("https://www.example.test/a", "Ä page")]
    assert pages[0]["hasText"] is True
    assert pages[1]["text"].split() == ["page"] * 100


def test_a_wacz_is_written_whole_or_not_at_all(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError):
        room.write_wacz(room.open_archive(folder), tmp_path / "file" / "talk.wacz")
    archive = room.open_archive(folder)
    (folder / "targets" / "b" / "data.warc.gz").unlink()
    (folder / "targets" / "b" / "data.warc.gz").mkdir()
    out = room.write_wacz(archive, tmp_path / "talk.wacz")
    assert zipfile.ZipFile(out).testzip() is None
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "talk", "talk.wacz"]
