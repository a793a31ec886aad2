"""Reading JSON that anybody may have written: a value is of its type, or named in an error.

A *read* is a function of a value and of its path (``targets[3].references[0].span``); it
returns the value as the model holds it or raises :class:`ManifestError` with that path. What
passes has the declared type throughout, no NaN or infinity, no lone surrogates, and only paths
and names that cannot lead anywhere else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

from deckarchive import urls
from deckarchive.errors import ManifestError

Json = dict[str, Any]
_T = TypeVar("_T")
E = TypeVar("E", bound=StrEnum)
ReadValue = Callable[[Any, str], _T]

LONGEST: Final = 8 << 20
"""Characters of the longest string; a URL or an attribute can be a data: URL of some size."""
MOST: Final = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly (RFC 8259, section 6)."""

_ID: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DEVICE: Final = re.compile(r"con|prn|aux|nul|com\d|lpt\d")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_BITMAP: Final = re.compile(r"[0-9a-f]{0,1024}")
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_REQUIRED: Final = object()


class JsonReader:
    """Reads the members of a JSON object: ``get("span", pair(whole()))``; a third argument is
    the value of a member that is not there. ``where`` is ``""`` for a whole file. ``formerly``
    is the name that the member had in files of earlier versions, which stay readable."""

    def __init__(self, data: Any, where: str) -> None:
        if not isinstance(data, Mapping):
            place = f"{where}: " if where else ""
            raise ManifestError(f"{place}expected an object, found {_kind(data)}")
        self._data, self._prefix = data, f"{where}." if where else ""

    def __call__(
        self, name: str, read: ReadValue[_T], default: Any = _REQUIRED, formerly: str = ""
    ) -> _T:
        if formerly and formerly in self._data and name not in self._data:
            name = formerly
        if name in self._data:
            return read(self._data[name], f"{self._prefix}{name}")
        if default is _REQUIRED:
            raise ManifestError(f"{self._prefix}{name}: missing")
        made: _T = default
        return made


def text(value: Any, where: str) -> str:
    """A string."""
    if not isinstance(value, str):
        raise _wrong(where, "a string", value)
    if len(value) > LONGEST:
        raise ManifestError(f"{where}: longer than {LONGEST:,} characters")
    if _SURROGATE.search(value):
        raise ManifestError(f"{where}: holds half a surrogate pair, which is no character")
    return value


def flag(value: Any, where: str) -> bool:
    """``true`` or ``false``."""
    if not isinstance(value, bool):
        raise _wrong(where, "true or false", value)
    return value


def bitmap(value: Any, where: str) -> str:
    """Up to 4,096 bits in hexadecimal digits; ``""`` for none."""
    if not isinstance(value, str) or not _BITMAP.fullmatch(value):
        raise _wrong(where, "a bitmap in hexadecimal digits", value)
    return value


def whole(least: int = 0, most: int = MOST) -> ReadValue[int]:
    """A whole number within bounds; ``true`` is none, ``3.0`` is."""

    def read(value: Any, where: str) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise _wrong(where, "a whole number", value)
        if not least <= value <= most:
            raise ManifestError(f"{where}: {_short(value)} is not from {least} to {most}")
        return value

    return read


def number(value: Any, where: str) -> float:
    """A number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(where, "a number", value)
    if not 0 <= value <= MOST or not math.isfinite(value):
        raise ManifestError(f"{where}: {_short(value)} is not from 0 to {MOST}")
    return float(value)


def one_of(*known: str) -> ReadValue[str]:
    """One of these strings."""

    def read(value: Any, where: str) -> str:
        if text(value, where) not in known:
            raise ManifestError(f"{where}: {_short(value)} is none of {', '.join(known)}")
        return str(value)

    return read


def member(kind: type[E]) -> ReadValue[E]:
    """A member of an enumeration, by its value."""

    def read(value: Any, where: str) -> E:
        if text(value, where) not in kind._value2member_map_:
            name = kind.__name__.lower()
            raise ManifestError(f"{where}: unknown {name} {_short(value)}")
        return kind(value)

    return read


def optional(read: ReadValue[_T]) -> ReadValue[_T | None]:
    """``null`` too."""
    return lambda value, where: None if value is None else read(value, where)


def array(read: ReadValue[_T]) -> ReadValue[tuple[_T, ...]]:
    """A list, each of its values read alike."""

    def each(value: Any, where: str) -> tuple[_T, ...]:
        if not isinstance(value, list):
            raise _wrong(where, "a list", value)
        return tuple(read(one, f"{where}[{n}]") for n, one in enumerate(value))

    return each


def pair(read: ReadValue[_T], names: str = "[x, y]") -> ReadValue[tuple[_T, _T]]:
    """A list of two values; ``names`` is what an error calls it."""

    def both(value: Any, where: str) -> tuple[_T, _T]:
        if not isinstance(value, list) or len(value) != 2:
            raise _wrong(where, names, value)
        return read(value[0], f"{where}[0]"), read(value[1], f"{where}[1]")

    return both


def mapping(read: ReadValue[_T], key: ReadValue[str] = text) -> ReadValue[dict[str, _T]]:
    """An object whose members are all read alike."""

    def each(value: Any, where: str) -> dict[str, _T]:
        if not isinstance(value, dict):
            raise _wrong(where, "an object", value)
        return {key(k, where): read(v, f"{where}[{_short(k)}]") for k, v in value.items()}

    return each


def web_url(value: Any, where: str) -> str:
    """An absolute http(s) URL, as it is written."""
    found = text(value, where)
    if not re.match(r"https?:", found, re.IGNORECASE) or urls.resolve(found) is None:
        raise ManifestError(f"{where}: {_short(found)} is no http(s) URL")
    return found


def read_target_id(value: Any, where: str) -> str:
    """The id of a target: a DNS label, and the name of its folder on any system."""
    found = text(value, where)
    if not is_target_id(found):
        raise ManifestError(
            f"{where}: {_short(found)} is no id: it takes a-z, 0-9 and hyphens inside, "
            "at most 63, and not the name of a device of Windows"
        )
    return found


def is_target_id(name: str) -> bool:
    """Whether it can be the id of a target."""
    return bool(_ID.fullmatch(name)) and not _DEVICE.fullmatch(name)


def file_path(value: Any, where: str) -> str:
    """The path of a file on this machine, as its user wrote it."""
    found = text(value, where)
    longest = max(len(part.encode()) for part in re.split(r"[\\/]", found))
    if not found.strip() or _CONTROL.search(found) or longest > 255 or len(found) > 4096:
        raise ManifestError(f"{where}: {_short(found)} is no path")
    return found


def inner_path(value: Any, where: str) -> str:
    """A path that stays in the folder it is relative to, on Windows too."""
    found = file_path(value, where)
    parts = re.split(r"[\\/]", found)
    if not parts[0] or re.match(r"[A-Za-z]:", found) or ".." in parts:
        raise ManifestError(f"{where}: {_short(found)} leads out of its folder")
    return found


def maybe_inner_path(value: Any, where: str) -> str:
    """The same, or ``""`` for none."""
    return "" if value == "" else inner_path(value, where)


def file_name(value: Any, where: str) -> str:
    """The name of a file in the folder itself."""
    found = inner_path(value, where)
    if re.search(r"[\\/]", found) or found == ".":
        raise ManifestError(f"{where}: {_short(found)} is no file name")
    return found


def file_sum(value: Any, where: str) -> Json:
    """One file's entry: its ``size`` and ``sha256``, and what later versions add."""
    get = JsonReader(value, where)
    return {**value, "size": get("size", whole()), "sha256": get("sha256", text)}


def _wrong(where: str, wanted: str, value: Any) -> ManifestError:
    return ManifestError(f"{where}: expected {wanted}, found {_kind(value)}")


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false"}
    names |= {int: "a number", float: "a number", type(None): "null"}
    return names.get(type(value), type(value).__name__)


def _short(value: Any) -> str:
    """A value as an error shows it: escaped, in one line, never long."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > MOST:
        return "a number of many digits"
    shown = ascii(value) if isinstance(value, str) and _SURROGATE.search(value) else repr(value)
    return shown if len(shown) <= 80 else f"{shown[:76]}…"
