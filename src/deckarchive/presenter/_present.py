"""Serving a folder until Ctrl-C, and noticing that it is being served already.

A presentation in a window of its own goes on when the terminal that began it is closed.
"""

from __future__ import annotations

import os
import re
import signal
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from deckarchive import urls
from deckarchive.browser import Window, open_window
from deckarchive.errors import EnvironmentMissing, PortInUse
from deckarchive.files import read_regular
from deckarchive.model import OfflineDeck
from deckarchive.presenter._saved_position import PositionStore, folder_owner
from deckarchive.server import Server, fetch_local, open_offline

DEFAULT_PORT: Final = 8420
"""Tried first when no port is asked for: what a deck keeps in the browser (drawings, settings)
belongs to its port, so the same deck should come back at the same one."""

SPEAKER: Final = "deckarchive-speaker"
"""In the address: asks ``runtime/stage.js`` to open the speaker view."""

_TICK: Final = 0.5  # seconds; waiting without a limit would hold back Ctrl-C on Windows
_REOPENED: Final = 3  # times that a browser which crashes is opened again
_NOTES: Final = re.compile(r"RevealNotes|\bnotes(?:\.esm)?(?:\.min)?\.(?:js|mjs)\b")

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentOptions:
    """How to present.

    ``port=0`` takes :data:`DEFAULT_PORT`, or a free one when that is taken. ``slide`` is where to
    begin, as in the deck's address (``"/3/0"``); empty begins at the first slide, or after a crash
    at the saved position. ``full_screen`` and ``speaker`` need a browser of their own, and so does
    ``browser``, which names it (a program, ``chromium`` or ``firefox``).
    """

    port: int = 0
    open_browser: bool = True
    slide: str = ""
    full_screen: bool = False
    speaker: bool = False
    browser: Path | None = None


def present(
    folder: str | Path,
    options: PresentOptions = PresentOptions(),
    *,
    say: Say = print,
    stop: threading.Event | None = None,
) -> None:
    """Serve an offline folder on loopback until Ctrl-C, until ``stop`` is set or its own window
    is closed.

    Each line for the user goes to ``say``. When this folder is being presented already, says
    where, opens that in the browser and returns. Raises :class:`ArchiveError` when ``folder`` is
    not an offline folder, :class:`PortInUse` when another program has the port that was asked
    for, and :class:`EnvironmentMissing` when loopback is down.
    """
    root = Path(folder)
    offline = open_offline(root)
    memory = PositionStore(root)
    running = _running(root, memory, options.port)
    if running:
        _join(running, offline, memory, options, say)
        return
    server = _server(root, options.port, memory)
    presentation = _Presentation(server, root, offline, memory, options, say)
    with server:
        try:
            presentation.run(stop or threading.Event())
        except KeyboardInterrupt:
            say("Stopped.")
        finally:
            memory.forget()


def _server(root: Path, port: int, memory: PositionStore) -> Server:
    owner = folder_owner(root)
    try:
        return Server(root, port or DEFAULT_PORT, on_slide=memory.keep, owner=owner)
    except PortInUse:
        if port:
            raise
        return Server(root, on_slide=memory.keep, owner=owner)


def _running(root: Path, memory: PositionStore, port: int) -> int:
    """The port at which this very folder is being presented already; 0 when it is not."""
    left = memory.read()
    candidates = [port] if port else [left.port if left else 0, DEFAULT_PORT]
    own = read_regular(root / "deckarchive.json")
    for candidate in candidates:
        if candidate and fetch_local(candidate, "/deckarchive.json", limit=len(own) + 1) == own:
            return candidate
    return 0


def _join(
    port: int, offline: OfflineDeck, memory: PositionStore, options: PresentOptions, say: Say
) -> None:
    """A second ``present``: show where the first one is, at the slide that it shows."""
    left = memory.read()
    slide = options.slide or (left.slide if left else "")
    address = f"http://{urls.DECK_HOST}:{port}/{_page(offline)}"
    say(f"{offline.title or 'The deck'} is being presented already: {address}")
    known = left is not None and left.port == port
    process = f" (process {left.pid})" if left and known else ""
    say(f"Press Ctrl-C where that runs{process} to stop it; --port N presents it once more.")
    if options.open_browser:
        _open(address + (f"#{slide}" if slide else ""), say)


class _Presentation:
    """One run of a server with its browser."""

    def __init__(
        self,
        server: Server,
        root: Path,
        offline: OfflineDeck,
        memory: PositionStore,
        options: PresentOptions,
        say: Say,
    ) -> None:
        self.port = server.port
        self.address, self.plain = (at + _page(offline) for at in (server.url, server.address))
        self.title, self.page = offline.title or "the deck", root / offline.page
        self.memory, self.options, self.say = memory, options, say

    def run(self, stop: threading.Event) -> None:
        if fetch_local(self.port, "/deckarchive.json", limit=1) is None:
            raise EnvironmentMissing(
                "the loopback interface of this machine is down",
                hint="bring it up, on Linux by `ip link set lo up`",
            )
        slide = self._start()
        self.memory.begin(self.port, slide)
        self.say(f"Presenting {self.title} at {self._at(slide)}")
        self.say(f"(in a browser that does not know that name: {self.plain})")
        window = self._open(slide)
        self.say("Close the window or press Ctrl-C to stop." if window else "Press Ctrl-C to stop.")
        if window:
            with outliving_the_terminal():
                self._wait(window, stop)
        else:
            self._wait(None, stop)

    def _start(self) -> str:
        """Where to begin: an interrupted presentation goes on at its saved position."""
        left = self.memory.read()
        if self.options.slide or left is None or not left.slide or not left.is_recent:
            return self.options.slide
        ago = max(1, round((time.time() - left.time) / 60))
        self.say(
            f"Going on at #{left.slide}, where the last presentation was interrupted {ago} "
            f"minute{'' if ago == 1 else 's'} ago (--slide 0 begins at the first slide)."
        )
        return left.slide

    def _at(self, slide: str, speaker: bool = False) -> str:
        query = f"?{SPEAKER}=1" if speaker else ""
        return self.address + query + (f"#{slide}" if slide else "")

    def _open(self, slide: str) -> Window | None:
        if not self.options.open_browser:
            return None
        if not (self.options.full_screen or self.options.speaker or self.options.browser):
            _open(self._at(slide), self.say)
            return None
        return self._window(slide)

    def _window(self, slide: str) -> Window | None:
        options, speaker = self.options, self.options.speaker
        if speaker and not _NOTES.search(self._page_text()):
            self.say("This deck loads no notes plugin, so it has no speaker view.")
            speaker = False
        window = open_window(
            self._at(slide, speaker),
            full_screen=options.full_screen,
            popups=speaker,
            browser=options.browser,
        )
        if window is None:
            self.say("No browser was found that can be opened with these options.")
            if options.full_screen:
                self.say("Press F11 in the browser, or F in the deck, for the full screen.")
            if speaker:
                self.say("Press S in the deck for the speaker view.")
            _open(self._at(slide), self.say)
        return window

    def _page_text(self) -> str:
        try:
            return read_regular(self.page).decode("utf-8", "replace")
        except OSError:
            return ""

    def _wait(self, window: Window | None, stop: threading.Event) -> None:
        """Until ``stop`` is set or the window is closed; one that crashed is opened again."""
        left = _REOPENED
        try:
            while not stop.wait(_TICK):
                code = window.ended if window else None
                if window is None or code is None:
                    continue
                if code == 0 or not left:
                    self.say("The window was closed." if code == 0 else "The browser has crashed.")
                    if self.memory.slide:
                        self.say(f"To go on there: --slide {self.memory.slide.strip('/')}")
                    return
                left -= 1
                self.say("The browser has ended unexpectedly: it is opened again.")
                window.close()
                window = self._window(self.memory.slide)
        finally:
            if window:
                window.close()


def _page(offline: OfflineDeck) -> str:
    """The path of the deck's page below the server's address; empty for ``index.html``."""
    return "" if offline.page == "index.html" else quote(offline.page)


def _open(address: str, say: Say) -> None:
    try:
        opened = webbrowser.open(address)
    except (webbrowser.Error, OSError):
        opened = False
    if not opened:
        say("No browser could be opened: open the address yourself.")


@contextmanager
def outliving_the_terminal() -> Iterator[None]:
    """Closing the terminal does not end a presentation that has a window of its own."""
    if not hasattr(signal, "SIGHUP") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGHUP, lambda *_: _fall_silent())
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def _fall_silent() -> None:
    """The terminal has gone: writing to it would fail."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
