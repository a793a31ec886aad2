"""A command that serves until it is told to stop: ``present`` in its forms, a bundle's launcher."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

COMMAND = Path(sysconfig.get_path("scripts"), "deckarchive")
PRESENT = (COMMAND, "present")
PATIENCE = 60.0
"""Seconds for a command to end."""


class Running:
    """The command in a process of its own; ``said`` is what it printed until it was ready.

    One that ends before is no failure here: ``said`` and ``process`` tell.
    """

    def __init__(
        self,
        *arguments: object,
        command: Sequence[object] = PRESENT,
        folder: Path | None = None,
        **environment: str,
    ) -> None:
        self.process = subprocess.Popen(
            [str(part) for part in (*command, *arguments)],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
        )
        assert self.process.stdout
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if "Ctrl-C" in line:
                break

    @property
    def address(self) -> str:
        """The deck's URL."""
        found = re.search(r"http://deck\.localhost\S*", self.said)
        assert found, self.said
        return found[0]

    @property
    def port(self) -> int:
        return int(re.findall(r"deck\.localhost:(\d+)", self.said)[0])

    def end(self, how: int = signal.SIGINT) -> str:
        """Send a signal; what it still said."""
        self.process.send_signal(how)
        return self.process.communicate(timeout=PATIENCE)[0]


@contextmanager
def running(
    *arguments: object,
    command: Sequence[object] = PRESENT,
    folder: Path | None = None,
    **environment: str,
) -> Iterator[Running]:
    """A :class:`Running` that is stopped by Ctrl-C afterwards, and has to end in order then."""
    made = Running(*arguments, command=command, folder=folder, **environment)
    try:
        yield made
    finally:
        rest = made.end() if made.process.poll() is None else ""
    assert made.process.returncode == 0, made.said + rest
