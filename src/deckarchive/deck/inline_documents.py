"""Documents that stand in an attribute of the deck: ``srcdoc``, and frames of ``data:`` URLs.

Notebook exports (folium, plotly, altair) embed their widgets so. Each character keeps its source
span through the codings that lie on one another: character references, percent signs, base64.
"""

from __future__ import annotations

import re
from typing import Final

from deckarchive.deck.dom import Element, Text, Value, parse_html
from deckarchive.deck.source_map import SourceText
from deckarchive.markup import data_document
from deckarchive.web import framed

SYNTAX: Final = "inline-document"
"""The ``syntax`` of a reference inside such a document."""
NO_BASE: Final = "data:,"
"""The base of a document in a ``data:`` URL: nothing relative leads anywhere."""
_PERCENT: Final = re.compile(r"%[0-7][0-9a-fA-F]|(?:%[89a-fA-F][0-9a-fA-F])+|[\t\r\n]")


def inline_document(element: Element) -> tuple[Element, bool] | None:
    """The tree of the document in an attribute of ``element``, and whether its URLs count from the
    deck's page (``srcdoc``); ``None`` where there is none."""
    for name in framed(element.name):
        value = element.attributes.get(name)
        if value is None:
            continue
        if name == "srcdoc":  # whatever else there is
            return None if value.tracked is None else (_tree(value.tracked), True)
        if value.tracked is not None and (text := _decoded(value.tracked)):
            return _tree(text), False
    return None


def _decoded(value: SourceText) -> SourceText | None:
    """The document of a ``data:`` URL, each character with its span; of base64, where several
    characters share their bytes, with that of the URL's head."""
    found = data_document(value.text)
    if found is None or not found.text:
        return None
    start, end = found.body
    if found.base64:
        return value.cut(0, start).replaced([(0, start, found.text, True)])
    body = value.cut(start, end)
    edits = []
    for match in _PERCENT.finditer(body.text):
        run = match.group().replace("%", "")
        coded = match.group().startswith("%")
        text = bytes.fromhex(run).decode(found.charset, "replace") if coded else ""
        edits.append((*match.span(), text, True))
    return body.replaced(edits)


def _tree(text: SourceText) -> Element:
    """The elements, with the texts of style sheets as values of their own."""
    document = parse_html(text.text, text)
    for element in document.walk():
        if element.name == "style":
            for child in element.children:
                if isinstance(child, Text):
                    part = text.cut(child.start, child.start + len(child.text))
                    element.attributes["#text"] = Value(child.text, part)
    return document
