"""The part of HTTP/1.1 that a static server needs, without I/O (RFC 9110, RFC 9112)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

MAX_REQUEST_HEAD = 1024 * 1024
"""Longest request head that is read, in bytes: more than all the cookies that a browser keeps for
one site, since any copy can plant them for the deck and the other copies."""

REASONS: Mapping[int, str] = {
    200: "OK",
    206: "Partial Content",
    301: "Moved Permanently",
    304: "Not Modified",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    416: "Range Not Satisfiable",
    421: "Misdirected Request",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    505: "HTTP Version Not Supported",
}

_REQUEST_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP/(\d)\.(\d)")
_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*")
_RANGE = re.compile(r"bytes=[ \t]*(\d{0,99})-(\d{0,99})[ \t]*", re.IGNORECASE)
_ABSOLUTE = re.compile(r"http://([^/?#@]+)(.*)", re.IGNORECASE)


class BadRequest(Exception):
    """The request cannot be served; ``status`` is the answer and the connection ends."""

    def __init__(self, status: int, message: str = "") -> None:
        super().__init__(message or REASONS[status])
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHead:
    """A request's head: ``target`` starts with ``/``; field names are lower case."""

    method: str
    target: str
    host: str
    fields: Mapping[str, str]
    keep_alive: bool


def parse_request_head(raw: bytes) -> RequestHead:
    """Parse a request head up to its empty line; raises :class:`BadRequest`.

    Strict where leniency lets two parties disagree about a request: one Host field, no folded
    lines, no space before a colon (RFC 9112 sections 3.2, 5.1 and 5.2).
    """
    first, *lines = raw.decode("latin-1").rstrip("\r\n").split("\r\n")
    match = _REQUEST_LINE.fullmatch(first)
    if not match:
        raise BadRequest(400)
    method, target, major, minor = match.groups()
    if major != "1":
        raise BadRequest(505)
    fields: dict[str, str] = {}
    for line in lines:
        field = _FIELD.fullmatch(line)
        if not field:
            raise BadRequest(400, "malformed header field")
        name = field[1].lower()
        if name == "host" and name in fields:
            raise BadRequest(400, "two Host fields")
        fields[name] = f"{fields[name]}, {field[2]}" if name in fields else field[2]
    if "host" not in fields and minor != "0":
        raise BadRequest(400, "no Host field")
    host = fields.get("host", "")
    if absolute := _ABSOLUTE.fullmatch(target):  # RFC 9112 section 3.2.2: it overrides Host
        host, target = absolute[1], absolute[2]
        target = target if target.startswith("/") else f"/{target}"
    if not target.startswith("/"):
        raise BadRequest(400)
    connection = {t.strip().lower() for t in fields.get("connection", "").split(",")}
    has_body = "transfer-encoding" in fields or fields.get("content-length", "0") != "0"
    keep = "close" not in connection and (minor != "0" or "keep-alive" in connection)
    return RequestHead(
        method=method, target=target, host=host, fields=fields, keep_alive=keep and not has_body
    )


def parse_range(value: str, size: int) -> tuple[int, int] | None:
    """``[start, end)`` of a single byte range (RFC 9110 section 14.1.2) within ``size`` bytes.

    ``None`` means that the whole is to be sent: no range, several, another unit, or nonsense.
    An empty tuple's worth of bytes, ``(size, size)``, means that it cannot be satisfied (416).
    """
    match = _RANGE.fullmatch(value)
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        length = min(int(last), size)
        return size - length, size
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= size:
        return size, size
    return start, min(int(last) + 1, size) if last else size


def is_fresh(fields: Mapping[str, str], etag: str, modified: int) -> bool:
    """Whether the client's copy still holds, so that 304 is enough (RFC 9110 section 13.2.2).

    ``modified`` is in whole seconds since the epoch.
    """
    if (candidates := fields.get("if-none-match")) is not None:
        tags = {t.strip().removeprefix("W/") for t in candidates.split(",")}
        return "*" in tags or etag in tags
    since = _seconds(fields.get("if-modified-since", ""))
    return since is not None and modified <= since


def range_applies(fields: Mapping[str, str], etag: str, modified: int) -> bool:
    """Whether If-Range, when there is one, names the current file (RFC 9110 section 13.1.5)."""
    value = fields.get("if-range")
    if value is None:
        return True
    if value.startswith(('"', "W/")):
        return value == etag
    return _seconds(value) == modified


def _seconds(date: str) -> int | None:
    try:
        moment = parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp())
