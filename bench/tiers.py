"""How alive each copied page is, and where: ``python -m bench.tiers``.

Packs the example deck against the example web, then opens every page that ``probes.json`` knows
live, from a plain static server with and without the service worker, and from file://. A cell
says whether the page *looks* as it did (as much in view as live, and how like the picture of the
capture it is), whether it *behaves* (its probe holds before and after the act), and how long it
took to load in proportion to the live page (medians). Exit code 1 when a cell is not both.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Error, Page, sync_playwright

from bench.chromium import flags
from deckarchive.browser import find_browser
from deckarchive.js import content_counts
from deckarchive.rehearsal import _images
from deckarchive.server import DeadProxy
from examples.web.serve import LocalWeb

ROOT = Path(__file__).parents[1]
PROBES = ROOT / "examples" / "web" / "probes.json"
TIERS = ("http + worker", "http", "file")
PATIENCE = 15_000
"""Milliseconds until a probe that never holds counts as a page that is not alive."""
ALIKE = 0.9
ENOUGH = 0.9
"""The share of what is in view live that has to be in view."""


@dataclass(frozen=True, slots=True)
class Case:
    """One view of a page: its copy and picture in the offline folder, and its probe."""

    url: str
    copy: str
    fragment: str
    poster: str
    probe: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """One page in one tier; ``load`` in milliseconds, the median of the runs."""

    looks: bool
    behaves: bool
    alike: float
    load: float
    counted: Mapping[str, int]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up is no error."""


def pack(home: Path, web: LocalWeb) -> Path:
    """The example deck's offline folder, made below ``home`` by the command itself."""
    command = Path(sysconfig.get_path("scripts"), "deckarchive")
    deck = ROOT / "examples" / "deck" / "tour.md"
    steps = (
        ["manifest", deck, "-o", home / "tour.json"],
        ["capture", deck, "-o", home / "archive", "--proxy", web.proxy, "--insecure"],
        ["rewrite", deck, "-a", home / "archive", "-o", home / "offline"],
    )
    for step in steps:
        done = subprocess.run([command, *map(str, step)], cwd=home, check=False)
        if done.returncode not in (0, 1):
            raise SystemExit(f"{step[0]} failed")
    return home / "offline"


def known_probes() -> Mapping[str, Mapping[str, str]]:
    """The probes of the example web: URL → name, ready, act, check."""
    found: dict[str, dict[str, str]] = json.loads(PROBES.read_text("utf-8"))
    return found


def cases(offline: Path, probes: Mapping[str, Mapping[str, str]]) -> list[Case]:
    """What can be probed in an offline folder."""
    told = json.loads((offline / "deckarchive.json").read_text("utf-8"))
    targets = {target["url"].split("#")[0]: target for target in told["targets"]}
    found = []
    for url, probe in probes.items():
        page, _, fragment = url.partition("#")
        target = targets.get(page)
        if target and target["copy"]:
            view = fragment if fragment in target["posters"] else ""
            found.append(
                Case(
                    url,
                    target["copy"],
                    fragment,
                    target["posters"].get(view, ""),
                    probe,
                )
            )
    return found


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A plain static server, as Python ships it."""
    server = _Server(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def look(
    browser: Browser, case: Case, address: str, poster: Path, runs: int, **options: Any
) -> Seen:
    """Open a page ``runs`` times, the last time to look at it and to try it out.

    ``shot`` names a file for its picture, to which ``.2`` is added for the one after the act.
    """
    warm = options.pop("warm", False)
    shot: Path | None = options.pop("shot", None)
    loads = []
    seen: Seen | None = None
    for run in range(runs):
        context = browser.new_context(
            viewport={"width": 1920, "height": 1080}, ignore_https_errors=True, **options
        )
        try:
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            if warm:
                _warm(page, address)
            page.context.new_cdp_session(page).send(
                "Network.setCacheDisabled", {"cacheDisabled": True}
            )
            page.goto("about:blank")
            page, load = _opened(page, address)
            loads.append(load)
            if run == runs - 1:
                seen = _judged(page, case, poster, shot)
        finally:
            context.close()
    assert seen
    return replace(seen, load=statistics.median(loads))


def _warm(page: Page, address: str) -> None:
    """A first visit, which leaves the service worker in charge; a page that is stuck has none."""
    try:
        page.goto(address)
        page.wait_for_function("navigator.serviceWorker.controller !== null")
    except Error as error:
        print(f"{address}: no service worker: {str(error).splitlines()[0]}", file=sys.stderr)


def _opened(page: Page, address: str) -> tuple[Page, float]:
    """The page at ``address``, and its load time; all of the patience where it never loads."""
    try:
        page.goto(address, wait_until="load")
    except Error:
        if not address.startswith("https:"):
            return page, PATIENCE
        page = page.context.new_page()  # a host from before TLS
        page.set_default_timeout(PATIENCE)
        return _opened(page, address.replace("https:", "http:", 1))
    return page, _took(page)


def _took(page: Page) -> float:
    """The load time of where a page led by its own scripts ends up."""
    for _ in range(5):
        try:
            page.wait_for_load_state("load")
            took: float = page.evaluate("performance.getEntriesByType('navigation')[0].duration")
            return took
        except Error:  # it just went on
            page.wait_for_timeout(300)
    return PATIENCE


def _judged(page: Page, case: Case, poster: Path, shot: Path | None) -> Seen:
    probe = case.probe
    behaves, alike, looks = False, 0.0, False
    try:
        page.wait_for_function(probe["ready"])
        behaves = True
    except Error:
        pass
    page.wait_for_timeout(500)
    now = page.evaluate(f"({content_counts()})()")
    picture = _pictured(page, shot)
    if poster.is_file() and picture:
        alike = _images.similarity(picture, Image.open(poster)) or 0.0
        looks = alike >= ALIKE
    try:
        page.evaluate(f"() => {{ {probe['act']} }}")
        page.wait_for_function(probe["check"])
    except Error:
        behaves = False
    if shot:
        _pictured(page, shot.with_suffix(".2.png"))
    return Seen(looks, behaves, alike, 0, now)


def _pictured(page: Page, shot: Path | None) -> Image.Image | None:
    """What the page shows, kept as ``shot``; ``None`` for one that is too busy to be painted."""
    try:
        return Image.open(BytesIO(page.screenshot(path=shot)))
    except Error as error:
        print(f"{page.url}: no picture: {str(error).splitlines()[0]}", file=sys.stderr)
        return None


def against(live: Seen, seen: Seen) -> Seen:
    """``seen``, which looks right only where it shows as much as ``live`` did."""
    shares = [seen.counted[k] / v for k, v in live.counted.items() if k != "broken" and v]
    return replace(seen, looks=seen.looks and min(shares, default=1) >= ENOUGH)


def measure(
    offline: Path,
    web: LocalWeb,
    runs: int,
    probes: Mapping[str, Mapping[str, str]],
    shots: Path | None = None,
) -> dict[str, dict[str, Seen]]:
    """URL → tier (``"live"`` too) → what was seen; pictures go to the folder ``shots``."""
    result: dict[str, dict[str, Seen]] = {}
    with DeadProxy() as witness, served(offline) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(find_browser(None).path),
            args=flags(),
            proxy={"server": witness.url},
        )
        cut = {"server": witness.url, "bypass": "127.0.0.1"}
        for case in cases(offline, probes):
            end = case.copy + (f"#{case.fragment}" if case.fragment else "")
            blocked = {"proxy": cut, "service_workers": "block"}
            ways: dict[str, tuple[str, dict[str, Any]]] = {
                "live": (case.url, {"proxy": {"server": web.proxy}}),
                TIERS[0]: (address + end, {"proxy": cut, "warm": True}),
                TIERS[1]: (address + end, blocked),
                TIERS[2]: (f"{offline.as_uri()}/{end}", blocked),
            }
            found: dict[str, Seen] = {}
            for tier, (start, options) in ways.items():
                shot = shots and shots / f"{Path(case.poster).stem}-{tier.replace(' ', '')}.png"
                seen = look(browser, case, start, offline / case.poster, runs, shot=shot, **options)
                found[tier] = against(found["live"], seen) if found else seen
            result[case.url] = found
            print(_row(case.url, found), file=sys.stderr, flush=True)
        browser.close()
        left = [a.url for a in witness.attempts if ".test" in a.url or ".example" in a.url]
        print(f"asked of the network: {left}", file=sys.stderr)
    return result


def table(result: Mapping[str, Mapping[str, Seen]]) -> str:
    """The table as Markdown, and the sums."""
    heads = (["page", "live", *TIERS], ["---"] * (2 + len(TIERS)))
    rows = [f"| {' | '.join(head)} |" for head in heads]
    rows += [_row(url, tiers) for url, tiers in result.items()]
    sums = ["**sum**", f"{len(result)} pages", *(_sum(result, tier) for tier in TIERS)]
    return "\n".join([*rows, f"| {' | '.join(sums)} |"])


def _row(url: str, tiers: Mapping[str, Seen]) -> str:
    live = tiers["live"]
    cells = [f"{live.load:.0f} ms" + ("" if live.behaves else ", DEAD")]
    for tier in TIERS:
        seen = tiers[tier]
        words = ("looks" if seen.looks else "LOOKS OFF", "behaves" if seen.behaves else "DEAD")
        cells.append(f"{', '.join(words)} ({seen.alike:.0%}) {seen.load / live.load:.2f}")
    return f"| {' | '.join([url.partition('//')[2], *cells])} |"


def _sum(result: Mapping[str, Mapping[str, Seen]], tier: str) -> str:
    seen: Sequence[Seen] = [tiers[tier] for tiers in result.values()]
    ratios = [tiers[tier].load / tiers["live"].load for tiers in result.values()]
    return (
        f"{sum(s.looks for s in seen)} look, {sum(s.behaves for s in seen)} behave; "
        f"load median {statistics.median(ratios):.2f}, worst {max(ratios):.2f}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="loads a cell (median)")
    parser.add_argument("--offline", type=Path, help="an offline folder of the tour made before")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, LocalWeb() as web:
        offline = given.offline or pack(Path(home), web)
        result = measure(offline.resolve(), web, given.runs, known_probes())
    print(table(result))
    alive = [s.looks and s.behaves for tiers in result.values() for s in tiers.values()]
    return 0 if all(alive) else 1


if __name__ == "__main__":
    sys.exit(main())
