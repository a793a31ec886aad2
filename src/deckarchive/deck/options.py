"""The options of a reveal-md deck, checked, and merged as reveal-md 6 merges them.

Precedence: overrides (reveal-md's command line), the Markdown's front matter, reveal-md.json,
reveal-md's defaults. reveal.js' own options: front matter ``revealOptions``, then the merged
``revealOptions``, then reveal.json, then the command line. Files are JSON5, ``.json5`` before
``.json``. A value that can only be meant in one way becomes that (``"theme": 5``); one that makes
no sense is left out, as if the file had not named the option, and is a warning.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any, Final

from deckarchive.deck.slidify import Separators
from deckarchive.deck.source_map import SourceText
from deckarchive.model import Source

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
OPTION_FILES: Final = ("reveal-md.json5", "reveal-md.json")
REVEAL_FILES: Final = ("reveal.json5", "reveal.json")
DEFAULTS: Final[Mapping[str, Any]] = {
    "assetsDir": "_assets",
    "css": [],
    "highlightTheme": "base16/zenburn",
    "preprocessor": None,
    "scripts": [],
    "separator": "\r?\n---\r?\n",
    "template": "template/reveal.html",
    "theme": "black",
    "title": "reveal-md",
    "verticalSeparator": "\r?\n----\r?\n",
    "mermaid": {},
}
_SEPARATORS: Final = ("separator", "verticalSeparator", "notesSeparator")


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


def merge(
    overrides: Mapping[str, Any],
    front: Mapping[str, Any],
    local: Mapping[str, Any],
    reveal: Mapping[str, Any],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Merge reveal-md's options and reveal.js' options, in that order.

    Values that are of no use where they stand are left out; :func:`complaints` names them.
    """
    overrides, front, local = usable(overrides), usable(front), usable(local)
    options: dict[str, Any] = {}
    for layer in (overrides, front, local, DEFAULTS):
        options = defaults_deep(options, layer)
    merged: dict[str, Any] = {}
    for extra in (front.get("revealOptions"), options.get("revealOptions"), reveal, overrides):
        if isinstance(extra, Mapping):
            merged = {**extra, **merged}
    return options, merged


def defaults_deep(target: Any, source: Any) -> Any:
    """Fill what ``target`` lacks from ``source``; lists are filled item by item too."""
    if isinstance(target, Mapping) and isinstance(source, Mapping):
        result = dict(target)
        for key, value in source.items():
            result[key] = defaults_deep(result[key], value) if key in result else value
        return result
    if isinstance(target, list) and isinstance(source, list):
        return [
            defaults_deep(target[i], source[i])
            if i < min(len(target), len(source))
            else (target[i] if i < len(target) else source[i])
            for i in range(max(len(target), len(source)))
        ]
    return target


def entries(value: Any) -> list[str]:
    """The ``css`` or ``scripts`` option as a list: a string is split at commas."""
    if isinstance(value, str):
        return [item for item in value.split(",") if item]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def is_absolute(asset: str) -> bool:
    """Whether reveal-md takes an asset for a URL and leaves it alone."""
    return asset.find("://") > 0 or asset.startswith("//")


def template_path(options: Mapping[str, Any]) -> str | None:
    """The path of a custom template below the deck's root; ``None`` for reveal-md's own."""
    name = options.get("template")
    if not isinstance(name, str) or name in ("", "template/reveal.html"):
        return None
    return posixpath.normpath(posixpath.join(str(options.get("configDir", "")), name))


def separator_attributes(options: Mapping[str, Any]) -> dict[str, str]:
    """The separators as they stand in the page's attributes, raw."""
    return {
        name: options[name].replace("\n", "\\n").replace("\r", "\\r")
        for name in _SEPARATORS
        if isinstance(options.get(name), str)
    }


def page_separators(options: Mapping[str, Any], reveal: Mapping[str, Any]) -> Separators:
    """The expressions that cut a reveal-md deck: through its page's attributes and back."""
    raw = separator_attributes(options)
    seen = {name: _attribute_value(text) for name, text in raw.items()}
    config = reveal.get("markdown")
    return Separators.of(
        seen.get("separator"),
        seen.get("verticalSeparator"),
        seen.get("notesSeparator"),
        config if isinstance(config, dict) else {},
    )


def _attribute_value(raw: str) -> str:
    """What a browser reads from ``"raw"``: up to a quote, its references decoded."""
    text = raw.partition('"')[0]
    return SourceText.of(Source(path="", text=text)).decoded().text
