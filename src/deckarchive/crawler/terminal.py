"""What the user does at the terminal during a run: Ctrl-C (or SIGTERM) ends it, Enter ends the
capture of a page that was used by hand."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, TextIO

from deckarchive.browser import Tab
from deckarchive.model import Target

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_LOGGER: Final = logging.getLogger("asyncio")
"""Where asyncio logs what breaks: exceptions that nobody awaited, pipes that closed."""


def run_interruptible(work: Coroutine[Any, Any, None], force_stop: Callable[[], object]) -> None:
    """Run ``work`` in a loop of its own. Raises KeyboardInterrupt when it was stopped.

    The first signal cancels it at its next ``await``, further ones call ``force_stop``, which is to
    end what it may be waiting for. From the first signal on asyncio logs nothing: a terminal sends
    Ctrl-C to child processes too. Outside the main thread no signal is handled.
    """
    try:
        asyncio.run(_Stoppable(force_stop).run(work))
    finally:
        _LOGGER.removeFilter(_nothing)


class _Stoppable:
    def __init__(self, force_stop: Callable[[], object]) -> None:
        self._force_stop = force_stop
        self._stopped = False
        self._task: asyncio.Task[None] | None = None

    async def run(self, work: Coroutine[Any, Any, None]) -> None:
        self._task = asyncio.ensure_future(work)
        with self._listening(asyncio.get_running_loop()):
            try:
                await self._task
            except BaseException as error:
                if self._stopped:
                    raise KeyboardInterrupt from error
                raise

    @contextmanager
    def _listening(self, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
        before = {number: signal.getsignal(number) for number in _SIGNALS}
        try:
            for number in _SIGNALS:
                loop.add_signal_handler(number, self._stop)
        except (NotImplementedError, ValueError, RuntimeError):  # Windows; another thread
            yield
            return
        try:
            yield
        finally:
            for number, handler in before.items():
                loop.remove_signal_handler(number)
                signal.signal(number, handler)

    def _stop(self) -> None:
        assert self._task is not None
        if self._stopped:
            self._force_stop()
            return
        self._stopped = True
        _LOGGER.addFilter(_nothing)  # and what is thrown away after the loop's end:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        self._task.cancel()


def _nothing(record: logging.LogRecord) -> bool:
    return False


class ManualCapture:
    """Waits until the user is done with a target: Enter in the terminal, or its window closed.
    ``say`` prints what to do; ``terminal`` is where Enter comes from. Whatever the page loads
    meanwhile goes through the recording proxy like everything else."""

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
        """Wake the captures that wait, at each line; runs in a thread until the input ends."""
        with suppress(OSError, ValueError, RuntimeError):
            for _ in self._terminal:
                loop.call_soon_threadsafe(self._entered)

    def _entered(self) -> None:
        if self._waiting is not None:
            self._waiting.set()
