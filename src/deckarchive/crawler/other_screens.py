"""What a page would ask for on another screen than the one of its capture.

What documents and style sheets name is read and fetched. What scripts ask for when the colour
scheme changes, or when a page is printed, shows when the browser says that it does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, NamedTuple

from deckarchive.browser import Tab, answers
from deckarchive.crawler.target_capture import may_ask
from deckarchive.errors import BrowserError
from deckarchive.js import script
from deckarchive.proxy import Listener

_MOST_IMAGES, _MOST_MEDIA, _MOST_OF_SHEET = 500, 50, 60
_PAINTED: Final = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 20)))"
_SCREENS: Final[tuple[dict[str, Any], ...]] = ({"dark": True}, {"printed": True}, {})
"""The last one is that of the capture."""
_STEP: Final = 0.03
"""Seconds between two looks at what a page asks for on each."""
_STEPS: Final = 60


class _Named(NamedTuple):
    """What ``js/alternatives.js`` finds."""

    images: list[str]
    media: list[str]
    unread: list[str]


async def alternatives(tab: Tab, sheets: Mapping[str, list[str]]) -> tuple[list[str], list[str]]:
    """Images and media that a page names and another screen or browser would ask for.

    ``sheets`` has what style sheets name for other screens, by their URLs: for those that the page
    cannot read itself.
    """
    found = await tab.evaluate_in_frames(script("alternatives"), read=_named, timeout=5)
    images = [url for frame, one in found for url in may_ask(frame, one.images)]
    media = [url for frame, one in found for url in may_ask(frame, one.media)]
    for frame, one in found:
        for sheet in one.unread:
            images += may_ask(frame, sheets.get(sheet, ()))[:_MOST_OF_SHEET]
    return images[:_MOST_IMAGES], media[:_MOST_MEDIA]


async def see_other_screens(tab: Tab, listener: Listener) -> None:
    """Let a page see a dark colour scheme, then a printer, and wait for what it asks for."""
    for screen in _SCREENS:
        before = set(listener.open_exchanges)
        with suppress(BrowserError):
            await tab.emulate(**screen)
            await tab.evaluate(_PAINTED, read=answers.anything, timeout=1.5)
        for _ in range(_STEPS):
            if not set(listener.open_exchanges) - before:
                break
            await asyncio.sleep(_STEP)


def _named(answer: object) -> _Named:
    found, urls_of = answers.members(answer), answers.list_of(answers.string)
    return _Named(*(urls_of(found[name]) for name in _Named._fields))
