"""What a rehearsal tells of copies that lost something: python -m bench.mutations FOLDER

Takes an offline folder whose embeds are good. In each round one file of each embed is removed, cut
to its half, or comes 2.5 s late, another in every round, and the deck is rehearsed. Truth is the
picture: where it then differs from that of the whole folder, by more than two pictures of the
whole folder do, the loss shows and must be told, as where the copy does not come or can no longer
be used; where nothing differs, it must not be. What is late is looked at when it has come. Losses
that show a little are counted apart: whether the audience would miss an icon is a matter of taste.
``--rounds`` and ``--kinds`` bound it; ``--pictures`` keeps what was seen.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from PIL import Image, ImageChops
from playwright.sync_api import sync_playwright

from deckarchive.model import Slide, Tier
from deckarchive.rehearsal import EmbedResult, Rehearsal, RehearseOptions, Way, rehearse
from deckarchive.server import PlainServer, Server, open_offline
from tests.browsers import NOWHERE, launch

SHOWS, SAME = 0.05, 0.0002
"""Shares of the picture that differ: from the first a loss shows, up to the second it does not."""
LATE = 2.5
KINDS = ("removed", "cut", "late")


@dataclass(frozen=True)
class Mutation:
    """One file of one embed that is not what it was, and what came of it."""

    target: str
    path: str
    kind: str
    changed: float
    embed: EmbedResult

    @property
    def must(self) -> bool | None:
        """Whether it must be told; ``None`` where it shows a little."""
        idle = any(one.changed is False and one.use.changed for one in self.embed.interactions)
        if self.changed >= SHOWS or idle or self.embed.tier is not Tier.LIVE:
            return True
        return False if self.changed <= SAME else None


def files_of_copies(folder: Path, pause: float = 4.0) -> dict[str, list[str]]:
    """The files that each copy asks for when it is shown, by target id, in order."""
    offline = open_offline(folder)
    found: dict[str, list[str]] = {}
    with Server(folder) as server, sync_playwright() as playwright:
        browser = launch(playwright, NOWHERE)
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        for target in offline.targets:
            if not (target.copy and target.frame and target.slides):
                continue
            seen = server.request_count
            page.goto(f"{server.url}{target.frame}", wait_until="commit")
            page.wait_for_timeout(pause * 1000)
            asked = [
                unquote(request.target.partition("?")[0]).lstrip("/")
                for request in server.requests_since(seen)
                if request.status < 400 and request.host.startswith(f"{target.id}.")
            ]
            own = [path for path in dict.fromkeys(asked) if path.startswith("sites/")]
            found[target.id] = [path for path in own if path != target.copy]
        browser.close()
    return found


def mutate(whole: Path, root: Path, paths: set[str], kind: str) -> Path:
    """The folder with these files removed or cut, all others linked."""
    folder = root / "folder"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(whole, folder, copy_function=_link)
    for path in paths if kind != "late" else ():
        file = folder / path
        body = file.read_bytes()
        file.unlink()
        if kind == "cut":
            file.write_bytes(body[: len(body) // 2])
    return folder


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


@contextmanager
def late(paths: set[str]) -> Iterator[None]:
    """The plain server sends these files late."""
    server: Any = PlainServer
    route = server._route

    def slowly(self: Any, head: Any) -> Any:
        if unquote(head.target.partition("?")[0]).lstrip("/") in paths:
            time.sleep(LATE)
        return route(self, head)

    server._route = slowly
    try:
        yield
    finally:
        server._route = route


def walk(folder: Path, shots: Path, way: Way, slides: tuple[Slide, ...]) -> Rehearsal:
    return rehearse(folder, RehearseOptions(way=way, screenshots=shots, slides=slides, timeout=12))


def settled(folder: Path, shots: Path, slides: tuple[Slide, ...]) -> None:
    """Pictures of slides on a plain server when all that is late has come."""
    shots.mkdir(parents=True, exist_ok=True)
    with PlainServer(folder) as server, sync_playwright() as playwright:
        browser = launch(playwright, NOWHERE)
        for h, v in slides:
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            page.goto(f"{server.url}#/{h}/{v}")
            page.wait_for_timeout(2000 * LATE)
            page.screenshot(path=shots / f"{h}-{v}.png")
            page.close()
        browser.close()


def difference(one: Path, two: Path, variation: Image.Image | None = None) -> Image.Image:
    """Where two pictures differ, white on black, but for where ``variation`` does."""
    with Image.open(one) as a, Image.open(two) as b:
        found = ImageChops.difference(a.convert("L"), b.convert("L")).point(
            lambda value: 255 if value > 16 else 0
        )
    return ImageChops.subtract(found, variation) if variation else found


def share(mask: Image.Image) -> float:
    return mask.histogram()[255] / (mask.width * mask.height)


def main(source: Path, rounds: int, kinds: Sequence[str], pictures: Path | None) -> int:
    """1 when a loss that shows was not told, or one that does not was."""
    files = files_of_copies(source)
    shown = {t.id: t.slides[0] for t in open_offline(source).targets if t.slides}
    slides = tuple(dict.fromkeys(shown[name] for name in files))
    done: list[Mutation] = []
    with tempfile.TemporaryDirectory(dir=source.parent) as temporary:
        root = Path(temporary)
        kept = pictures or root
        whole: dict[Way, set[str]] = {}
        for kind in kinds:
            way = Way.STATIC if kind == "late" else Way.PRESENT
            first, again = kept / f"{way.value}-whole", kept / f"{way.value}-again"
            if way not in whole:
                seen = walk(source, first, way, slides)
                whole[way] = {embed.id for _, embed in seen.embeds if not embed.gap}
                walk(source, again, way, slides)
                if kind == "late":
                    settled(source, first, slides)
                    settled(source, again, slides)
            for number in range(rounds):
                chosen = {name: own[number] for name, own in files.items() if number < len(own)}
                chosen = {name: path for name, path in chosen.items() if name in whole[way]}
                if not chosen:
                    break
                paths = set(chosen.values())
                folder = mutate(source, root, paths, kind)
                shots = kept / f"{kind}-{number}"
                there = tuple({shown[name] for name in chosen})
                with late(paths if kind == "late" else set()):
                    found = walk(folder, shots, way, there)
                    if kind == "late":
                        settled(folder, shots, there)
                for slide, embed in found.embeds:
                    if embed.id not in chosen or slide.slide != shown[embed.id]:
                        continue
                    name = f"{slide.slide[0]}-{slide.slide[1]}.png"
                    varies = difference(first / name, again / name)
                    changed = share(difference(first / name, shots / name, varies))
                    done.append(Mutation(embed.id, chosen[embed.id], kind, changed, embed))
                    print(f"{kind} {chosen[embed.id]}: {changed:.1%}, gap {embed.gap}", flush=True)
    return report(done)


def report(done: list[Mutation]) -> int:
    """Print precision and recall by kind, and each that was told wrongly."""
    wrong = 0
    for kind in (*KINDS, "all"):
        rows = [one for one in done if kind in (one.kind, "all")]
        clear = [one for one in rows if one.must is not None]
        told = [one for one in clear if one.embed.gap]
        shows = [one for one in clear if one.must]
        right = sum(bool(one.must) for one in told)
        precision = right / len(told) if told else 1.0
        recall = right / len(shows) if shows else 1.0
        little = [one for one in rows if one.must is None]
        print(
            f"{kind:8}{len(rows):5} mutations, {len(shows)} show, {len(clear) - len(shows)} do not:"
            f" precision {precision:.2f}, recall {recall:.2f}; {len(little)} show a little,"
            f" {sum(one.embed.gap for one in little)} of them told"
        )
    for one in done:
        if one.must is not None and one.must != one.embed.gap:
            wrong += 1
            word = "not told" if one.must else "false alarm"
            print(
                f"  {word}: {one.kind} {one.path} of {one.target}, {one.changed:.1%} of it;"
                f" alike {one.embed.similarity}, structure {one.embed.structure},"
                f" {one.embed.problems or one.embed.notes}"
            )
    return int(wrong > 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--pictures", type=Path)
    given = parser.parse_args()
    sys.exit(main(given.folder, given.rounds, given.kinds, given.pictures))
