"""Media that a page plays: started for a moment, so that its player asks for what it needs, and
the segments of the playlists that were seen then fetched whole. So are files that scripts read in
parts (maps and databases in one file)."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from deckarchive.browser import Context, Tab, answers
from deckarchive.crawler.playlists import choose, renditions
from deckarchive.crawler.session import Session, may_ask
from deckarchive.crawler.settle import settle
from deckarchive.errors import BrowserError
from deckarchive.js import script

_PLAY: Final = 12.0
"""Seconds that media are played at most."""
_SMALL: Final = 256e6
"""Bytes up to which every rendition of a film is fetched."""
_MAX_PLAYLISTS: Final = 60
_IN_PARTS: Final = 256e6
"""Bytes up to which files that were asked for in parts are fetched whole, a page's together."""


async def play_briefly(session: Session, tab: Tab) -> None:
    """Let the page's players play, muted, then put them back as they were."""
    budget = min(_PLAY, session.options.timeout / 2)
    played = await tab.evaluate_in_frames(
        script("play"), {"budget": budget * 1000}, read=answers.real, timeout=budget + 5
    )
    if any(number for _, number in played):
        with suppress(BrowserError):
            await settle(tab, session.listener, 5.0)


async def fetch_films(session: Session, context: Context | None, *, referer: str) -> None:
    """Fetch what the playlists that were recorded name, nested ones too; bounded."""
    read: set[str] = set()
    height = session.projector[1]
    seconds = 10 * session.options.timeout
    while len(read) < _MAX_PLAYLISTS:
        found = session.recorder.playlists
        fresh = [url for url in found if url not in read][: _MAX_PLAYLISTS - len(read)]
        if not fresh:
            return
        for url in fresh:
            read.add(url)
            wanted = choose(renditions(found[url], url), budget=_SMALL, height=height)
            files = may_ask(url, (f for one in wanted for f in (*one.playlists, *one.files)))
            await session.fetch_all(
                files, referer=referer, context=context, seconds=seconds, read=True
            )


async def fetch_what_came_in_parts(session: Session, context: Context, *, referer: str) -> None:
    """Fetch whole what the page asked for by ranges: a copy may read other parts of it.

    Of a file too large for that, the parts that were asked for are all there is.
    """
    sizes = {one.url: one.part_of for one in session.evidence.seen if one.part_of}
    left, wanted = _IN_PARTS, []
    for url in sorted(sizes, key=lambda url: sizes[url]):
        if not session.evidence.has(url) and sizes[url] <= left:
            left -= sizes[url]
            wanted.append(url)
    seconds = 10 * session.options.timeout
    await session.fetch_all(wanted, referer=referer, context=context, seconds=seconds, read=True)
