"""The response fields that keep copies apart: from the deck, from each other, from the network.

Why each is there: docs/architecture.md, Origins. ``tests/isolation`` shows what they hold off.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from deckarchive.web import WITHOUT_POLICY, policy

Fields = list[tuple[str, str]]

_MANY_COOKIES: Final = 16 * 1024


def policies(file: Path, media: str, *, archived: bool, in_deck: bool) -> Fields:
    """The fields for a file of type ``media``.

    ``archived``: it comes from the web. ``in_deck``: it is asked for under the deck's own name.
    """
    # Revalidated every time: a folder that was packed anew must not mix with the old one.
    fields = [("Cache-Control", "no-cache")]
    if media == "text/html":
        # A busy copy must not stall the deck, nor a window it opened script it.
        fields.append(("Origin-Agent-Cluster", "?1"))
        fields.append(("Cross-Origin-Opener-Policy", "same-origin"))
    if not archived:
        # Archived sites may rely on sniffing; what we wrote does not.
        fields.append(("X-Content-Type-Options", "nosniff"))
    elif media != WITHOUT_POLICY:
        # A copy that leads itself to the deck's name must not become a part of the deck.
        alone = f"{policy('copy-under-deck')}; " if in_deck else ""
        fields.append(("Content-Security-Policy", alone + policy("copy")))
        fields.append(("Connection-Allowlist", policy("copy-connections")))
        fields.append(("X-DNS-Prefetch-Control", "off"))
    if file.suffix.lower() == ".svgz":
        fields.append(("Content-Encoding", "gzip"))
    return fields


def cookie_fields(cookie: str) -> Fields:
    """What to answer to a request's ``Cookie`` field.

    A copy can plant cookies for every name here, to make each request a burden.
    """
    return [("Clear-Site-Data", '"cookies"')] if len(cookie) > _MANY_COOKIES else []
