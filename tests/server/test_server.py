"""The loopback server, asked in bytes: paths, ranges, hosts, freshness and rude clients."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from deckarchive.errors import PortInUse
from deckarchive.server import Server, fetch_local
from deckarchive.server._http import RequestHead

BODY = bytes(range(256)) * 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "offline"
    files = {
        "index.html": b"<!DOCTYPE html><title>deck</title>",
        "frames/a.html": b"frame",
        "media/clip.mp4": BODY,
        "media/empty.bin": b"",
        "sites/example.org/app.mjs": "export const e = 'é'".encode(),
        "sites/example.org/feed.rss": b"<rss/>",
        "sites/example.org/old.js": "var e = 'é'".encode("latin-1"),
        "sites/example.org/plain.js": b"var e = 1",
        "sites/example.org/data.ipynb": b"{}",
        "sites/example.org/x.wasm": b"\0asm",
        "sites/example.org/f.woff2": b"wOF2",
        "sites/example.org/s.vtt": b"WEBVTT",
        "sites/example.org/l.m3u8": b"#EXTM3U",
        "sites/example.org/l.mpd": b"<MPD/>",
        "sites/example.org/page": b"<!-- x -->\n<!doctype html><p>hi",
        "sites/example.org/notes": "é plain".encode(),
        "sites/example.org/blob": b"\0\1\2",
        "sites/example.org/picture": b"\x89PNG\r\n\x1a\n....",
        "sites/example.org/drawing": b'<?xml version="1.0"?>\n<svg xmlns="x">',
        "sites/example.org/sub/index.html": b"sub",
        "sites/example.org/.well-known/a.json": b"{}",
        "sites/example.org/a b,c.txt": b"spaced",
        ".index.html.abcd1234": b"half written",
        ".git/config": b"[core]",
        ".env": b"secret",
        "own/.notes.txt": b"secret",
    }
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "secret.txt").write_text("secret")
    (root / "leak.txt").symlink_to(tmp_path / "secret.txt")
    (root / "leakdir").symlink_to(tmp_path)
    (root / "loop").symlink_to(root / "loop")
    os.mkfifo(root / "pipe")
    os.mkfifo(root / "sites/example.org/pipe.html")
    (root / "inside.mp4").symlink_to(root / "media/clip.mp4")
    return root


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    with Server(folder) as running:
        yield running


class Reply:
    def __init__(self, raw: bytes) -> None:
        head, _, self.body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split()[1]) if first else 0
        self.fields = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}


def send(server: Server, request: bytes, address: str = "127.0.0.1") -> Reply:
    with socket.create_connection((address, server.port), timeout=20) as sock:
        sock.sendall(request)
        raw = b""
        while data := sock.recv(65536):
            raw += data
    return Reply(raw)


def get(server: Server, target: str, *fields: str, method: str = "GET", host: str = "") -> Reply:
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host or f'deck.localhost:{server.port}'}"]
    lines += [*fields, "Connection: close", "", ""]
    return send(server, "\r\n".join(lines).encode("latin-1"))


def test_serves_a_file_with_its_validators(server: Server) -> None:
    reply = get(server, "/")
    assert (reply.status, reply.body) == (200, b"<!DOCTYPE html><title>deck</title>")
    assert reply.fields["content-type"] == "text/html"
    assert reply.fields["origin-agent-cluster"] == "?1"
    assert reply.fields["cross-origin-opener-policy"] == "same-origin"
    assert reply.fields["x-content-type-options"] == "nosniff"
    etag, modified = reply.fields["etag"], reply.fields["last-modified"]
    for field in (
        f"If-None-Match: {etag}",
        f'If-None-Match: W/{etag}, W/"x"',
        "If-None-Match: *",
        f"If-Modified-Since: {modified}",
    ):
        fresh = get(server, "/", field)
        assert (fresh.status, fresh.body) == (304, b""), field
        assert "content-length" not in fresh.fields
    for field in (
        'If-None-Match: "other"',
        "If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
        "If-Modified-Since: nonsense",
    ):
        assert get(server, "/", field).status == 200, field


def test_head_has_the_fields_of_get_and_no_body(server: Server) -> None:
    whole, head = get(server, "/media/clip.mp4"), get(server, "/media/clip.mp4", method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.fields["content-length"] == whole.fields["content-length"] == str(len(BODY))
    missing = get(server, "/none", method="HEAD")
    assert (missing.status, missing.body) == (404, b"")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("app.mjs", "text/javascript; charset=utf-8"),
        ("old.js", "text/javascript"),
        ("plain.js", "text/javascript"),
        ("data.ipynb", "application/json"),
        ("x.wasm", "application/wasm"),
        ("f.woff2", "font/woff2"),
        ("s.vtt", "text/vtt; charset=utf-8"),
        ("l.m3u8", "application/vnd.apple.mpegurl"),
        ("l.mpd", "application/dash+xml"),
        ("page", "text/html"),
        ("notes", "text/plain; charset=utf-8"),
        ("blob", "application/octet-stream"),
        ("picture", "image/png"),
        ("drawing", "image/svg+xml"),
    ],
)
def test_content_types(server: Server, name: str, expected: str) -> None:
    reply = get(server, f"/sites/example.org/{name}")
    assert (reply.status, reply.fields["content-type"]) == (200, expected)
    assert "x-content-type-options" not in reply.fields  # an archived site may need sniffing


@pytest.mark.parametrize(
    ("value", "status", "start", "end"),
    [
        ("bytes=0-9", 206, 0, 10),
        ("bytes=10-", 206, 10, len(BODY)),
        ("bytes=-5", 206, len(BODY) - 5, len(BODY)),
        ("bytes=-99999", 206, 0, len(BODY)),
        ("bytes=1000-99999", 206, 1000, len(BODY)),
        ("BYTES=0-0", 206, 0, 1),
        ("bytes=5-2", 200, 0, len(BODY)),
        ("bytes=0-1,4-5", 200, 0, len(BODY)),
        ("items=0-1", 200, 0, len(BODY)),
        ("bytes=-", 200, 0, len(BODY)),
        ("bytes=x-y", 200, 0, len(BODY)),
        (f"bytes=0-{'9' * 99}", 206, 0, len(BODY)),
        (f"bytes={'9' * 5000}-", 200, 0, len(BODY)),  # longer than Python takes for a number
    ],
)
def test_ranges(server: Server, value: str, status: int, start: int, end: int) -> None:
    reply = get(server, "/media/clip.mp4", f"Range: {value}")
    assert (reply.status, reply.body) == (status, BODY[start:end])
    if status == 206:
        assert reply.fields["content-range"] == f"bytes {start}-{end - 1}/{len(BODY)}"


@pytest.mark.parametrize("value", [f"bytes={len(BODY)}-", "bytes=-0"])
def test_unsatisfiable_ranges(server: Server, value: str) -> None:
    reply = get(server, "/media/clip.mp4", f"Range: {value}")
    assert (reply.status, reply.fields["content-range"]) == (416, f"bytes */{len(BODY)}")
    assert get(server, "/media/empty.bin", "Range: bytes=0-").status == 416


def test_if_range_sends_the_whole_when_the_file_changed(server: Server) -> None:
    fields = get(server, "/media/clip.mp4", method="HEAD").fields
    for validator, status in [
        (fields["etag"], 206),
        (fields["last-modified"], 206),
        ('"other"', 200),
        ("W/" + fields["etag"], 200),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 200),
        ("nonsense", 200),
    ]:
        reply = get(server, "/media/clip.mp4", "Range: bytes=0-1", f"If-Range: {validator}")
        assert reply.status == status, validator


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.txt",
        "/frames/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/.%2E/secret.txt",
        "/frames/..%2f..%2fsecret.txt",
        "/frames/..%5c..%5csecret.txt",
        "/frames\\..\\..\\secret.txt",
        "/..%00/secret.txt",
        "/index.html%00.png",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/leak.txt",
        "/leakdir/secret.txt",
        "/loop",
        "/.index.html.abcd1234",
        "/.git/config",
        "/.env",
        "/%2eenv",
        "/own/.notes.txt",
        "/pipe",
        "/%ff.html",
        "/index.html/",
        "/media/",
        "/frames/a.html/x",
        "/" + "a" * 5000,
    ],
)
def test_tricks_and_misses_are_not_found(server: Server, target: str) -> None:
    reply = get(server, target)
    assert reply.status == (200 if target == "/index.html/" else 404)
    assert b"secret" not in reply.body


def test_paths_are_decoded(server: Server) -> None:
    assert get(server, "/sites/example.org/a%20b,c.txt?v=1").body == b"spaced"
    assert get(server, "/sites/example.org/.well-known/a.json").body == b"{}"
    assert get(server, "/inside.mp4").body == BODY


def test_a_directory_gets_its_slash_and_never_another_host(server: Server) -> None:
    reply = get(server, "/sites/example.org/sub?q=1")
    assert (reply.status, reply.fields["location"]) == (301, "/sites/example.org/sub/?q=1")
    assert get(server, "/sites/example.org/sub/").body == b"sub"
    assert get(server, "//frames").fields["location"] == "/frames/"


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "[::1]", "deck.localhost", "DECK.LOCALHOST"],
)
def test_own_names_are_answered(server: Server, host: str) -> None:
    assert get(server, "/", host=f"{host}:{server.port}").status == 200


def test_a_copy_gets_what_copies_need_and_no_more(server: Server) -> None:
    copy = f"a-b-1.deck.localhost:{server.port}"
    assert get(server, "/sites/example.org/plain.js", host=copy).status == 200
    for path in ("/", "/index.html", "/deckarchive.json", "/sites%2f..%2findex.html", "/sitesx"):
        assert get(server, path, host=copy).status == 404, path


def test_archived_scripts_and_pages_carry_the_policy_of_copies(server: Server) -> None:
    for name, alone in (("a.deck.localhost", False), ("deck.localhost", True)):
        for path in ("plain.js", "feed.rss"):
            reply = get(server, f"/sites/example.org/{path}", host=f"{name}:{server.port}")
            assert "content-security-policy" in reply.fields, path
        policy = reply.fields["content-security-policy"]
        assert "default-src 'self'" in policy
        assert ("sandbox" in policy) is alone
        assert reply.fields["connection-allowlist"] == "(response-origin)"
    own = get(server, "/", host=f"deck.localhost:{server.port}").fields["content-security-policy"]
    assert "object-src 'self'" in own
    assert "sandbox" not in own


def test_cookies_that_a_copy_planted_for_all_names_are_read_and_cleared(server: Server) -> None:
    flood = "; ".join(f"planted{n}={'x' * 3900}" for n in range(180))
    host = f"deck.localhost:{server.port}"
    reply = get(server, "/", f"Cookie: {flood}", host=host)
    assert (reply.status, reply.fields["clear-site-data"]) == (200, '"cookies"')
    reply = get(server, "/", "Cookie: few=1", host=host)
    assert "clear-site-data" not in reply.fields


@pytest.mark.parametrize(
    "host",
    [
        "example.org:{port}",
        "deck.localhost.example.org:{port}",
        "a.b.deck.localhost:{port}",
        "evil.localhost:{port}",
        "127.0.0.1.nip.io:{port}",
        "192.168.1.5:{port}",
        "deck.localhost:1",
        "deck.localhost",
        "",
    ],
)
def test_other_names_are_refused(server: Server, host: str) -> None:
    reply = get(server, "/", host=host.format(port=server.port) or " ")
    assert reply.status == 421
    assert b"title" not in reply.body


def test_the_absolute_form_names_the_host(server: Server) -> None:
    own, other = f"http://deck.localhost:{server.port}", f"http://example.org:{server.port}/"
    assert get(server, own).status == 200
    assert get(server, own + "/media/clip.mp4").body == BODY
    assert get(server, other).status == 421


def test_a_copy_registers_no_service_worker_of_its_own(server: Server) -> None:
    host, field = f"a-copy.deck.localhost:{server.port}", "Service-Worker: script"
    script = "/sites/example.org/plain.js"
    assert get(server, script, host=host).status == 200
    assert get(server, script, field, host=host).status == 403
    assert get(server, "/sw.js", field, host=host).status != 403


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


def test_rude_clients_do_not_disturb_others(server: Server, folder: Path) -> None:
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


def test_two_decks_out_of_zips_are_told_apart(tmp_path: Path) -> None:
    tags = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(f"<title>{name}</title>")
        os.utime(tmp_path / name / "index.html", (1e9, 1e9))
        with Server(tmp_path / name) as server:
            reply = get(server, "/", *(f"If-None-Match: {tag}" for tag in tags))
            assert reply.status == 200, "the other deck's page would be shown"
            tags.append(reply.fields["etag"])


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
