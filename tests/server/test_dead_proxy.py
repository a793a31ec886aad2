"""The witness: whatever asks it to go somewhere is refused and noted."""

from __future__ import annotations

import socket

import pytest

from deckarchive.server import DeadProxy


def ask(proxy: DeadProxy, *parts: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as sock:
        for part in parts:
            sock.sendall(part)
        answer = b""
        while data := sock.recv(4096):
            answer += data
    return answer


@pytest.mark.parametrize(
    ("parts", "method", "host", "url"),
    [
        (
            [b"GET http://Example.com/a?b HTTP/1.1\r\nHost: example.com\r\n\r\n"],
            "GET",
            "example.com",
            "http://Example.com/a?b",
        ),
        (
            [b"CONNECT example.com:443 HTTP/1.1\r\n\r\n"],
            "CONNECT",
            "example.com:443",
            "example.com:443",
        ),
        (
            [b"POST http://u:p@h.test:81/x HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"],
            "POST",
            "h.test:81",
            "http://u:p@h.test:81/x",
        ),
        ([b"\x16\x03\x01\x02\x00\x01"], "RAW", "", ""),
        ([b"\x05\x01\x00"], "RAW", "", ""),
    ],
)
def test_every_attempt_is_refused_and_noted(
    parts: list[bytes], method: str, host: str, url: str
) -> None:
    with DeadProxy() as proxy:
        assert ask(proxy, *parts).startswith(b"HTTP/1.1 403 ")
        (attempt,) = proxy.attempts
    assert (attempt.method, attempt.host, attempt.url) == (method, host, url)


def test_a_request_in_pieces_is_one_attempt() -> None:
    with DeadProxy() as proxy:
        ask(proxy, b"CONN", b"ECT example.com:443 HT", b"TP/1.1\r\n\r\n")
        assert [a.url for a in proxy.attempts] == ["example.com:443"]


def test_a_connection_that_asks_nothing_is_no_attempt() -> None:
    with DeadProxy() as proxy:
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as sock:
            sock.shutdown(socket.SHUT_WR)
            assert sock.recv(10) == b""
        assert proxy.attempts == ()
