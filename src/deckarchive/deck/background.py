"""Which of a section's background attributes reveal.js shows, and as what URL.

An image wins over a video and that over an iframe; ``data-background`` is an image when it looks
like one, and then takes the place of ``data-background-image``.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from deckarchive.deck.dom import Element
from deckarchive.model import Kind

_IMAGE_LIKE: Final = re.compile(
    r"\A(?:http|file|//)|\.(?:svg|png|jpg|jpeg|gif|bmp|webp)(?:[?#\s]|\Z)", re.IGNORECASE
)
_KINDS: Final = {
    "data-background": Kind.BACKGROUND_IMAGE,
    "data-background-image": Kind.BACKGROUND_IMAGE,
    "data-background-video": Kind.BACKGROUND_VIDEO,
    "data-background-iframe": Kind.BACKGROUND_IFRAME,
}
_RESERVED: Final = frozenset(b";/?:@&=+$,#")
_ENCODED_RUN = re.compile(r"(?:%[0-9a-fA-F]{2})+")


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
