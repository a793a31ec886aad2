"""``deckarchive.toml`` beside a deck: the capture's options, for the run and for single targets.

``[capture]`` holds the options of the command line by their names, ``[[capture.target]]`` what is
different for the targets that ``match``. Nothing is guessed: an unknown field, or a value of the
wrong kind, is a :class:`UsageError` that says where it stands.

The file comes with the deck, which may be untrusted. So it starts no program, reads nothing
outside of the deck's folder and opens no private network; what it may do and the user should know
(another way to the web, unchecked certificates, recorded logins) is printed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from deckarchive import urls
from deckarchive.crawler.options import CaptureOptions, CaptureOverrides, TargetRule
from deckarchive.errors import UsageError
from deckarchive.files import read_regular

FILE_NAME: Final = "deckarchive.toml"
_LARGEST: Final = 1 << 20
_DOTS: Final = 64
_UNITS: Final = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}

ValueParser = Callable[[Any, Path], Any]


def parse_size(value: Any) -> int:
    """Bytes from ``500_000``, ``"500 kB"``, ``"2GB"`` (powers of 1000). Raises ValueError."""
    text = str(value).strip().lower() if isinstance(value, str | int | float) else ""
    match = re.fullmatch(r"([0-9]{1,18}(?:\.[0-9]{1,18})?)\s*([kmgt]?)b?", text)
    if match is None or isinstance(value, bool):
        raise ValueError("expected a size such as 200MB")
    return int(float(match[1]) * _UNITS[match[2]])


def parse_header(value: str) -> tuple[str, str]:
    """Name and value of ``"Name: value"``. Raises ValueError."""
    name, colon, rest = value.partition(":")
    if not colon or not name.strip():
        raise ValueError("expected 'Name: value'")
    return name.strip(), rest.strip()


def _text(value: Any, at: Path) -> str:
    if not isinstance(value, str):
        raise ValueError("expected a text")
    return value


def _number(value: Any, at: Path) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("expected a number")
    return value


def _whole(value: Any, at: Path) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("expected a whole number")
    return value


def _flag(value: Any, at: Path) -> bool:
    if not isinstance(value, bool):
        raise ValueError("expected true or false")
    return value


def _texts(value: Any, at: Path) -> tuple[str, ...]:
    many = [value] if isinstance(value, str) else value
    if not isinstance(many, list) or not all(isinstance(one, str) for one in many):
        raise ValueError("expected a list of texts")
    return tuple(many)


def _size(value: Any, at: Path) -> int:
    return parse_size(value)


def _headers(value: Any, at: Path) -> dict[str, str]:
    if isinstance(value, Mapping):
        return {name: _text(one, at) for name, one in value.items()}
    return dict(parse_header(one) for one in _texts(value, at))


def _viewport(value: Any, at: Path) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{2,5})x(\d{2,5})", _text(value, at))
    if match is None:
        raise ValueError("expected a size such as 1920x1080")
    return int(match[1]), int(match[2])


def _file(value: Any, at: Path) -> Path:
    try:
        path = at.parent / Path(_text(value, at)).expanduser()
        inside = path.resolve().is_relative_to(at.parent.resolve())
    except (OSError, RuntimeError) as error:  # ~ of a user that there is not; links in a circle
        raise ValueError(str(error)) from error
    if not inside:
        raise ValueError("outside of the deck's folder; give it on the command line")
    return path


_FOR_ONE: Final[Mapping[str, tuple[str, ValueParser]]] = {
    "timeout": ("timeout", _number),
    "viewport": ("viewport", _viewport),
    "user-agent": ("user_agent", _text),
    "header": ("headers", _headers),
    "cookie-jar": ("cookie_jar", _file),
    "keep-secrets": ("keep_secrets", _flag),
    "use": ("use", _flag),
    "wait-for": ("wait_for", _text),
    "max-size": ("max_size", _size),
    "block": ("block", _texts),
}
_FOR_ALL: Final[Mapping[str, tuple[str, ValueParser]]] = {
    **_FOR_ONE,
    "jobs": ("jobs", _whole),
    "proxy": ("proxy", _text),
    "insecure": ("insecure", _flag),
    "include": ("include", _texts),
    "exclude": ("exclude", _texts),
    "max-total": ("max_total", _size),
    "per-host": ("per_host", _whole),
    "pause": ("pause", _number),
    "deck-url": ("deck_url", _text),
}
_COMMAND_LINE: Final[Mapping[str, str]] = {
    "browser": "a file beside a deck starts no program: give --browser or set DECKARCHIVE_BROWSER",
    "allow": "a file beside a deck opens no private network: give --allow on the command line",
}
"""What only the user can say, and why."""


@dataclass(frozen=True, slots=True)
class _Source:
    path: Path
    text: str

    def fault(self, where: str, key: str, why: str) -> UsageError:
        """The fault with the line of the field, as far as it can be told."""
        line = ""
        pattern = re.compile(
            rf"\s*(?:\"{re.escape(key)}\"|{re.escape(key)})\s*=|\s*\[.*{re.escape(key)}"
        )
        for number, content in enumerate(self.text.splitlines(), 1):
            if pattern.match(content):
                line = f":{number}"
                break
        return UsageError(f"{self.path}{line}: {where}{key}: {why}")


def load_options(folder: Path, given: CaptureOverrides) -> CaptureOptions:
    """The options that ``folder``'s file and the command line make: ``given`` wins.

    Without a file they are ``given`` alone. Raises :class:`UsageError`.
    """
    path = folder / FILE_NAME
    values, rules = _read(path) if path.exists() else (CaptureOverrides(), ())
    merged = values | given
    if "headers" in values and "headers" in given:  # these add to one another
        merged["headers"] = {**values["headers"], **given["headers"]}
    if "block" in values and "block" in given:
        merged["block"] = (*values["block"], *given["block"])
    single = set(given) - {"headers", "block"}
    kept = tuple(TargetRule(match=r.match, values=_without(r.values, single)) for r in rules)
    notices = _notices(path, [_without(values, set(given)), *(rule.values for rule in kept)])
    options = CaptureOptions(**merged, targets=kept, notices=notices)
    for rule in kept:
        CaptureOptions(**rule.values)  # its values make sense, whichever target comes
    return options


def _without(values: CaptureOverrides, names: Collection[str]) -> CaptureOverrides:
    return cast("CaptureOverrides", {k: v for k, v in values.items() if k not in names})


def _notices(path: Path, tables: Iterable[CaptureOverrides]) -> tuple[str, ...]:
    """A line for each choice of the file that the user should know of, without any password."""
    said: dict[str, None] = {}
    for table in tables:
        address = urls.resolve(table.get("proxy") or "", "about:blank")
        if address:
            said[f"everything goes through the proxy {urls.authority(address)}"] = None
        if table.get("insecure"):
            said["certificates of sites are not checked"] = None
        if table.get("keep_secrets"):
            said["what your own login brings is recorded"] = None
    return tuple(f"note: {path} says: {what}" for what in said)


def _read(path: Path) -> tuple[CaptureOverrides, tuple[TargetRule, ...]]:
    try:
        # Line ends as TOML has them: a bare CR is none.
        text = read_regular(path, limit=_LARGEST).decode("utf-8-sig").replace("\r\n", "\n")
        data = tomllib.loads(_shallow(text))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {getattr(error, 'strerror', None) or 'not UTF-8'}") from error
    except ValueError as error:  # tomllib's own, impossible dates and endless integers
        raise UsageError(f"{path}: {error}") from error
    except RecursionError as error:
        raise UsageError(f"{path}: nested too deeply") from error
    source = _Source(path, text)
    for key in data:
        if key != "capture":
            raise source.fault("", key, "unknown; expected [capture]")
    table = data.get("capture", {})
    if not isinstance(table, dict):
        raise source.fault("", "capture", "expected a table")
    sections = table.pop("target", [])
    if not isinstance(sections, list) or not all(isinstance(s, dict) for s in sections):
        raise source.fault("capture.", "target", "expected [[capture.target]] sections")
    rules = tuple(_rule(source, n, section) for n, section in enumerate(sections))
    return _values(source, "capture.", table, _FOR_ALL), rules


def _shallow(text: str) -> str:
    """``text``, when its keys are not so deep that tomllib takes for ever. Raises ValueError."""
    for line in text.split("\n"):
        if any(part.count(".") > _DOTS for part in line.split("=")[:-1]):
            raise ValueError("a key of far too many parts")
    return text


def _rule(source: _Source, number: int, section: dict[str, Any]) -> TargetRule:
    where = f"capture.target[{number}]."
    match = section.pop("match", None)
    if not isinstance(match, str) or not match:
        raise source.fault(where, "match", "expected a glob on the target's URL or id")
    return TargetRule(match=match, values=_values(source, where, section, _FOR_ONE))


def _values(
    source: _Source, where: str, table: dict[str, Any], known: Mapping[str, tuple[str, ValueParser]]
) -> CaptureOverrides:
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key in _COMMAND_LINE:
            raise source.fault(where, key, _COMMAND_LINE[key])
        if key not in known:
            why = "only for a whole run" if key in _FOR_ALL else "unknown"
            raise source.fault(where, key, f"{why}; expected one of {', '.join(known)}")
        name, reader = known[key]
        try:
            values[name] = reader(value, source.path)
        except ValueError as error:
            raise source.fault(where, key, str(error)) from error
    return cast("CaptureOverrides", values)
