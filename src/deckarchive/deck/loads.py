"""What a deck's own page may load, as a digest: whether a capture of it still holds what it needs.

The text of slides has no part in it, so that a mended typo costs no new capture.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from deckarchive import urls
from deckarchive.deck.find import find_references
from deckarchive.deckfiles import read_own
from deckarchive.markup import RawText, Tag, scan_html, scan_modules
from deckarchive.model import Deck, Kind

_SCRIPTS: Final = ("", "module", "importmap", "text/javascript", "application/javascript")
_MOST_FILES: Final = 500
_LONGEST_SCAN: Final = 1 << 20
"""Characters of a script that is searched for imports; the digest has it whole."""


def loads_digest(deck: Deck, page: str) -> str:
    """SHA-256 (hexadecimal) of all that decides what ``page``, which shows ``deck``, requests.

    These are the URLs that the page, the deck's sources and its style sheets name (but for frames
    and timed media, which are targets of their own), the scripts in the page, and the scripts of
    the deck's folder that it names or that these import.
    """
    named = {
        (found.kind, found.url)
        for found in find_references(deck)
        if found.reference.state == "shown" and not (found.kind.is_page or found.kind.is_media)
    }
    lines = [f"{kind.value} {url}" for kind, url in named]
    lines += [f"inline {_sum(text.encode('utf-8', 'replace'))}" for text in _inline_scripts(page)]
    local = (url for kind, url in named if kind is Kind.SCRIPT and urls.is_deck_url(url))
    lines += [f"script {url} {found}" for url, found in _local_scripts(deck, list(local))]
    return _sum("\n".join(sorted(lines)).encode("utf-8", "replace"))


def _inline_scripts(page: str) -> Iterator[str]:
    kind = ""
    for token in scan_html(page):
        if isinstance(token, Tag) and token.name == "script" and not token.closing:
            attribute = token.get("type")
            kind = attribute.value.strip().lower() if attribute else ""
        elif isinstance(token, RawText) and token.element == "script" and kind in _SCRIPTS:
            yield page[token.start : token.end]


def _local_scripts(deck: Deck, waiting: list[str]) -> Iterator[tuple[str, str]]:
    """URL and SHA-256 of each script of the deck's folder, those that are imported included."""
    seen: set[str] = set()
    while waiting and len(seen) < _MOST_FILES:
        url = urls.split_fragment(waiting.pop())[0]
        if url in seen:
            continue
        seen.add(url)
        try:
            data = read_own(Path(deck.root), urls.deck_path(url), deck.files)
        except OSError:
            yield url, ""
            continue
        yield url, _sum(data)
        for name in scan_modules(data[:_LONGEST_SCAN].decode("utf-8", "replace")):
            imported = urls.resolve(name.specifier, url) if name.specifier else None
            if imported and urls.is_deck_url(imported):
                waiting.append(imported)


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
