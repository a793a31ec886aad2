"""Opening a page for the person at the terminal, and for nobody else."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
_ELSEWHERE = ("CI", "SSH_CONNECTION", "SSH_TTY")


def is_watched(environment: Mapping[str, str], *, platform: str = sys.platform) -> bool:
    """Whether a person sits here: a terminal on both ends, a display, no CI, no remote login."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    if any(environment.get(name, "").lower() not in ("", "0", "false") for name in _ELSEWHERE):
        return False
    return platform in ("darwin", "win32") or any(environment.get(name) for name in _DISPLAYS)


def open_page(path: Path) -> bool:
    """Open a file in the default browser; whether that could be done."""
    with suppress(webbrowser.Error, OSError):
        return webbrowser.open(path.absolute().as_uri())
    return False
