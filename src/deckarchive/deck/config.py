"""The options of a reveal-md deck, merged as reveal-md 6 merges them.

Precedence: overrides (reveal-md's command line), the Markdown's front matter, reveal-md.json,
reveal-md's defaults. reveal.js' own options: front matter ``revealOptions``, then the merged
``revealOptions``, then reveal.json, then the command line. Files are JSON5, ``.json5`` before
``.json``.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import json5
import yaml

from deckarchive.deck import yamltext
from deckarchive.deck.optiontypes import usable
from deckarchive.deck.slidify import Separators
from deckarchive.deck.source_map import SourceText
from deckarchive.deck.yamltext import plain, well_formed
from deckarchive.errors import DeckError
from deckarchive.model import Source

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
_FRONT = re.compile(r"-{3}[\n\r](?P<yaml>[\s\S]+?)[\n\r]-{3}")
_LONGEST: Final = 1 << 20
_DEEPEST: Final = 64
_SEPARATORS: Final = ("separator", "verticalSeparator", "notesSeparator")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The YAML before a Markdown text; ``end`` is where the Markdown starts."""

    data: Mapping[str, Any]
    start: int = 0
    end: int = 0


def front_matter(source: Source) -> FrontMatter:
    """Read the front matter. Raises :class:`DeckError` naming the line when it is broken."""
    match = _FRONT.match(source.text)
    if match is None:
        return FrontMatter({})
    text = match.group("yaml")
    end = match.end() if match.end() < len(source.text) else 0  # all of it, when nothing follows
    try:
        data = plain(_json(text)) if text.startswith("{") else yamltext.load_yaml(text)
    except json.JSONDecodeError as error:
        raise _broken(source.path, error.lineno + 1, error.msg) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 2
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise _broken(source.path, line, str(problem) or "not YAML") from error
    except ValueError as error:
        raise _broken(source.path, 2, str(error)) from error
    return FrontMatter(data if isinstance(data, dict) else {}, match.start("yaml"), end)


def read_json5(source: Source, name: str = "") -> dict[str, Any]:
    """Parse a configuration file: JSON, else JSON5.

    Raises :class:`DeckError` naming the file (as ``name``, when given) and the line at fault.
    """
    name = name or source.path
    try:
        data = _json(source.text)
    except ValueError:
        data = _json5(source.text, name)
    if not isinstance(data, dict):
        raise _broken(name, 1, f"expected an object, found {type(data).__name__}")
    return {well_formed(key): plain(value) for key, value in data.items()}


def _json(text: str) -> Any:
    """JSON of a bounded length and depth. Raises ValueError."""
    if len(text) > _LONGEST:
        raise ValueError(f"longer than {_LONGEST:,} characters")
    try:
        data = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    _require_shallow(data)
    return data


def _json5(text: str, name: str) -> Any:
    if len(text) > _LONGEST:
        raise _broken(name, 1, f"longer than {_LONGEST:,} characters")
    try:
        data = json5.loads(text)
        _require_shallow(data)
    except ValueError as error:
        found = re.search(r"<string>:(\d+)\s*(.*)", str(error), re.DOTALL)
        line, what = (int(found.group(1)), found.group(2)) if found else (1, str(error))
        raise _broken(name, line, what) from error
    except RecursionError as error:
        raise _broken(name, 1, "nested too deeply") from error
    return data


def _require_shallow(data: Any) -> None:
    """Raise ValueError for values so deep that walking them would fail somewhere later."""
    level, depth = [data], 0
    while level:
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
        inner = [
            v.values() if isinstance(v, dict) else v for v in level if isinstance(v, dict | list)
        ]
        level, depth = [child for values in inner for child in values], depth + 1


def _broken(path: str, line: int, problem: str) -> DeckError:
    text = " ".join(problem.split()) or "not JSON"
    return DeckError(f"{path}, line {line}: {text}", hint="correct that line and try again")


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
