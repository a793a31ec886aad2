"""The proxy's conduct: connections, streams, bounds, and what is no HTTP."""

import asyncio
import contextlib
from pathlib import Path

import pytest
from raw_origin import HERE, OK, Taken, ask, connect, origin, run, self_signed, until, url

from bench.peak import peak, reset_peak
from deckarchive.errors import OutputError
from deckarchive.model import RecordedExchange
from deckarchive.proxy import ProxyOptions, RecordingProxy


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
            await until(lambda: listener.open_exchanges and listener.open_exchanges[0].received)
            (flight,) = listener.open_exchanges
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
                await until(lambda: len(listener.open_exchanges) == 2)
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
            reset_peak()
            before = peak()
            sizes = []

            async def sink(exchange: RecordedExchange) -> None:
                sizes.append(exchange.size)
                exchange.close()

            listener = await proxy.listen(sink, allow=HERE)
            assert (await listener.fetch(url(server))).size == size
            await listener.close()
            assert sizes == [size]
            assert peak() - before < 64 << 20

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
        assert listener.open_exchanges[0].streaming
        assert listener.open_exchanges[0].received == 7
        writer.close()
        await until(lambda: not listener.open_exchanges)

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
            await until(
                lambda: listener.open_exchanges and listener.open_exchanges[0].received > 1000
            )
            writer.transport.abort()
            await until(lambda: taken.all)
            await listener.close()
        assert taken.all[0].truncated == "disconnect"
        assert taken.all[0].body.read() == b"x" * taken.all[0].size

    run(main())
