"""The page on which a target is framed while it is captured, as on a slide of the deck.

It stands in for the deck, at an address of the deck's origin: answered here, recorded nowhere and
asked of no network. It holds one frame and nothing of the deck.

What keeps a page out of frames (:mod:`deckarchive.proxy.frame_policy`) is hidden from the browser
and recorded: the copy will show in its frame all the same. That counts for the documents of the
host page's own frame: the target's, where that redirects, and where its scripts lead; which
document is one, the browser's owner says (:meth:`FrameHost.navigates`). A frame inside that refuses
is refused, as when presented. Where the document around it is one that live would not show at all,
the frame is treated as where that document stands alone: the host page is no ancestor that counts.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from deckarchive import urls
from deckarchive.heads import Head, join_head
from deckarchive.proxy.frame_policy import (
    allowing_ancestor,
    head_refuses_frame,
    names_ancestors,
    without_ancestors,
)
from deckarchive.proxy.request import Origin, ProxyRequest, split_target

_FRAMES: Final = frozenset((b"iframe", b"frame", b"object", b"embed"))
_KNOWN_WITHIN: Final = 3.0
"""Seconds in which the browser's owner says which frame a request is for: it knows before the
request leaves, and tells it by another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPage:
    """``url`` is its address, ``html`` its text, ``target`` the URL of the document in its frame.
    ``alone`` says that nothing else lives on its host: other requests for it are refused."""

    url: str
    html: str
    target: str
    alone: bool = False


@dataclass(slots=True)
class FrameHost:
    """Answers for a listener's host pages, and hides refusals of their frames."""

    pages: dict[str, HostPage] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    """URLs of the documents that would not have been shown in the host page's frame, in order."""
    _documents: set[str] = field(default_factory=set)
    _inside: set[str] = field(default_factory=set)
    _current: str = ""
    _told: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, page: HostPage) -> None:
        """Answer for ``page`` from now on."""
        self.pages[page.url] = page
        self._frames(urls.split_fragment(page.target)[0])

    def navigates(self, url: str, *, inside: bool) -> None:
        """The host page's frame asks for ``url`` as its next document, or a frame ``inside``."""
        url = urls.split_fragment(url)[0]
        if inside:
            self._inside.add(url)
        else:
            self._frames(url)
        self._told.set()

    def answer(self, request: ProxyRequest) -> tuple[Head, bytes] | None:
        """Head and body where a host page is opened in a window of its own."""
        page = self.pages.get(request.url)
        dest, site = (request.head.value(b"sec-fetch-" + name) for name in (b"dest", b"site"))
        # Browsers send these fields to trustworthy addresses alone.
        if page is None or dest not in (b"document", b"") or site not in (b"none", b""):
            return None
        body = b"" if request.method == "HEAD" else page.html.encode()
        lines = [
            b"Content-Type: text/html; charset=utf-8",
            b"Content-Length: %d" % len(page.html.encode()),
            b"Cache-Control: no-store",
        ]
        return Head(join_head(b"HTTP/1.1 200 OK", lines)), body

    def refuses(self, origin: Origin) -> bool:
        """Whether ``origin`` is no site, but the place of a host page alone."""
        return any(page.alone and _origin(page.url) == origin for page in self.pages.values())

    async def shown(self, request: ProxyRequest, head: Head) -> Head:
        """The answer's head as the browser is to see it."""
        if not self.pages or not _fills_frame(request):
            return head
        if 300 <= head.status[1] < 400 and (to := head.value(b"location")):
            if request.url in self._documents:
                further = urls.resolve(to.decode("utf-8", "replace"), request.url)
                self._frames(urls.split_fragment(further or request.url)[0])
            return head
        if not names_ancestors(head):
            return head
        host = next(reversed(self.pages.values())).url
        if await self._is_document(request.url):
            if head_refuses_frame(head, request.url, host):
                self.refusals.append(request.url)
            return without_ancestors(head)
        return allowing_ancestor(head, host) if self._current in self.refusals else head

    def _frames(self, url: str) -> None:
        self._documents.add(url)
        self._current = url

    async def _is_document(self, url: str) -> bool:
        """Whether the answer of ``url`` becomes the document of the host page's frame."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_KNOWN_WITHIN):
                while url not in self._documents and url not in self._inside:
                    self._told.clear()
                    await self._told.wait()
        return url in self._documents


def _fills_frame(request: ProxyRequest) -> bool:
    """Whether the answer becomes a document; browsers tell addresses without TLS less."""
    dest = request.head.value(b"sec-fetch-dest")
    if dest:
        return dest in _FRAMES
    return bool(request.head.value(b"upgrade-insecure-requests"))


def _origin(url: str) -> Origin | None:
    split = split_target(url.encode("utf-8"))
    return split[0] if split else None
