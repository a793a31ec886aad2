"""A server that sends next to nothing does not hold a run; one that is merely slow is awaited."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from deckarchive.crawler import CaptureOptions, capture
from deckarchive.model import Kind, RecordedExchange, State
from deckarchive.proxy import LEAST_RATE, ProxyOptions, RecordingProxy, Rules
from tests.capture.conftest import manifest, target
from tests.loops import run

HEAD = b'HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\nETag: "1"\r\n\r\n'


@contextmanager
def server(
    size: int, block: bytes, pause: float, kind: bytes = b"video/mp4", first: bytes = b""
) -> Iterator[str]:
    """Sends ``first``, then ``block`` every ``pause`` seconds, ``size`` bytes altogether; yields
    its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def talk(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65536)
            connection.sendall(HEAD % (kind, size) + first)
            for _ in range((size - len(first)) // len(block)):
                connection.sendall(block)
                if over.wait(pause):
                    return

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=talk, args=(listening.accept()[0],), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    finally:
        over.set()
        listening.close()


async def fetched(place: str, patience: float) -> tuple[str, int, str, float]:
    """How the body ended, its bytes, what was said, and the seconds that it took."""
    taken: list[RecordedExchange] = []

    async def sink(exchange: RecordedExchange) -> None:
        taken.append(exchange)
        exchange.close()

    began = time.monotonic()
    async with RecordingProxy(ProxyOptions()) as proxy:
        listener = await proxy.listen(sink, allow=(place,), rules=Rules(patience=patience))
        got = await listener.fetch(f"http://{place}/film.mp4")
    assert got.truncated == taken[-1].truncated
    assert len(taken) == 1
    return got.truncated, got.size, got.failure, time.monotonic() - began


def test_a_drip_is_cut_once_its_time_is_over() -> None:
    with server(10_000, b"x", 0.05) as place:
        cut, size, why, seconds = run(fetched(place, 1.0))
    assert (cut, why) == ("time", "slower than 4 kB a second")
    assert 0 < size < 100
    assert seconds < 10


def test_a_fast_start_buys_no_slow_end() -> None:
    with server(2_000_000, b"x", 0.05, first=bytes(1_000_000)) as place:
        cut, size, _, seconds = run(fetched(place, 1.0))
    assert cut == "time"
    assert 1_000_000 < size < 1_000_100
    assert seconds < 10


def test_a_slow_honest_server_is_waited_for() -> None:
    """Far beyond the patience altogether, never below the least rate."""
    block = b"x" * (40 * LEAST_RATE // 10)
    with server(30 * len(block), block, 0.1) as place:
        cut, size, why, seconds = run(fetched(place, 1.0))
    assert (cut, size, why) == ("", 30 * len(block), "")
    assert seconds > 2


@pytest.mark.browser
def test_a_dripping_film_and_a_dripping_sheet_end_with_their_timeout(tmp_path: Path) -> None:
    with server(100_000, b"x", 0.2) as film, server(100_000, b"x", 0.2, b"text/css") as sheet:
        targets = (
            target(f"http://{film}/film.mp4", Kind.VIDEO),
            target(f"http://{sheet}/theme.css", Kind.STYLESHEET),
        )
        began = time.monotonic()
        options = CaptureOptions(timeout=2, jobs=2)
        report = capture(manifest(*targets), None, tmp_path / "out", options)
        seconds = time.monotonic() - began
    assert [record.state for record in report.records] == [State.FAILED] * 2
    assert all("slower than 4 kB a second" in record.reason for record in report.records)
    assert seconds < 60
