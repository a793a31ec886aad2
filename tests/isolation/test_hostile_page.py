"""What a hostile archived page can do to the presentation: nothing, in both browsers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bench.isolation import Hostile, attack, hostile_deck
from tests.firefox import BROWSERS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    with hostile_deck(tmp_path_factory.mktemp("hostile")) as made:
        yield made


@pytest.mark.parametrize("browser", BROWSERS)
def test_every_attempt_fails(hostile: Hostile, browser: str, record_property: Any) -> None:
    found = attack(browser, hostile)
    record_property("outcomes", {row.attempt: row.outcome for row in found})
    print(*(f"{row.attempt:42} {row.outcome}" for row in found), sep="\n")
    assert {row.attempt: row.outcome for row in found if not row.held} == {}
    names = {row.attempt for row in found}
    assert len(names) > 80
    assert {"clicked: navigate the top", "cookies", "land on the neighbour"} <= names
