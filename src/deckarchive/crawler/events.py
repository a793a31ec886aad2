"""What the capture tells while it runs."""

from __future__ import annotations

from dataclasses import dataclass

from deckarchive.model import CaptureRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureStarted:
    """``total`` targets are to be captured; ``finished`` were, in an earlier run."""

    total: int
    finished: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetStarted:
    """A worker turned to this target."""

    id: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFinished:
    """A target's folder is on disk. ``done`` of ``total`` are."""

    record: CaptureRecord
    done: int
    total: int


CaptureEvent = CaptureStarted | TargetStarted | TargetFinished
