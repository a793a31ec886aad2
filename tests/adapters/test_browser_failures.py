"""A browser that is killed, hangs or does not start: nothing of Playwright's own comes out."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deckarchive.browser import (
    Browser,
    BrowserOptions,
    BrowserPool,
    Context,
    ContextOptions,
    Frame,
    RouteAction,
    Tab,
    answers,
    find_browser,
    open_window,
)
from deckarchive.errors import BrowserError, DeckarchiveError, EnvironmentMissing
from tests import loops

pytestmark = pytest.mark.browser
SMALL = ContextOptions(viewport=(320, 240))
CALLS: dict[type, dict[str, tuple[tuple[Any, ...], dict[str, Any]]]] = {
    Tab: {
        "goto": (("data:text/html,x",), {"timeout": 5}),
        "goto_framed": (
            ("data:text/html,<iframe src='data:text/html,x'></iframe>",),
            {"timeout": 5},
        ),
        "appear_offline": ((), {}),
        "start": (("data:text/html,x",), {"timeout": 5, "what": "start"}),
        "wait_for_load": ((5,), {}),
        "evaluate": (("() => 1",), {"read": answers.real}),
        "evaluate_in_frames": (("() => 1",), {"read": answers.real}),
        "screenshot": ((), {"timeout": 5}),
        "fast_screenshot": ((), {"timeout": 5}),
        "connect": ((), {}),
        "answers": ((), {"timeout": 2}),
        "stop_scripts": ((), {}),
        "title": ((), {}),
        "emulate": ((), {"dark": True}),
        "require_alive": ((), {}),
        "on_error": ((print,), {}),
        "on_gone": ((lambda: None,), {}),
        "close": ((), {}),
    },
    Frame: {"evaluate": (("() => 1",), {"timeout": 5, "read": answers.real})},
    Context: {
        "tab": ((), {"timeout": 5}),
        "add_init_script": (("1",), {}),
        "on_request": ((print,), {}),
        "route": ((lambda _: RouteAction.CONTINUE,), {}),
        "cookies": (("http://a.example/",), {}),
        "close": ((), {"timeout": 5}),
    },
    Browser: {
        "new_context": ((SMALL,), {}),
        "kill": ((), {}),
        "close": ((), {"timeout": 5}),
    },
}
"""Every public method of what the adapter hands out, and how it is called here."""
STARTS = {"start"}
"""Of a browser: the other tests below start some."""


@pytest.mark.parametrize("kind", CALLS)
def test_every_method_is_called_here(kind: type) -> None:
    public = {
        name
        for name, member in vars(kind).items()
        if inspect.isfunction(member) and not name.startswith("_")
    }
    assert public - set(CALLS[kind]) == (STARTS if kind is Browser else set())


async def call(thing: object, name: str) -> None:
    positional, named = CALLS[type(thing)][name]
    result = getattr(thing, name)(*positional, **named)
    if inspect.isawaitable(result):
        await result


def options() -> BrowserOptions:
    return BrowserOptions(path=find_browser().path)


def test_after_it_was_killed_every_call_ends_in_an_error_of_ours_or_a_value() -> None:
    told: list[str] = []

    async def main() -> list[str]:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: told.append(str(context)))
        ended = []
        async with Browser(options()) as browser:
            context = await browser.new_context(SMALL)
            await context.route(lambda _: RouteAction.CONTINUE)
            tab = await context.tab()
            await tab.connect()
            await tab.goto("data:text/html,<iframe srcdoc=x></iframe>", timeout=20)
            gone = asyncio.Event()
            tab.on_gone(gone.set)
            hanging = asyncio.ensure_future(
                tab.evaluate("() => new Promise(() => {})", read=answers.anything, timeout=60)
            )
            loading = asyncio.ensure_future(tab.goto("http://192.0.2.1/", timeout=60))
            await asyncio.sleep(0)
            browser.kill()
            for waiting in (hanging, loading):
                with pytest.raises(BrowserError):
                    await waiting
            await asyncio.wait_for(gone.wait(), 20)
            for thing in (*tab.frames, tab, context, browser):
                for name in CALLS[type(thing)]:
                    try:
                        await call(thing, name)
                    except DeckarchiveError as error:
                        ended.append(f"{type(thing).__name__}.{name}: {error}")
            assert (tab.closed or tab.crashed, browser.alive) == (True, False)
        return ended

    ended = loops.run(main())
    assert {line.partition(":")[0] for line in ended} >= {
        "Tab.evaluate", "Tab.screenshot", "Tab.require_alive", "Frame.evaluate", "Context.tab",
        "Browser.new_context",
    }  # fmt: skip
    assert [line for line in told if "laywright" in line] == []


def test_a_page_that_hangs_ends_in_errors_of_ours() -> None:
    async def main() -> None:
        async with Browser(options()) as browser:
            tab = await (await browser.new_context(SMALL)).tab()
            await tab.connect()
            spinning = asyncio.ensure_future(
                tab.evaluate("() => { for (;;); }", read=answers.anything, timeout=2)
            )
            for work in (spinning, tab.evaluate("() => 1", read=answers.real, timeout=1)):
                with pytest.raises(BrowserError, match="no answer in"):
                    await work
            assert not await tab.answers(timeout=1)
            assert await tab.title() == ""
            assert await tab.stop_scripts()

    loops.run(main())


def test_a_pool_gives_another_browser_after_a_kill() -> None:
    async def main() -> None:
        async with BrowserPool(options()) as pool:
            async with pool.context(SMALL) as context:
                tab = await context.tab()
                pool.kill()
                with pytest.raises(BrowserError):
                    await tab.evaluate("() => new Promise(() => {})", read=answers.anything)
            async with pool.context(SMALL) as context:
                tab = await context.tab()
                assert await tab.evaluate("() => 1 + 1", read=answers.real) == 2

    loops.run(main())


@pytest.fixture(params=["missing", "no program", "exits", "fails", "a folder", "says nothing"])
def no_browser(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "chromium"
    scripts = {"exits": "#!/bin/sh\nexit 0\n", "fails": "#!/bin/sh\necho oh >&2\nexit 3\n",
               "no program": "\0\1\2", "says nothing": "#!/nowhere/at/all\n"}  # fmt: skip
    if request.param == "a folder":
        path.mkdir()
    elif request.param in scripts:
        path.write_text(scripts[request.param])
        path.chmod(0o755)
    return path


def test_what_is_no_browser_is_missing_from_the_environment(no_browser: Path) -> None:
    async def start() -> None:
        async with Browser(BrowserOptions(path=str(no_browser), launch_timeout=5)):
            pass

    with pytest.raises(EnvironmentMissing, match=str(no_browser)):
        loops.run(start())
    open_and_find: tuple[Callable[[], Any], ...] = (
        lambda: find_browser(no_browser),
        lambda: open_window("http://a.example/", browser=no_browser),
    )
    for work in open_and_find:
        try:
            window = work()
        except EnvironmentMissing as error:
            assert str(no_browser) in str(error)  # noqa: PT017 (a script can be found, and opened)
        else:
            if hasattr(window, "close"):
                window.close()
