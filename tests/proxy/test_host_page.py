"""The page that frames a target: what is answered for it, and what is hidden of its frames."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace

import pytest

from deckarchive.heads import Head, join_head
from deckarchive.proxy.frame_policy import refuses_frame
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


def shown(host: FrameHost, asked: ProxyRequest, head: Head) -> Head:
    return asyncio.run(host.shown(asked, head))


@pytest.mark.parametrize(
    ("policy", "kept"),
    [
        ("frame-ancestors 'none'", []),
        (
            "default-src 'self'; Frame-Ancestors 'self'; img-src *",
            ["default-src 'self'; img-src *"],
        ),
        ("frame-ancestors 'none', script-src 'self'", ["script-src 'self'"]),
        ("frame-ancestors; img-src *", ["img-src *"]),
        ("script-src 'self'", ["script-src 'self'"]),
    ],
)
def test_only_what_refuses_the_frame_is_taken_from_a_policy(
    host: FrameHost, policy: str, kept: list[str]
) -> None:
    head = answered(200, f"Content-Security-Policy: {policy}", "X-Other: 1")
    seen = shown(host, request("https://a.test/x", Dest="iframe"), head)
    assert [v.decode() for v in seen.values(b"content-security-policy")] == kept
    assert seen.value(b"x-other") == b"1"


REFUSING = answered(200, "X-Frame-Options: DENY")


def is_refused(host: FrameHost, url: str, dest: str = "iframe") -> bool:
    return bool(shown(host, request(url, Dest=dest), REFUSING).value(b"x-frame-options"))


def test_refusals_count_for_the_target_and_where_it_redirects(host: FrameHost) -> None:
    host.navigates("https://a.test/inside", inside=True)
    host.navigates("https://a.test/moved", inside=True)
    assert is_refused(host, "https://a.test/inside")
    assert is_refused(host, "https://a.test/moved")
    moved = answered(302, "Location: /moved")
    assert shown(host, request("https://a.test/x", Dest="iframe"), moved) is moved
    assert not is_refused(host, "https://a.test/moved", "object")
    assert host.refusals == ["https://a.test/moved"]
    assert is_refused(host, "https://a.test/inside")
    assert is_refused(host, "https://a.test/script", "script")


def test_the_browser_may_tell_after_the_answer_which_frame_asked(host: FrameHost) -> None:
    async def run(inside: bool, url: str) -> bool:
        asked = asyncio.ensure_future(host.shown(request(url, Dest="iframe"), REFUSING))
        await asyncio.sleep(0)
        host.navigates("https://a.test/other", inside=not inside)
        host.navigates(url + "#part", inside=inside)
        return bool((await asked).value(b"x-frame-options"))

    async def both() -> tuple[bool, bool]:
        return await run(True, "https://a.test/in"), await run(False, "https://a.test/next")

    assert asyncio.run(both()) == (True, False)
    assert host.refusals == ["https://a.test/next"]


def test_without_tls_browsers_tell_a_navigation_otherwise(host: FrameHost) -> None:
    host.add(HostPage(url="http://deck.example/", html="", target="http://a.test/"))
    plain = request("http://a.test/")
    assert shown(host, plain, REFUSING) is REFUSING
    lines = [*plain.head.lines[1:], b"Upgrade-Insecure-Requests: 1"]
    navigation = replace(plain, head=Head(join_head(b"GET / HTTP/1.1", lines)))
    assert not shown(host, navigation, REFUSING).value(b"x-frame-options")


@pytest.mark.parametrize(
    ("fields", "seen"),
    [
        (["X-Frame-Options: DENY"], ["X-Frame-Options: DENY"]),
        (
            ["X-Frame-Options: SameOrigin", "Content-Security-Policy: img-src *"],
            [
                "Content-Security-Policy: img-src *",
                "Content-Security-Policy: frame-ancestors 'self' https://deck.example",
            ],
        ),
        (
            ["Content-Security-Policy: frame-ancestors 'self' b.test; img-src *"],
            [
                "Content-Security-Policy: frame-ancestors 'self' b.test https://deck.example; "
                "img-src *"
            ],
        ),
        (
            ["Content-Security-Policy: frame-ancestors 'none'"],
            ["Content-Security-Policy: frame-ancestors 'none'"],
        ),
    ],
)
def test_in_a_document_that_refuses_frames_are_as_where_it_stands_alone(
    host: FrameHost, fields: list[str], seen: list[str]
) -> None:
    host.navigates("https://a.test/in", inside=True)
    inside, head = request("https://a.test/in", Dest="iframe"), answered(200, *fields)
    assert shown(host, inside, head).raw == head.raw
    assert not is_refused(host, "https://a.test/x")
    assert [line.decode() for line in shown(host, inside, head).lines[1:]] == seen
    host.navigates("https://a.test/open", inside=False)
    assert shown(host, inside, head).raw == head.raw


@pytest.mark.parametrize(
    ("policies", "options", "refused"),
    [
        ("", "", False),
        ("", "DENY", True),
        ("", "sameorigin", True),
        ("", "SAMEORIGIN, SAMEORIGIN", True),
        ("", "DENY, nonsense", True),
        ("", "ALLOWALL", False),
        ("", "ALLOW-FROM https://other.test", False),
        ("img-src 'none'", "DENY", True),
        ("frame-ancestors *", "DENY", False),
        ("frame-ancestors https:", "DENY", False),
        ("frame-ancestors http:", "", False),
        ("frame-ancestors 'none'", "", True),
        ("frame-ancestors", "", True),
        ("frame-ancestors 'self'", "", True),
        ("frame-ancestors 'self' https://DECK.example/any/path", "", False),
        ("frame-ancestors *.example", "", False),
        ("frame-ancestors deck.example:*", "", False),
        ("frame-ancestors http://deck.example", "", False),
        ("frame-ancestors deck.example:8443", "", True),
        ("frame-ancestors *.deck.example", "", True),
        ("frame-ancestors *, frame-ancestors 'none'", "", True),
        ("img-src *\nframe-ancestors 'none'", "", True),
    ],
)
def test_who_may_frame_a_document(policies: str, options: str, refused: bool) -> None:
    assert refuses_frame(policies, options, "https://a.test/x", PAGE.url) is refused


@pytest.mark.parametrize("policy", ["frame-ancestors 'self'", ""])
def test_the_same_origin_may_frame_it_and_the_same_site_by_tls(policy: str) -> None:
    options = "" if policy else "SAMEORIGIN"
    assert not refuses_frame(policy, options, "https://deck.example/x", PAGE.url)
    assert refuses_frame(policy, options, "http://deck.example/x", PAGE.url) is not bool(policy)
