"""Manifest files: JSON out and in, every complaint naming the file."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from deckarchive.errors import ManifestError
from deckarchive.files import read_json, write_json
from deckarchive.model import Manifest


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
