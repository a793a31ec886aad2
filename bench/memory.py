"""How much memory a long film takes: ``python -m bench.memory [--size BYTES]`` (default 2 GB).

A film of that size is generated while it is served, and captured with the real ``capture()``.
Prints the peak resident set of the tool's own process (the browser's are not in it); exit code 1
when it is above 300 MiB or the film is not whole in the archive.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fastwarc.warc import ArchiveIterator

from bench.hostile.kit import ONE
from bench.hostile.media import film
from bench.hostile.server import Reply, hostile_web
from bench.shoot import Shot, shoot, target, write_manifest
from deckarchive.model import Kind

LIMIT = 300 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """``stored`` are the film's bytes in the archive, of ``size`` that were served."""

    shot: Shot
    size: int
    stored: int
    requests: int


def measure(out: Path, size: int) -> Measured:
    """Capture a film of about ``size`` bytes into ``out``."""
    body = film("mp4", "film.mp4", (("movflags", "faststart"),))["film.mp4"]
    # The rest is a box to be skipped, its length in 64 bits (ISO/IEC 14496-12, section 4.2).
    body += (1).to_bytes(4, "big") + b"free" + (size + 16).to_bytes(8, "big")
    with hostile_web() as web:
        web.routes["/film.mp4"] = Reply(body=body, type="video/mp4", padding=size)
        wanted = target(f"{ONE}/film.mp4", Kind.BACKGROUND_VIDEO)
        made = write_manifest([wanted], out / "manifest.json")
        shot = shoot(made, out / "archive", web.proxy, jobs=1, timeout=60)
        requests = len(web.log)
    stored = 0
    (path,) = (out / "archive" / "targets").glob("*/data.warc.gz")
    with path.open("rb") as file:
        for record in ArchiveIterator(file, parse_http=False):
            if record.headers["WARC-Type"] == "response":
                stored += int(record.headers["Content-Length"]) - _head_size(record)
    return Measured(shot=shot, size=len(body) + size, stored=stored, requests=requests)


def _head_size(record: object) -> int:
    size = 0
    while line := record.reader.readline():  # type: ignore[attr-defined]
        size += len(line)
        if line == b"\r\n":
            break
    return size


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=2_000_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=".") as folder:
        done = measure(Path(folder), given.size)
    print(
        f"{done.stored} of {done.size} bytes stored, {done.requests} requests, "
        f"{done.shot.seconds:.0f} s, peak {done.shot.peak / 2**20:.0f} MiB"
    )
    return 0 if done.stored == done.size and done.shot.peak < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
