"""What is shown or read where a capture is missing: picture cards, the folder's README. Pure."""

from __future__ import annotations

import textwrap
from html import escape

from deckarchive import urls
from deckarchive.model import OfflineDeck, Tier

_CARD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 900" width="1600" height="900" \
role="img" aria-label="{label}">
<rect width="1600" height="900" fill="#14171c"/>
<rect x="120" y="250" width="10" height="400" fill="#e0a33b"/>
<g font-family="system-ui, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif">
{lines}
</g>
</svg>
"""


def picture_card(url: str, kind: str, reason: str, when: str) -> str:
    """An SVG that names what is missing, legible from the back row of a room."""
    name = kind.replace("background-", "").capitalize()
    rows = [(300, 40, "#e0a33b", 600, f"{name} not available offline")]
    rows += _wrapped(url_host(url), 390, 64, "#ffffff", 36, 1)
    rows += _wrapped(url, 460, 34, "#c9d1dc", 72, 2)
    rows += _wrapped(reason or "It was not captured.", 570, 34, "#c9d1dc", 72, 2)
    if when:
        rows += _wrapped(f"Tried on {when[:10]}", 650, 28, "#8f9aa8", 80, 1)
    lines = "\n".join(
        f'<text x="170" y="{y}" font-size="{size}" font-weight="{weight}" fill="{fill}">'
        f"{escape(text)}</text>"
        for y, size, fill, weight, text in rows
    )
    return _CARD.format(label=escape(f"{name} not available offline: {url}"), lines=lines)


def url_host(url: str) -> str:
    """The host to name on a card; a file of the deck's own is named by its path."""
    try:
        return urls.deck_path(url) if urls.is_deck_url(url) else urls.host(url)
    except ValueError:
        return url


def _wrapped(
    text: str, y: int, size: int, fill: str, width: int, lines: int
) -> list[tuple[int, int, str, int, str]]:
    """At most ``lines`` rows of ``width`` characters; a cut text ends in an ellipsis."""
    rows = textwrap.wrap(text, width, break_long_words=True) or [""]
    if len(rows) > lines:
        rows = [*rows[: lines - 1], rows[lines - 1][: width - 1] + "…"]
    weight = 700 if size > 50 else 400
    return [(y + i * round(size * 1.35), size, fill, weight, row) for i, row in enumerate(rows)]


def readme(offline: OfflineDeck) -> str:
    """The folder's README.txt: what it is, how to present it, what is missing."""
    shown = [t for t in offline.targets if t.slides]
    gaps = [t for t in shown if t.best is not Tier.LIVE]
    lines = [
        offline.title or "An offline deck",
        "=" * min(72, len(offline.title or "An offline deck")),
        "",
        "This folder is a slide deck with everything it shows, made by deckarchive for",
        f"presenting without a network. {len(shown) - len(gaps)} of {len(shown)} embedded "
        "targets are here as live copies.",
        "",
        "To present it, best first:",
        "",
        "  deckarchive present .       every copy in an origin of its own, then open the browser",
        "  python -m http.server       in this folder; then open http://localhost:8000/",
        "  open index.html             a double-click; what needs fetch() shows as a picture",
        "",
        "To look at all slides before the talk:  deckarchive rehearse .",
        "",
        "deckarchive.json says what was captured, when, from where, with sizes and hashes.",
        "The copied pages belong to their authors.",
    ]
    if gaps:
        lines += ["", "Not here as a live copy:", ""]
        lines += [
            f"  {t.best.value:8} {t.url}" + (f"  ({t.reason})" if t.reason else "") for t in gaps
        ]
    return "\n".join(lines) + "\n"
