"""Which attributes of which elements name what in a deck, and what reveal.js makes of them. Pure.

The rules beside the table of the web (``web/tables/attributes.json``): lazy loading, backgrounds,
previews, and the size of a frame on its slide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from deckarchive.deck.dom import Element
from deckarchive.model import FRAME_ATTRIBUTES, JsonValue, Kind
from deckarchive.web import Holds, fetched_as, loaded

_LONGEST: Final = 2000
"""Characters of an attribute that are kept."""
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
_WEB: Final = re.compile("http|www", re.IGNORECASE)
_PREVIEW: Final = {
    "data-preview-link": Kind.LINK,
    "data-preview-image": Kind.IMAGE,
    "data-preview-video": Kind.VIDEO,
}
AttributeUse = tuple[Kind, str, str, bool]
"""Kind, attribute, how it is read (``url`` or ``srcset``), and whether the browser uses it."""
_IMAGE_LIKE: Final = re.compile(
    r"\A(?:http|file|//)|\.(?:svg|png|jpg|jpeg|gif|bmp|webp)(?:[?#\s]|\Z)", re.IGNORECASE
)
_KINDS: Final = {
    "data-background": Kind.BACKGROUND_IMAGE,
    "data-background-image": Kind.BACKGROUND_IMAGE,
    "data-background-video": Kind.BACKGROUND_VIDEO,
    "data-background-iframe": Kind.BACKGROUND_IFRAME,
}
_GRADIENTS: Final = (4, 3)
"""The first version of reveal.js with ``data-background-gradient``."""
_RESERVED: Final = frozenset(b";/?:@&=+$,#")
_ENCODED_RUN = re.compile(r"(?:%[0-9a-fA-F]{2})+")
Size = tuple[int, int]
REVEAL_SIZE: Final = {"width": 960, "height": 700}
"""The slide size that reveal.js takes where none is given."""
_START: Final = re.compile(r"\bReveal\.(?:initialize|configure)\s*\(|\bnew\s+Reveal\s*\(")
_OPTIONS: Final = 8000
_LENGTH: Final = re.compile(
    r"\s*([0-9]{1,9}(?:\.[0-9]+)?)\s*(px|%|)\s*(?:!important\s*)?$", re.IGNORECASE
)
_STRETCH: Final = ("r-stretch", "stretch")


def element_values(element: Element, *, lazy: bool) -> Iterator[AttributeUse]:
    """The attributes of ``element`` that name URLs.

    ``lazy`` is for the elements of a slide: there reveal.js turns ``data-src`` into ``src``.
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


def overlay_attribute(element: Element, version: tuple[int, int]) -> str:
    """The attribute of an element whose URL a click opens in a frame over the slide, since the
    element has ``data-preview-link``; ``""`` for none.

    Before 5.2 reveal.js opens a link's ``href`` alone, and only one that starts like a web
    address; before 6.0 the attribute's own URL only where there is no ``href``.
    """
    own = element.get("data-preview-link")
    if own is None or own == "false":
        return ""
    href = element.get("href") or ""
    if version < (5, 2):
        return "href" if _WEB.match(href) else ""
    named = "data-preview-link" if own not in ("", "true") else ""
    if version >= (6, 0):
        return named if own.startswith("http") else "href" if href else ""
    return "href" if href else named


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


def background_state(
    section: Element, name: str, text: str, *, outer: bool
) -> tuple[Kind | None, bool]:
    """The kind of a background attribute, and whether reveal.js shows it.

    ``outer`` is the section around a vertical stack: its iframe starts only when preloaded.
    """
    kind = _KINDS.get(name)
    if kind is None or (name == "data-background" and not _IMAGE_LIKE.search(text)):
        return None, False
    if name == "data-background":
        return kind, True
    short = _IMAGE_LIKE.search(section.get("data-background") or "") is not None
    image = short or bool(section.get("data-background-image"))
    if kind is Kind.BACKGROUND_IMAGE:
        return kind, not short and not text.strip().startswith("data:")
    if kind is Kind.BACKGROUND_VIDEO:
        return kind, not image
    covered = image or bool(section.get("data-background-video"))
    return kind, not covered and (not outer or "data-preload" in section.attributes)


def is_css_background(
    section: Element, name: str, text: str, version: tuple[int, int]
) -> bool | None:
    """Whether reveal.js shows a background attribute that it takes as CSS; ``None`` for others.

    ``data-background`` is CSS when it does not look like an image. A gradient takes its place
    where ``version`` knows gradients.
    """
    gradients = version >= _GRADIENTS
    if name == "data-background" and not _IMAGE_LIKE.search(text):
        return not (gradients and section.get("data-background-gradient"))
    return gradients if name == "data-background-gradient" else None


def background_image_url(item: str) -> str:
    """What reveal.js asks for: ``decodeURI`` and then ``encodeURI`` with RFC 3986 additions."""
    item = item.strip()
    if item.startswith("data:"):
        return item
    text = _ENCODED_RUN.sub(_decode_run, item)
    return quote(text, safe=";/?:@&=+$,#-_.~[]", encoding="utf-8", errors="surrogatepass")


def _decode_run(match: re.Match[str]) -> str:
    """Decode a run of escapes but for reserved characters; what is not UTF-8 stays."""
    pieces = re.findall(r"%[0-9a-fA-F]{2}", match.group())
    out, pending = "", b""
    for piece in pieces:
        byte = unquote_to_bytes(piece)
        if byte[0] in _RESERVED:
            out += _utf8(pending) + piece
            pending = b""
        else:
            pending += byte
    return out + _utf8(pending)


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(f"%{byte:02X}" for byte in data)


def slide_size(options: Mapping[str, JsonValue], page: str) -> Size | None:
    """The size of a deck's slides; ``None`` where it follows the window.

    ``options`` are reveal.js's; ``page`` is an HTML deck, whose script may set them.
    """
    given: dict[str, JsonValue] = {**REVEAL_SIZE, **_scripted(page)}
    given |= {name: options[name] for name in REVEAL_SIZE if options.get(name) is not None}
    sizes = [_length(str(given[name]), 0) for name in REVEAL_SIZE]
    return None if None in sizes or 0 in sizes else (sizes[0] or 0, sizes[1] or 0)


def _scripted(page: str) -> dict[str, str]:
    start = _START.search(page)
    text = page[start.end() : start.end() + _OPTIONS] if start else ""
    found = {}
    for name in REVEAL_SIZE:
        if match := re.search(
            rf"[{{,\s]['\"]?{name}['\"]?\s*:\s*['\"]?([0-9]{{1,9}}(?:\.[0-9]+)?%?)", text
        ):
            found[name] = match[1]
    return found


def frame_attributes(element: Element) -> tuple[tuple[str, str], ...]:
    """What the author of a frame grants to its page, or keeps from it."""
    names = (name for name in FRAME_ATTRIBUTES if name != "type" or element.name != "iframe")
    found = ((name, element.attributes.get(name)) for name in names)
    return tuple((name, value.text[:_LONGEST]) for name, value in found if value is not None)


def frame_size(element: Element, slide: Size | None) -> Size | None:
    """Width and height of a frame; ``None`` where they cannot be known."""
    style = element.get("style") or ""
    stretched = any(element.has_class(name) for name in _STRETCH)
    size = []
    for n, name in enumerate(REVEAL_SIZE):
        whole = slide[n] if slide else 0
        declared = re.search(rf"(?:^|;)\s*{name}\s*:([^;]*)", style, re.IGNORECASE)
        given = declared[1] if declared else element.get(name) or ""
        length = None if stretched else _length(given, whole)
        size.append(length or whole)
    return (size[0], size[1]) if all(size) else None


def _length(text: str, whole: int) -> int | None:
    """Pixels of a length in pixels or as a part of ``whole``; ``None`` for others."""
    match = _LENGTH.match(text)
    if match is None:
        return None
    number = float(match[1])
    return round(number / 100 * whole if match[2] == "%" else number)
