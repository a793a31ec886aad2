"""The one way to the terminal: lines, pages opened for the person at it, and progress bars.

Titles, URLs and file names may hold escape sequences, bidirectional overrides and characters that
are not visible. They are printed as ``\\x1b`` and the like; in JSON as ``\\u001b``, which stays
JSON. A bar is on stderr, one a step, and not shown when stderr is no terminal.
"""

from __future__ import annotations

import errno
import json
import os
import re
import sys
import webbrowser
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

import click
from tqdm import tqdm

from deckarchive.crawler import CaptureEvent, CaptureStarted, TargetStarted
from deckarchive.errors import OutputError
from deckarchive.rehearsal import RehearsalEvent, RehearsalStarted

# Controls but for the line feed and the tab; the separators of lines that terminals do not know;
# marks, embeddings and isolates of direction; what has no width (but for the joiners, which
# ordinary words are written with); tags; lone surrogates, which have no bytes.
_CONTROLS: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e"
    r"\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF, errno.ENXIO)


_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
_ELSEWHERE = ("CI", "SSH_CONNECTION", "SSH_TTY")


def shown(text: str) -> str:
    """``text`` with every control character spelled out; its line feeds stay."""
    return _CONTROLS.sub(_spelled, text)


def one_line(text: object) -> str:
    """Like :func:`shown`, on one line."""
    return shown(" ".join(str(text).split("\n")))


def json_text(data: Any) -> str:
    """Indented JSON in which control characters are escaped."""
    return _CONTROLS.sub(_in_json, json.dumps(data, ensure_ascii=False, indent=2))


def say(text: str, *, err: bool = False) -> None:
    """Print a text to stdout, or to stderr.

    Raises :class:`OutputError` when stdout is closed or its disk is full, and BrokenPipeError when
    its reader has gone. What stderr does not take is lost.
    """
    if err:
        with suppress(OSError):
            click.echo(shown(text), err=True)
        return
    if sys.stdout is None:
        raise OutputError("cannot print the result: standard output is closed")
    try:
        click.echo(shown(text))
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise stream_failure(error) or error from error


def stream_failure(error: OSError) -> OutputError | None:
    """What an error of a stream, not of a named file, means; ``None`` for any other."""
    if error.filename is not None or error.errno not in _FULL:
        return None
    return OutputError(f"cannot print the result: {error.strerror}")


def discard_unwritten() -> None:
    """Discard what is buffered for a closed stream: the end of the process would report it."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None:
            continue
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _spelled(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _in_json(match: re.Match[str]) -> str:
    return json.dumps(match.group())[1:-1] if match.group() != "\x7f" else "\\u007f"


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


class Progress:
    """Shows the events of a capture and of a rehearsal as bars.

    A context manager: leaving it closes the last bar.
    """

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
