"""Which acts accuse a copy: those whose effect was sure when captured, and is surely missing."""

from __future__ import annotations

import pytest

from deckarchive.model import Interaction
from deckarchive.rehearsal._interactions import better, idle, is_without_effect, match

SURE = Interaction(kind="click", where="#a", label="Run", changed=True, at_once=True)
KEY = Interaction(kind="key", changed=True, at_once=True)


def said(kind: str, changed: object) -> dict[str, object]:
    return {"kind": kind, "changed": changed}


@pytest.mark.parametrize(
    ("then", "answers", "accused"),
    [
        (SURE, [said("click", False)], True),
        (SURE, [said("click", True)], False),
        (SURE, [said("click", None)], False),
        (SURE, [said("click", "no")], False),
        (SURE, [said("key", False)], False),
        (SURE, [], False),
        (SURE, "nonsense", False),
        (Interaction(kind="click", changed=True, at_once=False), [said("click", False)], False),
        (Interaction(kind="click", changed=False), [said("click", False)], False),
    ],
)
def test_an_act_accuses_only_when_sure(then: Interaction, answers: object, accused: bool) -> None:
    assert bool(idle(match([then], answers))) is accused


def test_of_two_tries_one_change_is_enough() -> None:
    first = match([SURE, KEY], [said("click", False), said("key", True)])
    second = match([SURE, KEY], [said("click", True), said("key", False)])
    assert idle(better(first, second)) == ()
    assert idle(better((), first)) == (SURE,)


def test_a_copy_is_without_effect_when_nothing_that_changed_it_does() -> None:
    later = Interaction(kind="click", changed=True, at_once=False)
    never = Interaction(kind="scroll", changed=False)
    assert is_without_effect(match([never, later], [said("scroll", False), said("click", False)]))
    assert not is_without_effect(match([SURE, KEY], [said("click", False), said("key", True)]))
    assert not is_without_effect(match([later], [said("click", None)]))
    assert not is_without_effect(match([never], [said("scroll", False)]))
