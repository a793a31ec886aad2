"""The command's first lines: ``deckarchive`` and ``python -m deckarchive``.

Importing the rest takes a while, in which Ctrl-C would end in a traceback of whatever module
was being read. Until the command listens for it itself it ends the process at once: nothing is
open yet.
"""

import os
import signal
from typing import NoReturn


def _end(_signal: int, _frame: object) -> NoReturn:
    os._exit(130)


def main() -> NoReturn:
    """The console script."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)
    from deckarchive.cli import main as command

    command()


if __name__ == "__main__":
    main()
