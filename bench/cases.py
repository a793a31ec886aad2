"""Pages that once failed, one by one: python -m bench.cases DIRECTORY [--pictures FOLDER] [NN …]

DIRECTORY holds a folder for each case, named by its number, with ``page.html`` in it. All are laid
out on the hostile web and embedded in one deck, a slide each, which is looked at live, then packed
and looked at in each way of opening. A cell of the table says whether the slide shows what it shows
live; a verdict is wrong where it is ``live`` and the slide does not, or a gap and it does.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Browser, Error, Frame, Page, sync_playwright

from bench.case_sites import CASES, Case, lay
from bench.hostile.server import HostileWeb, Reply, hostile_web
from deckarchive import vendor
from deckarchive.rehearsal import RehearseOptions, Way, rehearse
from deckarchive.server import PlainServer, Server
from tests.browsers import NOWHERE, launch
from tests.running import COMMAND

PATIENCE = 9.0
"""Seconds until a slide shows what it is to show."""
ALIKE = 0.002
"""Share of a picture that may differ from that of live."""
TALK = "https://talk.test/"
OFFLINE = (
    "Object.defineProperty(Navigator.prototype, 'onLine', {get: () => false, configurable: true})"
)
INLINE = "/^(x|srcdoc)/.test(document.querySelector('#s')?.textContent)"
DECK = """<!doctype html><html><head><meta charset="utf-8"><title>Cases</title>
<link rel="stylesheet" href="dist/reveal.css"></head><body><div class="reveal"><div class="slides">
{}
</div></div><script src="dist/reveal.js"></script><script>
Reveal.initialize({{hash: true}});</script></body></html>"""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a slide showed: as live, or the words in its place."""

    good: bool
    words: str

    def __str__(self) -> str:
        return "yes" if self.good else f"no ({self.words})"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rehearsal says of a slide; ``gap`` is why, or nothing."""

    tier: str
    gap: str

    def __str__(self) -> str:
        return f"gap: {self.gap}" if self.gap else self.tier


def frame_of(page: Page, case: Case, number: str) -> Frame | None:
    """The frame on the slide that shows the case's page."""
    if case.deck:
        return page.main_frame
    for frame in page.frames[1:]:
        if f"c{number}.test" in frame.url:
            return frame
        if "srcdoc" in case.section and not frame.child_frames and frame.evaluate(INLINE):
            return frame
    return None


def words_of(page: Page, frame: Frame | None) -> str:
    """What a person reads there, or the tier of the frame page that stands for it."""
    try:
        if frame is not None:
            return " ".join(str(frame.evaluate("document.body.innerText")).split())[:60]
        tiers = [f.evaluate("window.deckarchive?.tier") for f in page.frames if "/frames/" in f.url]
        return next((str(tier) for tier in tiers if tier), "no frame")
    except Error as error:
        return str(error).splitlines()[0][:60]


def show(page: Page, address: str, slide: int, number: str) -> Shown:
    """Go to a slide, do what the case does, and wait until it shows what live shows."""
    case = CASES[number]
    page.goto(f"{address}#/{slide}")
    end, acted = time.monotonic() + PATIENCE, not (case.act or case.clicks)
    frame = None
    while time.monotonic() < end:
        page.wait_for_timeout(250)
        try:
            frame = frame_of(page, case, number)
            if frame and not acted:
                frame.wait_for_load_state("load", timeout=3000)
                page.wait_for_timeout(500)
                for selector in case.clicks:
                    frame.click(selector, timeout=2000)
                if case.act:
                    frame.evaluate(f"({case.act})()")
                acted = True
            if frame and acted and frame.evaluate(f"Boolean({case.holds})"):
                return Shown(True, words_of(page, frame))
        except Error:  # a frame that goes away while it is asked
            continue
    return Shown(False, words_of(page, frame))


def differs(one: Path, two: Path) -> bool:
    with Image.open(one) as a, Image.open(two) as b:
        mask = ImageChops.difference(a.convert("L"), b.convert("L")).point(lambda v: 255 * (v > 16))
    return mask.histogram()[255] > ALIKE * mask.width * mask.height


def look(
    browser: Browser,
    address: str,
    numbers: list[str],
    shots: Path,
    live: Path | None = None,
    script: str = "",
) -> dict[str, Shown]:
    """Each case's slide, with its picture in ``shots``; ``live`` are those to compare with."""
    found = {}
    shots.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(
        viewport={"width": 1280, "height": 720}, permissions=["clipboard-write"]
    )
    context.add_init_script(script)
    page = context.new_page()
    for slide, number in enumerate(numbers):
        found[number] = show(page, address, slide, number)
        name = f"{number}.png"
        page.screenshot(path=shots / name)
        end = time.monotonic() + PATIENCE
        compared = live / name if live and CASES[number].looks else shots / name
        while differs(compared, shots / name) and time.monotonic() < end:
            page.wait_for_timeout(500)
            page.screenshot(path=shots / name)
        if differs(compared, shots / name):
            found[number] = Shown(False, "another picture")
        print(f"{shots.name} {number}: {found[number]}", flush=True)
    context.close()
    return found


def make_deck(web: HostileWeb, folder: Path, directory: Path, numbers: list[str]) -> Path:
    """The deck of these cases, in a folder and at its address."""
    by_number = {path.name[:2]: path for path in directory.iterdir() if path.is_dir()}
    slides = "\n".join(lay(web, number, by_number[number]) for number in numbers)
    shutil.copytree(vendor.folder("reveal.js") / "dist", folder / "dist")
    (folder / "index.html").write_text(DECK.format(slides), "utf-8")
    kinds = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
    for path in folder.rglob("*"):
        if path.is_file():
            kind = kinds.get(path.suffix, "application/octet-stream")
            name = path.relative_to(folder).as_posix().removesuffix("index.html")
            web.routes[f"talk.test/{name}"] = Reply(body=path.read_bytes(), type=kind)
    web.routes["/favicon.ico"] = Reply(status=204, reason="No Content", framing="none", type=None)
    return folder / "index.html"


def verdicts(offline: Path, way: Way, numbers: list[str], shots: Path) -> dict[str, Verdict]:
    walked = rehearse(offline, RehearseOptions(way=way, screenshots=shots))
    found = {number: Verdict("nothing named", "") for number in numbers}
    for slide in walked.slides:
        for embed in slide.embeds:
            why = embed.problems[0] if embed.problems else embed.tier.value
            number = numbers[slide.slide[0]]
            found[number] = Verdict(embed.tier.value, why if embed.gap else "")
            print(f"rehearsal {way.value} {number}: {found[number]}", flush=True)
    return found


def look_at_all(
    offline: Path, numbers: list[str], shots: Path
) -> tuple[dict[Way, dict[str, Shown]], dict[Way, dict[str, Verdict]]]:
    """What each way of opening shows, and what its rehearsal says."""
    shown, said = {}, {}
    for way in Way:
        servers = {Way.PRESENT: Server, Way.STATIC: PlainServer}
        serving = servers[way](offline) if way in servers else nullcontext()
        with serving as server, sync_playwright() as playwright:
            address = server.url if server else f"{offline.as_uri()}/index.html"
            browser = launch(playwright, NOWHERE)
            shown[way] = look(
                browser, address, numbers, shots / way.value, shots / "live", script=OFFLINE
            )
            browser.close()
        said[way] = verdicts(offline, way, numbers, shots / f"rehearsal-{way.value}")
    return shown, said


def report(
    numbers: list[str],
    names: Mapping[str, str],
    live: Mapping[str, Shown],
    shown: Mapping[Way, Mapping[str, Shown]],
    said: Mapping[Way, Mapping[str, Verdict]],
) -> int:
    """The table, as Markdown; the number of wrong verdicts."""
    print("| case | live | " + " | ".join(f"{w.value} | rehearsal" for w in Way) + " |")
    print("|" + " --- |" * (2 + 2 * len(list(Way))))
    wrong = 0
    for number in numbers:
        cells = []
        for way in Way:
            seen, verdict = shown[way][number], said[way][number]
            right = seen.good != bool(verdict.gap)
            wrong += not right
            cells += [str(seen), f"{verdict}{'' if right else ' **wrong**'}"]
        print(f"| {names[number]} | {live[number].words} | {' | '.join(cells)} |")
    print(f"\n{wrong} wrong of {len(numbers) * len(list(Way))} verdicts")
    return wrong


def main(directory: Path, chosen: list[str], pictures: Path | None) -> int:
    """1 when a verdict was wrong."""
    names = {path.name[:2]: path.name for path in directory.iterdir() if path.name[:2] in CASES}
    numbers = [number for number in sorted(names) if not chosen or number in chosen]
    with tempfile.TemporaryDirectory() as temporary, hostile_web() as web:
        root = Path(temporary)
        shots = pictures or root / "pictures"
        deck = make_deck(web, root / "deck", directory, numbers)
        with sync_playwright() as playwright:
            hosts = {place.partition("/")[0] for place in web.routes} - {""}
            pins = ",".join(web.authority.pin(host) for host in sorted(hosts))
            trust = f"--ignore-certificate-errors-spki-list={pins}"
            browser = launch(playwright, web.proxy, trust, bypass="")
            live = look(browser, TALK, numbers, shots / "live")
            browser.close()
        if bad := [
            f"{number}: {live[number].words}" for number in numbers if not live[number].good
        ]:
            print(f"not as described when live: {'; '.join(bad)}", file=sys.stderr)
        command = [COMMAND, "pack", deck, "-o", root / "offline", "--proxy", web.proxy]
        command += ["--insecure", "--no-open", "--deck-url", TALK, "--json"]
        started = time.monotonic()
        packed = subprocess.run(
            [str(part) for part in command], cwd=root, check=False, capture_output=True, text=True
        )
        print(f"pack: {packed.returncode}, {time.monotonic() - started:.0f} s", flush=True)
        if pictures:
            (pictures / "pack.json").write_text(packed.stdout + packed.stderr)
            shutil.copytree(root / "offline", pictures / "offline", dirs_exist_ok=True)
        shown, said = look_at_all(root / "offline", numbers, shots)
        return int(report(numbers, names, live, shown, said) > 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("numbers", nargs="*")
    parser.add_argument("--pictures", type=Path)
    given = parser.parse_args()
    sys.exit(main(given.directory, given.numbers, given.pictures))
