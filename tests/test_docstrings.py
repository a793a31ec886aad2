"""The examples in docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import deckarchive


def test_examples() -> None:
    attempted = 0
    for module in pkgutil.walk_packages(deckarchive.__path__, "deckarchive."):
        if module.name.endswith("__main__"):
            continue
        result = doctest.testmod(importlib.import_module(module.name))
        assert not result.failed, f"{module.name}: see above"
        attempted += result.attempted
    assert attempted > 10
