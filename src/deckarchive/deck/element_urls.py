"""Which attributes of which elements name what in a deck: the rules beside the table of the web."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from deckarchive.deck.dom import Element
from deckarchive.model import Kind
from deckarchive.web import Holds, fetched_as, loaded

_LAZY: Final = frozenset({"img", "video", "audio", "iframe"})
_LINK_AS: Final = {
    "style": Kind.STYLESHEET,
    "script": Kind.SCRIPT,
    "font": Kind.FONT,
    "image": Kind.IMAGE,
    "video": Kind.VIDEO,
    "audio": Kind.AUDIO,
    "track": Kind.TRACK,
}
_PREVIEW: Final = {
    "data-preview-link": Kind.LINK,
    "data-preview-image": Kind.IMAGE,
    "data-preview-video": Kind.VIDEO,
}

AttributeUse = tuple[Kind, str, str, bool]
"""Kind, attribute, how it is read (``url`` or ``srcset``), and whether the browser uses it."""


def element_values(element: Element, *, lazy: bool) -> Iterator[AttributeUse]:
    """The attributes of ``element`` that name URLs.

    ``lazy`` is for what stands in a slide: there reveal.js turns ``data-src`` into ``src``.
    """
    name = element.name
    if name == "link":
        yield from _link(element)
    elif name == "source":
        yield from _source(element, lazy=lazy)
    for attribute, word, held in loaded(name):
        kind, how = Kind(word), "srcset" if held is Holds.SRCSET else "url"
        replaced = lazy and attribute == "src" and name in _LAZY and _has(element, "data-src")
        if name == "script" and not _runs(element):
            continue
        yield kind, attribute, how, not replaced
        if attribute == "src" and lazy and name in _LAZY:
            yield kind, "data-src", how, True
    for attribute, kind in _PREVIEW.items():
        if (element.get(attribute) or "") not in ("", "true", "false"):
            yield kind, attribute, "url", True


def _has(element: Element, name: str) -> bool:
    return bool(element.get(name))


def _runs(element: Element) -> bool:
    """Whether a script element is a script, not a data block."""
    kind = (element.get("type") or "").strip().lower()
    return kind in ("", "module") or "javascript" in kind or "ecmascript" in kind


def _source(element: Element, *, lazy: bool) -> Iterator[AttributeUse]:
    """A ``<source>``: of a picture its srcset counts, of a medium its src."""
    parent = element.parent.name if element.parent else ""
    if parent == "picture":
        yield Kind.IMAGE, "srcset", "srcset", True
        return
    if parent not in ("video", "audio"):
        return
    assert element.parent is not None
    kind = Kind.VIDEO if parent == "video" else Kind.AUDIO
    used = not (_has(element.parent, "src") or (lazy and _has(element.parent, "data-src")))
    yield kind, "src", "url", used and not (lazy and _has(element, "data-src"))
    if lazy:
        yield kind, "data-src", "url", used


def _link(element: Element) -> Iterator[AttributeUse]:
    """A ``<link>`` by its ``rel``: what the browser would fetch."""
    rel = (element.get("rel") or "").lower().split()
    as_kind = _LINK_AS.get((element.get("as") or "").lower())
    if word := fetched_as(" ".join(rel)):
        yield Kind(word), "href", "url", True
    elif "preload" in rel and as_kind:
        yield as_kind, "href", "url", True
        if as_kind is Kind.IMAGE:
            yield Kind.IMAGE, "imagesrcset", "srcset", True
