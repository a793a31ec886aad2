"""A few kilobytes that stand for gigabytes: bounded when recorded, when read, and on disk."""

from __future__ import annotations

import gzip
import io
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import brotli
import pytest
import zstandard

from deckarchive.crawler.playlists import renditions
from deckarchive.model import Kind, State
from deckarchive.rewriter.output import Output
from deckarchive.warc import DecodedStream, Gauge, Undecodable
from deckarchive.warc.codings import FREE, RATIO
from tests.capture.conftest import Shoot, png, shoot, target, web
from tests.capture.web import Answer, Web

__all__ = ["shoot", "web"]  # fixtures
MB = 1024 * 1024


def gzipped(data: bytes, times: int) -> bytes:
    """``data`` over and over in one gzip member, made without holding it."""
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(pack.compress(data) for _ in range(times)) + pack.flush()


def zstd(data: bytes, times: int) -> bytes:
    pack = zstandard.ZstdCompressor(level=3).compressobj()
    return b"".join(pack.compress(data) for _ in range(times)) + pack.flush()


def brotlied(data: bytes, times: int) -> bytes:
    pack = brotli.Compressor(quality=5)
    return b"".join(pack.process(data) for _ in range(times)) + pack.finish()


ZEROS, TIMES = bytes(MB), 200
BOMBS: dict[str, Callable[[], tuple[str, bytes]]] = {
    "gzip": lambda: ("gzip", gzipped(ZEROS, TIMES)),
    "deflate": lambda: ("deflate", zlib.compress(bytes(TIMES * MB))),
    "br": lambda: ("br", brotlied(ZEROS, TIMES)),
    "zstd": lambda: ("zstd", zstd(ZEROS, TIMES)),
    "members": lambda: ("gzip", gzip.compress(ZEROS, 9) * TIMES),
    "gzip of gzip": lambda: ("gzip, gzip", gzip.compress(gzipped(ZEROS, TIMES))),
    "zstd of br": lambda: ("br, zstd", zstd(brotlied(ZEROS, TIMES), 1)),
    "gzip three times": lambda: (
        "gzip, gzip, gzip", gzip.compress(gzip.compress(gzipped(ZEROS, TIMES)))
    ),
    "nothing, in no end of empty blocks": lambda: (
        "deflate, gzip", gzipped(b"\0\0\0\xff\xff" * 200_000, TIMES)
    ),
}  # fmt: skip


@cache
def made(name: str) -> tuple[str, bytes]:
    return BOMBS[name]()


@pytest.fixture(params=list(BOMBS))
def bomb(request: pytest.FixtureRequest) -> tuple[list[str], bytes]:
    codings, data = made(request.param)
    assert len(data) < 8 * MB
    return codings.split(", "), data


def test_what_is_read_has_an_end(bomb: tuple[list[str], bytes], tmp_path: Path) -> None:
    codings, data = bomb
    began = time.process_time()
    stream = DecodedStream(io.BytesIO(data), codings)
    with suppress(Undecodable):  # where it would come to nothing: told, and used as it is
        Output(tmp_path).copy("sites/a.test/x", lambda: io.BufferedReader(stream))
    most = max(FREE, RATIO * len(data))
    assert (tmp_path / "sites/a.test/x").stat().st_size <= most
    assert "MB and is cut off there" in stream.fault
    assert time.process_time() - began < 30


def test_what_is_recorded_has_an_end(bomb: tuple[list[str], bytes]) -> None:
    codings, data = bomb
    for limit in (None, 2 * MB):
        gauge, passed = Gauge(codings, limit), 0
        for start in range(0, len(data), 65536):
            block = data[start : start + 65536]
            fits = gauge.fits(block)
            passed += fits
            if fits < len(block):
                break
        assert passed < len(data)
        with io.BufferedReader(DecodedStream(io.BytesIO(data[:passed]), codings)) as body:
            try:
                size = sum(len(block) for block in iter(lambda: body.read(MB), b""))
            except Undecodable:
                size = 0
        assert size <= (limit or max(FREE, RATIO * len(data)))


def test_honest_bodies_pass_whole() -> None:
    text = b"".join(b"%d,%d\n" % (n, n * n) for n in range(300_000))
    for codings, data in (
        (["gzip"], gzip.compress(text)),
        (["zstd"], zstandard.compress(text)),
        (["br", "gzip"], gzip.compress(brotli.compress(text, quality=4))),
        (["gzip"], gzip.compress(bytes(32 * MB))),
    ):
        assert Gauge(codings).fits(data) == len(data)
        with io.BufferedReader(stream := DecodedStream(io.BytesIO(data), codings)) as body:
            assert len(body.read()) in (len(text), 32 * MB)
            assert stream.fault == ""


def test_codings_without_end_are_none() -> None:
    with pytest.raises(Undecodable, match="9 content codings"):
        DecodedStream(io.BytesIO(b"x"), ["gzip"] * 9)
    assert Gauge(["gzip"] * 9).fits(b"x" * 9000) == 9000
    assert Gauge(["gzip"]).fits(b"no gzip") == 7


@pytest.mark.browser
def test_a_page_with_bombs_is_told_and_bounded(web: Web, shoot: Shoot) -> None:
    web.add("a.test/", "<!doctype html><h1>Some words to be seen</h1><img src=a.png>"
            "<script src=bomb.js></script><script src=more.js></script>")  # fmt: skip
    web.add("a.test/a.png", png(), "image/png")
    web.routes["a.test/bomb.js"] = Answer(
        gzipped(b" " * MB, TIMES), "text/javascript", headers={"Content-Encoding": "gzip"}
    )
    web.routes["a.test/more.js"] = Answer(
        gzip.compress(b" " * 9 * MB), "text/javascript", headers={"Content-Encoding": "gzip"}
    )
    got = shoot("https://a.test/", max_size=8 * MB)
    record = got.record
    assert record.state is State.PARTIAL
    lost = {one.url: one.reason for one in record.missing}
    assert set(lost) == {"https://a.test/bomb.js", "https://a.test/more.js"}
    assert all("unpacks to far more" in reason for reason in lost.values())
    assert "https://a.test/bomb.js: cut off" in record.reason
    for one in got.exchanges():
        if one.url.endswith(".js"):
            assert one.truncated == "length"
            with one.open_body() as body:
                assert len(body.read(9 * MB)) <= 8 * MB


@pytest.mark.browser
def test_a_file_that_is_a_bomb_fails(web: Web, shoot: Shoot) -> None:
    web.routes["a.test/x.svg"] = Answer(
        gzipped(b" " * MB, TIMES), "image/svg+xml", headers={"Content-Encoding": "gzip"}
    )
    got = shoot(target("https://a.test/x.svg", Kind.IMAGE))
    assert got.record.state is State.FAILED
    assert "cut off" in got.record.reason


def test_a_playlist_makes_up_no_end_of_files() -> None:
    many = "".join(f'<Representation id="{n}" bandwidth="1"/>' for n in range(5000))
    template = '<SegmentTemplate media="$Number%0999999999d$.m4s" duration="1" timescale="1"/>'
    text = (
        '<MPD mediaPresentationDuration="P9999D"><Period><AdaptationSet>'
        f"{template}{many}</AdaptationSet></Period></MPD>"
    )
    began = time.process_time()
    offered = renditions(text, "https://a.test/m.mpd")
    assert sum(len(one.files) for one in offered) <= 100_000
    assert all(len(url) < 200 for one in offered for url in one.files)
    assert time.process_time() - began < 20
    lines = "#EXT-X-STREAM-INF:BANDWIDTH=1\nv{0}.m3u8\n"
    text = "#EXTM3U\n" + "".join(lines.format(n) for n in range(50_000))
    assert len(renditions(text, "https://a.test/m.m3u8")) <= 1000
