"""Capturing: each target opened in a browser behind the recording proxy.

In: a manifest and, where there is one, the deck as a website. Out: ``archives/NAME/`` with one
finished folder a target (WARC, screenshots, ``capture.json``) and a report that sums up. Going on
where an interrupted run stopped means capturing the targets with no finished folder.
"""

from typing import TYPE_CHECKING

from deckarchive.crawler.config import load_options, parse_header, parse_size
from deckarchive.crawler.options import CaptureOptions, CaptureOverrides, TargetRule
from deckarchive.crawler.report import (
    CaptureEvent,
    CaptureReport,
    CaptureStarted,
    TargetFinished,
    TargetStarted,
    capture_summary,
)
from deckarchive.lazily import import_on_use

if TYPE_CHECKING:
    from deckarchive.crawler.run import capture
else:
    __getattr__ = import_on_use(
        __name__,
        {
            "capture": "run",
        },
    )

__all__ = [
    "CaptureEvent",
    "CaptureOptions",
    "CaptureOverrides",
    "CaptureReport",
    "CaptureStarted",
    "TargetFinished",
    "TargetRule",
    "TargetStarted",
    "capture",
    "capture_summary",
    "load_options",
    "parse_header",
    "parse_size",
]
