"""Writing the zip: the same bytes for the same folder, a piece at a time, whole or not at all."""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from deckarchive.bundle._words import bundle_readme, escaped_line, unix_script, windows_script
from deckarchive.errors import OutputError
from deckarchive.files import open_regular, replacing
from deckarchive.js import service_worker
from deckarchive.model import Json, OfflineDeck
from deckarchive.server import open_offline
from deckarchive.web import CODINGS, WITHOUT_POLICY, content_type, policy

_TIME: Final = (1980, 1, 1, 0, 0, 0)
_CHUNK: Final = 1 << 20
_LARGE: Final = 1 << 31
_WORKER: Final = "sw.js"
_LISTED: Final = 100
_STORED: Final = (
    ".png", ".apng", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".mp4", ".m4v", ".webm", ".ogv",
    ".ogg", ".mov", ".mkv", ".mp3", ".m4a", ".aac", ".oga", ".opus", ".flac", ".woff", ".woff2",
    ".zip", ".gz", ".br", ".zst", ".7z", ".pdf", ".wacz", ".svgz",
)  # fmt: skip
"""What would not become smaller."""

_PRIVATE: Final = frozenset({".git", ".hg", ".svn", ".DS_Store"})
_UNFINISHED: Final = re.compile(r"\..+\.[a-z0-9_]{8}")
_POLICIES: Final = ("copy", "copy-under-deck", "copy-connections", "deck", "frame", "live")
_NOT_ON_WINDOWS: Final = re.compile(
    r'[<>:"|?*\x00-\x1f\\]|[. ](?:/|$)|(?:^|/)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|/|$)', re.I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What was written: ``size`` in bytes; ``unportable`` names files that Windows cannot have.

    ``skipped`` are paths of the folder that are not in the zip, each with the reason.
    """

    path: Path
    size: int
    files: int
    offline: OfflineDeck
    unportable: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> Json:
        skipped = [{"path": path, "reason": reason} for path, reason in self.skipped[:_LISTED]]
        return {
            "path": str(self.path),
            "bytes": self.size,
            "files": self.files,
            "skipped": {"count": len(self.skipped), "first": skipped},
        }


def bundle(folder: Path, out: Path | None = None) -> Bundle:
    """Write ``folder`` and the launcher into one zip, by default ``NAME.zip`` beside the folder.

    Raises :class:`ArchiveError` when ``folder`` is no offline deck and :class:`OutputError` when
    the zip cannot be written or would become a part of the folder. An older zip is replaced only
    by a whole one.
    """
    offline = open_offline(folder)
    root = folder.resolve()
    out = out or root.with_name(root.name + ".zip")
    if root in out.absolute().parents or root in out.resolve().parents:
        raise OutputError(f"{out} lies in the folder itself", hint="name another file with -o")
    if out.is_dir():
        raise OutputError(f"{out} is a folder", hint="name a file with -o")
    skipped: dict[str, str] = {}
    paths = sorted(_paths(root, skipped))
    name = re.sub(r"[^\w.-]+", "-", root.name).strip("-.") or "deck"
    _write(root, paths, offline, name, out)
    size = out.stat().st_size
    odd = tuple(path for path in paths if _NOT_ON_WINDOWS.search(path))
    return Bundle(
        path=out,
        size=size,
        files=len(paths),
        offline=offline,
        unportable=odd,
        skipped=tuple(sorted(skipped.items())),
    )


def _paths(root: Path, skipped: dict[str, str]) -> Iterator[str]:
    """The folder's files, relative to it; links are followed as long as they stay inside.

    What else is there goes into ``skipped``: relative path → reason.
    """
    for folder, names, found in os.walk(root):
        inside = Path(folder).relative_to(root)
        for name in (*names, *found):
            relative = (inside / name).as_posix()
            path = root / relative
            if reason := _reason(root, path, relative, is_folder=name in names):
                skipped[relative.encode("utf-8", "backslashreplace").decode()] = reason
                if name in names:
                    names.remove(name)
            elif name not in names:
                yield relative


def _reason(root: Path, path: Path, relative: str, *, is_folder: bool) -> str:
    """Why a path does not belong into the zip; empty when it does."""
    name = path.name
    if name in _PRIVATE:
        return "not a part of the deck"
    if _UNFINISHED.fullmatch(name):
        return "an unfinished file"
    if name.startswith(".") and not relative.startswith("sites/"):
        return "hidden"
    try:
        relative.encode("utf-8")
        if is_folder:
            return "a link to a folder" if path.is_symlink() else ""
        if not path.resolve(strict=True).is_relative_to(root):
            return "a link that leads out of the folder"
        return "" if path.is_file() else "not a file"
    except UnicodeEncodeError:
        return "its name fits into no zip"
    except (OSError, RuntimeError):
        return "a link that leads nowhere"


def _write(root: Path, paths: list[str], offline: OfflineDeck, name: str, out: Path) -> None:
    with replacing(out, fsync=True) as stream, zipfile.ZipFile(stream, "w") as archive:
        for path, (text, mode) in _beside(root, paths, offline).items():
            archive.writestr(_info(f"{name}/{path}", mode), text.encode())
        for path in paths:
            if path == _WORKER:  # it stays in the browser, so the folder's own is not trusted
                archive.writestr(_info(f"{name}/deck/{path}"), service_worker().encode())
                continue
            _add(archive, root / path, f"{name}/deck/{path}")


def _beside(root: Path, paths: list[str], offline: OfflineDeck) -> dict[str, tuple[str, int]]:
    """The files beside the deck: path → text and mode."""
    return {
        "README.txt": (bundle_readme(offline).replace("\n", "\r\n"), 0o644),
        "present.cmd": (windows_script(offline.page), 0o644),
        "present.command": (unix_script(offline.page), 0o755),
        "present.json": (_about(root, paths, offline), 0o644),
        "present.py": ((files("deckarchive.bundle") / "launcher.py").read_text("utf-8"), 0o755),
    }


def _about(root: Path, paths: list[str], offline: OfflineDeck) -> str:
    """What the launcher needs to know: each file's media type, as ``present`` would send it."""
    types = {path: content_type(root / path) for path in paths}
    usual: dict[str, str] = {}
    by_suffix: dict[str, Counter[str]] = {}
    for path, media in types.items():
        by_suffix.setdefault(Path(path).suffix.lower(), Counter())[media] += 1
    for suffix, counts in sorted(by_suffix.items()):
        usual[suffix] = max(sorted(counts), key=lambda media: counts[media])
    about = {
        "title": escaped_line(offline.title),
        "page": offline.page,
        "types": usual,
        "policies": {name: policy(name) for name in _POLICIES},
        "without_policy": WITHOUT_POLICY,
        "codings": CODINGS,
        "exceptions": {p: m for p, m in types.items() if m != usual[Path(p).suffix.lower()]},
    }
    return json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _info(name: str, mode: int = 0o644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _TIME)
    info.create_system = 3  # wherever it is made: modes as on Unix
    info.external_attr = (0o100000 | mode) << 16
    stored = Path(name).suffix.lower() in _STORED
    info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    return info


def _add(archive: zipfile.ZipFile, path: Path, name: str) -> None:
    large = path.stat().st_size >= _LARGE
    with open_regular(path) as source, archive.open(_info(name), "w", force_zip64=large) as target:
        shutil.copyfileobj(source, target, _CHUNK)
