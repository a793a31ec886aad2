"""One recorded request with its response, independent of how it is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

Headers = tuple[tuple[str, str], ...]
"""Header fields in the order received; duplicates stay. Text is Latin-1 decoded."""


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
