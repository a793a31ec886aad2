"""Cutting Markdown into slides: as the browser does, and with true spans for any text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deckarchive import vendor
from deckarchive.deck import find_references, read_deck
from deckarchive.deck.element_urls import background_image_url
from deckarchive.deck.slidify import Separators, dedent_edits, slidify
from deckarchive.deck.source_map import SourceText
from deckarchive.model import Deck, Source
from tests.browsers import SharedBrowser

SEPARATORS: list[tuple[str, str]] = [
    ("\r?\n---\r?\n", ""),
    ("\r?\n---\r?\n", "\r?\n----\r?\n"),
    ("^---[\r]?\n", "^\\*\\*\\*[\r]?\n"),
    ("^\\r?\\n---\\r?\\n$", "^\\r?\\n--\\r?\\n$"),
    ("^\\n\\n\\n", "^\\n\\n"),
    ("<!--s-->", "<!--v-->"),
    ("^(---|===)$", "^(--|==)$"),
    ("^#\\s(?!#)", "^##\\s"),
    ("---", "--"),
    ("\\n{2,}(?=\\*)", "(?<=é)\\n"),
    ("^\\s*---\\s*$", "[\\u2028]"),
]
TEXTS = [
    "",
    "a",
    "a\n---\nb",
    "a\n---\nb\n----\nc\n----\nd\n---\ne\n",
    "a\r\n---\r\nb\r\n----\r\nc\r\n",
    "---\na\n---\n---\n",
    "# a\n\n***\nb\n***\n\n---\n\nc\n***\n",
    "a\n\n---\n\nb\n\n--\n\nc",
    "a\n\n\nb\n\nc\n\n\nd",
    "a<!--v-->b<!--s-->c<!--s--><!--v-->d",
    "===\na\n==\nb\n===\nc\n---\n",
    "# é\n\n## 😀\n\n# z\u2028y\n",
    "😀é\n\n*x*\n---\n\té\n--\n",
]

_CUT = """([text, separator, verticalSeparator]) => {
  const holder = document.createElement("div");
  holder.innerHTML = RevealMarkdown().slidify(text, { separator, verticalSeparator });
  const content = (section) => section.querySelector("script").textContent;
  return [...holder.children].map((section) =>
    section.querySelector("section") ? [...section.children].map(content) : content(section));
}"""


@pytest.mark.browser
def test_slides_are_cut_as_the_browser_cuts_them(shared_browser: SharedBrowser) -> None:
    script = vendor.folder("reveal.js") / "plugin" / "markdown" / "markdown.js"
    page = shared_browser.browser.new_page()
    page.add_script_tag(path=script)
    for horizontal, vertical in SEPARATORS:
        for text in TEXTS:
            theirs: list[Any] = page.evaluate(_CUT, [text, horizontal, vertical])
            ours = slidify(
                SourceText.of(Source(path="x.md", text=text)),
                Separators(horizontal=horizontal, vertical=vertical),
            )
            assert [_plain(item) for item in ours] == theirs, (horizontal, vertical, text)
    page.close()


def _plain(item: SourceText | list[SourceText]) -> Any:
    """The text as an HTML parser hands it on: line ends made alike."""
    if isinstance(item, list):
        return [_plain(slide) for slide in item]
    return item.text.replace("\r\n", "\n").replace("\r", "\n")


DEDENTED = {
    "a\n  b": "a\n  b",
    " a\n b": " a\n b",
    "  a\n  b": "\na\nb",
    "\n  a\n    b   c": "\na\n  b   c",
    "\n\t\ta\n\t\t\tb\n\tc": "\na\n\tb\n\tc",
    "   a\nx   y   z": "\na\nx\ny   z",
    "\n\n  a\n   b": "\n\n  a\nb",
}


@pytest.mark.parametrize("text", DEDENTED)
def test_dedent(text: str) -> None:
    tracked = SourceText.of(Source(path="x.md", text=text))
    assert tracked.replaced(dedent_edits(text)).text == DEDENTED[text]


BACKGROUNDS = {
    "a b.png": "a%20b.png",
    "a%20b.png": "a%20b.png",
    "a%2Fb%3F.png": "a%252Fb%253F.png",
    "é.png": "%C3%A9.png",
    "%C3%A9.png": "%C3%A9.png",
    "(x)'!*.png": "%28x%29%27%21%2A.png",
    "[x].png?a=1&b=2#c": "[x].png?a=1&b=2#c",
    " data:image/png;base64,AA== ": "data:image/png;base64,AA==",
}


@pytest.mark.parametrize("value", BACKGROUNDS)
def test_background_image_urls(value: str) -> None:
    assert background_image_url(value) == BACKGROUNDS[value]


PIECES = st.sampled_from(
    [
        "\n",
        "\n\n",
        "    ",
        "- ",
        "> ",
        "# é ",
        "😀",
        "&amp;",
        "`",
        "```\n",
        "---\n",
        "\n---\n",
        "note:",
        "![a](https://a.example/b.png)",
        "[l](<https://a.example/x y> 'title')",
        "https://bare.example/?a=b",
        "<https://auto.example/>",
        '<img src="https://i.example/&amp;x.png" srcset="a.png 1x, b.png 2x">',
        "<img src='//i.example/y'",
        '<!-- .slide: data-background-iframe="https://p.example/?a=1&amp;b" -->',
        '<!-- .element: style="background:url(x.png)"',
        '<div style="background:url(&quot;q.png&quot;)">',
        "</textarea>",
        "<style>a{b:url(s.png)}</style>",
        "<!--",
        "-->",
        "[r]: https://r.example/\n",
        "[r]",
        '="',
    ]
)


@pytest.fixture(scope="module")
def some_deck(tmp_path_factory: pytest.TempPathFactory) -> Deck:
    folder = tmp_path_factory.mktemp("deck")
    (folder / "talk.md").write_text("# x")
    return read_deck(folder)


@given(st.lists(PIECES, max_size=14).map("".join), st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_spans_are_exact_for_any_markdown(some_deck: Deck, text: str, crlf: bool) -> None:
    text = text.replace("\n", "\r\n") if crlf else text
    deck = replace(some_deck, sources=(Source(path="talk.md", text=text),))
    for found in find_references(deck):
        reference = found.reference
        assert text[slice(*reference.span)] == reference.raw
        assert reference.raw.strip() == reference.raw != ""
