"""The manifest of a deck: references grouped into targets; saved and loaded as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from deckarchive import urls
from deckarchive.errors import ManifestError
from deckarchive.files import read_json, write_json
from deckarchive.model import (
    Deck,
    DeckInfo,
    Found,
    Kind,
    LocalFile,
    Manifest,
    Reference,
    Target,
)

_PAGES: Final = (".html", ".htm", ".xhtml", "")
_FRAMES: Final = (Kind.BACKGROUND_IFRAME, Kind.IFRAME, Kind.OBJECT)


def build_manifest(deck: Deck, found: Iterable[Found], *, links: bool = False) -> Manifest:
    """Group ``found`` into the targets and local files of ``deck``, in order of appearance.

    Links are targets only with ``links``, or where they open in a frame over the slide. A file of
    the deck itself is a :class:`LocalFile`, but for a page in a frame: that is captured like any
    other. What is missing or is outside the deck's root becomes a warning.
    """
    targets: dict[tuple[str, Kind], list[Reference]] = {}
    local: dict[tuple[str, Kind], list[Reference]] = {}
    warnings = list(deck.warnings)
    for item in found:
        own = urls.is_deck_url(item.url)
        if item.kind is Kind.LINK and not item.overlay and (own or not links):
            continue
        document = urls.split_fragment(item.url)[0]
        if not own:
            targets.setdefault((document, item.kind), []).append(item.reference)
            continue
        path = urls.deck_path(item.url)
        problem = _problem(deck.root, path)
        if problem:
            warnings.append(_warning(item.reference, problem))
        elif (item.kind in _FRAMES or item.overlay) and _is_page(deck.root, path):
            targets.setdefault((document, item.kind), []).append(item.reference)
        else:
            local.setdefault((path, item.kind), []).append(item.reference)
    return Manifest(
        deck=DeckInfo(
            path=str(Path(deck.root) / deck.path),
            format=deck.format,
            title=deck.title,
            sha256=deck.sha256,
            slides=deck.slides,
        ),
        targets=_targets(targets),
        local=tuple(
            LocalFile(path=path, kind=kind, references=tuple(references))
            for (path, kind), references in local.items()
        ),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _targets(groups: dict[tuple[str, Kind], list[Reference]]) -> tuple[Target, ...]:
    """Targets with ids that are unique; a clash of the short hashes gets a number."""
    made: list[Target] = []
    taken: set[str] = set()
    for (url, kind), references in groups.items():
        name = urls.target_id(url, kind.value)
        number = 2
        while name in taken:
            name, number = f"{urls.target_id(url, kind.value)[:60]}-{number}", number + 1
        taken.add(name)
        made.append(Target(id=name, kind=kind, url=url, references=tuple(references)))
    return tuple(made)


def _problem(root: str, path: str) -> str:
    """Why a local file cannot be taken, or ``""``."""
    base = Path(root).resolve()
    try:
        file = (base / path).resolve()
        if not file.is_relative_to(base):
            return "lies outside the deck's folder"
        if file.is_file() or file.is_dir():
            return ""
        return "is not a regular file" if file.exists() else "does not exist"
    except (OSError, ValueError, RuntimeError):
        return "is no valid path"


def _is_page(root: str, path: str) -> bool:
    """Whether a local path is shown as a page: HTML, or a folder with an index."""
    return Path(path).suffix.lower() in _PAGES or (Path(root) / path).is_dir()


def _warning(reference: Reference, problem: str) -> str:
    return f"{reference.file}:{reference.line}: {reference.raw} {problem}"


def with_path(manifest: Manifest, path: str) -> Manifest:
    """The same manifest with the deck's path as the user gave it."""
    return replace(manifest, deck=replace(manifest.deck, path=path))


def save_manifest(manifest: Manifest, path: Path) -> None:
    """Write a manifest file; the old one stays until the new one is whole.

    Raises :class:`OutputError` when it cannot be written.
    """
    write_json(path, manifest.to_dict())


def load_manifest(path: Path) -> Manifest:
    """Read a manifest file.

    Raises :class:`ManifestError` naming the file and the bad value, also for a newer version.
    """
    try:
        data = read_json(path)
    except FileNotFoundError as error:
        hint = "make one with `deckarchive manifest DECK`"
        raise ManifestError(f"there is no manifest {path}", hint=hint) from error
    except OSError as error:
        raise ManifestError(f"cannot read {path}: {error.strerror or error}") from error
    except json.JSONDecodeError as error:
        raise ManifestError(
            f"{path}, line {error.lineno}: {error.msg}", hint="it is not a manifest file"
        ) from error
    except ValueError as error:
        raise ManifestError(f"{path} is not a manifest file: {error}") from error
    try:
        return Manifest.from_dict(data)
    except ManifestError as error:
        raise ManifestError(f"{path}: {error.message}", hint=error.hint) from error


@cache
def schema() -> dict[str, Any]:
    """The published JSON Schema (2020-12) of manifest files."""
    text = (files("deckarchive.manifest") / "schema.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    return data
