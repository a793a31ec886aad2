"""The archive folder: ``targets/<id>/{data.warc.gz, capture.json, screenshot.png …}``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deckarchive import urls
from deckarchive.errors import ArchiveError, ManifestError
from deckarchive.model import CaptureRecord, Exchange, View
from deckarchive.warc import Warc, read_warc


@dataclass(slots=True)
class Archive:
    """An opened archive. ``records`` are in the order of their ids; ``notes`` say what of the
    folder could not be used; ``report`` is ``report.json``, empty when the run did not end.
    """

    path: Path
    records: Mapping[str, CaptureRecord]
    report: Mapping[str, Any]
    notes: list[str] = field(default_factory=list)
    _read: dict[str, Warc] = field(default_factory=dict, repr=False)

    def folder(self, id: str) -> Path:
        """The folder of one target."""
        return self.path / "targets" / id

    def warc_path(self, id: str) -> Path | None:
        """The WARC of one target, or ``None`` when it has none."""
        path = self.folder(id) / "data.warc.gz"
        return path if path.is_file() else None

    def warc(self, id: str) -> Warc:
        """The index of a target's WARC; empty, with a note, when it cannot be read."""
        if id not in self._read:
            path = self.warc_path(id)
            try:
                warc = read_warc(path) if path else Warc()
            except ArchiveError as error:
                warc = Warc(notes=[str(error)])
            self.notes += [note for note in warc.notes if note not in self.notes]
            self._read[id] = warc
        return self._read[id]

    def exchanges(self, id: str) -> list[Exchange]:
        """What was loaded for a target, in order; empty when nothing was recorded."""
        return self.warc(id).exchanges

    def lookup(self, url: str, *, id: str | None = None) -> Exchange | None:
        """The best recorded GET of ``url`` (without fragment): successful and whole first.

        Looks in target ``id``, or in all of them.
        """
        wanted = urls.split_fragment(url)[0]
        found = [
            exchange
            for target in ([id] if id else self.records)
            for exchange in self.exchanges(target)
            if exchange.url == wanted and exchange.method == "GET"
        ]
        return min(found, key=_rank, default=None)

    def screenshot(self, id: str, view: View | str = "") -> Path | None:
        """The picture of a view (or of a fragment, ``""`` the first), when there is one."""
        record = self.records.get(id)
        if record is None:
            return None
        if isinstance(view, str):
            matching = [v for v in record.views if v.fragment == view] or list(record.views[:1])
            if not matching:
                return None
            view = matching[0]
        if not view.screenshot or Path(view.screenshot).name != view.screenshot:
            return None
        path = self.folder(id) / view.screenshot
        return path if path.is_file() else None


def open_archive(path: Path) -> Archive:
    """Open an archive folder.

    A target whose ``capture.json`` is unreadable is left out with a note. Raises
    :class:`ArchiveError` when the folder is missing or holds no finished capture.
    """
    path = Path(path)
    if not path.exists():
        raise ArchiveError(f"no archive at {path}", hint="run deckarchive capture first")
    targets = path / "targets"
    if not targets.is_dir():
        raise ArchiveError(f"{path} is not an archive: it has no targets/ folder")
    notes: list[str] = []
    records: dict[str, CaptureRecord] = {}
    try:
        folders = sorted(f for f in targets.iterdir() if f.is_dir() and f.name[0] != ".")
    except OSError as error:
        raise ArchiveError(f"cannot read {targets}: {error.strerror or error}") from error
    for folder in folders:
        try:
            records[folder.name] = CaptureRecord.from_dict(_json(folder / "capture.json"))
        except (ManifestError, ArchiveError, ValueError, TypeError, AttributeError) as error:
            notes.append(f"targets/{folder.name} left out: {error}")
    if not records:
        detail = f" ({notes[0]})" if notes else ""
        raise ArchiveError(f"{path} holds no finished capture{detail}")
    return Archive(path, records, _report(path / "report.json", notes), notes)


def _report(path: Path, notes: list[str]) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        report = _json(path)
    except ArchiveError as error:
        notes.append(str(error))
        return {}
    return report if isinstance(report, dict) else {}


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ArchiveError(f"cannot read {path.name}: {reason}") from error


def _rank(exchange: Exchange) -> tuple[bool, bool, bool, int]:
    """Smaller is better: whole 200s, other successes, redirects, the longest of the rest."""
    good = 200 <= exchange.status < 300
    return (not good, exchange.status != 200, bool(exchange.truncated), -exchange.size)
