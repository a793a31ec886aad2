"""Heads of HTTP/1 messages, read as leniently as browsers do and kept byte for byte. Pure.

A field with a space before its colon, a folded value, a line with no colon or a bare LF is
what real servers send; none of it is refused or repaired here, only read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from deckarchive.model import RawHeaders

_STATUS = re.compile(rb"HTTP/(\d)\.?(\d?)\s+(\d{3})(?:[ \t]([^\r\n]*))?", re.IGNORECASE)
_SHOUTCAST = re.compile(rb"(ICY)\s+(\d{3})(?:[ \t]([^\r\n]*))?")
_JUNK_BEFORE_STATUS = 4


@dataclass(frozen=True)
class Head:
    """``raw`` is the whole head with its empty line; see :func:`parse_head`."""

    raw: bytes

    @cached_property
    def lines(self) -> tuple[bytes, ...]:
        """The start line, then one entry a field: with its folds, without its line end."""
        lines: list[bytes] = []
        for piece in self.raw.rstrip(b"\r\n").split(b"\n"):
            if len(lines) > 1 and piece[:1] in (b" ", b"\t"):
                lines[-1] += b"\r\n" + piece.rstrip(b"\r")
            else:
                lines.append(piece.rstrip(b"\r"))
        return tuple(lines)

    @property
    def start(self) -> bytes:
        """The request line or status line."""
        return self.lines[0]

    @cached_property
    def fields(self) -> RawHeaders:
        """``(name, value)`` in order, stripped and unfolded; lines with no colon are left out."""
        pairs = (line.partition(b":") for line in self.lines[1:])
        return tuple((n.strip(), _unfold(v)) for n, colon, v in pairs if colon and n.strip())

    def values(self, name: bytes) -> list[bytes]:
        """All values of a field, by lower-case name, in order."""
        return [value for key, value in self.fields if key.lower() == name]

    def value(self, name: bytes) -> bytes:
        """All values of a field joined by a comma (RFC 9110, section 5.3); ``b""`` if none."""
        return b", ".join(self.values(name))

    def tokens(self, name: bytes) -> list[bytes]:
        """The comma-separated members of a field, lower case."""
        return [t.strip().lower() for t in self.value(name).split(b",") if t.strip()]

    @cached_property
    def status(self) -> tuple[str, int, str]:
        """``(version, code, reason)`` of a status line, such as ``("HTTP/1.1", 200, "OK")``.

        Raises :class:`ValueError` when the start line is no status line.
        """
        position = self.start[: _JUNK_BEFORE_STATUS + 5].upper().find(b"HTTP/")
        if found := _STATUS.match(self.start, max(position, 0)):
            major, minor, code, reason = found.groups()
            version = f"HTTP/{major.decode()}.{(minor or b'0').decode()}"
        elif found := _SHOUTCAST.match(self.start):
            _, code, reason = found.groups()
            version = "HTTP/1.0"
        else:
            raise ValueError("not an HTTP status line")
        return version, int(code), (reason or b"").decode("latin-1").strip()

    def renamed(self, name: bytes, new: bytes) -> bytes:
        """``raw`` with fields of that (lower-case) name renamed, every other byte as it was."""
        pattern = rb"(?im)(?<=\n)" + re.escape(name) + rb"(?=[ \t]*:)"
        return re.sub(pattern, lambda _: new, self.raw)


def parse_head(raw: bytes) -> Head:
    """Read a head: start line and fields up to and with the empty line."""
    return Head(raw)


def join_head(start: bytes, lines: list[bytes]) -> bytes:
    """Put a head together from a start line and field lines without line ends."""
    return b"\r\n".join([start, *lines, b"", b""])


def field_name(line: bytes) -> bytes:
    """The lower-case name of a field line; ``b""`` when it has no colon."""
    name, colon, _ = line.partition(b":")
    return name.strip().lower() if colon else b""


def _unfold(value: bytes) -> bytes:
    return re.sub(rb"[ \t]*\r?\n[ \t]+", b" ", value).strip(b" \t\r\n")
