"""Scripts that run inside pages: each file is one JavaScript expression, a function.

The browser door evaluates them as they are; whoever writes them into a page can splice the text
wherever an expression may stand. ``TABLES.<name>`` in a script becomes the table of that name
(:mod:`deckarchive.web`).
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

from deckarchive.web import literal

_TABLE: Final = re.compile(r"\bTABLES\.(\w+)")


@cache
def script(name: str) -> str:
    """The text of ``name`` (``"vitals"`` for ``vitals.js``): a function expression."""
    text = (files("deckarchive.js") / f"{name}.js").read_text("utf-8").strip()
    return _TABLE.sub(lambda found: literal(found[1]), text)
