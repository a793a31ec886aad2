"""What reads a stranger's text takes time in proportion to it, whatever it repeats.

Each reader gets every repeated piece at one length and at four times that. What is quick at the
longer one is fine; what is not may take at most eight times as long as at the shorter.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from deckarchive.deck import element_urls, find, page, read
from deckarchive.deck.config_text import front_matter, json_strings
from deckarchive.deck.dom import Element, parse_html
from deckarchive.deck.markdown import fill
from deckarchive.deck.project_command import command_options
from deckarchive.deck.slidify import PluginVersion, Separators, dedent_edits, slidify
from deckarchive.deck.source_map import SourceText
from deckarchive.errors import DeckError
from deckarchive.markup import (
    decode_references,
    scan_css,
    scan_html,
    scan_modules,
    scan_places,
    scan_srcset,
)
from deckarchive.model import AuthorOptions, Source

SHORT = 8_000
QUICK = 0.25
"""Seconds of processor time; what is quadratic takes more for the longer text by far."""
ALL = 1_000_000

PIECES = [
    "/*", "/* ", "<!--", "<!-- -->", '"', "'", '\\"', "[", "](", "](<", "]: ", "<", "<a ", "</",
    "{{", "`", "```\n", "$", "\\", "\\\n", "\r", " ", "\t", "\n", "(", ")", "{", "<style>",
    "<script>", "<!--<script>", "<textarea>", "<p>", "<li>", "<b>", "<svg>", "</svg>", "<div>",
    "</div>", "<table>", "&", "&a", "a=", 'a="', "---\n", "> ", "* ", "1. ", "# ", "a|b\n", "**",
    "*a ", "![", "[a](", "[a]: b\n", "http://", "http://a)", "<http:", "../", "/a ", "a", "ab ",
    "@import ", "url(", "--a:", "reveal-md ", "$(A)", "A=b\n", "import(", "export ", "${", "`${",
    "<![CDATA[", "<!DOCTYPE a [", "note:\n", "data-", "class=", "id=", ".slide:", "%2", "location ",
    "<svg></b>", "<b></i>", "<p><b>", "src='", "-->", "--a>",
]  # fmt: skip


def source(text: str) -> Source:
    return Source(path="talk.md", text=text)


def fill_slide(text: str) -> None:
    section = Element("section")
    Element("div").append(section)
    tracked = SourceText.of(source(text))
    fill(section, tracked, Separators(), PluginVersion(), encoded=True)
    for element in section.walk():
        assert element.name


READERS: dict[str, tuple[Callable[[str], object], int]] = {
    "html": (lambda t: list(scan_html(t)), ALL),
    "xml": (lambda t: list(scan_html(t, xml=True)), ALL),
    "script": (lambda t: list(scan_html(f"<script>{t}")), ALL),
    "css": (lambda t: list(scan_css(t)), ALL),
    "srcset": (lambda t: list(scan_srcset(t)), ALL),
    "modules": (lambda t: scan_modules(f"import 'a';{t}"), ALL),
    "places": (lambda t: scan_places(f"location;{t}"), ALL),
    "references": (decode_references, ALL),
    "tree": (parse_html, ALL),
    "front matter": (lambda t: front_matter(source(f"---\n{t}")), ALL),
    "front matter, closed": (lambda t: front_matter(source(f"---\n{t}\n---\n")), ALL),
    "json": (lambda t: list(json_strings('{"a":' + t)), ALL),
    "makefile": (
        lambda t: command_options(f"{t} reveal-md talk.md {t}", "talk.md", "Makefile"),
        ALL,
    ),
    "package": (
        lambda t: command_options(
            json.dumps({"scripts": {"a": f"reveal-md talk.md {t}"}}), "talk.md"
        ),
        ALL,
    ),
    "slides": (lambda t: slidify(SourceText.of(source(t)), Separators(vertical="^----$")), ALL),
    "indentation": (lambda t: dedent_edits(f"  {t}"), ALL),
    "characters": (lambda t: SourceText.of(source(t)).normalized().decoded(), ALL),
    "markdown": (fill_slide, 12_000),
    "comment": (lambda t: fill_slide(f"<!-- .slide: {t} -->"), 12_000),
    "title": (lambda t: read._title(AuthorOptions(), f"# {t}", Path("talk.md")), ALL),
    "scripts": (lambda t: list(find._SCRIPT_URL.finditer(t)), ALL),
    "plugins": (lambda t: (page._MATH.search(t), page._MERMAID.search(t)), ALL),
    "size": (lambda t: element_urls.slide_size({}, f"Reveal.initialize({t}"), ALL),
    "background": (element_urls.background_image_url, ALL),
}


def seconds(read_text: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    with suppress(DeckError):  # refused in good time
        read_text(text)
    return time.process_time() - began


@pytest.mark.parametrize("name", READERS)
def test_time_grows_with_the_text(name: str) -> None:
    read_text, longest = READERS[name]
    short = min(SHORT, longest // 4)
    for piece in PIECES:
        texts = [piece * (length // len(piece)) for length in (short, 4 * short)]
        took = seconds(read_text, texts[1])
        if took < QUICK:
            continue
        pairs = [[seconds(read_text, text) for text in texts] for _ in range(3)]
        one, four = (min(times) for times in zip(*pairs, strict=True))
        assert four < max(QUICK, 8 * one), (piece, one, four)
