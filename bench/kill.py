"""A capture that is killed again and again, at random moments: ``python -m bench.kill [-n 30]``.

Each round starts the same capture and kills it (``kill -9``; every fourth time SIGTERM or two
SIGINTs), then looks: every finished folder is whole (each WARC record read, its digest computed,
its pictures there), none that was whole is lost, and no process of the run is left. The last run
must end well with nothing to repeat.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fastwarc.warc import ArchiveIterator

from bench.hostile.kit import ONE, page, picture
from bench.hostile.server import HostileWeb, hostile_web
from bench.shoot import command, target, write_manifest

MARK = "DECKARCHIVE_BENCH_RUN"
"""The environment variable that tells the processes of a run."""

_CODES = (0, 130, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT)
"""How a stopped run may end; the last two before it listens to signals, while it starts."""


@dataclass(slots=True)
class Toll:
    """What the rounds showed. ``faults`` is empty when nothing was lost or left over."""

    rounds: int = 0
    whole: list[int] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    orphans: int = 0
    faults: list[str] = field(default_factory=list)


def lay(web: HostileWeb, count: int) -> list[str]:
    """Pages with pictures, some of them slow; their URLs."""
    for n in range(count):
        images = "".join(f"<img src=/p{n}/{i}.png>" for i in range(8))
        web.routes[f"/p{n}/"] = page(f"Page {n}", images)
        for i in range(8):
            web.routes[f"/p{n}/{i}.png"] = picture(n * 8 + i, 256)
    return [f"{ONE}/p{n}/" for n in range(count)]


def batter(
    out: Path, rounds: int, *, targets: int = 12, seed: int = 1, latest: float = 15.0
) -> Toll:
    """Kill ``rounds`` captures, each within ``latest`` seconds, then let one finish."""
    toll, chance = Toll(), random.Random(seed)
    with hostile_web() as web:
        made = write_manifest([target(u) for u in lay(web, targets)], out / "manifest.json")
        archive, known = out / "archive", set[str]()
        given = command(made, archive, web.proxy, 2, 20)
        for number in range(rounds):
            if len(known) == targets:
                _forget(archive, known)
            _round(given, number, chance.uniform(0.2, latest), toll)
            known = _look(archive, known, toll)
        last = subprocess.run(given, stdout=subprocess.PIPE, text=True, check=False)
        known = _look(archive, known, toll)
        if last.returncode or len(known) != targets:
            toll.faults.append(f"the last run: code {last.returncode}, {len(known)} whole")
        ours = ("targets", "report.json", "manifest.json")
        left = sorted(p.name for p in archive.iterdir() if p.name not in ours)
        if left:
            toll.faults.append(f"left over: {left}")
    return toll


def _round(given: Sequence[str], number: int, after: float, toll: Toll) -> None:
    """One capture, stopped after so many seconds; nothing of it may go on."""
    mark = f"{os.getpid()}-{number}-{time.monotonic_ns()}"
    run = subprocess.Popen(
        given, stdout=subprocess.DEVNULL, env={**os.environ, MARK: mark}, start_new_session=True
    )
    try:
        run.wait(after)
    except subprocess.TimeoutExpired:
        if number % 4 == 2:
            run.send_signal(signal.SIGTERM)
        elif number % 4 == 3:
            for _ in range(2):  # as a terminal does: to the whole group, driver included
                os.killpg(run.pid, signal.SIGINT)
                time.sleep(0.3)
        else:
            run.kill()
    try:
        toll.codes.append(run.wait(40))
    except subprocess.TimeoutExpired:
        toll.faults.append(f"round {number}: it did not stop")
        run.kill()
        toll.codes.append(run.wait())
    toll.rounds += 1
    if toll.codes[-1] not in _CODES:
        toll.faults.append(f"round {number}: exit code {toll.codes[-1]}")
    left = _left(mark)
    if left:
        toll.orphans += len(left)
        toll.faults.append(f"round {number}: still running: {left}")


def _left(mark: str, seconds: float = 15.0) -> list[str]:
    """Processes of a run that are still there after a while, known by their environment."""
    until = time.monotonic() + seconds
    while (left := running(mark)) and time.monotonic() < until:
        time.sleep(0.1)
    for pid, _ in left:
        os.kill(pid, signal.SIGKILL)
    return [f"{pid} {name[:80]}" for pid, name in left]


def running(mark: str) -> list[tuple[int, str]]:
    """``(pid, command line)`` of the processes that a marked run started."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() not in (process / "environ").read_bytes():
                continue
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if words:
            found.append((int(process.name), words))
    return found


def _look(archive: Path, known: set[str], toll: Toll) -> set[str]:
    """Read every finished folder to the last record."""
    folders = archive / "targets"
    found = sorted(p for p in folders.glob("[!.]*")) if folders.exists() else []
    for folder in found:
        fault = damage(folder)
        if fault:
            toll.faults.append(f"{folder.name}: {fault}")
    names = {folder.name for folder in found}
    if known - names:
        toll.faults.append(f"lost: {known - names}")
    toll.whole.append(len(names))
    return names


def damage(folder: Path) -> str:
    """What is wrong with a finished target's folder; ``""`` when it is whole."""
    try:
        record = json.loads((folder / "capture.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        return f"capture.json: {error}"
    for view in record["views"]:
        if view["screenshot"] and not (folder / view["screenshot"]).is_file():
            return f"{view['screenshot']} is missing"
    pairs = 0
    with (folder / "data.warc.gz").open("rb") as file:
        for one in ArchiveIterator(file, parse_http=False):
            data = one.reader.read()
            fields = {name.lower(): value for name, value in one.headers.items()}
            if len(data) != int(fields["content-length"]):
                return "a record is cut off"
            if fields["warc-type"] == "response":
                body = data.partition(b"\r\n\r\n")[2]
                digest = base64.b32encode(hashlib.sha1(body).digest()).decode()
                if fields["warc-payload-digest"] != f"sha1:{digest}":
                    return f"another body than was sent: {fields['warc-target-uri']}"
            pairs += fields["warc-type"] in ("response", "revisit")
    return "" if pairs == record["requests"] else f"{pairs} records of {record['requests']}"


def _forget(archive: Path, known: set[str]) -> None:
    """Take away half of the finished targets, so that there is work for the next round."""
    for name in sorted(known)[::2]:
        for path in (archive / "targets" / name).iterdir():
            path.unlink()
        (archive / "targets" / name).rmdir()
        known.discard(name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-n", type=int, default=30, help="rounds")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        toll = batter(Path(folder), given.n, seed=given.seed)
    print(f"{toll.rounds} runs stopped; exit codes {toll.codes}; whole targets {toll.whole}")
    print(f"{toll.orphans} processes left; {len(toll.faults)} faults")
    print("\n".join(toll.faults))
    return 1 if toll.faults else 0


if __name__ == "__main__":
    sys.exit(main())
