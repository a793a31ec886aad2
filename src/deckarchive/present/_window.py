"""A browser window of its own for a talk: full-screen, with the speaker view if asked for.

The user's own browser, already running, would take neither wish. So a Chromium, else a Firefox,
is started with a fresh profile: no extensions, no questions, nothing left behind.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from deckarchive.browser import find_browser
from deckarchive.errors import EnvironmentMissing

SPEAKER: Final = "deckarchive-speaker"
"""In the address: asks ``runtime/stage.js`` to open the speaker view."""

_PATIENCE: Final = 10.0
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
_FIREFOX: Final = {
    "app.normandy.enabled": False,
    "app.update.auto": False,
    "browser.aboutwelcome.enabled": False,
    "browser.sessionstore.resume_from_crash": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.disable_open_during_load": False,
    "media.autoplay.default": 0,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}


class Window:
    """A running browser: a context manager; leaving it closes the browser."""

    def __init__(self, command: list[str], profile: tempfile.TemporaryDirectory[str]) -> None:
        self._profile = profile
        # In a group of its own, so that Ctrl-C in the terminal reaches `present` alone.
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
    address: str, *, full_screen: bool, speaker: bool, browser: Path | None = None
) -> Window | None:
    """Open ``address`` in a browser of its own; ``None`` when there is none that could.

    ``browser`` is a program, ``chromium`` or ``firefox``; one that was named and is missing raises
    :class:`EnvironmentMissing`.
    """
    found = _find(browser)
    if found is None:
        return None
    program, is_firefox = found
    if speaker:
        page, mark, fragment = address.partition("#")
        address = f"{page}?{SPEAKER}=1{mark}{fragment}"
    # Removed by force: a browser may still write while it ends.
    profile = tempfile.TemporaryDirectory(prefix="deckarchive-", ignore_cleanup_errors=True)
    if is_firefox:
        lines = (f'user_pref("{name}", {_js(value)});' for name, value in _FIREFOX.items())
        (Path(profile.name) / "user.js").write_text("\n".join(lines) + "\n", "utf-8")
        kiosk = ["--kiosk"] if full_screen else []
        own = ["--new-instance", "--profile", profile.name]
        return Window([program, *own, *kiosk, address], profile)
    options = [*_CHROMIUM, f"--user-data-dir={profile.name}", f"--app={address}"]
    options += ["--start-fullscreen"] if full_screen else ["--start-maximized"]
    options += ["--disable-popup-blocking"] if speaker else []
    options += ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    return Window([program, *options], profile)


def _find(browser: Path | None) -> tuple[str, bool] | None:
    """The program, and whether it is a Firefox."""
    with suppress(EnvironmentMissing):
        found = find_browser(browser, firefox=True)
        return found.path, "firefox" in found.name.lower()
    if browser is not None:
        find_browser(browser, firefox=True)
    with suppress(EnvironmentMissing):
        return find_browser("firefox", firefox=True).path, True
    return None


def _js(value: object) -> str:
    return str(value).lower() if isinstance(value, bool | int) else f'"{value}"'
