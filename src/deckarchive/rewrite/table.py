"""What holds a URL in HTML and SVG: one table of element and attribute.

After HTML, "Attributes" (index) and SVG 2, "Linking"; elements that browsers no longer load
anything for are not in it. What is not in the table is never touched.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final


class Holds(Enum):
    """What the value of an attribute is made of."""

    URL = auto()
    """One URL that the browser fetches."""
    FRAME = auto()
    """One URL that is opened as a document inside the page."""
    LINK = auto()
    """One URL that a user follows."""
    SRCSET = auto()
    CSS = auto()
    """Declarations, or one value that may hold ``url()``."""
    HTML = auto()
    """A whole document (``srcdoc``)."""
    PING = auto()
    """Addresses that are only told about a click: emptied."""
    REL = auto()
    """The ``href`` of ``link``: its ``rel`` decides."""
    BASE = auto()


_EVERYWHERE: Final = {"style": Holds.CSS}

_HTML: Final = {
    "a": {"href": Holds.LINK, "ping": Holds.PING},
    "area": {"href": Holds.LINK, "ping": Holds.PING},
    "audio": {"src": Holds.URL},
    "base": {"href": Holds.BASE},
    "body": {"background": Holds.URL},
    "embed": {"src": Holds.FRAME},
    "frame": {"src": Holds.FRAME},
    "iframe": {"src": Holds.FRAME, "srcdoc": Holds.HTML},
    "image": {"src": Holds.URL, "srcset": Holds.SRCSET},
    "img": {"src": Holds.URL, "srcset": Holds.SRCSET},
    "input": {"src": Holds.URL},
    "link": {"href": Holds.REL, "imagesrcset": Holds.SRCSET},
    "object": {"data": Holds.FRAME},
    "script": {"src": Holds.URL},
    "source": {"src": Holds.URL, "srcset": Holds.SRCSET},
    "table": {"background": Holds.URL},
    "tbody": {"background": Holds.URL},
    "td": {"background": Holds.URL},
    "tfoot": {"background": Holds.URL},
    "th": {"background": Holds.URL},
    "thead": {"background": Holds.URL},
    "tr": {"background": Holds.URL},
    "track": {"src": Holds.URL},
    "video": {"src": Holds.URL, "poster": Holds.URL},
}

_SVG: Final = dict.fromkeys(
    (
        "clip-path",
        "cursor",
        "fill",
        "filter",
        "marker",
        "marker-end",
        "marker-mid",
        "marker-start",
        "mask",
        "stroke",
    ),
    Holds.CSS,
) | dict.fromkeys(("href", "xlink:href"), Holds.URL)

_SVG_LINK: Final = {"href": Holds.LINK, "xlink:href": Holds.LINK}

_FETCHED: Final = frozenset(
    {
        "apple-touch-icon",
        "apple-touch-icon-precomposed",
        "apple-touch-startup-image",
        "fluid-icon",
        "icon",
        "import",
        "manifest",
        "mask-icon",
        "modulepreload",
        "prefetch",
        "preload",
        "prerender",
        "stylesheet",
    }
)
_CONNECTS: Final = frozenset({"preconnect", "dns-prefetch"})


def holds(tag: str, attribute: str, *, foreign: bool) -> Holds | None:
    """What that attribute of that element holds; ``None`` when it holds no URL.

    ``foreign`` says that the element stands in SVG (or MathML) content.
    """
    if foreign:
        table = _SVG | _SVG_LINK if tag == "a" else _SVG
        found = table.get(attribute)
    else:
        found = _HTML.get(tag, {}).get(attribute)
    return found or _EVERYWHERE.get(attribute)


def fetches(rel: str) -> bool:
    """Whether a ``link`` with that ``rel`` makes the browser fetch its ``href``."""
    return not _FETCHED.isdisjoint(rel.lower().split())


def connects(rel: str) -> bool:
    """Whether it only opens a connection: no policy stops that, so the URL has to go."""
    return not fetches(rel) and not _CONNECTS.isdisjoint(rel.lower().split())
