"""The command in a process of its own that is ended when it takes too long.

Forked, which costs a fiftieth of starting Python anew: there may be a hundred of them in a test.
"""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, NamedTuple

from deckarchive.cli import run


class Done(NamedTuple):
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


def command(folder: Path, *arguments: str, seconds: float = 60.0) -> Done:
    """Run ``deckarchive`` in ``folder``. Fails when it does not end in time."""
    return apart(lambda: run(list(arguments)), folder, seconds=seconds)


def apart(work: Callable[[], int], folder: Path, *, seconds: float = 60.0) -> Done:
    """Call ``work`` in a forked process, in ``folder``; what it returns is the exit code."""
    with ExitStack() as stack:
        out, err = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(2))
        process = os.fork()
        if process == 0:
            _child(work, folder, out, err)
        deadline = time.monotonic() + seconds
        while (ended := os.waitpid(process, os.WNOHANG)) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)
                raise AssertionError(f"still at work after {seconds:g} s")
            time.sleep(0.005)
        said = []
        for stream in (out, err):
            stream.seek(0)
            said.append(stream.read().decode("utf-8", "surrogateescape"))
    return Done(os.waitstatus_to_exitcode(ended[1]), *said)


def _child(work: Callable[[], int], folder: Path, out: BinaryIO, err: BinaryIO) -> None:
    code = 99
    try:
        os.chdir(folder)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out.fileno(), 1)
        os.dup2(err.fileno(), 2)
        import sys

        sys.stdout = os.fdopen(1, "w", encoding="utf-8", errors="surrogateescape")
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace")
        code = work()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)
