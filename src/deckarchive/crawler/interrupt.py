"""Running until done or stopped: Ctrl-C and SIGTERM end the work at an ``await``, never in the
middle of a line, and a second one makes it hurry."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_LOGGER: Final = logging.getLogger("asyncio")
"""Where the loop says what breaks: exceptions that nobody fetched, pipes that closed."""


def run_interruptible(work: Coroutine[Any, Any, None], force_stop: Callable[[], object]) -> None:
    """Run ``work`` in a loop of its own. Raises KeyboardInterrupt when it was stopped.

    The first signal cancels it, further ones call ``force_stop``, which is to end what it may be
    waiting for. From the first signal on the loop says nothing about what then breaks: a terminal
    sends Ctrl-C to child processes too. Outside the main thread signals are somebody else's.
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
