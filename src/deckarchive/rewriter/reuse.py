"""What an older offline folder has that need not be made again.

A file is taken over when all that it was made from is the same. That is its *inputs*, a digest of
the record, of this program, and so on; for a document also the answers to the URLs it holds, which
are looked up again. ``runtime/inputs.json.gz`` keeps both; without it, or when another version
wrote it, everything is written. A file that somebody changed is recognised by its time and its
hash.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from deckarchive import __version__, files
from deckarchive.files import sha256_of

INPUTS: Final = "runtime/inputs.json.gz"
PROVENANCE: Final = "deckarchive.json"
_LONGEST: Final = 256 << 20
MAKERS: Final = (
    *("rewriter", "markup", "web", "js", "model", "warc"),
    *("urls.py", "files.py", "deckfiles.py"),
)
"""The parts of this program that decide on the bytes of an offline folder, tables included."""
_LITTER: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What a file manager puts into a folder that it shows."""


def digest(*parts: object) -> str:
    """A digest of values that differ in their ``repr``."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


@cache
def maker() -> str:
    """A digest of this program, as far as it decides on the bytes of a file."""
    package = Path(__file__).parent.parent
    sums = hashlib.sha256(__version__.encode())
    for name in MAKERS:
        part = package / name
        for path in sorted(part.rglob("*")) if part.is_dir() else [part]:
            if path.suffix in (".py", ".js", ".css", ".json"):
                sums.update(path.read_bytes())
    return sums.hexdigest()[:32]


@dataclass(slots=True)
class LookupLog:
    """The URLs that a document asked for, with the answers it got, in order.

    A question is a URL, or ``"START URL"`` where the answer is to be as seen from START.
    """

    encoding: str = ""
    questions: list[str] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)

    def note(self, url: str, start: str = "") -> None:
        """Enter one question, once."""
        question = f"{start} {url}" if start else url
        if question not in self._known:
            self._known.add(question)
            self.questions.append(question)

    def answers(self, answer: Callable[[str, str], str | None]) -> str:
        """A digest of what ``answer(url, start)`` says now."""
        sums = hashlib.sha256()
        for question in self.questions:
            start, _, url = question.rpartition(" ")
            sums.update(f"{answer(url, start) or ''}\n".encode("utf-8", "surrogatepass"))
        return sums.hexdigest()[:32]


@dataclass(slots=True)
class BuildInputs:
    """From what each file was made; ``documents`` maps a path to its questions and answers."""

    inputs: dict[str, str] = field(default_factory=dict)
    documents: dict[str, tuple[str, str, array[int]]] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)

    def add_document(self, path: str, log: LookupLog, answers: str) -> None:
        """Remember a document; its questions are numbered, since many ask the same."""
        numbers = (self._numbers.setdefault(q, len(self._numbers)) for q in log.questions)
        self.documents[path] = (answers, log.encoding, array("I", numbers))

    def packed(self) -> bytes:
        """The contents of :data:`INPUTS`: the same bytes for the same values."""
        documents = {
            path: [answers, encoding, base64.b64encode(numbers.tobytes()).decode("ascii")]
            for path, (answers, encoding, numbers) in self.documents.items()
        }
        data = {
            "maker": maker(),
            "inputs": self.inputs,
            "documents": documents,
            "questions": list(self._numbers),
        }
        return gzip.compress(json.dumps(data, separators=(",", ":")).encode(), 4, mtime=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousFolder:
    """The offline folder that is to be replaced: what it holds, and from what that was made.

    ``files`` is its inventory (path → size and SHA-256), ``finished`` when it was complete (ns).
    """

    folder: Path = Path()
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    finished: int = 0
    inputs: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    questions: tuple[str, ...] = ()

    def made_from(self, path: str, inputs: str) -> bool:
        """Whether the file at ``path`` was made from the same inputs (answers aside)."""
        return bool(inputs) and self.inputs.get(path) == inputs

    def document(self, path: str) -> tuple[str, LookupLog] | None:
        """The answers that the document at ``path`` had got, and what it had asked."""
        try:
            answers, encoding, packed = self.documents[path]
            numbers = array("I", base64.b64decode(packed))
            return answers, LookupLog(encoding, [self.questions[n] for n in numbers])
        except (LookupError, ValueError, TypeError):
            return None

    def unchanged(self, path: str) -> Path | None:
        """The file at ``path`` when it is as it was written, else ``None``.

        It is read only where its time leaves a doubt, as when the folder was copied.
        """
        known, file = self.files.get(path), self.folder / path
        if known is None:
            return None
        try:
            if file.is_symlink() or not file.is_file():
                return None
            found = file.stat()
            if found.st_size != known.get("size"):
                return None
            if found.st_mtime_ns >= self.finished and sha256_of(file) != known.get("sha256"):
                return None
        except OSError:
            return None
        return file


def read_before(folder: Path) -> PreviousFolder:
    """What can be taken over from the offline folder at ``folder``; nothing if there is none."""
    try:
        provenance = folder / PROVENANCE
        inventory = files.read_json(provenance)["files"]
        if not isinstance(inventory, dict):
            return PreviousFolder()
        known = PreviousFolder(
            folder=folder, files=inventory, finished=provenance.stat().st_mtime_ns
        )
        made = files.read_gzip_json(folder / INPUTS, limit=_LONGEST)
        if made["maker"] != maker():
            return known
        return replace(
            known,
            inputs=dict(made["inputs"]),
            documents=dict(made["documents"]),
            questions=tuple(made["questions"]),
        )
    except (OSError, ValueError, LookupError, TypeError):
        return PreviousFolder()


def foreign_to(folder: Path) -> str:
    """What keeps ``folder`` from being replaced: the first file in it that no offline deck of ours
    wrote there, or why that cannot be told; ``""`` when all of it is ours."""
    if not (folder / PROVENANCE).is_file():
        return next(
            (f"{path.name}, which deckarchive did not write" for path in folder.iterdir()), ""
        )
    try:
        made = files.read_json(folder / PROVENANCE)
        known = {PROVENANCE, *made["files"]}
        if not str(made["software"]).startswith("deckarchive"):
            raise ValueError
    except (OSError, ValueError, LookupError, TypeError):
        return f"a {PROVENANCE} that does not say what else is ours"
    for at, folders, names in os.walk(folder):
        linked = [name for name in folders if (Path(at) / name).is_symlink()]
        for name in (*names, *linked):
            path = (Path(at) / name).relative_to(folder).as_posix()
            if path not in known and name not in _LITTER:
                return f"{path}, which deckarchive did not write"
    return ""
