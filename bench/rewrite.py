"""What a rewrite costs: ``python -m bench.rewrite [--resources N] [--media BYTES]``.

Makes an archive of N resources (10,000) and so many bytes of media (2 GB) and rewrites it in a
process of its own: seconds, peak resident set (VmHWM), and files. Then again after a small
change of the deck, and after one page was captured anew: the share of files written, and the time
beside the first. Before that N/4 and N/2 resources without media show by their processor time
whether it is linear (a ratio of 2). Exit code 1 when the peak is above 500 MiB.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.peak import peak
from bench.rewrite_archive import change_deck, change_page, make_archive

LIMIT = 500 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One rewrite: wall and processor seconds, peak bytes, files, and how many were written."""

    seconds: float
    processor: float
    peak: int
    files: int
    written: int

    def __str__(self) -> str:
        return (
            f"{self.seconds:7.1f} s {self.processor:7.1f} s of the processor, "
            f"peak {self.peak / 2**20:4.0f} MiB, {self.written} of {self.files} files written"
        )


def run(folder: Path) -> Run:
    """Rewrite the deck in ``folder`` in a child process. Raises when that fails."""
    out = folder / "offline"
    before = _inodes(out)
    done = subprocess.run(
        [sys.executable, "-m", "bench.rewrite", "--child", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    said = json.loads(done.stdout)
    after = _inodes(out)
    return Run(**said, files=len(after), written=len(after - before))


def _inodes(out: Path) -> set[int]:
    """The files of a folder as the file system knows them: what was linked keeps its number."""
    return {path.stat().st_ino for path in out.rglob("*") if path.is_file()}


def _child(folder: Path) -> None:
    from deckarchive import pipeline

    start = time.monotonic()
    pipeline.run_rewrite(folder / "talk" / "deck.md", folder / "archive", folder / "offline")
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "seconds": time.monotonic() - start,
                "processor": used.ru_utime + used.ru_stime,
                "peak": peak(),
            }
        )
    )


def measure(folder: Path, resources: int, media: int) -> dict[str, Run]:
    """All runs, by name; ``folder`` is filled with archives and offline folders."""
    runs: dict[str, Run] = {}
    for part in (4, 2):
        make_archive(folder / f"part{part}", resources // part, 0)
        runs[f"1/{part} of the resources"] = run(folder / f"part{part}")
    whole = folder / "whole"
    make_archive(whole, resources, media)
    runs["first"] = run(whole)
    runs["again, nothing changed"] = run(whole)
    change_deck(whole)
    runs["again, one slide changed"] = run(whole)
    change_page(whole)
    runs["again, one page captured anew"] = run(whole)
    return runs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--resources", type=int, default=10_000)
    parser.add_argument("--media", type=int, default=2_000_000_000, metavar="BYTES")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        _child(given.child)
        return 0
    with tempfile.TemporaryDirectory(dir=".") as folder:
        runs = measure(Path(folder), given.resources, given.media)
    for name, one in runs.items():
        print(f"{name:30} {one}")
    small, large = list(runs.values())[:2]
    print(f"twice the resources take {large.processor / small.processor:.2f} times as long")
    for name, one in list(runs.items())[3:]:
        print(
            f"{name}: {one.written / one.files:.1%} of the files, "
            f"{one.seconds / runs['first'].seconds:.2f} of the time"
        )
    return 0 if max(one.peak for one in runs.values()) < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
