"""The replay: which record answers a request, what the browser gets, and that nothing leaves."""

from __future__ import annotations

import ast
import asyncio
import io
import socket
from pathlib import Path

import pytest

from deckarchive import proxy
from deckarchive.archive import Archive, Replay
from deckarchive.model import CaptureRecord, Exchange, State
from deckarchive.proxy import ReplayProxy
from tests import loops

PROXY = Path(proxy.__file__).parent


class Held:
    """An archive of one target whose exchanges are given."""

    def __init__(self, *exchanges: Exchange) -> None:
        self.given = list(exchanges)
        self.records = {
            "t": CaptureRecord(id="t", kind="iframe", url="https://a.test/", state=State.CAPTURED)
        }

    def exchanges(self, id: str) -> list[Exchange]:
        return self.given


def made(
    url: str, body: bytes = b"x", *, method: str = "GET", status: int = 200, **more: object
) -> Exchange:
    values: dict[str, object] = {"headers": (("Content-Type", "text/plain"),)} | more
    values.setdefault("request_headers", ())
    return Exchange(
        method=method, url=url, status=status, timestamp="", digest="", size=len(body),
        open_body=lambda: io.BytesIO(body), **values,
    )  # type: ignore[arg-type]  # fmt: skip


def replay(*exchanges: Exchange) -> Replay:
    held = Held(*exchanges)
    assert isinstance(held, Held)
    return Replay(held)  # type: ignore[arg-type]


def body_of(found: Exchange | None) -> bytes | None:
    return found.open_body().read() if found else None


API = "https://a.test/api"


@pytest.mark.parametrize(
    ("recorded", "asked", "answers"),
    [
        ("?q=1", "?q=1", True),
        ("?q=1&_=1700000000001", "?q=1&_=1800000000002", True),
        ("?q=1&cb=x", "?q=1", True),
        ("?q=1", "?q=2", False),
        ("?q=1", "", True),
        ("", "?q=1", True),
        ("/other", "", False),
        (".css?build=abc", ".css?build=def", True),
    ],
)
def test_a_query_may_differ_only_in_what_changes_by_itself(
    recorded: str, asked: str, answers: bool
) -> None:
    found = replay(made(API + recorded)).find("GET", API + asked, ())
    assert (found is not None) is answers


def test_whole_successes_win_and_304_never() -> None:
    source = replay(
        made(API, status=304),
        made(API, b"away", status=302),
        made(API, b"cu", truncated="disconnect"),
        made(API, b"part", status=206, headers=(("Content-Range", "bytes 0-3/9"),)),
        made(API, b"whole"),
    )
    assert body_of(source.find("GET", API, ())) == b"whole"
    assert body_of(source.find("HEAD", API, ())) == b"whole"
    assert replay(made(API, status=304)).find("GET", API, ()) is None


def test_a_post_is_told_by_its_body() -> None:
    source = replay(
        made(API, b"one", method="POST", request_body=b"1"),
        made(API, b"two", method="POST", request_body=b"2"),
    )
    assert body_of(source.find("POST", API, (), b"2")) == b"two"
    assert source.find("POST", API, (), b"3") is None
    assert source.find("GET", API, ()) is None
    only = replay(made(API, b"one", method="POST", request_body=b"boundary-1"))
    assert body_of(only.find("POST", API, (), b"boundary-2")) == b"one"


def test_http_leads_to_the_https_that_had_answered() -> None:
    found = replay(made("https://a.test/x")).find("GET", "http://a.test/x", ())
    assert found
    assert (found.status, found.header("location")) == (307, "https://a.test/x")


def test_a_callback_gets_the_name_that_is_asked_for() -> None:
    source = replay(made(f"{API}?callback=jq_1700000000001", b"/**/jq_1700000000001({})"))
    found = source.find("GET", f"{API}?callback=jq_1800000000002", ())
    assert body_of(found) == b"/**/jq_1800000000002({})"


async def asked(source: object, request: bytes, **options: object) -> tuple[bytes, ReplayProxy]:
    async with ReplayProxy(source, **options) as running:  # type: ignore[arg-type]
        port = int(running.server.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        return answer, running


def ask(source: object, request: str) -> tuple[bytes, ReplayProxy]:
    head = request.replace("\n", "\r\n") + "\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    return loops.run(asked(source, head.encode()))


@pytest.mark.parametrize(
    ("field", "status", "body"),
    [
        ("Range: bytes=2-4", b"206", b"234"),
        ("Range: bytes=7-", b"206", b"789"),
        ("Range: bytes=-2", b"206", b"89"),
        ("Range: bytes=40-", b"416", b""),
        ("X: y", b"200", b"0123456789"),
    ],
)
@pytest.mark.parametrize("coding", ["", "gzip"])
def test_ranges_come_from_whole_bodies(field: str, status: bytes, body: bytes, coding: str) -> None:
    coded = (("Content-Encoding", coding),) if coding else ()
    source = replay(made("http://a.test/v", b"0123456789", headers=coded))
    answer, _ = ask(source, f"GET http://a.test/v HTTP/1.1\nHost: a.test\n{field}")
    head, _, got = answer.partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == status
    if b"chunked" in head:
        got = got.partition(b"\r\n")[2].partition(b"\r\n")[0]
    assert got == body
    assert b"Content-Encoding" not in head


def test_what_forbids_frames_is_left_out() -> None:
    headers = (
        ("X-Frame-Options", "DENY"),
        ("Content-Security-Policy", "frame-ancestors 'none'; img-src *; report-uri /r"),
        ("Strict-Transport-Security", "max-age=1"),
        ("Alt-Svc", "h3"),
        ("X-Other", "stays"),
    )
    source = replay(made("http://a.test/", headers=headers))
    answer, _ = ask(source, "GET http://a.test/ HTTP/1.1\nHost: a.test")
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert b"content-security-policy: img-src *\r\n" in head
    assert b"x-other: stays" in head
    for word in (b"x-frame", b"frame-ancestors", b"strict-", b"alt-svc", b"report"):
        assert word not in head


def test_preflights_and_permissions_follow_the_origin_that_asks() -> None:
    source = replay(made("http://a.test/", headers=(("Access-Control-Allow-Origin", "http://b"),)))
    answer, _ = ask(source, "GET http://a.test/ HTTP/1.1\nHost: a.test\nOrigin: http://c.test")
    assert answer.count(b"Access-Control-Allow-Origin") == 1
    assert b"Access-Control-Allow-Origin: http://c.test\r\n" in answer
    for method, allowed in (("GET", True), ("DELETE", False)):
        answer, _ = ask(
            source,
            "OPTIONS http://a.test/ HTTP/1.1\nHost: a.test\nOrigin: http://c.test\n"
            f"Access-Control-Request-Method: {method}\nAccess-Control-Request-Headers: x-y",
        )
        assert answer.startswith(b"HTTP/1.1 204") is allowed
        assert (b"Access-Control-Allow-Headers: x-y" in answer) is allowed


def test_what_was_not_recorded_is_refused_and_nothing_is_connected() -> None:
    with socket.socket() as origin:
        origin.bind(("127.0.0.1", 0))
        origin.listen()
        origin.settimeout(0.3)
        url = f"http://127.0.0.1:{origin.getsockname()[1]}/secret"
        answer, running = ask(replay(), f"GET {url} HTTP/1.1\nHost: x")
        assert answer == b""
        assert running.refused == [(url, "GET was not recorded")]
        with pytest.raises(TimeoutError):
            origin.accept()


def test_web_sockets_are_refused() -> None:
    source = replay(made("http://a.test/ws", status=101))
    request = "GET http://a.test/ws HTTP/1.1\nHost: a.test\nUpgrade: websocket\nConnection: Upgrade"
    answer, running = ask(source, request)
    assert (answer, running.refused) == (b"", [("http://a.test/ws", "WebSockets are not replayed")])


def imported(module: str, seen: set[str]) -> set[str]:
    """The proxy's own modules that ``module`` imports, and those that they import."""
    for node in ast.walk(ast.parse((PROXY / f"{module}.py").read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            "deckarchive.proxy."
        ):
            name = str(node.module).rpartition(".")[2]
            if name not in seen:
                seen.add(name)
                imported(name, seen)
    return seen


def test_no_network_code_can_be_reached_from_the_replay() -> None:
    reached = imported("replay", {"replay"})
    assert "port" in reached
    assert not reached & {"upstream", "exchange", "fetch", "recorder"}
    for name in reached:
        text = (PROXY / f"{name}.py").read_text("utf-8")
        for opener in ("open_connection", "create_connection", "getaddrinfo", "import socket"):
            assert opener not in text, f"{name}: {opener}"
    assert "open_connection" in (PROXY / "upstream.py").read_text("utf-8")


def test_an_archive_is_what_the_lookup_takes() -> None:
    assert Replay.__annotations__["archive"] in (Archive, "Archive")
