"""The archive folder while it is being written: whose it is, what is whole, what is left over."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from deckarchive import files
from deckarchive.errors import DeckarchiveError, OutputError
from deckarchive.model import CaptureRecord

TARGETS = "targets"
REPORT = "report.json"
_LOCK = ".lock"
_OURS = frozenset({TARGETS, REPORT, _LOCK, "README.md"})


@contextmanager
def claimed(out: Path) -> Iterator[Path]:
    """Hold an archive folder for this run; yields its ``targets`` folder.

    Raises :class:`OutputError` when it cannot be written, holds something else, or another run
    is writing to it. What a killed run left half-filled is removed.
    """
    try:
        foreign = [p.name for p in out.iterdir() if p.name not in _OURS] if out.exists() else []
        if foreign and not (out / TARGETS).is_dir():
            raise OutputError(
                f"{out} is not an archive: it holds {foreign[0]}", hint="choose another folder"
            )
        targets = out / TARGETS
        targets.mkdir(parents=True, exist_ok=True)
        with (out / _LOCK).open("a+b") as lock:
            _lock(lock, out)
            for leftover in targets.glob(".*"):
                shutil.rmtree(leftover, ignore_errors=True)
            try:
                yield targets
            finally:
                with suppress(OSError):
                    (out / _LOCK).unlink()
    except OSError as error:
        raise OutputError(f"cannot write {out}: {error.strerror or error}") from error


def _lock(stream: Any, out: Path) -> None:
    """Refuse a second run on one folder; the system lets go when the process ends."""
    try:
        import fcntl
    except ImportError:  # Windows: two runs on one folder are the user's care there
        return
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise OutputError(f"another capture is writing to {out}", hint="wait for it") from error


def finished(targets: Path, target_id: str) -> CaptureRecord | None:
    """The record of a target whose folder is whole, if there is one that can be read."""
    try:
        return CaptureRecord.from_dict(files.read_json(targets / target_id / "capture.json"))
    except (OSError, ValueError, DeckarchiveError):
        return None
