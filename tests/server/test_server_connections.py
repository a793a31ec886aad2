"""Connections: what is malformed, kept, rude, logged and closed."""

from __future__ import annotations

import gc
import os
import socket
import sys
import threading
import warnings
from pathlib import Path

import pytest

from deckarchive.errors import PortInUse
from deckarchive.server import DeadProxy, Server, fetch_local
from deckarchive.server._http import RequestHead
from tests.server.client import get, send


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "get"])
def test_only_get_and_head(server: Server, method: str) -> None:
    reply = get(server, "/", method=method)
    assert (reply.status, reply.fields["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n folded: x\r\n\r\n", 400),
        (b"GET relative HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 1_100_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 1_300_000, 431),
    ],
)
def test_malformed_requests(server: Server, request_bytes: bytes, status: int) -> None:
    assert send(server, request_bytes).status == status


def test_a_connection_is_kept_and_a_body_ends_it(server: Server) -> None:
    one = f"GET /frames/a.html HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n".encode()
    last = one.replace(b"\r\n\r\n", b"\r\nContent-Length: 5\r\n\r\n") + b"GET /evil"
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as sock:
        sock.sendall(one + one + last)
        raw = b""
        while data := sock.recv(65536):
            raw += data
    assert raw.count(b"HTTP/1.1 200 OK") == 3
    assert raw.count(b"HTTP/1.1") == 3


def test_ipv6_loopback_answers_too(server: Server) -> None:
    if len(server._sockets) == 1:
        pytest.fail("this machine has no ::1, so the test has no meaning here")
    raw = f"GET / HTTP/1.0\r\nHost: [::1]:{server.port}\r\n\r\n".encode()
    assert send(server, raw, "::1").status == 200


def test_slow_and_vanishing_clients_do_not_disturb_others(server: Server, folder: Path) -> None:
    (folder / "media/big.bin").write_bytes(os.urandom(8 * 2**20))
    ask = f"GET /media/big.bin HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n".encode()
    idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(40)]
    for n, sock in enumerate(idle):
        sock.sendall((b"GET / HT", ask, b"\x16\x03\x01", b"")[n % 4])
    for _ in range(20):  # ask and hang up
        with socket.create_connection(("127.0.0.1", server.port)) as sock:
            sock.sendall(ask)
    sizes: list[int] = []

    def fetch() -> None:
        sizes.append(len(get(server, "/media/big.bin").body))

    threads = [threading.Thread(target=fetch) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [8 * 2**20] * 12
    server.close()  # with forty clients still holding on
    for sock in idle:
        sock.close()


def test_the_log_says_what_was_asked_and_missed(server: Server) -> None:
    get(server, "/frames/a.html?x=1")
    get(server, "/none.png", host=f"copy-1.deck.localhost:{server.port}")
    first, second = server.requests
    assert (first.target, first.status, first.method) == ("/frames/a.html?x=1", 200, "GET")
    assert (second.host, second.status) == (f"copy-1.deck.localhost:{server.port}", 404)


def test_the_log_is_bounded(server: Server) -> None:
    long = "x" * 900_000
    for n in range(40):
        assert get(server, f"/none?{n}&{long}", host=f"deck.localhost:{server.port}").status == 404
        assert get(server, "/", host=long).status == 421
    kept = server.requests
    assert sum(len(entry.target) + len(entry.host) for entry in kept) < 400_000
    count = server.request_count
    assert count == len(kept) == 80
    for n in range(5000):
        server._log.add(RequestHead(method="GET", target=f"/{n}&{long[:5000]}", host="", fields={},
                             keep_alive=True), 200)  # fmt: skip
    kept = server.requests
    assert sum(len(entry.target) for entry in kept) <= 16 * 2**20
    assert server.request_count == count + 5000
    assert [r.target.partition("&")[0] for r in server.requests_since(count + 4998)] == [
        "/4998",
        "/4999",
    ]
    assert server.requests_since(0) == kept


def test_a_busy_port_is_named(server: Server, folder: Path) -> None:
    with pytest.raises(PortInUse, match=str(server.port)):
        Server(folder, server.port)


def test_closed_means_closed(folder: Path) -> None:
    server = Server(folder).start()
    assert fetch_local(server.port, "/frames/a.html") == b"frame"
    server.close()
    server.close()
    assert fetch_local(server.port, "/frames/a.html") is None
    with Server(folder, server.port) as again:  # the port is free at once
        assert fetch_local(again.port, "/frames/a.html") == b"frame"


def test_connections_that_come_as_it_stops_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", left.append)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        for _ in range(40):
            with DeadProxy() as listening:
                clients = [socket.create_connection(("127.0.0.1", listening.port)) for _ in "abc"]
            for client in clients:
                client.close()
        gc.collect()
    assert left == []
