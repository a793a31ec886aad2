"""What a capture answers for each URL: bodies, redirects, errors, posts.

Reads no body, but for the start of a document that came without a media type.

One :class:`Resources` a target, made by :func:`sort_exchanges` from its exchanges in the order
they were recorded. URLs are compared by :func:`names.key_of`: scheme and fragment do not count.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Final, cast

from deckarchive import urls
from deckarchive.model import Exchange
from deckarchive.rewriter.pages.bodies import canonical
from deckarchive.rewriter.pages.paths import DATA_PREFIX, PathRequest, key_of
from deckarchive.web import SNIFFED, UNKNOWN, essence, sniff

_HOPS: Final = 20
_REASON: Final = 1 << 16
"""Bytes of a refusal that are worth keeping."""
_SENDING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})
DOCUMENTS: Final = frozenset({"document", "iframe", "frame", "embed", "object", "nested-document"})
_FNV_OFFSET: Final = 0x811C9DC5
_FNV_PRIME: Final = 0x01000193
_BOUNDARY: Final = re.compile(r'multipart/form-data;.*boundary="?([^";]+)', re.IGNORECASE)
_RANGE = re.compile(r"bytes\s+(\d+)-(\d+)/(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CapturedBody:
    """One body to be written: what it is, and whether it is a page (rewritten) or data (kept)."""

    exchange: Exchange
    mime: str
    is_page: bool
    open_body: Callable[[], BinaryIO]

    @property
    def path_request(self) -> PathRequest:
        use = "" if self.is_page or self.mime not in _PAGES else DATA_PREFIX
        return PathRequest(self.exchange.url, self.mime, use + self.exchange.digest)


@dataclass(slots=True)
class Resources:
    """All that one target's capture (or several, merged) answers.

    ``bodies`` and ``data`` map a key to its body as the browser shows it and as a script reads
    it, where the two differ; ``posts`` is keyed by :func:`post_key`; ``statuses`` (by either key,
    or ``"HEAD host/path"``) holds what the site itself answered with no usable body, ``refused``
    what a script then read; ``ranges`` (``"RANGE host/path 0-99/5000"``) the known parts of files
    of which no more is known.
    """

    bodies: dict[str, CapturedBody] = field(default_factory=dict)
    data: dict[str, CapturedBody] = field(default_factory=dict)
    posts: dict[str, CapturedBody] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    refused: dict[str, CapturedBody] = field(default_factory=dict)
    ranges: dict[str, CapturedBody] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self.bodies or key in self.redirects

    def follow(self, url: str) -> str:
        """The end of the redirects that start at ``url``; a loop ends where it closes."""
        seen: set[str] = set()
        for _ in range(_HOPS):
            key = key_of(url)
            if key in self.bodies or key in seen or key not in self.redirects:
                break
            seen.add(key)
            _, fragment = urls.split_fragment(url)
            url = self.redirects[key]
            if fragment and "#" not in url:
                url += "#" + fragment
        return url

    def find(self, url: str) -> CapturedBody | None:
        """The body that ``url`` leads to, or ``None``."""
        return self.bodies.get(key_of(self.follow(url)))

    def all_bodies(self) -> Iterable[CapturedBody]:
        """Every body once per place; pages first, so that they get the natural names."""
        every = [*self.bodies.values(), *self.data.values(), *self.posts.values()]
        every += [*self.refused.values(), *self.ranges.values()]
        return sorted(every, key=lambda body: not body.is_page)

    def read_as_data(self) -> Iterable[tuple[str, CapturedBody]]:
        """What a script may have read of each key; of two, what is no page."""
        return (self.bodies | self.data | self.posts | self.refused).items()

    def merge(self, other: Resources) -> None:
        """Add what ``other`` answers and this one does not."""
        for name in self.__slots__:
            entries, others = getattr(self, name), getattr(other, name)
            for key, value in others.items():
                entries.setdefault(key, value)


def sort_exchanges(exchanges: Iterable[Exchange], documents: Iterable[str] = ()) -> Resources:
    """Decide which exchange answers for each URL.

    The first whole answer below 400 wins, since it is what the page was built from; a cut one
    stands until a whole one comes. An error page counts only as a document (``documents`` names
    the URLs of the target's own). Ranges are joined where they cover the whole body.
    """
    found = Resources()
    parts: dict[str, list[Exchange]] = {}
    document_keys = {key_of(url) for url in documents}
    for exchange in exchanges:
        method = exchange.method.upper()
        key = key_of(exchange.url)
        if method == "HEAD":
            found.statuses.setdefault(f"HEAD {key}", exchange.status)
        elif method in _SENDING:
            _sent(found, exchange)
        elif method != "GET":
            continue
        elif exchange.status in (301, 302, 303, 307, 308):
            _redirect(found, key, exchange)
        elif exchange.status == 206:
            parts.setdefault(key, []).append(exchange)
        elif exchange.status in (200, 203) or (
            exchange.status >= 400 and _is_document(exchange, document_keys)
        ):
            _add(found, key, exchange)
        elif exchange.status != 304:
            _refuse(found, key, exchange)
    for key, pieces in parts.items():
        known = found.bodies.get(key)
        if known is None or known.exchange.truncated:
            if whole := _joined(pieces):
                found.bodies[key] = whole
            elif known is None:
                _keep_ranges(found, key, pieces)
    for key in (found.bodies.keys() | found.posts.keys()) & found.statuses.keys():
        del found.statuses[key]
        found.refused.pop(key, None)
    return found


def post_key(exchange: Exchange) -> str:
    """``"POST host/path?query 1a2b3c4d"``: method, address and a hash of the body's bytes.

    The hash is 32-bit FNV-1a, which the inserted script computes alike and without waiting. The
    boundary of a form, which is new each time, has no part in it.
    """
    sent, body = {k.lower(): v for k, v in exchange.request_headers}, exchange.request_body
    if boundary := _BOUNDARY.match(sent.get("content-type", "")):
        body = body.replace(boundary[1].encode("latin-1", "replace"), b"boundary")
    return f"{exchange.method.upper()} {key_of(exchange.url)} {fnv1a(body)}"


def fnv1a(data: bytes) -> str:
    """The 32-bit FNV-1a hash as eight hexadecimal digits."""
    value = _FNV_OFFSET
    for byte in data:
        value = ((value ^ byte) * _FNV_PRIME) & 0xFFFFFFFF
    return f"{value:08x}"


def destination(exchange: Exchange) -> str:
    """What asked for it (Fetch, "request destination"), or ``""`` when that is not known."""
    fields = {k.lower(): v for k, v in exchange.request_headers}
    if (found := fields.get("sec-fetch-dest")) is not None:
        return found
    # Sent to secure origins only; elsewhere a navigation is known by what it accepts.
    accept = fields.get("accept", "")
    return "document" if accept.startswith("text/html") else "empty" if accept == "*/*" else ""


def _is_document(exchange: Exchange, document_keys: set[str]) -> bool:
    """Whether an error answer is itself a document that the audience saw."""
    if exchange.size == 0 or exchange.mime not in _PAGES:
        return False
    # An object shows its fallback instead.
    return key_of(exchange.url) in document_keys or destination(exchange) in DOCUMENTS - {"object"}


def _body(exchange: Exchange, *, is_page: bool | None = None) -> CapturedBody:
    requested_by = destination(exchange)
    mime = canonical(exchange.mime, requested_by)
    if mime in UNKNOWN and requested_by in DOCUMENTS:
        with exchange.open_body() as stream:
            mime = essence(sniff(stream.read(SNIFFED)))
    if is_page is None:
        # "*/*" without Sec-Fetch-Dest is a script's or an image's request, or a tool's.
        is_page = mime in _PAGES and requested_by in DOCUMENTS | {""}
    return CapturedBody(exchange, mime, is_page, exchange.open_body)


def _add(found: Resources, key: str, exchange: Exchange) -> None:
    """Enter a whole body; a page read by a script as well gets an entry of each kind."""
    body = _body(exchange)
    known = found.bodies.get(key)
    if known is None:
        found.bodies[key] = body
    elif body.is_page and not known.is_page and known.mime in _PAGES:
        found.data.setdefault(key, known)
        found.bodies[key] = body
    elif known.is_page and not body.is_page and body.mime in _PAGES:
        found.data.setdefault(key, body)
    elif (known.exchange.truncated and not exchange.truncated) or (
        known.exchange.status >= 400 > exchange.status
    ):
        found.bodies[key] = body


def _sent(found: Resources, exchange: Exchange) -> None:
    key = post_key(exchange)
    if 200 <= exchange.status < 300:
        is_document = exchange.mime in _PAGES and destination(exchange) in DOCUMENTS
        found.posts.setdefault(key, _body(exchange, is_page=is_document))
    elif exchange.status >= 400:
        _refuse(found, key, exchange)


def _refuse(found: Resources, key: str, exchange: Exchange) -> None:
    """Enter a status, and what a script read with it: the reason, as JSON most of the time."""
    found.statuses.setdefault(key, exchange.status)
    read = exchange.status >= 400 and destination(exchange) == "empty"
    if read and 0 < exchange.size <= _REASON and not exchange.truncated:
        found.refused.setdefault(key, _body(exchange, is_page=False))


def _redirect(found: Resources, key: str, exchange: Exchange) -> None:
    target = urls.resolve(exchange.header("location"), exchange.url)
    if target and exchange.header("location") and key_of(target) != key:
        found.redirects.setdefault(key, target)


def _keep_ranges(found: Resources, key: str, pieces: Iterable[Exchange]) -> None:
    """Enter the parts of a file that nobody read whole, such as one that holds a map's tiles."""
    for piece in pieces:
        match = _RANGE.match(piece.header("content-range"))
        if match and not piece.truncated and destination(piece) == "empty":
            start, end, size = match.groups()
            found.ranges.setdefault(f"RANGE {key} {start}-{end}/{size}", _body(piece))


def _joined(pieces: list[Exchange]) -> CapturedBody | None:
    """One body out of ranges, when together they cover all of it."""
    spans = []
    for piece in pieces:
        match = _RANGE.match(piece.header("content-range"))
        if match and not piece.truncated:
            spans.append((int(match[1]), int(match[2]) + 1, int(match[3]), piece))
    spans.sort(key=lambda span: span[:2])
    chosen: list[tuple[int, Exchange]] = []
    position = 0
    for start, end, _, piece in spans:
        if start <= position < end:
            chosen.append((position - start, piece))
            position = end
    if not spans or position != spans[0][2]:
        return None
    first = chosen[0][1]
    if len(chosen) == 1:
        return _body(first)
    digest = " ".join(piece.digest for _, piece in chosen)
    return replace(
        _body(replace(first, digest=digest)), open_body=lambda: _concatenated(tuple(chosen))
    )


def _concatenated(chosen: tuple[tuple[int, Exchange], ...]) -> BinaryIO:
    """The pieces behind each other; each is read past what came before."""
    whole = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 (the caller closes it)
    for skip, piece in chosen:
        with piece.open_body() as stream:
            stream.read(skip)
            while block := stream.read(1 << 16):
                whole.write(block)
    whole.seek(0)
    return whole
