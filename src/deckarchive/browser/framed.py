"""Opening a page in the one frame of a host page, as a slide of a deck does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame as PlaywrightFrame
from playwright.async_api import Page, Request, Response


class OnNavigation(Protocol):
    """Is told of a document that a frame asks for, see :func:`follow_navigations`."""

    def __call__(self, url: str, *, inside: bool) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Navigation:
    """How opening a URL went.

    ``status`` and ``headers`` (lower-case names) are those of the last answer; ``status`` is
    ``None`` when there was none, and ``error`` then is the browser's own code
    (``net::ERR_NAME_NOT_RESOLVED``). ``loaded`` says whether ``load`` fired within the bound.
    """

    url: str
    status: int | None
    headers: dict[str, str]
    loaded: bool
    error: str = ""


class FramedVisit:
    """Watches how the first navigation of a host page's frame goes; begun before it is opened."""

    def __init__(self, page: Page, on_frame: Callable[[PlaywrightFrame], None]) -> None:
        self._page, self._on_frame = page, on_frame
        self.frame: PlaywrightFrame | None = None
        """The frame; ``None`` where the host page was left at once, or its element shows what
        it names without one."""
        self._response: Response | None = None
        self._failure = ""
        self._done = asyncio.Event()
        page.on("frameattached", self._on_attached)
        page.on("response", self._on_response)
        page.on("requestfailed", self._on_failure)
        page.on("load", self._on_load)

    async def answered(self, timeout: float) -> None:
        """Wait until the frame has an answer or none, at most ``timeout`` seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._done.wait(), timeout)

    def outcome(self, *, loaded: bool) -> Navigation:
        """How it went."""
        frame, response = self.frame, self._response
        url = frame.url if frame is not None else self._page.url
        if response is None or (not loaded and self._failure):
            error = self._failure or "timeout"
            return Navigation(url=url, status=None, headers={}, loaded=False, error=error)
        if url.startswith("chrome-error:"):  # an answer without a body, most often
            url = response.url
        elif url in ("", "about:blank"):  # it had an answer, and did not become a document
            return Navigation(
                url=response.url, status=None, headers={}, loaded=False, error="net::ERR_ABORTED"
            )
        headers = dict(response.headers)
        return Navigation(url=url, status=response.status, headers=headers, loaded=loaded)

    def close(self) -> None:
        """Watch no longer."""
        self._page.remove_listener("frameattached", self._on_attached)
        self._page.remove_listener("response", self._on_response)
        self._page.remove_listener("requestfailed", self._on_failure)
        self._page.remove_listener("load", self._on_load)

    def _is_its(self, request: Request) -> bool:
        with suppress(PlaywrightError):  # a request without a frame: a worker's
            return request.is_navigation_request() and request.frame == self.frame
        return False

    def _on_attached(self, frame: PlaywrightFrame) -> None:
        if self.frame is None and frame.parent_frame == self._page.main_frame:
            self.frame = frame
            self._on_frame(frame)

    def _on_response(self, response: Response) -> None:
        if self._is_its(response.request):
            self._response, self._failure = response, ""
            if not (300 <= response.status < 400 and "location" in response.headers):
                self._done.set()

    def _on_failure(self, request: Request) -> None:
        if self._is_its(request):
            self._failure = request.failure or "net::ERR_FAILED"
            self._done.set()

    def _on_load(self, _: object) -> None:
        self._done.set()


def follow_navigations(page: Page, listener: OnNavigation) -> None:
    """Call ``listener`` with each document that the frames of a host page ask for: its URL, and
    whether that frame is ``inside`` the one of the host page."""

    def asked(request: Request) -> None:
        with suppress(PlaywrightError):  # a request without a frame: a worker's
            frame = request.frame if request.is_navigation_request() else page.main_frame
            if (parent := frame.parent_frame) is not None:
                listener(request.url, inside=parent != page.main_frame)

    page.on("request", asked)


def within(frame: PlaywrightFrame) -> Iterator[PlaywrightFrame]:
    """The frame and those in it."""
    yield frame
    for child in frame.child_frames:
        yield from within(child)
