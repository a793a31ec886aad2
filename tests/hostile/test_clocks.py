"""Clocks that jump, and the times and numbers that servers make up, end nothing."""

from __future__ import annotations

import asyncio
import itertools
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deckarchive.crawler.evidence import CaptureEvidence, Recorder
from deckarchive.model import RecordedExchange
from deckarchive.proxy import ProxyOptions, RecordingProxy, Rules, exchange, fetch
from deckarchive.warc import WarcWriter, read_exchanges, writer
from tests.loops import run
from tests.proxy.raw_origin import HERE, OK, Origin, origin, url

_MOMENTS = (
    datetime(2030, 1, 1, tzinfo=UTC),
    datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC),
)


class Jumping(datetime):
    """A wall clock that is somewhere else each time."""

    moments = itertools.cycle(_MOMENTS)

    @classmethod
    def now(cls, tz: object = None) -> datetime:
        return next(cls.moments)


def drip(server: Origin, path: str) -> None:
    async def handler(_: object, sending: object) -> None:
        sending.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n")
        for _ in range(9000):
            sending.write(b"x")
            await sending.drain()
            await asyncio.sleep(0.05)

    server.routes[path] = handler


def test_a_clock_that_jumps_changes_no_deadline_and_no_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walls = itertools.cycle([0.0, 4e9, 1e9, 2e9])
    monkeypatch.setattr(time, "time", lambda: next(walls))
    for module in (exchange, fetch, writer):
        monkeypatch.setattr(module, "datetime", Jumping)
    busy = b"HTTP/1.1 503 No\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n"

    async def main() -> None:
        warc = WarcWriter(tmp_path / "a.warc.gz", info={})
        recorder = Recorder(warc, CaptureEvidence())
        async with origin() as server, RecordingProxy(ProxyOptions(retries=1)) as proxy:
            server.routes["/"] = OK
            server.routes["/later"] = busy % b"Fri, 31 Dec 1999 23:59:59 GMT"
            drip(server, "/drip")
            listener = await proxy.listen(recorder, allow=HERE, rules=Rules(patience=1))
            began = time.monotonic()
            assert (await listener.fetch(url(server))).ok
            assert (await listener.fetch(url(server, "/later"))).status == 503
            assert (await listener.fetch(url(server, "/drip"))).truncated == "time"
            assert time.monotonic() - began < 30
        warc.close()

    run(main())
    recorded = read_exchanges(tmp_path / "a.warc.gz")
    assert {one.status for one in recorded} == {200, 503}
    for one in recorded:
        assert datetime.fromisoformat(one.timestamp) > datetime(1900, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        *(b"\xb2", b"9" * 5000, b"-1", b"", b"soon", b"Mon"),
        *(b"Mon, 01 Jan 0001 00:00:00 +2359", b"Fri, 31 Dec 9999 23:59:59 -2359"),
        b"Mon, 01 Jan 2020 00:00:00 +" + b"9" * 30,
        b"Mon, 99 Foo 2020 25:61:61 GMT",
        b"Mon, 01 Jan " + b"9" * 20 + b" 00:00:00 GMT",
    ],
)
def test_any_retry_after(value: bytes) -> None:
    async def main() -> None:
        head = b"HTTP/1.1 503 No\r\nRetry-After: " + value + b"\r\nContent-Length: 0\r\n\r\n"

        async def sink(exchange: RecordedExchange) -> None:
            exchange.close()

        options = ProxyOptions(retries=1, max_wait=1)
        async with origin() as server, RecordingProxy(options) as proxy:
            server.routes["/"] = head
            listener = await proxy.listen(sink, allow=HERE)
            assert (await listener.fetch(url(server))).status == 503
            await listener.close()

    run(main())


def test_numbers_that_are_none(tmp_path: Path) -> None:
    """More digits than Python reads: an error of one answer was one of the whole target."""
    endless = b"9" * 5000

    async def main() -> None:
        warc = WarcWriter(tmp_path / "a.warc.gz", info={})
        async with origin() as server, RecordingProxy(ProxyOptions(retries=0)) as proxy:
            server.routes["/length"] = (
                b"HTTP/1.1 200 OK\r\nContent-Length: " + endless + b"\r\n\r\nbody"
            )
            server.close_after.add("/length")
            server.routes["/range"] = (
                b"HTTP/1.1 206 Part\r\nContent-Length: 1\r\nContent-Range: bytes 0-0/"
                + (endless + b"\r\n\r\nx")
            )
            listener = await proxy.listen(Recorder(warc, CaptureEvidence()), allow=HERE)
            assert (await listener.fetch(url(server, "/length"))).size == 4
            assert (await listener.fetch(url(server, "/range"))).status == 206
            await listener.close()
        warc.close()

    run(main())
    assert [one.status for one in read_exchanges(tmp_path / "a.warc.gz")] == [200, 206]
