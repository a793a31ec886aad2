"""Media, images, style sheets and files: fetched whole, once, with a picture where it can be."""

import pytest

from deckarchive.model import Kind, State
from examples.web.build import VIDEO
from tests.capture.conftest import png, target
from tests.capture.together import Asking, together
from tests.capture.web import Answer, Asked, Web

pytestmark = pytest.mark.browser


@together
def test_an_image_has_its_bytes_and_a_picture(web: Web) -> Asking:
    web.add("image.test/i.png", png(), "image/png")
    got = yield target("https://image.test/i.png", Kind.BACKGROUND_IMAGE)
    assert (got.record.state, got.record.reason) == (State.CAPTURED, "")
    assert got.record.views[0].counts.images == 1
    assert (got.folder() / "screenshot.png").stat().st_size > 1000
    (only,) = got.exchanges()
    assert only.open_body().read() == png()
    assert len(web.asked("https://image.test/i.png")) == 1


@together
def test_what_is_no_image_is_kept_and_said(web: Web) -> Asking:
    web.add("no-image.test/i.png", "this is text", "image/png")
    record = (yield target("https://no-image.test/i.png", Kind.IMAGE)).record
    assert record.state is State.CAPTURED
    assert "cannot show it" in record.reason


@together
def test_a_video_has_its_bytes_and_a_frame(web: Web) -> Asking:
    film = VIDEO.read_bytes()
    web.add("video.test/v.mp4", film, "video/mp4")
    got = yield target("https://video.test/v.mp4", Kind.BACKGROUND_VIDEO)
    assert got.record.state is State.CAPTURED
    (only,) = got.exchanges()
    assert (only.status, only.open_body().read()) == (200, film)
    if got.record.views:
        assert got.record.views[0].counts.videos == 1
        assert got.record.duration == 4
        assert (got.folder() / "screenshot.png").stat().st_size > 1000
    else:
        assert "cannot play" in got.record.reason


@together
def test_a_broken_video_is_kept_and_said(web: Web) -> Asking:
    web.add("broken-video.test/v.mp4", b"no film at all" * 50, "video/mp4")
    record = (yield target("https://broken-video.test/v.mp4", Kind.VIDEO)).record
    assert (record.state, record.bytes) == (State.CAPTURED, 14 * 50)
    assert "cannot play" in record.reason


@together
def test_a_style_sheet_brings_what_it_names(web: Web) -> Asking:
    def by_agent(asked: Asked) -> Answer:
        font = "new.woff2" if "Chrome/" in asked.headers["User-Agent"] else "old.ttf"
        return Answer(f"@import 'more/2.css'; @font-face {{ src: url({font}) }}", "text/css")

    web.routes["sheet.test/1.css"] = by_agent
    web.add("sheet.test/more/2.css", "a { background: url('i.png') } @import '2.css';", "text/css")
    web.add("sheet.test/more/i.png", png(), "image/png")
    web.add("sheet.test/new.woff2", b"font", "font/woff2")
    got = yield target("https://sheet.test/1.css", Kind.STYLESHEET)
    names = ("1.css", "more/2.css", "more/i.png", "new.woff2")
    assert got.urls() == {f"https://sheet.test/{name}" for name in names}
    assert got.record.state is State.CAPTURED


@together
def test_a_style_sheet_without_its_font_is_partial(web: Web) -> Asking:
    web.add("no-font.test/1.css", "@font-face { src: url(gone.woff2) }", "text/css")
    record = (yield target("https://no-font.test/1.css", Kind.STYLESHEET)).record
    assert record.state is State.PARTIAL
    assert "gone.woff2" in record.reason


@pytest.mark.parametrize("kind", [Kind.SCRIPT, Kind.FONT, Kind.TRACK, Kind.AUDIO])
@together
def test_other_files_are_fetched_whole(web: Web, kind: Kind) -> Asking:
    host = f"{kind.value}.test"
    web.add(f"{host}/dir", "", status=302, headers={"Location": "/file"})
    web.add(f"{host}/file", b"\0bytes", "application/octet-stream")
    got = yield target(f"https://{host}/dir", kind)
    assert (got.record.state, got.record.final_url) == (State.CAPTURED, f"https://{host}/file")
    assert [e.status for e in got.exchanges()] == [302, 200]


@together
def test_a_missing_file_fails(web: Web) -> Asking:
    web.add("missing.test/", "x")
    record = (yield target("https://missing.test/gone.mp4", Kind.VIDEO)).record
    assert (record.state, record.reason) == (State.FAILED, "the site answered HTTP 404")
