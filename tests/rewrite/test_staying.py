# ruff: noqa: E501 (pages stand in it as they are)
"""Every way in which a page goes elsewhere: to the copy, or nowhere; and what stays open."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest
from made_site import build, exchange
from playwright.sync_api import Page

from deckarchive.model import Exchange
from deckarchive.server import DeadProxy

pytestmark = pytest.mark.browser

URL = "https://site.test/talk/"
TWO = exchange("https://site.test/two.html?q=a+b", "<title>two</title>", dest="document")


def opened(page: Page, folder: Path, served: str, body: str, *others: Exchange) -> str:
    """Open a page of that body; returns where it stands."""
    site = build(folder, {"t": [exchange(URL, f"<!doctype html>{body}", dest="document"), *others]})
    page.goto(served + (site.document_of("t") or ""))
    return page.url


@pytest.mark.parametrize(
    "script",
    [
        "location.href = URL_",
        "location = URL_",
        "location.assign(URL_)",
        "location.replace(URL_)",
        "window.open(URL_)",
        "top.location.href = URL_",
        "document.write('<a id=l target=_top href=\"' + URL_ + '\">l</a>'); l.click()",
        "document.body.innerHTML = '<form action=\"' + URL_.split('?')[0] + '\"><input name=q value=\"a b\"></form>'; document.forms[0].submit()",
        "const m = document.createElement('meta'); m.httpEquiv = 'refresh'; m.content = '0;url=' + URL_; document.head.append(m)",
    ],
)
@pytest.mark.parametrize("captured", [True, False])
def test_scripts_that_navigate(
    tmp_path: Path, served: str, page: Page, script: str, captured: bool
) -> None:
    target = "https://site.test/two.html?q=a+b" if captured else "https://away.test/x?q=a+b"
    here = opened(page, tmp_path, served, "<title>one</title><body>", TWO)
    page.evaluate("source => { setTimeout(source); }", script.replace("URL_", repr(target)))
    if captured:
        page.wait_for_function("document.title === 'two'")
    else:
        page.wait_for_selector(f"text={target}")
        assert page.url == here
        assert page.evaluate("document.title") in ("one", "")


def test_a_reload_shows_the_copy_again(tmp_path: Path, served: str, page: Page) -> None:
    here = opened(
        page, tmp_path, served, "<title>one</title><script>history.pushState({}, '', '?page=2#x')</script>"
    )  # fmt: skip
    assert page.evaluate("location.search + location.hash") == "?page=2#x"
    page.evaluate("window.before = true; setTimeout(() => location.reload())")
    page.wait_for_function("window.before === undefined && document.title === 'one'")
    assert page.url.startswith(here)


@pytest.mark.parametrize(
    "guard",
    [
        "if (location.protocol !== 'https:') location.replace('https:' + location.href.substring(location.protocol.length))",
        "if (location.protocol !== 'https:') location.href = 'https://' + location.host + location.pathname",
        "if (location.hostname !== 'site.test') location.href = 'https://site.test/talk/'",
        "if (location.hostname !== 'site.test') setTimeout(() => location.replace('http://site.test/talk/'), 300)",
        "if (location.hostname !== 'site.test') location.href = 'https://www.site.test/'",
    ],
)
@pytest.mark.parametrize("way", ["http", "file"])
def test_a_page_that_insists_on_its_own_address_stays(
    tmp_path: Path, served: str, page: Page, way: str, guard: str
) -> None:
    went: list[str] = []
    page.on("request", lambda asked: asked.is_navigation_request() and went.append(asked.url))
    start = served if way == "http" else f"{tmp_path.as_uri()}/"
    # It tells on the console, since what Playwright evaluates counts as a click into the page, and
    # one that was clicked may go. Its fetch takes the time in which the guard's request would come.
    tells = "fetch(location.href).finally(() => console.log('past the guard'))"
    later = f"onload = () => setTimeout(() => {tells}, 301)"
    body = f"<title>one</title><script>{guard}</script><p>Words.<script>{later}</script>"
    with page.expect_console_message(lambda message: message.text == "past the guard"):
        here = opened(page, tmp_path, start, body)
    assert went == [here]
    assert page.locator("p").inner_text() == "Words."


def test_a_path_of_the_site_stays_in_the_folder_on_file(tmp_path: Path, page: Page) -> None:
    start = f"{tmp_path.as_uri()}/"
    opened(
        page,
        tmp_path,
        start,
        "<title>one</title><script>location.href = '/two.html?q=a+b'</script>",
        TWO,
    )
    page.wait_for_function("document.title === 'two'")
    assert page.url.startswith(start)


@pytest.mark.parametrize("hides", ["display: none", "visibility: hidden"])
def test_a_page_that_hides_itself_in_frames_is_shown(
    tmp_path: Path, served: str, page: Page, hides: str
) -> None:
    guard = "if (self === top) document.querySelector('#guard').remove(); else top.location = self.location;"
    text = f"<!doctype html><style id=guard>body {{ {hides} !important }}</style><script>{guard}</script><p>Words."
    site = build(tmp_path, {"t": [exchange(URL, text, dest="document")]})
    (tmp_path / "deck.html").write_text(
        f'<iframe sandbox="allow-scripts allow-same-origin" src="{site.document_of("t")}"></iframe>'
    )
    page.goto(f"{served}deck.html")
    words = page.frame_locator("iframe").locator("text=Words.")
    words.wait_for(state="visible")
    assert words.evaluate("self !== top")  # it is shown in its frame


def test_a_refresh_leads_to_the_copy_or_nowhere(tmp_path: Path, served: str, page: Page) -> None:
    opened(
        page, tmp_path, served, "<meta http-equiv=refresh content='0; url=/two.html?q=a+b'>", TWO
    )
    page.wait_for_function("document.title === 'two'")
    here = opened(
        page, tmp_path / "b", served + "b/",
        "<meta http-equiv=refresh content='0; url=https://away.test/'><script>onload = () => setTimeout(() => { document.title = 'stayed' }, 300)</script>",
    )  # fmt: skip
    page.wait_for_function("document.title === 'stayed'")
    assert page.url == here


def test_a_posted_form_shows_the_answer_that_was_captured(
    tmp_path: Path, served: str, page: Page
) -> None:
    here = opened(
        page,
        tmp_path,
        served,
        "<form method=post action=/search><input name=q><button name=go value=1>go</button></form>",
        *(
            exchange(
                "https://site.test/search",
                f"<title>{word}</title><link rel=preconnect href=https://away.test>",
                method="POST",
                sent=f"q={word}&go=1",
                dest="document",
            )
            for word in ("one", "two")
        ),
    )
    page.fill("input", "other")
    page.click("button")
    page.wait_for_selector("text=https://site.test/search")
    assert page.url == here
    page.fill("input", "two")
    page.click("button")
    page.wait_for_function("document.title === 'two'")
    assert page.evaluate("Boolean(__deckarchive_page)")


CONNECTIONS = """<link rel=preconnect href="https://a.test"><link rel="dns-prefetch preconnect" href="//b.test" crossorigin>
<div></div><script>
const link = (set) => { const l = document.createElement('link'); set(l); document.head.append(l); };
link((l) => { l.rel = 'preconnect'; l.href = 'https://c.test/'; });
link((l) => { l.href = 'https://d.test/'; l.rel = 'preconnect'; });
link((l) => { l.setAttribute('href', 'https://e.test/'); l.setAttribute('rel', 'preconnect'); });
document.querySelector('div').innerHTML = '<link rel="preconnect" href="https://f.test/">';
document.write('<link href=https://g.test/ rel=preconnect>');
link((l) => { l.rel = 'prefetch'; l.href = 'https://h.test/'; });
link((l) => { l.rel = 'preload'; l.as = 'script'; l.href = 'https://i.test/x.js'; });
document.title = 'done';
</script>"""


def test_no_link_opens_a_connection(
    tmp_path: Path, served: str, page: Page, witness: DeadProxy
) -> None:
    before = len(witness.attempts)
    opened(page, tmp_path, served, CONNECTIONS)
    page.wait_for_function("document.title === 'done'")
    # Not every connection that a link opens says a word to the proxy, so what it names is looked at.
    named = "[...document.querySelectorAll('link')].filter(l => /preconnect/.test(l.rel))"
    assert page.evaluate(f"{named}.map(l => l.href)") == ["data:,"] * 7
    # A page that is no copy fetches in advance, later: by then the copy's requests would have come.
    plain = page.context.new_page()
    (tmp_path / "plain.html").write_text("<link rel=prefetch href=https://plain.example>")
    plain.goto(served + "plain.html")
    for _ in range(400):
        hosts = [attempt.host.partition(":")[0] for attempt in witness.attempts[before:]]
        if "plain.example" in hosts:
            break
        page.wait_for_timeout(50)
    assert "plain.example" in hosts
    assert [host for host in hosts if host.endswith(".test")] == []


STREAM = "\ufeffretry: 10\r\n\r\ndata: one\ndata:two\nid: 7\n\n: nothing\nevent: tick\ndata: {\"n\": 3}\n\ndata: cut off"  # fmt: skip
LISTENING = """<script>
const log = []; const source = new EventSource('/events');
source.onopen = () => log.push('open ' + source.readyState);
source.onmessage = (e) => log.push(e.data + ' ' + e.lastEventId);
source.addEventListener('tick', (e) => { log.push(JSON.parse(e.data).n); setTimeout(() => {
  const gone = new EventSource('https://away.test/events');
  gone.onerror = () => { log.push('error ' + gone.readyState, source.readyState); window.out = log; };
}); });
const socket = new WebSocket('wss://away.test/live');
socket.onclose = (e) => { window.ended = [e.code, e.wasClean, socket.readyState]; };
</script>"""


@pytest.mark.parametrize("from_folder", [False, True])
def test_a_recorded_stream_is_replayed_once_and_a_socket_closes(
    tmp_path: Path, served: str, page: Page, from_folder: bool
) -> None:
    stream = exchange(
        "https://site.test/events", STREAM, "text/event-stream", dest="empty", truncated="time"
    )
    opened(page, tmp_path, served, LISTENING, stream)
    if from_folder:
        page.goto((tmp_path / page.url.removeprefix(served)).as_uri())
    page.wait_for_function("window.out && window.ended")
    assert page.evaluate("out") == ["open 1", "one\ntwo 7", 3, "error 2", 1]
    assert page.evaluate("ended") == [1006, False, 3]


def test_text_that_looks_like_markup_is_left_alone(tmp_path: Path, served: str, page: Page) -> None:
    """Code that is shown, templates and Markdown are what the page's own scripts made them."""
    opened(page, tmp_path, served, "<title>one</title><div></div>", TWO)
    addresses = ("https://away.test/x", "https://site.test/two.html?q=a+b")
    texts = [
        text
        for url in addresses
        for text in (
            f'<pre><code>&lt;iframe src="{url}"&gt;&lt;/iframe&gt; src="{url}"</code></pre>',
            f'<script type="text/template">\n<iframe src="{url}"></iframe> <a href="{url}">\n</script>',
            f'<textarea><img src="{url}"> <link rel="preconnect" href="{url}"></textarea>',
            f"<p title=\"a href='{url}' b\" data-x=\"<iframe src='{url}'>\">it's</p>",
            f'<!-- <iframe src="{url}"> -->',
        )
    ]
    for text in texts:
        page.evaluate("text => { document.querySelector('div').innerHTML = text; }", text)
        shown = page.evaluate("document.querySelector('div').innerHTML")
        assert unescape(shown) == unescape(text)
    page.evaluate(
        "([here, away]) => { document.querySelector('div').innerHTML ="
        " `<textarea>'</textarea><iframe src=\"${away}\"></iframe><a title='>' href=\"${here}\">l</a>`; }",
        [addresses[1], addresses[0]],
    )  # fmt: skip
    assert page.evaluate("document.querySelector('div iframe').getAttribute('src')").startswith(
        "about:blank#https://away.test"
    )
    assert "/two" in page.evaluate("document.querySelector('div a').pathname")
    assert page.evaluate("document.querySelector('div a').host") != "site.test"
