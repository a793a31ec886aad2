"""Which file a request gets, with which fields, and which part of it."""

from __future__ import annotations

import pytest

from deckarchive.server import Server
from tests.server.client import BODY, get


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
