"""Media and pictures: choosing the recorded body and naming its file. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from deckarchive.model import Exchange, Kind
from deckarchive.rewriter.pages.mimes import canonical, extension_for
from deckarchive.urls import resolve, split_fragment
from deckarchive.web import by_ending

_URL_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,5})(?:[?#]|\Z)")
_HOPS = 12


def extension(mime: str, url: str) -> str:
    """The extension (no dot) for a medium: by its type, else by its URL's path, else ``bin``.

    >>> extension("video/mp4", "https://example.org/watch"), extension("", "https://e.org/a.WebM")
    ('mp4', 'webm')
    """
    by_type = extension_for("medium", canonical(mime))
    found = _URL_EXTENSION.search(url.partition("?")[0])
    by_url = found.group(1).lower() if found else ""
    if by_url and by_ending(f"x.{by_url}") == canonical(mime):
        return by_url
    return by_type.lstrip(".") or by_url or "bin"


ExchangesByUrl = Mapping[str, Sequence[Exchange]]
"""URL (no fragment) → what was answered to a GET of it, in order."""


def answers_of(exchanges: Iterable[Exchange]) -> ExchangesByUrl:
    """Exchanges by their URL, to look up many of them."""
    answers: dict[str, list[Exchange]] = {}
    for exchange in exchanges:
        if exchange.method == "GET":
            answers.setdefault(exchange.url.partition("#")[0], []).append(exchange)
    return answers


def find_body(answers: ExchangesByUrl, urls: Sequence[str], kind: Kind) -> Exchange | None:
    """The exchange that holds a target's whole body, redirects followed; ``None`` without one.

    A complete 200 is preferred to a cut one; a 206 counts when it holds all bytes. An HTML page
    in place of a medium is a site's excuse, not the medium.
    """
    for url in urls:
        for _ in range(_HOPS):
            found = _best(answers.get(url, ()), kind)
            if found:
                return found
            onward = next((x for x in answers.get(url, ()) if 300 <= x.status < 400), None)
            if onward is None or not onward.header("location"):
                break
            found_at = resolve(onward.header("location"), url)
            if found_at is None:
                break
            url = split_fragment(found_at)[0]
    return None


def _best(candidates: Iterable[Exchange], kind: Kind) -> Exchange | None:
    usable = [x for x in candidates if _is_whole(x) and x.size and _fits(x, kind)]
    return max(usable, key=lambda x: (not x.truncated, x.size), default=None)


def _fits(exchange: Exchange, kind: Kind) -> bool:
    return kind.is_page or exchange.mime not in ("text/html", "application/xhtml+xml")


def _is_whole(exchange: Exchange) -> bool:
    if exchange.status == 206:
        ranged = re.fullmatch(r"bytes 0-(\d+)/(\d+)", exchange.header("content-range").strip())
        return bool(ranged) and int(ranged[1]) + 1 == int(ranged[2]) if ranged else False
    return exchange.status in (200, 203)
