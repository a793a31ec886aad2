"""How well a rehearsal tells good embeds from broken ones: python -m bench.rehearsal [BROWSER …]

With ``--kinds`` it walks the situations of tests/rehearse/situations.py and prints precision and
recall by kind, beside what screenshots alone and errors alone would say. Else it walks the
labelled deck of tests/rehearse/labelled.py in each browser (chromium and firefox; both when none is
named) and prints precision, recall and what was found wrongly.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from deckarchive.errors import EnvironmentMissing
from deckarchive.rehearsal import RehearseOptions, rehearse
from tests.browsers import SharedBrowser
from tests.rehearse.kinds import found_in, found_in_labelled, situation_folder, table
from tests.rehearse.labelled import labelled_folder, score
from tests.rehearse.situations import SITUATIONS


def kinds() -> int:
    """1 when a situation was told wrongly."""
    rows = [row for one in SITUATIONS.values() for row in one]
    with tempfile.TemporaryDirectory() as root:
        with SharedBrowser() as shared:
            folder = situation_folder(Path(root) / "offline", rows, shared.browser)
        seen = rehearse(folder, RehearseOptions(timeout=12))
        older = rehearse(labelled_folder(Path(root) / "labelled"), RehearseOptions(timeout=12))
    found = found_in(seen) + found_in_labelled(older)
    for one in found:
        if not one.right:
            what = one.embed and (one.embed.tier.value, one.embed.problems, one.embed.notes)
            print(f"  {one.id}: made {one.label}; {what}")
    print(f"{table(found)}\n{seen.browser}, {seen.seconds + older.seconds:.0f} s")
    return int(not all(one.right for one in found))


def main(browsers: list[str]) -> int:
    """1 when something was found wrongly in any of them."""
    if browsers == ["--kinds"]:
        return kinds()
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
