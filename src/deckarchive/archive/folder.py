"""The archive folder: ``targets/<id>/{data.warc.gz, capture.json, screenshot.png …}``.

Everything in it is compared with what the capture wrote down; what differs is a :class:`Damage`.
"""

from __future__ import annotations

import hashlib
import os
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from deckarchive import files, urls
from deckarchive.errors import ArchiveError, ManifestError
from deckarchive.model import CaptureRecord, DeckInfo, Exchange, Manifest, View, is_target_id
from deckarchive.warc import Warc, read_warc, screenshot_uri

_WARC: Final = "data.warc.gz"
_RECORD: Final = "capture.json"
_MANIFEST: Final = "manifest.json"
_MOST_PICTURE: Final = 64 << 20


_MOST_LINES: Final = 20


@dataclass(slots=True)
class Archive:
    """An opened archive. ``records`` are in the order of their ids; ``notes`` say what of the
    folder could not be used; ``report`` is ``report.json``, empty when it cannot be read.
    ``manifest`` is the one that was captured, with what the deck's scripts added; ``None`` where
    it was not kept (older archives) or cannot be trusted.

    ``damage`` is what is not as it was captured, as far as that has been read: see
    :meth:`examine`.
    """

    path: Path
    records: Mapping[str, CaptureRecord]
    report: Mapping[str, Any]
    manifest: Manifest | None = None
    notes: list[str] = field(default_factory=list)
    damage: list[Damage] = field(default_factory=list)
    _read: dict[str, Warc] = field(default_factory=dict, repr=False)
    _pictures: dict[tuple[str, str], Path | bytes | None] = field(default_factory=dict, repr=False)

    @property
    def deck(self) -> DeckInfo | None:
        """The deck that it was captured for, where the report says it."""
        try:
            return DeckInfo.from_dict(self.report.get("deck"))
        except ManifestError:
            return None

    def folder(self, id: str) -> Path:
        """The folder of one target."""
        return self.path / "targets" / id

    def warc_path(self, id: str) -> Path | None:
        """The WARC of one target, or ``None`` when it has none."""
        return _inside(self.folder(id), _WARC)

    def warc(self, id: str) -> Warc:
        """The index of a target's WARC; empty when it cannot be read. What is wrong with it is
        among ``notes`` and ``damage``."""
        if id not in self._read:
            path = self.warc_path(id)
            try:
                warc = read_warc(path) if path else Warc()
            except ArchiveError as error:
                warc = Warc()
                self._hurt(Damage(target=id, reason=str(error)))
            lost = {f"{path.name}: {loss}" for loss in warc.losses} if path else set()
            self.notes += [n for n in warc.notes if n not in self.notes and n not in lost]
            for loss in warc.losses:
                self._hurt(Damage(target=id, url=loss.url, reason=str(loss), gap=loss.shown))
            if record := self.records.get(id):
                self._count(id, record, path, warc)
            self._read[id] = warc
        return self._read[id]

    def _count(self, id: str, record: CaptureRecord, path: Path | None, warc: Warc) -> None:
        """Compare a WARC with what the record says of it: its size, and how many answers."""
        if path is None:
            if record.requests or _WARC in record.files:
                self._hurt(Damage(target=id, reason=f"{_WARC} is missing"))
            return
        answers = sum(e.kind in ("response", "revisit") for e in warc.entries)
        answers += sum(loss.kind in ("response", "revisit") for loss in warc.losses)
        if answers < record.requests:
            missing = f"{record.requests - answers} of {record.requests} answers are missing"
            self._hurt(Damage(target=id, reason=f"{_WARC}: {missing}"))
        elif not warc.losses and warc.entries:
            size, wanted = path.stat().st_size, record.files.get(_WARC, {}).get("size")
            if wanted is not None and size != wanted:
                reason = f"{_WARC} has {size} bytes, {wanted} were written"
                self._hurt(Damage(target=id, reason=reason, gap=size < wanted))

    def _hurt(self, damage: Damage) -> None:
        if damage not in self.damage:
            self.damage.append(damage)

    def examine(self) -> None:
        """Read everything, so that ``damage`` is all of it."""
        for id, record in self.records.items():
            self.warc(id)
            for view in record.views:
                self.screenshot(id, view)

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

    def screenshot(self, id: str, view: View | str = "") -> Path | bytes | None:
        """The picture of a view (or of a fragment, ``""`` the first), when there is one.

        Where the file is not as it was written, the bytes of the same picture in the WARC.
        """
        record = self.records.get(id)
        if record is None:
            return None
        if isinstance(view, str):
            matching = [v for v in record.views if v.fragment == view] or list(record.views[:1])
            if not matching:
                return None
            view = matching[0]
        if not view.screenshot:
            return None
        if (id, view.screenshot) not in self._pictures:
            self._pictures[id, view.screenshot] = self._picture(record, view, view.screenshot)
        return self._pictures[id, view.screenshot]

    def _picture(self, record: CaptureRecord, view: View, name: str) -> Path | bytes | None:
        path = _inside(self.folder(record.id), name)
        wanted = record.files.get(name, {}).get("sha256")
        try:
            if path and (wanted is None or files.sha256_of(path) == wanted):
                return path
        except OSError:
            path = None
        uri = screenshot_uri(record.url, view.fragment)
        for entry in self.warc(record.id).entries:
            if entry.kind == "resource" and entry.uri == uri and entry.size <= _MOST_PICTURE:
                with entry.open_payload() as stream:
                    data = stream.read()
                if wanted is None or hashlib.sha256(data).hexdigest() == wanted:
                    reason = f"{name} is damaged: the same picture in {_WARC} is used"
                    self._hurt(Damage(target=record.id, reason=reason, gap=False))
                    return data
        self._hurt(Damage(target=record.id, reason=f"{name} is {'damaged' if path else 'missing'}"))
        return None


def open_archive(path: Path) -> Archive:
    """Open an archive folder.

    A target whose ``capture.json`` is unreadable is left out with a note; one that is not as it
    was written is taken from the report, where that has the same. Raises :class:`ArchiveError`
    when the folder is missing or holds no finished capture.
    """
    path = Path(path)
    if not path.exists():
        raise ArchiveError(f"no archive at {path}", hint="run deckarchive capture first")
    targets = path / "targets"
    if not targets.is_dir():
        raise ArchiveError(f"{path} is not an archive: it has no targets/ folder")
    if targets.is_symlink():
        raise ArchiveError(f"{targets} is a link: an archive is one folder")
    archive = Archive(path, {}, {})
    report = archive.report = _report(path / "report.json", archive.notes)
    archive.manifest = _manifest(path / _MANIFEST, report, archive)
    records: dict[str, CaptureRecord] = {}
    archive.records = records
    try:
        folders = sorted(f for f in targets.iterdir() if f.is_dir() and f.name[0] != ".")
    except OSError as error:
        raise ArchiveError(f"cannot read {targets}: {error.strerror or error}") from error
    for folder in folders:
        try:
            record, repaired = _record(folder, report)
        except (ManifestError, ArchiveError) as error:
            archive.notes.append(f"targets/{folder.name} left out: {error}")
            if is_target_id(folder.name):
                archive.damage.append(Damage(target=folder.name, reason=str(error)))
            continue
        records[folder.name] = record
        if repaired:
            archive.damage.append(Damage(target=record.id, reason=repaired, gap=False))
    if not records:
        detail = f" ({archive.notes[0]})" if archive.notes else ""
        raise ArchiveError(f"{path} holds no finished capture{detail}")
    return archive


def _record(folder: Path, report: Mapping[str, Any]) -> tuple[CaptureRecord, str]:
    """The record of a target's folder, and how it had to be repaired (``""``: it is as written)."""
    if folder.is_symlink():
        raise ArchiveError("it is a link")
    if not is_target_id(folder.name):
        raise ArchiveError("its name is no target's id")
    path = _inside(folder, _RECORD)
    if path is None and (folder / _RECORD).is_symlink():
        raise ArchiveError(f"{_RECORD} leads out of its folder")
    wanted = report.get("sums", {}).get(folder.name)
    repaired = ""
    try:
        if path is None:
            raise ArchiveError(f"{_RECORD} is missing")
        if wanted and files.sha256_of(path) != wanted and not _is_copied(path, report):
            raise ArchiveError(f"{_RECORD} is not as it was written")
        data = _json(path)
    except (ArchiveError, OSError) as error:
        data = _copy(folder.name, report, wanted)
        if data is None:
            raise ArchiveError(str(error)) from error
        repaired = f"{_RECORD} is damaged: the same in report.json is used"
    record = CaptureRecord.from_dict(data)
    if record.id != folder.name:
        raise ArchiveError(f"its {_RECORD} is that of {record.id}")
    return record, repaired


def _copy(name: str, report: Mapping[str, Any], wanted: str | None) -> Any:
    """What ``capture.json`` held, out of the report, if that is certain."""
    data = _listed(name, report)
    known = hashlib.sha256(files.json_bytes(data)).hexdigest()
    return data if wanted and known == wanted else None


def _is_copied(path: Path, report: Mapping[str, Any]) -> bool:
    """Whether the report has the same record: then its sum of it is what is damaged."""
    data = _listed(path.parent.name, report)
    return data is not None and files.read_regular(path) == files.json_bytes(data)


def _listed(name: str, report: Mapping[str, Any]) -> Any:
    """A target's record as the report has it, or ``None``."""
    named = (data for data in report.get("targets", ()) if isinstance(data, dict))
    return next((data for data in named if data.get("id") == name), None)


def _inside(folder: Path, name: str) -> Path | None:
    """A file in a target's folder; ``None`` where there is none or it leads elsewhere."""
    path = folder / name
    try:
        stays = path.resolve().parent == folder.resolve()
        return path if stays and path.is_file() else None
    except (OSError, RuntimeError, ValueError):
        return None


def _report(path: Path, notes: list[str]) -> dict[str, Any]:
    """``report.json``; of a wrong type no part is kept."""
    if not path.exists():
        return {}
    try:
        report = _json(path)
    except ArchiveError as error:
        notes.append(f"{error}: what it sums up cannot be compared")
        return {}
    kinds = {"sums": dict, "slides": dict, "targets": list}
    if not isinstance(report, dict):
        notes.append(f"{path.name} is not what deckarchive writes")
        return {}
    wrong = [name for name, kind in kinds.items() if not isinstance(report.get(name, kind()), kind)]
    notes += [f"{path.name}: {name} is not what deckarchive writes" for name in wrong]
    return {name: value for name, value in report.items() if name not in wrong}


def _manifest(path: Path, report: Mapping[str, Any], archive: Archive) -> Manifest | None:
    """The manifest that was captured; one that is not as it was written is a note and is none."""
    known = report.get("manifest")
    if not os.path.lexists(path):
        if known:
            archive.damage.append(Damage(target=_MANIFEST, reason="it is missing", gap=False))
        return None
    try:
        if path.is_symlink():
            raise ArchiveError(f"{_MANIFEST} is a link")
        if known and files.sha256_of(path) != known:
            raise ArchiveError("it is not as it was written")
        return Manifest.from_dict(_json(path))
    except (ArchiveError, ManifestError, OSError) as error:
        archive.damage.append(Damage(target=_MANIFEST, reason=str(error), gap=False))
        return None


def _json(path: Path) -> Any:
    try:
        return files.read_json(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ArchiveError(f"cannot read {path.name}: {reason}") from error


def _rank(exchange: Exchange) -> tuple[bool, bool, bool, int]:
    """Smaller is better: whole 200s, other successes, redirects, the longest of the rest."""
    good = 200 <= exchange.status < 300
    return (not good, exchange.status != 200, bool(exchange.truncated), -exchange.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One damaged part of a target. ``gap``: an audience may miss it; otherwise it was repaired,
    or is a part that nothing shows."""

    target: str
    reason: str
    url: str = ""
    gap: bool = True


def slides_of(report: Mapping[str, Any]) -> dict[str, list[tuple[int, int]]]:
    """The slides that show each target, as far as an archive's report says it."""
    found: dict[str, list[tuple[int, int]]] = {}
    for name, places in report.get("slides", {}).items():
        for place in places if isinstance(places, list) else ():
            match place:
                case [int(h), int(v)]:
                    found.setdefault(name, []).append((h, v))
    return found


def damage_lines(
    damage: Sequence[Damage],
    slides: Mapping[str, Iterable[tuple[int, int]]],
    *,
    archive: str,
    deck: str,
) -> list[str]:
    """A line for each damaged part, then the command that captures those targets again."""
    lines = []
    for one in damage[:_MOST_LINES]:
        at = ", ".join(f"{h}/{v}" for h, v in list(slides.get(one.target, ()))[:5])
        where = f"{one.target} (slide {at})" if at else one.target
        word = "damaged" if one.gap else "note"
        lines.append(f"  {word}: {where}: {one.reason}")
    if len(damage) > _MOST_LINES:
        lines.append(f"  damaged: {len(damage) - _MOST_LINES} more")
    again = dict.fromkeys(one.target for one in damage if one.gap)
    if again:
        words = ["deckarchive", "capture", deck or "DECK", "--output", archive, "--refresh"]
        words += [word for name in again for word in ("--only", name)]
        lines.append(f"  to capture that again: {shlex.join(words)}")
    return lines
