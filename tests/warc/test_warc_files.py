"""WARC files: what is written is read back, and what others wrote or broke does no harm."""

import asyncio
import gzip
import io
import threading
import tracemalloc
import zlib
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
import zstandard
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.checker import Checker
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from deckarchive.errors import ArchiveError, OutputError
from deckarchive.heads import Head
from deckarchive.model import RecordedExchange
from deckarchive.warc import WarcWriter, read_entries, read_exchanges, read_warc, screenshot_uri
from tests import loops

PAGE = b"<!doctype html><p>" + b"words " * 100


def exchange(
    url: str = "https://example.test/",
    body: bytes = PAGE,
    head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
    *,
    request: bytes = b"",
    truncated: str = "",
    method: str = "GET",
) -> RecordedExchange:
    path = "/" + url.split("/", 3)[3]
    asked = f"{method} {path} HTTP/1.1\r\nHost: example.test\r\n\r\n".encode()
    version, status, reason = Head(head).status
    return RecordedExchange(
        method=method,
        url=url,
        request_head=asked,
        request_body=io.BytesIO(request),
        request_size=len(request),
        status=status,
        reason=reason,
        http_version=version,
        response_head=head,
        request_headers=Head(asked).fields,
        headers=Head(head).fields,
        body=io.BytesIO(body),
        size=len(body),
        truncated=truncated,
        started=datetime(2030, 1, 2, 3, 4, 5, 678, UTC),
        seconds=0.1,
        ip="192.0.2.1",
    )


def check(path: Path) -> None:
    class Arguments:
        inputs = (str(path),)
        verbose = False

    checker = Checker(Arguments())
    checker.process_all()
    assert checker.exit_value == 0
    with path.open("rb") as stream:
        assert all(r.verify_block_digest() for r in FastIterator(stream, parse_http=False))


def written(path: Path, *exchanges: RecordedExchange) -> Path:
    with WarcWriter(path, info={"software": "test 1", "format": "WARC File Format 1.1"}) as warc:
        for one in exchanges:
            warc.write(one)
    return path


def test_records_are_linked_and_dated(tmp_path: Path) -> None:
    path = written(tmp_path / "a.warc.gz", exchange(request=b"x=1", method="POST"))
    check(path)
    info, response, request = read_entries(path)
    assert (info.kind, response.kind, request.kind) == ("warcinfo", "response", "request")
    assert b"software: test 1\r\n" in info.open_payload().read()
    assert response.date == "2030-01-02T03:04:05.000678Z"
    assert response.fields["warc-ip-address"] == "192.0.2.1"
    assert request.fields["warc-concurrent-to"] == response.id
    (found,) = read_exchanges(path)
    assert (found.method, found.request_body, found.mime) == ("POST", b"x=1", "text/html")
    assert found.open_body().read() == found.open_body().read() == PAGE


def test_every_record_is_a_gzip_member_at_its_offset(tmp_path: Path) -> None:
    path = written(tmp_path / "a.warc.gz", exchange(), exchange("https://example.test/b", b"b"))
    data = path.read_bytes()
    entries = read_entries(path)
    assert sum(e.length for e in entries) == len(data)
    for entry in entries:
        record = gzip.decompress(data[entry.offset : entry.offset + entry.length])
        assert record.startswith(b"WARC/1.1\r\n")
        assert entry.id.encode() in record


def test_an_identical_payload_becomes_a_revisit(tmp_path: Path) -> None:
    other = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Second: yes\r\n\r\n"
    urls = [f"https://example.test/{n}" for n in range(3)]
    path = written(
        tmp_path / "a.warc.gz",
        exchange(urls[0], truncated="disconnect"),
        exchange(urls[1]),
        exchange(urls[2], head=other),
    )
    check(path)
    kinds = [e.kind for e in read_entries(path) if e.head and e.kind != "request"]
    assert kinds == ["response", "response", "revisit"]
    revisit = next(e for e in read_entries(path) if e.kind == "revisit")
    assert revisit.fields["warc-refers-to-target-uri"] == urls[1]
    found = read_exchanges(path)[2]
    assert (found.url, found.header("x-second"), found.size) == (urls[2], "yes", len(PAGE))
    assert found.open_body().read() == PAGE
    assert [e.truncated for e in read_exchanges(path)] == ["disconnect", "", ""]


def test_screenshots_and_metadata(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    with WarcWriter(path, info={}) as warc:
        warc.screenshot("https://example.test/", b"PNG", fragment="/3", viewport="1920x1080")
        warc.metadata("https://example.test/", {"title": "Näme\nover lines"})
    check(path)
    _, picture, metadata = read_entries(path)
    assert (picture.kind, picture.uri) == (
        "resource",
        screenshot_uri("https://example.test/", "/3"),
    )
    assert picture.fields["content-type"] == "image/png"
    assert picture.open_payload().read() == b"PNG"
    assert metadata.open_payload().read().decode() == "title: Näme over lines\r\n"


def test_many_threads_and_tasks_share_one_writer(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    with WarcWriter(path, info={}) as warc:
        threads = [
            threading.Thread(target=warc.write, args=(exchange(f"https://example.test/t{n}"),))
            for n in range(20)
        ]
        for thread in threads:
            thread.start()

        async def record() -> list[RecordedExchange]:
            given = [exchange(f"https://example.test/a{n}") for n in range(20)]
            await asyncio.gather(*map(warc.record, given))
            return given

        assert all(one.body.closed for one in loops.run(record()))
        for thread in threads:
            thread.join()
        assert warc.exchanges == 40
        assert warc.payload_bytes == 40 * len(PAGE)
    check(path)
    assert len(read_exchanges(path)) == 40


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        WarcWriter(tmp_path / "missing" / "a.warc.gz", info={})
    if Path("/dev/full").exists():
        with pytest.raises(OutputError, match="No space left"):
            WarcWriter(Path("/dev/full"), info={})


@pytest.mark.parametrize(
    "data", [b"", b"not a WARC at all\n" * 99, b"\x1f\x8b\x08broken", b"\0" * 999]
)
def test_what_is_no_warc_is_refused_in_one_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(data)
    with pytest.raises(ArchiveError) as caught:
        read_exchanges(path)
    assert "a.warc.gz" in str(caught.value)
    assert "\n" not in str(caught.value)
    with pytest.raises(ArchiveError):
        read_exchanges(tmp_path / "missing.warc.gz")


def test_a_file_cut_anywhere_keeps_the_records_before(tmp_path: Path) -> None:
    urls = [f"https://example.test/{n}" for n in range(4)]
    bodies = [bytes([n]) * 5000 + PAGE for n in range(4)]
    path = written(tmp_path / "a.warc.gz", *map(exchange, urls, bodies))
    data = path.read_bytes()
    ends = [e.offset + e.length for e in read_entries(path)]
    cut = tmp_path / "cut.warc.gz"
    for length in range(ends[0], len(data), 37):
        cut.write_bytes(data[:length])
        whole = sum(end <= length for end in ends)
        found = read_warc(cut)
        good = found.entries
        assert len(good) >= whole
        responses = sum(e.kind == "response" for e in good[:whole])
        read = [e.open_body().read() for e in found.exchanges[:responses]]
        assert read == bodies[:responses]


def test_damage_in_the_middle_is_noted(tmp_path: Path) -> None:
    path = written(tmp_path / "a.warc.gz", exchange(), exchange("https://example.test/b", b"b"))
    entries = read_entries(path)
    data = bytearray(path.read_bytes())
    data[entries[3].offset : entries[3].offset + 40] = b"\xff" * 40
    path.write_bytes(data)
    found = read_warc(path)
    assert [e.url for e in found.exchanges] == ["https://example.test/"]
    assert found.notes


def foreign(path: Path, *, compress: bool, version: str) -> Path:
    """What other tools write: chunked bodies, requests first, odd records, no digests."""
    with path.open("wb") as stream:
        out = WARCWriter(stream, gzip=compress, warc_version=version)

        def put(uri: str, kind: str, payload: bytes, head: StatusAndHeaders | None, **fields: str):
            record = out.create_warc_record(
                uri,
                kind,
                payload=io.BytesIO(payload),
                http_headers=head,
                length=len(payload),
                warc_headers_dict=fields,
            )
            out.write_record(record)

        put("dns:example.test", "response", b"20300101\nexample.test A 192.0.2.1", None)
        get = StatusAndHeaders("GET / HTTP/1.1", [("Host", "x")], is_http_request=True)
        put("http://example.test/", "request", b"", get)
        packed = brotli.compress(PAGE)
        fields = [("Transfer-Encoding", "chunked"), ("Content-Encoding", "br")]
        head = StatusAndHeaders("200 OK", fields, protocol="HTTP/1.1")
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed)
        put("http://example.test/", "response", body, head)
        lost = StatusAndHeaders("200 OK", [], protocol="HTTP/1.1")
        put("http://example.test/lost", "revisit", b"", lost, **{"WARC-Payload-Digest": "sha1:X"})
        put("http://example.test/x", "conversion", b"anything", None)
    return path


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("compress", [True, False])
def test_files_of_other_tools(tmp_path: Path, compress: bool, version: str) -> None:
    path = foreign(tmp_path / "f.warc", compress=compress, version=version)
    found = read_warc(path)
    (page,) = found.exchanges
    assert (page.method, page.status, page.open_body().read()) == ("GET", 200, PAGE)
    assert found.notes == ["http://example.test/lost: stored elsewhere, not in f.warc"]


def test_a_body_that_is_not_in_its_declared_coding_is_given_raw(tmp_path: Path) -> None:
    lying = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n"
    path = written(tmp_path / "a.warc.gz", exchange(body=b"plain text", head=lying))
    body = read_exchanges(path)[0].open_body()
    assert body.read() == b"plain text"
    assert body.fault


def test_a_cut_coded_body_gives_what_came(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    packed = gzip.compress(bytes(range(256)) * 400 + b"the end", compresslevel=0)
    path = written(
        tmp_path / "a.warc.gz", exchange(body=packed[:50_000], head=head, truncated="time")
    )
    read = read_exchanges(path)[0].open_body().read()
    assert len(read) > 40_000
    assert (bytes(range(256)) * 400).startswith(read)


def test_a_body_that_breaks_off_in_the_middle_does_not_raise(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    packed = bytearray(gzip.compress(bytes(range(256)) * 4000, compresslevel=0))
    packed[700_000:] = b"\xff" * (len(packed) - 700_000)
    path = written(tmp_path / "a.warc.gz", exchange(body=bytes(packed), head=head))
    body = read_exchanges(path)[0].open_body()
    read = body.read()
    assert (bytes(range(256)) * 4000)[:600_000] == read[:600_000]
    assert len(read) > 600_000
    assert body.fault


def test_a_wrong_checksum_loses_nothing(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    packed = bytearray(gzip.compress(PAGE))
    packed[-8:] = b"\0" * 8
    path = written(tmp_path / "a.warc.gz", exchange(body=bytes(packed), head=head))
    assert read_exchanges(path)[0].open_body().read() == PAGE


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_an_empty_coded_body_is_empty(tmp_path: Path, coding: str) -> None:
    packed = {
        "gzip": gzip.compress(b""),
        "deflate": zlib.compress(b""),
        "br": brotli.compress(b""),
        "zstd": zstandard.compress(b""),
    }[coding]
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n\r\n".encode()
    path = written(tmp_path / "a.warc.gz", exchange(body=packed, head=head))
    assert read_exchanges(path)[0].open_body().read() == b""


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_is_read_in_bounded_steps(tmp_path: Path, coding: str) -> None:
    zeros = bytes(256 * 1024 * 1024)
    pack = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "br": lambda data: brotli.compress(data, quality=5),
        "zstd": zstandard.compress,
    }[coding]
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n\r\n".encode()
    path = written(tmp_path / "a.warc.gz", exchange(body=pack(zeros), head=head))
    del zeros
    tracemalloc.start()
    with read_exchanges(path)[0].open_body() as body:
        count = sum(len(block) for block in iter(lambda: body.read(65536), b""))
        assert "unpacks to more than 67 MB" in body.fault
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 64 * 1024 * 1024
    assert peak < 32 * 1024 * 1024


def test_a_revisit_is_decoded_by_its_own_head(tmp_path: Path) -> None:
    packed = gzip.compress(bytes(range(256)) * 40 + PAGE)
    coded = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    plain = b"HTTP/1.1 200 OK\r\nContent-Type: application/gzip\r\n\r\n"
    path = written(
        tmp_path / "a.warc.gz",
        exchange("https://example.test/a.gz", packed, plain),
        exchange("https://example.test/a", packed, coded),
    )
    first, second = read_exchanges(path)
    assert first.open_body().read() == packed
    assert second.open_body().read() == gzip.decompress(packed)
