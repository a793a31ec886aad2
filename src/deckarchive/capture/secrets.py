"""What the user's own login brings stays out of the archive, and what was left out is counted.

Left out are the headers that the user gave and that look like a key, the cookies of the user's
own jar, and what sites set in answer to either; of a login by hand every cookie, and what was
typed into its form. Everything else is recorded byte for byte.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from deckarchive.heads import Head, field_name, join_head
from deckarchive.model import RecordedExchange

_SECRET: Final = re.compile(r"auth|cookie|token|key|secret|session|passw|credential", re.I)
_PASSWORD: Final = re.compile(rb"passw|passcode|pwd|otp|[\"&?]pin[\"=]", re.I)
_LOGIN_BODY: Final = 64 * 1024


def is_secret(name: str) -> bool:
    """Whether a header of that name carries a login."""
    return _SECRET.search(name) is not None


class Secrets:
    """What is secret while one target is captured. ``everything`` takes every cookie for the
    user's own: a login by hand can set any."""

    def __init__(
        self,
        headers: Mapping[str, str],
        cookies: Iterable[tuple[str, str]],
        *,
        keep: bool = False,
        everything: bool = False,
    ) -> None:
        self._lines = {
            (name.lower().encode("latin-1"), value.strip().encode("latin-1", "replace"))
            for name, value in headers.items()
            if is_secret(name)
        }
        self._cookies = {(n.encode(), v.encode()) for n, v in cookies}
        self._keep, self._everything = keep, everything
        self.left_out: Counter[str] = Counter()
        """How many header lines were left out, by name."""

    def answered(self, request: Head, response: Head) -> None:
        """Learn from an answer as soon as it comes: what a login sets is as secret as it."""
        if not self._keep and self._carries(request):
            for value in response.values(b"set-cookie"):
                name, _, rest = value.partition(b"=")
                self._cookies.add((name.strip(), rest.partition(b";")[0].strip()))

    def public(self, exchange: RecordedExchange) -> RecordedExchange:
        """The exchange as it may be recorded."""
        if self._keep or not (self._lines or self._cookies or self._everything):
            return exchange
        if self._everything:
            exchange = self._without_password(exchange)
        request, response = Head(exchange.request_head), Head(exchange.response_head)
        carries = self._carries(request)
        asked = [self._line(line) for line in request.lines[1:]]
        drop = self._everything or carries
        told = [
            None if drop and field_name(line) == b"set-cookie" else line
            for line in response.lines[1:]
        ]
        if asked == list(request.lines[1:]) and None not in told:
            return exchange
        self.left_out["set-cookie"] += told.count(None)
        if not self.left_out["set-cookie"]:
            del self.left_out["set-cookie"]
        request = Head(join_head(request.start, [line for line in asked if line is not None]))
        if None in told:
            response = Head(join_head(response.start, [line for line in told if line is not None]))
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
        self.left_out["request body"] += 1
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
        by_hand = self._everything and name in (b"cookie", b"authorization")
        return by_hand or (name, value) in self._lines

    def _line(self, line: bytes) -> bytes | None:
        """The line as it may be recorded; ``None`` for not at all."""
        if not self._is_secret_line(line):
            return line
        name = field_name(line)
        self.left_out[name.decode("latin-1")] += 1
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
