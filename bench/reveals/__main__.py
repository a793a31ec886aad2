"""``python -m bench.reveals [--browser chromium|firefox] [--only FACT …] [--keep FOLDER]``.

Prints which facts hold for which reveal.js; exit code 1 when one does not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, sync_playwright

from bench.chromium import flags
from bench.reveals.decks import VERSIONS, put_together
from bench.reveals.facts import FACTS, Stage
from deckarchive.browser import find_browser
from deckarchive.server import DeadProxy, Server
from tests.firefox import firefox


def main(arguments: list[str] | None = None) -> int:
    """Pack the decks, try every fact, print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.reveals", description=__doc__)
    parser.add_argument("--browser", choices=("chromium", "firefox"), default="chromium")
    parser.add_argument("--only", nargs="+", choices=tuple(FACTS), default=tuple(FACTS))
    parser.add_argument("--version", nargs="+", choices=tuple(VERSIONS), default=tuple(VERSIONS))
    parser.add_argument("--keep", type=Path, help="use, or leave, the packed decks in this folder")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        home = given.keep or Path(folder)
        made = {n: home / "offline" / n for n in VERSIONS}
        if not all(out.is_dir() for out in made.values()):
            made = put_together(home)
        with opened(given.browser) as browser:
            rows = {
                f: {n: tried(browser, f, n, made[n]) for n in given.version} for f in given.only
            }
    print(table(rows))
    return int(any(cell not in ("yes", "–") for row in rows.values() for cell in row.values()))


@contextmanager
def opened(name: str) -> Iterator[Browser]:
    """A browser whose only way out is a proxy that refuses."""
    with DeadProxy() as witness:
        if name == "firefox":
            with firefox(witness) as browser:
                yield browser
            return
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=find_browser(None).path,
                proxy={"server": witness.url, "bypass": "127.0.0.1,localhost,.localhost"},
                args=flags("--autoplay-policy=no-user-gesture-required"),
            )
            yield browser
            browser.close()


def tried(browser: Browser, name: str, number: str, folder: Path) -> str:
    """Whether a fact holds: ``yes``, ``–`` where that reveal.js has no such thing, or why not."""
    since, fact = FACTS[name]
    if VERSIONS[number].major < since:
        return "–"
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    try:
        with Server(folder) as server:
            fact(Stage(context.new_page(), server.url, VERSIONS[number]))
    except (AssertionError, Error) as error:
        print(f"{name} in {number}: {error}", file=sys.stderr)
        return "NO"
    finally:
        context.close()
    return "yes"


def table(rows: dict[str, dict[str, str]]) -> str:
    """Fact × version in Markdown."""
    numbers = list(next(iter(rows.values())))
    lines = [f"| | {' | '.join(numbers)} |", "| --- |" + " --- |" * len(numbers)]
    lines += [f"| {name} | {' | '.join(row.values())} |" for name, row in rows.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
