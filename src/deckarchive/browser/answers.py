"""What a page answers, which is untrusted data: of the expected type, or an error.

A *read* is a function of a JSON value; it returns what the caller works with, or raises
:class:`ValueError`, :class:`TypeError`, :class:`KeyError` or a
:class:`~deckarchive.errors.DeckarchiveError`, which :func:`answer` turns into a BrowserError that
names the page.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from deckarchive.errors import BrowserError, DeckarchiveError

_T = TypeVar("_T")
Read = Callable[[object], _T]


def answer(value: object, read: Read[_T], url: str) -> _T:
    """What ``read`` makes of ``value``. Raises BrowserError where that is nothing it knows."""
    try:
        return read(value)
    except (ValueError, TypeError, KeyError, DeckarchiveError) as error:
        why = str(error)[:200] or type(error).__name__
        raise BrowserError(f"{url[:200]} gave an answer that cannot be read: {why}") from error


def anything(value: object) -> object:
    """Whatever it is; the caller looks."""
    return value


def boolean(value: object) -> bool:
    """``true`` or ``false``."""
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, found {_kind(value)}")
    return value


def real(value: object) -> float:
    """A finite number that is not negative."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not isinstance(value, int | float) or not is_number:
        raise ValueError(f"expected a number, found {_kind(value)}")
    if not math.isfinite(value) or value < 0:
        raise ValueError("expected a finite number from 0")
    return float(value)


def string(value: object) -> str:
    """A string; halves of surrogate pairs, which no file could hold, replaced."""
    if not isinstance(value, str):
        raise ValueError(f"expected a string, found {_kind(value)}")
    return value.encode("utf-8", "replace").decode()


def list_of(of: Read[_T], *, most: int = 10_000) -> Read[list[_T]]:
    """A list of such values, the first ``most``."""

    def read(value: object) -> list[_T]:
        if not isinstance(value, list):
            raise ValueError(f"expected a list, found {_kind(value)}")
        return [of(one) for one in value[:most]]

    return read


def members(value: object) -> Mapping[str, Any]:
    """An object with members, whose values the caller looks at."""
    if not isinstance(value, dict):
        raise ValueError(f"expected an object, found {_kind(value)}")
    return value


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    names = {bool: "true or false", int: "a number", float: "a number", str: "a string"}
    return names.get(type(value), "a list" if isinstance(value, list) else "an object")
