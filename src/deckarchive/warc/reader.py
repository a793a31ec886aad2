"""Reading WARCs, our own and others': the exchanges, their bodies opened lazily and decoded."""

from __future__ import annotations

import hashlib
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, cast

from warcio.bufferedreaders import ChunkedDataReader

from deckarchive.errors import ArchiveError
from deckarchive.heads import Head
from deckarchive.model import Exchange, Headers, RawHeaders
from deckarchive.warc import digests
from deckarchive.warc.codings import DecodedStream, Undecodable
from deckarchive.warc.scan import Entry, Loss, scan
from deckarchive.warc.writer import ORIGINAL_TRANSFER_ENCODING

_MAX_REQUEST_BODY: Final = 16 * 1024 * 1024
_OTHER_SCHEME: Final = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
"""Responses of other protocols, such as ``dns:``, which nothing here needs."""
_ORIGINAL: Final = ORIGINAL_TRANSFER_ENCODING.lower().encode()


_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})$")
_BLOCK = 256 * 1024


@dataclass(slots=True)
class Warc:
    """What a file holds: ``notes`` say what could not be used, and why; ``losses`` what of it is
    damaged, of which nothing is among the exchanges."""

    entries: list[Entry] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)


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

    Every record's checksum and digests are compared. A damaged one is a loss; reading goes on at
    the next. Raises :class:`deckarchive.errors.ArchiveError` when nothing of it can be read.
    """
    warc = Warc()
    try:
        scan(path, warc.entries, warc.losses)
    except OSError as error:
        raise ArchiveError(f"cannot read {path}: {error.strerror or error}") from error
    if not warc.entries:
        why = f" ({warc.losses[0]})" if warc.losses else ""
        raise ArchiveError(f"cannot read {path}: it holds no whole WARC record{why}")
    _settle(warc)
    _join(warc)
    _complete(warc.exchanges)
    warc.notes += [f"{path.name}: {loss}" for loss in warc.losses]
    return warc


def _settle(warc: Warc) -> None:
    """Take out what is not what its digest says. Other tools sum up a body without its transfer
    coding, or without any coding (WARC 1.1, section 5.9, leaves the entity's form open)."""
    for entry in [entry for entry in warc.entries if entry.doubtful]:
        if entry.head is not None and any(
            _agrees(entry, decode) for decode in (_dechunked, _open_body)
        ):
            continue
        reason = "its body is not what its digest says"
        loss = Loss(offset=entry.offset, kind=entry.kind, url=entry.uri, reason=reason)
        warc.losses.append(replace(loss, shown=entry.kind == "response"))
        warc.entries.remove(entry)


def _agrees(entry: Entry, decode: Callable[[Entry, Head], BinaryIO]) -> bool:
    check = digests.DigestCheck(entry.fields.get("warc-payload-digest", ""))
    with closing(decode(entry, entry.head or Head(b""))) as stream:
        while data := stream.read(1 << 16):
            check.update(data)
    return check.right


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
            by_digest.setdefault(entry.fields.get("warc-payload-digest") or entry.digest, entry)
    for entry in warc.entries:
        if entry.kind not in ("response", "revisit"):
            continue
        if entry.head is None:
            if not _OTHER_SCHEME.match(entry.uri):
                warc.notes.append(f"{entry.path.name}: {entry.uri[:200]!r} is no http(s) URL")
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
            if warc.losses:
                reason = "its body was in a record that is damaged"
                warc.losses.append(Loss(offset=entry.offset, kind="revisit", url=entry.uri,
                                        reason=reason))  # fmt: skip
            else:
                warc.notes.append(f"{entry.uri}: stored elsewhere, not in {entry.path.name}")
            continue
        try:
            warc.exchanges.append(_exchange(entry, source, request))
        except ValueError:
            warc.notes.append(f"{entry.uri}: its record is not an HTTP response")
    if warc.losses:
        _name_lost(warc)


def _name_lost(warc: Warc) -> None:
    """Give losses without a URL that of a request whose answer is not there."""
    answers = {e.id for e in warc.entries if e.kind in ("response", "revisit")}
    named = {loss.url for loss in warc.losses}
    asked = [
        e.uri
        for e in warc.entries
        if e.kind == "request"
        and e.uri not in named
        and e.fields.get("warc-concurrent-to", "") not in answers
    ]
    for number, loss in enumerate(warc.losses):
        if asked and not loss.url and not loss.kind:
            warc.losses[number] = replace(loss, kind="response", url=asked.pop(0))


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
        truncated=entry.fields.get("warc-truncated", ""),
    )


def _text(fields: RawHeaders) -> Headers:
    return tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in fields)


class DecodedBody(io.BufferedReader):
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
        body = DecodedBody(DecodedStream(_dechunked(entry, head), codings))
        body.peek(1)
        return body
    except Undecodable as error:
        return DecodedBody(DecodedStream(entry.open_payload(), ()), str(error))


def _dechunked(entry: Entry, head: Head) -> BinaryIO:
    """Other tools store chunked bodies under Transfer-Encoding: chunked; ours rename it."""
    payload = entry.open_payload()
    if b"chunked" in head.tokens(b"transfer-encoding"):
        return cast("BinaryIO", ChunkedDataReader(payload))
    return payload


def _complete(exchanges: list[Exchange]) -> None:
    """Put each whole file in the place of its first, cut piece."""
    ranges: dict[str, list[Exchange]] = defaultdict(list)
    for one in exchanges:
        if one.status == 206 and one.method == "GET" and _is_uncoded(one):
            ranges[one.url].append(one)
    for n, one in enumerate(exchanges):
        if one.status == 200 and one.truncated and one.method == "GET" and ranges[one.url]:
            pieces = _pieces(one, ranges[one.url]) if _is_uncoded(one) else []
            if pieces:
                exchanges[n] = _whole(pieces)


def _is_uncoded(one: Exchange) -> bool:
    return one.header("content-encoding").lower() in ("", "identity")


def _pieces(first: Exchange, ranges: list[Exchange]) -> list[Exchange]:
    """The cut answer and what completes it, in order; empty when it stays incomplete."""
    by_start: dict[int, list[tuple[Exchange, int]]] = defaultdict(list)
    for one in ranges:
        found = _RANGE.match(one.header("content-range"))
        if found and one.size and _same(first, one):
            by_start[int(found[1])].append((one, int(found[3])))
    pieces, size = [first], first.size
    while by_start.get(size):
        one, whole = by_start[size][0]
        pieces.append(one)
        size += one.size
        if size == whole:
            return pieces
    return []


def _same(first: Exchange, one: Exchange) -> bool:
    """Whether both are pieces of one version of the file."""
    tags = (first.header("etag"), one.header("etag"))
    return tags[0] == tags[1] if all(tags) else True


def _whole(pieces: list[Exchange]) -> Exchange:
    sha1 = hashlib.sha1(usedforsecurity=False)
    for piece in pieces:
        sha1.update(piece.digest.encode())
    return replace(
        pieces[0],
        size=sum(piece.size for piece in pieces),
        digest=f"pieces:{sha1.hexdigest()}",
        truncated="",
        open_body=partial(_open_pieces, pieces),
    )


def _open_pieces(pieces: list[Exchange]) -> BinaryIO:
    return io.BufferedReader(_Pieces(pieces))


class _Pieces(io.RawIOBase):
    """The bodies of several exchanges, one after the other."""

    fault = ""

    def __init__(self, pieces: list[Exchange]) -> None:
        self._blocks = _blocks(pieces)
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        if not self._ready:
            self._ready = memoryview(next(self._blocks, b""))
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


def _blocks(pieces: list[Exchange]) -> Iterator[bytes]:
    for piece in pieces:
        with piece.open_body() as stream:
            while block := stream.read(_BLOCK):
                yield block
