"""Targets are captured as slides show them: in frames, on a page of an origin like the deck's."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from deckarchive.crawler import CaptureOptions
from deckarchive.errors import UsageError
from deckarchive.model import DeckSite, Kind, State, Target
from tests.capture.conftest import Shoot, png, target
from tests.capture.web import Answer, Asked, Web

pytestmark = pytest.mark.browser

TEXT = "<p>" + "Words that can be read from the last row of the hall. " * 8 + "</p>"
TELLS = """<!doctype html><title>Tells</title>{text}<script>
const seen = {{ framed: top !== self, referrer: document.referrer,
  above: [...location.ancestorOrigins].join(), size: `${{innerWidth}}x${{innerHeight}}`,
  origin: self.origin, autoplay: document.featurePolicy.allowsFeature("autoplay") }};
fetch("/seen?" + new URLSearchParams(seen), {{ mode: "no-cors" }});</script>"""


def told(web: Web, host: str = "a.test") -> dict[str, str]:
    """What the page told of where it stands."""
    (only,) = [one for one in web.log if urlsplit(one.url).path == "/seen"]
    assert urlsplit(only.url).hostname == host
    return {name: value for name, (value,) in parse_qs(urlsplit(only.url).query).items()}


def framed(url: str, **attributes: str) -> Target:
    plain = target(url, Kind.IFRAME)
    (reference,) = plain.references
    given = replace(reference, size=(640, 360), frame=tuple(attributes.items()))
    return replace(plain, references=(given,))


def test_a_site_sees_what_it_sees_in_a_talk(web: Web, shoot: Shoot) -> None:
    web.add("a.test/", TELLS.format(text=TEXT))
    web.add("a.test/seen")
    got = shoot(framed("https://a.test/"))
    assert (got.record.state, got.record.framed) == (State.CAPTURED, True)
    assert told(web) == {
        "framed": "true",
        "referrer": "https://deck.example/",
        "above": "https://deck.example",
        "size": "640x360",
        "origin": "https://a.test",
        "autoplay": "false",
    }
    (asked,) = web.asked("https://a.test/")
    assert asked.headers["Referer"] == "https://deck.example/"
    assert asked.headers["Sec-Fetch-Dest"] == "iframe"
    assert asked.headers["Sec-Fetch-Site"] == "cross-site"


def test_the_page_around_it_is_recorded_nowhere_and_asked_of_nobody(web: Web, shoot: Shoot) -> None:
    web.add("a.test/", TEXT + "<img src=https://deck.example/logo.png>")
    got = shoot("https://a.test/", deck_url="https://deck.example/talk")
    assert got.record.framed
    hosts = {urlsplit(one.url).path for one in web.log if "deck.example" in one.url}
    assert "/talk" not in hosts
    assert "/favicon.ico" not in hosts
    assert all("/talk" not in e.url for e in got.exchanges())


def test_the_decks_own_address_is_what_a_page_sees(web: Web, shoot: Shoot) -> None:
    web.add("me.test/demo/", TELLS.format(text=TEXT))
    web.add("me.test/seen")
    got = shoot("https://me.test/demo/", deck_url="https://me.test/talk/#/3")
    assert got.record.framed
    assert told(web, "me.test")["referrer"] == "https://me.test/talk/"
    (asked,) = web.asked("https://me.test/demo/")
    assert asked.headers["Sec-Fetch-Site"] == "same-origin"
    assert web.asked("https://me.test/talk/") == []


@pytest.mark.parametrize("url", ["talk", "ftp://me.test/", "http://deck.localhost/", "//me.test/"])
def test_a_deck_url_that_is_none(url: str) -> None:
    with pytest.raises(UsageError, match="--deck-url"):
        CaptureOptions(deck_url=url)


def test_a_player_that_asks_where_it_stands_is_captured(web: Web, shoot: Shoot) -> None:
    def player(asked: Asked) -> Answer:
        well = asked.headers.get("Referer", "").startswith("https://")
        return Answer(f"<p>player</p>{TEXT}" if well else "<b>Error 153: configuration error</b>")

    web.routes["a.test/embed/X"] = player
    got = shoot("https://a.test/embed/X")
    assert got.record.state is State.CAPTURED
    assert got.record.text.startswith("player")


def test_what_refuses_a_frame_is_hidden_from_the_browser_and_recorded(
    web: Web, shoot: Shoot
) -> None:
    policy = "img-src 'none'; frame-ancestors 'none'"
    refusing = {"X-Frame-Options": "DENY", "Content-Security-Policy": policy}
    web.add("a.test/", status=302, headers={"Location": "/real"})
    web.add("a.test/real", TEXT + "<img src=no.png><iframe src=inside></iframe>", headers=refusing)
    web.add("a.test/inside", TEXT, headers={"X-Frame-Options": "SAMEORIGIN"})
    web.add("a.test/no.png", png(), "image/png")
    got = shoot("https://a.test/")
    record = got.record
    assert (record.state, record.framed) == (State.CAPTURED, True)
    assert record.views[0].counts.text > 300
    assert "refuses to be shown in a frame" in record.reason
    (real,) = [e for e in got.exchanges() if e.url == "https://a.test/real"]
    sent = {name.lower(): value for name, value in real.headers}
    assert sent["x-frame-options"] == "DENY"
    assert sent["content-security-policy"] == policy
    assert web.asked("https://a.test/no.png") == []  # the rest of its policy holds
    assert len(web.asked("https://a.test/inside")) == 1


def test_a_frame_inside_that_would_be_refused_live_is_refused(web: Web, shoot: Shoot) -> None:
    web.add("a.test/", TEXT + "<iframe src=https://b.test/></iframe>")
    web.add("b.test/", TEXT, headers={"X-Frame-Options": "DENY"})
    record = shoot("https://a.test/").record
    assert record.state is State.PARTIAL
    assert "1 frame inside refused to be shown" in record.reason


def test_an_http_page_is_framed_from_an_http_origin(web: Web, shoot: Shoot) -> None:
    web.plain_only.add("a.test")
    web.add("a.test/", TELLS.format(text=TEXT))
    web.add("a.test/seen")
    record = shoot("http://a.test/").record
    assert (record.state, record.framed) == (State.CAPTURED, True)
    assert told(web)["above"] == "http://deck.example"
    assert "stays empty" not in record.reason


def test_an_http_page_in_a_deck_that_is_known_to_be_https_shows_nothing_live(
    web: Web, shoot: Shoot
) -> None:
    web.plain_only.add("a.test")
    web.add("a.test/", TEXT)
    record = shoot("http://a.test/", deck_url="https://me.test/talk/").record
    assert (record.state, record.framed) == (State.CAPTURED, True)
    assert "live, the slide stays empty" in record.reason


def test_what_the_author_grants_and_keeps_back_counts(web: Web, shoot: Shoot) -> None:
    web.add("a.test/", TELLS.format(text=TEXT))
    web.add("a.test/seen")
    given = {"allow": "autoplay", "sandbox": "allow-scripts", "referrerpolicy": "no-referrer"}
    record = shoot(framed("https://a.test/", **given)).record
    assert (record.state, record.framed) == (State.CAPTURED, True)
    seen = told(web)
    assert seen["origin"] == "null"
    assert seen["autoplay"] == "true"
    assert "referrer" not in seen
    assert "Referer" not in web.asked("https://a.test/")[0].headers


def test_a_frame_that_is_lazy_on_its_slide_is_captured(web: Web, shoot: Shoot) -> None:
    def slow(_: Asked) -> Answer:
        web.closing.wait(1.0)  # a page around a lazy frame has long loaded by then
        return Answer(TEXT)

    web.routes["a.test/"] = slow
    record = shoot(framed("https://a.test/", loading="lazy")).record
    assert (record.state, record.reason, record.framed) == (State.CAPTURED, "", True)


def test_a_page_without_scripts_by_its_sandbox_is_captured(web: Web, shoot: Shoot) -> None:
    web.add("a.test/", TEXT + "<script>document.body.textContent = 'ran'</script>")
    record = shoot(framed("https://a.test/", sandbox="")).record
    assert (record.state, record.framed) == (State.CAPTURED, True)
    assert record.views[0].counts.text > 300


LEAVES = "<script>if (top !== self) top.location = self.location;</script>"
HIDES = "<style>body {{ display: none }}</style>{}<script>if (top === self) {}</script>"
SHOWS = "document.querySelector('style').remove();"


@pytest.mark.parametrize(
    ("page", "alone"),
    [
        (HIDES.format(TEXT, SHOWS) + LEAVES, True),
        ("<p>Open in the app</p>" + f"<script>if (top === self) document.write('{TEXT}')</script>",
         True),
        (LEAVES + TEXT, False),
        ("<p>Short</p>", False),
    ],
    ids=["hides", "wall", "would-leave", "short"],
)  # fmt: skip
def test_where_a_page_shows_more_alone_that_is_kept(
    web: Web, shoot: Shoot, page: str, alone: bool
) -> None:
    web.add("a.test/", page)
    got = shoot("https://a.test/")
    record = got.record
    assert record.state is State.CAPTURED
    assert record.framed is not alone
    assert ("in a window of its own" in record.reason) is alone
    if "Words" in page:
        assert record.views[0].counts.text > 300
    (document,) = [e for e in got.exchanges() if e.url == "https://a.test/"]
    sent = dict(document.request_headers)
    assert sent["Sec-Fetch-Dest"] == ("document" if alone else "iframe")


def test_a_link_is_opened_in_a_window_of_its_own(web: Web, shoot: Shoot) -> None:
    web.add("a.test/", TELLS.format(text=TEXT))
    web.add("a.test/seen")
    record = shoot(target("https://a.test/", Kind.LINK)).record
    assert (record.state, record.framed) == (State.CAPTURED, False)
    assert told(web)["framed"] == "false"


def test_a_page_of_the_decks_folder_is_framed_by_the_decks_page(web: Web, shoot: Shoot) -> None:
    web.add("a.test/seen")
    tells = TELLS.format(text=TEXT).replace('"/seen?"', '"https://a.test/seen?"')
    site = DeckSite(
        page="my talk.html", pages={"my talk.html": b"", "own.html": tells.encode()}, mounts=()
    )
    record = shoot("http://deck.localhost/own.html", site=site, only=("*own*",)).record
    assert (record.state, record.framed) == (State.CAPTURED, True)
    seen = told(web)
    assert seen["referrer"] == "http://deck.localhost/my%20talk.html"
    assert seen["above"] == "http://deck.localhost"
