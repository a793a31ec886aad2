"""Which file of a folder a URL path names.

Paths come from pages that nobody vetted: whatever is not plainly a file inside the folder is
answered as if it were not there.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote_to_bytes

_CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")

ARCHIVED: Final = "sites"
"""The folder of captured files, whose own names may begin with a dot (/.well-known/)."""

# A file that is just being written (files.write_bytes, files.new_folder), and what a version
# control system keeps beside a folder that its owner publishes.
_UNFINISHED = re.compile(r"\..+\.[a-z0-9_]{8}(?:\.old\.[a-z0-9_]{8})?")
_PRIVATE = frozenset({".git", ".hg", ".svn"})


class ServedFolder:
    """The files below ``root`` by URL path."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def find(self, path: str) -> Path | None:
        """The file that a URL path (percent-encoded, no query) names, or ``None``.

        A directory stands for its ``index.html``. Dot segments, encoded or not, separators in
        disguise, control characters, links that lead out, hidden and unfinished files name nothing.
        """
        names = _segments(path)
        if names is None:
            return None
        try:
            found = self.root.joinpath(*names).resolve()
            if found.is_dir():
                found = (found / "index.html").resolve()
            inside = found.is_relative_to(self.root)
            return found if inside and found.is_file() else None
        except (OSError, RuntimeError, ValueError):  # too long, a loop of links
            return None

    def needs_slash(self, path: str) -> str | None:
        """Where to redirect, when ``path`` names a directory without its final slash."""
        names = _segments(path)
        if not names or path.endswith("/"):
            return None
        try:
            found = self.root.joinpath(*names).resolve()
            if not found.is_dir() or not found.is_relative_to(self.root):
                return None
        except (OSError, RuntimeError, ValueError):
            return None
        # Rebuilt from its names: "//host" must not become a redirect to another host.
        return "/" + "".join(f"{quote(name)}/" for name in names)

    def is_archived(self, file: Path) -> bool:
        """Whether the file came from a captured site, whose types may need sniffing."""
        # However the URL wrote it: some file systems take SITES for the same folder.
        return file.relative_to(self.root).parts[0].casefold() == ARCHIVED


def _segments(path: str) -> list[str] | None:
    """The decoded path segments that are names, or ``None`` when one is a trick."""
    names: list[str] = []
    for raw in path.split("/"):
        try:
            name = unquote_to_bytes(raw).decode("utf-8")
        except UnicodeDecodeError:
            return None
        if name in (".", "..") or "/" in name or _CONTROL.search(name):
            return None
        if name in _PRIVATE or _UNFINISHED.fullmatch(name):
            return None
        if name.startswith(".") and names[:1] != [ARCHIVED]:
            return None  # hidden files of the deck's folder are not a part of it
        if os.name == "nt" and (":" in name or name.endswith((".", " "))):
            return None
        if name:
            names.append(name)
    return names
