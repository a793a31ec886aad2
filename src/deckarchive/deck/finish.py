"""A deck as a website: as it is served for a capture, and as a page complete in itself."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from deckarchive import vendor
from deckarchive.deck.commandline import command_folder
from deckarchive.deck.config_text import read_json5
from deckarchive.deck.dom import parse_html
from deckarchive.deck.external import inline_external
from deckarchive.deck.jsregex import JS_SPACE
from deckarchive.deck.loads import loads_digest
from deckarchive.deck.options import OPTION_FILES, filled
from deckarchive.deck.outline import (
    cutting_attributes,
    deck_plugin_version,
    external_path,
    find_slides,
)
from deckarchive.deck.page import render_page
from deckarchive.deck.project_command import command_options, deck_options
from deckarchive.markup import Splice, apply, scan_html
from deckarchive.markup.html import Tag
from deckarchive.model import Deck, DeckSite, FinishedDeck, Source

_LEAD = re.compile(f"\n?(?:[{JS_SPACE}]{{2,}}|\t)")


def deck_site(deck: Deck) -> DeckSite:
    """The deck under ``urls.DECK_ORIGIN``: an HTML deck as it is, a reveal-md deck rendered.

    Raises :class:`EnvironmentMissing` when reveal.js was not built into this installation.
    """
    root = ("", deck.root)
    if deck.format == "html":
        return DeckSite(
            page=deck.path,
            pages={},
            mounts=(root,),
            root=deck.root,
            files=deck.files,
            loads=page_loads(deck),
        )
    folder = posixpath.dirname(deck.path)
    page = posixpath.join(folder, "index.html")
    if (Path(deck.root) / page).exists():
        page = posixpath.join(folder, f"{Path(deck.path).stem}.deckarchive.html")
    mounts = [
        (posixpath.join(folder, "assets", name) + "/", str(vendor.folder(name)))
        for name in vendor.NAMES
    ]
    options = deck.options
    mounts.append((options.served_folder, str(Path(deck.root) / options.config_folder)))
    mounts.sort(key=lambda mount: -len(mount[0]))
    html = render_page(deck, {})
    return DeckSite(
        page=page,
        pages={page: html.encode("utf-8")},
        mounts=(*mounts, root),
        root=deck.root,
        files=deck.files,
        loads=loads_digest(deck, html),
    )


def page_loads(deck: Deck) -> str:
    """The digest of what the deck's own page may load, see :func:`loads_digest`."""
    page = deck.sources[0].text if deck.format == "html" else render_page(deck, {})
    return loads_digest(deck, page)


def finish_deck(deck: Deck, texts: Mapping[str, str], assets: str = "assets/") -> FinishedDeck:
    """The page of ``deck`` whose sources have the new ``texts`` (path → text).

    External Markdown and HTML are inside an HTML deck's page. A reveal-md deck's page is rendered,
    with reveal.js below ``assets``, and its project needs no command line of its own. All files are
    for the root: the references in ``texts`` are relative to it. Raises :class:`DeckError` for a
    broken template.
    """
    if deck.format != "reveal-md":
        whole = inline_external(
            deck.sources[0], {s.path: s.text for s in deck.sources} | dict(texts)
        )
        page = replace(deck.sources[0], text=inline_markdown(deck, {**texts, deck.path: whole}))
        return FinishedDeck(page=page)
    deck, texts = without_command(deck, texts)
    paths = deck.paths_at_root()
    at_root = {paths.get(path, path): text for path, text in texts.items()}
    flat = replace(
        deck,
        path=paths[deck.sources[0].path],
        sources=tuple(replace(s, path=paths[s.path]) for s in deck.sources),
        options=replace(deck.options, config_folder=""),
    )
    return FinishedDeck(
        page=Source(path="index.html", text=render_page(flat, at_root, assets)),
        project=tuple(replace(s, text=at_root.get(s.path, s.text)) for s in flat.sources),
    )


def without_command(deck: Deck, texts: Mapping[str, str]) -> tuple[Deck, dict[str, str]]:
    """The same deck, showing the same without its command line; a deck that has none as it is.

    ``texts`` maps a source's path to its new text. The options move to reveal-md.json, and stay
    with the deck (``overrides``), where they win over its front matter.
    """
    path = deck.options.command_file
    source = next((s for s in deck.sources[1:] if s.path == path), None)
    if source is None:
        return deck, dict(texts)
    rest = {path: text for path, text in texts.items() if path != source.path}
    name = posixpath.relpath(deck.path, command_folder(source.path) or ".")
    text = texts.get(source.path, source.text)
    options = deck_options(command_options(text, name, posixpath.basename(source.path))[0])
    file = next((s for s in deck.sources if posixpath.basename(s.path) in OPTION_FILES), None)
    if file is None:
        file = Source(path=f"{deck.options.config_folder}{OPTION_FILES[-1]}", text="{}")
    local = read_json5(replace(file, text=rest.get(file.path, file.text)))
    text = json.dumps(filled(options, local), ensure_ascii=False, indent=2) + "\n"
    others = [s for s in deck.sources if s.path not in (file.path, source.path)]
    deck = replace(
        deck,
        sources=(*others, replace(file, text=text)),
        options=replace(deck.options, overrides=options),
    )
    return deck, {**rest, file.path: text}


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
    plugin = deck_plugin_version(deck)
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
        if not plugin.cuts_bare and not any(map(section.get, cutting_attributes(plugin))):
            separator = plugin.separator.replace("\n", "\\n").replace("\r", "\\r")
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
