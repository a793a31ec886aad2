"""A talk that has a window of its own goes on when the terminal that began it is closed."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def outliving_the_terminal() -> Iterator[None]:
    """A terminal that is closed by mistake cuts no talk off that has a window of its own."""
    if not hasattr(signal, "SIGHUP") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGHUP, lambda *_: _fall_silent())
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def _fall_silent() -> None:
    """Nobody hears any more, and writing to a terminal that is gone would fail."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
