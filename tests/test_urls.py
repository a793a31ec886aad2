"""URLs as browsers parse them."""

import pytest

from deckarchive import urls


@pytest.mark.parametrize(
    ("url", "base", "parts"),
    [
        ("HTTP://E.org:80/a b?q=\u00e9#x", None,
         ("http://e.org/a%20b?q=%C3%A9#x", "e.org", "", "/a%20b", "?q=%C3%A9", "#x")),
        ("https://u:p@[::1]:8080", None,
         ("https://u:p@[::1]:8080/", "[::1]:8080", "8080", "/", "", "")),
        ("..\\x", "https://e.org/a/b/c", ("https://e.org/a/x", "e.org", "", "/a/x", "", "")),
        ("https:x", "https://e.org/a/b", ("https://e.org/a/x", "e.org", "", "/a/x", "", "")),
        ("about:blank", None, ("about:blank", "", "", "blank", "", "")),
    ],
)  # fmt: skip
def test_parts(url: str, base: str | None, parts: tuple[str, ...]) -> None:
    found = urls.parse(url, base)
    assert (
        found.href, found.host, found.port, found.pathname, found.search, found.hash
    ) == parts  # fmt: skip


@pytest.mark.parametrize("url", ["", "/a", "http://", "http://a b/", "http://e.org:99999/"])
def test_what_is_no_url(url: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        urls.parse(url)
