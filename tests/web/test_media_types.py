"""Media types by name and by first bytes, and what Chromium takes untyped documents for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from deckarchive.web import ENDINGS, by_ending, content_type, essence, sniff, web_table
from tests.web.conftest import Sent, cases


@pytest.mark.parametrize(("name", "media", "anywhere"), cases("media_types", "endings"))
def test_endings(name: str, media: str, anywhere: str) -> None:
    assert by_ending(name) == media
    assert by_ending(f"folder.html/{name}") == media
    assert by_ending(name, common=True) == anywhere


@pytest.mark.parametrize(("media", "expected"), cases("media_types", "essence"))
def test_a_type_has_one_name(media: str, expected: str) -> None:
    assert essence(media) == expected


@pytest.mark.parametrize(("start", "media"), cases("media_types", "sniffed"))
def test_first_bytes(start: str, media: str) -> None:
    assert sniff(start.encode("latin-1")) == media


@pytest.mark.parametrize(("name", "data", "expected"), cases("media_types", "served"))
def test_files(name: str, data: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data.encode("latin-1"))
    assert content_type(tmp_path / name) == expected


def test_the_table_agrees_with_itself() -> None:
    every = [ending for endings in ENDINGS.values() for ending in endings]
    assert len(every) == len(set(every))
    assert set(web_table("media_types")["uncommon"]) <= set(every)
    aliases = web_table("media_types")["aliases"]
    assert set(aliases) <= set(ENDINGS)
    names = [name for names in aliases.values() for name in names]
    assert len(names) == len(set(names))
    assert not set(names) & set(ENDINGS)


LENIENT = {"<br/>", "<pre>"}
"""What Chromium takes for HTML although no space or ``>`` ends the tag, as the standard asks."""


@pytest.mark.browser
def test_chromium_takes_untyped_documents_for_the_same(chromium: Browser, sent: Sent) -> None:
    shown = re.compile("text/html|text/plain|application/xml|image/(?:png|gif|jpeg|webp)")
    rows = [r for r in cases("media_types", "sniffed") if r[0] and shown.fullmatch(r[1])]
    wrong = []
    for start, media in rows:
        page = chromium.new_page()
        page.goto(sent(start.encode("latin-1"), ""))
        found = essence(page.evaluate("document.contentType"))
        if found != ("text/html" if start in LENIENT else media):
            wrong.append((start, media, found))
        page.close()
    assert wrong == []
