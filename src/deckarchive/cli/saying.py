"""The one way out to the terminal: what strangers wrote is shown, never obeyed.

Titles, URLs and file names may hold escape sequences, bidirectional overrides and characters that
nobody sees. They come out as ``\\x1b`` and the like; in JSON as ``\\u001b``, which stays JSON.
"""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from contextlib import suppress
from typing import Any, Final

import click

from deckarchive.errors import OutputError

# Controls but for the line feed and the tab; the separators of lines that terminals do not know;
# marks, embeddings and isolates of direction; what has no width (but for the joiners, which
# ordinary words are written with); tags; lone surrogates, which have no bytes.
_CONTROLS: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e"
    r"\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF, errno.ENXIO)


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
        raise no_room(error) or error from error


def no_room(error: OSError) -> OutputError | None:
    """What an error of a stream, not of a named file, means; ``None`` for any other."""
    if error.filename is not None or error.errno not in _FULL:
        return None
    return OutputError(f"cannot print the result: {error.strerror}")


def let_go() -> None:
    """Make what is still buffered for a stream that takes nothing go nowhere, so that the end of
    the process does not complain of it."""
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
