"""What a run says: events while it captures, and its report, ``report.json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deckarchive.model import CaptureRecord, DeckInfo, Json, Kind, Manifest, Slide, State

KEPT: Final = "the earlier capture is kept: this time "
"""How the reason of a target begins to say that this run captured it worse."""
_LONG: Final = 8.0
"""Seconds from which a wait is named."""
_MOST_WAITS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureStarted:
    """``total`` targets are to be captured; ``finished`` were, in an earlier run."""

    total: int
    finished: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetStarted:
    """The capture of this target begins."""

    id: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFinished:
    """A target's folder is on disk. ``done`` of ``total`` are."""

    record: CaptureRecord
    done: int
    total: int


CaptureEvent = CaptureStarted | TargetStarted | TargetFinished


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureReport:
    """How every target stands after a run, those of earlier runs included.

    ``captured_now`` are the ids of this run; ``seconds`` is its wall time. ``interrupted`` says
    that it was stopped: the same command resumes it. ``made`` counts the targets that the
    deck's scripts made; ``gaps`` are the ids of what failed and the audience would see. ``sums``
    is the SHA-256 of each target's ``capture.json``, ``manifest`` that of the archive's
    ``manifest.json``, ``slides`` where each target is shown.
    """

    deck: DeckInfo
    records: tuple[CaptureRecord, ...]
    captured_now: tuple[str, ...] = ()
    started: str = ""
    seconds: float = 0.0
    interrupted: bool = False
    software: str = ""
    made: int = 0
    gaps: tuple[str, ...] = ()
    sums: Mapping[str, str] = field(default_factory=dict)
    manifest: str = ""
    slides: Mapping[str, tuple[Slide, ...]] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """How many targets ended in each state."""
        counted = Counter(record.state for record in self.records)
        return {state.value: counted[state] for state in State}

    @property
    def bytes(self) -> int:
        return sum(record.bytes for record in self.records)

    @property
    def requests(self) -> int:
        return sum(record.requests for record in self.records)

    def to_dict(self) -> Json:
        return {
            "version": 1,
            "software": self.software,
            "deck": self.deck.to_dict(),
            "started": self.started,
            "seconds": round(self.seconds, 3),
            "interrupted": self.interrupted,
            "counts": self.counts,
            "bytes": self.bytes,
            "requests": self.requests,
            "captured_now": list(self.captured_now),
            "targets": [record.to_dict() for record in self.records],
            "sums": dict(self.sums),
            "manifest": self.manifest,
            "slides": {name: [list(s) for s in at] for name, at in self.slides.items()},
        }


def gaps(manifest: Manifest, records: Iterable[CaptureRecord]) -> tuple[str, ...]:
    """The targets whose failure the audience would see. For a font the browser has a stand-in."""
    lost = {record.id for record in records if record.state is State.FAILED}
    replaced_by_another_source = set(manifest.replaced_by_another_source(lost))
    return tuple(
        target.id
        for target in manifest.targets
        if target.id in lost
        and target.kind is not Kind.FONT
        and any(
            r.state == "shown" and r not in replaced_by_another_source for r in target.references
        )
    )


def shown_on(manifest: Manifest) -> dict[str, tuple[Slide, ...]]:
    """The slides that show each target, by its id."""
    found = {
        target.id: {r.slide for r in target.references if r.slide and r.state == "shown"}
        for target in manifest.targets
    }
    return {name: tuple(sorted(slides)) for name, slides in found.items() if slides}


def capture_summary(report: CaptureReport, out: Path) -> str:
    """The report for a person: one line, then one for each target that is not whole."""
    counts = report.counts
    head = (
        f"{counts['captured']} captured, {counts['partial']} partial, {counts['failed']} failed: "
        f"{report.requests} requests, {report.bytes / 1e6:.1f} MB, {report.seconds:.0f} s, in {out}"
    )
    worth = [r for r in report.records if r.state is not State.CAPTURED or KEPT in r.reason]
    worth.sort(key=lambda record: record.state is not State.FAILED)
    lines = [f"  {r.state.value:<8} {r.url}: {r.reason}" for r in worth]
    return "\n".join(
        [head, *lines, *_waited(report), *_made(report), *_blocked(report), *_redacted(report)]
    )


def _waited(report: CaptureReport) -> list[str]:
    """What the pages of this run that took longest were waited for."""
    now = [r for r in report.records if r.id in report.captured_now]
    found = [(wait, record.url) for record in now for wait in record.waits]
    found = sorted((one for one in found if one[0].seconds >= _LONG), key=lambda o: -o[0].seconds)
    return [
        f"  waited {wait.seconds:.0f} s ({wait.reason.value.replace('-', ' ')}): {url}"
        for wait, url in found[:_MOST_WAITS]
    ]


def _made(report: CaptureReport) -> list[str]:
    what = "embed" if report.made == 1 else "embeds"
    said = f"  {report.made} {what} made by the deck's scripts, found as the deck was shown"
    return [said] if report.made else []


def _blocked(report: CaptureReport) -> list[str]:
    counted: Counter[str] = Counter()
    for record in report.records:
        counted.update(record.blocked)
    said = ", ".join(f"{number} {name}" for name, number in counted.most_common())
    return [f"  not asked for (--block): {said}"] if said else []


def _redacted(report: CaptureReport) -> list[str]:
    counted: Counter[str] = Counter()
    for record in report.records:
        counted.update(record.redacted)
    said = ", ".join(f"{number} {name}" for name, number in sorted(counted.items()))
    what = "of your own login, not recorded (--keep-secrets records it)"
    return [f"  {what}: {said}"] if said else []
