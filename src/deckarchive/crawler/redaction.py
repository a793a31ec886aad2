"""Finding known secrets in what is recorded, however they are written, and overwriting them.

A value is replaced by as many ``x``: lengths stay, and a URL with a secret in it is the same one
wherever it stands. Bodies are read in blocks.
"""

from __future__ import annotations

import base64
import html
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final, cast
from urllib.parse import quote, quote_plus  # percent-encoding only

from deckarchive.heads import Head, field_name, join_head
from deckarchive.model import RecordedExchange
from deckarchive.proxy.request import spool
from deckarchive.warc import DecodedStream, Undecodable

SHORTEST: Final = 8
"""Shorter values would be found by accident."""
_LONG: Final = 24
_BLOCK: Final = 1024 * 1024
_CODING: Final = b"content-encoding"
_PACKED: Final = re.compile(r"(?:video|audio|font)/|image/(?!svg)", re.I)
"""Media types whose bodies hold no text that a site could put a key into."""
_ESCAPED: Final = re.compile(r"%[0-9A-F]{2}")


def is_telling(value: str) -> bool:
    """Whether a cookie's value can only be a key: no word of the page, such as ``accepted``."""
    mixed = bool(re.search(r"\d", value)) and bool(re.search(r"[A-Za-z]", value))
    return len(value) >= _LONG or (len(value) >= SHORTEST and mixed)


def values_of(header: str) -> Iterator[str]:
    """What is secret in the value of a header: itself, and what follows its scheme (RFC 9110,
    section 11.4); of Basic also the password (RFC 7617)."""
    yield header
    scheme, _, rest = header.partition(" ")
    if not rest:
        return
    yield rest.strip()
    if scheme.lower() == "basic":
        try:
            pair = base64.b64decode(rest, validate=True).decode("utf-8", "replace")
        except ValueError:
            return
        yield pair
        yield pair.partition(":")[2]


class Redactor:
    """Knows ``values`` of at least :data:`SHORTEST` characters, but for those in ``public``:
    what the deck's author wrote into a URL is not a secret any more."""

    def __init__(self, values: Iterable[str], public: str = "") -> None:
        sought = {v for v in values if len(v) >= SHORTEST and v not in public}
        forms = {form for value in sought for form in _forms(value) if len(form) >= SHORTEST}
        self._forms = sorted(forms, key=lambda form: (-len(form), form))
        self._overlap = len(self._forms[0]) - 1 if self._forms else 0

    def __bool__(self) -> bool:
        return bool(self._forms)

    def redact(self, data: bytes) -> tuple[bytes, int]:
        """``data`` without the secrets, and how many there were."""
        found = 0
        for form in self._forms:
            if count := data.count(form):
                data = data.replace(form, b"x" * len(form))
                found += count
        return data, found

    def text(self, text: str) -> str:
        """``text`` without the secrets."""
        data = text.encode("utf-8", "surrogatepass")
        new, found = self.redact(data)
        return new.decode("utf-8", "surrogatepass") if found else text

    def in_place(self, body: BinaryIO) -> int:
        """Overwrite secrets in a file; how many there were."""
        found, at = 0, 0
        while True:
            body.seek(at)
            block = body.read(_BLOCK + self._overlap)
            new, count = self.redact(block)
            if count:
                found += count
                body.seek(at)
                body.write(new)
            if len(block) <= _BLOCK:
                body.seek(0)
                return found
            at += _BLOCK

    def copy(self, source: BinaryIO, sink: BinaryIO | None) -> tuple[int, int]:
        """Copy a stream without the secrets (``None``: only look for them); size, and how many."""
        found, size, kept = 0, 0, b""
        while block := source.read(_BLOCK):
            new, count = self.redact(kept + block)
            found += count
            done = max(0, len(new) - self._overlap)
            size += done
            if sink is not None:
                sink.write(new[:done])
            kept = new[done:]
        if sink is not None:
            sink.write(kept)
        return size + len(kept), found


def _forms(value: str) -> Iterator[bytes]:
    """How a value may be written: plain, in URLs, in JSON, in HTML, in base64."""
    raw = value.encode("utf-8", "surrogatepass")
    escaped = json.dumps(value)[1:-1]
    written = [value, quote(value, safe=""), quote(value), quote_plus(value), escaped]
    written += [escaped.replace("/", "\\/"), json.dumps(value, ensure_ascii=False)[1:-1]]
    written += [html.escape(value), html.escape(value, quote=False)]
    written += [_ESCAPED.sub(lambda found: found[0].lower(), one) for one in written[1:4]]
    yield from (one.encode("utf-8", "surrogatepass") for one in written)
    yield value.encode("latin-1", "replace")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw[: len(raw) // 3 * 3])


def redact_exchange(
    exchange: RecordedExchange, redactor: Redactor, folder: Path | None
) -> tuple[RecordedExchange, int, int]:
    """The exchange without the values, how many were in URL and heads, and in bodies.

    A body without content coding is changed where it lies. One with a coding is replaced, if there
    is a value in it, by the same body without coding, which waits in ``folder``.
    """
    packed = _PACKED.match(exchange.header("content-type").strip()) is not None
    request, asked = redactor.redact(exchange.request_head)
    response, answered = redactor.redact(exchange.response_head)
    inside = 0 if packed else redactor.in_place(exchange.body)
    if exchange.request_size:
        inside += redactor.in_place(exchange.request_body)
    exchange = replace(
        exchange,
        url=redactor.text(exchange.url),
        request_head=request,
        request_headers=Head(request).fields,
        response_head=response,
        headers=Head(response).fields,
    )
    codings = [c.decode("latin-1") for c in Head(response).tokens(_CODING)]
    if packed or not codings or not exchange.size:
        return exchange, asked + answered, inside
    if not _copied(exchange.body, codings, redactor, None)[1]:
        return exchange, asked + answered, inside
    plain = spool(folder)
    size, found = _copied(exchange.body, codings, redactor, plain)
    plain.seek(0)
    exchange.body.close()
    head = _without_coding(Head(response), size)
    exchange = replace(exchange, body=plain, size=size, response_head=head.raw, headers=head.fields)
    return exchange, asked + answered, inside + found


def _without_coding(head: Head, size: int) -> Head:
    lines = [
        b"Content-Length: %d" % size if field_name(line) == b"content-length" else line
        for line in head.lines[1:]
        if field_name(line) != _CODING
    ]
    return Head(join_head(head.start, lines))


def _copied(
    body: BinaryIO, codings: list[str], redactor: Redactor, sink: BinaryIO | None
) -> tuple[int, int]:
    """Size and number of values of a coded body, copied to ``sink``; none if it is not readable."""
    body.seek(0)
    try:
        stream = DecodedStream(cast("BinaryIO", _Kept(body)), codings)
        return redactor.copy(io.BufferedReader(stream), sink)
    except Undecodable:
        return 0, 0
    finally:
        body.seek(0)


class _Kept(io.RawIOBase):
    """A body that stays open when its reader is closed."""

    def __init__(self, body: BinaryIO) -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        return self._body.read(size)
