"""Pure parts: reading heads as they come, framing bodies, judging addresses."""

import io

import pytest
from raw_origin import origin, run

from deckarchive.heads import Head
from deckarchive.model import RecordedExchange
from deckarchive.proxy import ProxyOptions, RecordingProxy
from deckarchive.proxy.request import Origin, make_request, origin_of, split_target
from deckarchive.proxy.upstream import is_allowed, is_private
from deckarchive.proxy.wire import response_framing


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"HTTP/1.1 200 OK", ("HTTP/1.1", 200, "OK")),
        (b"HTTP/1.0 404 Not  Found ", ("HTTP/1.0", 404, "Not  Found")),
        (b"HTTP/1.1 200", ("HTTP/1.1", 200, "")),
        (b"http/1.1 200 ok", ("HTTP/1.1", 200, "ok")),
        (b"HTTP/2 200", ("HTTP/2.0", 200, "")),
        (b"HTTP/1.1  204  x", ("HTTP/1.1", 204, "x")),
        (b"ab\r\x00HTTP/1.1 200 OK", ("HTTP/1.1", 200, "OK")),
        (b"ICY 200 OK", ("HTTP/1.0", 200, "OK")),
        (b"HTTP/1.1 200 \xe9t\xe9", ("HTTP/1.1", 200, "été")),
    ],
)
def test_status_lines(line: bytes, status: tuple[str, int, str]) -> None:
    assert Head(line + b"\r\n\r\n").status == status


@pytest.mark.parametrize("line", [b"", b"SSH-2.0", b"HTTP/1.1", b"HTTP/1.1 ok", b"<html>"])
def test_what_is_no_status_line(line: bytes) -> None:
    with pytest.raises(ValueError, match="status line"):
        _ = Head(line + b"\r\n\r\n").status


def test_fields_are_read_leniently_and_kept_exactly() -> None:
    raw = (
        b"HTTP/1.1 200 OK\r\nA: 1\r\na : 2\nnonsense\r\nFold: x\r\n  y\r\n\tz\r\n"
        b": none\r\nTransfer-Encoding: chunked\r\nX-Transfer-Encoding: no\r\n\r\n"
    )
    head = Head(raw)
    assert head.fields == (
        (b"A", b"1"),
        (b"a", b"2"),
        (b"Fold", b"x y z"),
        (b"Transfer-Encoding", b"chunked"),
        (b"X-Transfer-Encoding", b"no"),
    )
    assert head.value(b"a") == b"1, 2"
    renamed = raw.replace(b"\nTransfer-Encoding", b"\nX-Orig")
    assert head.renamed(b"transfer-encoding", b"X-Orig") == renamed
    assert head.renamed(b"absent", b"X") == raw


@pytest.mark.parametrize(
    ("method", "head", "framing"),
    [
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", ("length", 3)),
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", ("none", 0)),
        ("GET", b"HTTP/1.1 204 OK\r\nContent-Length: 3\r\n\r\n", ("none", 0)),
        ("GET", b"HTTP/1.1 304 OK\r\nTransfer-Encoding: chunked\r\n\r\n", ("none", 0)),
        ("GET", b"HTTP/1.1 101 Go\r\n\r\n", ("none", 0)),
        ("GET", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", ("chunked", 0)),
        ("GET", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n", ("chunked", 0)),
        ("GET", b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", ("close", 0)),
        ("GET", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n", ("close", 0)),
        (
            "GET",
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n",
            ("chunked", 0),
        ),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\n", ("length", 3)),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", ("close", 0)),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ("length", 0)),
    ],
)
def test_how_a_body_ends(method: str, head: bytes, framing: tuple[str, int]) -> None:
    assert response_framing(method, Head(head)) == framing


@pytest.mark.parametrize(
    ("target", "origin", "path"),
    [
        (b"http://a.test/x?y", Origin("http", "a.test", 80), b"/x?y"),
        (b"http://a.test:81?y#z", Origin("http", "a.test", 81), b"/?y"),
        (b"HTTPS://user:pw@A.test/", Origin("https", "a.test", 443), b"/"),
        (b"ws://[::1]:9/s", Origin("http", "::1", 9), b"/s"),
        (b"http://a.test", Origin("http", "a.test", 80), b"/"),
    ],
)
def test_absolute_targets(target: bytes, origin: Origin, path: bytes) -> None:
    assert split_target(target) == (origin, path)


@pytest.mark.parametrize("target", [b"/x", b"ftp://a.test/", b"http://", b"http://a b/", b"*"])
def test_targets_that_are_not_absolute(target: bytes) -> None:
    assert split_target(target) is None


@pytest.mark.parametrize("authority", [b"", b"a@b:1", b"a:99999", b"\xff", b"a/b"])
def test_authorities_that_are_none(authority: bytes) -> None:
    assert origin_of(authority, "https") is None


def test_only_what_concerns_the_proxy_is_taken_from_a_request() -> None:
    raw = (
        b"GET http://a.test/x HTTP/1.1\r\nHost: a.test\r\nProxy-Connection: keep-alive\r\n"
        b"X-B:  odd \r\nProxy-Authorization: secret\r\naccept-encoding: gzip;q=1, br, zstd\r\n\r\n"
    )
    request = make_request(Head(raw), Origin("http", "a.test", 80), b"/x", io.BytesIO(), 0)
    assert request.head.raw == (
        b"GET /x HTTP/1.1\r\nHost: a.test\r\nX-B:  odd \r\naccept-encoding: gzip;q=1\r\n\r\n"
    )
    assert request.url == "http://a.test/x"


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("127.0.0.1", True),
        ("10.0.0.1", True),
        ("100.64.0.1", True),
        ("169.254.169.254", True),
        ("192.168.1.1", True),
        ("0.0.0.0", True),
        ("224.0.0.1", True),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("fd00::1", True),
        ("::ffff:127.0.0.1", True),
        ("64:ff9b::a00:1", True),
        ("2002:7f00:1::", True),
        ("0.1.2.3", True),
        ("100.127.255.255", True),
        ("192.0.0.1", True),
        ("192.0.2.1", True),
        ("192.88.99.1", True),
        ("198.18.0.1", True),
        ("198.19.255.255", True),
        ("239.255.255.250", True),
        ("255.255.255.255", True),
        ("::", True),
        ("::%1", True),
        ("::127.0.0.1", True),
        ("::8.8.8.8", True),
        ("::ffff:0:127.0.0.1", True),
        ("::ffff:0.0.0.0", True),
        ("64:ff9b::7f00:1", True),
        ("64:ff9b:1::7f00:1", True),
        ("64:ff9b:1:a00:0:100::", True),
        ("64:ff9b:1::808:808", True),
        ("100::1", True),
        ("2001::1", True),
        ("2001:0:7f00:1:0:0:80ff:fffe", True),
        ("2001:db8::1", True),
        ("2002:a00:1::1", True),
        ("3fff::1", True),
        ("5f00::1", True),
        ("fc00::1", True),
        ("fe80::5efe:10.0.0.1", True),
        ("fec0::1", True),
        ("feff::1%2", True),
        ("ff02::1", True),
        ("2606:4700::5efe:10.0.0.1", True),
        ("2606:4700::200:5efe:192.168.0.1", True),
        ("4000::1", True),
        ("8000::1", True),
        ("8.8.8.8", False),
        ("::ffff:8.8.8.8", False),
        ("2002:808:808::1", False),
        ("2606:4700::5efe:8.8.8.8", False),
        ("2606:4700::1111%eth0", False),
        ("2606:4700::1111", False),
        ("64:ff9b::808:808", False),
        ("a.test", False),
    ],
)
def test_private_addresses(address: str, private: bool) -> None:
    assert is_private(address) is private


def test_hosts_that_the_author_named() -> None:
    allow = {"LocalHost", "10.0.0.1:8080", "[::1]:9"}
    assert is_allowed("localhost.", 1, allow)
    assert is_allowed("10.0.0.1", 8080, allow)
    assert is_allowed("::1", 9, allow)
    assert not is_allowed("10.0.0.1", 80, allow)
    assert not is_allowed("a.localhost", 1, allow)


def test_a_kept_connection_does_not_pass_the_guard_for_others() -> None:
    async def sink(exchange: RecordedExchange) -> None:
        exchange.close()

    async def main() -> None:
        async with origin() as server, RecordingProxy(ProxyOptions(retries=0)) as proxy:
            server.routes["/"] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            address = f"http://127.0.0.1:{server.port}/"
            may = await proxy.listen(sink, allow={"127.0.0.1"})
            may_not = await proxy.listen(sink)
            assert (await may.fetch(address)).ok
            assert (await may_not.fetch(address)).failure.startswith("refused: ")
            assert (await may.fetch(address)).ok

    run(main())
