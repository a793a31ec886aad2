"""Lets the hostile page do all it can in a real browser; a row for each attempt."""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from playwright.async_api import Browser, Dialog, Error, Page, async_playwright

from bench.chromium import flags
from bench.isolation.web import LEAVING, SLIDES, Hostile
from deckarchive.browser import BrowserOptions, find_browser
from deckarchive.browser.firefox import launch_arguments, write_profile
from deckarchive.server import DeadProxy, Server

SUCCESS: Final = re.compile(r"\b(GOT|READ|WROTE|SENT|LOADED|OPEN|OPENED)\b")
"""The words by which the hostile page tells that an attempt succeeded."""

PATIENCE: Final = 120.0
BYPASS: Final = ("127.0.0.1", "localhost", "*.localhost")
SECRETS: Final = """
document.cookie = 'deck=secret; path=/';
localStorage.setItem('notes', 'secret');
sessionStorage.setItem('notes', 'secret');
indexedDB.open('secret');
caches.open('secret').catch(() => 0);
window.channel = new BroadcastChannel('secrets');
setInterval(() => channel.postMessage('secret'), 100);
0
"""
STATE: Final = """async () => ({
  slide: Reveal.getIndices().h,
  disturbed: Reveal.isPaused() || Reveal.isOverview() || !!document.querySelector('.overlay'),
  title: document.title,
  cookies: document.cookie,
  served: (await fetch('/index.html', {cache: 'reload'})).status,
})"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One attempt: what the page told of it, and whether the presentation ``held``."""

    attempt: str
    outcome: str
    held: bool


@dataclass
class Stage:
    """A browser at the deck, with secrets in it, whose only way out is a witness."""

    page: Page
    server: Server
    witness: DeadProxy
    opened: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    async def open(self, view: str) -> None:
        await bounded(self.page.goto(self.server.url))
        # By a step of the history, so that there is something to go back to.
        await bounded(self.page.evaluate(f"location.hash = '#/{SLIDES[view]}'"))
        await bounded(self.page.evaluate(SECRETS))

    async def answer(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.type)
        await dialog.dismiss()

    def told(self) -> dict[str, str]:
        """What the hostile page told so far, in any window: attempt → outcome."""
        said = [r.target for r in self.server.requests if r.target.startswith("/runtime/told?")]
        return dict(json.loads(unquote(line.partition("?")[2])) for line in said)

    async def hear(self, name: str, patience: float = PATIENCE) -> bool:
        """Wait until the page has told about ``name``; whether it did."""
        end = time.monotonic() + patience
        while name not in self.told():
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.05)
        return True

    async def click(self) -> None:
        """A real click; one that leads the page elsewhere may never be acknowledged."""
        with suppress(TimeoutError, Error):
            await bounded(self.page.mouse.click(640, 500), 5)

    async def harm(self, view: str) -> list[str]:
        """What is not as it was: the deck stands where it stood, whole and alone."""
        await asyncio.sleep(1)  # nothing is to come: there is no event to wait for
        try:
            return await self._look(view)
        except (Error, TimeoutError) as error:
            return [f"the deck does not answer: {error!r}"]

    async def _look(self, view: str) -> list[str]:
        found = [f"opened {url}" for url in self.opened]
        if self.page.url != f"{self.server.url}#/{SLIDES[view]}":
            return [*found, f"the top window went to {self.page.url}"]
        state = await bounded(self.page.evaluate(STATE))
        if state["slide"] != SLIDES[view] or state["disturbed"]:
            found.append(f"the deck obeyed: {state}")
        if state["title"] == "HACKED" or "planted" in state["cookies"]:
            found.append(f"the deck was written to: {state}")
        if state["served"] != 200:
            found.append(f"the deck is served no more: {state}")
        for frame in self.page.frames:
            if "/frames/" in frame.url:
                if await bounded(frame.evaluate("'hacked' in window")):
                    found.append("the frame was written to")
            elif frame.url.startswith(f"{self.server.url}index.html"):
                found.append("the deck stands in a frame")
        # The browser's own traffic is not ours.
        found += [f"left: {a.method} {a.url}" for a in self.witness.attempts if "example" in a.url]
        return found


async def bounded(work: Awaitable[Any], seconds: float = 30) -> Any:
    return await asyncio.wait_for(work, seconds)


def rows(told: dict[str, str], prefix: str, skip: Sequence[str] = ()) -> list[Row]:
    return [
        Row(attempt=name, outcome=outcome, held=not SUCCESS.search(outcome))
        for name, outcome in told.items()
        if name.startswith(prefix) and name not in skip
    ]


def summed(name: str, harm: list[str], otherwise: str) -> Row:
    return Row(attempt=name, outcome="; ".join(harm) or otherwise, held=not harm)


async def without_a_click(stage: Stage, hostile: Hostile) -> list[Row]:
    await stage.open("all")
    if not await stage.hear("done"):
        return [summed("all of them", [f"only told {stage.told()}"], "")]
    told = {k: v for k, v in stage.told().items() if ":" not in k and k not in ("done", "ready")}
    harm = await stage.harm("all")
    harm += [f"a dialog with no click: {kind}" for kind in stage.dialogs]
    if hostile.was_called():
        harm.append("a peer connection left")
    return [*rows(told, ""), summed("all of these together", harm, "nothing changed, nothing left")]


async def with_clicks(stage: Stage) -> list[Row]:
    """One real click an attempt: a click's power is spent by the first that uses it."""
    await stage.open("click")
    if not await stage.hear("ready"):
        return [summed("clicks", ["the page never came"], "")]
    names = json.loads(stage.told()["ready"])
    if stage.page.context.browser.browser_type.name == "firefox":
        # Any frame may step the window back, and under remote control close it.
        names = names[: names.index("back")]  # what follows Firefox is known to do
    for name in names:
        await stage.click()
        if not await stage.hear(f"clicked: {name}", 30):
            return [summed(f"clicked: {name}", ["was never told"], "")]
    told = {k: v.removeprefix("active ") for k, v in stage.told().items()}
    active = all(stage.told()[f"clicked: {name}"].startswith("active ") for name in names)
    harm = await stage.harm("click")
    harm += [] if active else ["a click was none"]
    if stage.dialogs not in ([], ["alert", "confirm", "prompt"]):  # once, as the page asked
        harm.append(f"dialogs: {stage.dialogs}")
    return [*rows(told, "clicked: "), summed("all clicks together", harm, "nothing changed")]


async def with_rights(stage: Stage) -> list[Row]:
    """What an author's `allow` gives, without a click: the browser's own question, no more."""
    await stage.open("given")
    if not await stage.hear("given"):
        return [summed("given", [f"only told {stage.told()}"], "")]
    told = stage.told()
    harm = await stage.harm("given") + [f"a dialog: {kind}" for kind in stage.dialogs]
    if told["given: allowed"] not in (
        "unknown",
        "camera,clipboard-read,clipboard-write,geolocation",
    ):
        harm.append(f"allowed {told['given: allowed']}")
    return [*rows(told, "given: "), summed("what is given", harm, told["given: allowed"])]


async def by_leaving(stage: Stage, view: str) -> list[Row]:
    """The page leaves, by itself and by a real click, whichever comes first."""
    name = view.replace("-", " ")
    await stage.open(view)
    if not await stage.hear(f"ready: {name}"):
        return [summed(name, ["the page never came"], "")]
    await stage.click()
    landed: list[Row] = []
    if view == "land-on-the-deck" and await stage.hear("landed", 4):
        landed = rows(stage.told(), "landed: ")
    return [*landed, summed(name, await stage.harm(view), "the deck is as it was")]


async def _attack(browser: Browser, hostile: Hostile, witness: DeadProxy) -> list[Row]:
    some = asyncio.Semaphore(3)

    @asynccontextmanager
    async def stage(server: Server) -> AsyncIterator[Stage]:
        async with some:
            # Firefox as it is distributed cannot be told of these.
            context = await browser.new_context(
                viewport={"width": 1280, "height": 720},
                color_scheme="null",
                reduced_motion="null",
                forced_colors="null",
                contrast="null",
            )
            made = Stage(await context.new_page(), server, witness)
            context.on("page", lambda page: made.opened.append(page.url))
            made.page.on("dialog", made.answer)
            made.page.on("download", lambda download: made.opened.append(download.url))
            try:
                yield made
            finally:
                with suppress(Exception):
                    await bounded(context.close(), 10)

    async def leaving(server: Server, view: str) -> list[Row]:
        async with stage(server) as one:
            return await by_leaving(one, view)

    firefox = browser.browser_type.name == "firefox"
    with Server(hostile.folder) as server:
        async with stage(server) as one:
            found = await without_a_click(one, hostile)
        async with stage(server) as one:
            found += await with_clicks(one)
        async with stage(server) as one:
            found += await with_rights(one)
        views = [v for v in LEAVING if (v, firefox) != ("leave-backwards", True)]
        for some_rows in await asyncio.gather(*(leaving(server, view) for view in views)):
            found += some_rows
    return found


async def _run(name: str, hostile: Hostile) -> list[Row]:
    path = find_browser(name, firefox=name == "firefox").path
    with DeadProxy() as witness, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with async_playwright() as playwright:
            if name == "firefox":
                options = BrowserOptions(path=path, proxy=witness.url, bypass=BYPASS)
                write_profile(Path(folder), options)
                arguments = launch_arguments(options, Path(folder))
                browser = await playwright.firefox.launch(**arguments)
            else:
                to = [f"--proxy-server={witness.url}", f"--proxy-bypass-list={';'.join(BYPASS)}"]
                browser = await playwright.chromium.launch(executable_path=path, args=flags(*to))
            try:
                return await _attack(browser, hostile, witness)
            finally:
                with suppress(Exception):
                    await bounded(browser.close(), 20)


def attack(name: str, hostile: Hostile) -> list[Row]:
    """Every attempt in ``name`` (``chromium`` or ``firefox``), in the order that they were made.

    Raises :class:`EnvironmentMissing` when the browser is not there.
    """
    return asyncio.run(_run(name, hostile))
