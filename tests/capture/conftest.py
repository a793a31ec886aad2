"""A local web, and a capture of targets on it with real Chromium."""

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deckarchive.crawler import CaptureOptions, capture
from deckarchive.model import DeckSite, Target
from tests.capture.captured import Captured, manifest, target
from tests.capture.together import batch as batch
from tests.capture.web import Web, local_web


@pytest.fixture
def web() -> Iterator[Web]:
    with local_web() as running:
        yield running


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
