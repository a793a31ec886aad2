"""A deck with new texts, made ready to stand by itself: its page, and its project beside that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from deckarchive.deck.commandline import without_command
from deckarchive.deck.inline import inline_markdown
from deckarchive.deck.page import render_page
from deckarchive.model import Deck, FinishedDeck, Source


def finish_deck(deck: Deck, texts: Mapping[str, str], assets: str = "assets/") -> FinishedDeck:
    """The page of ``deck`` whose sources have the new ``texts`` (path → text).

    External Markdown is inside an HTML deck's page. A reveal-md deck's page is rendered, with
    reveal.js below ``assets``, and its project needs no command line of its own. All stands at the
    root: the references in ``texts`` are true there. Raises :class:`DeckError` for a broken
    template.
    """
    if deck.format != "reveal-md":
        page = replace(deck.sources[0], text=inline_markdown(deck, texts))
        return FinishedDeck(page=page)
    deck, texts = without_command(deck, texts)
    paths = deck.paths_at_root()
    at_root = {paths.get(path, path): text for path, text in texts.items()}
    flat = replace(
        deck,
        path=paths[deck.sources[0].path],
        sources=tuple(replace(s, path=paths[s.path]) for s in deck.sources),
        options={**deck.options, "configDir": ""},
    )
    return FinishedDeck(
        page=Source(path="index.html", text=render_page(flat, at_root, assets)),
        project=tuple(replace(s, text=at_root.get(s.path, s.text)) for s in flat.sources),
    )
