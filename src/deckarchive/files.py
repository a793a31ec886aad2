"""Reading files that anybody may have written, and writing so that nothing is left half.

Reading opens regular files alone and is bounded. Writing leaves the old file or the new one when
it is interrupted.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import stat
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

from deckarchive.errors import OutputError

_MARK: Final = ".deckarchive"
"""The file by which an unfinished folder is known as ours."""

LARGEST_TEXT: Final = 64 << 20
"""Bytes of the longest configuration, manifest or deck source that is read into memory."""


def open_regular(path: Path | str) -> BinaryIO:
    """Open a regular file for reading; links are followed.

    Never blocks: a FIFO without a writer, a device or a socket raises :class:`OSError` (EINVAL)
    as a missing file does (ENOENT) and a folder (EISDIR).
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        with suppress(OSError):
            os.close(descriptor)
        raise


def read_regular(path: Path | str, *, limit: int = LARGEST_TEXT) -> bytes:
    """The bytes of a regular file; a longer one than ``limit`` raises :class:`OSError` (EFBIG).

    Other errors as :func:`open_regular`.
    """
    with open_regular(path) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise OSError(errno.EFBIG, f"larger than {limit:,} bytes", str(path))
    return data


def sha256_of(path: Path | str) -> str:
    """The SHA-256 of a regular file, in hexadecimal, read in blocks."""
    sums = hashlib.sha256()
    with open_regular(path) as stream:
        while block := stream.read(1 << 20):
            sums.update(block)
    return sums.hexdigest()


def read_json(path: Path | str, *, limit: int = LARGEST_TEXT) -> Any:
    """Parse a JSON file. Raises :class:`OSError` as :func:`read_regular`, and
    :class:`ValueError` for anything that is not JSON in UTF-8 of a sane depth."""
    return _parsed(read_regular(path, limit=limit))


def read_gzip_json(path: Path | str, *, limit: int = LARGEST_TEXT) -> Any:
    """As :func:`read_json`, for JSON in gzip; ``limit`` bounds what it unpacks to as well.

    Damaged gzip is a :class:`ValueError`, too.
    """
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        data = unpacking.decompress(read_regular(path, limit=limit), limit + 1)
    except zlib.error as error:
        raise ValueError(f"damaged gzip: {error}") from error
    if len(data) > limit or not unpacking.eof:
        raise ValueError("gzip that ends early, or is too long")
    return _parsed(data)


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


@contextmanager
def replacing(path: Path, *, fsync: bool = False) -> Iterator[BinaryIO]:
    """A new file to write to; when the block ends well it takes the place of ``path``.

    It is filled as a hidden neighbour and renamed, so that ``path`` is always the old file or the
    whole new one. Missing folders are made. ``fsync``: bytes and name are on the disk when the
    block has ended, whatever happens to the machine then. Raises :class:`OutputError`, naming the
    path, when it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=_prefix(path))
        try:
            with os.fdopen(descriptor, "w+b") as stream:
                yield stream
                if fsync:
                    stream.flush()
                    os.fsync(stream.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
        if fsync:
            _sync_folder(path.parent)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error


def _prefix(path: Path) -> str:
    """How the name of an unfinished neighbour starts: within 255 bytes in any script."""
    return f".{path.name[:48]}."


def _sync_folder(folder: Path) -> None:
    """Put a renamed entry on the disk, where a system opens folders (POSIX)."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_bytes(path: Path, data: bytes, *, fsync: bool = False) -> None:
    """Write a file as :func:`replacing` does."""
    with replacing(path, fsync=fsync) as stream:
        stream.write(data)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text without changing its line ends; see :func:`write_bytes`."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, data: Any) -> None:
    """Write JSON with stable formatting and a final newline; see :func:`write_bytes`."""
    write_bytes(path, json_bytes(data))


def json_bytes(data: Any) -> bytes:
    """What :func:`write_json` writes: the same bytes for the same value."""
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


@contextmanager
def new_folder(path: Path, *, is_ours: Callable[[Path], bool]) -> Iterator[Path]:
    """Fill a temporary folder beside ``path``; when the block ends well it takes its place, unless
    the block has removed it.

    An older ``path`` is replaced as a whole when it is empty or ``is_ours`` knows it as what we
    wrote; anything else raises :class:`OutputError` and is not touched. When the block raises,
    ``path`` is as it was. What a killed run leaves beside ``path``, :func:`clear_leftovers` takes
    away.
    """
    try:
        _require_ours(path, is_ours)
        path.parent.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(dir=path.parent, prefix=_prefix(path)))
        try:
            (place / _MARK).touch()
            work = place / "new"
            work.mkdir()
            yield work
            if work.exists():
                _require_ours(path, is_ours)
                _swap(work, path, place / "old")
        finally:
            shutil.rmtree(place, ignore_errors=True)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error


def _require_ours(path: Path, is_ours: Callable[[Path], bool]) -> None:
    if not os.path.lexists(path):
        return
    if path.is_symlink() or not path.is_dir():
        raise OutputError(f"{path} is not a folder", hint="it is left as it is")
    if any(path.iterdir()) and not is_ours(path):
        raise OutputError(
            f"{path} is not empty and was not written by deckarchive", hint="it is left as it is"
        )


def _swap(work: Path, path: Path, aside: Path) -> None:
    """Move ``work`` to ``path``; an existing folder steps aside first."""
    if path.exists():
        aside.mkdir()
        path.rename(aside / path.name)
    try:
        work.rename(path)
    except OSError:
        if (aside / path.name).exists():
            (aside / path.name).rename(path)
        raise


def clear_leftovers(folder: Path) -> None:
    """Remove what killed runs of :func:`new_folder` left in ``folder``, and nothing else.

    What had stepped aside, and was not replaced any more, gets its place back.
    """
    for place in folder.glob(".*"):
        if place.is_symlink() or not place.is_dir() or not (place / _MARK).is_file():
            continue
        for old in (place / "old").glob("*"):
            if not os.path.lexists(folder / old.name):
                old.rename(folder / old.name)
        shutil.rmtree(place, ignore_errors=True)
