"""Which parts of a query change on every visit without changing the answer. Pure."""

from __future__ import annotations

import re
from typing import Final

from deckarchive import urls
from deckarchive.web._load import web_table

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
