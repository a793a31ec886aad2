"""Reading fields of JSON objects with errors that carry the path to the bad value."""

from __future__ import annotations

from typing import Any

from deckarchive.errors import ManifestError

Json = dict[str, Any]


class Reader:
    """Reads fields of a JSON object; every complaint carries the path to the bad value."""

    def __init__(self, data: Any, where: str) -> None:
        if not isinstance(data, dict):
            raise ManifestError(f"{where}: expected an object, found {type(data).__name__}")
        self._data, self._where = data, where

    def required(self, name: str, kind: type) -> Any:
        if name not in self._data:
            raise ManifestError(f"{self._where}.{name}: missing")
        value = self._data[name]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            found = type(value).__name__
            raise ManifestError(f"{self._where}.{name}: expected {kind.__name__}, found {found}")
        return value

    def optional(self, name: str, kind: type) -> Any:
        return None if self._data.get(name) is None else self.required(name, kind)

    def default(self, name: str, value: Any) -> Any:
        return self.required(name, type(value)) if name in self._data else value
