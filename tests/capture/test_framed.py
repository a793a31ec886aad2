"""Targets are captured as slides show them: in frames, on a page of an origin like the deck's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from deckarchive.crawler import CaptureOptions, capture
from deckarchive.errors import UsageError
from deckarchive.model import DECK_CAPTURE_ID, CaptureRecord, DeckSite, Kind, State, Target
from tests.capture.captured import manifest
from tests.capture.conftest import Shoot, png, target
from tests.capture.together import Asking, together
from tests.capture.web import Answer, Asked, Web, local_web

pytestmark = pytest.mark.browser

TEXT = "<p>" + "Words that can be read from the last row of the hall. " * 8 + "</p>"
TELLS = """<!doctype html><title>Tells</title>{text}<script>
const tell = () => {{
  if (!innerWidth) return setTimeout(tell, 10);  // a frame gets its size after its document
  const seen = {{ framed: top !== self, referrer: document.referrer,
    above: [...location.ancestorOrigins].join(), size: `${{innerWidth}}x${{innerHeight}}`,
    origin: self.origin, autoplay: document.featurePolicy.allowsFeature("autoplay") }};
  fetch("/seen?" + new URLSearchParams(seen), {{ mode: "no-cors" }});
}};
tell();</script>"""


def told(web: Web, host: str) -> dict[str, str]:
    """What the page at ``host`` told of where it stands."""
    at = f"https://{host}/seen"
    (only,) = [one for one in web.log if one.url.partition("?")[0].replace("http:", "https:") == at]
    return {name: value for name, (value,) in parse_qs(urlsplit(only.url).query).items()}


def add_telling(web: Web, host: str, **more: object) -> None:
    web.add(f"{host}/", TELLS.format(text=TEXT), **more)
    web.add(f"{host}/seen")


def framed(url: str, kind: Kind = Kind.IFRAME, attribute: str = "src", **given: str) -> Target:
    plain = target(url, kind)
    (reference,) = plain.references
    frame = tuple(given.items())
    reference = replace(reference, size=(640, 360), frame=frame, attribute=attribute)
    return replace(plain, references=(reference,))


def dests(web: Web, url: str) -> list[str]:
    return [one.headers["Sec-Fetch-Dest"] for one in web.asked(url)]


# -- What the site sees ------------------------------------------------------------------------


@together
def test_a_site_sees_what_it_sees_in_a_talk(web: Web) -> Asking:
    add_telling(web, "talk.test")
    got = yield framed("https://talk.test/")
    assert (got.record.state, got.record.framed) == (State.CAPTURED, True)
    assert told(web, "talk.test") == {
        "framed": "true",
        "referrer": "https://deck.example/",
        "above": "https://deck.example",
        "size": "640x360",
        "origin": "https://talk.test",
        "autoplay": "false",
    }
    (asked,) = web.asked("https://talk.test/")
    assert asked.headers["Referer"] == "https://deck.example/"
    assert asked.headers["Sec-Fetch-Dest"] == "iframe"
    assert asked.headers["Sec-Fetch-Site"] == "cross-site"


@together
@pytest.mark.parametrize(("element", "attribute"), [("object", "data"), ("embed", "src")])
def test_an_object_and_an_embed_see_what_they_see_in_a_talk(
    web: Web, element: str, attribute: str
) -> Asking:
    host = f"{element}.test"
    web.add(f"{host}/start", status=302, headers={"Location": "/"})
    add_telling(web, host, headers={"X-Frame-Options": "DENY"})
    url = f"https://{host}/start"
    record = (yield framed(url, Kind.OBJECT, attribute, type="text/html")).record
    assert (record.state, record.framed) == (State.CAPTURED, True)
    assert "refuses to be shown in a frame" in record.reason
    assert record.views[0].counts.text > 300
    assert told(web, host)["above"] == "https://deck.example"
    assert told(web, host)["size"] == "640x360"
    (asked,) = web.asked(f"https://{host}/")
    assert asked.headers["Sec-Fetch-Dest"] == element
    assert asked.headers["Referer"] == "https://deck.example/"


@together
def test_an_object_that_makes_no_frame_is_captured_in_an_iframe(web: Web) -> Asking:
    web.add("none.test/", TEXT)
    web.add("none.test/p.png", png(), "image/png")
    got = yield (
        framed("https://none.test/p.png", Kind.OBJECT, "data", type="image/png"),
        framed("https://none.test/", Kind.OBJECT, "data", type="application/x-flash"),
        framed("https://none.test/gone", Kind.OBJECT, "data"),
        framed("https://none.test/gone-too", Kind.OBJECT, "src"),
    )
    image, unknown, missing, embed = got.report.records
    assert (image.state, image.framed) == (State.CAPTURED, True)
    assert dests(web, "https://none.test/p.png")[:2] == ["object", "iframe"]
    # No browser asks for what it cannot show by its type; the page is there for its copy.
    assert (unknown.state, unknown.framed) == (State.CAPTURED, True)
    assert dests(web, "https://none.test/") == ["iframe"]
    # In a talk what stands inside the object shows.
    assert (missing.state, missing.status) == (State.FAILED, 404)
    assert dests(web, "https://none.test/gone")[:2] == ["object", "iframe"]
    assert (embed.state, embed.status) == (State.FAILED, 404)
    assert dests(web, "https://none.test/gone-too")[0] == "embed"


@together
def test_a_player_that_asks_where_it_stands_is_captured(web: Web) -> Asking:
    def player(asked: Asked) -> Answer:
        well = asked.headers.get("Referer", "").startswith("https://")
        return Answer(f"<p>player</p>{TEXT}" if well else "<b>Error 153: configuration error</b>")

    web.routes["player.test/embed/X"] = player
    got = yield "https://player.test/embed/X"
    assert got.record.state is State.CAPTURED
    assert got.record.text.startswith("player")


@together
def test_what_the_author_grants_and_keeps_back_counts(web: Web) -> Asking:
    add_telling(web, "grants.test")
    given = {"allow": "autoplay", "sandbox": "allow-scripts", "referrerpolicy": "no-referrer"}
    record = (yield framed("https://grants.test/", **given)).record
    assert (record.state, record.framed) == (State.CAPTURED, True)
    seen = told(web, "grants.test")
    assert seen["origin"] == "null"
    assert seen["autoplay"] == "true"
    assert "referrer" not in seen
    assert "Referer" not in web.asked("https://grants.test/")[0].headers


@together
def test_a_frame_that_is_lazy_on_its_slide_is_captured(web: Web) -> Asking:
    def slow(_: Asked) -> Answer:
        web.closing.wait(1.0)  # a page around a lazy frame has long loaded by then
        return Answer(TEXT)

    web.routes["lazy.test/"] = slow
    record = (yield framed("https://lazy.test/", loading="lazy")).record
    assert (record.state, record.reason, record.framed) == (State.CAPTURED, "", True)


@together
def test_a_page_without_scripts_by_its_sandbox_is_captured(web: Web) -> Asking:
    web.add("quiet.test/", TEXT + "<script>document.body.textContent = 'ran'</script>")
    record = (yield framed("https://quiet.test/", sandbox="")).record
    assert (record.state, record.framed) == (State.CAPTURED, True)
    assert record.views[0].counts.text > 300


@together
def test_a_link_is_opened_in_a_window_of_its_own(web: Web) -> Asking:
    add_telling(web, "link.test", headers={"X-Frame-Options": "DENY"})
    record = (yield target("https://link.test/", Kind.LINK)).record
    assert (record.state, record.framed) == (State.CAPTURED, False)
    assert "refuses to be shown in a frame" in record.reason
    assert told(web, "link.test")["framed"] == "false"


MAKES = """<!doctype html><title>Deck</title><div class=reveal><div class=slides><section>
</section></div></div><script>
const made = (name, attributes) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  document.querySelector("section").append(element);
};
made("iframe", { src: "https://made.test/", allow: "autoplay", width: 640, height: 360 });
made("embed", { src: "https://made-too.test/", type: "text/html" });
</script>"""


def test_the_decks_page_frames_what_its_folder_holds_and_its_scripts_make(
    web: Web, shoot: Shoot
) -> None:
    web.add("a.test/seen")
    add_telling(web, "made.test")
    add_telling(web, "made-too.test")
    tells = TELLS.format(text=TEXT).replace('"/seen?"', '"https://a.test/seen?"')
    pages = {"my talk.html": MAKES.encode(), "own.html": tells.encode()}
    site = DeckSite(page="my talk.html", pages=pages, mounts=())
    got = shoot("http://deck.localhost/own.html", site=site)
    assert len(got.report.records) == 4
    for record in got.report.records:
        assert record.state is State.CAPTURED
        assert record.framed is (record.id != DECK_CAPTURE_ID)
    seen = told(web, "a.test")
    assert seen["referrer"] == "http://deck.localhost/my%20talk.html"
    assert seen["above"] == "http://deck.localhost"
    made = told(web, "made.test")
    assert (made["autoplay"], made["size"]) == ("true", "640x360")
    assert dests(web, "https://made-too.test/") == ["embed"]


# -- What refuses a frame ----------------------------------------------------------------------


@together
def test_what_refuses_a_frame_is_hidden_from_the_browser_and_recorded(web: Web) -> Asking:
    policy = "img-src 'none'; frame-ancestors 'none'"
    refusing = {"X-Frame-Options": "DENY", "Content-Security-Policy": policy}
    inner = "<img src=no.png><iframe src=inside></iframe>"
    web.add("deny.test/", status=302, headers={"Location": "/real"})
    web.add("deny.test/real", TEXT + inner, headers=refusing)
    web.add("deny.test/inside", TEXT, headers={"X-Frame-Options": "SAMEORIGIN"})
    web.add("deny.test/no.png", png(), "image/png")
    got = yield "https://deny.test/"
    record = got.record
    assert (record.state, record.framed) == (State.CAPTURED, True)
    assert record.views[0].counts.text > 300
    assert record.reason == "live, the site refuses to be shown in a frame; the copy will show"
    (real,) = [e for e in got.exchanges() if e.url == "https://deny.test/real"]
    sent = {name.lower(): value for name, value in real.headers}
    assert sent["x-frame-options"] == "DENY"
    assert sent["content-security-policy"] == policy
    assert web.asked("https://deny.test/no.png") == []  # the rest of its policy holds
    assert len(web.asked("https://deny.test/inside")) == 1


HOPS = {
    "script": "<script>location.replace('/real')</script>",
    "refresh": "<meta http-equiv=refresh content='0;url=/real'>",
    "history": TEXT + "<script>onload = () => setTimeout(() => { history.pushState(0, '', '?on');"
    "location.href = '/between' })</script>",
}


@together
@pytest.mark.parametrize("hop", HOPS)
def test_a_refusal_is_hidden_wherever_the_page_goes(web: Web, hop: str) -> Asking:
    site = f"hop-{hop}.test"
    end = TEXT + "<p>The end</p><iframe src=/inside></iframe><iframe src=/never></iframe>"
    web.add(f"{site}/", HOPS[hop])
    web.add(f"{site}/between", HOPS["script"])
    web.add(f"{site}/real", end, headers={"Content-Security-Policy": "frame-ancestors 'self'"})
    web.add(f"{site}/inside", TEXT, headers={"X-Frame-Options": "SAMEORIGIN"})
    web.add(f"{site}/never", TEXT, headers={"X-Frame-Options": "DENY"})
    got = yield f"https://{site}/"
    record = got.record
    assert record.framed
    assert "The end" in record.text
    goes_on = f"it goes on to https://{site}/real, which refuses to be framed"
    assert goes_on in record.reason
    # Where that page stands alone, a frame of its own origin shows, and one for nobody does not.
    assert record.state is State.PARTIAL
    assert "1 frame inside refused to be shown" in record.reason
    (real,) = [e for e in got.exchanges() if e.url == f"https://{site}/real"]
    assert ("Content-Security-Policy", "frame-ancestors 'self'") in real.headers


@together
def test_a_frame_inside_that_would_be_refused_live_is_refused(web: Web) -> Asking:
    inner = "".join(f"<iframe src=https://{at}></iframe>" for at in ("wall.test", "outer.test/own"))
    web.add("outer.test/", TEXT + inner)
    web.add("outer.test/own", TEXT, headers={"X-Frame-Options": "SAMEORIGIN"})
    web.add("wall.test/", TEXT, headers={"Content-Security-Policy": "frame-ancestors 'none'"})
    record = (yield "https://outer.test/").record
    assert record.state is State.PARTIAL
    assert record.reason == "2 frames inside refused to be shown"


LEAVES = "<script>if (top !== self) top.location = self.location;</script>"
HIDES = "<style>body {{ display: none }}</style>{}<script>if (top === self) {}</script>"
SHOWS = "document.querySelector('style').remove();"


@together
@pytest.mark.parametrize(
    ("name", "page", "alone"),
    [
        ("hides", HIDES.format(TEXT, SHOWS) + LEAVES, True),
        ("wall", "<p>Open in the app</p>"
         + f"<script>if (top === self) document.write('{TEXT}')</script>", True),
        ("would-leave", LEAVES + TEXT, False),
        ("short", "<p>Short</p>", False),
    ],
)  # fmt: skip
def test_where_a_page_shows_more_alone_that_is_kept(
    web: Web, name: str, page: str, alone: bool
) -> Asking:
    url = f"https://{name}-alone.test/"
    web.add(url.removeprefix("https://"), page)
    got = yield url
    record = got.record
    assert record.state is State.CAPTURED
    assert record.framed is not alone
    assert ("in a window of its own" in record.reason) is alone
    if "Words" in page:
        assert record.views[0].counts.text > 300
    (document,) = [e for e in got.exchanges() if e.url == url]
    sent = dict(document.request_headers)
    assert sent["Sec-Fetch-Dest"] == ("document" if alone else "iframe")


# -- Where the deck stands ---------------------------------------------------------------------

DECK = "https://me.test/talk"
EMPTY = "live, the slide stays empty"


def lead_to_http(web: Web, name: str) -> list[str]:
    """An http page, an https one that redirects to one, and one that redirects from one."""
    web.plain_only |= {f"plain-{name}.test"}
    add_telling(web, f"plain-{name}.test")
    web.add(f"to-{name}.test/", status=302, headers={"Location": f"http://plain-{name}.test/far"})
    web.add(f"plain-{name}.test/far", TEXT)
    secure = f"https://from-{name}.test/end"
    web.routes[f"from-{name}.test/"] = Answer(status=301, headers={"Location": secure})
    web.add(f"from-{name}.test/end", TEXT)
    return [f"http://plain-{name}.test/", f"https://to-{name}.test/", f"http://from-{name}.test/"]


@together
def test_what_leads_to_an_http_page_or_from_one_is_framed_from_an_http_origin(web: Web) -> Asking:
    got = yield tuple(lead_to_http(web, "any"))
    for record in got.report.records:
        assert (record.state, record.reason, record.framed) == (State.CAPTURED, "", True)
        assert record.views[0].counts.text > 300
    assert told(web, "plain-any.test")["above"] == "http://deck.example"


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Web, list[CaptureRecord]]]:
    """What is captured for a deck whose address is known: three that lead to http pages, one of
    the deck's own site, one that lets that site frame it, one that shows an image of it."""
    with local_web() as web:
        asked = lead_to_http(web, "https")
        web.add("me.test/demo/", TELLS.format(text=TEXT), headers={"X-Frame-Options": "SAMEORIGIN"})
        web.add("me.test/seen")
        policy = {"Content-Security-Policy": "frame-ancestors 'self' https://me.test"}
        web.add("lets.test/", TEXT, headers=policy)
        web.add("image.test/", TEXT + "<img src=https://me.test/talk/logo.png>")
        web.add("me.test/talk/logo.png", png(), "image/png")
        asked += ["https://me.test/demo/", "https://lets.test/", "https://image.test/"]
        options = CaptureOptions(timeout=60, proxy=web.proxy, insecure=True, deck_url=DECK + "/#/3")
        targets = [target(url) for url in asked]
        out = tmp_path_factory.mktemp("talk") / "archive"
        records = capture(manifest(*targets), None, out, options).records
        by_id = {record.id: record for record in records}
        yield web, [by_id[one.id] for one in targets]


def test_an_http_page_in_a_deck_that_is_known_to_be_https_shows_nothing_live(
    talk: tuple[Web, list[CaptureRecord]],
) -> None:
    web, records = talk
    for record in records[:3]:
        assert (record.state, record.framed) == (State.CAPTURED, True)
        assert record.views[0].counts.text > 300
        assert EMPTY in record.reason
    assert told(web, "plain-https.test")["above"] == "http://me.test"


def test_the_decks_own_address_is_what_a_page_sees(talk: tuple[Web, list[CaptureRecord]]) -> None:
    web, records = talk
    for record in records[3:]:
        assert (record.state, record.reason, record.framed) == (State.CAPTURED, "", True)
    assert told(web, "me.test")["referrer"] == DECK + "/"
    (asked,) = web.asked("https://me.test/demo/")
    assert asked.headers["Sec-Fetch-Site"] == "same-origin"


def test_the_page_around_it_is_recorded_nowhere_and_asked_of_nobody(
    talk: tuple[Web, list[CaptureRecord]],
) -> None:
    web, _ = talk
    asked = {urlsplit(one.url).path for one in web.log if "//me.test" in one.url}
    assert asked == {"/demo/", "/seen", "/talk/logo.png"}


@pytest.mark.parametrize("url", ["talk", "ftp://me.test/", "http://deck.localhost/", "//me.test/"])
def test_a_deck_url_that_is_none(url: str) -> None:
    with pytest.raises(UsageError, match="--deck-url"):
        CaptureOptions(deck_url=url)
