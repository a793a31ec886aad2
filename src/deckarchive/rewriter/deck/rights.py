"""What an author's ``allow`` gives to the page in a frame (Permissions Policy, 9.7 and 9.8). Pure.

Offline there are two frames between the deck and the copy's page: the author's element, which shows
the frame page, and the frame page's own, which shows the copy. The second gives what the author
gave the page and leaves the machine alone (``runtime/frame.js`` has the features), no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from deckarchive import urls
from deckarchive.model import Reference, Target

ALL: Final = "*"
"""Every feature: a page of the deck's own, on its origin, has them where nothing is said."""
_EVERYONE: Final = frozenset({"*", "'src'"})


@dataclass(frozen=True, slots=True)
class Rights:
    """``features`` that some frame of a target is given; ``differ``: not each one all of them."""

    features: tuple[str, ...] = ()
    differ: bool = False


def rights_of(target: Target) -> Rights:
    """What the author's frames give the page of ``target``."""
    framed = [r for r in target.references if r.state == "shown"] or target.references
    given = {_given(reference, target.url) for reference in framed}
    return Rights(tuple(sorted(frozenset().union(*given))), differ=len(given) > 1)


def _given(reference: Reference, url: str) -> frozenset[str]:
    """The features that one frame gives to the page at ``url``.

    One that is named twice is given where both directives give it.
    """
    attributes = dict(reference.frame)
    given: set[str] = set()
    refused: set[str] = set()
    for directive in attributes.get("allow", "").split(";"):
        if words := directive.lower().split():
            feature, *allowed = words
            (given if _allows(allowed, url) else refused).add(feature)
    keeps_origin = "allow-same-origin" in attributes.get("sandbox", "allow-same-origin").lower()
    if urls.is_deck_url(url) and keeps_origin and not refused:
        return frozenset({ALL})
    return frozenset(given - refused - {ALL})


def _allows(allowed: Sequence[str], url: str) -> bool:
    """Whether an allowlist, in lower case, holds the page at ``url``: an empty one does."""
    if "'none'" in allowed:
        return False
    own = {"'self'"} if urls.is_deck_url(url) else set()
    return not allowed or bool(set(allowed) & (_EVERYONE | own | {urls.parse(url).origin}))
