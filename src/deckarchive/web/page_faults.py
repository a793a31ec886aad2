"""Pages that say that there is nothing to see: errors, walls, waiting, lost connections. Pure.

One table holds the words, by kind and language. The capture asks it whether the page that came is
the one that the author meant, the rehearsal whether what the audience would see is one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any, Final

from deckarchive import urls
from deckarchive.web._tables import web_table

_TABLE: Final = web_table("page_faults")
SHORT_PAGE: Final[int] = _TABLE["short"]
"""Characters: a page with less text than this may be nothing but an error or a wall."""
_LINE: Final[int] = _TABLE["line"]  # a page with less than this says one thing only
_PARAGRAPHS: Final = 2  # an article has so many lines of at least
_PARAGRAPH: Final = 200  # so many characters: errors and walls are short
_LIST: Final = 12  # a page of more lines is a list, whose rows tell of others than the page;
_HEAD: Final = 4  # only its first lines tell of itself
_TIMES: Final = 3  # what so many parts of a page say counts as the page's own
_QUOTED: Final = re.compile(r"[“„«\"][^“”„«»\"\n]{1,200}[”“»\"]")
_WORD: Final = 30  # characters: "Working with arrays in JavaScript" is a heading, "Working…" is not


@dataclass(frozen=True, slots=True)
class PageFault:
    """``kind`` is the name of a kind in the table, ``reason`` what it means for a person."""

    kind: str
    reason: str


class _Kind:
    def __init__(self, row: dict[str, Any]) -> None:
        self.fault = PageFault(row["name"], row["says"])
        self.where = frozenset(row["where"])
        self.is_event = row["name"] not in ("consent", "wall", "for-sale")
        words = "|".join(f"(?:{word})" for said in row["words"].values() for word in said)
        self.words = re.compile(words, re.IGNORECASE | re.MULTILINE)


_KINDS: Final = tuple(_Kind(row) for row in _TABLE["kinds"])
_SIGN_IN: Final = re.compile("|".join(_TABLE["sign-in"]), re.IGNORECASE)
_SIGN_IN_PAGE: Final = PageFault("sign-in", "the page asks for a login")
_UNSEEN_HOSTS: Final = tuple(_TABLE["unseen"]["hosts"])
_UNSEEN_PATHS: Final = re.compile(_TABLE["unseen"]["paths"], re.IGNORECASE)


def fault_of_page(
    titles: Iterable[str], text: str, length: int, among: Container[str] | None = None
) -> PageFault | None:
    """What is wrong with a page that calls itself ``titles`` and shows ``text``.

    ``titles`` are its own and its first heading, ``text`` the beginning of what can be read and
    ``length`` how much there is, in characters. A page with much text is never one, nor is one with
    whole paragraphs: a lecture on status codes may be called "404". In a long list its first lines
    count, and what is quoted does not. ``among`` names the kinds to look for, where not all are.

    >>> fault_of_page(["Demo"], "Video unavailable. Error 153", 28).kind
    'player'
    >>> fault_of_page(["404: how servers say no"], "Long before …", 9000) is None
    True
    """
    lines = Counter(line.strip() for line in text.splitlines())
    paragraphs = sum(len(line) >= _PARAGRAPH for line in lines)
    if length >= SHORT_PAGE or paragraphs >= _PARAGRAPHS:
        return None
    alone = length < _LINE
    often = [line for line, times in lines.items() if times >= _TIMES and len(line) > _WORD]
    text = _QUOTED.sub("", "\n".join(list(lines)[:_HEAD] if len(lines) > _LIST else lines))
    names = [title for title in titles if title]
    called = "\n".join([*names, text] if alone else names)
    everything = "\n".join([*names, text])
    for kind in _KINDS:
        if among is not None and kind.fault.kind not in among:
            continue
        said = {
            "title": called,
            "text": everything,
            "alone": text if alone else "\n".join(often),
        }
        if any(kind.words.search(said.get(where, "")) for where in kind.where):
            return kind.fault
    return None


def fault_of_layer(text: str) -> PageFault | None:
    """What a layer over a page says with ``text``: a fault, a wall, a question for consent."""
    if len(text) >= SHORT_PAGE:
        text = text[:SHORT_PAGE]
    for kind in _KINDS:
        if kind.where & {"layer", "text"} and kind.words.search(text):
            return kind.fault
    return None


def new_fault(text: str, before: str) -> PageFault | None:
    """A fault that ``text`` tells of and ``before``, of the same page, does not.

    Lines of the page are compared, so that a single message in a long page counts.
    """
    known = " ".join(before.split())
    for line in (" ".join(line.split()) for line in text.splitlines()):
        if not line or len(line) >= _LINE or line in known:
            continue
        for kind in _KINDS:
            if not kind.is_event or (kind.fault.kind == "waiting" and len(line) > _WORD):
                continue
            if kind.words.search(line) and not kind.words.search(before):
                return kind.fault
    return None


def says(kind: str, text: str) -> bool:
    """Whether a text has the words of one kind, whatever else it holds."""
    return any(one.words.search(text) for one in _KINDS if one.fault.kind == kind)


def fault_of_sign_in(titles: Iterable[str], fields: int, length: int) -> PageFault | None:
    """Whether a page with ``fields`` for who one is, and little else, is a sign-in."""
    named = any(_SIGN_IN.search(title) for title in titles)
    return _SIGN_IN_PAGE if fields and length < SHORT_PAGE and named else None


def is_unseen(url: str) -> bool:
    """Whether a request is of the kind that nobody sees the answer of: beacons, counters, icons.

    >>> is_unseen("https://www.google-analytics.com/g/collect?v=2")
    True
    """
    try:
        parts = urls.parse(url, "http://localhost/")
    except ValueError:
        return False
    host = f".{parts.hostname}"
    known = any(host.endswith(f".{name}") for name in _UNSEEN_HOSTS)
    return known or _UNSEEN_PATHS.search(parts.pathname) is not None
