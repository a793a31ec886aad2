"""One capture in a process of its own, so that it can be measured, stopped and killed.

``python -m bench.shoot MANIFEST OUT PROXY JOBS TIMEOUT`` runs the real ``capture()`` and prints
``{"seconds", "peak", "ids"}`` as JSON: wall time, peak resident set of this process in bytes
(the browser's processes are not in it), and the targets captured now.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from bench.peak import peak
from deckarchive import crawler, urls
from deckarchive.errors import DeckarchiveError
from deckarchive.model import DeckInfo, Kind, Manifest, Reference, Target


def target(url: str, kind: Kind = Kind.BACKGROUND_IFRAME) -> Target:
    """A target as a deck's first slide would name it."""
    reference = Reference(
        slide=(0, 0), file="deck.md", line=1, column=1, span=(0, 1), raw=url, fragment=""
    )
    return Target(id=urls.target_id(url, kind.value), kind=kind, url=url, references=(reference,))


def write_manifest(targets: Sequence[Target], file: Path, **deck: str) -> Path:
    """Save a manifest of these targets; ``deck`` are fields of its deck."""
    known = {"path": "deck.md", "format": "reveal-md", "title": "Hostile", "sha256": "0" * 64}
    info = DeckInfo.from_dict({**known, **deck})
    file.write_text(json.dumps(Manifest(deck=info, targets=tuple(targets)).to_dict()))
    return file


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """What a finished capture says of itself."""

    seconds: float
    peak: int
    ids: tuple[str, ...]


def command(manifest: Path, out: Path, proxy: str, jobs: int, timeout: float) -> list[str]:
    """The command line of a capture."""
    given = [str(manifest), str(out), proxy, str(jobs), f"{timeout:g}"]
    return [sys.executable, "-m", "bench.shoot", *given]


def shoot(manifest: Path, out: Path, proxy: str, *, jobs: int = 2, timeout: float = 20) -> Shot:
    """Capture in a child process. Raises when that fails."""
    given = command(manifest, out, proxy, jobs, timeout)
    done = subprocess.run(given, stdout=subprocess.PIPE, text=True, check=True)
    said = json.loads(done.stdout)
    return Shot(seconds=said["seconds"], peak=said["peak"], ids=tuple(said["ids"]))


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def main(arguments: Sequence[str]) -> int:
    manifest, out, proxy, jobs, timeout = arguments
    signal.signal(signal.SIGTERM, _interrupt)
    made = Manifest.from_dict(json.loads(Path(manifest).read_text()))
    options = crawler.CaptureOptions(jobs=int(jobs), timeout=float(timeout), proxy=proxy)
    try:
        report = crawler.capture(made, None, Path(out), options)
    except KeyboardInterrupt:
        return 130
    except DeckarchiveError as error:
        print(f"deckarchive: {error}", file=sys.stderr)
        return int(error.exit_code)
    said = {"seconds": report.seconds, "peak": peak(), "ids": report.captured_now}
    print(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
