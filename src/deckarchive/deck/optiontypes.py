"""What kind of value each of reveal-md's options takes. Pure.

A file may say ``"theme": 5`` or ``"css": {}``. A value that can only be meant in one way becomes
that; one that makes no sense is left out, as if the file had not named the option, and is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

_TEXTS: Final = frozenset(
    {"assetsDir", "highlightTheme", "notesSeparator", "separator", "template", "theme", "title"}
    | {"verticalSeparator"}
)
_LISTS: Final = frozenset({"css", "scripts"})
_TABLES: Final = frozenset({"revealOptions"})
_OURS: Final = frozenset(
    {"start", "frontStart", "overrides", "configDir", "commandFile", "revealVersion"}
)
"""Names under which this package keeps what it found out with a deck's options."""


def usable(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options whose values are of the right kind, in the form that later steps rely on.

    Texts are strings, lists are lists of strings or one string that is split at commas, tables
    are mappings; an empty option (``null``) is none. Options that reveal-md does not know stay.
    """
    found = {}
    for name, value in options.items():
        if name in _OURS:
            continue
        if name in _TEXTS:
            value = _text(value)
        elif name in _LISTS:
            value = value if isinstance(value, str) else _texts(value)
        elif name in _TABLES:
            value = value if isinstance(value, Mapping) else None
        if value is not None:
            found[name] = value
    return found


def complaints(options: Mapping[str, Any], where: str) -> Iterator[str]:
    """A line for each option of the file ``where`` that :func:`usable` leaves out."""
    kept = usable(options)
    for name, value in options.items():
        if value is None or name in kept or name in _OURS:
            continue
        wanted = "a text" if name in _TEXTS else "texts" if name in _LISTS else "a table"
        yield f"{where}: {name} is {_kind(value)}, not {wanted}: left out"


def _text(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)


def _texts(value: Any) -> list[str] | None:
    """A list's texts; what else is in it names no file."""
    if not isinstance(value, list):
        return None
    return [item for item in value if isinstance(item, str)]


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a table"
    return "a list" if isinstance(value, list) else f"a {type(value).__name__}"
