"""What the origin sent is what the WARC holds, byte for byte, whatever it sent."""

import gzip
import zlib
from io import BytesIO
from pathlib import Path

import brotli
import pytest
import zstandard
from fastwarc.warc import ArchiveIterator, WarcRecordType
from raw_origin import ask, origin, run, self_signed
from warcio.bufferedreaders import BufferedReader
from warcio.checker import Checker

from deckarchive.proxy import ProxyOptions, RecordingProxy
from deckarchive.warc import WarcWriter, read_entries, read_warc

TEXT = b"<!doctype html><p>" + bytes(range(32, 127)) * 40
RAW_DEFLATE = zlib.compressobj(9, zlib.DEFLATED, -15)
RAW_DEFLATED = RAW_DEFLATE.compress(TEXT) + RAW_DEFLATE.flush()


def chunked(body: bytes, size: int = 700) -> bytes:
    pieces = [body[n : n + size] for n in range(0, len(body), size)]
    return b"".join(b"%x;ext=1\r\n%b\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"


def reply(status: str, *fields: bytes, version: str = "HTTP/1.1") -> bytes:
    return b"\r\n".join([f"{version} {status}".encode(), *fields, b"", b""])


def sized(body: bytes) -> bytes:
    return b"Content-Length: %d" % len(body)


HTML = b"Content-Type: text/html"
TE = b"Transfer-Encoding: chunked"
# name: (head, bytes on the wire after it, payload as stored, payload decoded, WARC-Truncated)
ANSWERS = {
    "plain": (reply("200 OK", HTML, sized(TEXT)), TEXT, TEXT, TEXT, ""),
    "empty": (reply("200 OK", HTML, b"Content-Length: 0"), b"", b"", b"", ""),
    "chunked": (reply("200 OK", HTML, TE), chunked(TEXT), TEXT, TEXT, ""),
    "trailers": (
        reply("200 OK", HTML, TE),
        b"3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n",
        b"abc",
        b"abc",
        "",
    ),
    "lengths-disagree": (
        reply("200 OK", b"Content-Length: 5", b"Content-Length: 5"),
        b"hello",
        b"hello",
        b"hello",
        "",
    ),
    "too-long-length": (
        reply("200 OK", b"Content-Length: 99"),
        b"cut",
        b"cut",
        b"cut",
        "disconnect",
    ),
    "too-short-length": (reply("200 OK", b"Content-Length: 2"), b"four", b"fo", b"fo", ""),
    "cut-chunk": (reply("200 OK", TE), b"a\r\nhalf", b"half", b"half", "disconnect"),
    "bad-chunk": (reply("200 OK", TE), b"3\r\nabc\r\nzz\r\n", b"abc", b"abc", "unspecified"),
    "until-close": (reply("200 OK", HTML), TEXT, TEXT, TEXT, ""),
    "http-1.0": (reply("200 OK", HTML, version="HTTP/1.0"), TEXT, TEXT, TEXT, ""),
    "http-1.0-chunk-like": (
        reply("200 OK", TE, version="HTTP/1.0"),
        b"3\r\nabc\r\n",
        b"3\r\nabc\r\n",
        b"3\r\nabc\r\n",
        "",
    ),
    "shoutcast": (b"ICY 200 OK\r\n\r\n", b"noise", b"noise", b"noise", ""),
    "bare-lf": (b"HTTP/1.1 200 OK\nContent-Length: 2\nX: y\n\n", b"hi", b"hi", b"hi", ""),
    "no-reason": (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n", b"hi", b"hi", b"hi", ""),
    "space-before-colon": (reply("200 OK", b"Content-Length : 2"), b"hi", b"hi", b"hi", ""),
    "no-colon": (reply("200 OK", b"nonsense line", b"Content-Length: 2"), b"hi", b"hi", b"hi", ""),
    "folded": (
        reply("200 OK", b"X-Folded: a\r\n\tb", b"Content-Length: 2"),
        b"hi",
        b"hi",
        b"hi",
        "",
    ),
    "duplicates": (
        reply("200 OK", b"Set-Cookie: a=1", b"set-cookie: b=2", b"X-Z: 1", b"X-Z: 2", sized(b"hi")),
        b"hi",
        b"hi",
        b"hi",
        "",
    ),
    "non-ascii": (
        reply("200 \xc3\xa9t\xc3\xa9", "X-U: héé".encode(), b"X-L: \xe9\xff", sized(b"hi")),
        b"hi",
        b"hi",
        b"hi",
        "",
    ),
    "long-head": (
        reply("200 OK", b"X-Long: " + b"x" * 100_000, sized(b"hi")),
        b"hi",
        b"hi",
        b"hi",
        "",
    ),
    "204": (reply("204 No Content"), b"", b"", b"", ""),
    "304": (reply("304 Not Modified", b"ETag: x", b"Content-Length: 99"), b"", b"", b"", ""),
    "206": (
        reply("206 Partial Content", b"Content-Range: bytes 0-1/9", sized(b"hi")),
        b"hi",
        b"hi",
        b"hi",
        "",
    ),
    "302": (reply("302 Found", b"Location: /plain", sized(b"gone")), b"gone", b"gone", b"gone", ""),
    **{
        code: (reply(f"{code} Some Reason", HTML, sized(b"no")), b"no", b"no", b"no", "")
        for code in ("401", "403", "404", "410", "429", "500", "503")
    },
}
for coding, data in {
    "gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
    "zstd": zstandard.compress(TEXT),
}.items():
    field = b"Content-Encoding: " + coding.encode()
    ANSWERS[coding] = (reply("200 OK", HTML, field, sized(data)), data, data, TEXT, "")
    ANSWERS[f"{coding}-chunked"] = (reply("200 OK", field, TE), chunked(data), data, TEXT, "")
ANSWERS["raw-deflate"] = (
    reply("200 OK", b"Content-Encoding: deflate", sized(RAW_DEFLATED)),
    RAW_DEFLATED,
    RAW_DEFLATED,
    TEXT,
    "",
)
STACKED = brotli.compress(gzip.compress(TEXT))
ANSWERS["stacked"] = (
    reply("200 OK", b"Content-Encoding: gzip", b"Content-Encoding: br", sized(STACKED)),
    STACKED,
    STACKED,
    TEXT,
    "",
)
GZIPPED = gzip.compress(TEXT)
ANSWERS["transfer-gzip"] = (
    reply("200 OK", b"Transfer-Encoding: gzip, chunked"),
    chunked(GZIPPED),
    GZIPPED,
    TEXT,
    "",
)
ANSWERS["two-members"] = (
    reply("200 OK", b"Content-Encoding: gzip", TE),
    chunked(gzip.compress(TEXT[:900]) + gzip.compress(TEXT[900:])),
    gzip.compress(TEXT[:900]) + gzip.compress(TEXT[900:]),
    TEXT,
    "",
)
ANSWERS["lying-gzip"] = (
    reply("200 OK", b"Content-Encoding: gzip", sized(TEXT)),
    TEXT,
    TEXT,
    TEXT,
    "",
)
ANSWERS["unknown-coding"] = (
    reply("200 OK", b"Content-Encoding: sdch", sized(TEXT)),
    TEXT,
    TEXT,
    TEXT,
    "",
)


@pytest.fixture(autouse=True)
def _checker_without_br(monkeypatch: pytest.MonkeyPatch) -> None:
    """warcio's reading of br fails with brotli 1.2 and later; digests need no decoding."""
    monkeypatch.delitem(BufferedReader.DECOMPRESSORS, "br")


def check(path: Path) -> None:
    """``warcio check`` finds nothing wrong, and an independent reader verifies every digest."""

    class Arguments:
        inputs = (str(path),)
        verbose = False

    checker = Checker(Arguments())
    checker.process_all()
    assert checker.exit_value == 0
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream, parse_http=False):
            assert record.verify_block_digest()


def stored_heads(path: Path) -> dict[str, tuple[bytes, bytes]]:
    """By URL: head and payload of each response as fastwarc sees the record's raw block."""
    found = {}
    with path.open("rb") as stream:
        for record in ArchiveIterator(
            stream, record_types=WarcRecordType.response, parse_http=False
        ):
            block = record.reader.read()
            found[record.headers["WARC-Target-URI"]] = block
    return found


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_everything_is_stored_as_it_was_sent(tmp_path: Path, scheme: str) -> None:
    path = tmp_path / "data.warc.gz"

    async def capture() -> tuple[str, list]:
        tls = self_signed(tmp_path) if scheme == "https" else None
        async with origin(tls) as server, RecordingProxy(ProxyOptions(insecure=True)) as proxy:
            for name, (head, wire, *_) in ANSWERS.items():
                server.routes[f"/{name}"] = head + wire
                server.close_after.add(f"/{name}")
            with WarcWriter(path, info={"software": "test"}) as warc:
                listener = await proxy.listen(warc.record, allow={"127.0.0.1"})
                base = f"{scheme}://127.0.0.1:{server.port}"
                for name in ANSWERS:
                    await ask(listener.port, f"{base}/{name}", "Accept-Encoding: gzip, br")
                await listener.close()
                assert listener.failures == []
            return base, server.log

    result = []

    async def main() -> None:
        result.extend(await capture())

    run(main())
    base, log = result
    check(path)
    warc = read_warc(path)
    assert warc.notes == []
    by_url = {e.url: e for e in warc.exchanges}
    entries = {e.uri: e for e in warc.entries if e.kind in ("response", "revisit")}
    requests = {e.uri: e for e in warc.entries if e.kind == "request"}
    blocks = stored_heads(path)
    assert len(by_url) == len(ANSWERS) == len(log)
    for name, (head, _, stored, decoded, truncated) in ANSWERS.items():
        url = f"{base}/{name}"
        expected = head.replace(b"Transfer-Encoding:", b"X-Archive-Orig-Transfer-Encoding:")
        assert entries[url].head.raw == expected, name
        exchange = by_url[url]
        assert exchange.size == len(stored), name
        assert exchange.open_body().read() == decoded, name
        assert exchange.truncated == truncated, name
        if entries[url].kind == "response":
            assert blocks[url] == expected + stored, name
        with requests[url].open_payload() as body:
            sent = requests[url].head.raw + body.read()
        assert [sent] == [raw for known, raw in log if known == f"/{name}"], name


def test_request_bodies_are_stored_as_they_were_sent(tmp_path: Path) -> None:
    path = tmp_path / "data.warc.gz"
    multipart = (
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="\xe9"\r\n\r\n'
        + bytes(range(256))
        + b"\r\n--x--\r\n"
    )
    bodies = {"POST": multipart, "PUT": b"\0" * 3_000_000, "PATCH": b"{}"}

    async def main() -> None:
        async with origin() as server, RecordingProxy() as proxy:
            server.routes["/form"] = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"
            with WarcWriter(path, info={}) as warc:
                listener = await proxy.listen(warc.record, allow={"127.0.0.1"})
                url = f"http://127.0.0.1:{server.port}/form"
                for method, body in bodies.items():
                    await ask(listener.port, url, "X-Odd:  Case ", method=method, body=body)
                await listener.close()
            raw = server.asked("/form")
        requests = [e for e in read_entries(path) if e.kind == "request"]
        assert [e.head.raw + e.open_payload().read() for e in requests] == raw

    run(main())
    check(path)
    exchanges = read_warc(path).exchanges
    assert {e.method: e.request_body for e in exchanges} == bodies
    assert BytesIO(exchanges[0].request_body).read() == multipart
