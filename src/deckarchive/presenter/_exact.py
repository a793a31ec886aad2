"""Exact replay: the deck itself, in a browser whose only network is the archive."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from contextlib import AsyncExitStack, nullcontext
from pathlib import Path
from typing import Final

from deckarchive.browser import BrowserOptions, Window, find_browser, open_window
from deckarchive.errors import EnvironmentMissing
from deckarchive.model import DeckSite
from deckarchive.presenter._present import outliving_the_terminal
from deckarchive.proxy import ReplayProxy, ReplaySource

_TICK: Final = 0.5
_NO_NETWORK: Final = ("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",)
"""The browser itself resolves no name: what bypasses the proxy finds no address."""


def present_exact(
    address: str,
    source: ReplaySource,
    deck: DeckSite | None = None,
    *,
    port: int = 0,
    open_browser: bool = True,
    full_screen: bool = False,
    browser: Path | None = None,
    say: Callable[[str], object] = print,
    stop: threading.Event | None = None,
) -> None:
    """Show ``address`` with original URLs answered from ``source``, until the window is closed.

    ``deck`` answers for ``deck.localhost``; without it that host is replayed too. ``port`` is the
    proxy's (0: a free one). With ``open_browser`` a Chromium with a fresh profile opens, removed
    at the end; else its flags are printed. Whatever was not recorded is refused and reported,
    once each. Ends with the window, Ctrl-C or ``stop``. Raises :class:`PortInUse` and
    :class:`EnvironmentMissing`.
    """
    program = _program(browser) if open_browser else ""
    show = _show(address, source, deck, port, program, full_screen, say, stop or threading.Event())
    try:
        with outliving_the_terminal() if open_browser else nullcontext():
            asyncio.run(show)
    except KeyboardInterrupt:
        say("Stopped.")


def _program(browser: Path | None) -> str:
    displays = [os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")]
    if sys.platform == "linux" and not any(displays):
        raise EnvironmentMissing(
            "there is no display for a window", hint="--no-open says how to open one elsewhere"
        )
    return find_browser(browser).path


async def _show(
    address: str,
    source: ReplaySource,
    deck: DeckSite | None,
    port: int,
    program: str,
    full_screen: bool,
    say: Callable[[str], object],
    stop: threading.Event,
) -> None:
    replay = ReplayProxy(
        source, deck, port=port, on_refused=lambda url, why: say(f"refused: {url} ({why})")
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(replay)
        if not program:
            _tell(address, replay, say)
            await _stopped(stop)
            return
        say(f"Presenting {address} exactly as it was captured.")
        say("Close the window or press Ctrl-C to stop.")
        network = BrowserOptions(
            path=program, proxy=replay.server, spki=replay.spki, args=_NO_NETWORK
        )
        window = open_window(
            address, full_screen=full_screen, browser=Path(program), network=network
        )
        if window and await _ended(stack.enter_context(window), stop):
            say("The browser has ended unexpectedly.")


def _tell(address: str, replay: ReplayProxy, say: Callable[[str], object]) -> None:
    say(f"The replay proxy is at {replay.server}. A Chromium with a fresh profile needs:")
    say(
        f"  --user-data-dir=FOLDER --proxy-server={replay.server} "
        '--proxy-bypass-list="<-loopback>" --disable-quic '
        f"--ignore-certificate-errors-spki-list={replay.spki} {address}"
    )
    say("Press Ctrl-C to stop.")


async def _ended(window: Window, stop: threading.Event) -> int | None:
    """Wait for the window's end, and say how it ended, or until ``stop``."""
    while window.ended is None and not stop.is_set():  # noqa: ASYNC110 (a process has no event)
        await asyncio.sleep(_TICK)
    return window.ended


async def _stopped(stop: threading.Event) -> None:
    while not stop.is_set():  # noqa: ASYNC110 (set from another thread)
        await asyncio.sleep(_TICK)
