"""Reading what strangers may have put in a file's place, and writing so that nothing is left half.

Reading opens regular files alone and is bounded. Writing leaves the old file or the new one when
it is interrupted.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

from deckarchive.errors import OutputError

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


def read_json(path: Path | str, *, limit: int = LARGEST_TEXT) -> Any:
    """Parse a JSON file. Raises :class:`OSError` as :func:`read_regular`, and
    :class:`ValueError` for anything that is not JSON in UTF-8 of a sane depth."""
    data = read_regular(path, limit=limit)
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
    write_text(path, json.dumps(data, ensure_ascii=False, indent=2) + "\n")


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Fill a temporary folder beside ``path``; when the block ends well it takes its place.

    An older ``path`` is replaced as a whole. When the block raises, ``path`` is as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=path.parent, prefix=_prefix(path)))
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    try:
        yield work
        work.chmod(0o755)
        _swap(work, path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _swap(work: Path, path: Path) -> None:
    """Move ``work`` to ``path``; an existing folder steps aside first and is then removed."""
    if not path.exists():
        work.rename(path)
        return
    aside = Path(tempfile.mkdtemp(dir=path.parent, prefix=f"{_prefix(path)}old."))
    path.rename(aside / path.name)
    try:
        work.rename(path)
    except OSError:
        (aside / path.name).rename(path)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
