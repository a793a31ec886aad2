"""Files of the deck's own that a script in its page names and may ask for another day.

A capture sees what is asked on an ordinary day. The page of every reveal.js 3 takes its print style
sheet only when it is printed, and others take a file at a click or at a key. Pure but for looking
whether a file is there.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from deckarchive import urls
from deckarchive.markup import RawText, scan_html

_NAME: Final = re.compile(
    r"""(["'`])(?P<name>[^"'`\s\\<>{}$*?#]{1,300}\.(?:css|m?js|json|md|csv|txt|svg|png|jpe?g|"""
    r"""gif|webp|avif|mp4|webm|mp3|wav|ogg|woff2?|wasm))\1"""
)


def named_files(page: str, base: str, root: Path) -> list[str]:
    """Paths below ``root`` (decoded, posix, sorted) that literals in inline scripts name.

    ``base`` is the URL that the page has as the deck. Only files that exist count: most literals
    that look like a name are none.
    """
    found = set()
    for token in scan_html(page):
        if not isinstance(token, RawText) or token.element != "script":
            continue
        for literal in _NAME.finditer(page, token.start, token.end):
            url = urls.resolve(literal["name"], base)
            path = urls.deck_path(url) if url and urls.is_deck_url(url) else ""
            if path and (root / path).is_file():
                found.add(path)
    return sorted(found)
