"""Third-party parts that ship inside the package: reveal.js, highlight.js, mermaid, and the list of
ads and trackers of third-party-web.

The build brings it from npm (``hatch_build.py``); nothing of it is in the repository. Each folder
has the layout of its npm package, less source maps and sources, with its licence.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from deckarchive.errors import EnvironmentMissing

NAMES: Final = ("reveal.js", "highlight.js", "mermaid")
"""Browser code for decks: ``reveal.js/{dist,plugin}``, ``highlight.js/styles``,
``mermaid/dist/mermaid.min.js``."""

DATA: Final = ("third-party-web",)
"""Data for the capture: ``third-party-web/domains.json``, see ``hatch_build.condense``."""

_ROOT: Final = Path(__file__).with_suffix("")


def folder(name: str) -> Path:
    """The folder of one vendored npm package, laid out as npm lays it out.

    Raises :class:`EnvironmentMissing` when the package was installed without its build step, and
    KeyError for a name that is neither in :data:`NAMES` nor in :data:`DATA`.
    """
    if name not in (*NAMES, *DATA):
        raise KeyError(name)
    path = _ROOT / name
    if not path.is_dir() or not (_ROOT / "versions.json").is_file():
        raise EnvironmentMissing(
            f"{name} is missing from this installation of deckarchive",
            hint="install the wheel again, or run `python hatch_build.py` in a working copy",
        )
    return path


def versions() -> dict[str, str]:
    """Name → version of what is there; raises :class:`EnvironmentMissing` when nothing is."""
    folder(NAMES[0])
    pins = json.loads((_ROOT / "versions.json").read_text(encoding="utf-8"))
    return {name: pins[name]["version"] for name in NAMES}
