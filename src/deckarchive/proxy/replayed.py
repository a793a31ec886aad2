"""The answer that a browser gets for a recorded exchange: head adapted, body cut to a range.

What a site says to forbid frames, to reach beyond this page, or about a coding that was taken
off, is left out; the rest is as recorded.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from deckarchive.heads import Head, join_head
from deckarchive.model import Exchange
from deckarchive.proxy.request import ProxyRequest, spool
from deckarchive.proxy.site import byte_range

_BLOCK: Final = 256 * 1024
_ENDLESS: Final = frozenset(("text/event-stream", "multipart/x-mixed-replace"))
_CONTENT_RANGE: Final = re.compile(r"bytes\s+(\d{1,99})-(\d{1,99})/(\d{1,99})", re.IGNORECASE)
_LEFT_OUT: Final = frozenset(
    (
        # forbid the frame that a slide is, or would reach beyond this presentation
        "x-frame-options", "strict-transport-security", "alt-svc", "public-key-pins",
        "public-key-pins-report-only", "expect-ct", "report-to", "reporting-endpoints", "nel",
        "content-security-policy-report-only", "clear-site-data", "critical-ch",
        # said anew here, or no longer true of a decoded body
        "connection", "keep-alive", "proxy-connection", "transfer-encoding", "trailer", "upgrade",
        "content-length", "content-encoding", "content-range", "accept-ranges",
        "x-archive-orig-transfer-encoding", "digest", "content-digest", "content-md5",
    )
)  # fmt: skip
_PERMISSIONS: Final = frozenset(("access-control-allow-origin", "access-control-allow-credentials"))
_CSP_LEFT_OUT: Final = frozenset(("frame-ancestors", "report-uri", "report-to"))


def endless(found: Exchange) -> bool:
    """Whether the answer never ended by itself, so that the page must not see an end either."""
    return bool(found.truncated) and found.mime in _ENDLESS


def preflight(request: ProxyRequest) -> Head:
    """A CORS preflight's answer that allows what is asked (Fetch, section 4.8)."""
    head = request.head
    lines = [
        *_open_to(head.value(b"origin")),
        b"Access-Control-Allow-Methods: " + head.value(b"access-control-request-method"),
        b"Access-Control-Allow-Headers: " + (head.value(b"access-control-request-headers") or b"*"),
        b"Access-Control-Allow-Private-Network: true",
        b"Content-Length: 0",
    ]
    return Head(join_head(b"HTTP/1.1 204 No Content", lines))


def response(request: ProxyRequest, found: Exchange) -> tuple[Head, BinaryIO, int | None]:
    """The recorded answer as this request gets it: head, body at its start, bytes to send.

    The number is ``None`` where it is not known, or has no end.
    """
    cors = _cors(request, found)
    lines = [f"{k}: {v}".encode("latin-1") for k, v in _fields(found, anew=bool(cors))] + cors
    status = found.status
    body, size = found.open_body(), None if _coded(found) or endless(found) else found.size
    if status in (200, 206) and request.method in ("GET", "HEAD") and not endless(found):
        lines.append(b"Accept-Ranges: bytes")
        wanted = request.head.value(b"range")
        if wanted or status == 206:
            status, body, size, said = _ranged(found, body, size, wanted)
            lines += said
    if size is not None:
        lines.append(b"Content-Length: %d" % size)
    return Head(join_head(b"HTTP/1.1 %d Replayed" % status, lines)), body, size


def _ranged(
    found: Exchange, body: BinaryIO, size: int | None, wanted: bytes
) -> tuple[int, BinaryIO, int, list[bytes]]:
    """Status, body, length and Content-Range for a wanted range of a whole or partial record."""
    body, size = _sized(body, size)
    first, total = _place(found, size)
    start, end = byte_range(wanted, total)
    end = min(end, first + size)
    if start >= end and total:
        body.close()
        return 416, io.BytesIO(), 0, [b"Content-Range: bytes */%d" % total]
    _skip(body, start - first)
    if not wanted:
        return 200, body, end - start, []
    return 206, body, end - start, [b"Content-Range: bytes %d-%d/%d" % (start, end - 1, total)]


def _coded(found: Exchange) -> bool:
    """Whether the stored length is not that of the body as it is sent."""
    original = found.header("x-archive-orig-transfer-encoding").strip().lower()
    coded = found.header("content-encoding") or found.header("transfer-encoding")
    return bool(coded) or original not in ("", "chunked")


def _fields(found: Exchange, *, anew: bool) -> Iterator[tuple[str, str]]:
    """The recorded fields that stay; ``anew``: permissions for other origins are said anew."""
    for name, value in found.headers:
        lower = name.lower()
        if lower == "content-security-policy":
            value = _policy(value)
            if not value:
                continue
        if lower not in _LEFT_OUT and not (anew and lower in _PERMISSIONS):
            yield name, value


def _policy(value: str) -> str:
    """A Content-Security-Policy without the directives of :data:`_CSP_LEFT_OUT`."""
    policies = []
    for policy in value.split(","):
        kept = [d.strip() for d in policy.split(";") if d.strip()]
        kept = [d for d in kept if d.split(None, 1)[0].lower() not in _CSP_LEFT_OUT]
        if kept:
            policies.append("; ".join(kept))
    return ", ".join(policies)


def _cors(request: ProxyRequest, found: Exchange) -> list[bytes]:
    """Permission for an origin other than the one that the recording was made for.

    What the site had refused to this very origin, or left to all, stays as it was.
    """
    origin = request.head.value(b"origin").decode("latin-1")
    recorded = next((v for k, v in found.request_headers if k.lower() == "origin"), "")
    allowed = found.header("access-control-allow-origin")
    if not origin or allowed in ("*", origin) or recorded == origin:
        return []
    return _open_to(origin.encode("latin-1"))


def _open_to(origin: bytes) -> list[bytes]:
    if not origin:
        return [b"Access-Control-Allow-Origin: *"]
    return [
        b"Access-Control-Allow-Origin: " + origin,
        b"Access-Control-Allow-Credentials: true",
        b"Vary: Origin",
    ]


def _place(found: Exchange, size: int) -> tuple[int, int]:
    """Where in the whole the recorded bytes begin, and the whole's length."""
    recorded = _CONTENT_RANGE.match(found.header("content-range"))
    return (int(recorded[1]), int(recorded[3])) if recorded and found.status == 206 else (0, size)


def _sized(body: BinaryIO, size: int | None) -> tuple[BinaryIO, int]:
    """The body and its length, read once into a spool where that is not known."""
    if size is not None:
        return body, size
    whole = spool()
    with body:
        while block := body.read(_BLOCK):
            whole.write(block)
    length = whole.tell()
    whole.seek(0)
    return whole, length


def _skip(body: BinaryIO, count: int) -> None:
    while count > 0 and (block := body.read(min(_BLOCK, count))):
        count -= len(block)
