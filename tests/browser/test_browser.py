"""The browser door: found, started, bounded, replaced; and the scripts that run in pages."""

import asyncio
import http.server
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deckarchive.browser import (
    Browser,
    BrowserOptions,
    BrowserPool,
    ContextOptions,
    Tab,
    find_browser,
)
from deckarchive.browser.answers import anything
from deckarchive.errors import BrowserError, EnvironmentMissing
from deckarchive.js import content_counts
from deckarchive.model import ContentCounts
from tests import loops

SMALL = ContextOptions(viewport=(800, 600))


def options(**more: Any) -> BrowserOptions:
    return BrowserOptions(path=find_browser().path, **more)


def in_tab(work: Callable[[Tab], Awaitable[Any]], **more: Any) -> Any:
    """Run ``work`` in a tab of a browser of its own."""

    async def run() -> Any:
        async with Browser(options(**more)) as browser:
            context = await browser.new_context(SMALL)
            return await work(await context.tab())

    return loops.run(run())


def program(folder: Path, name: str, says: str = "Chromium 1.2.3") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def empty_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose PATH and Playwright cache are folders of the test."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.delenv("DECKARCHIVE_BROWSER", raising=False)
    if sys.platform != "linux":
        pytest.fail("these tests describe Linux' paths")
    return tmp_path


def test_no_browser_is_an_error_with_a_hint(empty_machine: Path) -> None:
    with pytest.raises(EnvironmentMissing, match="playwright install chromium"):
        find_browser()


def test_the_order_is_named_environment_playwright_path(
    empty_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_path = program(empty_machine, "bin/google-chrome", "Google Chrome 9.8.7")
    found = find_browser()
    assert (found.path, found.name, found.version) == (str(on_path), "Google Chrome", "9.8.7")
    better = program(empty_machine, "bin/chromium")
    assert find_browser().path == str(better)
    old = program(empty_machine, "playwright/chromium-999/chrome-linux/chrome")
    assert find_browser().path == str(old)
    new = program(empty_machine, "playwright/chromium-1255/chrome-linux64/chrome")
    assert find_browser().path == str(new)
    named = program(empty_machine, "mine")
    monkeypatch.setenv("DECKARCHIVE_BROWSER", str(named))
    assert find_browser().path == str(named)
    assert find_browser(better).path == str(better)


def test_a_named_browser_that_is_none_is_not_replaced(empty_machine: Path) -> None:
    program(empty_machine, "bin/chromium")
    with pytest.raises(EnvironmentMissing, match="/no/such"):
        find_browser("/no/such")
    fox = program(empty_machine, "bin/firefox", "Mozilla Firefox 153.0")
    with pytest.raises(EnvironmentMissing, match="a Chromium is needed"):
        find_browser(fox)


def test_the_user_agent_has_the_browsers_version_and_is_not_headless(empty_machine: Path) -> None:
    program(empty_machine, "bin/chromium", "Chromium 156.0.8078.79 built on Debian")
    agent = find_browser().user_agent
    assert agent is not None
    assert "Chrome/156.0.0.0 Safari" in agent


def test_what_does_not_start_is_missing(tmp_path: Path) -> None:
    path = program(tmp_path, "chromium")

    async def run() -> None:
        async with Browser(BrowserOptions(path=str(path), launch_timeout=10)):
            raise AssertionError("it started")

    with pytest.raises(EnvironmentMissing, match="does not start"):
        loops.run(run())


@pytest.mark.browser
def test_a_spinning_page_is_an_error_in_time_and_the_browser_closes() -> None:
    async def work(tab: Tab) -> None:
        with pytest.raises(BrowserError, match="no answer"):
            await tab.evaluate("() => { for (;;); }", read=anything, timeout=1)
        with pytest.raises(BrowserError):
            await tab.screenshot(timeout=1)

    in_tab(work)


@pytest.mark.browser
def test_a_failing_script_is_an_error() -> None:
    async def work(tab: Tab) -> None:
        with pytest.raises(BrowserError, match="no such thing"):
            await tab.evaluate("() => { throw new Error('no such thing') }", read=anything)

    in_tab(work)


@pytest.mark.browser
def test_where_nobody_listens_a_visit_has_an_error_and_no_status() -> None:
    async def work(tab: Tab) -> None:
        went = await tab.goto("http://127.0.0.1:1/", timeout=10)
        assert went.status is None
        assert "ERR_" in went.error

    in_tab(work)


@pytest.mark.browser
def test_a_pool_replaces_a_killed_browser_and_a_worn_one() -> None:
    async def run() -> None:
        async with BrowserPool(options(), recycle_after=2) as pool:
            seen = set()
            async with pool.context(SMALL) as context:
                browser = pool._current
                assert browser is not None
                seen.add(id(browser))
                tab = await context.tab()
                browser.kill()
                with pytest.raises(BrowserError):
                    await tab.evaluate("() => 1", read=anything, timeout=20)
            for _ in range(4):
                async with pool.context(SMALL) as context:
                    assert await (await context.tab()).evaluate("() => 2", read=anything) == 2
                    assert pool._current is not None
                    seen.add(id(pool._current))
            assert len(pool._users) == 1
        assert len(seen) >= 2

    loops.run(run())


@pytest.mark.browser
def test_popups_are_closed_dialogs_accepted_and_own_pages_stay() -> None:
    async def run() -> None:
        async with Browser(options()) as browser:
            context = await browser.new_context(SMALL)
            first, second = await asyncio.gather(context.tab(), context.tab())
            assert await first.evaluate("() => confirm('?')", read=anything) is True
            await first.evaluate("() => { open('about:blank'); }", read=anything)
            for _ in range(200):
                if len(context.tabs) == 2:
                    break
                await asyncio.sleep(0.05)
            assert {t._page for t in context.tabs} == {first._page, second._page}

    loops.run(run())


class _Quiet(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def loopback() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.mark.browser
@pytest.mark.parametrize("bypass", [True, False])
def test_loopback_goes_past_a_dead_proxy_only_when_asked(loopback: str, bypass: bool) -> None:
    async def work(tab: Tab) -> None:
        went = await tab.goto(loopback, timeout=10)
        assert (went.status == 200) is bypass
        outside = await tab.goto("http://outside.test/", timeout=10)
        assert outside.status is None

    in_tab(work, proxy="http://127.0.0.1:1", bypass_loopback=bypass)


PICTURE = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'></svg>"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", {"text": 0, "elements": 0}),
        ("<p>one two</p><p style='display:none'>three</p>", {"text": 6}),
        (f'<img src="{PICTURE}"><img src="data:image/png,x">', {"images": 1, "broken": 1}),
        ("<img>", {"images": 0, "broken": 0}),
        (f'<img src="{PICTURE}" style="visibility:hidden">', {"images": 0, "broken": 0}),
        ("<canvas></canvas><svg width=90 height=90><path/></svg>", {"canvases": 2}),
        ("<svg width=16 height=16><path/></svg>", {"canvases": 0}),
        ("<iframe srcdoc=x></iframe><iframe hidden></iframe>", {"frames": 1}),
        (f'<video poster="{PICTURE}"></video>', {"videos": 1}),
        (
            "<div id=d></div><script>d.attachShadow({mode: 'open'}).innerHTML ="
            " '<b>four</b><canvas></canvas>'</script>",
            {"text": 4, "canvases": 1},
        ),
    ],
)
def test_vitals_count_what_shows(body: str, expected: dict[str, int], vitals_tab: Any) -> None:
    found = vitals_tab(body)
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.fixture(scope="module")
def vitals_tab() -> Iterator[Callable[[str], ContentCounts]]:
    """ContentCounts of a document with that body, all in one browser."""
    browser = Browser(options())

    async def count(body: str) -> ContentCounts:
        context = await browser.new_context(SMALL)
        tab = await context.tab()
        await tab._page.set_content(f"<!doctype html><body>{body}")
        found = await tab.evaluate(content_counts(), read=ContentCounts.from_dict)
        await context.close()
        return found

    with loops.loop() as run:
        run(browser.start())
        yield lambda body: run(count(body))
        run(browser.close())
