"""Pages in a real browser through the recording proxy: what they load is in the WARC."""

import os
import signal
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from deckarchive.crawler import TargetFinished
from deckarchive.model import DECK_CAPTURE_ID, DeckSite, Kind, State
from tests.capture.conftest import Shoot, png, target
from tests.capture.together import Asking, together
from tests.capture.web import Answer, Asked, Web

pytestmark = pytest.mark.browser
HELLO = (
    "<!doctype html><title>Hello</title><h1>Hello there</h1>" + "<p>Some text to be seen.</p>" * 12
)


@together
def test_a_simple_page(web: Web) -> Asking:
    web.add("simple.test/", HELLO + "<img src=pic.png>")
    web.add("simple.test/pic.png", png(), "image/png")
    got = yield "https://simple.test/"
    record = got.record
    assert (record.state, record.reason, record.status) == (State.CAPTURED, "", 200)
    assert (record.title, record.final_url) == ("Hello", "https://simple.test/")
    assert record.views[0].counts.text > 20
    assert record.views[0].counts.images == 1
    shot = (got.folder() / "screenshot.png").read_bytes()
    assert shot.startswith(b"\x89PNG")
    assert int.from_bytes(shot[16:20], "big") == 1920
    assert got.urls() == {"https://simple.test/", "https://simple.test/pic.png"}
    body = next(e for e in got.exchanges() if e.url.endswith(".png")).open_body().read()
    assert body == png()
    agent = web.asked("https://simple.test/")[0].headers["User-Agent"]
    assert "Headless" not in agent


@together
def test_a_redirect_ends_where_the_browser_ends(web: Web) -> Asking:
    web.add("redirect.test/dir", "", status=301, headers={"Location": "/dir/"})
    web.add("redirect.test/dir/", HELLO)
    got = yield "https://redirect.test/dir"
    assert (got.record.final_url, got.record.state) == (
        "https://redirect.test/dir/",
        State.CAPTURED,
    )
    assert {(e.url, e.status) for e in got.exchanges()} >= {
        ("https://redirect.test/dir", 301),
        ("https://redirect.test/dir/", 200),
    }


@together
def test_lazy_images_frames_and_inner_scrollers_are_loaded(web: Web) -> Asking:
    tall = "<div style='height:9000px'></div>"
    watch = (
        "<script>new IntersectionObserver((found, me) => found.forEach(one => {"
        "if (one.isIntersecting) { me.disconnect(); one.target.src = 'seen.png' } }))"
        ".observe(document.querySelector('#watched'))</script>"
    )
    web.add(
        "lazy.test/",
        f"{HELLO}{tall}<img loading=lazy src=lazy.png><iframe loading=lazy src=frame.html></iframe>"
        f"<img id=watched width=9 height=9>{watch}"
        f"<div style='height:300px;overflow:auto'>{tall}<img loading=lazy src=inner.png></div>",
    )
    web.add("lazy.test/frame.html", HELLO)
    for name in ("lazy", "seen", "inner"):
        web.add(f"lazy.test/{name}.png", png(), "image/png")
    names = {"lazy.png", "seen.png", "inner.png", "frame.html"}
    assert (yield "https://lazy.test/").urls() >= {f"https://lazy.test/{name}" for name in names}


@together
def test_every_srcset_candidate_poster_and_track_is_fetched_once(web: Web) -> Asking:
    web.add(
        "srcset.test/",
        f"{HELLO}<img src=1.png srcset='1.png 1x, 2.png 2x, /3.png?a,b 3x'>"
        "<picture><source srcset='dark.png' media='(prefers-color-scheme: dark)'>"
        "<img src=light.png></picture>"
        "<video poster=poster.png preload=none src=v.webm><track src=t.vtt></video>",
    )
    for name in ("1.png", "2.png", "3.png?a,b", "dark.png", "light.png", "poster.png"):
        web.add(f"srcset.test/{name}", png(), "image/png")
    web.add("srcset.test/v.webm", b"not really" * 99, "video/webm")
    web.add("srcset.test/t.vtt", "WEBVTT", "text/vtt")
    got = yield "https://srcset.test/"
    names = {"1.png", "2.png", "3.png?a,b", "dark.png", "light.png", "poster.png", "v.webm"}
    assert got.urls() >= {f"https://srcset.test/{name}" for name in [*names, "t.vtt"]}
    assert len(web.asked("https://srcset.test/2.png")) == 1


@together
def test_each_fragment_is_a_view_of_the_same_page(web: Web) -> Asking:
    script = (
        "<script>const show = () => { document.body.style.background = location.hash.slice(1);"
        "document.querySelector('h1').textContent = 'Now ' + location.hash.repeat(9) };"
        "addEventListener('hashchange', show); show()</script>"
    )
    web.add("fragment.test/", HELLO + script)
    got = yield "https://fragment.test/#red#lime"
    views = got.record.views
    assert [v.fragment for v in views] == ["red", "lime"]
    assert [v.screenshot for v in views] == ["screenshot.png", "screenshot-2.png"]
    first, second = [(got.folder() / str(v.screenshot)).read_bytes() for v in views]
    assert first != second
    assert views[1].counts.text > views[0].counts.text
    assert len(web.asked("https://fragment.test/")) == 1


@together
def test_frames_workers_fetch_and_posts_of_other_hosts_are_recorded(web: Web) -> Asking:
    web.add(
        "w.test/",
        f"{HELLO}<iframe src=https://b.test/></iframe><script src=a.js></script>",
    )
    web.add(
        "w.test/a.js",
        "new Worker('/worker.js'); navigator.serviceWorker.register('/sw.js');"
        "fetch('/form', {method: 'POST', body: 'x=1'});"
        "const x = new XMLHttpRequest(); x.open('GET', 'https://b.test/api', false); x.send()",
        "text/javascript",
    )
    web.add("w.test/worker.js", "fetch('/from-worker')", "text/javascript")
    web.add("w.test/sw.js", "fetch('/from-sw')", "text/javascript")
    for path in ("from-worker", "from-sw", "form"):
        web.add(f"w.test/{path}", "{}", "application/json")
    web.add("b.test/", HELLO + "<iframe src=https://c.test/></iframe>")
    web.add("b.test/api", "{}", "application/json", headers={"Access-Control-Allow-Origin": "*"})
    web.add("c.test/", HELLO)
    got = yield "https://w.test/"
    assert got.urls() >= {
        "https://w.test/from-worker",
        "https://w.test/from-sw",
        "https://b.test/api",
        "https://c.test/",
    }
    (post,) = [e for e in got.exchanges() if e.method == "POST"]
    assert post.request_body == b"x=1"


def test_nothing_that_a_page_does_stops_the_capture(
    web: Web, shoot: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("settle", "browser_capture"):
        monkeypatch.setattr(f"deckarchive.crawler.{module}.PATIENCE", 3.0)
    web.add("stream.test/", HELLO + "<script>new EventSource('/events')</script>")
    web.add("stream.test/events", "data: x\n\n", "text/event-stream", endless=True)
    web.add("spin.test/", HELLO + "<script>setTimeout(() => { for (;;); }, 300)</script>")
    web.add(
        "talk.test/",
        HELLO + "<script>alert(1); confirm(2); prompt(3); print(); open('/pop');"
        "addEventListener('beforeunload', e => e.preventDefault())</script>",
    )
    web.add("talk.test/pop", HELLO)
    web.add("auth.test/", HELLO + "<img src=secret.png>")
    web.add("auth.test/secret.png", "", status=401, headers={"WWW-Authenticate": "Basic realm=x"})
    names = ("stream", "spin", "talk", "auth")
    got = shoot(*(f"https://{name}.test/" for name in names), timeout=8)
    records = dict(zip(names, got.report.records, strict=True))
    assert records["stream"].state is State.CAPTURED
    assert records["talk"].state is State.CAPTURED
    assert records["spin"].state is State.PARTIAL
    assert "busy" in records["spin"].reason
    assert records["auth"].missing[0].reason == "HTTP 401"
    for record in records.values():
        assert got.exchanges(record)[0].status == 200


def _renderers() -> list[int]:
    """The browser's processes that hold pages, among those that this one started."""
    children: dict[int, list[int]] = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(process.name))
    found, todo = [], [os.getpid()]
    while todo:
        for pid in children.get(todo.pop(), []):
            todo.append(pid)
            with suppress(OSError):
                if b"--type=renderer" in (Path("/proc") / str(pid) / "cmdline").read_bytes():
                    found.append(pid)
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")
@pytest.mark.parametrize("always", [False, True], ids=["once", "always"])
def test_a_page_whose_renderer_crashes_is_tried_again_and_keeps_what_came(
    web: Web, shoot: Shoot, always: bool
) -> None:
    deaths: list[int] = []
    calm_is_done = threading.Event()  # its renderer could not be told from the other

    def fatal(_: Asked) -> Answer:
        assert calm_is_done.wait(60)
        if always or not deaths:
            deaths.append(1)
            for pid in _renderers():
                os.kill(pid, signal.SIGKILL)
        return Answer(png(), "image/png")

    web.add("a.test/", HELLO + "<img src=fatal.png>")
    web.routes["a.test/fatal.png"] = fatal
    web.add("b.test/", HELLO)

    def note(event: object) -> None:
        if isinstance(event, TargetFinished):
            calm_is_done.set()

    got = shoot("https://a.test/", "https://b.test/", jobs=1, timeout=60, on_event=note)
    crashed, calm = got.report.records
    assert calm.state is State.CAPTURED
    assert len(web.asked("https://a.test/")) >= 2
    if always:
        assert crashed.state is State.PARTIAL
        assert "crash" in crashed.reason
        assert any(e.url == "https://a.test/" for e in got.exchanges(crashed))
    else:
        assert (crashed.state, crashed.reason) == (State.CAPTURED, "")
        assert crashed.views[0].counts.images == 1


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")
@pytest.mark.parametrize("when", ["asked", "answered"])
def test_a_renderer_that_dies_before_its_page_begins_is_no_download(
    web: Web, shoot: Shoot, when: str
) -> None:
    def kill() -> None:
        for pid in _renderers():
            os.kill(pid, signal.SIGKILL)

    def fatal(_: Asked) -> Answer:
        if when == "asked":
            kill()
        else:  # while the document is being handed to its renderer
            threading.Timer(0.05, kill).start()
        return Answer(HELLO + "<p>x</p>" * 100_000)

    web.routes["a.test/"] = fatal
    got = shoot("https://a.test/", timeout=20)
    assert "download" not in got.record.reason
    if got.record.state is not State.CAPTURED:
        assert "crash" in got.record.reason


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (HELLO, 404, "HTTP 404"),
        (HELLO, 503, "HTTP 503"),
        ("<!doctype html><title>x</title>", 200, "blank"),
        ("<title>Just a moment...</title><div id=challenge-form>Wait</div>", 403, "bot check"),
    ],
)
@together
def test_what_is_not_worth_presenting_fails_with_a_reason(
    web: Web, body: str, status: int, words: str
) -> Asking:
    host = f"{words.replace(' ', '-').lower()}.test"
    web.add(f"{host}/", body, status=status)
    got = yield f"https://{host}/"
    assert got.record.state is State.FAILED
    assert words in got.record.reason
    assert got.exchanges()[0].status == status


@together
def test_hosts_that_are_down_fail_with_a_reason(web: Web) -> Asking:
    got = yield "https://down.test/", "https://down.test/v.mp4"
    assert [r.state for r in got.report.records] == [State.FAILED] * 2
    assert all(r.reason for r in got.report.records)
    assert not got.exchanges(got.report.records[0])


@together
def test_a_reference_without_scheme_falls_back_to_http(web: Web) -> Asking:
    web.add("plain.test/", HELLO)
    web.plain_only.add("plain.test")
    got = yield target("https://plain.test/", raw="//plain.test/")
    assert (got.record.state, got.record.final_url) == (State.CAPTURED, "http://plain.test/")
    assert not got.record.missing


@together
def test_losses_make_a_page_partial(web: Web) -> Asking:
    web.add(
        "losses.test/", HELLO + "<img src=gone.png><script src=https://down.test/x.js></script>"
    )
    record = (yield "https://losses.test/").record
    assert record.state is State.PARTIAL
    assert "1 image missing" in record.reason
    assert "1 script missing" in record.reason
    assert {m.url for m in record.missing} == {
        "https://losses.test/gone.png",
        "https://down.test/x.js",
    }


@together
def test_an_image_that_only_the_capture_thought_of_is_no_loss(web: Web) -> Asking:
    web.add("thought.test/", HELLO + "<img data-src=name-without-its-width.png src=small.png>")
    web.add("thought.test/small.png", png(), "image/png")
    record = (yield "https://thought.test/").record
    assert web.asked("https://thought.test/name-without-its-width.png")
    assert (record.state, record.missing) == (State.CAPTURED, ())


@together
def test_walls_and_framing_are_named(web: Web) -> Asking:
    web.add("login.test/", "<form>Sign in <input type=password></form>")
    web.add(
        "cookie.test/",
        HELLO + "<div style='position:fixed;inset:20% 0;background:#fff'>We use cookies "
        "<button>Accept all</button></div>",
    )
    web.add("frame.test/", HELLO, headers={"X-Frame-Options": "DENY"})
    got = yield "https://login.test/", "https://cookie.test/", "https://frame.test/"
    login, cookie, frame = got.report.records
    assert (login.state, login.reason) == (State.PARTIAL, "the page asks for a login")
    assert cookie.state is State.PARTIAL
    assert "consent" in cookie.reason
    assert frame.state is State.CAPTURED
    assert "refuses to be shown in a frame" in frame.reason


@together
def test_a_pdf_in_a_frame_is_whole_and_has_a_picture(web: Web) -> Asking:
    web.add("pdf.test/p.pdf", _pdf(), "application/pdf", headers={"Accept-Ranges": "bytes"})
    got = yield "https://pdf.test/p.pdf"
    assert got.record.state is State.CAPTURED
    assert got.record.content_type == "application/pdf"
    assert any(e.status == 200 and e.open_body().read() == _pdf() for e in got.exchanges())


def test_the_decks_own_page_is_walked_but_not_its_embeds(
    web: Web, shoot: Shoot, tmp_path: Path
) -> None:
    web.add("cdn.test/theme.css", "@font-face{font-family:F;src:url(f.woff2)}h1{font-family:F}",
            "text/css")  # fmt: skip
    web.add("cdn.test/f.woff2", b"no font", "font/woff2",
            headers={"Access-Control-Allow-Origin": "*"})  # fmt: skip
    web.add("cdn.test/late.js", "window.late = 1", "text/javascript")
    web.add("cdn.test/own.js", "1", "text/javascript")
    embeds = [f"embed.test/{way}" for way in ("markup", "attribute", "property")]
    for embed in embeds:
        web.add(embed, HELLO)
    page = (
        "<!doctype html><title>Deck</title><link rel=stylesheet href=https://cdn.test/theme.css>"
        "<h1>Deck</h1><iframe src=https://embed.test/markup></iframe><iframe id=a></iframe>"
        "<iframe id=b></iframe><iframe id=own></iframe><script>window.Reveal = {"
        "isReady: () => true, getSlides: () => [1, 2], getIndices: n => ({h: n, v: 0}), slide: h =>"
        "{ if (h != 2) return; document.head.append(Object.assign(document.createElement('script'),"
        "{src: 'https://cdn.test/late.js'})); a.setAttribute('src', 'https://embed.test/attribute');"
        "b.src = 'https://embed.test/property';"
        "own.srcdoc = '<script src=https://cdn.test/own.js></' + 'script>' }}</script>"
    )
    site = DeckSite(page="index.html", pages={"index.html": page.encode()}, mounts=())
    got = shoot(site=site)
    assert got.record.id == DECK_CAPTURE_ID
    assert got.record.state is not State.FAILED
    assert {
        f"https://cdn.test/{n}" for n in ("theme.css", "f.woff2", "late.js", "own.js")
    } <= got.urls()
    assert not [embed for embed in embeds if web.asked(f"https://{embed}")]


def _pdf() -> bytes:
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length 44>>stream\nBT /F 40 Tf 20 100 Td (Hello page) Tj ET      \nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + part + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out + b"xref\n0 6\n0000000000 65535 f \n" + table
        + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    )  # fmt: skip


@together
def test_kind_link_is_captured_like_a_page(web: Web) -> Asking:
    web.add("link.test/", HELLO)
    assert (yield target("https://link.test/", Kind.LINK)).record.state is State.CAPTURED
