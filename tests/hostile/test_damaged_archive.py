"""An archive that is damaged, or made to mislead: what is wrong is said, and never shown."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from bench.damage import HOST, OUTCOMES, Change, changes, exchange, judge, make_archive, shown
from deckarchive import archive as archives
from deckarchive.cli import run
from deckarchive.errors import ArchiveError
from deckarchive.warc import Warc, WarcWriter, read_entries, read_warc
from deckarchive.warc.digests import parse_digest
from deckarchive.warc.members import begins

KINDS = [
    ("data.warc.gz", 60, False),
    ("data.warc.gz", 12, True),
    ("capture.json", 20, False),
    ("report.json", 20, False),
    ("manifest.json", 20, False),
    ("screenshot.png", 12, False),
]
FIRST = f"{HOST}/0/"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return make_archive(tmp_path)


@pytest.fixture
def target(out: Path) -> Path:
    return min((out / "targets").iterdir())


@pytest.mark.parametrize(("name", "count", "cut"), KINDS)
def test_a_change_is_harmless_repaired_or_told(
    out: Path, name: str, count: int, cut: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    expected = shown(out)
    seen: Counter[str] = Counter()
    for change in changes(out, name, count, cut=cut, seed=7):
        outcome, said = judge(out, change, expected, "status")
        assert outcome not in ("unnamed", "crash"), (change, said)
        seen[outcome] += 1
    assert sum(seen[one] for one in OUTCOMES) == count
    if name == "data.warc.gz":
        assert seen["told"] > count / 2, "most of a WARC is content"
    assert capfd.readouterr() == ("", ""), "nothing beside what the command says"


def entry(target: Path, url: str, kind: str = "response") -> tuple[int, int]:
    found = read_warc(target / "data.warc.gz").entries
    return next((e.offset, e.length) for e in found if (e.kind, e.uri) == (kind, url))


def flip(target: Path, at: int, bit: int = 3) -> None:
    Change("data.warc.gz", at, bit).apply(target)


def test_what_is_lost_is_named_with_its_slide_and_the_way_back(
    out: Path, target: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(out.parent.parent)
    offset, length = entry(target, f"{FIRST}a.png")
    flip(target, offset + length // 2)
    for command in (["status", "archives/talk"], ["rewrite", "talk.md"]):
        assert run(command) == 3
        text, err = capfd.readouterr()
        assert err == ""
        assert f"damaged: {target.name} (slide 1/0): the response of {FIRST}a.png" in text
        assert f"the revisit of {FIRST}same.png" in text
        assert "deckarchive capture talk.md --output archives/talk --refresh " \
            f"--only {target.name}\n" in text  # fmt: skip
    for other in (f"{FIRST}a.css", f"{FIRST}a.js", FIRST):
        assert archives.open_archive(out).lookup(other), "what follows is found again"


def test_exact_replay_has_nothing_damaged_and_says_so(out: Path, target: Path) -> None:
    from deckarchive.exact import find_exact

    offset, length = entry(target, f"{FIRST}a.css")
    flip(target, offset + length // 2)
    said: list[str] = []
    found = find_exact(out, None, said.append)
    assert found.source.find("GET", f"{FIRST}a.css", ()) is None
    assert found.source.find("GET", f"{FIRST}a.png", ()) is not None
    assert any(f"{FIRST}a.css" in line and "damaged" in line for line in said)


def test_an_answer_is_known_by_its_request_when_nothing_of_it_can_be_read(
    out: Path, target: Path
) -> None:
    offset, _ = entry(target, f"{FIRST}a.css")
    data = bytearray((target / "data.warc.gz").read_bytes())
    data[offset : offset + 60] = b"\xff" * 60
    (target / "data.warc.gz").write_bytes(data)
    found = read_warc(target / "data.warc.gz")
    assert [(loss.kind, loss.url) for loss in found.losses] == [("response", f"{FIRST}a.css")]


def test_a_record_that_is_gone_without_a_trace_is_counted(out: Path, target: Path) -> None:
    path = target / "data.warc.gz"
    offset, length = entry(target, f"{FIRST}a.css")
    data = path.read_bytes()
    path.write_bytes(data[:offset] + data[offset + length :])
    archive = archives.open_archive(out)
    archive.examine()
    assert [one.reason for one in archive.damage] == ["data.warc.gz: 1 of 8 answers are missing"]
    offset, length = entry(target, FIRST, "metadata")
    path.write_bytes(data[:-length])
    archive = archives.open_archive(out)
    archive.examine()
    assert "were written" in archive.damage[0].reason


@pytest.mark.parametrize("gone", ["data.warc.gz", "capture.json", "screenshot.png"])
def test_a_file_that_is_missing_is_told_or_repaired(out: Path, target: Path, gone: str) -> None:
    (target / gone).unlink()
    archive = archives.open_archive(out)
    archive.examine()
    (one,) = (one for one in archive.damage if gone in one.reason)
    assert one.gap is (gone == "data.warc.gz")
    assert target.name in archive.records


def test_what_lies_in_a_damaged_body_does_not_pass_for_a_record(tmp_path: Path) -> None:
    inner, outer = tmp_path / "inner.warc.gz", tmp_path / "outer.warc.gz"
    with WarcWriter(inner, info={}) as warc:
        for url, size in (("a", 200_000), ("bank", 2000), ("b", 200_000)):
            body = random.Random(url).randbytes(size)
            warc.write(exchange(f"https://{url}.example/", body, "image/png"))
    with WarcWriter(outer, info={}) as warc:
        warc.write(exchange(FIRST, b"page", "text/html"))
        warc.write(exchange(f"{FIRST}x.warc.gz", inner.read_bytes(), "application/gzip"))
        warc.write(exchange(f"{FIRST}z", b"after", "text/html"))
    body = inner.read_bytes()
    data = bytearray(outer.read_bytes())
    start = next(e.offset for e in read_entries(inner) if e.uri == "https://bank.example/")
    place = data.find(body[start : start + 300])
    assert place > 0, "the member lies there as it is"
    offset = next(e.offset for e in read_entries(outer) if e.uri.endswith(".gz"))
    data[offset + 40] ^= 1
    outer.write_bytes(data)
    assert begins(io.BytesIO(data), place) is not None
    found = read_warc(outer)
    assert {e.url for e in found.exchanges} == {FIRST, f"{FIRST}z"}
    assert found.losses


def foreign(path: Path, *, packed: bool, **fields: str) -> Path:
    """One response as another tool writes it, between two others."""
    with path.open("wb") as stream:
        out = WARCWriter(stream, gzip=packed)
        for url, more in ((f"{HOST}/a", {}), (f"{HOST}/b", fields), (f"{HOST}/c", {})):
            body = b"4\r\nbody\r\n0\r\n\r\n" if url.endswith("b") else b"other"
            lines = [("Transfer-Encoding", "chunked")] if url.endswith("b") else []
            head = StatusAndHeaders("200 OK", lines, protocol="HTTP/1.1")
            record = out.create_warc_record(
                url, "response", payload=io.BytesIO(body), length=len(body), http_headers=head,
                warc_headers_dict={"WARC-Target-URI": url, **more},
            )  # fmt: skip
            if "WARC-Block-Digest" not in more:
                record.rec_headers.add_header("WARC-Block-Digest", "unknown:x")
            out.write_record(record)
    return path


def urls_of(found: Warc) -> list[str]:
    return [e.url.removeprefix(f"{HOST}/") for e in found.exchanges]


@pytest.mark.parametrize("packed", [True, False])
def test_a_body_that_is_not_that_of_its_digest_is_not_used(tmp_path: Path, packed: bool) -> None:
    wrong = "sha1:" + base64.b32encode(hashlib.sha1(b"other").digest()).decode()
    path = foreign(tmp_path / "f.warc", packed=packed, **{"WARC-Payload-Digest": wrong})
    found = read_warc(path)
    assert urls_of(found) == ["a", "c"]
    assert [(loss.url, loss.reason) for loss in found.losses] == [
        (f"{HOST}/b", "its body is not what its digest says")
    ]


@pytest.mark.parametrize("body", [b"body", b"4\r\nbody\r\n0\r\n\r\n"])
@pytest.mark.parametrize("write", [lambda d: base64.b32encode(d).decode(), bytes.hex])
@pytest.mark.parametrize("name", ["sha1", "sha256", "SHA-256", "md5"])
def test_digests_of_other_tools_are_understood(
    tmp_path: Path, body: bytes, write: Callable[[bytes], str], name: str
) -> None:
    digest = hashlib.new(name.lower().replace("-", ""), body).digest()
    declared = {"WARC-Payload-Digest": f"{name}:{write(digest)}"}
    found = read_warc(foreign(tmp_path / "f.warc", packed=True, **declared))
    assert urls_of(found) == ["a", "b", "c"]
    assert found.losses == []
    assert parse_digest(declared["WARC-Payload-Digest"])


@pytest.mark.parametrize("right", [True, False])
def test_a_digest_of_the_body_without_its_content_coding(tmp_path: Path, right: bool) -> None:
    """Some tools sum up what the browser showed (WARC 1.1, section 5.9, leaves it open)."""
    text = b"a page, a page, a page"
    digest = hashlib.sha1(text if right else b"another page").digest()
    head = StatusAndHeaders("200 OK", [("Content-Encoding", "gzip")], protocol="HTTP/1.1")
    body = gzip.compress(text)
    path = tmp_path / "f.warc.gz"
    with path.open("wb") as stream:
        out = WARCWriter(stream, gzip=True)
        record = out.create_warc_record(
            f"{HOST}/a", "response", payload=io.BytesIO(body), length=len(body), http_headers=head,
            warc_headers_dict={"WARC-Payload-Digest": f"sha1:{base64.b32encode(digest).decode()}"},
        )  # fmt: skip
        record.rec_headers.add_header("WARC-Block-Digest", "unknown:x")
        out.write_record(record)
    found = read_warc(path)
    assert urls_of(found) == (["a"] if right else [])
    assert len(found.losses) == (not right)


def test_a_digest_of_no_known_kind_says_nothing(tmp_path: Path) -> None:
    for value in ("sha1:X", "crc32:12345678", "nonsense", "", "sha1:"):
        assert parse_digest(value) is None
        path = foreign(tmp_path / "f.warc", packed=True, **{"WARC-Payload-Digest": value or "x"})
        assert urls_of(read_warc(path)) == ["a", "b", "c"]


def test_a_plain_file_is_read_on_behind_a_damaged_record(tmp_path: Path) -> None:
    path = foreign(tmp_path / "f.warc", packed=False)
    data = path.read_bytes()
    at = data.find(b"Content-Length: ", data.find(f"{HOST}/b".encode()))
    path.write_bytes(data[:at] + b"Content-Length: 9" + data[at + 16 :])
    found = read_warc(path)
    assert urls_of(found) == ["a", "c"]
    assert len(found.losses) == 1


@pytest.mark.parametrize(
    ("uri", "url"),
    [
        (f"<{HOST}/b>", "b"),
        (f"{HOST}/b c", "b%20c"),
        (f"{HOST}/ä", "%C3%A4"),
        (f"{HOST}/\x01b", "%01b"),
        (f"{HOST}/{'x' * 900_000}", "x" * 900_000),
        ("pages.example/b", None),
        ("//pages.example/b", None),
        ("https://", None),
        ("https://a b/", None),
        ("", None),
        ("javascript:alert(1)", None),
    ],
    ids=range(11),
)
def test_odd_target_uris_are_taken_or_noted(tmp_path: Path, uri: str, url: str | None) -> None:
    path = foreign(tmp_path / "f.warc", packed=True)
    records = [gzip.decompress(path.read_bytes())]
    plain = records[0].replace(
        f"WARC-Target-URI: {HOST}/b\r\n".encode(), f"WARC-Target-URI: {uri}\r\n".encode()
    )
    path.write_bytes(plain)
    found = read_warc(path)
    assert urls_of(found) == ["a", *([url] if url else []), "c"]
    if url is None and not uri.startswith("javascript"):
        assert len(found.notes) == 1
    assert all(note.isprintable() and len(note) < 500 for note in found.notes)


@pytest.mark.timeout(60)
def test_a_file_made_of_beginnings_is_given_up_in_time(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    with WarcWriter(path, info={}) as warc:
        warc.write(exchange(FIRST, b"page", "text/html"))
    path.write_bytes(path.read_bytes() + b"\x1f\x8b\x08" * 4_000_000)
    began = time.monotonic()
    found = read_warc(path)
    assert [e.url for e in found.exchanges] == [FIRST]
    assert found.losses
    assert time.monotonic() - began < 30


@pytest.mark.timeout(60)
def test_members_inside_members_are_given_up_in_time(tmp_path: Path) -> None:
    """Each is damaged at its very end, and the next one begins a few bytes into it."""
    data = b""
    for _ in range(3000):
        raw = b"WARC/1.1\r\nContent-Length: 9999999\r\n\r\n" + data[:60_000]
        packed = bytearray(gzip.compress(raw, 0, mtime=0))
        packed[-8:-4] = b"\0\0\0\0"
        data = bytes(packed[:65_000])
    path = tmp_path / "a.warc.gz"
    path.write_bytes(data * 20)
    began = time.monotonic()
    with pytest.raises(ArchiveError, match="holds no whole WARC record"):
        read_warc(path)
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("name", ["data.warc.gz", "capture.json", "screenshot.png"])
def test_a_file_that_leads_out_of_its_folder_is_refused(
    out: Path, target: Path, tmp_path: Path, name: str
) -> None:
    (target / name).rename(tmp_path / "elsewhere")
    (target / name).symlink_to(tmp_path / "elsewhere")
    archive = archives.open_archive(out)
    archive.examine()
    assert any(name in one.reason for one in archive.damage)
    assert archive.warc_path(target.name) is None or name != "data.warc.gz"
    taken = archive.screenshot(target.name)
    assert not isinstance(taken, Path) or name != "screenshot.png"


def test_a_target_that_is_a_link_or_has_another_name_is_left_out(
    out: Path, target: Path, tmp_path: Path
) -> None:
    (tmp_path / "moved").mkdir()
    target.rename(tmp_path / "moved" / target.name)
    target.symlink_to(tmp_path / "moved" / target.name)
    archive = archives.open_archive(out)
    assert target.name not in archive.records
    assert any("is a link" in note for note in archive.notes)
    target.unlink()
    (tmp_path / "moved" / target.name).rename(out / "targets" / "other")
    archive = archives.open_archive(out)
    assert list(archive.records) == [max((out / "targets").iterdir()).name]
    (tmp_path / "all").mkdir()
    (out / "targets").rename(tmp_path / "all" / "targets")
    (out / "targets").symlink_to(tmp_path / "all" / "targets")
    with pytest.raises(ArchiveError, match="is a link"):
        archives.open_archive(out)


def test_records_name_no_picture_elsewhere(out: Path, target: Path) -> None:
    (out / "report.json").unlink()
    data = json.loads((target / "capture.json").read_text())
    for name in ("../../../talk.md", "/etc/passwd", "..", "a/b.png", "C:x.png", "\\x.png"):
        data["views"][0]["screenshot"] = name
        (target / "capture.json").write_text(json.dumps(data))
        archive = archives.open_archive(out)
        assert target.name not in archive.records
        assert any("views[0].screenshot" in note for note in archive.notes)
