"""Who may have what: which requests are answered, with which policy, and what a browser keeps.

The server is reachable by every page that any browser of this machine has open. What a page of
another origin asks for is distinguished by the fields that the browser sets itself
(https://w3c.github.io/webappsec-fetch-metadata/), in older browsers by Origin and Referer. The
fields of a response keep copies apart: from the deck, from each other, from the network.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final
from urllib.parse import unquote

from deckarchive import urls
from deckarchive.web import WITHOUT_POLICY, content_coding, policy

_HOST: Final = re.compile(
    rf"(?P<name>localhost|127\.0\.0\.1|\[::1\]|(?:(?P<copy>[a-z0-9-]{{1,63}})\.)?"
    rf"(?P<deck>{re.escape(urls.DECK_HOST)}))(?::(?P<port>\d{{1,5}}))?",
    re.IGNORECASE,
)
_FOR_COPIES: Final = frozenset(("sites", "runtime", "sw.js", "map.json"))
"""What is served under the name of a copy: it has no access to the deck's text and notes."""

_NOT_PAGES: Final = frozenset(("sites", "runtime"))
"""What no link of another site may open: archived pages, and the data of the runtime."""

_ORIGIN: Final = re.compile(r"https?://[^/?#]+", re.IGNORECASE)


Fields = list[tuple[str, str]]
_LIVE: Final = "frames/live.html"
_FRAME: Final = re.compile(r"frames/([a-z0-9-]{1,63})\.html")
_MANY_COOKIES: Final = 16 * 1024
FORGET_COOKIES: Final = ("Clear-Site-Data", '"cookies"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A name under which the server is asked: ``origin`` as the browser writes it; ``copy`` is the
    id of a copy or ``""``; ``deck`` says that copies have origins of their own beside it."""

    origin: str
    copy: str
    deck: bool
    port: int

    @property
    def ancestors(self) -> str:
        """The ``frame-ancestors`` directive: who may show this in a frame: the deck alone."""
        deck = f" http://{urls.DECK_HOST}:{self.port}" if self.copy else ""
        return f"frame-ancestors 'self'{deck}"


def parse_host(value: str, port: int) -> Host | None:
    """The host that a Host field names, or ``None`` when it is none of a server at ``port``."""
    found = _HOST.fullmatch(value)
    if not found or int(found["port"] or 80) != port:
        return None
    copy = (found["copy"] or "").lower()
    name = found["name"].lower()
    origin = f"http://{name}" if port == 80 else f"http://{name}:{port}"
    return Host(origin=origin, copy=copy, deck=bool(found["deck"]) and not copy, port=port)


def is_served_there(host: Host, path: str) -> bool:
    """Whether ``path`` is served under that name."""
    return not host.copy or path.lstrip("/").partition("/")[0] in _FOR_COPIES


def is_admitted(fields: Mapping[str, str], host: Host, path: str) -> bool:
    """Whether a request is one that deck, frames and copies make, or a person does.

    A page of the same origin may have all of it. Of other origins, the deck's frames may show a
    copy, and a link may open a page of the deck in a window; nothing else, scripts least.
    """
    site = fields.get("sec-fetch-site")
    if site is None:
        return _is_admitted_by_origin(fields, host, path)
    if site in ("same-origin", "none"):
        return True
    if fields.get("sec-fetch-mode") != "navigate":
        return False
    shown_in = fields.get("sec-fetch-dest")
    if host.copy:  # frame-ancestors says by whom, since all ports are one site
        return site == "same-site" and shown_in == "iframe"
    return shown_in == "document" and _is_page(path)


def _is_admitted_by_origin(fields: Mapping[str, str], host: Host, path: str) -> bool:
    """The same for browsers without these fields; Cross-Origin-Resource-Policy does the rest."""
    if (origin := fields.get("origin")) is not None:
        return origin.lower() == host.origin
    referrer = _ORIGIN.match(fields.get("referer", ""))
    if not referrer or referrer[0].lower() == host.origin:
        return True
    if not fields.get("accept", "").startswith("text/html"):
        return False
    deck = f"http://{urls.DECK_HOST}:{host.port}"
    return referrer[0].lower() == deck if host.copy else _is_page(path)


def _is_page(path: str) -> bool:
    return unquote(path).lstrip("/").partition("/")[0].lower() not in _NOT_PAGES


def is_shown(fields: Mapping[str, str]) -> bool:
    """Whether the answer becomes a document, in a window or a frame."""
    if (shown_in := fields.get("sec-fetch-dest")) is not None:
        return shown_in in ("document", "iframe", "frame", "embed", "object")
    return fields.get("accept", "").startswith("text/html")


def owner_fields(fields: Mapping[str, str], owner: str, port: int) -> list[tuple[str, str]]:
    """What to answer so that a browser keeps nothing of another deck under these names.

    ``owner`` is a secret word, the same for each run of one folder: a cookie that
    no script reads or writes holds it, and where it is missing storage and service workers go.
    """
    name = f"deckarchive-{port}"  # cookies know no ports
    if f"{name}={owner}" in (part.strip() for part in fields.get("cookie", "").split(";")):
        return []
    cookie = f"{name}={owner}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"
    return [("Clear-Site-Data", '"storage"'), ("Set-Cookie", cookie)]


def closed(host: Host | None) -> Fields:
    """The fields of every answer: no page of another origin may load, read or frame it."""
    ancestors = host.ancestors if host else "frame-ancestors 'none'"
    return [
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Content-Security-Policy", ancestors),
    ]


def policies(path: PurePath, media: str, *, archived: bool, host: Host) -> Fields:
    """The fields for the file at ``path``, relative to the folder, of type ``media``.

    ``archived``: it comes from the web.
    """
    # Revalidated every time: a folder that was written again must not mix with the old one.
    fields = [("Cache-Control", "no-cache"), ("Cross-Origin-Resource-Policy", "same-origin")]
    if media == "text/html":
        # A busy copy must not stall the deck, nor a window it opened script it.
        fields.append(("Origin-Agent-Cluster", "?1"))
        fields.append(("Cross-Origin-Opener-Policy", "same-origin"))
    held = ""
    if not archived:
        # Archived sites may rely on sniffing; what we wrote does not.
        fields.append(("X-Content-Type-Options", "nosniff"))
        held = "" if media == WITHOUT_POLICY else f"{_own_policy(path.as_posix())}; "
    elif media != WITHOUT_POLICY:
        # A copy that leads itself to the deck's name must not become a part of the deck.
        alone = f"{policy('copy-under-deck')}; " if host.deck else ""
        held = f"{alone}{policy('copy')}; "
        fields.append(("Connection-Allowlist", policy("copy-connections")))
        fields.append(("X-DNS-Prefetch-Control", "off"))
    fields.append(("Content-Security-Policy", held + host.ancestors))
    if coding := content_coding(path.name):
        fields.append(("Content-Encoding", coding))
    return fields


def _own_policy(path: str) -> str:
    """The policy that pages of ``rewrite`` hold themselves; one from elsewhere may lack it."""
    if path == _LIVE:
        return policy("live")
    frame = _FRAME.fullmatch(path)
    return policy("frame", id=frame[1]) if frame else policy("deck")


def cookie_fields(cookie: str) -> Fields:
    """What to answer to a request's ``Cookie`` field.

    A copy can set cookies for every name here, so that each request grows.
    """
    return [FORGET_COOKIES] if len(cookie) > _MANY_COOKIES else []
