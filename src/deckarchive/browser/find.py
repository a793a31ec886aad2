"""Which browser to use: the one named, Playwright's own Chromium, or one that the system has.

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
_FIREFOX_ON_PATH = ("firefox-esr", "firefox")
_FIREFOX_HINT = "install Firefox, or name one with --browser PATH"
_FIREFOX_APPS = ("Firefox.app/Contents/MacOS/firefox", r"Mozilla Firefox\firefox.exe")
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
    """A browser that was found: its program, ``"156.0.8078.79"`` (or ``""``) and its name.

    ``engine`` is ``"chromium"`` or ``"firefox"``.
    """

    path: str
    version: str
    name: str
    engine: str = "chromium"

    @property
    def user_agent(self) -> str | None:
        """The header that this browser sends with a window, by Chromium's reduced form.

        Without one it calls itself HeadlessChrome, and some sites refuse that.
        """
        if not self.version:
            return None
        system = _SYSTEMS.get(sys.platform, "X11; Linux x86_64")
        major = self.version.partition(".")[0]
        return (
            f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) "
            f"Chrome/{major}.0.0.0 Safari/537.36"
        )


def find_browser(
    explicit: str | os.PathLike[str] | None = None, *, firefox: bool = False
) -> BrowserInfo:
    """Find a browser: ``explicit``, the environment's, Playwright's own, then the system's.

    ``explicit`` is a program, or ``chromium`` or ``firefox`` for any of that kind. One that was
    named must work; it is not replaced by another. Only with ``firefox`` may it be a Firefox.
    Raises :class:`EnvironmentMissing` with a hint when there is none.
    """
    named = os.fspath(explicit) if explicit else os.environ.get(ENVIRONMENT_VARIABLE)
    if named == "firefox":
        return _first(_firefoxes(), "no Firefox was found", _FIREFOX_HINT, firefox)
    if named and named != "chromium":
        path = shutil.which(named)
        if path is None:
            raise EnvironmentMissing(f"{named} is not a program that can be run", hint=_HINT)
        return _describe(Path(path), firefox)
    return _first(_candidates(), "no Chromium, Chrome or Edge was found", _HINT)


def _first(candidates: Iterator[Path], none: str, hint: str, firefox: bool = False) -> BrowserInfo:
    for candidate in candidates:
        if os.access(candidate, os.X_OK) and candidate.is_file():
            return _describe(candidate, firefox)
    raise EnvironmentMissing(none, hint=hint)


def _firefoxes() -> Iterator[Path]:
    yield from (Path(found) for name in _FIREFOX_ON_PATH if (found := shutil.which(name)))
    if sys.platform == "darwin":
        yield Path("/Applications") / _FIREFOX_APPS[0]
    elif sys.platform == "win32":
        yield Path(os.environ.get("PROGRAMFILES", "C:/Program Files")) / _FIREFOX_APPS[1]


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


def _describe(path: Path, firefox: bool = False) -> BrowserInfo:
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
    is_firefox = "firefox" in (said or path.stem).lower()
    if is_firefox and not firefox:
        raise EnvironmentMissing(f"{path} is Firefox; a Chromium is needed", hint=_HINT)
    return BrowserInfo(
        path=str(path),
        version=match[1] if match else "",
        name=name or path.stem,
        engine="firefox" if is_firefox else "chromium",
    )
