"""What holds a URL in HTML and SVG, by element and attribute. What is not in the table is never
touched."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from deckarchive.web._tables import web_table


class Holds(Enum):
    """What the value of an attribute is made of."""

    URL = "url"
    """One URL that the browser fetches."""
    FRAME = "frame"
    """One URL that is opened as a document inside the page."""
    LINK = "link"
    """One URL that a user follows."""
    URLS = "urls"
    """URLs that are parted by commas, as reveal.js reads backgrounds."""
    SRCSET = "srcset"
    CSS = "css"
    """Declarations, or one value that may hold ``url()``."""
    HTML = "html"
    """A whole document (``srcdoc``)."""
    PING = "ping"
    """Addresses that only get a note of a click: emptied."""
    REL = "rel"
    """The ``href`` of ``link``: its ``rel`` decides."""
    BASE = "base"


Attributes = Mapping[str, Holds]

_TABLE: Final = web_table("attributes")
_REL: Final[dict[str, str]] = _TABLE["rel"]
_CONNECTS: Final = frozenset(_TABLE["connects"])


def _held(given: Mapping[str, str]) -> dict[str, Holds]:
    return {name: Holds(value.partition(" ")[0]) for name, value in given.items()}


_HTML: Final = {tag: _held(_TABLE["any"] | names) for tag, names in _TABLE["html"].items()}
_ANY: Final = _held(_TABLE["any"])
_IN_ANY_SVG: Final = _held(_TABLE["any"] | _TABLE["svg"]["*"])
_SVG: Final = {tag: _IN_ANY_SVG | _held(names) for tag, names in _TABLE["svg"].items()}

REVEAL: Final = _held(_TABLE["reveal"])
"""The attributes of any element that reveal.js takes URLs from."""


def holds(tag: str, attribute: str, *, foreign: bool) -> Holds | None:
    """What that attribute of that element holds; ``None`` when it holds no URL.

    ``foreign`` says that the element stands in SVG (or MathML) content.
    """
    known = _SVG.get(tag, _IN_ANY_SVG) if foreign else _HTML.get(tag, _ANY)
    return known.get(attribute)


def loaded(tag: str) -> list[tuple[str, str, Holds]]:
    """``(attribute, kind of the manifest, what it holds)`` of an element, of HTML or of SVG, where
    the element alone says what is loaded."""
    both = [*_TABLE["html"].get(tag, {}).items(), *_TABLE["svg"].get(tag, {}).items()]
    found = {name: value.split(" ") for name, value in both if " " in value}
    return [(name, kind, Holds(held)) for name, (held, kind) in found.items()]


def framed(tag: str) -> list[str]:
    """The attributes of an element of a deck that show a document, the one that counts first:
    ``srcdoc``, a URL, and what reveal.js makes one."""
    held = _HTML.get(tag, {})
    found = [name for name, value in held.items() if value is Holds.HTML]
    found += [name for name, value in held.items() if value is Holds.FRAME]
    if tag == "iframe":
        found.append("data-src")
    return ["data-background-iframe"] if tag == "section" else found


def fetches(rel: str) -> bool:
    """Whether a ``link`` with that ``rel`` makes the browser fetch its ``href``."""
    return not _REL.keys().isdisjoint(rel.lower().split())


def fetched_as(rel: str) -> str:
    """What a ``link`` with that ``rel`` loads, by the kinds of the manifest; ``""`` where the rel
    alone does not say it."""
    words = rel.lower().split()
    return next((kind for word, kind in _REL.items() if kind and word in words), "")


def connects(rel: str) -> bool:
    """Whether it only opens a connection: no policy stops that, so the URL has to go."""
    return not fetches(rel) and not _CONNECTS.isdisjoint(rel.lower().split())
