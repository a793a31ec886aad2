"""Compares what the hostile web answered with what the WARC files of a capture hold.

The files are read by another library than the one that wrote them.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType

from bench.hostile.server import Logged

_RENAMED = b"X-Archive-Orig-Transfer-Encoding:"


@dataclass(slots=True)
class Stored:
    """A response as stored; ``body`` is kept for truncated ones alone."""

    url: str
    head: bytes
    digest: str
    truncated: str
    body: bytes = b""
    size: int = 0
    request_head: bytes = b""
    request_body: bytes = b""


@dataclass(slots=True)
class Matched:
    """How log and WARC files agree: answers and exact ones by case, and each fault."""

    answers: Counter[str] = field(default_factory=Counter)
    exact: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    asked: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def stored(path: Path) -> Iterator[tuple[int, Stored]]:
    """The responses of a WARC file with their numbers in the log."""
    by_id: dict[str, Stored] = {}
    revisits: list[tuple[Stored, str]] = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, parse_http=False):
            if record.record_type not in (
                WarcRecordType.response, WarcRecordType.revisit, WarcRecordType.request,
            ):  # fmt: skip
                continue
            head, _, body = record.reader.read().partition(b"\r\n\r\n")
            fields = {name.lower(): value for name, value in record.headers.items()}
            if record.record_type == WarcRecordType.request:
                one = by_id[fields["warc-concurrent-to"]]
                one.request_head, one.request_body = head + b"\r\n\r\n", body
                continue
            cut = fields.get("warc-truncated", "")
            one = Stored(fields["warc-target-uri"], head + b"\r\n\r\n",
                         hashlib.sha1(body).hexdigest(), cut, body if cut else b"",
                         len(body))  # fmt: skip
            by_id[fields["warc-record-id"]] = one
            if record.record_type == WarcRecordType.revisit:
                revisits.append((one, fields["warc-refers-to"]))
    for one, source in revisits:
        one.digest = by_id[source].digest
    for one in by_id.values():
        line = next((n for n in one.head.split(b"\r\n") if n.startswith(b"X-Log-Id: ")), None)
        if line:
            yield int(line.partition(b": ")[2]), one


def match(log: Iterable[Logged], warcs: Iterable[Path]) -> Matched:
    """Match every answer of the log; a body that was cut must be a prefix of what was sent."""
    found: dict[int, Stored] = {}
    result = Matched()
    for path in warcs:
        for number, one in stored(path):
            if number in found:
                result.faults.append(f"{one.url}: stored twice")
            found[number] = one
    for entry in log:
        result.answers[entry.case] += 1
        result.asked[entry.case].add(entry.url.partition("?")[0].split("/", 3)[3])
        fault = _fault(entry, found.pop(entry.id, None))
        if fault:
            result.faults.append(f"{entry.case} #{entry.id} {entry.status} {entry.url}: {fault}")
        else:
            result.exact[entry.case] += 1
    result.faults += [f"{one.url}: stored, but never answered" for one in found.values()]
    return result


def _fault(entry: Logged, one: Stored | None) -> str:
    if one is None:
        return "lost"
    if one.url != entry.url.replace("wss:", "https:").replace("ws:", "http:"):
        return f"stored as {one.url}"
    if one.head.replace(_RENAMED, b"Transfer-Encoding:") != entry.head:
        return f"head differs: {one.head!r}"
    if one.request_head != entry.request_head:
        return f"request differs: {one.request_head!r} for {entry.request_head!r}"
    if one.request_body != entry.request_body:
        return "request body differs"
    if one.truncated:
        if not bytes(entry.body).startswith(one.body):
            return f"body cut off ({one.truncated}), and not the beginning of what was sent"
        return ""
    if one.digest != hashlib.sha1(entry.body).hexdigest():
        return f"body differs: {one.size} bytes for {len(entry.body)}"
    return "" if entry.whole else "recorded as whole, though it was cut off"
