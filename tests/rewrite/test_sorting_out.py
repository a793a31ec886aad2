"""Which exchange answers for a URL, and what comes of it on disk."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from made_site import build, exchange

from deckarchive.model import DECK_CAPTURE_ID, Kind
from deckarchive.rewriter.pages.bodies import (
    answers_of,
    canonical,
    decode_copy,
    encode_copy,
    find_body,
)
from deckarchive.rewriter.pages.head import OPEN
from deckarchive.rewriter.pages.resources import fnv1a, sort_exchanges

URL = "https://e.org/p"


def _read(found: object) -> bytes:
    with found.open_body() as stream:  # type: ignore[attr-defined]
        return bytes(stream.read())


def _body(*exchanges: object, url: str = URL) -> bytes | None:
    found = sort_exchanges(exchanges).find(url)  # type: ignore[arg-type]
    return _read(found) if found else None


def test_the_first_whole_answer_wins() -> None:
    assert _body(exchange(URL, "one"), exchange(URL, "two")) == b"one"
    cut = exchange(URL, "on", truncated="length")
    assert _body(cut, exchange(URL, "whole")) == b"whole"
    assert _body(cut) == b"on"
    assert _body(exchange(URL, status=304), exchange(URL, "later")) == b"later"


def test_an_error_counts_only_as_a_document() -> None:
    gone = exchange(URL, "gone", status=404, dest="document")
    assert _body(gone) == b"gone"
    assert _body(gone, exchange(URL, "back")) == b"back"
    picture = sort_exchanges([exchange(URL, "gone", status=404, dest="image")])
    assert picture.find(URL) is None
    assert picture.statuses == {"e.org/p": 404}


def test_redirects_are_followed_and_loops_end() -> None:
    def hop(a: str, b: str) -> object:
        return exchange(a, status=302, headers={"Location": b})

    chain = [
        hop(URL, "/q#there"),
        hop("https://e.org/q", "https://f.org/r"),
        exchange("https://f.org/r", "x"),
    ]
    found = sort_exchanges(chain)  # type: ignore[arg-type]
    assert found.follow(URL) == "https://f.org/r#there"
    assert found.follow(URL + "#own") == "https://f.org/r#there"
    assert _body(hop(URL, "/q"), hop("https://e.org/q", "/p")) is None
    assert (
        _body(hop("http://e.org/p", URL), exchange(URL, "secure"), url="http://e.org/p")
        == b"secure"
    )


def test_ranges_are_joined_when_they_cover_all() -> None:
    def part(body: str, start: int, size: int = 6) -> object:
        last = start + len(body) - 1
        headers = {"Content-Range": f"bytes {start}-{last}/{size}"}
        return exchange(URL, body, "video/mp4", status=206, headers=headers)

    assert _body(part("def", 3), part("abcd", 0)) == b"abcdef"
    assert _body(part("abcdef", 0)) == b"abcdef"
    assert _body(part("abc", 0), part("f", 5)) is None
    assert _body(part("abcdef", 0), exchange(URL, "ABCDEF", "video/mp4")) == b"ABCDEF"


def test_a_page_that_a_script_reads_too_is_kept_both_ways(tmp_path: Path) -> None:
    text = "<head></head><img src='/a.png'>"
    build(
        tmp_path,
        {
            "t": [
                exchange(URL, text, dest="empty"),
                exchange(URL, text, dest="document"),
                exchange("https://e.org/part", "<img src='/a.png'>", dest="empty"),
                exchange("https://e.org/a.png", b"x", "image/png"),
            ]
        },
    )
    assert OPEN in (tmp_path / "sites/e.org/p.html").read_text()
    (data,) = (tmp_path / "sites/e.org").glob("p.*.html")
    assert data.read_text() == text
    assert (tmp_path / "sites/e.org/part.html").read_text() == "<img src='/a.png'>"
    found = _map(tmp_path)
    assert found["e.org"]["/p"] == "e.org/p.html"
    assert found["e.org"]["DATA /p"] == f"e.org/{data.name}"


def _map(out: Path, group: str = "t") -> dict[str, dict[str, object]]:
    text = (out / f"runtime/maps/{group}.js").read_text()
    found = re.fullmatch(r"self\.__deckarchive_map=(.*);\n", text)
    assert found
    return json.loads(found[1])


def test_the_map_knows_what_was_captured_and_what_was_refused(tmp_path: Path) -> None:
    build(
        tmp_path,
        {
            "t": [
                exchange(URL, "<p>", dest="document"),
                exchange("https://e.org/x.js", "1", "text/javascript"),
                exchange("https://e.org/gone", status=410),
                exchange("https://e.org/old", status=301, headers={"Location": "/x.js"}),
                exchange("https://e.org/q", "{}", "application/json", method="POST", sent="ab"),
                exchange("https://e.org/q", status=204, method="OPTIONS"),
            ]
        },
    )
    entries = _map(tmp_path)["e.org"]
    assert entries["/x.js"] == 0
    assert entries["/gone"] == 410
    assert entries["/old"] == "e.org/x.js"
    assert entries[f"POST /q {fnv1a(b'ab')}"] == "e.org/q.json"
    assert set(entries) == {"/p", "/x.js", "/gone", "/old", f"POST /q {fnv1a(b'ab')}"}
    assert json.loads((tmp_path / "map.json").read_text())["e.org"] == entries


def test_targets_that_share_a_page_share_a_map(tmp_path: Path) -> None:
    inner = exchange("https://in.org/", "inner", dest="iframe")
    site = build(
        tmp_path,
        {
            "a": [exchange("https://a.org/", "a"), inner],
            "b": [exchange("https://b.org/", "<a href='https://c.org/'>"), inner],
            "c": [exchange("https://c.org/", "c")],
        },
    )
    assert sorted(p.stem for p in (tmp_path / "runtime/maps").glob("?.js")) == ["a", "c"]
    assert set(_map(tmp_path, "a")) == {"a.org", "b.org", "in.org"}
    assert "../c.org/index.html" in (tmp_path / "sites/b.org/index.html").read_text()
    assert site.path_of("https://c.org/", "b") == "sites/c.org/index.html"
    assert site.path_of("https://d.org/", "b") is None
    assert site.document_of("none") is None


def test_one_url_with_two_bodies_has_two_files(tmp_path: Path) -> None:
    site = build(
        tmp_path, {t: [exchange("https://e.org/", f"<p>{t}", dest="document")] for t in ("a", "b")}
    )
    texts = {t: (tmp_path / (site.document_of(t) or "")).read_text() for t in ("a", "b")}
    assert texts["a"].endswith("<p>a")
    assert texts["b"].endswith("<p>b")


def test_the_final_document_is_the_targets_own(tmp_path: Path) -> None:
    site = build(
        tmp_path,
        {
            "t": [
                exchange("https://e.org/t", status=302, headers={"Location": "/en/"}),
                exchange("https://e.org/en/", "first", dest="document"),
                exchange("https://e.org/en/", "second", dest="document"),
            ]
        },
    )
    assert site.document_of("t") == "sites/e.org/en/index.html"
    assert (tmp_path / "sites/e.org/en/index.html").read_text().endswith("first")


def test_the_decks_own_files_are_left_to_the_deck(tmp_path: Path) -> None:
    site = build(
        tmp_path,
        {
            DECK_CAPTURE_ID: [
                exchange("http://deck.localhost/index.html", "deck"),
                exchange("https://f.org/s.css", "a{b:url(f.woff2)}", "text/css"),
                exchange("https://f.org/f.woff2", b"f", "font/woff2"),
            ]
        },
    )
    assert not (tmp_path / "sites/deck.localhost").exists()
    assert site.address_of("https://f.org/s.css", DECK_CAPTURE_ID) == "sites/f.org/s.css"
    assert (tmp_path / "sites/f.org/s.css").read_text() == "a{b:url(f.woff2)}"


def test_json_and_scripts_keep_every_byte(tmp_path: Path) -> None:
    raw = b'\xef\xbb\xbf{"u": "https://e.org/a.png"}\r\n'
    script = b"var a = '//e.org/a.png' \r\n"
    build(
        tmp_path,
        {
            "t": [
                exchange(URL, "<p>"),
                exchange("https://e.org/d.json", raw, "application/json; charset=iso-8859-1"),
                exchange("https://e.org/s.js", script, "text/javascript"),
                exchange("https://e.org/a.png", b"\x89PNG", "image/png"),
            ]
        },
    )
    assert (tmp_path / "sites/e.org/d.json").read_bytes() == raw
    assert (tmp_path / "sites/e.org/s.js").read_bytes() == script


def test_nothing_lands_outside_the_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    hostile = [
        "/../../x",
        "/%2e%2e/%2e%2e/x",
        "/..%5c..%5cx",
        "/a/\x00/b",
        "/CON",
        "/" + "y" * 4000,
    ]
    build(out, {"t": [exchange("https://e.org" + h, "x", "text/plain") for h in hostile]})
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert len([p for p in (out / "sites").rglob("*") if p.is_file()]) >= 5


def test_the_encoding_that_a_text_declares_becomes_utf_8() -> None:
    assert decode_copy(b'@charset "koi8-r";a', "koi8-r") == '@charset "utf-8";a'
    source = '<?xml version="1.0" encoding="koi8-r"?><a/>'
    assert decode_copy(source.encode(), "koi8-r") == source.replace("koi8-r", "utf-8")


@pytest.mark.parametrize("body", [b"\xff\xfe\x00bad", b"ok \xed\xa0\x80 \x80", "\ufeffé".encode()])
def test_undecodable_bytes_pass_through(body: bytes) -> None:
    assert encode_copy(decode_copy(body, "utf-8")) == body


@pytest.mark.parametrize(
    ("mime", "dest", "expected"),
    [
        ("application/x-javascript", "", "text/javascript"),
        ("text/plain", "script", "text/javascript"),
        ("text/html", "script", "text/javascript"),
        ("application/json", "script", "application/json"),
        ("", "style", "text/css"),
        ("text/html", "iframe", "text/html"),
        ("text/plain", "document", "text/plain"),
    ],
)
def test_media_types(mime: str, dest: str, expected: str) -> None:
    assert canonical(mime, dest) == expected


def test_the_hash_of_a_sent_body_is_fnv1a() -> None:
    assert fnv1a(b"") == "811c9dc5"
    assert fnv1a(b"foobar") == "bf9cf968"


def test_a_page_with_a_query_keeps_its_path_before_what_scripts_read_of_it(tmp_path: Path) -> None:
    url = "https://lab.test/book/index.html"
    site = build(
        tmp_path,
        {
            "t": [
                exchange(f"{url}?path=a", "<p>page</p>", dest="document"),
                exchange(url, "<p>page</p>", dest="empty"),
            ]
        },
    )
    assert site.document_of("t") == "sites/lab.test/book/index.html"
    assert site.path_of(url, "t") != site.document_of("t")


@pytest.mark.parametrize(
    ("location", "end"),
    [
        ("/a film.mp4", "https://e.org/a%20film.mp4"),
        ("\\\\cdn.test\\film.mp4", "https://cdn.test/film.mp4"),
        ("https:/film.mp4", "https://e.org/film.mp4"),
        ("  //CDN.test:443/film.mp4#t=3", "https://cdn.test/film.mp4"),
    ],
)
def test_the_redirect_of_a_medium_leads_where_browsers_go(location: str, end: str) -> None:
    sent = [
        exchange(URL, status=302, headers={"Location": location}),
        exchange(end, b"film", "video/mp4"),
    ]
    found = find_body(answers_of(sent), [URL], Kind.VIDEO)
    assert found is not None
    assert found.url == end
