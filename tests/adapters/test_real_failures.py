"""Real failures below each adapter: what comes out is a DeckarchiveError, or a value.

Files that are missing, damaged or not files; a full disk (the limit on the size of files, which the
kernel reports as it does a full disk); ports that are taken; certificates that nobody trusts. The
browser has a module of its own.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from deckarchive import archive as archives
from deckarchive import bundle, files
from deckarchive.cli import run as run_command
from deckarchive.errors import (
    ArchiveError,
    DeckarchiveError,
    EnvironmentMissing,
    ExitCode,
    OutputError,
    PortInUse,
)
from deckarchive.heads import Head
from deckarchive.model import RecordedExchange
from deckarchive.proxy import ProxyOptions, RecordingProxy, ReplayProxy
from deckarchive.server import DeadProxy, Server, fetch_local, open_offline
from deckarchive.warc import WarcWriter, read_warc
from tests import loops
from tests.proxy.raw_origin import HERE, Taken, origin, run, self_signed, url

PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"


@contextmanager
def full_disk(size: int = 0) -> Iterator[None]:
    """No file grows beyond ``size`` bytes meanwhile."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def exchange(body: bytes, address: str = "https://example.test/") -> RecordedExchange:
    asked = Head(b"GET / HTTP/1.1\r\nHost: example.test\r\n\r\n")
    return RecordedExchange(
        method="GET", url=address, request_head=asked.raw, request_body=BytesIO(), request_size=0,
        status=200, reason="OK", http_version="HTTP/1.1", response_head=PAGE,
        request_headers=asked.fields, headers=Head(PAGE).fields, body=BytesIO(body),
        size=len(body), started=datetime.now(UTC), seconds=0.1, ip="192.0.2.1", truncated="",
    )  # fmt: skip


@pytest.fixture
def warc(tmp_path: Path) -> Path:
    path = tmp_path / "data.warc.gz"
    with WarcWriter(path, info={}) as writer:
        for number in range(3):
            body = random.Random(number).randbytes(5000)
            writer.write(exchange(body, f"https://example.test/{number}"))
    return path


# -- files ---------------------------------------------------------------------------------------


def test_what_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")
    below_a_file = tmp_path / "file" / "more" / "x.json"
    with pytest.raises(OutputError, match=r"cannot write .*x\.json"):
        files.write_json(below_a_file, {})
    with pytest.raises(OutputError), files.new_folder(below_a_file, is_ours=lambda _: True):
        pass
    with full_disk(), pytest.raises(OutputError, match="cannot write"):
        files.write_bytes(tmp_path / "full", b"x" * 10_000)
    assert not (tmp_path / "full").exists()


@pytest.mark.parametrize(
    "data", [b"", b"\x1f\x8b", b"PK\3\4", b"{}", b"\x1f\x8b\x08\0" + b"\xff" * 40]
)
def test_damaged_gzip_is_a_value_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "inputs.json.gz"
    path.write_bytes(data)
    with pytest.raises(ValueError):  # noqa: PT011 (zlib.error is none)
        files.read_gzip_json(path)


def test_gzip_that_unpacks_to_too_much_is_a_value_error(tmp_path: Path) -> None:
    import gzip

    path = tmp_path / "inputs.json.gz"
    path.write_bytes(gzip.compress(b" " * 10_000_000 + b"1"))
    assert files.read_gzip_json(path) == 1
    with pytest.raises(ValueError, match="too long"):
        files.read_gzip_json(path, limit=1_000_000)


# -- warc ----------------------------------------------------------------------------------------


def read_everything(path: Path) -> int:
    """All that a WARC gives, every body to its end; how many exchanges."""
    found = read_warc(path)
    for one in found.exchanges:
        with one.open_body() as body:
            while body.read(1 << 16):
                pass
    return len(found.exchanges)


@pytest.mark.parametrize(
    "data",
    [b"", b"nothing of ours", b"\x1f\x8b\x08\0", b"WARC/1.1\r\n\r\n", os.urandom(5000), None],
    ids=["empty", "text", "gzip-head", "warc-head", "noise", "missing"],
)
def test_what_is_no_warc_is_an_archive_error(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "data.warc.gz"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ArchiveError, match=r"cannot read .*data\.warc\.gz"):
        read_everything(path)


def test_a_fifo_or_a_folder_is_an_archive_error(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for name in ("fifo", "."):
        with pytest.raises(ArchiveError):
            read_everything(tmp_path / name)


def test_damage_anywhere_is_a_value_or_an_archive_error(warc: Path) -> None:
    whole, chance = warc.read_bytes(), random.Random(7)
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        warc.write_bytes(
            bytes(data[: chance.randrange(len(data)) if chance.random() < 0.3 else None])
        )
        try:
            read_everything(warc)
        except DeckarchiveError as error:
            assert str(warc) in str(error)  # noqa: PT017 (either outcome is right)


def test_a_file_that_goes_after_it_was_opened_is_an_archive_error(warc: Path) -> None:
    first = read_warc(warc).exchanges[0]
    warc.unlink()
    with pytest.raises(ArchiveError, match=r"cannot read .*data\.warc\.gz: No such file"):
        first.open_body()
    warc.mkdir()
    with pytest.raises(ArchiveError):
        first.open_body()


def test_a_full_disk_ends_a_warc_with_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        WarcWriter(tmp_path / "no" / "folder.warc.gz", info={})
    with full_disk(4000):
        writer = WarcWriter(tmp_path / "full.warc.gz", info={})
        with pytest.raises(OutputError, match="is the disk full"):
            writer.write(exchange(os.urandom(500_000)))
        with pytest.raises(OutputError, match="is the disk full"):
            writer.resource("urn:x", os.urandom(500_000), "image/png")
        with suppress(OutputError):  # what is left in its buffer may fit, or not
            writer.close()
    with full_disk(0), pytest.raises(OutputError):
        WarcWriter(tmp_path / "none.warc.gz", info={})


def test_a_body_whose_temporary_file_is_gone_is_an_output_error(tmp_path: Path) -> None:
    class Lost(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return os.read(os.open(tmp_path, os.O_RDONLY), 1)  # EISDIR, from the system itself

    one = exchange(b"")
    lost = RecordedExchange(**{**{n: getattr(one, n) for n in one.__slots__}, "body": Lost()})
    writer = WarcWriter(tmp_path / "data.warc.gz", info={})
    with writer, pytest.raises(OutputError, match="Is a directory"):
        writer.write(lost)


# -- archive, bundle -----------------------------------------------------------------------------


def test_what_an_archive_writes_for_others_is_an_output_error(tmp_path: Path, warc: Path) -> None:
    folder = tmp_path / "archive" / "targets" / "example-test-1234"
    with pytest.raises(ArchiveError):
        archives.open_archive(tmp_path / "archive")
    folder.mkdir(parents=True)
    shutil.copy(warc, folder)
    files.write_json(
        folder / "capture.json",
        {"version": 1, "id": folder.name, "kind": "iframe", "url": "https://example.test/",
         "state": "captured"},
    )  # fmt: skip
    opened = archives.open_archive(tmp_path / "archive")
    (tmp_path / "file").touch()
    for write in (archives.write_cdxj, lambda a, out: archives.write_wacz(a, out, title="x")):
        with pytest.raises(OutputError, match="cannot write"):
            write(opened, tmp_path / "file" / "x")
        with full_disk(), pytest.raises(OutputError, match="cannot write"):
            write(opened, tmp_path / "full")


# -- server --------------------------------------------------------------------------------------


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for start in (lambda: Server(tmp_path, port), lambda: DeadProxy(port)):
            with pytest.raises(PortInUse, match=f"port {port} is in use"):
                start()

        async def replay() -> None:
            async with ReplayProxy(_Nothing(), port=port):
                pass

        with pytest.raises(PortInUse, match=f"port {port} is in use"):
            loops.run(replay())
        assert fetch_local(port, "/", limit=10) is None, "it never answers"


@contextmanager
def no_more_files() -> Iterator[None]:
    """This process can open nothing meanwhile, sockets neither."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    opened = [os.open(os.devnull, os.O_RDONLY)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (opened[0] + 20, before[1]))
    try:
        with suppress(OSError):
            while True:
                opened.append(os.open(os.devnull, os.O_RDONLY))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        for one in opened:
            os.close(one)


def test_no_socket_can_be_opened(tmp_path: Path) -> None:
    async def start(proxy: RecordingProxy | ReplayProxy) -> None:
        with no_more_files(), pytest.raises(EnvironmentMissing, match="Too many open files"):
            async with proxy:
                pass

    loops.run(start(RecordingProxy()))
    loops.run(start(ReplayProxy(_Nothing())))
    with no_more_files(), pytest.raises(EnvironmentMissing, match="Too many open files"):
        Server(tmp_path)


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"\xff", b'{"version": 99}'])
def test_what_is_no_offline_folder_is_an_archive_error(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "deckarchive.json").write_bytes(content)
    with pytest.raises(ArchiveError, match=str(tmp_path)):
        open_offline(tmp_path)
    with pytest.raises(DeckarchiveError):
        bundle.bundle(tmp_path, tmp_path / "x.zip")


# -- proxy ---------------------------------------------------------------------------------------


class _Nothing:
    def find(self, *_: object) -> None:
        return None

    def holds(self, *_: object) -> bool:
        return False


def test_what_the_web_does_wrong_is_a_value(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = unused.getsockname()[1]

    async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    answers = {
        "/reset": reset, "/noise": b"\0\1\2\r\n\r\n", "/status": b"HTTP/1.1 999999 X\r\n\r\n",
        "/chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "/long": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
    }  # fmt: skip

    async def main(results: list[str]) -> None:
        options = ProxyOptions(retries=0, idle_timeout=1)
        async with (
            RecordingProxy(options) as proxy,
            origin() as plain,
            origin(self_signed(tmp_path)) as secure,
        ):
            plain.routes.update(answers)
            plain.close_after |= {"/long", "/noise"}
            places = [url(plain, path) for path in answers]
            places += [f"http://127.0.0.1:{closed}/", url(secure, scheme="https")]
            places += [url(plain, scheme="https"), "http://no-such-name.invalid/"]
            places += ["http://[::1", "http://127.0.0.1:1/", "about:blank", "http://a..b/"]
            for place in places:
                listener = await proxy.listen(Taken(), allow=HERE)
                got = await listener.fetch(place)
                assert not got.ok, place
                assert got.failure or got.truncated, place
                await listener.close()
                results.append(got.failure or got.truncated)

    results: list[str] = []
    run(main(results))
    assert len(results) == len(answers) + 8


@pytest.mark.parametrize("url_of_proxy", ["garbage", "socks5://127.0.0.1:1", "http://x:y@"])
def test_an_upstream_proxy_that_is_none(url_of_proxy: str) -> None:
    with pytest.raises(DeckarchiveError):
        RecordingProxy(ProxyOptions(upstream_proxy=url_of_proxy))


def test_a_full_disk_under_the_proxy_is_an_output_error(tmp_path: Path) -> None:
    big = b"x" * 3_000_000
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(big)

    async def main() -> None:
        async with origin() as server, RecordingProxy(ProxyOptions(spool=tmp_path)) as proxy:
            server.routes["/big"] = head + big
            listener = await proxy.listen(Taken(), allow=HERE)
            with full_disk(), pytest.raises(OutputError, match="temporary file"):
                await listener.fetch(url(server, "/big"))

            up = await proxy.listen(Taken(), allow=HERE)
            with full_disk():
                reader, writer = await asyncio.open_connection("127.0.0.1", up.port)
                writer.write(b"POST " + url(server, "/big").encode() + b" HTTP/1.1\r\nHost: x\r\n")
                writer.write(b"Content-Length: %d\r\n\r\n" % len(big) + big)
                with suppress(ConnectionResetError):
                    assert await reader.read() == b""
                writer.close()
            with pytest.raises(OutputError, match="temporary file"):
                await up.close()

    run(main())


# -- cli -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nonsense"], ExitCode.USAGE),
        (["capture", "deck.md", "--jobs", "0"], ExitCode.USAGE),
        (["manifest"], ExitCode.USAGE),
        (["manifest", "missing.md"], ExitCode.INPUT),
        (["status", "missing"], ExitCode.INPUT),
        (["rehearse", "missing"], ExitCode.INPUT),
        (["bundle", "missing"], ExitCode.INPUT),
        (["present", "missing", "--exact"], ExitCode.INPUT),
    ],
)
def test_the_command_line_ends_in_a_code(
    arguments: list[str],
    code: ExitCode,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_command(arguments) == code
    assert "Traceback" not in capfd.readouterr().err
