"""Which acts accuse a copy: those whose effect was sure when captured, and is surely missing."""

from __future__ import annotations

import pytest

from deckarchive.model import Use
from deckarchive.rehearse._use import better, idle, match

SURE = Use(kind="click", where="#a", label="Run", changed=True, at_once=True)
KEY = Use(kind="key", changed=True, at_once=True)


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
        (Use(kind="click", changed=True, at_once=False), [said("click", False)], False),
        (Use(kind="click", changed=False), [said("click", False)], False),
    ],
)
def test_an_act_accuses_only_when_sure(then: Use, answers: object, accused: bool) -> None:
    assert bool(idle(match([then], answers))) is accused


def test_of_two_tries_one_change_is_enough() -> None:
    first = match([SURE, KEY], [said("click", False), said("key", True)])
    second = match([SURE, KEY], [said("click", True), said("key", False)])
    assert idle(better(first, second)) == ()
    assert idle(better((), first)) == (SURE,)
