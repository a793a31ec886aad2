"""Which reveal.js a page loads: its URL says so, or else the file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from deckarchive import urls
from deckarchive.deck.find import find_references
from deckarchive.deck.local import local_file
from deckarchive.deck.plugin_version import NEWEST, Version
from deckarchive.files import open_regular
from deckarchive.model import Deck, Kind

_URL: Final = re.compile(r"reveal(?:\.js)?(?:[@-]v?|/)(\d+)(?:\.(\d+))?(?=[./-])")
_BANNER: Final = re.compile(rb"reveal\.js (\d+)\.(\d+)")
_CONSTANT: Final = re.compile(rb"\bVERSION ?= ?[\"'](\d+)\.(\d+)\.\d+")
_BEFORE_4: Final = re.compile(rb"\* reveal\.js\s[^!]{0,120}Copyright \(C\) 20\d\d Hakim", re.DOTALL)
_HEAD: Final = 4000


def reveal_version(deck: Deck) -> Version:
    """The version of the reveal.js that a page loads; the newest when nothing says."""
    for found in find_references(deck):
        if found.kind is not Kind.SCRIPT or "reveal" not in found.url:
            continue
        if named := _URL.search(found.url):
            return int(named[1]), int(named[2] or NEWEST[0])
        own = urls.is_deck_url(found.url)
        file = local_file(deck.root, urls.deck_path(found.url)) if own else None
        if file is not None and (version := _of_file(file)):
            return version
    return NEWEST


def _of_file(file: Path) -> Version | None:
    try:
        with open_regular(file) as stream:
            head = stream.read(_HEAD)
    except OSError:
        return None
    if found := _BANNER.search(head[:400]):
        return int(found[1]), int(found[2])
    if not _BEFORE_4.search(head):
        return None
    if found := _CONSTANT.search(head):
        return int(found[1]), int(found[2])
    return (3, 2) if b"root, factory" in head else (2, 6)  # neither tells its number
