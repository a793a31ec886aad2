"""Long tables of like rows: ``make test`` takes some of each kind, ``--all`` every one.

What is left out changes a page, a generator, a version or a browser and nothing of ours that is
run; .ci/run takes all. A row with the mark ``exhaustive`` is one that is left out. Of the
situations of ``tests/rehearse`` both take a sample: ``python -m bench.rehearsal --kinds`` walks
them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

import pytest

Row = TypeVar("Row")

ALL = False
"""Whether every row is taken: set from the command line before tests are collected."""


def sample(rows: Iterable[Row], every: int, keep: Collection[Row] = ()) -> Sequence[Row]:
    """One row of ``every`` so many, the first among them, and those to ``keep``; with ``--all``
    all of them."""
    return [row for n, row in enumerate(rows) if ALL or n % every == 0 or row in keep]


def sample_of(table: Mapping[str, Row], every: int, keep: Collection[str] = ()) -> dict[str, Row]:
    """The same of a table, by its keys."""
    return {name: table[name] for name in sample(table, every, keep)}


def exhaustive(*row: object) -> object:
    """A row of a parametrized test for ``--all`` alone."""
    return pytest.param(*row, marks=pytest.mark.exhaustive)
