"""Do exact replay, the offline site and the capture agree? ``python -m bench.exact --keep FOLDER``.

Takes the pages of ``bench.realweb``, packed below FOLDER (once; again with ``--anew``), and opens
each by its own URL from ``present --exact``, and its copy from the offline folder; no web is
there. *Looks*: like the picture of the capture. *Behaves*: its probe holds before and after the
act. *Agree*: both count the same in view, but for a tenth. Exit code 1 where one disagrees.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench import tiers
from bench.chromium import flags
from bench.realweb.__main__ import make, pack
from bench.realweb.kit import Kit, ToolError
from bench.realweb.sites import SITES
from bench.realweb.web import RealWeb
from deckarchive.browser import find_browser
from deckarchive.server import DeadProxy
from examples.web.serve import LocalWeb

COUNTED = ("text", "images", "canvases", "videos", "frames")


@contextmanager
def replayed(offline: Path, archive: Path) -> Iterator[str]:
    """``present --exact`` in a process of its own; yields its proxy's address."""
    command = Path(sysconfig.get_path("scripts"), "deckarchive")
    process = subprocess.Popen(
        [command, "present", offline, "--exact", "--archive", archive, "--no-open"],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    said = ""
    try:
        assert process.stdout
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        found = re.search(r"--proxy-server=(\S+)", said)
        if not found:
            raise SystemExit(f"no replay: {said}")
        yield found[1]
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def apart(one: tiers.Seen, other: tiers.Seen) -> list[str]:
    """What is counted apart by more than a tenth; a clock may change a few characters."""
    found = []
    for name in COUNTED:
        low, high = sorted((one.counted.get(name, 0), other.counted.get(name, 0)))
        if high - low > high / 10 + 8 * (name == "text"):
            found.append(f"{name} {one.counted.get(name, 0)}/{other.counted.get(name, 0)}")
    return found


def packed(home: Path, only: list[str], *, anew: bool) -> None:
    """Make the pages and pack them below ``home``, where that is not done yet."""
    if (home / "offline").is_dir() and not anew:
        return
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    kit = Kit(Path(base) / "deckarchive-realweb")
    made = {}
    for site in SITES:
        if only and not any(word in site.name for word in only):
            continue
        try:
            made[site.name] = (site, make(kit, site))
        except (ToolError, subprocess.TimeoutExpired) as error:
            print(f"{site.name}: {error}", file=sys.stderr)
    hosts = RealWeb(kit, made)
    home.mkdir(parents=True, exist_ok=True)
    with LocalWeb(answer=hosts.answer, speaks=hosts.speaks) as web:
        pack(home, [site for site, _ in made.values()], web)


def compare(home: Path, only: list[str]) -> tuple[int, int]:
    """Print the table; how many pages there were, and how many agree."""
    offline = home / "offline"
    probes = {s.url: s.probe for s in SITES if not only or any(w in s.name for w in only)}
    agree = pages = 0
    print("| page | exact | offline | apart |\n| --- | --- | --- | --- |")
    with (
        DeadProxy() as witness,
        replayed(offline, home / "archive") as proxy,
        tiers.served(offline) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=find_browser(None).path, args=flags(), proxy={"server": witness.url}
        )
        cut = {"server": witness.url, "bypass": "127.0.0.1"}
        for case in tiers.cases(offline, probes):
            end = case.copy + (f"#{case.fragment}" if case.fragment else "")
            poster = offline / case.poster
            exact = tiers.look(browser, case, case.url, poster, 1, proxy={"server": proxy})
            copy = tiers.look(browser, case, address + end, poster, 1, proxy=cut, warm=True)
            differs = apart(exact, copy)
            good = all((exact.looks, exact.behaves, copy.looks, copy.behaves, not differs))
            pages, agree = pages + 1, agree + good
            cells = [case.url.partition("//")[2], _cell(exact), _cell(copy), ", ".join(differs)]
            print(f"| {' | '.join(cells)} |", flush=True)
        browser.close()
    return pages, agree


def _cell(seen: tiers.Seen) -> str:
    words = ("looks" if seen.looks else "LOOKS OFF", "behaves" if seen.behaves else "DEAD")
    return f"{', '.join(words)} ({seen.alike:.0%})"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--keep", type=Path, required=True, help="the packed pages are kept here")
    parser.add_argument("--only", nargs="+", default=[], help="pages whose names contain this")
    parser.add_argument("--anew", action="store_true", help="pack them again")
    given = parser.parse_args()
    home = given.keep.resolve()
    packed(home, given.only, anew=given.anew)
    pages, agree = compare(home, given.only)
    print(f"{agree} of {pages} agree")
    return 0 if agree == pages else 1


if __name__ == "__main__":
    sys.exit(main())
