"""CDXJ: the sorted index by which replay tools find records in WARC files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from deckarchive import files, urls
from deckarchive.archive.folder import Archive
from deckarchive.warc import Entry

_WWW = re.compile(r"^www\d*\.")


def urlkey(url: str) -> str:
    """The sort-friendly form of a URL: ``com,example)/path?a=1&b=2``, as replay tools make it.

    Host reversed and without ``www.``, lower case throughout, default port and fragment gone,
    query parameters sorted, no slash at the end of a path.
    """
    try:
        parsed = urls.parse(url)
    except ValueError:
        return url.lower()
    if parsed.protocol not in ("http:", "https:"):
        return url.lower()
    host = _WWW.sub("", parsed.hostname.lower())
    key = host if host.startswith("[") else ",".join(reversed(host.split(".")))
    port = f":{parsed.port}" if parsed.port else ""
    path = re.sub("/+", "/", parsed.pathname.lower())
    path = path.rstrip("/") or "/"
    query = parsed.search[1:].lower()
    query = "&".join(sorted(query.split("&"))) if query else ""
    return f"{key}{port}){path}{'?' + query if query else ''}"


def cdxj_lines(entries: Iterable[Entry], filename: str) -> list[str]:
    """One line for each response, revisit and picture; unsorted. ``filename`` names the WARC."""
    return [_line(e, filename) for e in entries if _indexed(e)]


def write_cdxj(archive: Archive, out: Path) -> int:
    """Write the sorted index of a whole archive; returns its number of lines.

    File names are relative to the archive's folder (``targets/<id>/data.warc.gz``).
    """
    lines = [
        line
        for id in archive.records
        for line in cdxj_lines(archive.warc(id).entries, f"targets/{id}/data.warc.gz")
    ]
    files.write_text(Path(out), "".join(f"{line}\n" for line in sort_lines(lines)))
    return len(lines)


def sort_lines(lines: Iterable[str]) -> list[str]:
    """Sorted by bytes, as binary searches expect."""
    return sorted(lines, key=str.encode)


def _indexed(entry: Entry) -> bool:
    if not entry.uri:
        return False
    if entry.kind == "resource":
        return True
    return entry.kind in ("response", "revisit") and entry.head is not None


def _line(entry: Entry, filename: str) -> str:
    stamp = re.sub(r"\D", "", entry.date)[:14]
    fields = {"url": entry.uri, "mime": _mime(entry)}
    if entry.head is not None:
        try:
            fields["status"] = str(entry.head.status[1])
        except ValueError:
            fields["status"] = "-"
    else:
        fields["status"] = "200"
    fields["digest"] = entry.digest
    fields |= {"length": str(entry.length), "offset": str(entry.offset), "filename": filename}
    return f"{urlkey(entry.uri)} {stamp} {json.dumps(fields, ensure_ascii=False)}"


def _mime(entry: Entry) -> str:
    if entry.kind == "revisit":
        return "warc/revisit"
    if entry.head is None:
        return entry.fields.get("content-type", "")
    value = entry.head.value(b"content-type").partition(b";")[0]
    return value.strip().lower().decode("latin-1") or "unk"
