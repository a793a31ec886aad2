"""``frames/<id>.html``: what the deck points at. The picture first, the live copy behind it.

The page is static; what is particular to it stands in one JSON data block that
``runtime/frame.js`` reads. Without a copy and a picture it is a card that says why. Pure.
"""

from __future__ import annotations

import json
import posixpath
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

from deckarchive import urls
from deckarchive.model import OfflineDeck, Tier
from deckarchive.rewriter.deck.rights import Rights
from deckarchive.web import policy

FRAMES_FOLDER: Final = "frames"


@dataclass(frozen=True, slots=True, kw_only=True)
class FramePage:
    """What a frame knows of its target; paths are relative to the offline folder (posix).

    ``signals`` says that the copy holds ``runtime/page.js`` and will report; a document without
    (PDF, picture, video) is taken as shown when it has loaded. ``rights`` is what the copy is
    given; where the deck's frames of it differ, the frame page asks which are those of its own.
    ``posters`` and ``counts`` are keyed by fragment.
    """

    id: str
    url: str
    title: str = ""
    kind: str = "page"
    copy: str = ""
    signals: bool = True
    sandbox: bool = True
    rights: Rights = field(default_factory=Rights)
    posters: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    reason: str = ""
    captured: str = ""

    @property
    def path(self) -> str:
        """Where the frame's page stands in the offline folder."""
        return f"{FRAMES_FOLDER}/{self.id}.html"


_PAGE: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<link rel="stylesheet" href="../runtime/frame.css">
</head>
<body>
<main class="card" id="card"{card_hidden}>
<div>
<p class="what">{what}</p>
<h1>{host}</h1>
<p class="url"><a href="{url}" target="_blank" rel="noreferrer">{url}</a></p>
<p class="why">{why}</p>
{when}</div>
</main>
<div class="poster" id="poster"{poster_hidden}><img id="picture" alt="{alt}"{source}></div>
<p class="mark" id="mark" tabindex="0" hidden><span class="tag">Picture</span>\
<span class="more">{more}</span></p>
<button class="back" id="back" type="button" hidden>Keyboard back to the deck</button>
<script type="application/json" id="about">{about}</script>
<script src="../runtime/frame.js"></script>
<script src="../runtime/forms.js"></script>
</body>
</html>
"""

LIVE_PAGE: Final = f"""\
<!doctype html>
<html lang="en" class="live">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy("live")}">
<meta http-equiv="x-dns-prefetch-control" content="off">
<title>Live site</title>
<link rel="stylesheet" href="../runtime/frame.css">
</head>
<body>
<script src="../runtime/live.js"></script>
</body>
</html>
"""
"""``frames/live.html``: opens the live site for the frame around it, when the speaker asks.

The only page whose policy lets anything out. The policies of the deck and of a frame do not
hold inside it, nor its own outside."""


def frame_page(frame: FramePage) -> str:
    """The HTML of a frame. With one view its picture is in the markup, so it is there at once."""
    name = frame.title or url_host(frame.url)
    date = frame.captured[:10]
    pictures = [p for p in frame.posters.values() if p]
    only = pictures[0] if len(set(pictures)) == 1 else ""
    if frame.copy:
        what, why = "Loading the offline copy", "The copy of this page has not appeared yet."
    elif pictures:
        what, why = "A picture of this page", frame.reason or "There is no live copy of it."
    else:
        what, why = _missing(frame.kind), frame.reason or "This page was not captured."
    when = f'<p class="when">{"Captured" if pictures or frame.copy else "Tried"} on {date}</p>\n'
    return _PAGE.format(
        policy=escape(policy("frame", id=frame.id)),
        title=escape(name),
        card_hidden="" if not pictures else " hidden",
        what=escape(what),
        host=escape(name),
        url=escape(frame.url),
        why=escape(why),
        when=when if date else "",
        poster_hidden="" if pictures else " hidden",
        alt=escape(f"Picture of {name}", quote=True),
        source=f' src="{escape(_up(only))}"' if only else "",
        more=escape(" · ".join(x for x in (name, frame.url, date) if x)),
        about=_data(frame),
    )


def _missing(kind: str) -> str:
    medium = kind.removeprefix("background-")
    return f"{medium.capitalize() if medium == 'video' else 'Page'} not available offline"


def _up(path: str) -> str:
    """A path of the offline folder as seen from ``frames/``."""
    return posixpath.relpath(path, FRAMES_FOLDER)


def _data(frame: FramePage) -> str:
    """The data block: JSON that cannot end the script element it stands in."""
    about: dict[str, Any] = {
        "id": frame.id,
        "url": frame.url,
        "kind": frame.kind,
        "copy": _up(frame.copy) if frame.copy else "",
        "signals": frame.signals,
        "sandbox": frame.sandbox,
        "rights": list(frame.rights.features),
        "rights_differ": frame.rights.differ,
        "posters": {k: _up(v) for k, v in frame.posters.items()},
        "counts": {k: dict(v) for k, v in frame.counts.items()},
    }
    return json.dumps(about, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")


def uncaptured_page() -> str:
    """``frames/uncaptured.html``: the card for a link that was opened but never captured.

    Its address comes in the fragment; ``runtime/frame.js`` writes it in as text.
    """
    frame = FramePage(
        id="uncaptured",
        url="about:blank",
        title="This link is not part of the offline deck",
        kind="link",
        reason="Links are captured only when asked for. It opens when there is a network.",
    )
    return frame_page(frame)


_CARD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 900" width="{width}" \
height="{height}" role="img" aria-label="{label}">
<style>.small {{ display: none }} @media (max-width: 479px) {{
.small {{ display: inline }} .large {{ display: none }} }}</style>
<rect width="1600" height="900" fill="#14171c"/>
<g font-family="system-ui, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif">
<g class="large">
<rect x="120" y="250" width="10" height="400" fill="#e0a33b"/>
{lines}
</g>
<g class="small" text-anchor="middle">
<text x="800" y="400" font-size="190" font-weight="600" fill="#e0a33b">Missing</text>
<text x="800" y="650" font-size="{small}" fill="#ffffff">{host}</text>
</g>
</g>
</svg>
"""
_CARD_SIZES: Final = {"image": (160, 90), "video": (320, 180)}
"""Width and height of a card where neither attributes nor CSS give the element a size, in CSS
pixels: like an icon in a line of text, and about what HTML gives a video that has not loaded
(HTML, 15.4). A background is as large as its slide."""
_CARD_SIZE: Final = (1600, 900)


def picture_card(url: str, kind: str, reason: str, when: str) -> str:
    """An SVG that names what is missing, legible from the back row of a room.

    It takes the size that attributes or CSS give the medium, in its own ratio, and is small where
    nothing does: as large as a picture may be it would push the slide's text away. In less than
    480 CSS pixels it says less, in larger letters.
    """
    width, height = _CARD_SIZES.get(kind, _CARD_SIZE)
    host = url_host(url)
    name = kind.replace("background-", "").capitalize()
    rows = [(300, 40, "#e0a33b", 600, f"{name} not available offline")]
    rows += _wrapped(host, 390, 64, "#ffffff", 36, 1)
    rows += _wrapped(url, 460, 34, "#c9d1dc", 72, 2)
    rows += _wrapped(reason or "It was not captured.", 570, 34, "#c9d1dc", 72, 2)
    if when:
        rows += _wrapped(f"Tried on {when[:10]}", 650, 28, "#8f9aa8", 80, 1)
    lines = "\n".join(
        f'<text x="170" y="{y}" font-size="{size}" font-weight="{weight}" fill="{fill}">'
        f"{escape(text)}</text>"
        for y, size, fill, weight, text in rows
    )
    return _CARD.format(
        label=escape(f"{name} not available offline: {url}"),
        lines=lines,
        width=width,
        height=height,
        host=escape(host),
        small=min(190, 2500 // max(1, len(host))),
    )


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
        "To check all slides beforehand:  deckarchive rehearse .",
        "",
        "deckarchive.json says what was captured, when, from where, with sizes and hashes.",
        "The copied pages belong to their authors.",
    ]
    if gaps:
        lines += ["", "Not here as a live copy:", ""]
        lines += [
            f"  {t.best.value:8} {t.url}" + (f"  ({t.reason})" if t.reason else "") for t in gaps
        ]
    if offline.unresolved:
        lines += ["", "Not here, although the deck itself loads it:", ""]
        lines += [f"  {url}" for url in offline.unresolved]
    return "\n".join(lines) + "\n"
