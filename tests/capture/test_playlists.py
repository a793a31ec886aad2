"""Streaming playlists: text in, files out; and which rendition is chosen. And pages' own words."""

import pytest

from bench.hostile import media
from deckarchive.crawler.judge import asks_to_sign_in, error_page
from deckarchive.crawler.playlists import Rendition, choose, is_playlist, renditions

BASE = "https://a.test/film/list"


def files(text: str) -> list[str]:
    return [f for one in renditions(text, BASE) for f in (*one.playlists, *one.files)]


def test_playlists_that_a_muxer_writes_name_exactly_its_files() -> None:
    made = media.hls()
    named = {f.removeprefix("https://a.test/film/") for f in files(made["v.m3u8"].decode())}
    assert named == {n for n in made if "/" not in n and not n.endswith("m3u8")}
    made = media.dash()
    named = {f.removeprefix("https://a.test/film/") for f in files(made["v.mpd"].decode())}
    assert named == set(made) - {"v.mpd"}


def test_a_master_playlist_offers_variants_sound_and_subtitles() -> None:
    text = (
        '#EXTM3U\r\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",URI="sound/de.m3u8?x=1,2"\r\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=800000,CODECS="avc1,mp4a",RESOLUTION=640x360\r\nlow.m3u8\r\n'
        "#EXT-X-STREAM-INF:BANDWIDTH=9000000,RESOLUTION=3840x2160\r\n/huge.m3u8\r\n"
    )
    sound, low, huge = renditions(text, BASE)
    assert sound.playlists == ("https://a.test/film/sound/de.m3u8?x=1,2",)
    assert (low.bandwidth, low.height) == (800000, 360)
    assert huge.playlists == ("https://a.test/huge.m3u8",)
    assert choose([sound, low, huge], budget=1e9, height=1080) == [sound, low]


def test_keys_maps_and_byte_ranges_name_each_file_once() -> None:
    text = (
        '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="key.bin"\n#EXT-X-MAP:URI="all.mp4"\n'
        "#EXTINF:4.5,title, with comma\n#EXT-X-BYTERANGE:100@0\nall.mp4\n"
        "#EXTINF:4.5,\n#EXT-X-BYTERANGE:100@100\nall.mp4\n"
    )
    (one,) = renditions(text, BASE)
    assert one.files == ("https://a.test/film/key.bin", "https://a.test/film/all.mp4")
    assert one.seconds == 9


MPD = '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" mediaPresentationDuration="PT1M">{}</MPD>'


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (
            '<Period><AdaptationSet><SegmentTemplate media="$RepresentationID$/$Number%03d$.m4s" '
            'initialization="$RepresentationID$/i.mp4" duration="30" startNumber="5"/>'
            '<Representation id="v1" bandwidth="8"/></AdaptationSet></Period>',
            ["v1/i.mp4", "v1/005.m4s", "v1/006.m4s"],
        ),
        (
            '<Period><AdaptationSet><Representation id="v"><SegmentTemplate timescale="2" '
            'media="$Time$-$$-$Bandwidth$.m4s"><SegmentTimeline><S t="4" d="40" r="-1"/>'
            "</SegmentTimeline></SegmentTemplate></Representation></AdaptationSet></Period>",
            ["4-$-0.m4s", "44-$-0.m4s", "84-$-0.m4s"],
        ),
        (
            "<BaseURL>b/</BaseURL><Period><AdaptationSet><Representation><SegmentList>"
            '<Initialization sourceURL="i"/><SegmentURL media="1"/><SegmentURL media="2"/>'
            "</SegmentList></Representation></AdaptationSet></Period>",
            ["b/i", "b/1", "b/2"],
        ),
        (
            "<Period><AdaptationSet><Representation><BaseURL>one.mp4</BaseURL><SegmentBase/>"
            "</Representation></AdaptationSet></Period>",
            ["one.mp4"],
        ),
    ],
)
def test_every_way_of_dash_to_name_segments(inner: str, expected: list[str]) -> None:
    assert files(MPD.format(inner)) == [f"https://a.test/film/{name}" for name in expected]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "<MPD",
        '<MPD mediaPresentationDuration="PT9S"/>',
        "<html><MPD></html>",
        "#EXTM3U",
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=x",
        "#EXTM3U\n#EXTINF:nan,\ndata:,x",
    ],
)
def test_what_is_no_playlist_names_nothing(text: str) -> None:
    assert files(text) == []


def test_endless_lists_are_bounded() -> None:
    inner = (
        '<Period><AdaptationSet><SegmentTemplate media="$Number$" timescale="1000000" '
        'duration="1"/><Representation/></AdaptationSet></Period>'
    )
    assert len(files(MPD.format(inner))) <= 20_000


def test_small_films_keep_every_rendition_large_ones_the_best_to_show() -> None:
    heights = (360, 720, 1080, 2160)
    made = [
        Rendition(group="v", bandwidth=h * 1000, height=h, seconds=60, files=(str(h),))
        for h in heights
    ]
    assert choose(made, budget=1e9, height=1080) == made
    assert choose(made, budget=1e6, height=1080) == [made[2]]
    assert choose(made, budget=1e6, height=200) == [made[0]]
    assert choose([], budget=1e6, height=200) == []


def test_playlists_are_told_by_type_or_name() -> None:
    assert is_playlist("application/vnd.apple.mpegurl", "https://a.test/x")
    assert is_playlist("text/plain", "https://a.test/x.M3U8?token=1")
    assert is_playlist("application/dash+xml", "https://a.test/x")
    assert not is_playlist("text/html", "https://a.test/x.m3u8")
    assert not is_playlist("text/plain", "https://a.test/x.txt")


@pytest.mark.parametrize(
    ("title", "text", "length", "said"),
    [
        ("404 Not Found", "nginx", 30, "not found"),
        ("Page not found - University", "Sorry", 300, "not found"),
        ("Oops! That page can’t be found.", "It looks like nothing was found", 300, ""),
        ("Error 404", "", 3, "not found"),
        ("Seite nicht gefunden", "", 30, "not found"),
        ("503 Service Unavailable", "", 30, "error page"),
        ("Application error", "An error occurred", 80, "error page"),
        ("x.example", "This domain name is for sale", 80, "for sale"),
        ("HTTP 404 explained", "long", 5000, ""),
        ("Lecture 404: Graphs", "Welcome", 300, ""),
        ("Finding what was not found before", "Welcome", 300, ""),
        ("Route 500", "A trip", 300, ""),
    ],
)
def test_pages_that_say_that_they_are_none(title: str, text: str, length: int, said: str) -> None:
    found = error_page([title, ""], text, length)
    assert (said in found) if said else not found


def test_a_sign_in_needs_a_field_and_the_words() -> None:
    assert asks_to_sign_in(["", "Sign in to your account"], 1, 50)
    assert not asks_to_sign_in(["Sign in to your account"], 0, 50)
    assert not asks_to_sign_in(["Newsletter"], 1, 50)
    assert not asks_to_sign_in(["Log in"], 1, 5000)
