"""Which folder a deck is served from: its own, or the ancestor that it was written for.

A deck in ``talks/a/`` may name ``../../shared/reveal.js`` or, shown by ``reveal-md .`` from the
project's folder, ``/media/logo.png``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote

# What leads upwards or starts at the server's root, up to the end of the value or line.
_AWAY = re.compile(r"""(?<=["'(\s,=])((?:\.\.[/\\])+|[/\\](?![/\\]))[^"'()<>\n]*""")
_LEVELS: Final = 3
_MOST_NAMES: Final = 5000


def project_folders(folder: Path) -> list[Path]:
    """``folder`` and its parents within the project; never the home folder or above."""
    home = Path.home()
    found = [folder]
    for parent in folder.parents:
        last = found[-1]
        if (last / ".git").exists() or (last / "package.json").exists():
            break
        if parent in (home, *home.parents) or len(parent.parts) <= 2 or len(found) > _LEVELS:
            break
        found.append(parent)
    return found


def deck_root(file: Path, text: str, also: Iterable[Path] = ()) -> Path:
    """The smallest folder that holds the deck, ``also`` and what the deck's ``text`` names.

    A name that starts with ``/`` can be meant from any folder of the project: taken is the one
    below which most such names exist.
    """
    allowed = project_folders(file.parent)
    depth = max((allowed.index(f) for f in also if f in allowed), default=0)
    rooted = []
    for ups, name in _names(text):
        if not ups:
            rooted.append(name)
        elif depth < ups < len(allowed) and _is_served(file.parent, "../" * ups + name):
            depth = ups
    counts = [sum(_is_served(folder, name) for name in rooted) for folder in allowed[depth:]]
    return allowed[depth + counts.index(max(counts))]


def _names(text: str) -> Iterator[tuple[int, str]]:
    """Each path once: how many folders up it starts (0: at the root), and the rest of it."""
    seen: set[str] = set()
    for match in _AWAY.finditer(text):
        value, *pieces = match.group(), *re.split(r"[\s,]+", match.group())
        for name in {value, *(p for p in pieces if _AWAY.match(f" {p}", 1))}:
            plain = unquote(re.split(r"[?#]", name.strip())[0]).replace("\\", "/")
            if plain in seen or len(seen) >= _MOST_NAMES:
                continue
            seen.add(plain)
            ups = re.match(r"(?:\.\./)*", plain)
            assert ups is not None
            yield len(ups.group()) // 3, plain[ups.end() :].lstrip("/")


def _is_served(folder: Path, name: str) -> bool:
    """Whether ``name`` below ``folder`` is a file, or a folder with a page."""
    try:
        place = folder / name
        return bool(name) and (place.is_file() or (place / "index.html").is_file())
    except (OSError, ValueError):
        return False
