"""How long a slide's copy takes to show: ``python -m bench.entering FOLDER [--slides N]``.

Walks to each slide of an offline deck that holds a frame, each time in a fresh browser context,
once as it is and once after everything that the slide asks for was fetched in advance by the deck,
as a warm-up would. Prints both medians, in milliseconds from the slide change to the copy.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

from playwright.sync_api import Browser, Error

from bench.reveals.__main__ import opened
from deckarchive.server import Server

PATIENCE = 12_000
_FRAMED = """() => Reveal.getSlides().filter((s) => s.querySelector('iframe[data-src^="frames/"]')
  || (s.dataset.backgroundIframe || '').startsWith('frames/')).map((s) => {
    const at = Reveal.getIndices(s); return [at.h, at.v || 0]; })"""
_ENTER = """([h, v]) => {
  const began = performance.now();
  addEventListener('message', ({ data }) => {
    if (data?.deckarchive === 1 && data.type === 'shown') {
      window.took ??= performance.now() - began;
    }
  });
  Reveal.slide(h, v);
}"""
_FETCH = """async (addresses) => { await Promise.allSettled(addresses.map(async (address) =>
  (await fetch(address, { mode: 'no-cors', priority: 'low' })).arrayBuffer())); }"""


def enter(
    browser: Browser, server: Server, slide: tuple[int, int], ahead: list[str]
) -> tuple[float, list[str]]:
    """Milliseconds until the copy on ``slide`` shows, and what was asked for by then."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    try:
        page = context.new_page()
        page.goto(f"{server.url}#/{slide[0] - 1 if slide[0] else 1}")
        page.wait_for_function("window.Reveal && Reveal.isReady()")
        page.wait_for_timeout(1500)  # reveal.js loads the neighbours itself
        page.evaluate(_FETCH, ahead)
        before = server.request_count
        page.evaluate(_ENTER, list(slide))
        page.wait_for_function("window.took", timeout=PATIENCE)
        asked = [f"http://{r.host}{r.target}" for r in server.requests_since(before)]
        return float(page.evaluate("window.took")), asked
    finally:
        context.close()


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; exit code 1 when nothing could be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.entering", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--slides", type=int, default=20)
    given = parser.parse_args(arguments)
    as_is: list[float] = []
    warmed: list[float] = []
    with opened("chromium") as browser, Server(given.folder) as server:
        page = browser.new_page()
        page.goto(server.url)
        page.wait_for_function("window.Reveal && Reveal.isReady()")
        slides = [(h, v) for h, v in page.evaluate(_FRAMED)][: given.slides]
        page.close()
        for slide in slides:
            try:
                _, asked = enter(browser, server, slide, [])  # also warms the system's own cache
                warm, _ = enter(browser, server, slide, asked)
                took, _ = enter(browser, server, slide, [])
            except Error:  # a card or a picture, or a machine too busy
                continue
            print(f"{slide}: {took:.0f} ms, fetched in advance {warm:.0f} ms", flush=True)
            as_is.append(took)
            warmed.append(warm)
    if not as_is:
        return 1
    print(f"{len(as_is)} slides: {statistics.median(as_is):.0f} ms as it is, "
          f"{statistics.median(warmed):.0f} ms fetched in advance")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
