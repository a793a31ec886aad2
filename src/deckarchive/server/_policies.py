"""The response fields that keep copies apart: from the deck, from each other, from the network.

Why each is there: docs/architecture.md, Origins, and docs/threat-model.md. ``tests/isolation``
shows what they hold off.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final

from deckarchive.server._access import Host
from deckarchive.web import WITHOUT_POLICY, content_coding, policy

Fields = list[tuple[str, str]]

_LIVE: Final = "frames/live.html"
_FRAME: Final = re.compile(r"frames/([a-z0-9-]{1,63})\.html")

_MANY_COOKIES: Final = 16 * 1024
FORGET_COOKIES: Final = ("Clear-Site-Data", '"cookies"')


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
    # Revalidated every time: a folder that was packed anew must not mix with the old one.
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
    """The policy that the pages hold too where ``rewrite`` made them; a stranger's may lack it."""
    if path == _LIVE:
        return policy("live")
    frame = _FRAME.fullmatch(path)
    return policy("frame", id=frame[1]) if frame else policy("deck")


def cookie_fields(cookie: str) -> Fields:
    """What to answer to a request's ``Cookie`` field.

    A copy can plant cookies for every name here, to make each request a burden.
    """
    return [FORGET_COOKIES] if len(cookie) > _MANY_COOKIES else []
