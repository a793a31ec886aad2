"""The page that frames a target: what is answered for it, and what is hidden of its frames."""

from __future__ import annotations

import io

import pytest

from deckarchive.heads import Head, join_head
from deckarchive.proxy.host_page import FrameHost, HostPage
from deckarchive.proxy.request import Origin, ProxyRequest

PAGE = HostPage(
    url="https://deck.example/", html="<p>ä</p>", target="https://a.test/x#y", alone=True
)


def request(url: str, **fetch: str) -> ProxyRequest:
    lines = [f"Sec-Fetch-{name}: {value}".encode() for name, value in fetch.items()]
    scheme, host = url.split("/")[0].rstrip(":"), url.split("/")[2]
    return ProxyRequest(
        method="GET",
        url=url,
        origin=Origin(scheme, host, 443 if scheme == "https" else 80),
        head=Head(join_head(b"GET / HTTP/1.1", lines)),
        body=io.BytesIO(),
        size=0,
    )


def answered(status: int, *lines: str) -> Head:
    return Head(join_head(f"HTTP/1.1 {status} OK".encode(), [line.encode() for line in lines]))


@pytest.fixture
def host() -> FrameHost:
    made = FrameHost()
    made.add(PAGE)
    return made


def test_the_page_is_answered_where_it_is_opened_in_a_window(host: FrameHost) -> None:
    found = host.answer(request(PAGE.url, Dest="document", Site="none"))
    assert found is not None
    head, body = found
    assert head.status[1] == 200
    assert head.value(b"content-length") == b"9"
    assert body == PAGE.html.encode()


@pytest.mark.parametrize(
    "asked",
    [
        request(PAGE.url, Dest="iframe", Site="cross-site"),
        request(PAGE.url, Dest="document", Site="cross-site"),
        request(PAGE.url, Dest="empty", Site="same-origin"),
        request(PAGE.url + "other", Dest="document", Site="none"),
        request("http://deck.example/"),
    ],
)
def test_nothing_else_gets_it(host: FrameHost, asked: ProxyRequest) -> None:
    assert host.answer(asked) is None


def test_a_made_up_address_is_no_site(host: FrameHost) -> None:
    assert host.refuses(Origin("https", "deck.example", 443))
    assert not host.refuses(Origin("https", "a.test", 443))
    real = FrameHost()
    real.add(HostPage(url="https://me.test/talk", html="", target="https://a.test/"))
    assert not real.refuses(Origin("https", "me.test", 443))


@pytest.mark.parametrize(
    ("policy", "kept"),
    [
        ("frame-ancestors 'none'", []),
        (
            "default-src 'self'; Frame-Ancestors 'self'; img-src *",
            ["default-src 'self'; img-src *"],
        ),
        ("frame-ancestors 'none', script-src 'self'", ["script-src 'self'"]),
        ("script-src 'self'", ["script-src 'self'"]),
    ],
)
def test_only_what_refuses_the_frame_is_taken_from_a_policy(
    host: FrameHost, policy: str, kept: list[str]
) -> None:
    head = answered(200, f"Content-Security-Policy: {policy}", "X-Other: 1")
    shown = host.shown(request("https://a.test/x", Dest="iframe"), head)
    assert [v.decode() for v in shown.values(b"content-security-policy")] == kept
    assert shown.value(b"x-other") == b"1"


def test_refusals_count_for_the_target_where_it_redirects_and_then_for_frames_in_it(
    host: FrameHost,
) -> None:
    refusing = answered(200, "X-Frame-Options: DENY")

    def refused(url: str, dest: str = "iframe") -> bool:
        return bool(host.shown(request(url, Dest=dest), refusing).value(b"x-frame-options"))

    assert refused("https://a.test/inside")
    assert refused("https://a.test/moved")
    moved = answered(302, "Location: /moved")
    assert host.shown(request("https://a.test/x", Dest="iframe"), moved) is moved
    assert not refused("https://a.test/moved")
    assert host.refusals == {"https://a.test/moved": {"x-frame-options": "DENY"}}
    assert not refused("https://a.test/inside")
    assert refused("https://a.test/script", "script")
