"""The archive folder while it is being written: whose it is, what is whole, what is left over."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from deckarchive import files
from deckarchive.errors import DeckarchiveError, OutputError
from deckarchive.model import DECK_CAPTURE_ID, CaptureRecord, DeckInfo, Json, Kind, Manifest

TARGETS: Final = "targets"
REPORT: Final = "report.json"
MANIFEST: Final = "manifest.json"
RECORD: Final = "capture.json"
_LOCK = ".lock"
_OURS = frozenset({TARGETS, REPORT, MANIFEST, _LOCK, "README.md"})
_PARTS = re.compile(r"capture\.json|data\.warc\.gz|screenshot(-\d+)?\.png")
_ELSEWHERE = "name another folder with --output"


@contextmanager
def claimed(out: Path, deck: DeckInfo, pages: Collection[str]) -> Iterator[Path]:
    """Hold an archive folder for this run; yields its ``targets`` folder.

    ``pages`` are the ids of what the deck shows: a deck that was moved and edited is known by
    them. Raises :class:`OutputError` when the folder cannot be written, holds something else or
    another deck's captures, or another run is writing to it. What a killed run left half-filled
    is removed.
    """
    try:
        targets = out / TARGETS
        if targets.is_symlink():
            raise OutputError(f"{targets} is a link", hint=_ELSEWHERE)
        foreign = [p.name for p in out.iterdir() if p.name not in _OURS] if out.exists() else []
        if foreign and not targets.is_dir():
            raise OutputError(
                f"{out} is not an archive: it holds {foreign[0]}", hint="choose another folder"
            )
        _require_owner(out, deck, pages)
        targets.mkdir(parents=True, exist_ok=True)
        with (out / _LOCK).open("a+b") as lock:
            _lock(lock, out)
            files.clear_leftovers(targets)
            try:
                yield targets
            finally:
                with suppress(OSError):
                    (out / _LOCK).unlink()
    except OSError as error:
        raise OutputError(f"cannot write {out}: {error.strerror or error}") from error


def _lock(stream: Any, out: Path) -> None:
    """Refuse a second run on one folder; the system releases it when the process ends."""
    try:
        import fcntl
    except ImportError:  # Windows: two runs on one folder are the user's care there
        return
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise OutputError(f"another capture is writing to {out}", hint="wait for it") from error


def _require_owner(out: Path, deck: DeckInfo, pages: Collection[str]) -> None:
    """Refuse what another deck captured: one of another path, with other bytes, most of whose
    pages this deck does not show. Where the owner is not known, one page in common is enough.

    Scripts, style sheets and pictures say nothing of it: another reveal.js has other ones."""
    owner = _owner(out / REPORT) or _owner(out / MANIFEST)
    if owner is not None and (_same_file(owner, deck, out) or owner.sha256 == deck.sha256 != ""):
        return
    held = [folder.name for folder in (out / TARGETS).glob("[!.]*") if is_target_folder(folder)]
    shown = [name for name in held if name in pages]
    others = [name for name in held if name not in pages and name != DECK_CAPTURE_ID]
    others = [name for name in others if _shows_whose(out / TARGETS / name)]
    if owner is None and not held:
        return
    if shown and (owner is None or len(shown) >= len(others)):
        return
    whose = owner.path if owner else "another deck"
    raise OutputError(f"{out} belongs to {whose}, not to {deck.path}", hint=_ELSEWHERE)


def _shows_whose(folder: Path) -> bool:
    """Whether a target's folder tells one deck from another: that of a page or of timed media."""
    try:
        kind = Kind(files.read_json(folder / RECORD)["kind"])
    except (OSError, ValueError, LookupError, TypeError):
        return True
    return kind.is_page or kind.is_media


def _owner(path: Path) -> DeckInfo | None:
    """The deck that an archive's report or manifest names, if it can be read."""
    try:
        data = files.read_json(path)
        return DeckInfo.from_dict(data["deck"])
    except (OSError, ValueError, LookupError, TypeError, DeckarchiveError):
        return None


def _same_file(owner: DeckInfo, deck: DeckInfo, out: Path) -> bool:
    """Whether both name one file, from here or from where ``archives/NAME`` stands."""
    mine = Path(deck.path).resolve()
    return any(
        (base / owner.path).resolve() == mine for base in (Path.cwd(), out.resolve().parent.parent)
    )


def is_target_folder(folder: Path) -> bool:
    """Whether a folder holds what a capture writes for a target, and nothing else."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    entries = list(folder.iterdir())
    names = {entry.name for entry in entries}
    plain = all(entry.is_file() and not entry.is_symlink() for entry in entries)
    known = names & {RECORD, "data.warc.gz"}
    return plain and bool(known) and all(_PARTS.fullmatch(name) for name in names)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the report of the run before knows: each record as JSON, and the SHA-256 of the file
    that it stands in, by id."""

    records: Mapping[str, Json] = field(default_factory=dict)
    sums: Mapping[str, str] = field(default_factory=dict)


def read_earlier(out: Path) -> Earlier:
    """What ``report.json`` of an archive knows; nothing where it cannot be read."""
    try:
        data = files.read_json(out / REPORT)
        records = {record["id"]: record for record in data["targets"]}
        return Earlier(records, {str(k): str(v) for k, v in data.get("sums", {}).items()})
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return Earlier()


def finished(targets: Path, target_id: str, earlier: Earlier = Earlier()) -> CaptureRecord | None:
    """The record of a target whose folder is whole, if there is one that can be read.

    One that is not as it was written is restored from the report where that has the same.
    """
    folder = targets / target_id
    try:
        if not is_target_folder(folder):
            return None
        _restore(folder / RECORD, earlier.records.get(target_id), earlier.sums.get(target_id))
        record = CaptureRecord.from_dict(files.read_json(folder / RECORD))
        return record if record.id == target_id else None
    except (OSError, ValueError, DeckarchiveError):
        return None


def _restore(path: Path, known: Json | None, wanted: str | None) -> None:
    """Write a record again where its file has changed; ValueError where nobody has it whole."""
    if not wanted or (path.is_file() and files.sha256_of(path) == wanted):
        return
    data = files.json_bytes(known)
    if hashlib.sha256(data).hexdigest() != wanted:
        raise ValueError("not what was written")
    files.write_bytes(path, data)


def keep_manifest(out: Path, manifest: Manifest) -> str:
    """Keep the manifest that is in force in the archive; the SHA-256 of the file.

    Raises :class:`OutputError` when it cannot be written.
    """
    data = files.json_bytes(manifest.to_dict())
    files.write_bytes(out / MANIFEST, data)
    return hashlib.sha256(data).hexdigest()


def inventory(folder: Path) -> dict[str, Json]:
    """Size and SHA-256 of each file in a target's folder, by name."""
    return {
        path.name: {"size": path.stat().st_size, "sha256": files.sha256_of(path)}
        for path in sorted(folder.iterdir())
        if path.name != RECORD and path.is_file()
    }


def sums(targets: Path, ids: Collection[str], known: Mapping[str, str]) -> dict[str, str]:
    """The SHA-256 of each target's ``capture.json``, by id: what is ``known``, else of the file."""
    found = {name: one for name, one in known.items() if (targets / name).is_dir()}
    for name in ids:
        with suppress(OSError):
            found[name] = known.get(name) or files.sha256_of(targets / name / RECORD)
    return found
