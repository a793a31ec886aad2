"""Reading WARCs, our own and others': an index by offset, bodies opened lazily and decoded."""

from __future__ import annotations

import base64
import hashlib
import io
import logging
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed

from deckarchive.errors import ArchiveError
from deckarchive.heads import Head
from deckarchive.model import Exchange, Headers, RawHeaders
from deckarchive.warc.codings import DecodedStream, Undecodable
from deckarchive.warc.resumed import complete
from deckarchive.warc.writer import ORIGINAL_TRANSFER_ENCODING

_BLOCK: Final = 64 * 1024
_MAX_HEAD: Final = 1024 * 1024
_MAX_REQUEST_BODY: Final = 16 * 1024 * 1024
_HTTP: Final = frozenset(("response", "revisit", "request"))
_FAULTS: Final = (ArchiveLoadFailed, zlib.error, OSError, ValueError, AttributeError)
_ORIGINAL: Final = ORIGINAL_TRANSFER_ENCODING.lower().encode()

logging.getLogger("warcio").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record's place in its file. ``offset`` and ``length`` are of the (compressed) record.

    ``fields`` are the WARC header fields by lower-case name; ``head`` the HTTP head of a
    request, response or revisit; ``size`` the payload's bytes; ``short`` that it ends early.
    """

    path: Path
    offset: int
    length: int
    kind: str
    uri: str
    date: str
    fields: dict[str, str]
    head: Head | None
    size: int
    digest: str
    short: bool

    @property
    def id(self) -> str:
        """WARC-Record-ID."""
        return self.fields.get("warc-record-id", "")

    def open_payload(self) -> BinaryIO:
        """A fresh stream of the payload as stored."""
        return io.BufferedReader(_Payload(self))


@dataclass(slots=True)
class Warc:
    """What a file holds: ``notes`` say what could not be used, and why."""

    entries: list[Entry] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_exchanges(path: Path) -> list[Exchange]:
    """The exchanges of a WARC file, in file order; bodies open lazily and decoded.

    Raises :class:`deckarchive.errors.ArchiveError` when the file is missing or not a WARC.
    """
    return read_warc(path).exchanges


def read_entries(path: Path) -> list[Entry]:
    """All records of a WARC file; errors as :func:`read_exchanges`."""
    return read_warc(path).entries


def read_warc(path: Path) -> Warc:
    """Read a WARC file's index: records, exchanges, and notes on what was left out.

    A damaged or cut record ends the reading with a note; the records before it are good.
    Raises :class:`deckarchive.errors.ArchiveError` when nothing of it can be read.
    """
    warc = Warc()
    try:
        for entry in _scan(path):
            warc.entries.append(entry)
            if entry.short:
                warc.notes.append(f"{path.name}: a record at byte {entry.offset} is cut off")
    except _FAULTS as error:
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        if not warc.entries:
            raise ArchiveError(f"cannot read {path}: {reason}") from error
        warc.notes.append(f"{path.name}: what follows the last good record is unreadable")
    if not warc.entries:
        raise ArchiveError(f"cannot read {path}: it holds no WARC record")
    _join(warc)
    complete(warc.exchanges)
    return warc


def _scan(path: Path) -> Iterator[Entry]:
    with path.open("rb") as file:
        records = ArchiveIterator(file, no_record_parse=True)
        offset = 0
        for record in records:
            if record.format != "warc" or not record.rec_type:
                raise ValueError("not a WARC record")
            entry = _entry(path, offset, record)
            records.read_to_end()
            start, length = records.member_info
            yield _with_place(entry, start, length)
            offset = start + length


def _entry(path: Path, offset: int, record: Any) -> Entry:
    fields: dict[str, str] = {}
    for name, value in record.rec_headers.headers:
        fields.setdefault(name.lower(), value)
    kind = record.rec_type or ""
    uri = fields.get("warc-target-uri", fields.get("uri", ""))
    stream, head, head_size = record.raw_stream, None, 0
    if kind in _HTTP and uri.lower().startswith(("http:", "https:")):
        raw = _read_head(stream)
        head, head_size = (Head(raw) if raw.strip() else None), len(raw)
    sha1, size = hashlib.sha1(usedforsecurity=False), 0
    while block := stream.read(_BLOCK):
        size += len(block)
        sha1.update(block)
    declared = int(record.length or 0)
    computed = "sha1:" + base64.b32encode(sha1.digest()).decode()
    return Entry(
        path=path,
        offset=offset,
        length=0,
        kind=kind,
        uri=uri,
        date=fields.get("warc-date", ""),
        fields=fields,
        head=head,
        size=size,
        digest=fields.get("warc-payload-digest") or computed,
        short=head_size + size < declared,
    )


def _with_place(entry: Entry, offset: int, length: int) -> Entry:
    values = {name: getattr(entry, name) for name in Entry.__slots__}
    return Entry(**{**values, "offset": offset, "length": length})


def _read_head(stream: Any) -> bytes:
    raw = bytearray()
    while len(raw) < _MAX_HEAD:
        line = stream.readline()
        raw += line
        if line in (b"\r\n", b"\n", b""):
            break
    return bytes(raw)


def _join(warc: Warc) -> None:
    """Make exchanges: each response with its request, each revisit with its original."""
    requests: dict[str, Entry] = {}
    by_id = {e.id: e for e in warc.entries if e.kind == "response"}
    by_digest: dict[str, Entry] = {}
    for entry in warc.entries:
        if entry.kind == "request":
            requests.setdefault(entry.fields.get("warc-concurrent-to", ""), entry)
            requests.setdefault(entry.uri, entry)
        elif entry.kind == "response" and not entry.fields.get("warc-truncated"):
            by_digest.setdefault(entry.digest, entry)
    for entry in warc.entries:
        if entry.kind not in ("response", "revisit") or entry.head is None:
            continue
        source: Entry | None = entry
        if entry.kind == "revisit":
            source = by_id.get(entry.fields.get("warc-refers-to", "")) or by_digest.get(
                entry.digest
            )
        request = (
            requests.get(entry.id)
            or requests.get(entry.fields.get("warc-concurrent-to", ""))
            or requests.get(entry.uri)
        )
        if source is None:
            warc.notes.append(f"{entry.uri}: stored elsewhere, not in {entry.path.name}")
            continue
        try:
            warc.exchanges.append(_exchange(entry, source, request))
        except ValueError:
            warc.notes.append(f"{entry.uri}: its record is not an HTTP response")


def _exchange(entry: Entry, source: Entry, request: Entry | None) -> Exchange:
    head = entry.head or Head(b"")
    asked = request.head if request and request.head else Head(b"GET / HTTP/1.1\r\n\r\n")
    body = b""
    if request and request.size:
        with request.open_payload() as stream:
            body = stream.read(_MAX_REQUEST_BODY)
    return Exchange(
        method=asked.start.partition(b" ")[0].decode("latin-1"),
        url=entry.uri,
        status=head.status[1],
        request_headers=_text(asked.fields),
        headers=_text(head.fields),
        timestamp=entry.date,
        digest=source.digest,
        size=source.size,
        open_body=partial(_open_body, source, _coded_as(entry, source)),
        request_body=body,
        truncated=entry.fields.get("warc-truncated", "unspecified" if source.short else ""),
    )


def _text(fields: RawHeaders) -> Headers:
    return tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in fields)


class Body(io.BufferedReader):
    """A decoded body; ``fault`` says why its coding could not be taken off (``""``: it was)."""

    def __init__(self, stream: DecodedStream, fault: str = "") -> None:
        super().__init__(stream)
        self._stream, self._fault = stream, fault

    @property
    def fault(self) -> str:
        return self._fault or self._stream.fault


def _coded_as(entry: Entry, source: Entry) -> Head:
    """The head that says how a payload is coded: a revisit's own, unless it is a mere 304."""
    unmodified = "not-modified" in entry.fields.get("warc-profile", "")
    return (source.head if unmodified else entry.head) or Head(b"")


def _open_body(entry: Entry, head: Head) -> BinaryIO:
    """The payload with its codings removed; as stored where it is not what its head declares."""
    codings = [c.decode("latin-1") for c in head.tokens(b"content-encoding")]
    codings += [c.decode("latin-1") for c in head.tokens(_ORIGINAL) if c != b"chunked"]
    try:
        body = Body(DecodedStream(_dechunked(entry, head), codings))
        body.peek(1)
        return body
    except Undecodable as error:
        return Body(DecodedStream(entry.open_payload(), ()), str(error))


def _dechunked(entry: Entry, head: Head) -> BinaryIO:
    """Other tools store chunked bodies under Transfer-Encoding: chunked; ours rename it."""
    payload = entry.open_payload()
    if b"chunked" in head.tokens(b"transfer-encoding"):
        return cast("BinaryIO", ChunkedDataReader(payload))
    return payload


class _Payload(io.RawIOBase):
    """The payload of one record, read from its file by offset."""

    def __init__(self, entry: Entry) -> None:
        self._file = entry.path.open("rb")
        self._file.seek(entry.offset)
        self._stream: Any = next(iter(ArchiveIterator(self._file, no_record_parse=True))).raw_stream
        if entry.head is not None:
            _read_head(self._stream)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()
