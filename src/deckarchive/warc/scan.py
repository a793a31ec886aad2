"""The index of a WARC file: every record that is whole, and what is known of those that are not."""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from deckarchive import files, urls
from deckarchive.errors import ArchiveError
from deckarchive.heads import Head
from deckarchive.warc import digests
from deckarchive.warc.members import Member, Search, begins, open_record, url_at

_BLOCK: Final = 64 * 1024
_MAX_HEAD: Final = 1024 * 1024
_HTTP: Final = frozenset(("response", "revisit", "request"))
_MOST_LOSSES: Final = 1000
_WASTED: Final = 8
"""How many times a file's size may be inflated for records that turn out to be damaged."""
_ANY_WASTE: Final = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record's place in its file. ``offset`` and ``length`` are of the (compressed) record.

    ``fields`` are the WARC header fields by lower-case name; ``head`` the HTTP head of a
    request, response or revisit; ``size`` the payload's bytes.
    ``digest`` is the payload's SHA-1 as it was read (a revisit's is declared), ``skip`` the size
    of its gzip header (0: not compressed). ``doubtful``: its payload is stored in another form than
    that which its declared digest is of, or it is not what was recorded.
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
    skip: int
    doubtful: bool = False

    @property
    def id(self) -> str:
        """WARC-Record-ID."""
        return self.fields.get("warc-record-id", "")

    def open_payload(self) -> BinaryIO:
        """A fresh stream of the payload as stored.

        Raises :class:`ArchiveError`, as its ``read`` does, when the file cannot be read any more.
        """
        return io.BufferedReader(_Payload(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A record that cannot be used: what is known of it, and why.

    ``kind`` and ``url`` are ``""`` where its header cannot be read; ``shown`` is false for what
    an audience does not miss: a request, a note, an answer that was an error.
    """

    offset: int
    kind: str = ""
    url: str = ""
    reason: str
    shown: bool = True

    def __str__(self) -> str:
        what = self.kind or "record"
        of = f" of {self.url}" if self.url else ""
        return f"the {what}{of} at byte {self.offset}: {self.reason}"


def scan(path: Path, entries: list[Entry], losses: list[Loss]) -> None:
    """Read every record of a file: whole ones into ``entries``, damaged ones into ``losses``.

    Raises :class:`OSError` when the file cannot be read.
    """
    with files.open_regular(path) as file:
        _Scan(path, file, entries, losses).run()


@dataclass(slots=True)
class _Read:
    """One record as it was read: why it cannot be used (``fault``), the offset behind it where
    that is known, and how many bytes it inflated to."""

    fault: str
    entry: Entry | None = None
    end: int | None = None
    inflated: int = 0


class _Scan:
    """One pass over a file."""

    def __init__(
        self, path: Path, file: BinaryIO, entries: list[Entry], losses: list[Loss]
    ) -> None:
        self._path, self._file, self._entries, self._losses = path, file, entries, losses
        self._size = os.fstat(file.fileno()).st_size
        self._search = Search(file, packed=file.read(5) != b"WARC/")
        self._group = ""
        """The WARC-Warcinfo-ID of this file's records, once it is known."""

    def run(self) -> None:
        at: int | None = 0
        left, searching = _WASTED * self._size + _ANY_WASTE, False
        while at is not None and at < self._size:
            read = self._read(at)
            if read.fault or read.entry is None:
                self._losses.append(self._lost(at, read))
                left -= read.inflated
                searching = True
            elif not searching or self._belongs(read.entry):
                self._entries.append(read.entry)
                self._group = self._group or read.entry.fields.get("warc-warcinfo-id", "")
                searching = False
            unsure = bool(read.fault) or read.end is None
            at = self._search.find(at + 1) if unsure else read.end
            if at is not None and (left < 0 or len(self._losses) > _MOST_LOSSES):
                self._losses.append(Loss(offset=at, reason="too much before it is damaged"))
                return

    def _belongs(self, entry: Entry) -> bool:
        """Whether a record that was searched for is of this file. A body can be a WARC, too: where
        the record around it is damaged, what is in it must not pass for what was recorded."""
        return not self._group or self._group == entry.fields.get("warc-warcinfo-id", "")

    def _lost(self, at: int, read: _Read) -> Loss:
        entry = read.entry
        if entry is None:
            return Loss(offset=at, url=url_at(self._file, at), reason=read.fault)
        shown = entry.kind not in ("request", "warcinfo", "metadata", "resource")
        if entry.head is not None:
            shown = _matters(entry.kind, entry.head)
        return Loss(offset=at, kind=entry.kind, url=entry.uri, reason=read.fault, shown=shown)

    def _read(self, at: int) -> _Read:
        skip = begins(self._file, at)
        if skip is None:
            return _Read("it is damaged")
        source = open_record(self._file, at, skip)
        stream = io.BufferedReader(source, _BLOCK)
        raw = _read_head(stream)
        fields = _fields(raw)
        length = fields.get("content-length", "")
        if not re.fullmatch(r"[0-9]{1,18}", length):
            return _Read(source.fault or "its header is damaged", inflated=source.size)
        block = _Block(stream, int(length))
        found, fault = _examine(fields, block)
        behind = stream.read(_BLOCK)
        end = source.end
        if not isinstance(source, Member):
            start = at + len(raw) + int(length)
            end = start + len(behind) - len(behind.lstrip(b"\r\n"))
            if not fault and end < self._size and not behind.lstrip(b"\r\n").startswith(b"WARC/"):
                fault = "its length is wrong"
        elif end is None or behind.strip(b"\r\n"):
            end = None
            fault = source.fault or fault or "other records are packed together with it"
        entry = Entry(
            path=self._path,
            offset=at,
            length=end - at if end is not None else 0,
            kind=found.kind,
            uri=found.uri,
            date=fields.get("warc-date", ""),
            fields=fields,
            head=found.head,
            size=found.size,
            digest=found.digest,
            skip=skip,
            doubtful=found.doubtful,
        )
        return _Read(source.fault or fault, entry, end, source.size)


@dataclass(slots=True)
class _Found:
    kind: str
    uri: str
    head: Head | None = None
    size: int = 0
    digest: str = ""
    doubtful: bool = False


def _examine(fields: dict[str, str], block: _Block) -> tuple[_Found, str]:
    """Read a record's block to its end: what it holds, and what is wrong with it."""
    found = _Found(fields.get("warc-type", "").strip().lower(), _uri(fields))
    declared = fields.get("warc-payload-digest", "")
    partial = fields.get("warc-truncated") or fields.get("warc-segment-number")
    whole = digests.DigestCheck(fields.get("warc-block-digest", ""))
    payload = digests.DigestCheck("" if partial or found.kind == "revisit" else declared)
    if found.kind in _HTTP and is_web(found.uri):
        raw = _read_head(block)
        whole.update(raw)
        found.head = Head(raw) if raw.strip() else None
    sha1 = payload.sha1 or hashlib.sha1(usedforsecurity=False)
    every = [sums for sums in (sha1, whole, payload) if sums is not payload.sha1]
    while data := block.read(_BLOCK):
        found.size += len(data)
        for sums in every:
            sums.update(data)
    found.digest = declared if found.kind == "revisit" else digests.written(sha1.digest())
    found.doubtful = not payload.right and not (whole.known and whole.right)
    if block.left:
        return found, "it is cut off"
    return found, "" if whole.right else "it is not what its digest says"


def _matters(kind: str, head: Head) -> bool:
    """Whether an audience may miss it: not an answer that was an error, nor what was asked, where
    that was a mere GET."""
    if kind == "request":
        return not head.start.startswith((b"GET ", b"HEAD "))
    try:
        return head.status[1] < 400
    except ValueError:
        return True


class _Lines(Protocol):
    def read(self, size: int, /) -> bytes: ...
    def readline(self, size: int, /) -> bytes: ...


class _Block:
    """The bytes of a record's block, out of a stream of more."""

    def __init__(self, stream: _Lines, length: int) -> None:
        self._stream, self.left = stream, length

    def read(self, size: int, /) -> bytes:
        data = self._stream.read(min(size, self.left))
        self.left -= len(data)
        return data

    def readline(self, size: int, /) -> bytes:
        data = self._stream.readline(min(size, self.left))
        self.left -= len(data)
        return data


def _read_head(stream: _Lines) -> bytes:
    """A head with its empty line: that of a record or of a message; bounded."""
    raw = bytearray()
    while len(raw) < _MAX_HEAD:
        line = stream.readline(_MAX_HEAD)
        raw += line
        if line in (b"\r\n", b"\n", b""):
            break
    return bytes(raw)


def _fields(raw: bytes) -> dict[str, str]:
    """The fields of a record's header by lower-case name; of several the first."""
    fields: dict[str, str] = {}
    for name, value in Head(raw).fields if raw else ():
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            text = value.decode("latin-1")
        fields.setdefault(name.decode("latin-1").lower(), text)
    return fields


def _uri(fields: dict[str, str]) -> str:
    """WARC-Target-URI, without the brackets of WARC 1.0, characters that no URL has escaped."""
    uri = fields.get("warc-target-uri", fields.get("uri", "")).strip()
    if uri.startswith("<") and uri.endswith(">"):
        uri = uri[1:-1]
    if re.fullmatch(r"[\x21-\x7e]*", uri):
        return uri
    web = urls.resolve(uri) if re.match(r"https?:", uri, re.IGNORECASE) else None
    return web or ascii(uri)[1:-1]


def is_web(uri: str) -> bool:
    """Whether it is an http(s) URL that browsers take."""
    return bool(re.match(r"https?:", uri, re.IGNORECASE)) and urls.resolve(uri) is not None


class _Payload(io.RawIOBase):
    """The payload of one record, read from its file by offset."""

    def __init__(self, entry: Entry) -> None:
        self._path = entry.path
        with self._mapped():
            self._file = files.open_regular(entry.path)
            try:
                self._start(entry)
            except BaseException:
                self._file.close()
                raise

    def _start(self, entry: Entry) -> None:
        stream = io.BufferedReader(open_record(self._file, entry.offset, entry.skip), _BLOCK)
        _read_head(stream)
        self._block = _Block(stream, int(entry.fields["content-length"]))
        if entry.head is not None:
            _read_head(self._block)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        with self._mapped():
            data = self._block.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ArchiveError(f"cannot read {self._path}: {error.strerror or error}") from error

    def close(self) -> None:
        self._file.close()
        super().close()
