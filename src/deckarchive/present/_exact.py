"""Exact replay: the deck itself, in a browser whose only network is the archive."""

from __future__ import annotations

import asyncio
import errno
import tempfile
import threading
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from deckarchive.browser import Browser, BrowserOptions, ContextOptions, find_browser
from deckarchive.model import DeckSite
from deckarchive.proxy import ReplayProxy, ReplaySource
from deckarchive.server import PortInUse

_TICK: Final = 0.5
_NO_NETWORK: Final = ("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",)
"""Names are looked up by the proxy, so by nobody: what goes past it finds no address."""


def present_exact(
    address: str,
    source: ReplaySource,
    deck: DeckSite | None = None,
    *,
    port: int = 0,
    open_browser: bool = True,
    full_screen: bool = False,
    browser: Path | None = None,
    headless: bool = False,
    say: Callable[[str], object] = print,
    stop: threading.Event | None = None,
) -> None:
    """Show ``address`` with original URLs answered from ``source``, until the window is closed.

    ``deck`` answers for ``deck.localhost``; without it that host is replayed too. ``port`` is the
    proxy's (0: a free one). With ``open_browser`` a Chromium with a fresh profile opens, removed
    in the end; else what to start one with is said. Whatever was not recorded is refused and
    said, once each. Ends with the window, Ctrl-C or ``stop``. Raises :class:`PortInUse` and
    :class:`EnvironmentMissing`.
    """
    program = find_browser(browser).path if open_browser else ""
    window = "headless" if headless else "full screen" if full_screen else "window"
    show = _show(address, source, deck, port, program, window, say, stop or threading.Event())
    try:
        asyncio.run(show)
    except KeyboardInterrupt:
        say("Stopped.")


async def _show(
    address: str,
    source: ReplaySource,
    deck: DeckSite | None,
    port: int,
    program: str,
    window: str,
    say: Callable[[str], object],
    stop: threading.Event,
) -> None:
    replay = ReplayProxy(
        source, deck, port=port, on_refused=lambda url, why: say(f"refused: {url} ({why})")
    )
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(replay)
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                raise PortInUse(port) from error
            raise
        if not program:
            _tell(address, replay, say)
            await _stopped(stop)
            return
        say(f"Presenting {address} exactly as it was captured.")
        say("Close the window or press Ctrl-C to stop.")
        profile = tempfile.TemporaryDirectory(prefix="deckarchive-", ignore_cleanup_errors=True)
        options = _options(program, stack.enter_context(profile), replay, address, window)
        await _in_browser(address, options, stop)


def _tell(address: str, replay: ReplayProxy, say: Callable[[str], object]) -> None:
    say(f"The replay proxy is at {replay.server}. A Chromium with a fresh profile needs:")
    say(
        f"  --user-data-dir=FOLDER --proxy-server={replay.server} "
        '--proxy-bypass-list="<-loopback>" --disable-quic '
        f"--ignore-certificate-errors-spki-list={replay.spki} {address}"
    )
    say("Press Ctrl-C to stop.")


def _options(
    program: str, profile: str, replay: ReplayProxy, address: str, window: str
) -> BrowserOptions:
    headless = window == "headless"
    size = "--start-fullscreen" if window == "full screen" else "--start-maximized"
    return BrowserOptions(
        path=program,
        headless=headless,
        proxy=replay.server,
        spki=replay.spki,
        profile=profile,
        context=ContextOptions() if headless else ContextOptions(viewport=None),
        app=None if headless else address,
        args=_NO_NETWORK if headless else (*_NO_NETWORK, size),
    )


async def _in_browser(address: str, options: BrowserOptions, stop: threading.Event) -> None:
    async with Browser(options) as browser:
        window = browser.default
        if window is None:
            return
        if options.headless:
            await window.tabs[0].goto(address, timeout=60)
        ends = [asyncio.ensure_future(window.wait_closed()), asyncio.ensure_future(_stopped(stop))]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()


async def _stopped(stop: threading.Event) -> None:
    while not stop.is_set():  # noqa: ASYNC110 (set from another thread)
        await asyncio.sleep(_TICK)
