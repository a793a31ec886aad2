"""The files of a deck's project: which folder the deck is served from, and how its texts are read.

A deck in ``talks/a/`` may load ``../../shared/reveal.js`` or, shown by ``reveal-md .`` from the
project's folder, ``/media/logo.png``. Paths are relative to the root; which files below it are the
deck's, :mod:`deckarchive.deck.outside` decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote

from deckarchive.deckfiles import find_own
from deckarchive.errors import DeckError
from deckarchive.files import read_regular
from deckarchive.model import DeckFiles, Source
from deckarchive.web import encoding_of, marked, to_text

# What leads upwards or starts at the server's root, up to the end of the value or line.
_AWAY = re.compile(r"""(?<=["'(\s,=])((?:\.\.[/\\])+|[/\\](?![/\\]))[^"'()<>\n]*""")
_HREF = re.compile(r"<a\s[^<>]*\bhref\s*=\s*[\"']?\Z", re.IGNORECASE)
_LEVELS: Final = 3
_MOST_NAMES: Final = 5000
_LOOK_BACK: Final = 500
_PROJECT: Final = (".git", ".hg", ".svn", ".jj", "package.json")
_STARTED: Final = ("reveal-md.json", "reveal-md.json5", "reveal.json", "reveal.json5",
                   "pyproject.toml", "_config.yml", "_quarto.yml")  # fmt: skip
"""Files that mark the folder that a deck is served from, if it is in no repository or package."""
_LARGEST: Final = 32 << 20
_MIMES: Final = {"html": "text/html", "css": "text/css", "text": "text/plain"}
_SNIFFED = 4096


def project_folders(folder: Path) -> list[Path]:
    """``folder`` and its parents up to the root of its project; never the home folder or above.

    The root is the nearest repository or package, at most three levels up; where there is none, the
    nearest folder with a configuration of reveal-md or another tool that makes decks. Without
    either, ``folder`` alone.
    """
    home = Path.home()
    found = [folder]
    for parent in folder.parents:
        if any((found[-1] / name).exists() for name in _PROJECT):
            return found
        if parent in (home, *home.parents) or len(parent.parts) <= 2 or len(found) > _LEVELS:
            break
        found.append(parent)
    if any((found[-1] / name).exists() for name in _PROJECT):
        return found
    started = (n for n, f in enumerate(found) if any((f / name).exists() for name in _STARTED))
    return found[: next(started, 0) + 1]


def deck_root(file: Path, text: str, also: Iterable[Path] = ()) -> Path:
    """The smallest folder that contains the deck, ``also`` and what the deck's ``text`` loads.

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


def beyond(file: Path, text: str) -> str:
    """One line on what the deck's ``text`` loads from beyond its project, which is left out;
    ``""`` for nothing."""
    allowed = project_folders(file.parent)
    names = ("../" * ups + name for ups, name in _names(text) if ups >= len(allowed))
    lost = sorted({name for name in names if _is_served(file.parent, name)})
    if not lost:
        return ""
    more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
    left = f"{', '.join(lost[:3])}{more}"
    if any((allowed[-1] / name).exists() for name in (*_PROJECT, *_STARTED)):
        return f"left out, since it lies outside the deck's project: {left}"
    return (
        f"left out, since it lies outside the deck's folder, which is in no project: {left}"
        " (a repository or a package.json in the folder that contains both makes one of them)"
    )


def _names(text: str) -> Iterator[tuple[int, str]]:
    """Each path once that is no link: how many folders up it starts (0: at the root), the rest."""
    seen: set[str] = set()
    for match in _AWAY.finditer(text):
        if _is_link(text, match.start()):
            continue
        value, *pieces = match.group(), *re.split(r"[\s,]+", match.group())
        for name in {value, *(p for p in pieces if _AWAY.match(f" {p}", 1))}:
            plain = unquote(re.split(r"[?#]", name.strip())[0]).replace("\\", "/")
            if plain in seen or len(seen) >= _MOST_NAMES:
                continue
            seen.add(plain)
            ups = re.match(r"(?:\.\./)*", plain)
            assert ups is not None
            yield len(ups.group()) // 3, plain[ups.end() :].lstrip("/")


def _is_link(text: str, at: int) -> bool:
    """Whether a path is that of a link: in ``<a href="…"`` or ``[words](…)``."""
    before = text[max(0, at - _LOOK_BACK) : at]
    if before.endswith("]("):
        depth = 0
        for place in range(len(before) - 2, -1, -1):
            depth += {"]": 1, "[": -1}.get(before[place], 0)
            if not depth:
                return before[place - 1 : place] != "!"
        return False
    return _HREF.search(before) is not None


def _is_served(folder: Path, name: str) -> bool:
    """Whether ``name`` below ``folder`` is a file, a folder with a page, or written as a folder
    (of an import map) and one."""
    try:
        place = folder / name
        written = name.endswith("/") and not name.endswith("../") and place.is_dir()
        return bool(name) and (written or place.is_file() or (place / "index.html").is_file())
    except (OSError, ValueError):
        return False


def local_file(root: str, path: str) -> Path | None:
    """The file ``path`` below ``root``; ``None`` when it is missing, secret or leads out of it."""
    try:
        file = find_own(Path(root), path, DeckFiles())
        return file if file.stat().st_size <= _LARGEST else None
    except (OSError, ValueError):
        return None


def decode_source(data: bytes, *, kind: str, label: str = "") -> tuple[str, str, bool]:
    """Text, encoding name and whether there was a byte-order mark (which is taken off).

    ``kind`` is ``html``, ``css`` or ``text``; ``label`` names an encoding given from outside.
    What is not valid in its encoding becomes U+FFFD; undeclared text is UTF-8, else Windows-1252.
    """
    encoding = encoding_of(data, f"{_MIMES[kind]}; charset={label}", _MIMES[kind])
    return to_text(data, encoding), encoding, bool(marked(data))


def is_binary(data: bytes) -> bool:
    """Whether no text file looks like this: NULs without a UTF-16 byte-order mark."""
    if marked(data).startswith("utf-16"):
        return False
    return b"\0" in data[:_SNIFFED] or data.startswith((b"%PDF-", b"\x89PNG", b"PK\x03\x04"))


def read_source(
    file: Path, root: Path, *, kind: str, label: str = "", path: str | None = None
) -> Source:
    try:
        data = read_regular(file, limit=_LARGEST)
    except OSError as error:
        raise DeckError(f"cannot read {file}: {error.strerror or error}") from error
    text, encoding, bom = decode_source(data, kind=kind, label=label)
    name = path if path is not None else file.relative_to(root).as_posix()
    return Source(path=name, text=text, encoding=encoding, bom=bom)


def find_config(folder: Path, names: Iterable[str], warnings: list[str]) -> Path | None:
    """The nearest configuration file of those names, from the deck's folder upwards.

    A link that leads out of the project counts as no file, and is a warning.
    """
    places = project_folders(folder)
    for place in places:
        for name in names:
            # What is there and is no regular file is refused when it is read.
            if _is_there(place / name) and is_within(place / name, places[-1], warnings):
                return place / name
    return None


def _is_there(file: Path) -> bool:
    try:
        return file.exists() and not file.is_dir()
    except OSError:
        return False


def is_within(file: Path, folder: Path, warnings: list[str]) -> bool:
    """Whether ``file``, links followed, lies below ``folder``; a warning when it does not."""
    try:
        within = file.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # RuntimeError: links in a circle
        within = False
    if not within:
        warnings.append(f"{file.name} is a link that leads out of the project: not read")
    return within


def folder_prefix(folder: Path, root: Path) -> str:
    """``folder`` below ``root`` as a prefix: ``""`` or ending in ``/``."""
    path = PurePosixPath(folder.relative_to(root).as_posix())
    return "" if str(path) == "." else f"{path}/"
