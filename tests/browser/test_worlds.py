"""Scripts of ours in a page's frames: they see the browser's own built-ins, and what a page answers
is read by type."""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from deckarchive.browser import (
    Browser,
    BrowserOptions,
    ContextOptions,
    Tab,
    World,
    answers,
    find_browser,
    without_side_effects,
)
from deckarchive.errors import BrowserError
from tests import loops

pytestmark = pytest.mark.browser

OWN = (
    "<script>window.mine = 'page'; Map = JSON = Promise = function () {};"
    "document.querySelectorAll = () => 'mine'; Array.prototype.map = () => 'mine';</script>"
)
PAGES = {
    "/": OWN
    + "<iframe src='/inner?1'></iframe><iframe src='http://127.0.0.1:{port}/inner?2'></iframe>"
    + "<iframe src='/inner?3'></iframe><iframe srcdoc='<p id=doc>in a srcdoc</p>'></iframe>",
    "/inner": OWN + "<p id=here>inner</p><iframe src='/leaf'></iframe>",
    "/leaf": OWN + "<p id=here>leaf</p>",
}
ASK = """async ({ n }) => {
  const seen = new Map([["n", n]]);
  await new Promise((done) => setTimeout(done, 5));
  const found = [...document.querySelectorAll("iframe")].map((frame) => frame.localName);
  return { n: seen.get("n"), mine: window.mine ?? null, found, at: location.href };
}"""


class _Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = PAGES.get(self.path.partition("?")[0], "")
        body = page.replace("{port}", str(self.server.server_address[1])).encode()  # type: ignore[index]
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


def in_page(url: str, work: Callable[[Tab], Awaitable[Any]]) -> None:
    async def run() -> None:
        options = BrowserOptions(path=find_browser().path)
        async with Browser(options) as browser:
            tab = await (await browser.new_context(ContextOptions())).tab()
            await tab.goto(url, timeout=20)
            await work(tab)

    loops.run(run())


def test_every_frame_is_asked_in_a_world_of_its_own_whatever_its_process(site: str) -> None:
    async def work(tab: Tab) -> None:
        found = await tab.evaluate_in_frames(ASK, {"n": 7}, read=answers.members)
        assert len(found) == 8
        for url, said in found:
            assert (said["n"], said["mine"], said["at"]) == (7, None, url)
        assert sorted(len(said["found"]) for _, said in found) == [0, 0, 0, 0, 1, 1, 1, 4]
        hosts = {url.split("/")[2] for url, _ in found if url.startswith("http")}
        assert len(hosts) == 2

    in_page(site, work)


def test_what_a_script_leaves_stays_as_long_as_the_document(site: str) -> None:
    keep = "() => (window.kept = (window.kept || 0) + 1)"

    async def work(tab: Tab) -> None:
        assert [await tab.evaluate(keep, read=answers.real) for _ in range(3)] == [1, 2, 3]
        await tab.goto(site, timeout=20)
        assert await tab.evaluate(keep, read=answers.real) == 1
        assert await tab.evaluate(keep, read=answers.real, world=World.PAGE) == 1

    in_page(site, work)


def test_the_pages_own_world_is_reached_in_every_frame(site: str) -> None:
    async def work(tab: Tab) -> None:
        framed = [frame for frame in tab.frames if "inner" in frame.url or "leaf" in frame.url]
        assert len(framed) == 6
        for frame in [tab.main, *framed]:
            mine = "() => window.mine"
            assert await frame.evaluate(mine, read=answers.string, world=World.PAGE) == "page"
            assert await frame.evaluate(mine, read=answers.anything) is None

    in_page(site, work)


def test_a_frame_that_goes_to_another_process_is_asked_there(site: str) -> None:
    async def work(tab: Tab) -> None:
        frame = next(f for f in tab.frames if f.url.endswith("inner?1"))
        here = "() => location.host + location.search"
        assert (await frame.evaluate(here, read=answers.string)).startswith("localhost")
        other = site.replace("localhost", "127.0.0.1") + "inner?9"
        go = "url => { document.querySelector('iframe').src = url; }"
        await tab.evaluate(go, other, read=answers.anything)
        for _ in range(200):
            if frame.url == other:
                break
            await asyncio.sleep(0.05)
        assert (await frame.evaluate(here, read=answers.string)).startswith("127.0.0.1")

    in_page(site, work)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("undefined", answers.real),
        ("NaN", answers.real),
        ("-1", answers.real),
        ("'7'", answers.real),
        ("1", answers.boolean),
        ("['a', 1]", answers.list_of(answers.string)),
        ("[]", answers.members),
    ],
)
def test_an_answer_of_another_type_is_an_error_that_names_the_page(
    site: str, said: str, read: answers.Read[object]
) -> None:
    async def work(tab: Tab) -> None:
        with pytest.raises(BrowserError, match=f"{site} gave an answer that cannot be read"):
            await tab.evaluate(f"() => ({said})", read=read)

    in_page(site, work)


def test_while_it_is_used_a_page_opens_and_asks_nothing(site: str) -> None:
    asked = "() => [open('about:blank'), prompt('?'), confirm('?')]"

    async def work(tab: Tab) -> None:
        async with without_side_effects(tab.main):
            said = await tab.evaluate(asked, read=answers.anything, world=World.PAGE)
            assert said == [None, None, False]
        confirm = "() => confirm('?')"
        assert await tab.evaluate(confirm, read=answers.boolean, world=World.PAGE)

    in_page(site, work)
