"""The browser of a rehearsal: it reaches the folder's server and nothing else.

Two dead proxies stand in for the network. The pages' traffic meets one, and whatever it notes
is a leak; the browser's own traffic (updates, metrics) meets the other and is forgotten. Names
are not resolved, WebRTC has no way around the proxy, and other ports of this machine count as
outside. A Firefox is silent by itself, so that all it asks for meets the witness; it works offline
(``--offline``), which its workers see too and which leaves loopback in reach. A page that hangs
costs its time limit, never the walk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from deckarchive import js
from deckarchive.browser import (
    Browser,
    BrowserOptions,
    ContextOptions,
    Frame,
    PageError,
    Tab,
    World,
    answers,
    find_browser,
    without_side_effects,
)
from deckarchive.errors import BrowserError
from deckarchive.model import Interaction, OfflineTarget, Slide
from deckarchive.rehearsal._results import Leak
from deckarchive.rehearsal._ways import OpenedFolder
from deckarchive.server import DeadProxy

_T = TypeVar("_T")
_PATIENCE: Final = 1.0  # seconds in which a change has to show
_KEPT: Final = 200  # messages a slide
_NO_LOSS: Final = ("/favicon.ico", "/runtime/slide")
"""What a page asks for that nobody misses; the second is where `present` keeps the slide."""
_ALONE: Final = "on => document.documentElement.classList.toggle('deckarchive-alone', on)"

_OFFLINE_ARGS: Final = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, "
    "EXCLUDE 127.0.0.1, EXCLUDE [::1]",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-pings",
    "--mute-audio",
)


@dataclass(frozen=True, slots=True)
class Slides:
    """What the deck's page says of itself: whether reveal.js is ready, every slide in order, and
    whether this browser can draw with WebGL."""

    ready: bool
    slides: tuple[Slide, ...]
    webgl: bool

    @classmethod
    def read(cls, value: object) -> Slides:
        said = answers.members(value)
        pairs = answers.list_of(answers.list_of(answers.real, most=2))(said["slides"])
        slides = tuple((int(h), int(v)) for h, v in pairs)
        ready = answers.boolean(said["ready"])
        return cls(ready, slides, ready and answers.boolean(said["webgl"]))


class RehearsalBrowser:
    """One browser with the deck open in it; an async context manager.

    Everything raises :class:`BrowserError` for a browser that fails and :class:`BrowserTimeout`
    for a page that does not answer; after that ``broken`` should be set and :meth:`restart`
    called.
    """

    def __init__(
        self, opened: OpenedFolder, browser: Path | None, viewport: tuple[int, int]
    ) -> None:
        self._opened, self._viewport = opened, viewport
        self._found = find_browser(browser, firefox=True)
        self._own = AsyncExitStack()
        self._witness, self._browsers_own = DeadProxy(), DeadProxy()
        self._browser: Browser | None = None
        self._tab: Tab
        self._messages: list[tuple[str, str]] = []
        self._lost_files: list[str] = []  # of a folder that no server shows
        self._seen_requests = 0
        self._leaks: list[Leak] = []
        self._seen_attempts = 0
        self.slide: Slide | None = None
        self.broken = False
        self.webgl = True
        self.browser_name = ""

    async def __aenter__(self) -> Self:
        self._own.enter_context(self._witness)
        self._own.enter_context(self._browsers_own)
        try:
            await self._launch()
        except BaseException:
            await self._shut()
            await self._own.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._shut()
        await self._own.aclose()

    async def restart(self) -> None:
        """End the browser, whatever its state, and start another."""
        await self._shut()
        await self._launch()
        self.broken = False

    @property
    def root(self) -> str:
        """The path of the folder in its URLs."""
        return self._opened.root

    async def open(self, url: str, timeout: float) -> None:
        """Load the deck's page."""
        await self._tab.start(url, timeout=timeout, what="opening the deck")

    async def run(self, name: str, argument: Any, timeout: float, read: answers.Read[_T]) -> _T:
        """Evaluate one of this package's scripts in the deck's page."""
        return await self._ask(_script(name), argument, timeout, read, name)

    async def go(self, slide: Slide, timeout: float) -> bool:
        """Show a slide with all its fragments; whether reveal.js does."""
        done = await self._ask(
            _script("turn"), list(slide), timeout, answers.boolean, "turn", World.PAGE
        )
        todo = {"slide": list(slide), "done": done}
        return await self.run("go", todo, timeout, answers.boolean)

    async def reports(self, numbers: Sequence[int], timeout: float) -> list[object]:
        """What frame pages of earlier versions say of themselves, by their number in the deck."""
        read = answers.list_of(answers.anything)
        return await self._ask(
            _script("reports"), list(numbers), timeout, read, "reports", World.PAGE
        )

    async def frame_report(self, path: str) -> Mapping[str, Any] | None:
        """What the frame page at ``path`` says of itself, asked in that page; ``None`` where it
        does not stand."""
        for frame in self._tab.frames:
            if frame.parent is not None and self._opened.path_of(frame.url) == path:
                asking = _script("report")
                return await frame.evaluate(asking, read=_read_report, timeout=5, what="asking")
        return None

    async def slides(self, timeout: float) -> Slides:
        """Whether reveal.js is ready, and its slides."""
        deck = await self._ask(
            _script("ready"), None, timeout, answers.anything, "ready", World.PAGE
        )
        return await self.run("slides", deck, timeout, Slides.read)

    async def _ask(
        self,
        script: str,
        argument: Any,
        timeout: float,
        read: answers.Read[_T],
        what: str,
        world: World = World.OWN,
    ) -> _T:
        return await self._tab.main.evaluate(
            script, argument, read=read, timeout=timeout, what=what, world=world
        )

    async def counts(self, frame: Frame, timeout: float) -> object:
        """Count what a frame shows."""
        counting = js.content_counts()
        return await frame.evaluate(
            counting, read=answers.anything, timeout=timeout, what="counting"
        )

    async def appearance(self, frame: Frame, timeout: float) -> object:
        """What a frame shows of itself, see ``appearance.js``."""
        looking = _script("appearance")
        return await frame.evaluate(
            looking, read=answers.anything, timeout=timeout, what="looking at it"
        )

    async def stillness(self, frame: Frame, timeout: float) -> float:
        """For how many seconds a frame's document has been still."""
        settling = js.script("settle")
        still = await frame.evaluate(settling, read=answers.real, timeout=timeout, what="waiting")
        return still / 1000

    async def socket_closed(self, frame: Frame, timeout: float) -> float | None:
        """For how many seconds the first socket of a copy has been closed, see ``sockets.js``;
        ``None`` where it has opened none."""
        asking, world = _script("sockets"), World.PAGE
        since = await frame.evaluate(
            asking, read=answers.real, timeout=timeout, what="asking for sockets", world=world
        )
        return since / 1000 if since >= 0 else None

    async def unfinished(self, frame: Frame, timeout: float, *, paints: bool) -> bool:
        """Whether something of a frame is still on its way, see ``unfinished.js``."""
        asking, what = _script("unfinished"), "asking whether it is finished"
        read = answers.boolean
        return await frame.evaluate(asking, paints, read=read, timeout=timeout, what=what)

    async def use(
        self, frame: Frame, interactions: Sequence[Interaction], timeout: float
    ) -> object:
        """Do the same acts in a copy as when it was captured; what changed, as the copy says."""
        todo = {"todo": [use.to_dict() for use in interactions], "patience": _PATIENCE * 1000}
        using = js.script("interactions")
        async with without_side_effects(frame):
            return await frame.evaluate(
                using, todo, read=answers.anything, timeout=timeout, what="using it"
            )

    async def screenshot(self, *, backgrounds_only: bool = False) -> bytes:
        """A PNG of the window at one pixel a CSS pixel, with the slide's content or without."""
        if not backgrounds_only:
            return await self._tab.fast_screenshot(what="taking the picture")
        await self._ask(_ALONE, True, 10, answers.anything, "hiding the slide")
        try:
            return await self._tab.fast_screenshot(what="taking the picture")
        finally:
            with suppress(BrowserError):
                await self._ask(_ALONE, False, 10, answers.anything, "showing the slide")

    def copy_of(self, target: OfflineTarget) -> Frame | None:
        """The browser's frame that holds a target's copy, or ``None``.

        Where the target has a frame page, it is the one inside that, wherever it has gone.
        """
        frame_path = f"/{target.frame}" if target.frame else ""
        copy_path = f"/{target.copy}"
        for frame in self._tab.frames:
            outer = frame.parent
            if frame_path and outer is not None and self._opened.path_of(outer.url) == frame_path:
                return frame
            if frame_path or outer is None:
                continue
            made = copy_path.startswith("/data:") and frame.url.startswith(copy_path[1:])
            if made or self._opened.path_of(frame.url) == copy_path:
                return frame
        return None

    # -- What happened ------------------------------------------------------------------

    def turn_to(self, slide: Slide) -> None:
        """Everything noted from now on belongs to ``slide``."""
        self._note_leaks()
        self.slide = slide
        self._messages.clear()
        self._lost_files.clear()
        self._seen_requests = self._opened.log.request_count

    def errors(self) -> tuple[str, ...]:
        """The error messages of the slide's pages that belong to no copy."""
        return self._errors("")

    def errors_of(self, target: str) -> tuple[str, ...]:
        """The error messages that one copy logged since the slide came up."""
        return self._errors(target)

    def missed(self) -> tuple[str, ...]:
        """What the deck's own pages asked the server for and did not get."""
        return (*self._missed(""), *self._files(of_copies=False))

    def unresolved_of(self, target: str) -> tuple[str, ...]:
        """What one copy asked the server for and did not get; of files, what any copy did."""
        return (*self._missed(target), *self._files(of_copies=True))

    def refused(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Those of ``paths`` (decoded) that the server has not had at any time."""
        wanted = set(paths)
        asked = ((self._opened.path_of(r.target), r.status) for r in self._opened.log.requests)
        return tuple(dict.fromkeys(p for p, status in asked if status >= 400 and p in wanted))

    def leaks(self) -> tuple[Leak, ...]:
        """What tried to leave the machine, from the start."""
        self._note_leaks()
        return tuple(self._leaks)

    def _errors(self, target: str) -> tuple[str, ...]:
        found = [text for url, text in self._messages if self._opened.owner_of(url) == target]
        return tuple(dict.fromkeys(found))

    def _files(self, *, of_copies: bool) -> tuple[str, ...]:
        lost = dict.fromkeys(path for path in self._lost_files if path)
        return tuple(p for p in lost if p.startswith("/sites/") == of_copies and p not in _NO_LOSS)

    def _missed(self, target: str) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(
                request.target
                for request in self._opened.log.requests_since(self._seen_requests)
                if request.status >= 400
                and self._opened.asker_of(request) == target
                and request.target not in _NO_LOSS
            )
        )

    def _note_leaks(self) -> None:
        attempts = self._witness.attempts
        for attempt in attempts[self._seen_attempts :]:
            url = attempt.url or "bytes that are not a request"
            self._leaks.append(Leak(url=url, method=attempt.method, slide=self.slide))
        self._seen_attempts = len(attempts)

    # -- The browser --------------------------------------------------------------------

    async def _launch(self) -> None:
        own = self._opened.hosts
        chromium = self._found.engine == "chromium"
        if chromium:
            options = BrowserOptions(
                path=self._found.path, proxy=self._browsers_own.url, args=_OFFLINE_ARGS
            )
            way = ContextOptions(viewport=self._viewport, proxy=self._witness.url, bypass=own)
        else:
            options = BrowserOptions(
                path=self._found.path,
                engine="firefox",
                proxy=self._witness.url,
                bypass=own,
                args=("--offline",),
            )
            way = ContextOptions(viewport=self._viewport)
        self._browser = Browser(options)
        await self._browser.start()
        self.browser_name = f"{self._found.name} {self._browser.version}"
        context = await self._browser.new_context(way)
        self._tab = await context.tab()
        self._tab.on_error(self._on_error)
        await self._tab.appear_offline()

    def _on_error(self, error: PageError) -> None:
        # What failed to load is known from the server's log; Chromium logs it once more.
        again = not error.raised and error.text.startswith("Failed to load resource")
        if again and self._opened.url.startswith("file:") and len(self._lost_files) < _KEPT:
            self._lost_files.append(self._opened.path_of(error.url))
        if not again and len(self._messages) < _KEPT:
            self._messages.append((error.url, error.text[:500]))

    async def _shut(self) -> None:
        if self._browser is not None:
            await self._browser.close()


def _read_report(value: object) -> Mapping[str, Any]:
    """What report.js answers. Raises ValueError, TypeError, KeyError."""
    said = answers.members(value)
    return {
        "report": said["report"],
        "covered": answers.boolean(said["covered"]),
        "fragment": answers.string(said["fragment"]),
    }


@cache
def _script(name: str) -> str:
    return js.expression((files("deckarchive.rehearsal") / f"{name}.js").read_text("utf-8"))
