"""What the deck's own page asked for while it was captured, and where that went.

Its own files are copied from the deck's folder, everything else from the capture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from deckarchive import urls
from deckarchive.model import DECK_CAPTURE_ID, Exchange, Manifest, Target
from deckarchive.rewriter.deck.files import ASSETS, DeckFileCopies
from deckarchive.rewriter.deck.placement import CaptureSource
from deckarchive.rewriter.pages.resources import destination
from deckarchive.rewriter.pages.site import Site
from deckarchive.rewriter.plan_values import DeckEntries

IN_PATHS: Final = "/!$&'()*+,;=:@~[]"
"""What browsers leave as it is in a URL's path (and ``|``, in which they differ: ``key_of``)."""


def captures(manifest: Manifest, archive: CaptureSource) -> dict[str, Sequence[Exchange]]:
    """What is written below ``sites/``: pages, and of the deck's own page what is not the deck's.

    The deck's own files are copied from its folder, its media have files of their own.
    """
    records = archive.records
    found: dict[str, Sequence[Exchange]] = {}
    if DECK_CAPTURE_ID in records:
        media = {t.url for t in manifest.targets if has_file(t)}
        found[DECK_CAPTURE_ID] = [
            x
            for x in archive.exchanges(DECK_CAPTURE_ID)
            if x.url not in media and not urls.is_deck_url(x.url)
        ]
    for target in manifest.targets:
        if target.id in records and not has_file(target):
            found[target.id] = archive.exchanges(target.id)
    return found


def has_file(target: Target) -> bool:
    """Whether a target becomes one file in ``media/`` (or a card in its place)."""
    return not target.kind.is_page and target.kind.value not in ("stylesheet", "script", "font")


class DeckRequests:
    """The deck's own files by the URLs under which its page asks for them."""

    def __init__(
        self, root: Path, archive: CaptureSource, site: Site, copies: DeckFileCopies
    ) -> None:
        self._root, self._site, self._copies = root, site, copies
        self._captured = site.urls_of(DECK_CAPTURE_ID)
        known = DECK_CAPTURE_ID in archive.records
        self._exchanges = [
            x
            for x in (archive.exchanges(DECK_CAPTURE_ID) if known else ())
            if x.status == 200 and urls.is_deck_url(x.url)
        ]

    def paths(self) -> list[str]:
        """Those that exist in the deck's folder, sorted."""
        requested = {urls.deck_path(urls.split_fragment(x.url)[0]) for x in self._exchanges}
        return sorted(p for p in requested if p and (self._root / p).is_file())

    def entries(self, embeds: Mapping[str, str]) -> DeckEntries:
        """Where the deck's own files went, for URLs that its scripts make.

        ``embeds`` says where its embeds went: URL → address.
        """
        places = dict(self._copies.placed)
        pages = {urls.deck_path(url): at for url, at in embeds.items() if urls.is_deck_url(url)}
        return DeckEntries(
            host=urls.DECK_HOST,
            places={
                f"/{quote(path, safe=IN_PATHS)}": target
                for path, target in (places | pages).items()
            },
            read={
                places[path]: x.mime
                for x in self._exchanges
                if destination(x) == "empty"
                and (path := urls.deck_path(urls.split_fragment(x.url)[0])) in places
            },
        )

    def path_of(self, url: str, /) -> str | None:
        """The file of the folder behind the URL of a module; ``None`` when there is none."""
        if not urls.is_deck_url(url):
            return self._site.path_of(url, DECK_CAPTURE_ID)
        path = urls.deck_path(urls.split_fragment(url)[0])
        known = (self._root / path).is_file()
        return self._copies.add(path) if known or path.startswith(f"{ASSETS}/") else None

    def url_of(self, path: str, /) -> str:
        """The URL behind a file of the folder."""
        if path in self._captured:
            return self._captured[path]
        return urls.DECK_ORIGIN + quote(self._copies.source_of(path))
