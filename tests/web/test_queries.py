"""Queries that ask for the same, in the exact replay (Python) and in the copies (JavaScript)."""

from __future__ import annotations

from typing import Any

from deckarchive.js import with_natives
from deckarchive.web import is_static, stable
from tests.web.conftest import cases
from tests.web.node import evaluate

# A map that knows a second query, so that no URL is taken for being the only one of its path.
LOOKUP = """data.map(([path, recorded, asked]) => {
  const key = (query) => path + (query && "?" + query);
  const maps = __deckarchive_lookup({ h: { [key(recorded)]: "found", [key("z=0")]: "other" } });
  const found = maps.find(new URL("https://h" + key(asked)));
  return Boolean(found) && found.path === "sites/found";
})"""
MAPS = f"globalThis.__deckarchive_lookup = {with_natives('lookup')};"
ALONE = """data.map((path) => {
  const maps = __deckarchive_lookup({ h: { [path + "?z=0"]: 0 } });
  return Boolean(maps.find(new URL("https://h" + path + "?z=1")));
})"""


def differing(rows: list[Any], answers: list[bool]) -> list[Any]:
    return [row for row, answer in zip(rows, answers, strict=True) if row[-1] is not answer]


def test_python_knows_what_asks_for_the_same() -> None:
    rows = cases("queries", "same")
    assert not differing(rows, [stable(one) == stable(two) for one, two, _ in rows])


def test_the_copies_know_what_asks_for_the_same() -> None:
    rows = cases("queries", "same")
    data = [("/p", one, two) for one, two, _ in rows]
    assert not differing(rows, evaluate(MAPS, LOOKUP, data))


def test_python_knows_where_a_query_means_nothing() -> None:
    rows = cases("queries", "static")
    assert not differing(rows, [is_static(path) for path, _ in rows])


def test_the_copies_know_where_a_query_means_nothing() -> None:
    rows = cases("queries", "static")
    assert not differing(rows, evaluate(MAPS, ALONE, [path for path, _ in rows]))
