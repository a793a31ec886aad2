"""Scripts that run inside pages: each file is one JavaScript expression, a function.

The browser door evaluates them as they are; whoever writes them into a page can splice the text
wherever an expression may stand.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def script(name: str) -> str:
    """The text of ``name`` (``"vitals"`` for ``vitals.js``): a function expression."""
    return (files("deckarchive.js") / f"{name}.js").read_text("utf-8").strip()
