"""How well a rehearsal tells good embeds from broken ones: python -m bench.rehearsal [BROWSER …]

Walks the labelled deck of tests/rehearse/labelled.py in each browser (chromium and firefox; both
when none is named) and prints precision, recall and what was found wrongly.

With ``--kinds`` it walks the situations of tests/rehearse/situations/ as well and prints precision
and recall by kind, beside what screenshots alone and errors alone would say. ``--reported`` walks
those alone that were written from public reports, ``--only NAME …`` those of these names.
``--pictures FOLDER`` keeps what was seen.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from deckarchive.errors import EnvironmentMissing
from deckarchive.rehearsal import Rehearsal, RehearseOptions, rehearse
from tests.browsers import SharedBrowser
from tests.rehearse.kinds import Found, found_in, found_in_labelled, situation_folder, table
from tests.rehearse.labelled import labelled_folder, score
from tests.rehearse.situations import REPORTED, SITUATIONS, Row


def walked(
    root: Path, name: str, situations: Mapping[str, Sequence[Row]], pictures: Path | None
) -> Rehearsal:
    """The rehearsal of a folder of these situations."""
    rows = [row for one in situations.values() for row in one]
    with SharedBrowser() as shared:
        folder = situation_folder(root / name, rows, shared.browser)
    shots = pictures and pictures / name
    return rehearse(folder, RehearseOptions(timeout=12, screenshots=shots))


def named(situations: Mapping[str, Sequence[Row]], names: list[str]) -> dict[str, list[Row]]:
    """The situations of these names, or all."""
    return {
        kind: [row for row in rows if not names or row[0] in names]
        for kind, rows in situations.items()
    }


def some(names: list[str], pictures: Path | None) -> int:
    """1 when one of these situations was told wrongly."""
    with tempfile.TemporaryDirectory() as temporary:
        seen = walked(Path(temporary), "some", named({**SITUATIONS, **REPORTED}, names), pictures)
    return report({"some": found_in(seen)})


def kinds(reported_only: bool, pictures: Path | None) -> int:
    """1 when a situation was told wrongly."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        reported = walked(root, "reported", REPORTED, pictures)
        sets = {"reported": found_in(reported)}
        seconds = reported.seconds
        if not reported_only:
            own = walked(root, "own", SITUATIONS, pictures)
            older = rehearse(labelled_folder(root / "labelled"), RehearseOptions(timeout=12))
            sets["own"] = found_in(own) + found_in_labelled(older)
            seconds += own.seconds + older.seconds
    print(f"{reported.browser}, {seconds:.0f} s")
    return report(sets)


def report(sets: Mapping[str, list[Found]]) -> int:
    """Print what was told wrongly and the tables; 1 when something was."""
    everything = [one for found in sets.values() for one in found]
    for one in everything:
        if not one.right:
            what = one.embed and (one.embed.tier.value, one.embed.problems, one.embed.notes)
            print(f"  {one.id}: made {one.label}; {what}")
    for name, found in ({**sets, "together": everything} if len(sets) > 1 else sets).items():
        print(f"{name}:\n{table(found)}")
    return int(not all(one.right for one in everything))


def main(browsers: list[str]) -> int:
    """1 when something was found wrongly in any of them."""
    wrong = False
    with tempfile.TemporaryDirectory() as root:
        folder = labelled_folder(Path(root))
        for browser in browsers or ["chromium", "firefox"]:
            try:
                seen = rehearse(folder, RehearseOptions(timeout=12, browser=Path(browser)))
            except EnvironmentMissing as error:
                print(f"{browser}: {error.message}")
                continue
            found = score(seen)
            wrong |= bool(found.missed or found.false_alarms)
            print(f"{seen.browser}: {found}; {seen.seconds:.0f} s")
            for slide, embed in seen.embeds:
                if embed.id in (*found.missed, *found.false_alarms):
                    label = "missed" if embed.id in found.missed else "false alarm"
                    print(f"  {label}: {embed.id} {slide.slide} {embed.tier} {embed.problems}")
    return int(wrong)


def command_line(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("browsers", nargs="*")
    parser.add_argument("--kinds", action="store_true")
    parser.add_argument("--reported", action="store_true")
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args(arguments)
    if options.only:
        return some(options.only, options.pictures)
    if options.kinds or options.reported:
        return kinds(options.reported, options.pictures)
    return main(options.browsers)


if __name__ == "__main__":
    sys.exit(command_line(sys.argv[1:]))
