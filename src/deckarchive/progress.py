"""Progress bars on stderr, one a step; silent when stderr is no terminal."""

from __future__ import annotations

import sys
from typing import Any, Self

from tqdm import tqdm

from deckarchive.cli.saying import shown
from deckarchive.crawler import CaptureEvent, CaptureStarted, TargetStarted
from deckarchive.rehearsal import RehearsalEvent, RehearsalStarted


class Progress:
    """Turns the rooms' events into bars. A context manager: leaving it closes the last bar."""

    def __init__(self) -> None:
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def capture(self, event: CaptureEvent) -> None:
        """Takes the capture's events: one tick a target."""
        if isinstance(event, CaptureStarted):
            self._open("capture", event.total, "target")
        elif self._bar is None:
            return
        elif isinstance(event, TargetStarted):
            self._bar.set_postfix_str(shown(event.url)[-48:], refresh=True)
        else:
            self._bar.update()

    def rehearse(self, event: RehearsalEvent) -> None:
        """Takes the rehearsal's events: one tick a slide."""
        if isinstance(event, RehearsalStarted):
            self._open("rehearse", event.total, "slide")
        elif self._bar is not None:
            self._bar.update()

    def _open(self, title: str, total: int, unit: str) -> None:
        self._close()
        off = True if sys.stderr is None else None  # None: where stderr is no terminal
        self._bar = tqdm(total=total, desc=title, unit=unit, disable=off, leave=False)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
