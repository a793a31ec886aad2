"""What the user's own login brings is redacted from the archive, and counted.

Redacted are the headers that the user gave and that look like a key, the cookies of the user's
own jar, and what sites set in answer to either; of a login by hand every cookie, and what was
typed into its form. Where their values come back (in a URL, a head, a body, a title) they are
overwritten, see :mod:`redaction`. Everything else is recorded byte for byte.
"""

from __future__ import annotations

import io
import re
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from deckarchive.crawler.redaction import Redactor, is_telling, redact_exchange, values_of
from deckarchive.errors import OutputError
from deckarchive.heads import Head, field_name, join_head
from deckarchive.model import CaptureRecord, RecordedExchange

_SECRET: Final = re.compile(r"auth|cookie|token|key|secret|session|passw|credential", re.I)
_PASSWORD: Final = re.compile(rb"passw|passcode|pwd|otp|[\"&?]pin[\"=]", re.I)
_LOGIN_BODY: Final = 64 * 1024


def is_secret_header(name: str) -> bool:
    """Whether a header of that name carries a login."""
    return _SECRET.search(name) is not None


class Credentials:
    """What is secret while one target is captured. ``everything`` takes every cookie for the
    user's own: a login by hand can set any. ``further`` are values that are secret wherever they
    stand, ``public`` is the target's own URL, ``spool`` where large bodies wait.

    :meth:`public` may be called from any thread.
    """

    def __init__(
        self,
        headers: Mapping[str, str],
        cookies: Iterable[tuple[str, str]],
        *,
        keep: bool = False,
        everything: bool = False,
        further: Iterable[str] = (),
        public: str = "",
        spool: Path | None = None,
    ) -> None:
        self._lines = {
            (name.lower().encode("latin-1"), value.strip().encode("latin-1", "replace"))
            for name, value in headers.items()
            if is_secret_header(name)
        }
        self._cookies = {(n.encode(), v.encode()) for n, v in cookies}
        self._keep, self._everything = keep, everything
        self._values = {one for _, v in self._lines for one in values_of(v.decode("latin-1"))}
        self._values |= set(further)
        self._url, self._spool = public, spool
        self._redactor: Redactor | None = None
        self._lock = threading.Lock()
        for name, value in self._cookies:
            self._know(name, value)
        self.redacted: Counter[str] = Counter()
        """How many header lines were left out, by name, and values that were overwritten."""

    def answered(self, request: Head, response: Head) -> None:
        """Learn from an answer as soon as it comes: what a login sets is as secret as it."""
        if self._keep:
            return
        if self._everything:
            self._learn_sent(request)
        if self._everything or self._carries(request):
            for value in response.values(b"set-cookie"):
                name, _, rest = value.partition(b"=")
                pair = name.strip(), rest.partition(b";")[0].strip()
                self._know(*pair)
                if not self._everything:
                    self._cookies.add(pair)

    @property
    def active(self) -> bool:
        """Whether anything is to be redacted."""
        known = self._lines or self._cookies or self._values or self._everything
        return bool(known) and not self._keep

    def public(self, exchange: RecordedExchange) -> RecordedExchange:
        """The exchange as it may be recorded. Raises OutputError when a body cannot be kept."""
        if not self.active:
            return exchange
        with self._lock:
            try:
                return self._redacted(self._without_lines(exchange))
            except OSError as error:
                raise OutputError(f"cannot keep a response in a temporary file: {error}") from error

    def record(self, record: CaptureRecord) -> CaptureRecord:
        """The record of the target as it may be kept: what the page says of itself, redacted."""
        hide = self.hide
        return replace(
            record,
            reason=hide(record.reason),
            final_url=hide(record.final_url) if record.final_url else record.final_url,
            title=hide(record.title),
            text=hide(record.text),
            missing=tuple(
                replace(one, url=hide(one.url), reason=hide(one.reason)) for one in record.missing
            ),
            console=tuple(map(hide, record.console)),
            charsets={hide(url): name for url, name in record.charsets.items()},
            interactions=tuple(
                replace(one, where=hide(one.where), label=hide(one.label))
                for one in record.interactions
            ),
            embeds=tuple(replace(one, url=hide(one.url)) for one in record.embeds),
        )

    def hide(self, text: str) -> str:
        """``text`` without any known value."""
        return self._known().text(text) if self.active else text

    def _know(self, name: bytes, value: bytes) -> None:
        """Look for a cookie's value from now on, if it can only be a key."""
        text = value.decode("utf-8", "surrogateescape").strip('"')
        if is_telling(text) or is_secret_header(name.decode("latin-1")):
            if text not in self._values:
                self._redactor = None
            self._values.add(text)

    def _learn_sent(self, request: Head) -> None:
        """What the browser of a login by hand sends is the user's own."""
        for value in request.values(b"cookie"):
            for pair in _pairs(value):
                self._know(*pair)
        for value in request.values(b"authorization"):
            fresh = set(values_of(value.decode("latin-1"))) - self._values
            self._values |= fresh
            self._redactor = None if fresh else self._redactor

    def _known(self) -> Redactor:
        if (redactor := self._redactor) is None:
            redactor = self._redactor = Redactor(tuple(self._values), self._url)
        return redactor

    def _redacted(self, exchange: RecordedExchange) -> RecordedExchange:
        """Overwrite known values in URL, heads and bodies."""
        if redactor := self._known():
            exchange, outside, inside = redact_exchange(exchange, redactor, self._spool)
            self._count("value in a head or URL", outside)
            self._count("value in a body", inside)
        return exchange

    def _count(self, what: str, number: int) -> None:
        if number:
            self.redacted[what] += number

    def _without_lines(self, exchange: RecordedExchange) -> RecordedExchange:
        """Without the lines of the heads that are the user's own, and a typed password."""
        if self._everything:
            exchange = self._without_password(exchange)
        request, response = Head(exchange.request_head), Head(exchange.response_head)
        carries = self._carries(request)
        asked = [self._line(line) for line in request.lines[1:]]
        drop = self._everything or carries
        answered = [
            None if drop and field_name(line) == b"set-cookie" else line
            for line in response.lines[1:]
        ]
        if asked == list(request.lines[1:]) and None not in answered:
            return exchange
        self.redacted["set-cookie"] += answered.count(None)
        if not self.redacted["set-cookie"]:
            del self.redacted["set-cookie"]
        request = Head(join_head(request.start, [line for line in asked if line is not None]))
        if None in answered:
            response = Head(
                join_head(response.start, [line for line in answered if line is not None])
            )
        return replace(
            exchange,
            request_head=request.raw,
            request_headers=request.fields,
            response_head=response.raw,
            headers=response.fields,
        )

    def _without_password(self, exchange: RecordedExchange) -> RecordedExchange:
        """What is typed into a form of a login goes with the request's body."""
        body = exchange.request_body
        typed = _PASSWORD.search(body.read(_LOGIN_BODY))
        body.seek(0)
        if not typed:
            return exchange
        self.redacted["request body"] += 1
        body.close()
        return replace(exchange, request_body=io.BytesIO(), request_size=0)

    def _carries(self, request: Head) -> bool:
        return any(self._is_secret_line(line) for line in request.lines[1:])

    def _is_secret_line(self, line: bytes) -> bool:
        name, value = field_name(line), line.partition(b":")[2].strip()
        if name == b"cookie" and not self._everything:
            return any(pair in self._cookies for pair in _pairs(value)) or (
                (name, value) in self._lines
            )
        manual = self._everything and name in (b"cookie", b"authorization")
        return manual or (name, value) in self._lines

    def _line(self, line: bytes) -> bytes | None:
        """The line as it may be recorded; ``None`` for not at all."""
        if not self._is_secret_line(line):
            return line
        name = field_name(line)
        self.redacted[name.decode("latin-1")] += 1
        if name != b"cookie" or self._everything:
            return None
        label, _, value = line.partition(b":")
        kept = [pair for pair in _pairs(value) if pair not in self._cookies]
        if not kept or (name, value.strip()) in self._lines:
            return None
        return label + b": " + b"; ".join(n + b"=" + v for n, v in kept)


def _pairs(value: bytes) -> list[tuple[bytes, bytes]]:
    pairs = (one.partition(b"=") for one in value.split(b";") if one.strip())
    return [(name.strip(), rest.strip()) for name, _, rest in pairs]
