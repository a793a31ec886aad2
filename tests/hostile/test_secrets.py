"""A login that comes back in what a site sends is found and blotted out, wherever it stands."""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import brotli
import pytest

from deckarchive.crawler.credentials import Credentials
from deckarchive.crawler.redaction import Redactor, is_telling, redact_exchange, values_of
from deckarchive.heads import Head
from deckarchive.model import RecordedExchange, State
from tests.capture.conftest import Captured, Shoot, shoot, web
from tests.capture.web import Answer, Asked, Web

__all__ = ["shoot", "web"]  # fixtures
TOKEN = 'key/of+mine="zyx4711"&<é'
ASCII = "key-of/mine+zyx4711=="
PASSWORD = "long password zyx4711"


def made(
    body: bytes = b"", *fields: bytes, url: str = "https://a.test/", asked: bytes = b""
) -> RecordedExchange:
    response = b"\r\n".join([b"HTTP/1.1 200 OK", *fields, b"", b""])
    request = b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"
    return RecordedExchange(
        method="GET", url=url, request_head=request, request_body=io.BytesIO(asked),
        request_size=len(asked), status=200, reason="OK", http_version="HTTP/1.1",
        response_head=response, request_headers=Head(request).fields,
        headers=Head(response).fields, body=io.BytesIO(body), size=len(body), truncated="",
        started=datetime.now(UTC), seconds=0.1, ip="",
    )  # fmt: skip


@pytest.mark.parametrize(
    "written",
    [
        *(TOKEN.encode(), TOKEN.encode("latin-1"), quote(TOKEN, safe="").encode()),
        *(quote(TOKEN, safe="").lower().replace("%c3%a9", "%c3%a9").encode(),),
        *(json.dumps(TOKEN).encode(), json.dumps(TOKEN).replace("/", "\\/").encode()),
        *(json.dumps(TOKEN, ensure_ascii=False).encode(), html.escape(TOKEN).encode()),
        base64.b64encode(TOKEN.encode()),
        base64.urlsafe_b64encode(TOKEN.encode() + b"and more"),
    ],
)
def test_a_value_is_found_however_it_is_written(written: bytes) -> None:
    data = b"before " + written + b" after"
    new, found = Redactor([TOKEN]).redact(data)
    assert found >= 1
    assert len(new) == len(data)
    assert b"zyx4711" not in new
    assert b"xxxxxxxx" in new
    assert new.startswith(b"before ")
    assert new.endswith(b" after")


def test_a_value_at_the_seam_of_two_blocks_is_found() -> None:
    redactor, value = Redactor([ASCII]), ASCII.encode()
    for at in range(1024 * 1024 - len(value) - 1, 1024 * 1024 + 2):
        data = b"." * at + value + b"." * 100
        body = io.BytesIO(data)
        assert redactor.in_place(body) == 1
        assert body.getvalue() == data.replace(value, b"x" * len(value))
        sink = io.BytesIO()
        assert redactor.copy(io.BytesIO(data), sink) == (len(data), 1)
        assert sink.getvalue() == body.getvalue()


@pytest.mark.parametrize("coding", ["", "gzip", "br", "gzip, br"])
def test_bodies_are_looked_into_whatever_their_coding(coding: str) -> None:
    text = b"<p>hello</p>" * 100_000 + ASCII.encode() + b"<p>there</p>"
    body = gzip.compress(text) if "gzip" in coding else text
    body = brotli.compress(body, quality=3) if "br" in coding else body
    fields = [b"Content-Type: text/html", b"Content-Length: %d" % len(body)]
    fields += [b"Content-Encoding: " + coding.encode()] if coding else []
    got, outside, inside = redact_exchange(made(body, *fields), Redactor([ASCII]), None)
    assert (outside, inside) == (0, 1)
    assert got.body.read() == text.replace(ASCII.encode(), b"x" * len(ASCII))
    assert got.size == len(text)
    assert Head(got.response_head).value(b"content-length") == b"%d" % len(text)
    assert not got.header("content-encoding")
    got.close()


def test_what_holds_no_value_stays_byte_for_byte() -> None:
    packed = gzip.compress(b"nothing of it")
    fields = (b"Content-Encoding: gzip", b"X-Odd :  1")
    before = made(packed, *fields, asked=b"a=b")
    got, outside, inside = redact_exchange(before, Redactor([ASCII]), None)
    assert (outside, inside) == (0, 0)
    assert got.body.read() == packed
    assert got.response_head == before.response_head


def test_urls_and_heads_are_looked_into() -> None:
    url = f"https://a.test/?t={quote(ASCII, safe='')}"
    location = b"Location: /x?t=" + ASCII.encode()
    got, outside, inside = redact_exchange(
        made(b"", location, url=url, asked=ASCII.encode()), Redactor([ASCII]), None
    )
    assert (outside, inside) == (1, 1)
    assert "zyx" not in got.url
    assert b"zyx" not in got.response_head + got.request_body.read()
    assert len(got.url) == len(url)


def test_what_is_a_secret_in_a_header() -> None:
    pair = base64.b64encode(f"me:{PASSWORD}".encode()).decode()
    assert PASSWORD in set(values_of(f"Basic {pair}"))
    assert set(values_of("Bearer abc")) == {"Bearer abc", "abc"}
    assert set(values_of("Basic !!")) == {"Basic !!", "!!"}


@pytest.mark.parametrize(
    ("value", "telling"),
    [("accepted_all", False), ("darkmode", False), ("a1b2c3", False), ("", False), ("12345678901",
     False), ("s3ss10n-id", True), ("x" * 24, True)],
)  # fmt: skip
def test_words_that_are_cookies_too_are_no_keys(value: str, telling: bool) -> None:
    assert is_telling(value) is telling


def test_what_the_author_published_is_no_secret() -> None:
    assert not Redactor([ASCII], public=f"https://a.test/?key={ASCII}")
    assert not Redactor(["short"])


def test_what_a_login_by_hand_brings_is_known_too() -> None:
    secrets = Credentials({}, (), everything=True)
    request = b"GET / HTTP/1.1\r\nCookie: sid=abc-zyx4711; lang=en\r\n"
    request += b"Authorization: Bearer tok-zyx4712\r\n\r\n"
    secrets.answered(
        Head(request), Head(b"HTTP/1.1 200 OK\r\nSet-Cookie: new=def-zyx4713; Path=/\r\n\r\n")
    )
    got = secrets.public(made(b"abc-zyx4711 tok-zyx4712 def-zyx4713 en", b"Content-Type: text/x"))
    assert got.body.read() == b"x" * 11 + b" " + b"x" * 11 + b" " + b"x" * 11 + b" en"
    assert secrets.redacted["value in a body"] == 3


@pytest.mark.browser
def test_no_value_of_a_login_is_left_in_an_archive(web: Web, shoot: Shoot, tmp_path: Path) -> None:
    def page(asked: Asked) -> Answer:
        sent = asked.headers.get("Authorization", ""), asked.headers.get("Cookie", "")
        key, cookie = sent[0].rpartition(" ")[2], sent[1].partition("=")[2]
        script = f"const known = {json.dumps([key, cookie])}; document.title = 'Hi ' + known[0];"
        script += "console.error(known[1]); fetch('/api?k=' + encodeURIComponent(known[0]));"
        script += "fetch('/lost?c=' + known[1]); fetch('/post', {method: 'POST', body: known[0]})"
        text = f"<!doctype html><h1>Hello there</h1><p>{html.escape(key)}</p>"
        return Answer(text + f"<script>{script}</script>", headers={"X-Echo": key,
                      "Set-Cookie": "fresh=set-by-login-zyx4711"})  # fmt: skip

    def api(asked: Asked) -> Answer:
        body = gzip.compress(json.dumps({"echo": asked.headers.get("Authorization")}).encode())
        return Answer(body, "application/json", headers={"Content-Encoding": "gzip"})

    web.routes["a.test/"] = page
    web.routes["a.test/api"] = lambda asked: api(asked)
    web.add("a.test/post", "ok", "text/plain")
    key = f"Bearer {ASCII}"
    jar = tmp_path / "cookies.txt"
    jar.write_text(".a.test\tTRUE\t/\tFALSE\t0\tsid\tmy-session-zyx4711\n")
    got = shoot("https://a.test/", headers={"Authorization": key}, cookie_jar=jar)
    assert got.record.state is State.PARTIAL
    assert any("zyx4711" in one.url for one in web.log)
    for path in [*got.out.rglob("*.json"), *got.out.rglob("*.warc.gz")]:
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        assert b"zyx4711" not in data, path.name
    assert bodies(got)["https://a.test/api"] == b'{"echo": "' + b"x" * len(key) + b'"}'
    assert got.record.redacted["value in a body"] >= 4
    assert got.record.redacted["value in a head or URL"] >= 3


def bodies(got: Captured) -> dict[str, bytes]:
    read = {}
    for one in got.exchanges():
        with one.open_body() as body:
            read[one.url.partition("?")[0]] = body.read()
    return read
