"""The deck as the website that it is when presented, for the capture."""

from __future__ import annotations

import posixpath
from pathlib import Path

from deckarchive import vendor
from deckarchive.deck.page import render_page
from deckarchive.model import Deck, DeckSite


def deck_site(deck: Deck) -> DeckSite:
    """The deck under ``urls.DECK_ORIGIN``: an HTML deck as it is, a reveal-md deck rendered.

    Raises :class:`EnvironmentMissing` when reveal.js was not built into this installation.
    """
    root = ("", deck.root)
    if deck.format == "html":
        return DeckSite(page=deck.path, pages={}, mounts=(root,), root=deck.root, files=deck.files)
    folder = posixpath.dirname(deck.path)
    page = posixpath.join(folder, "index.html")
    if (Path(deck.root) / page).exists():
        page = posixpath.join(folder, f"{Path(deck.path).stem}.deckarchive.html")
    mounts = [
        (posixpath.join(folder, "assets", name) + "/", str(vendor.folder(name)))
        for name in vendor.NAMES
    ]
    served = str(deck.options.get("assetsDir") or "_assets").strip("/")
    mounts.append((f"{served}/", str(Path(deck.root) / str(deck.options.get("configDir", "")))))
    mounts.sort(key=lambda mount: -len(mount[0]))
    html = render_page(deck, {})
    return DeckSite(
        page=page,
        pages={page: html.encode("utf-8")},
        mounts=(*mounts, root),
        root=deck.root,
        files=deck.files,
    )
