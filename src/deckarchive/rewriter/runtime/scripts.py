"""The scripts of the runtime, and what is inserted into a copy so that they run there. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Final

from deckarchive import js
from deckarchive.js import program, script
from deckarchive.rewriter.pages.paths import relative
from deckarchive.web import policy

PAGE_SCRIPT: Final = "runtime/page.js"
TEXT_SCRIPT: Final = "runtime/text.js"
"""The former's own text, for workers on file://."""
_EVERYWHERE: Final = (
    *("urls", "markup", "overrides", "responses", "network", "streams", "file-modules", "workers"),
)
_DOCUMENTS: Final = (
    *("location-shim", "importmaps", "elements", "late-elements", "destinations", "navigation"),
    *("storage", "messages", "file-messages", "report"),
)
"""The parts of the page's script below ``js/page/``, in the order in which they run."""

_OF_FRAMES: Final = ("frame", "forms", "live", "deck", "stage")
"""The scripts of frame pages and of the deck's own page."""


def insertion(path: str, url: str, map_path: str, routed: str = "") -> str:
    """What is inserted into the copy at ``path`` of the document at ``url``.

    ``routed`` is the copy's base as a relative URL where the page must find its original path
    in ``location``; the script then puts it there, on a server.

    The script is named before the policy, since Chromium looks ahead in a page no further than to
    a policy: else the two scripts would come one after the other, on two connections.

    Well formed as XML too, so that it fits XHTML. The page's own words about DNS prefetching
    are overruled: it asks the network without a request that a policy could refuse.
    """
    runtime, data = relative(PAGE_SCRIPT, path), relative(map_path, path)
    base = f' data-routed="{escape(routed)}"' if routed else ""
    return (
        '<meta charset="utf-8"/>'
        f'<link rel="preload" as="script" href="{runtime}"/>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy("copy")}"/>'
        '<meta http-equiv="x-dns-prefetch-control" content="off"/>'
        f'<script src="{data}"></script>'
        f'<script src="{runtime}" data-url="{escape(url)}"{base}></script>'
    )


def site_scripts() -> Iterator[tuple[str, str]]:
    """Path and text of the scripts that copies need: the page script and the service worker."""
    page = page_script()
    yield PAGE_SCRIPT, page
    yield TEXT_SCRIPT, f"self.__deckarchive_text={json.dumps(page)};\n"
    yield "sw.js", program("lookup") + program("sw")


def deck_scripts() -> Iterator[tuple[str, str]]:
    """Path and text of what frame pages and the deck's own page need."""
    for name in _OF_FRAMES:
        yield f"runtime/{name}.js", program(name)
    yield "runtime/frame.css", js.style("frame")


def page_script() -> str:
    """The text of ``runtime/page.js``: lookup, content counts, the parts of the page script."""
    counts = f"self.__deckarchive_counts = ({script('content-counts')});\n"
    everywhere, documents = (
        ",\n".join(script(f"page/{name}") for name in names) for names in (_EVERYWHERE, _DOCUMENTS)
    )
    page = f"({script('page')})([{everywhere}], [{documents}]);\n"
    return program("lookup") + counts + page
