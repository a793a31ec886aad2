"""The attributes of a comment are those that reveal.js' own expression finds."""

from __future__ import annotations

import random

import pytest
import regress

from deckarchive.deck.markdown import written_attributes

TODAY = '([^"= ]+?)="([^"]+?)"|(data-[^"= ]+?)(?=[" ])'
BEFORE_4 = '([^"= ]+?)="([^"=]+?)"'
PARTS = ["a", "b", '="', '"', "=", " ", "data-", "data-x", '""', "é", "\n", '="v"', "-", "d"]


def expected(pattern: str, text: str) -> list[tuple[str, str | None]]:
    data = text.encode()
    found = []
    for match in regress.Regex(pattern, "m").find_iter(text):
        spans = [match.group(n) for n in range(1, 4 if pattern == TODAY else 3)]
        name, value, *flag = (s and data[s.start : s.stop].decode() for s in spans)
        found.append((name, value) if name else (flag[0], None))
    return found


@pytest.mark.parametrize("flags", [True, False])
def test_as_the_plugins_expression(flags: bool) -> None:
    chance = random.Random(9)
    matched = 0
    for _ in range(20_000):
        text = "".join(chance.choices(PARTS, k=chance.randint(1, 14)))
        want = expected(TODAY if flags else BEFORE_4, text)
        assert [(w.name, w.value) for w in written_attributes(text, flags=flags)] == want, text
        matched += bool(want)
    assert matched > 2000
