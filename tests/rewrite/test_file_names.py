"""File names for URLs: readable where they can be, unique and harmless always."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckarchive import urls
from deckarchive.rewriter.pages.paths import (
    PathNames,
    PathRequest,
    key_of,
    natural,
    natural_folder,
    relative,
)

HTML, JS, JSON, PNG = "text/html", "text/javascript", "application/json", "image/png"


@pytest.mark.parametrize(
    ("url", "mime", "path"),
    [
        ("https://e.org/", HTML, "e.org/index.html"),
        ("https://e.org/docs/", HTML, "e.org/docs/index.html"),
        ("https://e.org/docs/", JSON, "e.org/docs/index.json"),
        ("https://e.org/docs", HTML, "e.org/docs.html"),
        ("https://e.org:8443/a.html", HTML, "e.org+8443/a.html"),
        ("http://[::1]:8080/a.html", HTML, "--1+8080/a.html"),
        ("https://e.org/a.htm", HTML, "e.org/a.htm"),
        ("https://e.org/a.php?x=1", HTML, "e.org/a.php.html"),
        ("https://e.org/nb.ipynb", HTML, "e.org/nb.ipynb.html"),
        ("https://e.org/nb.ipynb", JSON, "e.org/nb.ipynb.json"),
        ("https://e.org/nb.ipynb", "text/plain", "e.org/nb.ipynb"),
        ("https://e.org/page.html", "text/plain", "e.org/page.html.txt"),
        ("https://e.org/style.php", "text/css", "e.org/style.php.css"),
        ("https://esm.sh/react@18", JS, "esm.sh/react@18.js"),
        ("https://e.org/a.mjs", JS, "e.org/a.mjs"),
        ("https://e.org/logo", "image/svg+xml", "e.org/logo.svg"),
        ("https://e.org/a.jpg", "image/jpeg", "e.org/a.jpg"),
        ("https://e.org/a.jpg", "image/webp", "e.org/a.jpg.webp"),
        ("https://e.org/a.woff", "font/woff2", "e.org/a.woff"),
        ("https://e.org/data.bin", "application/octet-stream", "e.org/data.bin"),
        ("https://e.org/x", "application/geo+json", "e.org/x.json"),
        ("https://e.org/a%20b,c%25.png", PNG, "e.org/a_b_c_.png"),
        ("https://e.org/%E4%BD%A0/x.png", PNG, "e.org/_/x.png"),
        ("https://b\u00fccher.example/", HTML, "xn--bcher-kva.example/index.html"),
        ("https://e.org/CON/nul.txt", "text/plain", "e.org/_CON/_nul.txt"),
        ("https://e.org/.well-known/x.", "", "e.org/_well-known/x_"),
        ("https://e.org/a/%2e%2e/%2E%2E/x.png", PNG, "e.org/x.png"),
        ("https://e.org/..%2f..%2fx.png", PNG, "e.org/__.._x.png"),
        ("https://e.org//a//b.png", PNG, "e.org/a/b.png"),
    ],
)
def test_natural_names(url: str, mime: str, path: str) -> None:
    assert natural(url, mime) == f"sites/{path}"


@pytest.mark.parametrize(
    ("base", "folder"),
    [
        ("https://e.org/", "sites/e.org/"),
        ("https://e.org/a/b.html", "sites/e.org/a/"),
        ("https://e.org/a/b/", "sites/e.org/a/b/"),
    ],
)
def test_natural_folders(base: str, folder: str) -> None:
    assert natural_folder(base) == folder


def test_the_only_variant_of_a_path_keeps_the_natural_name() -> None:
    path_request = PathRequest("https://cdn.org/MathJax.js?config=TeX", JS, "1")
    assert PathNames([path_request])[path_request] == "sites/cdn.org/MathJax.js"


def test_variants_differ_by_a_hash_before_the_extension() -> None:
    one, two = (
        PathRequest("https://e.org/d.json?p=1", JSON, "1"),
        PathRequest("https://e.org/d.json", JSON, "2"),
    )
    names = PathNames([one, two])
    assert names[two] == "sites/e.org/d.json"
    assert re.fullmatch(r"sites/e\.org/d\.[0-9a-f]{8}\.json", names[one])


def test_names_that_differ_in_case_only_do_not_meet() -> None:
    wishes = [
        PathRequest("https://e.org/A.png", PNG, "1"),
        PathRequest("https://e.org/a.png", PNG, "2"),
    ]
    names = PathNames(wishes)
    assert len({names[w].lower() for w in wishes}) == 2


def test_a_file_never_has_the_path_of_a_folder() -> None:
    file, below = PathRequest("https://e.org/a", "", "1"), PathRequest("https://e.org/a/b", "", "2")
    names = PathNames([file, below])
    assert names[below] == "sites/e.org/a/b"
    assert names[file] != "sites/e.org/a"


def test_relative_paths() -> None:
    assert relative("sites/b.org/x.js", "sites/a.org/d/index.html") == "../../b.org/x.js"
    assert relative("sites/a.org/x.js", "sites/a.org/index.html") == "x.js"


def test_scheme_and_fragment_do_not_tell_urls_apart() -> None:
    assert key_of("http://e.org/a?b=1#c") == key_of("https://e.org/a?b=1") == "e.org/a?b=1"


def test_a_bar_is_the_same_as_chromium_and_as_firefox_send_it() -> None:
    assert (
        key_of("http://e.org/a|b^?c|d")
        == key_of("http://e.org/a%7Cb%5E?c|d")
        == "e.org/a%7Cb%5E?c|d"
    )


_pieces = [*"aB9 .%/\\?:*|<>\"'#,&=+~@\x00\x1f\u00e9\u4f60", "..", "%2e", "%2F", "CON", "x" * 90]
_parts = st.lists(st.sampled_from(_pieces), max_size=30).map("".join)
_mimes = st.sampled_from([HTML, JS, JSON, PNG, "", "text/plain", "application/octet-stream"])
_SAFE = re.compile(r"sites(/[A-Za-z0-9_~@+=-][A-Za-z0-9._~@+=-]*)+")


@settings(deadline=None)
@given(_parts, _mimes)
def test_every_name_is_safe_and_stays_inside(path: str, mime: str) -> None:
    url = urls.resolve("https://e.org/" + path)
    if url is None:
        return
    name = natural(url, mime)
    assert _SAFE.fullmatch(name), name
    assert len(name) <= 200
    for part in name.split("/"):
        assert len(part) <= 120
        assert not part.endswith((".", " "))
        assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", part)


@settings(deadline=None)
@given(st.lists(st.tuples(_parts, _mimes, st.sampled_from("123")), max_size=12))
def test_no_two_bodies_meet(asked: list[tuple[str, str, str]]) -> None:
    wishes = []
    for path, mime, digest in asked:
        if url := urls.resolve("https://e.org/" + path):
            wishes.append(PathRequest(url, mime, digest))
    names = PathNames(wishes)
    paths = [names[w].lower() for w in dict.fromkeys(wishes)]
    assert len(set(paths)) == len(paths)
    for path in paths:
        assert not any(other.startswith(path + "/") for other in paths)


@pytest.mark.parametrize("length", [100, 130, 300, 3000])
def test_long_names_are_cut_and_keep_their_extension(length: int) -> None:
    name = natural(f"https://e.org/{'d' * length}/{'x' * length}.png", PNG)
    assert len(name) <= 200
    assert name.endswith(".png")
    other = natural(f"https://e.org/{'d' * length}/{'x' * length}y.png", PNG)
    assert name != other
