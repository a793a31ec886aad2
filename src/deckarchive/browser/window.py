"""A browser window for a person: a fresh profile, no questions asked, nothing left behind.

The user's own browser, already running, can be given no more than an address. So a Chromium, else
a Firefox, is started beside it, as a plain program that nothing steers.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from deckarchive.browser.find import BrowserInfo, find_browser
from deckarchive.browser.firefox import UNASKED
from deckarchive.browser.options import NO_WARNING, BrowserOptions, may_sandbox
from deckarchive.errors import EnvironmentMissing

_PATIENCE: Final = 10.0  # seconds that a browser has to end by itself
_CHROMIUM: Final = (
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-crash-restore-bubble",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=Translate,MediaRouter",
    "--autoplay-policy=no-user-gesture-required",
    "--password-store=basic",
)


class Window:
    """A running browser: a context manager; leaving it closes the browser."""

    def __init__(self, command: list[str], profile: tempfile.TemporaryDirectory[str]) -> None:
        self._profile = profile
        # In a group of its own, so that Ctrl-C in the terminal reaches the command alone.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def ended(self) -> int | None:
        """``None`` while it runs, then its exit code: 0 when it was closed by hand."""
        return self._process.poll()

    def close(self) -> None:
        """End the browser, by force when it does not go, and remove its profile."""
        with suppress(OSError):
            self._process.terminate()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._profile.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_window(
    address: str,
    *,
    full_screen: bool = False,
    popups: bool = False,
    browser: Path | None = None,
    network: BrowserOptions | None = None,
) -> Window | None:
    """Open ``address`` in a browser of its own; ``None`` when there is none that could.

    ``popups`` lets the page open windows by itself. ``browser`` is a program, ``chromium`` or
    ``firefox``; one that was named and is missing, or does not start, raises
    :class:`EnvironmentMissing`. ``network`` is what a Chromium goes by: a proxy, the key that it
    trusts, further arguments.
    """
    found = _find(browser)
    if found is None:
        return None
    # Removed by force: a browser may still write while it ends.
    try:
        profile = tempfile.TemporaryDirectory(prefix="deckarchive-", ignore_cleanup_errors=True)
    except OSError as error:
        raise _not_started(found, error) from error
    try:
        command = _command(found, address, Path(profile.name), full_screen, popups, network)
        return Window(command, profile)
    except OSError as error:
        profile.cleanup()
        raise _not_started(found, error) from error


def _not_started(found: BrowserInfo, error: OSError) -> EnvironmentMissing:
    reason = error.strerror or error
    return EnvironmentMissing(f"{found.path} does not start: {reason}", hint="choose another")


def _command(
    found: BrowserInfo,
    address: str,
    profile: Path,
    full_screen: bool,
    popups: bool,
    network: BrowserOptions | None,
) -> list[str]:
    start = _firefox if found.engine == "firefox" else _chromium
    command = start(address, profile, full_screen, popups)
    if network:
        bypass = "<loopback>" if network.bypass_loopback else "<-loopback>"
        way = [f"--proxy-server={network.proxy}", f"--proxy-bypass-list={bypass}"]
        command += [*(way if network.proxy else []), *network.arguments()]
    return [found.path, *command]


def _find(browser: Path | None) -> BrowserInfo | None:
    if browser is not None:
        return find_browser(browser, firefox=True)
    for kind in (None, "firefox"):
        with suppress(EnvironmentMissing):
            return find_browser(kind, firefox=True)
    return None


def _firefox(address: str, profile: Path, full_screen: bool, popups: bool) -> list[str]:
    wanted = {**UNASKED, "dom.disable_open_during_load": not popups}
    lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in wanted.items())
    (profile / "user.js").write_text("".join(lines), "utf-8")
    kiosk = ["--kiosk"] if full_screen else []
    return ["--new-instance", "--profile", str(profile), *kiosk, address]


def _chromium(address: str, profile: Path, full_screen: bool, popups: bool) -> list[str]:
    options = [*_CHROMIUM, f"--user-data-dir={profile}", f"--app={address}"]
    options += ["--start-fullscreen"] if full_screen else ["--start-maximized"]
    options += ["--disable-popup-blocking"] if popups else []
    return options if may_sandbox() else [*options, "--no-sandbox", NO_WARNING]
