"""One deck in reveal.js 3.9, 4.6, 5.2 and 6.0: what a presenter does works in each, offline."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.reveals.decks import VERSIONS
from bench.reveals.facts import FACTS
from deckarchive.server import DeadProxy
from tests import sampling
from tests.browsers import Behind
from tests.decks.conftest import holds
from tests.sampling import sample

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CASES = [
    (fact, number)
    for fact, (since, _) in FACTS.items()
    for number, version in VERSIONS.items()
    if version.major >= since
    and (number in ("3.9.2", "6.0.2") or fact in ("speaker view", "print", "scroll view"))
]
SLIDES = [case for case in CASES if case[0] == "slides"]
SOME = sample([case for case in CASES if case[1] == "6.0.2" or case in SLIDES], 2, SLIDES)
if sampling.ALL:
    SOME = CASES
"""The oldest and the newest whole, and of the others what each does in its own way; without
``--all`` every other one of the newest, and the slides of all.

``python -m bench.reveals`` tries all in all."""


@pytest.mark.parametrize(("fact", "number"), SOME)
def test_it_holds(
    fact: str, number: str, packed: dict[str, Path], offline_browser: tuple[Behind, DeadProxy]
) -> None:
    browser, witness = offline_browser
    before = len(witness.attempts)
    holds(fact, number, browser, packed)
    left = [a for a in witness.attempts[before:] if ".example" in a.host]
    assert bool(left) is (fact == "F2, E")  # the live site is asked for at that key alone
