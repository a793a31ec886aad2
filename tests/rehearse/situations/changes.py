# ruff: noqa: E501  (rows of markup)
"""Copies that differ from what was recorded: losses, harmless changes, the lack of a network."""

from __future__ import annotations

from .labels import GAP, OK, SAME, Row
from .markup import (
    ARTICLE,
    CANVAS,
    CARDS,
    CHART,
    DASHBOARD,
    GALLERY,
    HERO,
    LONG,
    MAP,
    PARAGRAPH,
    STYLE,
    TURNING,
    fetched,
)

BEGUN = 'const g = document.querySelector("canvas").getContext("2d");'
BOXES = "for (let n = 0; n < 24; n++) { g.fillStyle = `hsl(${n * 40} 60% 40%)`; g.fillRect(x + n % 8 * 55, y + (n >> 3) * 40, 35, 25) }"
SHIP = f"const at = (t) => {{ g.clearRect(0, 0, 1500, 800); const x = t % 3 * 500, y = t / 3 * 130 | 0; {BOXES} }};"
SAILING = (
    f"{CANVAS}<script>{BEGUN}{SHIP} let t = 0; at(0); setInterval(() => at(++t % 17), 60)</script>"
)
"""A drawing that goes from place to place, as on a map that a stream feeds."""
MOORED = f"{CANVAS}<script>{BEGUN}{SHIP} at(17)</script>"
"""The same at a place where it was not, and at rest."""

LOSSES: list[Row] = [
    ("lost-drawing", MAP, CANVAS, GAP),
    (
        "lost-chart",
        DASHBOARD,
        fetched("data.json", DASHBOARD.replace(CHART, "<svg width=760 height=320></svg>")),
        GAP,
    ),
    ("lost-list", CARDS, fetched("items.json", f"{STYLE}<h1>Projects</h1>"), GAP),
    ("lost-half-the-text", LONG, fetched("more.html", ARTICLE), GAP),
    (
        "lost-some-pictures",
        GALLERY,
        fetched(
            "more.json",
            GALLERY.partition("<img")[0] + "<img" + "<img".join(GALLERY.split("<img")[1:5]),
        ),
        GAP,
    ),
    ("lost-word", f"{STYLE}<p>abcdefg</p>", fetched("a?rnd=0.1", f"{STYLE}<p>...d...</p>"), GAP),
    ("lost-answer", f"{STYLE}<p>ready 1</p>", f"{STYLE}<p>failed</p>", GAP),
    (
        "lost-camera",
        f"{STYLE}<p>camera runs</p><p>Copied!</p>",
        f"{STYLE}<p>NotAllowedError</p><p>NotAllowedError</p>",
        GAP,
    ),
    (
        "lost-type-error",
        DASHBOARD,
        DASHBOARD.replace("Monthly values of the station.", "TypeError: Failed to fetch"),
        GAP,
    ),
    (
        "lost-background",
        f"{STYLE}{HERO}<h1 class=hero>Rivers</h1>",
        f"{STYLE}<h1 class=hero style='height:700px'>Rivers</h1>",
        GAP,
    ),
    (
        "lost-main",
        f"{STYLE}<nav>Home · About</nav><div id=root>{LONG}</div>",
        f"{STYLE}<nav>Home · About</nav><div id=root></div>",
        GAP,
    ),
    (
        "lost-nothing-beacon",
        ARTICLE,
        ARTICLE + "<img src='https://www.google-analytics.com/collect?v=1' width=1 height=1>",
        OK,
    ),
    ("lost-nothing-log", ARTICLE, fetched("/api/log", ARTICLE), OK),
    ("lost-nothing-prefetch", ARTICLE, ARTICLE + "<link rel=prefetch href=next.html>", OK),
    ("lost-nothing-request", DASHBOARD, fetched("recommendations.json", DASHBOARD), OK),
    (
        "lost-nothing-many",
        CARDS,
        "".join(fetched(f"extra-{n}.json", "") for n in range(7)) + CARDS,
        OK,
    ),
    ("lost-nothing-icon", ARTICLE, "<link rel=icon href=/icon.png>" + ARTICLE, OK),
    (
        "lost-font",
        ARTICLE,
        "<style>@font-face{font-family:F;src:url(f.woff2)}p{font-family:F,serif!important}</style>"
        + ARTICLE,
        OK,
    ),
]

CHANGES: list[Row] = [
    (
        "changes-clock",
        DASHBOARD,
        DASHBOARD
        + "<b id=n></b><script>setInterval(() => { n.textContent = Date.now() }, 50)</script>",
        OK,
    ),
    (
        "changes-animated",
        MAP,
        CANVAS
        + "<script>const g = document.querySelector('canvas').getContext('2d'); setInterval(() => { for (let n = 0; n < 500; n++) { g.fillStyle = `hsl(${Math.random() * 360} 60% 50%)`; g.fillRect(Math.random() * 1500, Math.random() * 800, 40, 24) } }, 40)</script>",
        OK,
    ),
    (
        "changes-random",
        CARDS,
        CARDS
        + "<script>document.querySelectorAll('.card').forEach((c) => { c.style.background = `hsl(${Math.random() * 360} 60% 80%)` })</script>",
        OK,
    ),
    (
        "changes-order",
        CARDS,
        CARDS
        + "<script>const g = document.querySelector('.grid'); [...g.children].reverse().forEach((c) => g.append(c))</script>",
        OK,
    ),
    ("changes-dark", ARTICLE, "<style>html{background:#111;color:#eee}</style>" + ARTICLE, OK),
    ("changes-one-line", ARTICLE, ARTICLE.replace("</h1>", "</h1><p>Updated today.</p>"), OK),
    ("changes-moment", SAILING, MOORED, OK),
    ("changes-feed", SAILING, fetched("positions.json", MOORED), OK),
    ("changes-moment-lost", SAILING, CANVAS, GAP),
    ("changes-feed-lost", SAILING, fetched("positions.json", CANVAS), GAP),
    (
        "changes-moment-empty",
        SAILING,
        f"{CANVAS}<script>{BEGUN}g.fillRect(1440, 740, 40, 40)</script>",
        GAP,
    ),
    ("changes-wheel", LONG + TURNING, SAME, OK),
    (
        "changes-blink",
        ARTICLE,
        ARTICLE
        + "<script>setInterval(() => { document.body.style.background = document.body.style.background ? '' : '#cde' }, 120)</script>",
        OK,
    ),
    (
        "changes-slides",
        GALLERY,
        GALLERY
        + "<script>const m = [...document.images]; let at = 0; setInterval(() => { m.forEach((i, n) => { i.style.opacity = n === at % 8 ? 1 : .3 }); at++ }, 200)</script>",
        OK,
    ),
    (
        "changes-words",
        f"{STYLE}<main>{'abc def ghi ' * 60}</main>",
        f"{STYLE}<main id=m></main><script>m.textContent = Array.from({{length: 180}}, () => Math.random().toString(36).slice(2, 5)).join(' ')</script>",
        OK,
    ),
    ("plain-article", ARTICLE, SAME, OK),
    ("plain-dashboard", DASHBOARD, SAME, OK),
    ("plain-cards", CARDS, SAME, OK),
    ("plain-map", MAP, SAME, OK),
    ("plain-gallery", GALLERY, SAME, OK),
    ("plain-one-word", f"{STYLE}<h1 style='font-size:20rem'>42</h1>", SAME, OK),
    (
        "plain-frames",
        f"<iframe width=800 height=500 srcdoc='{ARTICLE}'></iframe><iframe width=800 height=500 srcdoc='{DASHBOARD}'></iframe>",
        SAME,
        OK,
    ),
]

SOCKET = "new WebSocket('wss://' + (location.host || 'e.test') + '/ws')"
GREYED = (
    "document.body.insertAdjacentHTML('beforeend', '<div style=\"position:fixed;inset:0;"
    "background:#888\">Connection lost</div>')"
)
DOT = "<i id=d style='position:fixed;right:9px;top:9px;width:9px;height:9px;background:#5b5'></i>"


def closing(what: str, then: str, extra: str = "") -> str:
    """The article, with a socket or a stream that does ``then`` once when it is lost."""
    once = f"let n = 0; const lost = () => {{ if (!n++) {{ {then} }} }};"
    opened = f"{once} const w = {what}; w.onerror = w.onclose = lost;"
    return f"{ARTICLE}{extra}<script>{opened}</script>"


OFFLINE: list[Row] = [
    (
        "offline-gate",
        f"{STYLE}<h1>Online app</h1>{PARAGRAPH * 3}",
        f"{STYLE}<main id=m></main><script>m.innerHTML = navigator.onLine ? `<h1>Online app</h1>{PARAGRAPH * 3}` : 'You are offline'</script>",
        GAP,
    ),
    (
        "offline-badge",
        ARTICLE,
        ARTICLE
        + "<script>if (!navigator.onLine) document.body.insertAdjacentHTML('afterbegin', '<p>No internet connection</p>')</script>",
        GAP,
    ),
    (
        "offline-not-asked",
        ARTICLE,
        ARTICLE + "<script>addEventListener('offline', () => {})</script>",
        OK,
    ),
    ("offline-socket", ARTICLE, closing(SOCKET, GREYED), GAP),
    ("offline-stream", ARTICLE, closing("new EventSource('/events')", GREYED), GAP),
    ("offline-socket-replaced", ARTICLE, closing(SOCKET, "document.body.textContent = ''"), GAP),
    ("offline-socket-dot", ARTICLE + DOT, closing(SOCKET, "d.style.background='#b55'", DOT), OK),
    ("offline-socket-unheard", ARTICLE, closing(SOCKET, ""), OK),
]
