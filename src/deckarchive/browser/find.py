"""Which Chromium to use: the one named, Playwright's own, or one that the system has.

Only looks at files and asks a candidate for its version; starts nothing else.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deckarchive.errors import EnvironmentMissing

ENVIRONMENT_VARIABLE: Final = "DECKARCHIVE_BROWSER"
_HINT = (
    "install Chromium or Google Chrome, or run 'playwright install chromium', "
    f"or name one with --browser or {ENVIRONMENT_VARIABLE}"
)
_ON_PATH = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
_MAC_APPS = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_WINDOWS_APPS = (
    r"Google\Chrome\Application\chrome.exe",
    r"Chromium\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
)
_SYSTEMS = {
    "darwin": "Macintosh; Intel Mac OS X 10_15_7",
    "win32": "Windows NT 10.0; Win64; x64",
}
_PLAYWRIGHT_BUILDS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    "chromium-*/chrome-win*/chrome.exe",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserInfo:
    """A browser that was found: its program, ``"156.0.8078.79"`` (or ``""``) and its name."""

    path: str
    version: str
    name: str

    @property
    def user_agent(self) -> str | None:
        """The header that this browser sends with a window, by Chromium's reduced form.

        Without one it calls itself HeadlessChrome, and some sites turn that away.
        """
        if not self.version:
            return None
        system = _SYSTEMS.get(sys.platform, "X11; Linux x86_64")
        major = self.version.partition(".")[0]
        return (
            f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) "
            f"Chrome/{major}.0.0.0 Safari/537.36"
        )


def find_browser(explicit: str | os.PathLike[str] | None = None) -> BrowserInfo:
    """Find a Chromium: ``explicit``, the environment's, Playwright's own, then the system's.

    One that was named must work; it is not replaced by another. Raises
    :class:`EnvironmentMissing` with a hint when there is none.
    """
    named = os.fspath(explicit) if explicit else os.environ.get(ENVIRONMENT_VARIABLE)
    if named:
        path = shutil.which(named)
        if path is None:
            raise EnvironmentMissing(f"{named} is not a program that can be run", hint=_HINT)
        return _describe(Path(path))
    for candidate in _candidates():
        if os.access(candidate, os.X_OK) and candidate.is_file():
            return _describe(candidate)
    raise EnvironmentMissing("no Chromium, Chrome or Edge was found", hint=_HINT)


def _candidates() -> Iterator[Path]:
    yield from _playwright_builds()
    for name in _ON_PATH:
        if found := shutil.which(name):
            yield Path(found)
    if sys.platform == "darwin":
        for folder in (Path("/Applications"), Path.home() / "Applications"):
            yield from (folder / app for app in _MAC_APPS)
    elif sys.platform == "win32":
        for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
            if root := os.environ.get(variable):
                yield from (Path(root) / app for app in _WINDOWS_APPS)


def _playwright_builds() -> Iterator[Path]:
    """The Chromium builds in Playwright's own cache, the newest revision first."""
    if given := os.environ.get("PLAYWRIGHT_BROWSERS_PATH"):
        cache = Path(given)
    elif sys.platform == "darwin":
        cache = Path.home() / "Library" / "Caches" / "ms-playwright"
    elif sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
        cache = Path(local) / "ms-playwright"
    else:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ms-playwright"
    found = [path for pattern in _PLAYWRIGHT_BUILDS for path in cache.glob(pattern)]
    yield from sorted(found, key=lambda path: _revision(path, cache), reverse=True)


def _revision(path: Path, cache: Path) -> int:
    digits = path.relative_to(cache).parts[0].rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0


def _describe(path: Path) -> BrowserInfo:
    """Ask the program for its name and version; Windows' Chrome would open a window instead."""
    said = ""
    if sys.platform != "win32":
        try:
            done = subprocess.run(
                [str(path), "--version"], capture_output=True, text=True, timeout=30, check=False
            )
            said = done.stdout
        except (OSError, subprocess.SubprocessError) as error:
            raise EnvironmentMissing(f"{path} cannot be run: {error}", hint=_HINT) from error
    match = re.search(r"(\d+(?:\.\d+)+)", said)
    name = said[: match.start()].strip() if match else ""
    if "firefox" in said.lower():
        raise EnvironmentMissing(f"{path} is Firefox; a Chromium is needed", hint=_HINT)
    return BrowserInfo(path=str(path), version=match[1] if match else "", name=name or path.stem)
