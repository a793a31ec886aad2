"""One request with its response: as the recording proxy saw it, and as an archive gives it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

Headers = tuple[tuple[str, str], ...]
"""Header fields in the order received; duplicates stay. Text is Latin-1 decoded."""
RawHeaders = tuple[tuple[bytes, bytes], ...]
"""Header fields in the order and case received; values stripped and unfolded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One recorded request and its response, read back from an archive.

    ``open_body`` returns a fresh binary stream of the body with its content codings removed;
    ``size`` is the stored (coded) length in bytes; ``digest`` identifies the stored payload.
    ``truncated`` is the WARC-Truncated reason or ``""``. ``timestamp`` is ISO 8601, UTC.
    """

    method: str
    url: str
    status: int
    request_headers: Headers
    headers: Headers
    timestamp: str
    digest: str
    size: int
    open_body: Callable[[], BinaryIO]
    request_body: bytes = b""
    truncated: str = ""

    def header(self, name: str) -> str:
        """The first response header of that name (any case), or ``""``."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    @property
    def mime(self) -> str:
        """The media type, lower case, without parameters."""
        return self.header("content-type").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedExchange:
    """One request and its response, byte for byte.

    ``url`` is as requested (no fragment). ``request_head`` and ``response_head`` are the exact
    bytes of start line and fields, with the empty line. ``body`` is the response's payload, its
    transfer coding removed and its content coding kept: a seekable file at 0, ``size`` bytes;
    so is ``request_body``. ``truncated`` is a reason of WARC 1.1 section 5.13 (``length``,
    ``time``, ``disconnect``, ``unspecified``) or ``""``. ``started`` is in UTC, ``ip`` the
    origin's address, ``""`` where an upstream proxy hides it. Whoever takes an exchange from the
    proxy owns its files and closes it.
    """

    method: str
    url: str
    request_head: bytes
    request_body: BinaryIO
    request_size: int
    status: int
    reason: str
    http_version: str
    response_head: bytes
    request_headers: RawHeaders
    headers: RawHeaders
    body: BinaryIO
    size: int
    truncated: str
    started: datetime
    seconds: float
    ip: str = ""

    @property
    def request_line(self) -> bytes:
        """The request's first line as sent to the origin, without its line end."""
        return self.request_head.partition(b"\n")[0].rstrip(b"\r")

    def header(self, name: str) -> str:
        """The first response header of that name (any case), Latin-1 decoded, or ``""``."""
        wanted = name.lower().encode("latin-1")
        values = (value for key, value in self.headers if key.lower() == wanted)
        return next(values, b"").decode("latin-1")

    def close(self) -> None:
        """Release both bodies (they may be files on disk)."""
        self.body.close()
        self.request_body.close()
