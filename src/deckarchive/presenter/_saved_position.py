"""The saved position: the slide that a presentation shows, on disk for after a crash.

One small file for each folder, in the user's own state folder. It is there from the start of a
``present`` to its orderly end, and holds the port, the process and the slide as the deck tells it.
The browser's own storage would not do: it belongs to a port, and reaches the disk too late. Beside
these lies a secret, from which each folder has a word of its own for what browsers keep of it.
All of it is the user's alone to read.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deckarchive.errors import OutputError
from deckarchive.files import read_json, read_regular, write_bytes
from deckarchive.server import is_slide

_LATELY: Final = 4 * 3600.0
_LARGEST: Final = 2**16
_SECRET: Final = "secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPosition:
    """What is remembered: ``slide`` as in the deck's address (``"/3/0"``, or empty), ``port`` and
    ``pid`` of who served it, ``time`` in seconds since the epoch."""

    slide: str
    port: int
    pid: int
    time: float

    @property
    def is_recent(self) -> bool:
        """Whether it is recent enough to be of the same presentation."""
        return 0 <= time.time() - self.time < _LATELY


class PositionStore:
    """The saved position of one offline folder. Nothing here raises: it can be done without."""

    def __init__(self, folder: Path, home: Path | None = None) -> None:
        digest = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
        self.path = (home or state_folder()) / f"{digest}.json"
        self._lock = threading.Lock()
        self._port, self._last = 0, ""

    def read(self) -> SavedPosition | None:
        """What the last ``present`` left without an orderly end."""
        try:
            data = read_json(self.path, limit=_LARGEST)
            slide = str(data["slide"])
            return SavedPosition(
                slide=slide if is_slide(slide) else "",
                port=int(data["port"]),
                pid=int(data["pid"]),
                time=float(data["time"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def begin(self, port: int, slide: str) -> None:
        """Say that this process presents the folder, and where it starts."""
        self._port = port
        self.keep(slide)

    def keep(self, slide: str) -> None:
        """Remember a slide; it is on the disk when this returns. Safe from any thread."""
        with self._lock, suppress(OutputError):
            self._last = slide
            data = {"slide": slide, "port": self._port, "pid": os.getpid(), "time": time.time()}
            _make_private(self.path.parent)
            write_bytes(self.path, json.dumps(data).encode(), fsync=True)

    @property
    def slide(self) -> str:
        """The slide that was kept last."""
        return self._last

    def forget(self) -> None:
        """An orderly end: the next presentation begins at the first slide."""
        with self._lock, suppress(OSError):
            self.path.unlink()


def folder_owner(folder: Path, home: Path | None = None) -> str:
    """A word for this folder, the same on each run, that pages can neither know nor guess."""
    path = (home or state_folder()) / _SECRET
    secret = secrets.token_hex(32).encode()
    with suppress(OSError):  # without it the word is for this run alone
        try:
            _make_private(path.parent)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(secret)
        except FileExistsError:
            secret = read_regular(path, limit=_LARGEST)[:64]
    return hmac.new(secret, os.fsencode(folder.resolve()), hashlib.sha256).hexdigest()[:32]


def _make_private(folder: Path) -> None:
    """A folder that no other user can read."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)


def state_folder() -> Path:
    """Where programs keep their state on this system: ``…/deckarchive/present``."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return base / "deckarchive" / "present"
