"""Targets to capture, and what a capture of them wrote."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deckarchive import urls, warc
from deckarchive.crawler import CaptureReport
from deckarchive.model import CaptureRecord, DeckInfo, Exchange, Kind, Manifest, Reference, Target


def target(url: str, kind: Kind = Kind.BACKGROUND_IFRAME, raw: str = "") -> Target:
    """A target as the manifest has it; ``url`` may list fragments: ``page#a#b``."""
    document, *fragments = url.split("#")
    references = tuple(
        Reference(slide=(n, 0), file="deck.md", line=n + 1, column=1, span=(0, 1),
                  raw=raw or document, fragment=fragment)
        for n, fragment in enumerate(fragments or [""])
    )  # fmt: skip
    return Target(
        id=urls.target_id(document, kind.value), kind=kind, url=document, references=references
    )


def manifest(*targets: Target) -> Manifest:
    deck = DeckInfo(path="deck.md", format="reveal-md", title="Deck", sha256="0" * 64)
    return Manifest(deck=deck, targets=targets)


@dataclass
class Captured:
    """A capture's report with the way to what it wrote."""

    report: CaptureReport
    out: Path

    @property
    def record(self) -> CaptureRecord:
        (only,) = self.report.records
        return only

    def folder(self, record: CaptureRecord | None = None) -> Path:
        return self.out / "targets" / (record or self.record).id

    def exchanges(self, record: CaptureRecord | None = None) -> list[Exchange]:
        return warc.read_exchanges(self.folder(record) / "data.warc.gz")

    def urls(self) -> set[str]:
        return {e.url for e in self.exchanges() if e.status == 200}
