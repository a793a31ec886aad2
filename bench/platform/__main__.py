"""How the web platform fares in copies: ``python -m bench.platform [--only WORD …]``.

Opens the pages of :mod:`bench.platform.web` live, makes an offline site of what the web answered
meanwhile (``--capture``: by the real command, which takes longer), opens each copy on three tiers
and compares what its script found out. Exit code 1 when a cell is otherwise than live and not
known to be, or when something reached for the network.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.platform.compare import Found, measure, measure_live, write_site
from bench.platform.web import Case, PlatformWeb, read_cases
from bench.tiers import TIERS
from examples.web.serve import LocalWeb


def pack(home: Path, cases: Sequence[Case], web: LocalWeb) -> None:
    """The offline folder of a deck that shows every case, made below ``home`` by the command."""
    deck = home / "platform.md"
    slides = (f'<!-- .slide: data-background-iframe="{case.url}" -->\n' for case in cases)
    deck.write_text("\n---\n\n".join(["# Platform\n", *slides]), encoding="utf-8")
    command = Path(sysconfig.get_path("scripts"), "deckarchive")
    for step in (
        ["capture", deck, "-o", home / "archive", "--proxy", web.proxy, "--insecure"],
        ["rewrite", deck, "-a", home / "archive", "-o", home / "offline"],
    ):
        done = subprocess.run([command, *map(str, step)], cwd=home, check=False)
        if done.returncode not in (0, 1, 3):
            raise SystemExit(f"{step[0]} failed")


def cell(case: Case, live: Any, tier: str, seen: Any) -> tuple[str, bool]:
    """What the table says, and whether that is as it should be."""
    if seen == live:
        return ("same", True)
    if tier in case.known:
        return (f"known: {case.known[tier]}", True)
    return (f"**{json.dumps(seen, ensure_ascii=False)[:300]}**", False)


def show(cases: Sequence[Case], tiers: Sequence[str], live: dict[str, Any], found: Found) -> int:
    """Print the table; returns how many rows are as they should be."""
    good = 0
    print(f"| page | {' | '.join(tiers)} |\n| --- |{' --- |' * len(tiers)}")
    for case in cases:
        cells = [cell(case, live[case.name], t, found[case.name][t]) for t in tiers]
        fine = all(fine for _, fine in cells)
        good += fine
        print(f"| {case.name} | {' | '.join(text for text, _ in cells)} |")
        if not fine:
            print(f"  live: {json.dumps(live[case.name], ensure_ascii=False)[:400]}")
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="+", default=[], help="topics, or parts of names")
    parser.add_argument("--tier", nargs="+", default=list(TIERS), choices=TIERS)
    parser.add_argument("--browser", default="chromium", choices=("chromium", "firefox"))
    parser.add_argument("--capture", action="store_true", help="by the real command")
    parser.add_argument("--keep", type=Path, help="an empty folder to work in")
    given = parser.parse_args()
    cases = [
        case
        for case in read_cases()
        if not given.only or any(w == case.topic or w in case.name for w in given.only)
    ]
    hosts = PlatformWeb(cases)
    with (
        tempfile.TemporaryDirectory() as home,
        LocalWeb(answer=hosts.answer, speaks=hosts.speaks) as web,
    ):
        place = (given.keep or Path(home)).resolve()
        place.mkdir(parents=True, exist_ok=True)
        live, answers = measure_live(cases, web, hosts)
        if given.capture:
            pack(place, cases, web)
        else:
            write_site(place / "offline", cases, answers)
        found, left = measure(place / "offline", cases, given.browser, given.tier)
    good = show(cases, given.tier, live, found)
    print(f"{good} of {len(cases)} as live or as known; asked of the network: {left}")
    return 0 if good == len(cases) and not left else 1


if __name__ == "__main__":
    sys.exit(main())
