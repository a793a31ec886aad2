"""WARC files: the one place that writes and reads them (warcio).

Writes what the recording proxy saw as WARC 1.1, one gzip member a record; reads any WARC back
as :class:`deckarchive.model.Exchange` values whose bodies open lazily.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Self

from deckarchive.model import Exchange, RecordedExchange


class WarcWriter:
    """Writes one ``.warc.gz``. All methods may be called from any thread.

    ``info`` goes into the warcinfo record (software, format, options …). A context manager;
    ``close`` is safe to call twice. Raises :class:`deckarchive.errors.OutputError` when the file
    cannot be written.
    """

    path: Path
    exchanges: int
    """Request/response pairs written so far."""
    payload_bytes: int
    """Response body bytes recorded so far, as sent (content-coded), repeats included."""

    def __init__(self, path: Path, *, info: Mapping[str, str]) -> None:
        raise NotImplementedError

    async def record(self, exchange: RecordedExchange) -> None:
        """Write an exchange in the writer's own thread, then close it: a proxy ``Sink``."""
        raise NotImplementedError

    def write(self, exchange: RecordedExchange) -> None:
        """Write response and request records (a revisit where the payload is known already)."""
        raise NotImplementedError

    def screenshot(self, url: str, png: bytes, *, fragment: str = "", viewport: str = "") -> None:
        """Write a picture of ``url`` as a resource record, target URI ``urn:screenshot:URL``."""
        raise NotImplementedError

    def resource(
        self, uri: str, data: bytes, content_type: str, *, when: datetime | None = None
    ) -> None:
        """Write ``data`` as a resource record."""
        raise NotImplementedError

    def metadata(self, uri: str, fields: Mapping[str, str]) -> None:
        """Write a metadata record (``application/warc-fields``) about ``uri``."""
        raise NotImplementedError

    def close(self) -> None:
        """Finish the file."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_exchanges(path: Path) -> list[Exchange]:
    """The exchanges of a WARC file, in file order; bodies open lazily and decoded.

    Raises :class:`deckarchive.errors.ArchiveError` when the file is missing or not a WARC.
    """
    raise NotImplementedError
