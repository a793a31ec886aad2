"""A page is used a little when all of it is recorded: evidence, and no harm to page or capture."""

from __future__ import annotations

import pytest

from deckarchive.model import State
from tests.capture.conftest import Shoot
from tests.capture.together import Asking, together
from tests.capture.web import Web

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><title>Demo</title><h1>A page that can be used</h1><p id=p>Nothing yet.</p>
<button id=run onclick="p.textContent += 1; fetch('more.json'); fetch('lost.json')">Run it</button>
<button id=go onclick="location.href = '/elsewhere'; p.textContent += 2">Go on</button>
<button id=later onclick="setTimeout(() => p.textContent += 3, 20)">Wait</button>
<button id=buy onclick="fetch('/buy')">Buy now</button>
<form action=/sent><input type=range><button id=inform>Anything</button></form>
<a href=/elsewhere><button id=inlink onclick="fetch('/buy')">Over there</button></a>
<input id=r type=range value=10 oninput="p.style.left = value + 'px'">
<script>addEventListener('keydown', (e) => p.title += e.key)</script>"""


@together
def test_what_a_page_does_is_noted_and_recorded(web: Web) -> Asking:
    web.add("used.test/", PAGE)
    web.add("used.test/more.json", "{}", "application/json")
    got = yield "https://used.test/"
    interactions = {
        (u.kind, u.label or u.where): (u.changed, u.at_once) for u in got.record.interactions
    }
    assert interactions == {
        ("scroll", ""): (False, False),
        ("adjust", "10"): (True, True),
        ("click", "Run it"): (True, True),
        ("click", "Go on"): (True, True),
        ("click", "Wait"): (True, False),
        ("key", ""): (True, True),
    }
    # What a click asks for is in the archive; what it lacks is not held against the page.
    assert "https://used.test/more.json" in got.urls()
    assert (got.record.state, got.record.reason, got.record.missing) == (State.CAPTURED, "", ())
    asked = {a.url for a in web.log}
    assert not asked & {f"https://used.test/{name}" for name in ("elsewhere", "buy", "sent")}


def test_a_page_is_left_alone_where_the_user_says_so(web: Web, shoot: Shoot) -> None:
    web.add("a.test/", PAGE)
    got = shoot("https://a.test/", use=False)
    assert got.record.interactions == ()
    assert "https://a.test/more.json" not in {a.url for a in web.log}


def test_with_the_users_own_login_nothing_is_clicked(web: Web, shoot: Shoot) -> None:
    web.add("a.test/", PAGE)
    record = shoot("https://a.test/", headers={"X-Key": "mine"}).record
    assert [u.kind for u in record.interactions] == ["scroll"]


ACTS = """<!doctype html><title>Shop</title><h1>Ein Laden</h1><p id=p>Nichts.</p>
<button onclick="fetch('/weg', {method: 'POST', body: '1'}); p.textContent += 1">Löschen</button>
<button onclick="navigator.sendBeacon('/kauf', '1'); p.textContent += 2">購入</button>
<button onclick="fetch('/graph', {method: 'POST', headers: {'Content-Type': 'application/json'},
  body: JSON.stringify({query: '{ a }'})}); p.textContent += 3">Mehr</button>"""


@together
def test_no_click_sends_what_could_do_something(web: Web) -> Asking:
    web.add("shop.test/", ACTS)
    web.add("shop.test/graph", "{}", "application/json")
    got = yield "https://shop.test/"
    assert [u.label for u in got.record.interactions if u.changed] == ["Löschen", "購入", "Mehr"]
    posted = {a.url for a in web.log if a.method == "POST" and "//shop.test" in a.url}
    assert posted == {"https://shop.test/graph"}
    assert (got.record.state, got.record.missing) == (State.CAPTURED, ())


@pytest.mark.parametrize(("control", "sent"), [("", True), ("<button>Run it</button>", False)])
@together
def test_a_page_that_was_clicked_sends_no_last_word(web: Web, control: str, sent: bool) -> Asking:
    last = "addEventListener('pagehide', () => navigator.sendBeacon('/bye', 'state'))"
    page = f"<!doctype html><h1>A page with words</h1>{control}<script>{last}</script>"
    host = "unused.test" if sent else "clicked.test"
    web.add(f"{host}/", page)
    yield f"https://{host}/"
    assert (f"https://{host}/bye" in {a.url for a in web.log}) is sent
