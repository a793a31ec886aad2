"""Pages that want more than loading: time, room, parts of files, a frame to stand in."""

import threading
from dataclasses import replace

import pytest

from bench.hostile.media import film
from deckarchive.crawler import TargetFinished
from deckarchive.model import Kind, State
from tests.capture.conftest import Shoot, target
from tests.capture.together import Asking, together
from tests.capture.web import Answer, Asked, Web

pytestmark = pytest.mark.browser
HELLO = (
    "<!doctype html><title>Hello</title><h1>Hello there</h1>" + "<p>Some text to be seen.</p>" * 12
)


@together
def test_a_film_that_came_whole_in_one_range_is_not_fetched_again(web: Web) -> Asking:
    body = film("webm", "film.webm", ())["film.webm"]

    def clip(asked: Asked) -> Answer:
        wanted = asked.headers.get("Range", "")
        headers = {"Accept-Ranges": "bytes"}
        if not wanted:
            return Answer(body, "video/webm", headers=headers)
        start = int(wanted.removeprefix("bytes=").partition("-")[0])
        headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        return Answer(body[start:], "video/webm", 206, headers)

    for name in ("shown", "hidden"):
        web.routes[f"film.test/{name}.webm"] = clip
    videos = "<video src=shown.webm muted preload=auto></video>"
    web.add("film.test/", HELLO + videos + "<video src=hidden.webm preload=none hidden></video>")
    got = yield "https://film.test/"
    assert got.record.state is State.CAPTURED
    shown = web.asked("https://film.test/shown.webm")
    assert shown
    assert all("Range" in one.headers for one in shown)
    assert any("Range" not in one.headers for one in web.asked("https://film.test/hidden.webm"))


@pytest.mark.parametrize("when", ["while it loads", "later"])
def test_a_page_stuck_in_a_script_is_stopped_and_pictured(
    web: Web, shoot: Shoot, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    for module in ("settle", "browser_capture"):
        monkeypatch.setattr(f"deckarchive.crawler.{module}.PATIENCE", 3.0)
    spin = "for (;;);" if when == "while it loads" else "setTimeout(() => { for (;;); }, 200);"
    web.add("a.test/", HELLO + f"<script>{spin}</script>")
    record = shoot("https://a.test/", timeout=60).record
    assert record.state is State.PARTIAL
    assert "keeps the browser busy" in record.reason
    assert "was stopped" in record.reason
    assert record.views[0].screenshot
    assert record.views[0].counts.text > 20
    assert record.seconds < 60


def test_while_a_server_is_silent_another_target_is_captured(web: Web, shoot: Shoot) -> None:
    """With one job: the first page's slot is released while its server thinks."""
    calm = threading.Event()

    def slow(asked: Asked) -> Answer:
        assert calm.wait(60)
        return Answer(HELLO)

    web.routes["slow.test/"] = slow
    web.add("calm.test/", HELLO)

    def note(event: object) -> None:
        if isinstance(event, TargetFinished):
            calm.set()

    got = shoot("https://slow.test/", "https://calm.test/", jobs=1, timeout=90, on_event=note)
    assert [r.state for r in got.report.records] == [State.CAPTURED] * 2


def test_a_frame_inside_a_slide_is_as_large_as_its_box_there(web: Web, shoot: Shoot) -> None:
    # A frame in a process of its own learns its size a moment after its first script has run.
    ask = "onload = onresize = () => fetch(`size?${innerWidth}x${innerHeight}`)"
    web.add("a.test/", f"{HELLO}<script>{ask}</script>")
    plain = target("https://a.test/", Kind.IFRAME)
    places = tuple(replace(plain.references[0], size=size) for size in ((320, 200), (800, 450)))
    inside, behind = replace(plain, references=places), target("https://a.test/")
    got = shoot(inside, behind, viewport=(1280, 720))
    assert [r.viewport for r in got.report.records] == [(800, 450), (1280, 720)]
    assert web.asked("https://a.test/size?800x450")
    assert web.asked("https://a.test/size?1280x720")
    shot = (got.folder(got.report.records[0]) / "screenshot.png").read_bytes()
    assert int.from_bytes(shot[16:20], "big") == 800


@together
def test_a_list_without_end_is_held_to_what_it_shows_unscrolled(web: Web) -> Asking:
    web.add("list.test/more", "x" * 400)
    web.add(
        "list.test/",
        "<!doctype html><title>List</title><h1>List</h1><div id=list></div><p id=end>More</p>"
        "<script>new IntersectionObserver(async ([seen]) => { if (!seen.isIntersecting) return;"
        "const item = document.createElement('p'); item.style.height = '1200px';"
        "item.textContent = await (await fetch('more')).text(); list.append(item)"
        "}).observe(end)</script>",
    )
    got = yield "https://list.test/"
    assert len([e for e in got.exchanges() if e.url.endswith("/more")]) > 1
    assert got.record.views[0].counts.text < 500


@together
def test_a_page_that_hides_itself_in_a_frame_shows_nothing(web: Web) -> Asking:
    web.add("hidden.test/", "<!doctype html><style>html{display:none}</style><h1>Hidden words</h1>")
    got = yield "https://hidden.test/"
    assert (got.record.state, got.record.reason) == (State.FAILED, "the page is blank")


@together
def test_an_encoding_that_nobody_declares_is_noted_as_the_browser_guessed_it(web: Web) -> Asking:
    words = "<h1>日本語のページ</h1><p>こんにちは世界。文字コードの指定がないページです。</p>"
    web.add("encoding.test/", f"<title>日本</title>{words * 3}".encode("shift_jis"), "text/html")
    record = (yield "https://encoding.test/").record
    assert record.charsets == {"https://encoding.test/": "Shift_JIS"}
    assert record.title == "日本"


@together
def test_what_scripts_read_in_parts_is_fetched_whole(web: Web) -> Asking:
    sizes = {"city": 3000, "world": 10**12}

    def archive(asked: Asked) -> Answer:
        name = asked.url.rpartition("/")[2]
        body = bytes(range(250)) * 12
        wanted = asked.headers.get("Range", "")
        if not wanted:
            return Answer(body, "application/octet-stream")
        start, end = map(int, wanted.removeprefix("bytes=").split("-"))
        told = {"Content-Range": f"bytes {start}-{end}/{sizes[name]}"}
        return Answer(body[start : end + 1], "application/octet-stream", 206, told)

    web.routes["parts.test/city"] = web.routes["parts.test/world"] = archive
    web.add(
        "parts.test/",
        HELLO
        + "<script>for (const name of ['city', 'world']) for (const range of ['0-9', '50-60'])"
        "fetch(name, { headers: { Range: 'bytes=' + range } })</script>",
    )
    got = yield "https://parts.test/"
    found = [
        (e.url.rpartition("/")[2], e.status, e.size)
        for e in got.exchanges()
        if e.url.endswith(("y", "d"))
    ]
    assert sorted(found) == [
        *(("city", 200, 3000), ("city", 206, 10), ("city", 206, 11)),
        *(("world", 206, 10), ("world", 206, 11)),
    ]
    whole = next(e for e in got.exchanges() if e.size == 3000)
    assert ("Sec-Fetch-Dest", "empty") in whole.request_headers


@together
def test_a_page_loads_what_it_would_in_a_frame_without_threads(web: Web) -> Asking:
    isolated = {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
    }
    choose = "<script>fetch(crossOriginIsolated ? 'threads.wasm' : 'plain.wasm')</script>"
    web.add("threads.test/", HELLO + choose, headers=isolated)
    web.add("threads.test/plain.wasm", b"\0asm", "application/wasm")
    web.add("threads.test/threads.wasm", b"\0asm", "application/wasm")
    got = yield "https://threads.test/"
    assert got.urls() == {"https://threads.test/", "https://threads.test/plain.wasm"}
    page = next(e for e in got.exchanges() if e.url == "https://threads.test/")
    assert page.header("cross-origin-opener-policy") == "same-origin"
