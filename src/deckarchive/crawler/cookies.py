"""The user's own cookies: a Netscape ``cookies.txt`` or a storage state of Playwright. Pure but
for reading the file."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from deckarchive import urls
from deckarchive.errors import UsageError
from deckarchive.files import read_regular

_HTTP_ONLY: Final = "#HttpOnly_"
_MAX: Final = 16 * 1024**2
_EXPIRES: Final = re.compile(r"-?[0-9]{1,20}")
_LATEST: Final = 1e11
"""Seconds since 1970 that no cookie lives beyond: the year 5138."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieJar:
    """What a browser context begins with. ``state`` has Playwright's form: ``cookies``, each
    with name, value, domain and path, and ``origins`` with their local storage."""

    state: Mapping[str, Any] = field(default_factory=lambda: {"cookies": [], "origins": []})

    def __bool__(self) -> bool:
        return bool(self.state["cookies"] or self.state["origins"])

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """``(name, value)`` of every cookie."""
        return frozenset((c["name"], c["value"]) for c in self.state["cookies"])

    def knows(self, url: str) -> bool:
        """Whether it holds cookies or stored values for ``url``."""
        site = urls.parse(url).origin
        return bool(self.header(url)) or any(o["origin"] == site for o in self.state["origins"])

    def header(self, url: str) -> str:
        """The Cookie header for ``url`` (RFC 6265, section 5.4), ``""`` for none."""
        chosen = [c for c in self.state["cookies"] if _goes_to(c, url)]
        chosen.sort(key=lambda c: -len(c["path"]))
        return "; ".join(f"{c['name']}={c['value']}" for c in chosen)


def load_cookie_jar(path: Path) -> CookieJar:
    """Read either format, recognised by the file's contents. Raises :class:`UsageError`, never with
    the contents in it."""
    try:
        text = read_regular(path, limit=_MAX).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a text file"
        raise UsageError(f"--cookie-jar {path}: {why}") from error
    if text.lstrip().startswith(("{", "[")):
        return CookieJar(state=_storage_state(text, path))
    return CookieJar(state={"cookies": list(_netscape(text, path)), "origins": []})


def _storage_state(text: str, path: Path) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"--cookie-jar {path}: not JSON, nor a cookies.txt") from error
    data = {"cookies": data} if isinstance(data, list) else data
    cookies, origins = data.get("cookies", []), data.get("origins", [])
    if not isinstance(cookies, list) or not isinstance(origins, list):
        raise UsageError(f"--cookie-jar {path}: expected lists of cookies and origins")
    return {
        "cookies": [_cookie(c, path, n) for n, c in enumerate(cookies)],
        "origins": [_origin(o, path, n) for n, o in enumerate(origins)],
    }


def _origin(data: Any, path: Path, number: int) -> dict[str, Any]:
    """One origin's local storage: names and values, nothing else that a state may hold."""
    fault = f"--cookie-jar {path}: origin {number + 1} is not an origin with its localStorage"
    if not isinstance(data, dict) or not isinstance(data.get("origin"), str):
        raise UsageError(fault)
    stored = data.get("localStorage", [])
    if not isinstance(stored, list):
        raise UsageError(fault)
    for item in stored:
        pair = (item.get("name"), item.get("value")) if isinstance(item, dict) else (None, None)
        if not all(isinstance(part, str) for part in pair):
            raise UsageError(fault)
    pairs = [{"name": item["name"], "value": item["value"]} for item in stored]
    return {"origin": data["origin"], "localStorage": pairs}


def _expires(value: Any) -> float:
    """Seconds since 1970, or -1 for a cookie of this session."""
    try:
        seconds = float(value or -1)
    except (TypeError, ValueError, OverflowError):
        return -1.0
    return seconds if 0 < seconds < _LATEST else -1.0


def _cookie(data: Any, path: Path, number: int) -> dict[str, Any]:
    needed = ("name", "value", "domain")
    if not isinstance(data, dict) or not all(isinstance(data.get(k), str) for k in needed):
        raise UsageError(f"--cookie-jar {path}: cookie {number + 1} lacks name, value or domain")
    same_site = str(data.get("sameSite", "Lax")).capitalize()
    return {
        "name": data["name"],
        "value": data["value"],
        "domain": data["domain"],
        "path": data["path"] if isinstance(data.get("path"), str) and data["path"] else "/",
        "expires": _expires(data.get("expires") or data.get("expirationDate")),
        "httpOnly": bool(data.get("httpOnly")),
        "secure": bool(data.get("secure")),
        "sameSite": same_site if same_site in ("Strict", "Lax", "None") else "Lax",
    }


def _netscape(text: str, path: Path) -> Iterator[dict[str, Any]]:
    """Lines of domain, subdomains, path, secure, expires, name and value, between tabs."""
    for number, line in enumerate(text.splitlines(), 1):
        http_only = line.startswith(_HTTP_ONLY)
        line = line.removeprefix(_HTTP_ONLY)
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split("\t")
        if len(parts) == 6:
            parts.append("")
        if len(parts) != 7 or not _EXPIRES.fullmatch(parts[4]):
            raise UsageError(f"--cookie-jar {path}:{number}: not a line of a cookies.txt")
        domain, subdomains, where, secure, expires, name, value = parts
        domain = domain.lstrip(".")
        yield {
            "name": name,
            "value": value,
            "domain": f".{domain}" if subdomains.upper() == "TRUE" else domain,
            "path": where or "/",
            "expires": _expires(expires),
            "httpOnly": http_only,
            "secure": secure.upper() == "TRUE",
            "sameSite": "Lax",
        }


def _goes_to(cookie: Mapping[str, Any], url: str) -> bool:
    host, domain = urls.hostname(url), str(cookie["domain"]).lower()
    bare = domain.lstrip(".")
    if host != bare and not (domain.startswith(".") and host.endswith(f".{bare}")):
        return False
    path = urls.path(url)
    within = cookie["path"] if cookie["path"].endswith("/") else cookie["path"] + "/"
    if path != cookie["path"] and not path.startswith(within):
        return False
    alive = cookie["expires"] < 0 or cookie["expires"] > time.time()
    return alive and (url.startswith("https:") or not cookie["secure"])
