"""Which attributes of which elements name what: one table, and the rules between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from deckarchive.deck.dom import Element
from deckarchive.model import Kind

_PLAIN: Final[dict[str, tuple[tuple[str, Kind, str], ...]]] = {
    "img": (("src", Kind.IMAGE, "url"), ("srcset", Kind.IMAGE, "srcset")),
    "input": (("src", Kind.IMAGE, "url"),),
    "image": (("href", Kind.IMAGE, "url"), ("xlink:href", Kind.IMAGE, "url")),
    "feimage": (("href", Kind.IMAGE, "url"), ("xlink:href", Kind.IMAGE, "url")),
    "use": (("href", Kind.IMAGE, "url"), ("xlink:href", Kind.IMAGE, "url")),
    "video": (("poster", Kind.IMAGE, "url"), ("src", Kind.VIDEO, "url")),
    "audio": (("src", Kind.AUDIO, "url"),),
    "track": (("src", Kind.TRACK, "url"),),
    "iframe": (("src", Kind.IFRAME, "url"),),
    "embed": (("src", Kind.OBJECT, "url"),),
    "object": (("data", Kind.OBJECT, "url"),),
    "a": (("href", Kind.LINK, "url"), ("xlink:href", Kind.LINK, "url")),
    "area": (("href", Kind.LINK, "url"),),
    "script": (("src", Kind.SCRIPT, "url"), ("href", Kind.SCRIPT, "url")),
    "body": (("background", Kind.IMAGE, "url"),),
}
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

Use = tuple[Kind, str, str, bool]
"""Kind, attribute, how it is read (``url`` or ``srcset``), and whether the browser uses it."""


def element_values(element: Element, *, lazy: bool) -> Iterator[Use]:
    """The attributes of ``element`` that name URLs.

    ``lazy`` is for what stands in a slide: there reveal.js turns ``data-src`` into ``src``.
    """
    name = element.name
    if name == "link":
        yield from _link(element)
    elif name == "source":
        yield from _source(element, lazy=lazy)
    for attribute, kind, how in _PLAIN.get(name, ()):
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


def _source(element: Element, *, lazy: bool) -> Iterator[Use]:
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


def _link(element: Element) -> Iterator[Use]:
    """A ``<link>`` by its ``rel``: what the browser would fetch."""
    rel = (element.get("rel") or "").lower().split()
    as_kind = _LINK_AS.get((element.get("as") or "").lower())
    if "stylesheet" in rel:
        yield Kind.STYLESHEET, "href", "url", True
    elif "icon" in rel or "apple-touch-icon" in rel or "mask-icon" in rel:
        yield Kind.IMAGE, "href", "url", True
    elif "modulepreload" in rel:
        yield Kind.SCRIPT, "href", "url", True
    elif "preload" in rel and as_kind:
        yield as_kind, "href", "url", True
        if as_kind is Kind.IMAGE:
            yield Kind.IMAGE, "imagesrcset", "srcset", True
