# ruff: noqa: E501  (rows of markup)
"""What the situations are made of: an article, charts, a map, players, layers."""

from __future__ import annotations

STYLE = (
    "<style>body{font:18px/1.5 sans-serif;margin:2rem;max-width:70rem}h1{font-size:2.4rem}"
    ".grid{display:grid;grid-template-columns:repeat(3,1fr);gap:1rem}.card{background:#dde6f3;"
    "padding:1rem;height:11rem}.cover{position:fixed;inset:0}svg{max-width:100%}</style>"
)
PARAGRAPH = (
    "<p>Rivers carry sediment from the hills to the plain, and what they leave behind builds the"
    " fields on which the towns of the valley live. The survey measured it at forty bridges.</p>"
)
ARTICLE = f"{STYLE}<h1>Rivers of the plain</h1>" + PARAGRAPH * 9
LONG = ARTICLE + PARAGRAPH * 6
BARS = "".join(
    f'<rect x="{20 + n * 60}" y="{300 - h}" width="40" height="{h}" fill="#27a"/>'
    for n, h in enumerate((90, 220, 140, 260, 180, 60, 240, 120, 200, 280, 100, 160))
)
CHART = f'<svg width="760" height="320" viewBox="0 0 760 320">{BARS}<path d="M0 300H760" stroke="#000"/></svg>'
DASHBOARD = f"{STYLE}<h1>Rainfall</h1><p>Monthly values of the station.</p>{CHART}" + PARAGRAPH
CARDS = (
    STYLE
    + '<h1>Projects</h1><div class="grid">'
    + "".join(f'<div class="card"><h3>Project {n}</h3>{PARAGRAPH[:120]}</div>' for n in range(9))
    + "</div>"
)
DRAWING = """const c = document.querySelector("canvas"), g = c.getContext("2d");
for (let n = 0; n < 700; n++) { g.fillStyle = `hsl(${n * 37 % 360} 60% 50%)`;
  g.fillRect(n * 97 % 1500, n * 61 % 800, 40, 24); }"""
CANVAS = f"{STYLE}<h1>Map</h1><canvas width=1500 height=800></canvas>"
MAP = f"{CANVAS}<script>{DRAWING}</script>"
GALLERY = (
    STYLE
    + "<h1>Gallery</h1>"
    + "".join(
        "<img width=300 height=200 alt='' src=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/"
        f"svg' width='300' height='200'%3E%3Crect width='300' height='200' fill='hsl({n * 40} 60%25 50%25)'"
        "/%3E%3Ccircle cx='150' cy='100' r='70'/%3E%3C/svg%3E\"> "
        for n in range(8)
    )
)
HERO = (
    "<style>.hero{height:700px;background:repeating-linear-gradient(45deg,#135 0 20px,#9bd 20px 40px)}"
    "</style>"
)
PLAYER = (
    "<style>body{margin:0;background:#111;color:#eee;font:20px sans-serif}.p{position:absolute;"
    "inset:0;display:grid;place-items:center;text-align:center}</style>"
)
VIDEO = (
    PLAYER
    + '<div class="p"><div><svg width=300 height=200><rect width=300 height=200 rx=30 fill="#c00"/>'
    '<path d="M110 50l110 50-110 50z" fill="#fff"/></svg><p>How rivers move · 12:04</p></div></div>'
)
SPIN = (
    "<style>@keyframes t{to{transform:rotate(360deg)}}.wheel{width:60px;height:60px;border-radius:50%;"
    "border:6px solid #ccc;border-top-color:#06c;animation:t 1s linear infinite;margin:3rem auto}</style>"
)
TURNING = SPIN + '<div class="wheel"></div>'
BLOCKS = "".join(
    '<div class="card skeleton-line" style="background:#e5e5e5"></div>' for _ in range(12)
)
BLOCK_GRID = f'{STYLE}<h2>Feed</h2><div class="grid">{BLOCKS}</div>'


def page(title: str, text: str = "", extra: str = "") -> str:
    """A plain page with a heading, as servers send for errors."""
    return f"{STYLE}<title>{title}</title><h1>{title}</h1><p>{text}</p>{extra}"


def player(text: str) -> str:
    return f'{PLAYER}<div class="p"><div>{text}</div></div>'


def over(text: str, style: str = "background:rgba(0,0,0,.6);color:#fff", inner: str = "") -> str:
    """The article with a layer over all of the view."""
    return f'{ARTICLE}<div class="cover" style="{style};z-index:99">{inner}{text}</div>'


def bar(text: str, height: str) -> str:
    return (
        f'{LONG}<div style="position:fixed;left:0;right:0;bottom:0;height:{height};background:#fff;'
        f'border-top:2px solid #000;z-index:9;padding:1rem">{text}<button>OK</button></div>'
    )


def fetched(name: str, then: str, otherwise: str = "") -> str:
    """Content that a request brings: here it fails, and ``otherwise`` is what the page does."""
    return (
        f"{then}<script>fetch('{name}').then((r) => {{ if (!r.ok) throw r }})"
        f".catch(() => {{ {otherwise} }})</script>"
    )
