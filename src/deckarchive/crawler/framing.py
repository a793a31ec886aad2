"""How a target is framed while it is captured: on a page of an origin like the deck's, in a frame
of its size with the author's attributes. A site then sees what it sees in a presentation: Referer,
``Sec-Fetch-Dest``, ``top``, ``document.referrer``, ``location.ancestorOrigins``. Pure.
"""

from __future__ import annotations

import html
from ipaddress import ip_address
from typing import Final
from urllib.parse import quote  # percent-encoding only

from deckarchive import urls
from deckarchive.browser import Navigation
from deckarchive.model import ContentCounts, Kind, Target
from deckarchive.proxy import HostPage, refuses_frame

DECK_URL: Final = "https://deck.example/"
"""Where a deck is taken to stand whose address nobody gave (a name that is reserved, RFC 2606)."""
FRAMED: Final = frozenset({Kind.IFRAME, Kind.BACKGROUND_IFRAME, Kind.OBJECT})
"""Kinds of targets that a slide shows in a frame; a link is opened in a window of its own."""
_OF_BACKGROUNDS: Final = {"allow": "autoplay", "allowfullscreen": ""}
"""What reveal.js gives the frame of a background."""
_PAGE: Final = """<!doctype html><html><head><meta charset="utf-8"><title>Deck</title>
<link rel="icon" href="data:,"><style>
html, body {{ margin: 0; height: 100%; overflow: hidden; background: #fff }}
iframe, object, embed {{ display: block; border: 0; width: 100vw; height: 100vh }}
</style></head><body><{element} {attributes}>{end}</body></html>
"""
_ENOUGH_TEXT: Final = 200
"""Characters from which a page in a frame is taken to show itself."""


def frame_elements(target: Target) -> tuple[str, ...]:
    """Names of the elements by which ``target`` is framed: the author's own; and an iframe, should
    that make no frame: an object shows an image without, and nothing of a page that is missing."""
    return ("iframe",) if target.frame_element == "iframe" else (target.frame_element, "iframe")


def host_page(
    target: Target,
    url: str,
    *,
    deck_url: str | None,
    deck_page: str,
    element: str = "iframe",
    secure: bool = True,
) -> HostPage:
    """The page that frames ``url``, an address of ``target`` with its fragment, in ``element``.

    ``deck_page`` is the path of the deck's page: what the deck's own folder holds is framed there.
    ``secure`` false: from an http origin, since ``url`` leads to an http page.
    """
    attributes = target.frame_attributes
    if target.kind is Kind.BACKGROUND_IFRAME:
        attributes = _OF_BACKGROUNDS
    source = "data" if element == "object" else "src"
    written = " ".join(
        f'{name}="{html.escape(value)}"'
        for name, value in {**attributes, source: url}.items()
        # It stands in sight: lazy, it would only load after the page around it.
        if name != "loading"
    )
    end = "" if element == "embed" else f"</{element}>"
    page = _PAGE.format(element=element, attributes=written, end=end)
    if urls.is_deck_url(url):
        own = urls.resolve(quote(deck_page)) or urls.DECK_ORIGIN
        return HostPage(url=own, html=page, target=url)
    address = urls.split_fragment(deck_url or DECK_URL)[0]
    if is_blocked_as_mixed(address, url) or not secure:
        address = "http:" + address.partition(":")[2]
    return HostPage(url=address, html=page, target=url, alone=deck_url is None)


def forbids_frames(navigation: Navigation, deck_url: str | None) -> bool:
    """Whether a document that was opened in a window of its own would not be shown on a slide."""
    policies, options = (
        navigation.headers.get(name, "") for name in ("content-security-policy", "x-frame-options")
    )
    return refuses_frame(policies, options, navigation.url, deck_url or DECK_URL)


def is_blocked_as_mixed(deck_url: str, url: str) -> bool:
    """Whether browsers block ``url`` in a frame of a page at ``deck_url`` (Mixed Content, 5.1)."""
    return deck_url.startswith("https:") and url.startswith("http:") and not _is_loopback(url)


def _is_loopback(url: str) -> bool:
    """Secure Contexts, 3.1: what is on this machine is trustworthy without TLS."""
    host = urls.hostname(url).strip("[]").rstrip(".")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def may_show_more_alone(counts: ContentCounts | None) -> bool:
    """Whether a page that shows so little in a frame is to be looked at in a window of its own."""
    return counts is None or (counts.text < _ENOUGH_TEXT and not _visuals(counts))


def shows_more(alone: ContentCounts | None, framed: ContentCounts | None) -> bool:
    """Whether a page that stood alone shows clearly more than in a frame."""
    return _weight(alone) > 1.5 * _weight(framed) + 50


def _visuals(counts: ContentCounts) -> int:
    return counts.images + counts.canvases + counts.videos + counts.frames


def _weight(counts: ContentCounts | None) -> float:
    """Text and pictures together, as a copy's frame weighs them (``js/frame.js``)."""
    return min(counts.text, 1500) + 150.0 * min(_visuals(counts), 8) if counts else 0.0
