"""``python -m bench.isolation``: a table attempt × browser; exit code 1 when one succeeded."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench.isolation import Row, attack, hostile_deck


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("browser", nargs="*", default=["chromium", "firefox"])
    browsers = parser.parse_args().browser
    with tempfile.TemporaryDirectory() as home, hostile_deck(Path(home)) as hostile:
        found = {name: attack(name, hostile) for name in browsers}
    table: dict[str, dict[str, Row]] = {}
    for name, rows in found.items():
        for row in rows:
            table.setdefault(row.attempt, {})[name] = row
    print("".join(f"{title:42}" for title in ("attempt", *browsers)))
    for attempt, by_browser in table.items():
        cells = (by_browser.get(name) for name in browsers)
        print(f"{attempt:42}", end="")
        print("".join(f"{_cell(cell):42}" for cell in cells).rstrip())
    lost = [row for rows in found.values() for row in rows if not row.held]
    print(f"\n{sum(map(len, found.values()))} attempts, {len(lost)} succeeded")
    return 1 if lost else 0


def _cell(row: Row | None) -> str:
    if row is None:
        return "-"
    return row.outcome[:40] if row.held else f"SUCCEEDED: {row.outcome}"


if __name__ == "__main__":
    sys.exit(main())
