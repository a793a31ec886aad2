"""Default names of what the steps write: ``manifests/NAME.json``, ``archives/NAME/``, ….

NAME is the deck's stem; a deck named ``index``, ``slides``, ``deck`` or ``README`` takes its
folder's name. Two decks of one stem never share output: the second gets a longer name.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

from deckarchive import files

_GENERIC: Final = frozenset({"index", "slides", "deck", "readme"})


def default_name(deck: Path, cwd: Path) -> str:
    """The NAME for ``deck`` below ``cwd``; stable from step to step.

    Candidates are the stem, the folder and stem, then the stem and a hash of the path: the
    first that no other deck has already taken in manifests/, archives/ or offline/.
    """
    path = (cwd / deck).resolve()
    stem, parent = path.stem, path.parent.name
    base = parent if stem.lower() in _GENERIC and parent else stem
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:6]
    candidates = [_safe(base), _safe(f"{parent}-{stem}"), f"{_safe(base)}-{digest}"]
    for name in candidates[:-1]:
        if all(owner == path for owner in _owners(name, cwd)):
            return name
    return candidates[-1]


def _safe(name: str) -> str:
    """``name`` as one folder name that no shell or file system stumbles over."""
    return re.sub(r"[^\w.-]+", "-", name).strip(".-") or "deck"


def _owners(name: str, cwd: Path) -> list[Path]:
    """The decks that the artefacts called ``name`` say they were made from."""
    artefacts = [
        cwd / "manifests" / f"{name}.json",
        cwd / "archives" / name / "report.json",
        cwd / "offline" / name / "deckarchive.json",
    ]
    return [owner for artefact in artefacts if (owner := _owner(artefact, cwd))]


def _owner(artefact: Path, cwd: Path) -> Path | None:
    """The deck named in one artefact; ``None`` when it is missing or not readable as one."""
    try:
        data = files.read_json(artefact)
        return (cwd / str(data["deck"]["path"])).resolve()
    except (OSError, ValueError, KeyError, TypeError):
        return None
