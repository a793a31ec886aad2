"""Capturing with the presenter's own hands: a window to click in, a key to say that it is done.

Whatever the page loads meanwhile goes through the recording proxy like everything else.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from deckarchive.browser import Tab
from deckarchive.model import Target


class ManualCapture:
    """Waits until the presenter is done with a target: Enter in the terminal, or its window
    closed. ``say`` tells them; ``terminal`` is where Enter comes from."""

    def __init__(self, say: Callable[[str], object], terminal: TextIO | None = None) -> None:
        self._say = say
        self._terminal = terminal or sys.stdin
        self._waiting: asyncio.Event | None = None
        self._reader: threading.Thread | None = None

    async def done(self, target: Target, tab: Tab) -> bool:
        """Wait; False when the window was closed or its page crashed."""
        done = self._waiting = asyncio.Event()
        tab.on_gone(done.set)
        if self._reader is None:  # one for all targets: a read cannot be taken back
            loop = asyncio.get_running_loop()
            self._reader = threading.Thread(target=self._read, args=(loop,), daemon=True)
            self._reader.start()
        self._say(f"{target.url}: use the page, then press Enter here or close its window")
        if not tab.closed:
            await done.wait()
        return not (tab.closed or tab.crashed)

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wake whoever waits at each line; runs in a thread of its own until the input ends."""
        with suppress(OSError, ValueError, RuntimeError):
            for _ in self._terminal:
                loop.call_soon_threadsafe(self._entered)

    def _entered(self) -> None:
        if self._waiting is not None:
            self._waiting.set()
