"""The options of a reveal-md deck, checked, and merged as reveal-md 6 merges them.

Precedence: overrides (reveal-md's command line), the Markdown's front matter, reveal-md.json,
reveal-md's defaults. reveal.js' own options: front matter ``revealOptions``, then the merged
``revealOptions``, then reveal.json, then the command line. Files are JSON5, ``.json5`` before
``.json``. A value that can only be meant in one way becomes that (``"theme": 5``); one that makes
no sense is left out, as if the file had not named the option, and is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from deckarchive.deck.slidify import Separators
from deckarchive.deck.source_map import SourceText
from deckarchive.model import AuthorOptions, JsonValue, Source

OptionMap = Mapping[str, JsonValue]
"""Options by their names."""

_TEXTS: Final = frozenset(
    {"assetsDir", "highlightTheme", "notesSeparator", "separator", "template", "theme", "title"}
    | {"verticalSeparator"}
)
_LISTS: Final = frozenset({"css", "scripts"})
_TABLES: Final = frozenset({"revealOptions"})
OPTION_FILES: Final = ("reveal-md.json5", "reveal-md.json")
REVEAL_FILES: Final = ("reveal.json5", "reveal.json")
_SEPARATORS: Final = ("separator", "verticalSeparator", "notesSeparator")


def usable(options: OptionMap) -> dict[str, JsonValue]:
    """The options whose values are of the right kind, in the form that later steps rely on.

    Texts are strings, lists are lists of strings or one string that is split at commas, tables
    are mappings; an empty option (``null``) is none. Options that reveal-md does not know stay.
    """
    checked = ((name, _checked(name, value)) for name, value in options.items())
    return {name: value for name, value in checked if value is not None}


def _checked(name: str, value: JsonValue) -> JsonValue:
    """The value of an option in its right form; ``None`` where it has none."""
    if name in _TEXTS:
        return _text(value)
    if name in _LISTS and not isinstance(value, str):
        items = value if isinstance(value, list) else None
        return None if items is None else [item for item in items if isinstance(item, str)]
    if name in _TABLES:
        return value if isinstance(value, Mapping) else None
    return value


def complaints(options: OptionMap, where: str) -> Iterator[str]:
    """A line for each value in the file ``where`` that :func:`usable` leaves out, by its path."""
    kept = usable(options)
    for name, value in options.items():
        if value is not None and name not in kept:
            wanted = "a text" if name in _TEXTS else "texts" if name in _LISTS else "a table"
            yield f"{where}: {name} is {_kind(value)}, not {wanted}: left out"
        elif name in _LISTS and isinstance(value, list):
            for n, item in enumerate(value):
                if not isinstance(item, str):
                    yield f"{where}: {name}[{n}] is {_kind(item)}, not a text: left out"
    extra = kept.get("revealOptions")
    if isinstance(extra, Mapping):
        yield from reveal_complaints(extra, where, "revealOptions.")


def usable_reveal(options: OptionMap) -> dict[str, JsonValue]:
    """reveal.js' options without what its Markdown plugin cannot read; unknown ones stay."""
    found = dict(options)
    plugin = found.get("markdown")
    if isinstance(plugin, Mapping):
        found["markdown"] = {
            name: value
            for name, value in plugin.items()
            if name not in _SEPARATORS or value is None or _text(value) is not None
        }
    elif plugin is not None:
        del found["markdown"]
    return found


def reveal_complaints(options: OptionMap, where: str, prefix: str = "") -> Iterator[str]:
    """A line for each value in the file ``where`` that :func:`usable_reveal` leaves out."""
    plugin = options.get("markdown")
    if plugin is not None and not isinstance(plugin, Mapping):
        yield f"{where}: {prefix}markdown is {_kind(plugin)}, not a table: left out"
    elif isinstance(plugin, Mapping):
        for name in _SEPARATORS:
            value = plugin.get(name)
            if value is not None and _text(value) is None:
                path = f"{prefix}markdown.{name}"
                yield f"{where}: {path} is {_kind(value)}, not a text: left out"


def _text(value: JsonValue) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)


def _kind(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, str):
        return "a text"
    return "a number" if isinstance(value, int | float) else "a list"


def merge(
    overrides: OptionMap, front: OptionMap, local: OptionMap, reveal: OptionMap
) -> AuthorOptions:
    """Merge reveal-md's options and reveal.js' options, in that order.

    Values of the wrong kind are left out; :func:`complaints` names them.
    """
    overrides, front, local = usable(overrides), usable(front), usable(local)
    options: dict[str, JsonValue] = {}
    for layer in (overrides, front, local):
        options = filled(options, layer)
    merged: dict[str, JsonValue] = {}
    for extra in (front.get("revealOptions"), options.get("revealOptions"), reveal, overrides):
        if isinstance(extra, Mapping):
            merged = {**usable_reveal(extra), **merged}
    return AuthorOptions(reveal_md=options, reveal=merged)


def filled(target: OptionMap, source: OptionMap) -> dict[str, JsonValue]:
    """What ``target`` lacks, filled from ``source`` at every depth, as lodash's defaultsDeep."""
    result = dict(target)
    for name, value in source.items():
        result[name] = _filled_value(result[name], value) if name in result else value
    return result


def _filled_value(target: JsonValue, source: JsonValue) -> JsonValue:
    """One value; lists are filled item by item too."""
    if isinstance(target, Mapping) and isinstance(source, Mapping):
        return filled(target, source)
    if isinstance(target, list) and isinstance(source, list):
        both = [_filled_value(a, b) for a, b in zip(target, source, strict=False)]
        longer = target if len(target) > len(source) else source
        return both + list(longer[len(both) :])
    return target


def is_absolute(asset: str) -> bool:
    """Whether reveal-md takes an asset for a URL and leaves it alone."""
    return asset.find("://") > 0 or asset.startswith("//")


def page_separators(
    author: AuthorOptions, *, of_plugin: Mapping[str, JsonValue] | None = None
) -> Separators:
    """The expressions that cut a reveal-md deck: through its page's attributes and back.

    ``of_plugin`` replaces reveal.js' own options of the Markdown plugin.
    """
    seen = {
        name: _attribute_value(text.replace("\n", "\\n").replace("\r", "\\r"))
        for name in _SEPARATORS
        if (text := author.text(name))
    }
    return Separators.of(
        seen.get("separator"),
        seen.get("verticalSeparator"),
        seen.get("notesSeparator"),
        author.markdown if of_plugin is None else of_plugin,
    )


def _attribute_value(raw: str) -> str:
    """What a browser reads from ``"raw"``: up to a quote, its references decoded."""
    text = raw.partition('"')[0]
    return SourceText.of(Source(path="", text=text)).decoded().text
