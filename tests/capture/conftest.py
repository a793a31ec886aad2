"""A local web, and a capture of targets on it with real Chromium."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deckarchive import urls, warc
from deckarchive.crawler import CaptureOptions, CaptureReport, capture
from deckarchive.model import (
    CaptureRecord,
    DeckInfo,
    DeckSite,
    Exchange,
    Kind,
    Manifest,
    Reference,
    Target,
)
from tests.capture.web import Web, local_web


@pytest.fixture
def web() -> Iterator[Web]:
    with local_web() as running:
        yield running


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


Shoot = Callable[..., Captured]


@pytest.fixture
def shoot(web: Web, tmp_path: Path) -> Shoot:
    """Capture targets (or URLs) through the local web; options as keywords."""

    def run(*targets: Target | str, site: DeckSite | None = None, on_event: Callable[..., object]
            = lambda event: None, **options: object) -> Captured:  # fmt: skip
        made = [t if isinstance(t, Target) else target(t) for t in targets]
        settings = {"timeout": 15, "proxy": web.proxy, "insecure": True, **options}
        out = tmp_path / "archive"
        report = capture(manifest(*made), site, out, CaptureOptions(**settings), on_event)  # type: ignore[arg-type]
        return Captured(report, out)

    return run


def png(width: int = 64, height: int = 64, colour: tuple[int, int, int] = (200, 30, 30)) -> bytes:
    """A picture in one colour, with a white line on top."""
    rows = [b"\0" + b"\xff" * (3 * width)] * 2 + [b"\0" + bytes(colour) * width] * (height - 2)

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + kind + data + check

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"".join(rows)))
        + chunk(b"IEND", b"")
    )
