"""The proxy's conduct: streams, failures, guard, further proxies, the deck's own folder."""

import asyncio
import base64
import contextlib
import resource
import socket
import ssl
from pathlib import Path

import pytest
from raw_origin import ask, connect, origin, run, self_signed, until

from deckarchive.errors import OutputError, UsageError
from deckarchive.model import DeckSite, RecordedExchange
from deckarchive.proxy import ProxyOptions, RecordingProxy

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
HERE = {"127.0.0.1"}


class Taken:
    """A sink that keeps exchanges in memory."""

    def __init__(self) -> None:
        self.all: list[RecordedExchange] = []

    async def __call__(self, exchange: RecordedExchange) -> None:
        self.all.append(exchange)

    def bodies(self) -> list[bytes]:
        return [e.body.read() for e in self.all]


def url(server, path: str = "/", scheme: str = "http") -> str:
    return f"{scheme}://127.0.0.1:{server.port}{path}"


def test_connections_to_the_origin_are_kept_and_answers_too() -> None:
    async def main() -> None:
        taken = Taken()
        async with origin() as server, RecordingProxy() as proxy:
            server.routes["/"] = OK
            listener = await proxy.listen(taken, allow=HERE)
            reader, writer = await connect(listener.port, "", tls=False)
            for _ in range(3):
                writer.write(f"GET {url(server)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                await reader.readuntil(b"ok")
            assert server.connections == 1
            writer.close()
            await listener.close()
        assert [e.status for e in taken.all] == [200, 200, 200]
        assert taken.all[0].ip == "127.0.0.1"

    run(main())


def test_a_kept_connection_that_went_stale_is_replaced() -> None:
    async def main() -> None:
        async with origin() as server, RecordingProxy() as proxy:
            server.routes["/"] = OK
            server.close_after.add("/")
            listener = await proxy.listen(Taken(), allow=HERE)
            for _ in range(3):
                assert (await listener.fetch(url(server))).status == 200
            assert listener.failures == []

    run(main())


def test_an_answer_longer_than_it_says_does_not_poison_the_next() -> None:
    async def main() -> None:
        taken = Taken()
        async with origin() as server, RecordingProxy() as proxy:
            server.routes["/long"] = OK + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
            server.routes["/next"] = OK
            listener = await proxy.listen(taken, allow=HERE)
            await listener.fetch(url(server, "/long"))
            await listener.fetch(url(server, "/next"))
        assert taken.bodies() == [b"ok", b"ok"]

    run(main())


def test_endless_streams_are_kept_as_far_as_they_came() -> None:
    async def endless(_, writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
        await asyncio.Event().wait()

    async def main() -> None:
        taken = Taken()
        async with origin() as server, RecordingProxy() as proxy:
            server.routes["/events"] = endless
            listener = await proxy.listen(taken, allow=HERE)
            asking = asyncio.ensure_future(ask(listener.port, url(server, "/events")))
            await until(lambda: listener.in_flight and listener.in_flight[0].received)
            (flight,) = listener.in_flight
            assert flight.streaming
            assert (flight.status, flight.received) == (200, 9)
            assert listener.pending == 0
            await listener.close()
            assert b"data: 1\n\n" in await asking
        assert taken.bodies() == [b"data: 1\n\n"]
        assert taken.all[0].truncated == "time"

    run(main())


def test_an_unanswered_request_is_a_failure_not_an_answer() -> None:
    async def silent(_, __) -> None:
        await asyncio.Event().wait()

    async def main() -> None:
        taken = Taken()
        async with origin() as server:
            server.routes["/"] = silent
            async with RecordingProxy(ProxyOptions(read_timeout=0.2, retries=0)) as proxy:
                listener = await proxy.listen(taken, allow=HERE)
                assert await ask(listener.port, url(server)) == b""
                assert listener.failures == [(url(server), "no answer within 0.2 s")]
            async with RecordingProxy() as proxy:
                listener = await proxy.listen(taken, allow=HERE)
                asking = asyncio.ensure_future(ask(listener.port, url(server)))
                fetching = asyncio.ensure_future(listener.fetch(url(server)))
                await until(lambda: len(listener.in_flight) == 2)
                await listener.close()
                assert await asking == b""
                assert (await fetching).failure == "the capture ended"
                assert listener.failures == [(url(server), "no answer before the capture ended")]
        assert taken.all == []

    run(main())


def test_bodies_are_bounded() -> None:
    async def main() -> None:
        taken = Taken()
        async with origin() as server, RecordingProxy(ProxyOptions(max_body=1000)) as proxy:
            server.routes["/"] = OK.replace(b": 2", b": 5000") + b"x" * 5000
            server.routes["/1000"] = OK.replace(b": 2", b": 1000") + b"x" * 998
            listener = await proxy.listen(taken, allow=HERE)
            await ask(listener.port, url(server))
            await ask(listener.port, url(server, "/1000"))
            assert (await listener.fetch(url(server), max_size=10)).truncated == "length"
        assert [(e.size, e.truncated) for e in taken.all] == [
            (1000, "length"),
            (1000, ""),
            (10, "length"),
        ]

    run(main())


def test_a_large_body_does_not_fill_the_memory(tmp_path: Path) -> None:
    size = 200 * 1024 * 1024
    block = bytes(range(256)) * 1024

    async def large(_, writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(size // len(block)):
            writer.write(block)
            await writer.drain()

    async def main() -> None:
        async with origin() as server, RecordingProxy() as proxy:
            server.routes["/"] = large
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            sizes = []

            async def sink(exchange: RecordedExchange) -> None:
                sizes.append(exchange.size)
                exchange.close()

            listener = await proxy.listen(sink, allow=HERE)
            assert (await listener.fetch(url(server))).size == size
            await listener.close()
            assert sizes == [size]
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            assert grown < 64 * 1024  # kilobytes

    run(main())


def test_a_challenge_is_recorded_but_hidden_from_the_browser() -> None:
    raw = b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 2\r\n\r\nno'

    async def main() -> None:
        taken = Taken()
        async with origin() as server, RecordingProxy() as proxy:
            server.routes["/"] = raw
            listener = await proxy.listen(taken, allow=HERE)
            answer = await ask(listener.port, url(server), "Proxy-Authorization: secret")
        assert answer.startswith(b"HTTP/1.1 401 No\r\n")
        assert b"www-authenticate" not in answer.lower()
        assert taken.all[0].response_head + taken.all[0].body.read() == raw
        assert b"secret" not in taken.all[0].request_head

    run(main())


def test_websockets_pass_and_their_handshake_is_recorded(tmp_path: Path) -> None:
    async def echo(reader, writer) -> None:
        writer.write(b"HTTP/1.1 101 Go\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        while block := await reader.read(100):
            writer.write(block)

    async def talk(listener, server, tls: bool) -> None:
        """``ws:`` comes through CONNECT too, without TLS inside."""
        host = f"127.0.0.1:{server.port}"
        reader, writer = await connect(listener.port, host, tls)
        if not tls:
            writer.write(f"CONNECT {host} HTTP/1.1\r\n\r\n".encode())
            await reader.readuntil(b"\r\n\r\n")
        writer.write(b"GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 Go")
        writer.write(b"\x81\x05hello")
        assert await reader.readexactly(7) == b"\x81\x05hello"
        assert listener.in_flight[0].streaming
        assert listener.in_flight[0].received == 7
        writer.close()
        await until(lambda: not listener.in_flight)

    async def main() -> None:
        for tls in (False, True):
            taken = Taken()
            context = self_signed(tmp_path) if tls else None
            async with (
                origin(context) as server,
                RecordingProxy(ProxyOptions(insecure=True)) as proxy,
            ):
                server.routes["/ws"] = echo
                listener = await proxy.listen(taken, allow=HERE)
                await talk(listener, server, tls)
            assert [(e.status, e.url, e.size) for e in taken.all] == [
                (101, url(server, "/ws", "https" if tls else "http"), 0)
            ]

    run(main())


@pytest.mark.parametrize("noise", [b"SSH-2.0-x\r\n\r\n", b"\x16garbage", b"\x00\x01\x02\n\n", b""])
def test_what_is_not_http_ends_the_connection(noise: bytes) -> None:
    async def main() -> None:
        async with RecordingProxy() as proxy:
            listener = await proxy.listen(Taken(), allow=HERE)
            reader, writer = await connect(listener.port, "", tls=False)
            writer.write(b"CONNECT example.test:443 HTTP/1.1\r\n\r\n")
            await reader.readuntil(b"\r\n\r\n")
            writer.write(noise)
            writer.write_eof()
            assert b"200" not in await reader.read()
            await listener.close()

    run(main())


def test_a_certificate_nobody_trusts(tmp_path: Path) -> None:
    async def main() -> None:
        async with origin(self_signed(tmp_path)) as server:
            server.routes["/"] = OK
            address = url(server, scheme="https")
            async with RecordingProxy() as proxy:
                listener = await proxy.listen(Taken(), allow=HERE)
                got = await listener.fetch(address)
                assert got.failure.startswith("certificate not trusted: ")
                with contextlib.suppress(OSError, ssl.SSLError):
                    assert await ask(listener.port, address) == b""
                assert listener.failures == [(address, got.failure)]
            async with RecordingProxy(ProxyOptions(insecure=True)) as proxy:
                listener = await proxy.listen(Taken(), allow=HERE)
                assert (await listener.fetch(address)).ok
                assert (await ask(listener.port, address)).endswith(b"ok")

    run(main())


def test_a_host_that_is_down_and_a_name_that_is_not() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

    async def main() -> None:
        taken = Taken()
        async with RecordingProxy(ProxyOptions(retries=0)) as proxy:
            listener = await proxy.listen(taken, allow=HERE)
            assert await ask(listener.port, f"http://127.0.0.1:{port}/a") == b""
            got = await listener.fetch("http://no-such-name.invalid/")
            assert listener.failures[0] == (f"http://127.0.0.1:{port}/a", "connection refused")
            assert got.failure == "name not found"
        assert taken.all == []

    run(main())


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "a.localhost", "[::1]", "127.1", "2130706433"),
        *("[::ffff:10.0.0.1]", "10.1.2.3", "169.254.169.254", "0.0.0.0"),
    ],
)
@pytest.mark.parametrize("further", [None, "http://127.0.0.1:9"])
def test_private_addresses_are_guarded(host: str, further: str | None) -> None:
    async def main() -> None:
        taken = Taken()
        options = ProxyOptions(upstream_proxy=further, connect_timeout=5)
        async with RecordingProxy(options) as proxy:
            listener = await proxy.listen(taken, allow={"elsewhere.test"})
            got = await listener.fetch(f"http://{host}:1/")
            assert got.failure.startswith("refused: ")
            assert await ask(listener.port, f"http://{host}:1/") == b""
        assert taken.all == []

    run(main())


def test_what_the_author_wrote_passes_the_guard() -> None:
    async def main() -> None:
        async with origin() as server, RecordingProxy() as proxy:
            server.routes["/"] = OK
            listener = await proxy.listen(Taken(), allow={f"LOCALHOST:{server.port}"})
            assert (await listener.fetch(f"http://localhost:{server.port}/")).ok
            assert not (await listener.fetch(url(server))).ok
            assert not (await listener.fetch("http://localhost:1/")).ok

    run(main())


class FurtherProxy:
    """An http proxy that asks for a password, forwards to one origin, and notes what it saw."""

    def __init__(self, port: int, credentials: bytes) -> None:
        self.target, self.wanted = port, b"Basic " + base64.b64encode(credentials)
        self.heads: list[bytes] = []

    async def serve(self, reader, writer) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        if b"Proxy-Authorization: " + self.wanted not in head:
            writer.write(b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n")
            writer.close()
            return
        there = await asyncio.open_connection("127.0.0.1", self.target)
        if head.startswith(b"CONNECT"):
            writer.write(b"HTTP/1.1 200 Go\r\n\r\n")
        else:
            path = b"/" + head.split(b" ")[1].split(b"/", 3)[3]
            there[1].write(b"GET " + path + b" HTTP/1.1\r\nConnection: close\r\n\r\n")
        await asyncio.gather(self.copy(reader, there[1]), self.copy(there[0], writer))

    async def copy(self, reader, writer) -> None:
        with contextlib.suppress(OSError):
            while block := await reader.read(65536):
                writer.write(block)
        writer.close()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_through_a_further_proxy_with_a_password(tmp_path: Path, scheme: str) -> None:
    async def main() -> None:
        taken = Taken()
        async with origin(self_signed(tmp_path) if scheme == "https" else None) as server:
            server.routes["/a?b"] = OK
            server.close_after.add("/a?b")
            further = FurtherProxy(server.port, b"me:p@ss")
            running = await asyncio.start_server(further.serve, "127.0.0.1", 0)
            port = running.sockets[0].getsockname()[1]
            address = f"{scheme}://public.example/a?b"
            via = f"http://me:p%40ss@127.0.0.1:{port}"
            async with RecordingProxy(ProxyOptions(upstream_proxy=via, insecure=True)) as proxy:
                listener = await proxy.listen(taken)
                assert (await ask(listener.port, address)).endswith(b"ok")
                assert (await listener.fetch(address)).ok
            wrong = ProxyOptions(upstream_proxy=f"http://127.0.0.1:{port}", retries=0)
            async with RecordingProxy(wrong) as proxy:
                listener = await proxy.listen(taken)
                assert "407" in (await listener.fetch(address)).failure
            running.close()
        start = b"CONNECT public.example:443" if scheme == "https" else b"GET " + address.encode()
        assert further.heads[0].startswith(start + b" HTTP/1.1\r\n")
        assert [(e.url, e.request_line) for e in taken.all] == [(address, b"GET /a?b HTTP/1.1")] * 2
        assert all(b"Proxy" not in e.request_head for e in taken.all)

    run(main())


@pytest.mark.parametrize("bad", ["socks5://127.0.0.1:1", "not a url"])
def test_a_further_proxy_of_another_kind_is_refused(bad: str) -> None:
    with pytest.raises(UsageError):
        RecordingProxy(ProxyOptions(upstream_proxy=bad))


def test_fetch_follows_redirects_and_records_each() -> None:
    async def main() -> None:
        taken = Taken()
        async with origin() as server, RecordingProxy() as proxy:
            server.routes["/a"] = (
                b"HTTP/1.1 302 F\r\nLocation: b?x=1#y\r\nContent-Length: 0\r\n\r\n"
            )
            server.routes["/b?x=1"] = OK
            server.routes["/loop"] = (
                b"HTTP/1.1 301 M\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n"
            )
            listener = await proxy.listen(taken, allow=HERE)
            got = await listener.fetch(url(server, "/a#frag"), {"User-Agent": "me"})
            assert (got.url, got.status, got.size, got.ok) == (url(server, "/b?x=1"), 200, 2, True)
            assert [e.status for e in taken.all] == [302, 200]
            assert b"Accept-Encoding: identity\r\n" in taken.all[0].request_head
            assert (await listener.fetch(url(server, "/loop"))).failure == "too many redirects"

    run(main())


def test_fetch_tries_transient_faults_again_and_no_others() -> None:
    def seq(*answers: bytes):
        left = list(answers)

        async def handler(_, writer) -> None:
            writer.write(left.pop(0))

        return handler

    busy = b"HTTP/1.1 503 Busy\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n"
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"
    gone = b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"

    async def main() -> None:
        taken = Taken()
        async with origin() as server, RecordingProxy() as proxy:
            server.routes["/busy"] = seq(busy % b"1", cut, OK)
            server.routes["/later"] = seq(busy % b"3600")
            server.routes["/gone"] = seq(gone)
            listener = await proxy.listen(taken, allow=HERE)
            assert (await listener.fetch(url(server, "/busy"))).ok
            assert (await listener.fetch(url(server, "/later"))).status == 503
            assert (await listener.fetch(url(server, "/gone"))).status == 404
        assert [(e.status, e.truncated) for e in taken.all] == [
            (503, ""),
            (200, "disconnect"),
            (200, ""),
            (503, ""),
            (404, ""),
        ]

    run(main())


def test_the_decks_own_folder(tmp_path: Path) -> None:
    deck = tmp_path / "deck"
    (deck / "img").mkdir(parents=True)
    (deck / "img" / "a b.svg").write_text("<svg/>")
    (deck / ".env").write_text("secret")
    (deck / "v.mp4").write_bytes(bytes(range(100)))
    (tmp_path / "outside.txt").write_text("secret")
    (deck / "link.txt").symlink_to(tmp_path / "outside.txt")
    (tmp_path / "theme.css").write_text("p{}")
    site = DeckSite(
        page="talk.html",
        pages={"talk.html": b"<p>deck"},
        mounts=(("css/", str(tmp_path)), ("", str(deck))),
    )
    base = "http://deck.localhost"

    async def main() -> None:
        taken = Taken()
        async with RecordingProxy(ProxyOptions(deck=site)) as proxy:
            listener = await proxy.listen(taken)

            async def get(path: str, *fields: str, method: str = "GET") -> tuple[bytes, bytes]:
                answer = await ask(listener.port, base + path, *fields, method=method)
                head, _, body = answer.partition(b"\r\n\r\n")
                return head, body

            head, body = await get("/")
            assert body == b"<p>deck"
            assert b"Content-Type: text/html; charset=utf-8\r\n" in head
            assert (await get("/talk.html?x=1"))[1] == b"<p>deck"
            head, body = await get("/img/a%20b.svg")
            assert (b"Content-Type: image/svg+xml" in head, body) == (True, b"<svg/>")
            assert (await get("/css/theme.css"))[1] == b"p{}"
            head, body = await get("/v.mp4", "Range: bytes=10-19")
            assert head.startswith(b"HTTP/1.1 206 ")
            assert b"Content-Range: bytes 10-19/100\r\n" in head
            assert body == bytes(range(10, 20))
            assert (await get("/v.mp4", "Range: bytes=-5"))[1] == bytes(range(95, 100))
            assert (await get("/v.mp4", "Range: bytes=100-"))[0].startswith(b"HTTP/1.1 416 ")
            assert (await get("/v.mp4", method="HEAD"))[1] == b""
            for trick in (
                "/missing",
                "/.env",
                "/%2eenv",
                "/../outside.txt",
                "/css/..%2f..%2fetc/passwd",
                "/%2e%2e/outside.txt",
                "/..%5coutside.txt",
                "/link.txt",
                "/a%00b",
                "//etc/passwd",
            ):
                head, body = await get(trick)
                assert head.startswith(b"HTTP/1.1 404 "), trick
                assert b"secret" not in body
            assert (await listener.fetch(f"{base}/v.mp4")).size == 100
            await listener.close()
        assert len(taken.all) == 19
        assert taken.all[0].url == f"{base}/"

    run(main())


def test_the_black_hole_answers_nothing() -> None:
    async def main() -> None:
        async with origin() as server, RecordingProxy() as proxy:
            server.routes["/"] = OK
            with contextlib.suppress(OSError):
                assert await ask(proxy.blackhole.port, url(server)) == b""
            assert server.connections == 0

    run(main())


def test_a_sink_that_fails_is_told_when_the_listener_closes() -> None:
    async def full(_: RecordedExchange) -> None:
        raise OutputError("disk full")

    async def main() -> None:
        async with origin() as server, RecordingProxy() as proxy:
            server.routes["/"] = OK
            listener = await proxy.listen(full, allow=HERE)
            assert (await ask(listener.port, url(server))).endswith(b"ok")
            with pytest.raises(OutputError, match="disk full"):
                await listener.close()

    run(main())


def test_a_browser_that_goes_away_leaves_what_came() -> None:
    async def slow(_, writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
        with contextlib.suppress(OSError):
            while not writer.is_closing():
                writer.write(b"x" * 100)
                await writer.drain()
                await asyncio.sleep(0.001)

    async def main() -> None:
        taken = Taken()
        async with origin() as server, RecordingProxy() as proxy:
            server.routes["/"] = slow
            listener = await proxy.listen(taken, allow=HERE)
            _, writer = await connect(listener.port, "", tls=False)
            writer.write(f"GET {url(server)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            await until(lambda: listener.in_flight and listener.in_flight[0].received > 1000)
            writer.transport.abort()
            await until(lambda: taken.all)
            await listener.close()
        assert taken.all[0].truncated == "disconnect"
        assert taken.all[0].body.read() == b"x" * taken.all[0].size

    run(main())
