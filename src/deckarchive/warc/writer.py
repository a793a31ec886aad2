"""Writing WARC 1.1: exact heads, de-chunked bodies, revisits for what was stored already."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import threading
import zlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final, Self

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from deckarchive.errors import OutputError
from deckarchive.heads import Head
from deckarchive.model import RecordedExchange

ORIGINAL_TRANSFER_ENCODING: Final = "X-Archive-Orig-Transfer-Encoding"
"""What Transfer-Encoding is renamed to: stored bodies have no transfer coding any more."""

_BLOCK: Final = 256 * 1024
_SMALL_REVISIT: Final = 256
"""Payloads shorter than this many bytes are cheaper to repeat than to refer to."""

_PACKED: Final = ("video/", "audio/", "image/", "font/woff", "application/zip", "application/gzip")


class WarcWriter:
    """Writes one ``.warc.gz``. All methods may be called from any thread.

    ``info`` goes into the warcinfo record (software, format, options …). A context manager;
    ``close`` is safe to call twice. ``exchanges`` counts the pairs written, ``payload_bytes``
    the response body bytes recorded, as sent (content-coded), repeats included. Raises
    :class:`deckarchive.errors.OutputError` when the file cannot be written.
    """

    def __init__(self, path: Path, *, info: Mapping[str, str]) -> None:
        self.path = path
        self.exchanges = 0
        self.payload_bytes = 0
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="warc")
        self._known: dict[str, tuple[str, str, str]] = {}
        try:
            self._file = path.open("wb")
        except OSError as error:
            raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
        self._out = _Members(self._file)
        self._writer = WARCWriter(self._out, gzip=False, warc_version="1.1")
        record = self._writer.create_warcinfo_record(path.name, dict(info))
        self._info_id = record.rec_headers.get_header("WARC-Record-ID")
        try:
            with self._lock:
                self._put(record)
        except OutputError:
            with contextlib.suppress(OutputError):  # the first error is raised
                self.close()
            raise

    async def record(self, exchange: RecordedExchange) -> None:
        """Write an exchange in the writer's own thread, then close it: a proxy ``Sink``."""
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self.write, exchange)
        finally:
            exchange.close()

    def write(self, exchange: RecordedExchange) -> None:
        """Write response and request records (a revisit where the payload is known already)."""
        try:
            digest = _digest(exchange.body)
        except OSError as error:  # its temporary file
            raise self._failed(error) from error
        with self._lock:
            response = self._response(exchange, digest)
            request = self._request(exchange, response)
            packed = exchange.header("content-encoding") or exchange.header(
                "content-type"
            ).lower().startswith(_PACKED)
            self._put(response, packed=bool(packed))
            self._put(request)
            self.exchanges += 1
            self.payload_bytes += exchange.size

    def screenshot(self, url: str, png: bytes, *, fragment: str = "", viewport: str = "") -> None:
        """Write a picture of a page as a resource record; see :func:`screenshot_uri`."""
        extra = {"WARC-JSON-Metadata": f'{{"viewport": "{viewport}"}}'} if viewport else {}
        self.resource(screenshot_uri(url, fragment), png, "image/png", extra=extra)

    def resource(
        self,
        uri: str,
        data: bytes,
        content_type: str,
        *,
        when: datetime | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        """Write ``data`` as a resource record; ``extra`` are further WARC header fields."""
        self._simple("resource", uri, data, content_type, {**self._fields(when), **(extra or {})})

    def metadata(self, uri: str, fields: Mapping[str, str]) -> None:
        """Write a metadata record (``application/warc-fields``) about ``uri``."""
        lines = (f"{key}: {' '.join(str(value).split())}\r\n" for key, value in fields.items())
        data = "".join(lines).encode()
        self._simple("metadata", uri, data, "application/warc-fields", self._fields(None))

    def close(self) -> None:
        """Wait for what is being written and finish the file."""
        self._thread.shutdown()
        with self._lock:
            try:
                self._file.close()
            except OSError as error:
                raise self._failed(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _response(self, exchange: RecordedExchange, digest: str) -> Any:
        fields = self._fields(exchange.started)
        if exchange.ip:
            fields["WARC-IP-Address"] = exchange.ip
        if exchange.truncated:
            fields["WARC-Truncated"] = exchange.truncated
        fields["WARC-Payload-Digest"] = digest
        raw = Head(exchange.response_head).renamed(
            b"transfer-encoding", ORIGINAL_TRANSFER_ENCODING.encode()
        )
        known = self._known.get(digest)
        if known and exchange.size >= _SMALL_REVISIT and not exchange.truncated:
            uri, date, record_id = known
            fields["WARC-Profile"] = self._writer.REVISIT_PROFILE_1_1
            fields["WARC-Refers-To"] = record_id
            fields["WARC-Refers-To-Target-URI"] = uri
            fields["WARC-Refers-To-Date"] = date
            return self._http("revisit", exchange.url, raw, None, 0, fields)
        exchange.body.seek(0)
        record = self._http("response", exchange.url, raw, exchange.body, exchange.size, fields)
        if not exchange.truncated:
            record_id = record.rec_headers.get_header("WARC-Record-ID")
            self._known.setdefault(digest, (exchange.url, fields["WARC-Date"], record_id))
        return record

    def _request(self, exchange: RecordedExchange, response: Any) -> Any:
        fields = self._fields(exchange.started)
        fields["WARC-Concurrent-To"] = response.rec_headers.get_header("WARC-Record-ID")
        exchange.request_body.seek(0)
        raw, body, size = exchange.request_head, exchange.request_body, exchange.request_size
        return self._http("request", exchange.url, raw, body, size, fields)

    def _http(
        self,
        kind: str,
        url: str,
        raw: bytes,
        body: BinaryIO | None,
        size: int,
        fields: dict[str, str],
    ) -> Any:
        return self._writer.create_warc_record(
            url,
            kind,
            payload=body if size else None,
            length=size,
            http_headers=_RawHead(raw),
            warc_headers_dict=fields,
        )

    def _simple(
        self, kind: str, uri: str, data: bytes, content_type: str, fields: dict[str, str]
    ) -> None:
        with self._lock:
            record = self._writer.create_warc_record(
                uri,
                kind,
                payload=BytesIO(data),
                length=len(data),
                warc_content_type=content_type,
                warc_headers_dict=fields,
            )
            self._put(record, packed=content_type.startswith(_PACKED))

    def _fields(self, when: datetime | None) -> dict[str, str]:
        moment = (when or datetime.now(UTC)).astimezone(UTC)
        date = moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return {"WARC-Date": date, "WARC-Warcinfo-ID": self._info_id}

    def _put(self, record: Any, *, packed: bool = False) -> None:
        self._out.packed = packed
        try:
            self._writer.write_record(record)
        except (OSError, ValueError) as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> OutputError:
        reason = getattr(error, "strerror", None) or error
        return OutputError(f"cannot write {self.path}: {reason}", hint="is the disk full?")


def screenshot_uri(url: str, fragment: str = "") -> str:
    """The target URI of a screenshot's record, as crawlers name it: ``urn:view:URL#FRAGMENT``."""
    return f"urn:view:{url}#{fragment}" if fragment else f"urn:view:{url}"


class _Members:
    """One gzip member from flush to flush, as records need to be found by offset.

    What is compressed already is stored: trying again costs time and gains nothing.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._compressor: Any = None
        self.packed = False

    def write(self, data: bytes) -> None:
        if self._compressor is None:
            level = 1 if self.packed else 6
            self._compressor = zlib.compressobj(level, zlib.DEFLATED, 31)
        self._out.write(self._compressor.compress(data))

    def flush(self) -> None:
        if self._compressor is not None:
            self._out.write(self._compressor.flush())
            self._compressor = None
        self._out.flush()


class _RawHead(StatusAndHeaders):  # type: ignore[misc]
    """A head that warcio writes as it is: warcio's own would percent-encode non-ASCII values."""

    def __init__(self, raw: bytes) -> None:
        super().__init__("raw", [], protocol="HTTP/1.1")
        self.headers_buff = raw

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        """Keep the bytes."""


def _digest(body: BinaryIO) -> str:
    body.seek(0)
    sha1 = hashlib.sha1(usedforsecurity=False)
    while block := body.read(_BLOCK):
        sha1.update(block)
    body.seek(0)
    return "sha1:" + base64.b32encode(sha1.digest()).decode()
