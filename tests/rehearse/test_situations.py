"""Situations of embeds, a sample of each kind in one rehearsal.

``python -m bench.rehearsal --kinds`` walks all of them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from kinds import Found, found_in, rates, situation_folder
from situations import RECORDED, REPORTED, SITUATIONS

from deckarchive.model import Tier
from deckarchive.rehearsal import RehearseOptions, rehearse
from tests.browsers import SharedBrowser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
FIRST, EVERY = 9, 11
"""One row of so many is in the sample, a few of each label among them."""
KINDS = {**SITUATIONS, **REPORTED}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, shared_browser: SharedBrowser) -> list[Found]:
    rows = [row for one in KINDS.values() for row in one][FIRST::EVERY]
    folder = situation_folder(
        tmp_path_factory.mktemp("situations") / "offline", rows, shared_browser.browser
    )
    return found_in(rehearse(folder, RehearseOptions(timeout=12)))


def test_the_sample_is_told_as_it_was_made(sample: list[Found]) -> None:
    wrong = [
        (one.id, one.label, one.embed and (one.embed.tier, one.embed.problems, one.embed.notes))
        for one in sample
        if not one.right
    ]
    assert wrong == []
    assert rates(sample, lambda one: one.accused) == (1.0, 1.0)


def test_what_was_recorded_as_broken_is_never_live(sample: list[Found]) -> None:
    recorded = [one.embed for one in sample if one.label == RECORDED]
    assert recorded
    for embed in recorded:
        assert embed is not None
        assert (embed.tier, embed.gap) == (Tier.BROKEN, True)
        assert embed.problems[0].startswith("recorded as broken: ")
        assert Path(embed.poster).name == f"{embed.id}.png"


def test_there_are_enough_of_them_and_each_kind_has_good_ones_too() -> None:
    assert len(KINDS) == len(SITUATIONS) + len(REPORTED)
    rows = [row for one in KINDS.values() for row in one]
    assert len({name for name, *_ in rows}) == len(rows) > 300
    for kind, one in KINDS.items():
        labels = {label for *_, label in one}
        assert "good" in labels, kind
        assert kind == "changes" or len(labels) > 1
    labels = [label for *_, label in rows[FIRST::EVERY]]
    assert {labels.count(label) > 5 for label in ("good", "gap", "recorded")} == {True}
