"""URLs by the browsers' own rules (WHATWG URL), and names made from them. Pure.

``ada_url`` does the parsing; no other module parses URLs.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, fields
from typing import Final
from urllib.parse import unquote  # percent-decoding only; parsing is ada_url's

import ada_url

DECK_HOST: Final = "deck.localhost"
"""The reserved host under which the deck's own folder is seen while capturing."""

DECK_ORIGIN: Final = f"http://{DECK_HOST}/"
"""Base URL of a local deck: ``images/a.png`` resolves to ``http://deck.localhost/images/a.png``.

The name never leaves the machine (RFC 6761) and is a secure context in browsers, as the
``http://localhost:1948/`` of reveal-md is.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Url:
    """A parsed URL; the parts are named, and written, as in the URL interface of browsers.

    ``host`` is with its port, when that is not the default one (then ``port`` is ``""``);
    ``protocol`` ends in a colon, ``search`` begins with its ``?`` unless it is empty, ``hash``
    with its ``#``. A ``hostname`` that is an IPv6 address stands in brackets.
    """

    href: str
    origin: str
    protocol: str
    username: str
    password: str
    host: str
    hostname: str
    port: str
    pathname: str
    search: str
    hash: str


_PARTS: Final = tuple(field.name for field in fields(Url))
_WEB_SCHEMES = frozenset({"http:", "https:"})
_PORTS: Final = {"http:": "80", "https:": "443"}
_ID_LENGTH = 63


def parse(url: str, base: str | None = None) -> Url:
    """Parse a URL, relative to ``base`` if there is one. Raises :class:`ValueError`."""
    parsed = ada_url.URL(url, base=base)
    return Url(**{name: str(getattr(parsed, name)) for name in _PARTS})


def resolve(raw: str, base: str = DECK_ORIGIN) -> str | None:
    """Resolve ``raw`` against ``base``; ``None`` when no http(s) URL comes of it.

    A protocol-relative reference of a deck (a base under :data:`DECK_ORIGIN`) becomes https: the
    capture tries that first. Credentials in the URL are kept: they are part of the target.
    """
    text = raw.strip(" \t\n\r\f\x00")
    if base.startswith(DECK_ORIGIN) and re.match(r"[\\/]{2}", text):
        text = "https:" + text
    try:
        parsed = ada_url.URL(text, base=base)
    except ValueError:
        return None
    if parsed.protocol not in _WEB_SCHEMES or not parsed.hostname:
        return None
    return str(parsed.href)


def is_protocol_relative(raw: str) -> bool:
    """Whether ``raw`` names a host but no scheme (``//host/path``)."""
    return re.match(r"\s*[\\/]{2}[^\\/]", raw) is not None


def split_fragment(url: str) -> tuple[str, str]:
    """Split into the document's URL and the fragment without ``#`` (may be empty)."""
    document, _, fragment = url.partition("#")
    return document, fragment


def host(url: str) -> str:
    """The URL's host with its port, when that is not the default one."""
    return str(ada_url.URL(url).host)


def authority(url: str) -> str:
    """``host:port`` of an http(s) URL, the port of its scheme where it names none."""
    parsed = ada_url.URL(url)
    return f"{parsed.hostname}:{parsed.port or _PORTS.get(parsed.protocol, '0')}"


def hostname(url: str) -> str:
    """The URL's host without its port (an IPv6 address in brackets)."""
    return str(ada_url.URL(url).hostname)


def password(url: str) -> str:
    """The password in a URL, decoded; ``""`` for none."""
    return unquote(ada_url.URL(url).password)


def path(url: str) -> str:
    """The URL's path, percent-encoded as it is sent; never empty."""
    return str(ada_url.URL(url).pathname)


def query_pairs(query: str) -> list[tuple[str, str]]:
    """The decoded names and values of a query (no ``?``), as ``URLSearchParams`` has them."""
    return list(ada_url.URLSearchParams(query).items())


def is_deck_url(url: str) -> bool:
    """Whether ``url`` names a file of the deck's own folder."""
    return ada_url.URL(url).host == DECK_HOST


def deck_path(url: str) -> str:
    """The percent-decoded path of a deck URL, relative to the deck's folder."""
    return unquote(ada_url.URL(url).pathname).lstrip("/")


def target_id(url: str, kind: str) -> str:
    """A readable, stable name: host, path and a short hash of (kind, URL).

    Always a valid DNS label (``[a-z0-9-]``, at most 63 characters, no hyphen at either end):
    it names a folder and, when presenting, an origin of its own.
    """
    digest = hashlib.sha256(f"{kind} {url}".encode()).hexdigest()[:8]
    parsed = ada_url.URL(url)
    words = re.sub(r"[^a-z0-9]+", "-", f"{parsed.hostname}{parsed.pathname}".lower()).strip("-")
    words = words[: _ID_LENGTH - len(digest) - 1].strip("-")
    return f"{words}-{digest}" if words else f"t-{digest}"
