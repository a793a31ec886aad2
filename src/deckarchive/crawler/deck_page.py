"""Capturing the deck's own page: what its theme, plugins and slides load from elsewhere.

The embeds have captures of their own: their frames and media are held back here.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from deckarchive import urls
from deckarchive.browser import BrowserRequest, Context, RouteAction, Tab, World, answers
from deckarchive.crawler.session import Clock, Session, sent_header
from deckarchive.errors import BrowserError
from deckarchive.js import script
from deckarchive.model import Embed

_HELD_BACK = "net::ERR_FAILED"
"""What the browser logs for a request that was held back here."""
_MOST_EMBEDS: Final = 1000
_LONGEST_URL: Final = 4096


async def capture_deck(session: Session) -> None:
    """Open the deck's page, walk its slides and record what is asked for."""
    evidence, options = session.evidence, session.options
    async with session.pool.context(session.context_options()) as context:
        session.watch(context)
        await _keep_embeds_empty(context)
        tab = await context.tab()
        try:
            navigation = await session.open(tab, session.target.url)
            evidence.status, evidence.final_url = navigation.status, navigation.url
            evidence.headers = navigation.headers
            evidence.content_type = sent_header(navigation.headers, "content-type")
            if navigation.status is None:
                evidence.error = f"the deck's page does not load ({navigation.error})"
                return
            clock = Clock(options.timeout)
            await session.settle(tab, clock.left())
            budget = clock.left(20.0, at_least=2.0)
            with suppress(BrowserError):
                arg = {"budget": budget * 1000}
                await tab.evaluate(
                    script("walk"),
                    arg,
                    read=answers.real,
                    timeout=budget + 10,
                    world=World.PAGE,  # reveal.js is the page's
                )
            await session.settle(tab, clock.left(20.0, at_least=2.0))
            evidence.embeds = await _embeds(tab)
            evidence.title = await tab.title()
            await session.picture(tab, session.target.url, "")
        finally:
            evidence.console = [line for line in tab.console if _HELD_BACK not in line]
        await session.leave(tab)


async def _embeds(tab: Tab) -> list[Embed]:
    """What stands on the slides, scripts' work included; nothing where the page does not answer."""
    with suppress(BrowserError):
        found = await tab.evaluate(
            script("embeds"),
            {"most": _MOST_EMBEDS},
            read=answers.list_of(Embed.from_dict, most=_MOST_EMBEDS),
            timeout=10,
        )
        return [embed for embed in found if len(embed.url) <= _LONGEST_URL]
    return []


async def _keep_embeds_empty(context: Context) -> None:
    """Frames that scripts fill are held in the page; those of the document get an answer that
    leaves them empty, which is cheaper than the browser's error page in each."""

    def decide(request: BrowserRequest) -> RouteAction:
        if request.fills_frame:
            return RouteAction.NO_CONTENT
        if request.type == "media" and not urls.is_deck_url(request.url):
            return RouteAction.ABORT
        return RouteAction.CONTINUE

    await context.add_init_script(script("defer-frames"))
    await context.route(decide)
