"""Capturing with one's own hands: a visible browser on a virtual display, clicked from outside."""

import asyncio
import gzip
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import pytest

from deckarchive import warc
from deckarchive.browser import Browser
from deckarchive.crawler import CaptureOptions, capture
from deckarchive.crawler.terminal import ManualCapture
from deckarchive.model import CaptureRecord, State
from tests import loops
from tests.capture.conftest import manifest, target
from tests.capture.web import Web

PAGE = """<!doctype html><title>Demo</title><h1>A demo behind a banner</h1>
<script>const password = 'password=mine-' + (4700 + 11);</script>
<button id=go onclick="fetch('/after', {method: 'POST', body: password}).then(() =>
 Object.assign(document.body.appendChild(new Image()), {src: 'shown.svg'}))">Accept</button>"""
"""What it shows is loaded by a click alone."""


@pytest.fixture
def headed(monkeypatch: pytest.MonkeyPatch) -> Iterator[bool]:
    """A display of our own; where there is no Xvfb the same code runs without a window."""
    program = shutil.which("Xvfb")
    if program is None:
        monkeypatch.setattr(Browser, "_launch", _windowless(Browser._launch))
        yield False
        return
    ours, theirs = os.pipe()
    command = [
        program,
        "-displayfd",
        str(theirs),
        "-screen",
        "0",
        "1280x800x24",
        "-nolisten",
        "tcp",
    ]
    process = subprocess.Popen(command, pass_fds=[theirs], stderr=subprocess.DEVNULL)
    os.close(theirs)
    try:
        with os.fdopen(ours) as told:
            monkeypatch.setenv("DISPLAY", f":{told.readline().strip()}")
        yield True
    finally:
        process.terminate()
        process.wait()


def _windowless(launch):  # type: ignore[no-untyped-def]
    async def wrapped(self: Browser, driver: object) -> None:
        self.options = replace(self.options, headless=True)
        await launch(self, driver)

    return wrapped


class Presenter:
    """Clicks in the page that is open, then presses Enter or closes the window."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, closes: bool) -> None:
        self.closes = closes
        self.said: list[str] = []
        self.terminal = _Terminal()
        real = ManualCapture.done

        async def done(hand: ManualCapture, one: object, tab: object) -> bool:
            hand._terminal = self.terminal  # type: ignore[assignment]
            waiting = asyncio.ensure_future(real(hand, one, tab))  # type: ignore[arg-type]
            await self._work(tab._page)  # type: ignore[attr-defined]
            return await waiting

        monkeypatch.setattr(ManualCapture, "done", done)

    async def _work(self, page) -> None:  # type: ignore[no-untyped-def]
        await page.click("#go")
        await page.wait_for_function("document.images.length && document.images[0].complete")
        if self.closes:
            await page.close()
        else:
            self.terminal.enter()


class _Terminal:
    """Lines that come when they are typed; never an end."""

    def __init__(self) -> None:
        self._typed = threading.Semaphore(0)

    def enter(self) -> None:
        self._typed.release()

    def __iter__(self) -> Iterator[str]:
        while True:
            self._typed.acquire()
            yield "\n"


@pytest.mark.browser
@pytest.mark.parametrize("closes", [False, True], ids=["enter", "window closed"])
def test_what_the_presenter_loads_is_recorded(
    web: Web, tmp_path: Path, headed: bool, monkeypatch: pytest.MonkeyPatch, closes: bool
) -> None:
    web.add("a.test/", PAGE)
    web.add("a.test/after", "in", "text/plain", headers={"Set-Cookie": "sid=of-login-4711"})
    web.add("a.test/shown.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")
    web.add("b.test/", PAGE)
    presenter = Presenter(monkeypatch, closes=closes)
    one, other = target("https://a.test/"), target("https://b.test/")
    options = CaptureOptions(
        proxy=web.proxy, insecure=True, timeout=20, headed=True, only=(one.id,)
    )
    out = tmp_path / "archive"
    report = capture(manifest(one, other), None, out, options, say=presenter.said.append)
    (record,) = report.records
    assert isinstance(record, CaptureRecord)
    assert (record.id, record.state) == (one.id, State.CAPTURED)
    assert record.views[0].screenshot
    assert "press Enter" in presenter.said[0]
    assert "https://a.test/" in presenter.said[0]
    path = out / "targets" / one.id / "data.warc.gz"
    recorded = {e.url: e for e in warc.read_exchanges(path)}
    assert {"https://a.test/after", "https://a.test/shown.svg"} <= set(recorded)
    written = gzip.decompress(path.read_bytes())
    assert b"mine-4711" not in written
    assert b"of-login-4711" not in written
    assert set(record.redacted) == {"set-cookie", "cookie", "request body"}


def test_an_input_that_ends_says_nothing(tmp_path: Path) -> None:
    """Where there is no terminal only the closed window counts."""

    async def read(terminal: TextIO) -> bool:
        hand = ManualCapture(print, terminal)
        hand._waiting = asyncio.Event()
        await asyncio.to_thread(hand._read, asyncio.get_running_loop())
        await asyncio.sleep(0)
        return hand._waiting.is_set()

    (tmp_path / "nothing").touch()
    (tmp_path / "line").write_text("\n")
    with (tmp_path / "nothing").open() as nothing, (tmp_path / "line").open() as line:
        assert not loops.run(read(nothing))
        assert loops.run(read(line))
