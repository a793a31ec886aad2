"""Reading the tables, writing them into scripts; the policies and the volatile parts of queries.

The Content-Security-Policies that hold the offline deck together are each written once.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

from deckarchive import urls


@cache
def web_table(name: str) -> dict[str, Any]:
    """The table ``tables/<name>.json`` without its ``source``. Not to be changed: it is shared."""
    text = (files("deckarchive.web") / "tables" / f"{name}.json").read_text("utf-8")
    return {key: value for key, value in json.loads(text).items() if key != "source"}


def literal(name: str) -> str:
    """A table as an expression of JavaScript, fit for any place in a script element."""
    text = json.dumps(web_table(name), separators=(",", ":"), ensure_ascii=True)
    return text.replace("</", "<\\/").replace("<!", "<\\u0021")


WITHOUT_POLICY: Final = "application/pdf"
"""The one media type that goes without a policy, which would break the browser's viewer. Which
others may run a script is the browser's choice."""


def policy(name: str, **values: str) -> str:
    """The policy of that name in ``tables/policies.json``; ``values`` are filled in.

    ``copy``: only the files of its own folder; holds on http and on file://.
    ``copy-under-deck``: a copy that leads itself to the deck's name must not become a part of it.
    ``copy-connections``: the value of ``Connection-Allowlist``. Chromium opens no other connection
    for a copy, not even in advance, as the policy alone lets it when a script leads an empty frame
    elsewhere.
    ``deck``: the folder's own files and nothing else, on file:// too.
    ``frame``: its picture, its script, and the copy on this origin or its own (``id``). Evaluation
    is allowed for the rehearsal: browser drivers wait for conditions by it.
    ``live``: the only one that lets anything out, for the frame that opens the live site.
    ``report``: a page that needs nothing but itself.
    """
    text = web_table("policies")[name]
    assert isinstance(text, str)
    return text.format(**values) if values else text


_TABLE: Final = web_table("queries")
_NAMES: Final = frozenset([*_TABLE["names"], *_TABLE["callbacks"]["names"]])
_PREFIXES: Final = tuple(_TABLE["prefixes"])
_SUFFIXES: Final = tuple(_TABLE["callbacks"]["suffixes"])
_RANDOM: Final = re.compile(_TABLE["random"])
_STATIC: Final = frozenset(_TABLE["static"])


def stable(query: str) -> tuple[tuple[str, str], ...]:
    """The decoded parameters of a query (no ``?``) without the volatile ones, in a fixed order.

    >>> stable("b=2&_=1700000000000&a=1")
    (('a', '1'), ('b', '2'))
    """
    pairs = urls.query_pairs(query)
    return tuple(sorted(pair for pair in pairs if not _is_volatile(*pair)))


def is_static(path: str) -> bool:
    """Whether a query cannot mean other data: the path is of a script, a style, a picture or so."""
    _, dot, ending = path.rpartition(".")
    return bool(dot) and ending.lower() in _STATIC


def _is_volatile(name: str, value: str) -> bool:
    low = name.lower()
    known = low in _NAMES or low.startswith(_PREFIXES) or low.endswith(_SUFFIXES)
    return known or bool(_RANDOM.fullmatch(name) or _RANDOM.fullmatch(value))
