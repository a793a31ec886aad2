"""How much of what a hostile web answered is in the archive: ``python -m bench.completeness``.

Lays out every case (or those named), captures them all with the real ``capture()``, and matches
each answer in the servers' own log with the WARC files: URL, status, raw header bytes, body as
sent, request. The pages are linked, not framed: a framed page that shows little is visited once
more in a window, and the visit that showed less is not kept. Prints a line a case and the sums;
exit code 1 when anything is missing.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.hostile.cases import Case, lay
from bench.hostile.match import Matched, match
from bench.hostile.server import hostile_web
from bench.shoot import Shot, shoot, target, write_manifest
from deckarchive.model import CaptureRecord, Kind
from deckarchive.urls import target_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A run over the hostile web. ``ceiling`` is the sum of the targets' bounds in seconds."""

    cases: Sequence[Case]
    records: dict[str, CaptureRecord]
    matched: Matched
    unasked: tuple[str, ...]
    shot: Shot
    ceiling: float
    checked: bool


def measure(out: Path, names: Sequence[str] = (), *, jobs: int = 2, timeout: float = 20) -> Result:
    """Capture the cases into ``out`` and compare."""
    with hostile_web() as web:
        cases = lay(web, tuple(names))
        made = write_manifest([target(c.url, Kind.LINK) for c in cases], out / "manifest.json")
        shot = shoot(made, out / "archive", web.proxy, jobs=jobs, timeout=timeout)
        log = list(web.log)
    records = {}
    for one in cases:
        folder = out / "archive" / "targets" / target_id(one.url, Kind.LINK.value)
        data = json.loads((folder / "capture.json").read_text("utf-8"))
        records[one.name] = CaptureRecord.from_dict(data)
    warcs = sorted((out / "archive" / "targets").glob("*/data.warc.gz"))
    matched = match(log, warcs)
    return Result(
        cases=cases,
        records=records,
        matched=matched,
        unasked=tuple(
            path for c in cases for path in c.asks if path[1:] not in matched.asked[c.name]
        ),
        shot=shot,
        ceiling=len(cases) * (2 * timeout + 60) / jobs,
        checked=_check(warcs),
    )


def _check(warcs: Sequence[Path]) -> bool:
    """Whether warcio finds nothing to say against any of them.

    With brotli 1.2 warcio stops at the first br body that it tries to decode; digests need no
    decoding, so it runs without brotli.
    """
    program = "import sys; sys.modules['brotli'] = None; import warcio.cli; warcio.cli.main()"
    command = [sys.executable, "-c", program, "check"]
    done = subprocess.run([*command, *map(str, warcs)], capture_output=True, text=True, check=False)
    return done.returncode == 0


def table(result: Result) -> str:
    """The result for a person."""
    lines = []
    for one in result.cases:
        exact, answers = result.matched.exact[one.name], result.matched.answers[one.name]
        record = result.records[one.name]
        lines.append(
            f"{one.name:<10} {exact:>4}/{answers:<4} {record.seconds:5.1f} s  "
            f"{record.state.value:<8} {record.reason[:90]}"
        )
    lines += [f"  {fault[:400]}" for fault in result.matched.faults]
    lines += [f"  never asked for: {path}" for path in result.unasked]
    exact, answers = result.matched.exact.total(), result.matched.answers.total()
    verdict = "clean" if result.checked else "FAILED"
    lines.append(
        f"{exact} of {answers} answers exact in {len(result.cases)} cases "
        f"({100 * exact / max(answers, 1):.1f} %); warcio check {verdict}; "
        f"{result.shot.seconds:.0f} s of at most {result.ceiling:.0f} s; "
        f"peak {result.shot.peak / 2**20:.0f} MiB"
    )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("cases", nargs="*", help="cases by name; default: all")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="a folder for the archive")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = given.keep or Path(folder)
        out.mkdir(parents=True, exist_ok=True)
        result = measure(out, given.cases, jobs=given.jobs)
    print(table(result))
    whole = result.matched.exact.total() == result.matched.answers.total()
    return 0 if whole and result.checked and not result.unasked else 1


if __name__ == "__main__":
    sys.exit(main())
