"""The folder that is being written: each file once, hashed on its way, or taken over.

What the folder before it has with the same bytes, or made from the same inputs, is linked instead
of written (copied where the file system has no links): see :mod:`reuse`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from deckarchive.deckfiles import open_found
from deckarchive.errors import OutputError
from deckarchive.files import sha256_of
from deckarchive.model import Exchange
from deckarchive.rewriter.reuse import INPUTS, BuildInputs, LookupLog, PreviousFolder, digest

_BLOCK: Final = 1 << 20


def body_inputs(exchange: Exchange) -> str:
    """What a file with the bytes of a recorded body is made from."""
    coded = [v for k, v in exchange.headers if "encoding" in k.lower()]
    return digest("body", exchange.digest, exchange.size, coded)


class ByteSink(Protocol):
    """What takes the bytes of a file."""

    def write(self, data: bytes, /) -> object: ...


class Output:
    """Writes below ``folder``; ``before`` is the folder that it will replace.

    Paths are relative to the folder, posix. Every method raises :class:`OutputError`, naming the
    file, when it cannot be written.
    """

    def __init__(self, folder: Path, before: PreviousFolder | None = None) -> None:
        self.folder = folder
        self.before = before or PreviousFolder()
        self.build_inputs = BuildInputs()
        self.notes: list[str] = []
        """What could not be read to its end, a line a file."""
        self._files: dict[str, tuple[int, str]] = {}

    def write(self, path: str, data: bytes | str) -> None:
        """Write a file whose contents are at hand; text as UTF-8."""
        data = data.encode("utf-8") if isinstance(data, str) else data
        known = self.before.files.get(path, {}).get("sha256")
        if known == hashlib.sha256(data).hexdigest() and self._take_over(path):
            return
        with self.open(path) as sink:
            sink.write(data)

    def copy(self, path: str, source: Callable[[], BinaryIO], inputs: str = "") -> None:
        """Write what ``source`` opens, in blocks, unless the file of the same inputs is there."""
        if self.keep(path, inputs):
            return
        with source() as stream, self.open(path, inputs) as sink:
            shutil.copyfileobj(stream, sink, _BLOCK)
            self.note(path, stream)

    def note(self, path: str, stream: BinaryIO) -> None:
        """Note why a recorded body, read to its end, is not all of it: its coding is damaged, or it
        unpacks to far more than its size."""
        if fault := getattr(stream, "fault", ""):
            self.notes.append(f"{path}: {fault}")

    def read_back(self, path: str) -> BinaryIO:
        """Open a file that stands in the folder by now: what the file-scheme scripts are made of.

        The one place where output is read: making all texts of a group again would unpack and
        rewrite each record a second time, and holding them would take memory without bound.
        """
        return (self.folder / path).open("rb")

    def copy_file(self, path: str, source: Path) -> None:
        """Copy a file of the author's; one of the same size and time counts as the same.

        Raises :class:`OSError` when it cannot be read (any more).
        """
        found = source.stat()
        inputs = digest("file", str(source), found.st_size, found.st_mtime_ns)
        self.copy(path, lambda: open_found(source), inputs)

    def keep(self, path: str, inputs: str) -> bool:
        """Take the file over when it was made from ``inputs``; whether that was done."""
        if not self.before.made_from(path, inputs) or not self._take_over(path):
            return False
        self.build_inputs.inputs[path] = inputs
        return True

    def keep_document(
        self, path: str, inputs: str, answer: Callable[[str, str], str | None]
    ) -> LookupLog | None:
        """As :meth:`keep`, when ``answer(url, start)`` also says what it had said before."""
        known = self.before.document(path)
        if known is None or not self.before.made_from(path, inputs):
            return None
        answers, log = known
        if log.answers(answer) != answers or not self.keep(path, inputs):
            return None
        self.build_inputs.add_document(path, log, answers)
        return log

    @contextmanager
    def open(self, path: str, inputs: str = "") -> Iterator[ByteSink]:
        """A new file at ``path`` to write to; ``inputs`` says from what it is made."""
        target = self.folder / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)  # it may be a link into the folder before
            with target.open("wb") as stream:
                hashing = _Hashing(stream)
                yield hashing
        except OSError as error:
            raise OutputError(f"cannot write {target}: {error.strerror or error}") from error
        self._files[path] = (hashing.size, hashing.sums.hexdigest())
        self.build_inputs.inputs.pop(path, None)
        if inputs:
            self.build_inputs.inputs[path] = inputs

    def sha256(self, path: str) -> str:
        """The hash of a file that was written, in hexadecimal; ``""`` for any other."""
        return self._files[path][1] if path in self._files else ""

    def size(self, path: str) -> int | None:
        """The size of a file that was written, in bytes; ``None`` for any other."""
        return self._files[path][0] if path in self._files else None

    def finish(self) -> dict[str, dict[str, Any]]:
        """Write what the next run needs; the folder's inventory: path → size and SHA-256."""
        self.write(INPUTS, self.build_inputs.packed())
        inventory: dict[str, dict[str, Any]] = {}
        for file in sorted(p for p in self.folder.rglob("*") if p.is_file()):
            path = file.relative_to(self.folder).as_posix()
            size, sha256 = self._files.get(path) or (file.stat().st_size, sha256_of(file))
            inventory[path] = {"size": size, "sha256": sha256}
        return inventory

    def _take_over(self, path: str) -> bool:
        """Link the file of the folder before, if it is as it was written."""
        source, target = self.before.unchanged(path), self.folder / path
        if source is None:
            return False
        known = self.before.files[path]
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            try:
                os.link(source, target)
            except OSError:
                shutil.copy2(source, target)
        except OSError as error:
            raise OutputError(f"cannot write {target}: {error.strerror or error}") from error
        self._files[path] = (int(known["size"]), str(known["sha256"]))
        return True


class _Hashing:
    """Passes bytes on to a file, counting and hashing them."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self.sums, self.size = stream, hashlib.sha256(), 0

    def write(self, data: bytes, /) -> int:
        self.sums.update(data)
        self.size += len(data)
        return self._stream.write(data)
