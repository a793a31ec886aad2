"""How long a capture takes beside a plain browser that loads the same pages one after another.

    python -m bench.speed DECK [--n N] [--pages N] [--jobs 1 2 3]

Everything in one run, against the stand-in web in a process of its own: first each page once to
warm the web up, then ``N`` rounds of (a) the plain browser, a fresh context a page, waiting for
``load`` and, again, for ``networkidle``; (b) the capture with each number of jobs. A round's
times are of that round alone, and the medians are compared: a busy machine slows both sides, but
the one that could use two processors more. So the processor time of tool and browser stands beside
the wall time.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from deckarchive import urls
from deckarchive.browser import Browser, BrowserOptions, ContextOptions, find_browser
from deckarchive.crawler import CaptureOptions, CaptureReport, capture
from deckarchive.deck import deck_site, find_references, read_deck
from deckarchive.manifest import build_manifest
from deckarchive.model import Deck, Manifest, Target

Until = Literal["load", "networkidle"]
_PR_SET_CHILD_SUBREAPER = 36


@contextmanager
def standin() -> Iterator[str]:
    """The stand-in web in another process; its proxy address."""
    command = [sys.executable, "-m", "bench.standin", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()[1]
    finally:
        process.terminate()
        process.wait()


async def plain(pages: list[Target], proxy: str, until: Until) -> float:
    """Seconds in which a plain browser loads each page, its start included."""
    options = BrowserOptions(path=find_browser().path, proxy=proxy)
    context_options = ContextOptions(insecure=True)
    began = time.monotonic()
    async with Browser(options) as browser:
        for page in pages:
            context = await browser.new_context(context_options)
            tab = await context.tab()
            with suppress(Exception):  # a page that never gets quiet costs what it costs
                await tab._page.goto(page.url, wait_until=until, timeout=30_000)
            await context.close()
    return time.monotonic() - began


def captured(deck: Deck, manifest: Manifest, proxy: str, jobs: int) -> tuple[float, CaptureReport]:
    """Seconds that a whole capture takes, and its report."""
    options = CaptureOptions(jobs=jobs, proxy=proxy, insecure=True)
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        report = capture(manifest, deck_site(deck), Path(folder) / "archive", options)
        return time.monotonic() - began, report


@dataclass
class Table:
    """Times by what was timed, in order."""

    times: dict[str, list[float]]
    work: dict[str, list[float]]
    used: float = 0.0

    def begin(self) -> None:
        """Processor time counts from here."""
        self.used = _processor_time()

    def add(self, name: str, seconds: float, note: str = "") -> None:
        work = _processor_time() - self.used
        self.times.setdefault(name, []).append(seconds)
        self.work.setdefault(name, []).append(work)
        print(f"{name:<24} {seconds:7.1f} s, {work:6.1f} s of processor  {note}", flush=True)

    def ratios(self) -> Iterator[str]:
        first = next(iter(self.times))
        base, base_work = (statistics.median(t[first]) for t in (self.times, self.work))
        for name, seconds in self.times.items():
            wall = statistics.median(seconds) / base
            work = statistics.median(self.work[name]) / base_work
            yield f"{name:<24} {wall:5.2f} x the wall time, {work:5.2f} x the processor time"


def _adopt_orphans() -> None:
    """Make what a browser leaves behind this process's children (Linux): a renderer's parent does
    not wait for it, so that its time would be counted nowhere."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _processor_time() -> float:
    """Seconds of this process and of those children that have ended."""
    with suppress(OSError, AttributeError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def main() -> None:
    """Time one deck and print the ratios."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("deck", type=Path)
    parser.add_argument("--n", type=int, default=1, help="rounds")
    parser.add_argument("--pages", type=int, help="only so many pages")
    parser.add_argument("--jobs", type=int, nargs="*", default=[1, 2, 3])
    arguments = parser.parse_args()
    _adopt_orphans()
    deck = read_deck(arguments.deck)
    manifest = build_manifest(deck, find_references(deck))
    shown = [target for target in manifest.targets if target.shown]
    pages = [t for t in shown if t.kind.is_page and urls.host(t.url) != urls.DECK_HOST]
    if arguments.pages:
        shown = pages = pages[: arguments.pages]
        manifest = replace(manifest, targets=tuple(pages))
    print(f"{arguments.deck.name}: {len(pages)} pages, {len(shown) - len(pages)} further targets")
    table = Table({}, {})
    with standin() as proxy:
        asyncio.run(plain(pages, proxy, "load"))
        for _ in range(arguments.n):
            for until in ("load", "networkidle"):
                table.begin()
                table.add(f"plain, until {until}", asyncio.run(plain(pages, proxy, until)))
            for jobs in arguments.jobs:
                table.begin()
                seconds, report = captured(deck, manifest, proxy, jobs)
                counts = ", ".join(f"{n} {state}" for state, n in report.counts.items() if n)
                note = f"{counts}, {report.requests} requests"
                table.add(f"capture, {jobs} job{'s' * (jobs > 1)}", seconds, note)
    print("\nmedians, beside plain until load")
    print("\n".join(table.ratios()))


if __name__ == "__main__":
    main()
