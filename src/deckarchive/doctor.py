"""What this machine lacks, each with what to do about it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from deckarchive import vendor
from deckarchive.browser import find_browser
from deckarchive.errors import EnvironmentMissing
from deckarchive.model import Json

_ENOUGH_DISK: Final = 2 << 30
_FONT_FOLDERS: Final = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts",
                        "~/.local/share/fonts")  # fmt: skip
_FONT_TYPES: Final = frozenset({".ttf", ".otf", ".ttc", ".woff2", ".pfb"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the doctor: ``ok`` is ``None`` for advice that nothing fails without."""

    name: str
    ok: bool | None
    detail: str

    def __str__(self) -> str:
        mark = {True: "ok  ", None: "note", False: "MISS"}[self.ok]
        return f"{mark}  {self.name:<10} {self.detail}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was looked at. ``ok`` says that the whole job can be done on this machine."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        return all(check.ok is not False for check in self.checks)

    def to_dict(self) -> Json:
        return {"ok": self.ok, "checks": [asdict(check) for check in self.checks]}


def examine(browser: Path | None, folder: Path) -> Examination:
    """Look at browser, slide assets, fonts, disk and privileges; never raises."""
    checks = (_browser(browser), _assets(), *_fonts(), _disk(folder), *_root())
    return Examination(checks=checks)


def _browser(explicit: Path | None) -> Check:
    try:
        found = find_browser(explicit)
    except EnvironmentMissing as error:
        return Check(name="browser", ok=False, detail=str(error))
    return Check(name="browser", ok=True, detail=f"{found.name} {found.version} at {found.path}")


def _assets() -> Check:
    try:
        folders = [vendor.folder(n) for n in (*vendor.NAMES, *vendor.DATA)]
    except EnvironmentMissing as error:
        return Check(name="reveal.js", ok=False, detail=str(error))
    return Check(name="reveal.js", ok=True, detail=", ".join(sorted(f.name for f in folders)))


def _fonts() -> Iterator[Check]:
    """Linux only: elsewhere the system brings its own."""
    if not sys.platform.startswith("linux"):
        return
    count = sum(
        path.suffix.lower() in _FONT_TYPES
        for folder in _FONT_FOLDERS
        for path in Path(folder).expanduser().rglob("*")
    )
    if count:
        yield Check(name="fonts", ok=True, detail=f"{count} font files")
    else:
        yield Check(
            name="fonts",
            ok=None,
            detail="none found: text without web fonts will be missing from screenshots; "
            "install fonts-liberation and fonts-noto-core or the like",
        )


def _disk(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    detail = f"{free / 2**30:.1f} GiB free in {folder}"
    if free >= _ENOUGH_DISK:
        return Check(name="disk", ok=True, detail=detail)
    return Check(name="disk", ok=None, detail=f"{detail}: little for decks with video")


def _root() -> Iterator[Check]:
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        yield Check(
            name="sandbox",
            ok=None,
            detail="running as root: the browser's own sandbox is off; use another account "
            "for decks you do not trust",
        )
