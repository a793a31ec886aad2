"""Style sheets and declarations with their URLs pointed at local copies. Pure, by splicing."""

from __future__ import annotations

import re
from collections.abc import Callable

from deckarchive import urls
from deckarchive.markup import Splice, apply, css_escape_url, scan_css

Lookup = Callable[[str], str | None]
"""From an absolute URL to the relative URL of its copy, ready to be written; ``None`` leaves the
author's text as it is."""


_FROM_ANYWHERE = re.compile(r"\s*(?:https?:|[\\/])", re.IGNORECASE)


def is_outward(raw: str) -> bool:
    """Whether ``raw`` names a host or a path from its root: the same from wherever it is taken."""
    return _FROM_ANYWHERE.match(raw) is not None


def rewrite_css(text: str, base_url: str, lookup: Lookup, *, scripted: bool = False) -> str:
    """Point every ``url()`` and ``@import`` of ``text`` at its copy; nothing else changes.

    ``scripted``: the page's script looks at this text too. A custom property's URL is resolved
    where ``var()`` stands, so no relative URL is right everywhere; one that was is left to that
    script, which knows the address of the folder.
    """
    splices = []
    for found in scan_css(text):
        if scripted and found.custom and is_outward(found.url):
            continue
        if found.rule == "@namespace" or (copy := find(found.url, base_url, lookup)) is None:
            continue
        new = css_escape_url(copy, found.quote)
        if new != text[found.start : found.end]:
            splices.append(Splice(found.start, found.end, new))
    return apply(text, splices) if splices else text


def find(raw: str, base_url: str, lookup: Lookup) -> str | None:
    """Look up ``raw`` as written in a document at ``base_url``; a bare ``#fragment`` stays."""
    stripped = raw.strip()
    if not stripped or stripped.startswith("#"):
        return None
    url = urls.resolve(stripped, base_url)
    return lookup(url) if url else None
