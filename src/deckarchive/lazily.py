"""Names of a package that are imported when they are first used (PEP 562).

A command needs one step, and importing all of them costs it more than half a second.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def import_on_use(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of ``package``: ``homes`` names the module of each name, below it.

    Keep it from type checkers (``if not TYPE_CHECKING``) and import the names for them, so that a
    name which is not there stays an error.
    """

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = import_module(f"{package}.{homes[name]}")
        value = getattr(module, name)
        setattr(import_module(package), name, value)
        return value

    return get
