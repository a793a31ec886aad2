"""Packages from npm for the tests: fetched once into a cache, as they were published."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

ALLOWED = True
"""Whether the test that runs may use the network: tests/conftest.py looks at its marker."""


def cache_folder() -> Path:
    """Where fetched packages are kept between runs."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "deckarchive-tests" / "npm"


def package(name: str, version: str) -> Path:
    """The unpacked folder of one published package; fetched by ``npm pack`` when not there yet."""
    target = _place(f"{name.replace('/', '-')}-{version}")
    if not target.is_dir():
        with _workplace() as work:
            _npm(["pack", f"{name}@{version}", "--silent"], work)
            with tarfile.open(next(work.glob("*.tgz"))) as archive:
                archive.extractall(work / "unpacked", filter="data")
            move(work / "unpacked" / "package", target)
    return target


def installed(name: str, version: str) -> Path:
    """A folder whose ``node_modules`` holds a package with all that it depends on."""
    target = _place(f"{name.replace('/', '-')}-{version}-installed")
    if not target.is_dir():
        with _workplace() as work:
            place = work / "place"
            place.mkdir()
            (place / "package.json").write_text('{"private": true}', encoding="utf-8")
            options = ["--omit=optional", "--no-audit", "--no-fund", "--silent", "--ignore-scripts"]
            _npm(["install", f"{name}@{version}", *options], place)
            move(place, target)
    return target


def _place(name: str) -> Path:
    require_network()
    return cache_folder() / name


def require_network() -> None:
    """Fail a test that is not marked ``network``, also where the cache has what it wants."""
    assert ALLOWED, "a test that fetches packages is marked `network`"


class _workplace:
    """A temporary folder inside the cache, so that moving out of it is a rename."""

    def __enter__(self) -> Path:
        cache_folder().mkdir(parents=True, exist_ok=True)
        self._path = Path(tempfile.mkdtemp(dir=cache_folder(), prefix=".work-"))
        return self._path

    def __exit__(self, *error: object) -> None:
        shutil.rmtree(self._path, ignore_errors=True)


def _npm(arguments: list[str], folder: Path) -> None:
    command = [shutil.which("npm") or "npm", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, f"{' '.join(command)} failed:\n{done.stderr[-2000:]}"


def move(source: Path, target: Path) -> None:
    """Put a finished folder in its place in the cache."""
    try:
        source.rename(target)
    except OSError:
        if not target.is_dir():  # another test process may have been first
            raise
