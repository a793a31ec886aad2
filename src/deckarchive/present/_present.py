"""Serving a folder until Ctrl-C, and noticing that it is being served already."""

from __future__ import annotations

import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import quote

from deckarchive import urls
from deckarchive.model import OfflineDeck
from deckarchive.server import PortInUse, Server, fetch_local, open_offline

DEFAULT_PORT: Final = 8420
"""Tried first when no port is asked for: what a deck keeps in the browser (the slide, drawings)
belongs to its port, so the same deck should come back at the same one."""

_TICK = 0.5  # seconds; waiting without a limit would hold back Ctrl-C on Windows


def present(
    folder: str | Path,
    *,
    port: int = 0,
    open_browser: bool = True,
    say: Callable[[str], object] = print,
    stop: threading.Event | None = None,
) -> None:
    """Serve an offline folder on loopback until Ctrl-C, or until ``stop`` is set.

    ``port=0`` takes :data:`DEFAULT_PORT`, or a free one when that is taken. Each line for the
    user goes to ``say``. When this folder is being presented already, says where, opens that in
    the browser and returns. Raises :class:`ArchiveError` when ``folder`` is not an offline
    folder and :class:`PortInUse` when another program has the port that was asked for.
    """
    root = Path(folder)
    offline = open_offline(root)
    running = port or DEFAULT_PORT
    try:
        server = Server(root, running)
    except PortInUse:
        if _is_presented(root, running):
            address = f"http://{urls.DECK_HOST}:{running}/{_page(offline)}"
            say(f"{offline.title or root.name} is being presented already: {address}")
            _open(address, open_browser, say)
            return
        if port:
            raise
        server = Server(root)
    with server:
        _announce(server, offline, say)
        _open(server.url + _page(offline), open_browser, say)
        try:
            _wait(stop or threading.Event())
        except KeyboardInterrupt:
            say("Stopped.")


def _announce(server: Server, offline: OfflineDeck, say: Callable[[str], object]) -> None:
    page = _page(offline)
    say(f"Presenting {offline.title or 'the deck'} at {server.url}{page}")
    say(f"(in a browser that does not know that name: {server.address}{page})")
    say("Press Ctrl-C to stop.")


def _page(offline: OfflineDeck) -> str:
    """The path of the deck's page below the server's address; empty for ``index.html``."""
    return "" if offline.page == "index.html" else quote(offline.page)


def _is_presented(root: Path, port: int) -> bool:
    """Whether what listens on ``port`` shows this very folder."""
    own = (root / "deckarchive.json").read_bytes()
    return fetch_local(port, "/deckarchive.json", limit=len(own) + 1) == own


def _open(address: str, wanted: bool, say: Callable[[str], object]) -> None:
    if not wanted:
        return
    try:
        opened = webbrowser.open(address)
    except (webbrowser.Error, OSError):
        opened = False
    if not opened:
        say("No browser could be opened: open the address yourself.")


def _wait(stop: threading.Event) -> None:
    while not stop.wait(_TICK):
        pass
