"""External Markdown put into the page, so that the deck opens from ``file://`` too."""

from __future__ import annotations

import re
from collections.abc import Mapping

from deckarchive.deck.dom import parse_html
from deckarchive.deck.jsregex import JS_SPACE
from deckarchive.deck.outline import (
    cutting_attributes,
    deck_plugin_version,
    external_path,
    find_slides,
)
from deckarchive.markup import Splice, apply, scan_html
from deckarchive.markup.html import Tag
from deckarchive.model import Deck

_LEAD = re.compile(f"\n?(?:[{JS_SPACE}]{{2,}}|\t)")


def inline_markdown(deck: Deck, sources: Mapping[str, str]) -> str:
    """The text of an HTML deck with its external Markdown inside its sections.

    ``sources`` maps a source's path to its text, where that is to differ from ``deck``'s. A
    section whose file is not among the deck's sources stays as it is.
    """
    texts = {s.path: s.text for s in deck.sources} | dict(sources)
    page = texts[deck.path]
    slides = find_slides(parse_html(page))
    if slides is None:
        return page
    spoken = deck_plugin_version(deck)
    splices: list[Splice] = []
    last = 0
    for section in slides.walk():
        name = section.get("data-markdown") if section.name == "section" else None
        path = external_path(deck.path, name) if name else None
        if path is None or path not in texts or section.start < last:
            continue
        tag = next(t for t in scan_html(page[section.start :]) if isinstance(t, Tag))
        attribute = tag.get("data-markdown")
        assert attribute is not None
        end = section.start + attribute.end + len(attribute.quote)
        now = "data-markdown"
        if not spoken.cuts_bare and not any(map(section.get, cutting_attributes(spoken))):
            separator = spoken.separator.replace("\n", "\\n").replace("\r", "\\r")
            now += f' data-separator="{separator}"'  # without one, only a file would be cut
        splices += [
            Splice(section.start + attribute.name_start, end, now),
            Splice(*section.inner, template(texts[path])),
        ]
        last = section.end
    return apply(page, splices)


def template(markdown: str) -> str:
    """Markdown as a template element that the plugin reads back character for character."""
    text = markdown.removeprefix("\ufeff")
    if _LEAD.match(text):
        text = "<!-- -->" + text  # the plugin would take leading blanks for indentation
    for char, reference in (("&", "&amp;"), ("<", "&lt;"), ("\r", "&#13;")):
        text = text.replace(char, reference)
    return f"<textarea data-template>\n{text}</textarea>"
