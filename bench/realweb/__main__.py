"""How real pages fare offline: ``python -m bench.realweb [--only NAME …]``.

Makes each page with the tool that makes such pages, serves them all on loopback, packs a deck that
embeds them with the real command, and compares each copy with the live page, tier by tier, as
``bench.tiers`` does. Exit code 1 when a cell is not both alike and alive.
"""

from __future__ import annotations

import argparse
import hashlib
import inspect
import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from bench import tiers
from bench.realweb.kit import Kit, ToolError
from bench.realweb.sites import SITES
from bench.realweb.web import RealWeb, Site
from examples.web.serve import LocalWeb


def make(kit: Kit, site: Site) -> Path:
    """The folder of a site's hosts; made anew when its recipe changed."""
    recipe = hashlib.sha256(inspect.getsource(site.build).encode()).hexdigest()[:12]
    target = kit.cache / "made" / f"{site.build.__name__.strip('_')}-{recipe}"
    if not target.is_dir():
        print(f"making {site.name}", file=sys.stderr, flush=True)
        with kit.place(target) as work:
            site.build(kit, work)
    return target


def pack(home: Path, sites: list[Site], web: LocalWeb, *, again: bool = False) -> Path:
    """The offline folder of a deck that shows every site, made below ``home`` by the command.

    ``again`` takes the archive that is there.
    """
    deck = home / "realweb.md"
    slides = (f'<!-- .slide: data-background-iframe="{site.url}" -->\n' for site in sites)
    deck.write_text("\n---\n\n".join(["# Real pages\n", *slides]), encoding="utf-8")
    command = Path(sysconfig.get_path("scripts"), "deckarchive")
    steps = (
        ["capture", deck, "-o", home / "archive", "--proxy", web.proxy, "--insecure", "--refresh"],
        ["rewrite", deck, "-a", home / "archive", "-o", home / "offline"],
    )
    for step in steps[again:]:
        done = subprocess.run([command, *map(str, step)], cwd=home, check=False)
        if done.returncode not in (0, 3):
            raise SystemExit(f"{step[0]} failed")
    return home / "offline"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="+", default=[], help="pages whose names contain this")
    parser.add_argument("--runs", type=int, default=3, help="loads a cell (median)")
    parser.add_argument("--keep", type=Path, help="work here, and keep pictures of every cell")
    parser.add_argument("--serve", action="store_true", help="only serve the web")
    parser.add_argument("--again", action="store_true", help="use the archive below --keep")
    given = parser.parse_args()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    kit = Kit(Path(base) / "deckarchive-realweb")
    made: dict[str, tuple[Site, Path]] = {}
    for site in SITES:
        if given.only and not any(word in site.name for word in given.only):
            continue
        try:
            made[site.name] = (site, make(kit, site))
        except (ToolError, subprocess.TimeoutExpired) as error:
            print(f"{site.name}: {error}", file=sys.stderr)
    hosts = RealWeb(kit, made)
    sites = [site for site, _ in made.values()]
    with (
        tempfile.TemporaryDirectory() as home,
        LocalWeb(answer=hosts.answer, speaks=hosts.speaks) as web,
    ):
        if given.serve:
            print(f"--proxy {web.proxy} --insecure", flush=True)
            web.wait()
        place = (given.keep or Path(home)).resolve()
        place.mkdir(parents=True, exist_ok=True)
        offline = pack(place, sites, web, again=given.again)
        probes = {site.url: site.probe for site in sites}
        result = tiers.measure(offline, web, given.runs, probes, given.keep and place / "shots")
    print(tiers.table(result))
    alive = [s.looks and s.behaves for found in result.values() for s in found.values()]
    return 0 if all(alive) else 1


if __name__ == "__main__":
    sys.exit(main())
