"""The archive in the forms of other tools: a CDXJ index, and a WACZ file.

CDXJ is the sorted index by which replay tools find records in WARC files; WACZ 1.1.1 is the whole
archive as one file for ReplayWeb.page, pywb and others.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bs4 import BeautifulSoup

from deckarchive import __version__, files, urls
from deckarchive.archive.folder import Archive
from deckarchive.model import DECK_CAPTURE_ID, CaptureRecord, Exchange
from deckarchive.warc import Entry
from deckarchive.web import encoding_of, to_text

_WWW = re.compile(r"^www\d*\.")


_VERSION: Final = "1.1.1"
_BLOCK: Final = 1024 * 1024
_LINES_A_BLOCK: Final = 1024
_PAGE_TYPES: Final = ("text/html", "application/xhtml+xml")
_READ_OF_A_PAGE: Final = 4 << 20
_TEXT_OF_A_PAGE: Final = 100_000


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


def write_wacz(archive: Archive, out: Path, *, title: str = "") -> Path:
    """Write ``out``, whole or not at all; returns it.

    WARCs are stored as they are under ``archive/<id>.warc.gz``. Raises :class:`OutputError`.
    """
    out = Path(out)
    with (
        files.replacing(out) as stream,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped,
    ):
        package = _Package(zipped)
        lines: list[str] = []
        for id in archive.records:
            if source := archive.warc_path(id):
                name = f"{id}.warc.gz"
                package.add_file(f"archive/{name}", source)
                lines += cdxj_lines(archive.warc(id).entries, name)
        compressed, secondary = _zipnum(sort_lines(lines))
        package.add("indexes/index.cdx.gz", compressed, stored=True)
        package.add("indexes/index.idx", secondary)
        package.add("pages/pages.jsonl", _pages(archive))
        package.finish(_description(archive, title))
    return out


class _Package:
    """Adds files to the zip and remembers them for ``datapackage.json``."""

    def __init__(self, zipped: zipfile.ZipFile) -> None:
        self._zipped = zipped
        self._resources: list[dict[str, Any]] = []

    def add(self, path: str, data: bytes, *, stored: bool = False) -> None:
        how = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        self._zipped.writestr(path, data, how)
        self._note(path, hashlib.sha256(data).hexdigest(), len(data))

    def add_file(self, path: str, source: Path) -> None:
        """Copy a file uncompressed, as readers fetch ranges of it; hash what was copied."""
        sha256, size = hashlib.sha256(), 0
        entry = zipfile.ZipInfo.from_file(source, path, strict_timestamps=False)
        with source.open("rb") as stream, self._zipped.open(entry, "w", force_zip64=True) as to:
            while block := stream.read(_BLOCK):
                sha256.update(block)
                size += len(block)
                to.write(block)
        self._note(path, sha256.hexdigest(), size)

    def finish(self, description: dict[str, Any]) -> None:
        """Write the two descriptions that close a WACZ."""
        package = {**description, "resources": self._resources}
        data = json.dumps(package, ensure_ascii=False, indent=2).encode()
        self._zipped.writestr("datapackage.json", data)
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
        self._zipped.writestr("datapackage-digest.json", json.dumps(digest, indent=2))

    def _note(self, path: str, sha256: str, size: int) -> None:
        name = path.rpartition("/")[2]
        resource = {"name": name, "path": path, "hash": f"sha256:{sha256}", "bytes": size}
        self._resources.append(resource)


def _zipnum(lines: list[str]) -> tuple[bytes, bytes]:
    """The index in gzip blocks, and the index of those blocks, as large archives need them."""
    blocks = bytearray()
    meta = {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
    secondary = [f"!meta 0 {json.dumps(meta)}"]
    for start in range(0, len(lines), _LINES_A_BLOCK):
        some = lines[start : start + _LINES_A_BLOCK]
        block = gzip.compress("".join(f"{line}\n" for line in some).encode(), mtime=0)
        place = {
            "offset": len(blocks),
            "length": len(block),
            "digest": f"sha256:{hashlib.sha256(block).hexdigest()}",
            "filename": "index.cdx.gz",
        }
        key = " ".join(some[0].split(" ")[:2])
        secondary.append(f"{key} {json.dumps(place)}")
        blocks += block
    return bytes(blocks), "".join(f"{line}\n" for line in secondary).encode()


def _description(archive: Archive, title: str) -> dict[str, Any]:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "profile": "data-package",
        "wacz_version": _VERSION,
        "title": title or archive.path.name,
        "created": now,
        "modified": now,
        "software": f"deckarchive {__version__}",
    }


def _pages(archive: Archive) -> bytes:
    """One page a captured view: what a reader lists to choose from, and searches in."""
    title = "Embedded in the deck"
    lines: list[dict[str, Any]] = [
        {"format": "json-pages-1.0", "id": "pages", "title": title, "hasText": True}
    ]
    for id, record in archive.records.items():
        if id != DECK_CAPTURE_ID and (exchanges := archive.exchanges(id)):
            lines += _views(record, _page_text(record, exchanges))
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def _page_text(record: CaptureRecord, exchanges: Sequence[Exchange]) -> str:
    """The words of the document as it was sent, without its scripts and styles; bounded."""
    address = (record.final_url or record.url).partition("#")[0]
    for exchange in exchanges:
        if exchange.url == address and exchange.status == 200 and exchange.mime in _PAGE_TYPES:
            with exchange.open_body() as body:
                data = body.read(_READ_OF_A_PAGE)
            header = exchange.header("content-type")
            guessed = record.charsets.get(exchange.url, "")
            encoding = encoding_of(data, header, exchange.mime, fallback=guessed)
            page = BeautifulSoup(to_text(data, encoding), "html.parser")
            return page.get_text(" ", strip=True)[:_TEXT_OF_A_PAGE]
    return ""


def _views(record: CaptureRecord, text: str) -> Iterator[dict[str, Any]]:
    address = record.final_url or record.url
    for fragment in dict.fromkeys(view.fragment for view in record.views) or [""]:
        url = f"{address.partition('#')[0]}#{fragment}" if fragment else address
        page = {"id": uuid.uuid5(uuid.NAMESPACE_URL, f"{record.id} {url}").hex, "url": url}
        if record.started:
            page["ts"] = record.started
        if text:
            page["text"] = text
        yield {**page, "title": record.title or url}
