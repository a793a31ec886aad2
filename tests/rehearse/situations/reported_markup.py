# ruff: noqa: E501  (rows of markup)
"""What the pages of public reports are made of: an application, a dashboard, a map, a player."""

from __future__ import annotations

from typing import Final

LOOK: Final = (
    "<style>*{box-sizing:border-box}body{margin:0;font:17px/1.5 system-ui,sans-serif;color:#223}"
    "main{max-width:1100px;margin:0 auto;padding:32px}header{background:#24476b;color:#fff;padding:14px 32px}"
    "nav a{color:inherit;margin-right:22px}.mid{position:fixed;inset:0;display:flex;flex-direction:column;"
    "align-items:center;justify-content:center;text-align:center;gap:12px}.veil{position:fixed;inset:0}"
    "button{font:inherit;padding:8px 18px}table{border-collapse:collapse;width:100%}td,th{border:1px solid #bbc;"
    "padding:8px;text-align:left}pre{background:#f3f4f7;padding:16px}.row{display:flex;gap:20px;flex-wrap:wrap}"
    ".panel{background:#fff;border:1px solid #ccd;padding:14px;width:600px;height:300px}</style>"
)


def paragraphs(*openings: str) -> str:
    """A paragraph for each opening sentence, long enough to be read as an article."""
    rest = (
        " The measurements were repeated in three winters, by two groups who did not know of each"
        " other, and agree within the width of the line that is drawn in the figure. What differs is"
        " the slope in the last decade, for which no explanation has been found so far."
    )
    return "".join(f"<p>{opening}{rest}</p>" for opening in openings)


def article(title: str, *openings: str) -> str:
    nav = "<header><nav><a>Home</a><a>Archive</a><a>Authors</a><a>Log in</a></nav></header>"
    return f"{LOOK}<title>{title}</title>{nav}<main><h1>{title}</h1>{paragraphs(*openings)}</main>"


def line_chart(seed: int, color: str = "#d2691e") -> str:
    """A line over a grid, another for each seed."""
    points = " ".join(f"{n * 24},{120 - (n * seed * 37 + n * n * 11) % 97}" for n in range(24))
    grid = "".join(f'<path d="M0 {y}H552" stroke="#99a" opacity=".4"/>' for y in range(20, 160, 28))
    return (
        f'<svg width="560" height="200" viewBox="0 -40 560 200">{grid}'
        f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="3"/></svg>'
    )


def dashboard(*panels: tuple[str, str], style: str = "") -> str:
    """Panels with a title each."""
    boxes = "".join(f'<div class="panel"><b>{title}</b><br>{body}</div>' for title, body in panels)
    return (
        f'{LOOK}<style>{style}</style><header>Operations</header><main style="max-width:none">'
        f'<div class="row">{boxes}</div></main>'
    )


NAMES: Final = ("Load", "Memory", "Requests", "Latency", "Queue", "Disk")
CHARTS: Final = dashboard(*((name, line_chart(n + 3)) for n, name in enumerate(NAMES)))
DARK: Final = "body,.panel{background:#111418;color:#dde}.panel{border-color:#333}"


def tile(n: int, water: bool = False) -> str:
    """A map tile with roads, as an image."""
    land = "%23aad3df" if water else ("%23f2efe9", "%23dfe9d0", "%23eee3cc")[n % 3]
    roads = (
        ""
        if water
        else (
            f"%3Cpath d='M0 {n * 53 % 256}L256 {n * 91 % 256}M{n * 71 % 256} 0L{n * 37 % 256} 256' stroke='%23e08a4e' stroke-width='7'/%3E"
            f"%3Cpath d='M0 {n * 29 % 256}H256M{n * 67 % 256} 0V256' stroke='%23888' stroke-width='2'/%3E"
        )
    )
    return (
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='256' height='256'%3E"
        f"%3Crect width='256' height='256' fill='{land}'/%3E{roads}%3C/svg%3E"
    )


def tiles(source: str = "", water: bool = False) -> str:
    """A view full of tiles; all from ``source`` with one."""
    return "".join(
        f'<img alt="" width=256 height=256 style="position:absolute;left:{n % 8 * 256}px;top:{n // 8 * 256}px"'
        f' src="{source.format(n=n) or tile(n, water)}">'
        for n in range(40)
    )


PINS: Final = "".join(
    f'<svg style="position:absolute;left:{120 + n * 331 % 1600}px;top:{90 + n * 197 % 800}px" width=44 height=60>'
    '<path d="M22 58C8 36 2 30 2 20a20 20 0 0 1 40 0c0 10-6 16-20 38z" fill="#c22" stroke="#600"/>'
    '<circle cx=22 cy=20 r=7 fill="#fff"/></svg>'
    for n in range(18)
)
ZOOM: Final = (
    '<div style="position:fixed;left:12px;top:12px;background:#fff;border:2px solid #999;width:36px;text-align:center;'
    'font:22px/34px monospace">+<hr style="margin:0">−</div><div style="position:fixed;right:0;bottom:0;background:#fffc;'
    'font:12px sans-serif;padding:2px 6px">© OpenStreetMap contributors</div>'
)
MAP_LOOK: Final = (
    "<style>body{margin:0;background:#ddd;overflow:hidden;font-family:sans-serif}</style>"
)
MAP: Final = MAP_LOOK + tiles() + PINS + ZOOM

APP: Final = (
    LOOK
    + '<header><b>Planner</b></header><div style="display:flex"><aside style="width:230px;background:#eef1f6;'
    'height:900px;padding:20px"><p>Today</p><p>Week</p><p>Projects</p><p>People</p></aside><main style="flex:1">'
    "<h2>Week 14</h2><table>"
    + "".join(
        f"<tr><th>{day}</th>"
        + "".join(f"<td>{what}</td>" for what in ("Review", "Field trip", "Lab", "Writing"))
        + "</tr>"
        for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
    )
    + "</table></main></div>"
)


def message(*lines: str, style: str = "", button: str = "") -> str:
    """A page with a few lines in its middle and nothing else."""
    text = "".join(f"<div>{line}</div>" for line in lines)
    press = f"<button>{button}</button>" if button else ""
    return f'{LOOK}<div class="mid" style="font-size:20px;{style}">{text}{press}</div>'


def thumbnail(hue: int = 200, light: int = 45) -> str:
    """A landscape, as an image that fills the view."""
    shapes = "".join(
        f"%3Cpath d='M{n * 160 - 80} 720L{n * 160 + 120} {200 + n * 89 % 260}L{n * 160 + 340} 720Z' fill='hsl({hue + n * 9} 40%25 {light - 12 + n * 3}%25)'/%3E"
        for n in range(8)
    )
    return (
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1280 720' preserveAspectRatio='none'%3E"
        f"%3Crect width='1280' height='720' fill='hsl({hue} 60%25 {light + 25}%25)'/%3E{shapes}%3C/svg%3E"
    )


def player(picture: str, title: str = "", more: str = "") -> str:
    """A film that waits for a click: its picture, a large button, its title and controls."""
    shown = (
        f'<img class="veil" style="width:100%;height:100%;object-fit:cover" alt="" src="{picture}">'
        if picture
        else ""
    )
    return (
        "<style>body{margin:0;background:#000;color:#fff;font:20px Roboto,sans-serif}.veil{position:fixed;inset:0}"
        ".play{position:fixed;left:50%;top:50%;transform:translate(-50%,-50%)}.bar{position:fixed;left:0;right:0;bottom:0;"
        f"padding:14px 24px;background:linear-gradient(#0000,#000c)}}</style>{shown}"
        f'<div style="position:fixed;left:24px;top:18px">{title}</div><svg class="play" width=92 height=66>'
        '<rect width=92 height=66 rx=14 fill="#e62117"/><path d="M36 18l28 15-28 15z" fill="#fff"/></svg>'
        f'<div class="bar">▶ &nbsp; 0:00 / 12:47</div>{more}'
    )


def failed_player(*lines: str) -> str:
    """A black player that tells why it does not play."""
    text = "".join(f"<div>{line}</div>" for line in lines)
    return (
        "<style>body{margin:0;background:#0d0d0d;color:#eee;font:22px Roboto,sans-serif}</style>"
        '<div style="position:fixed;inset:0;display:flex;flex-direction:column;align-items:center;justify-content:center;'
        f'gap:10px">{text}</div>'
    )


SPINNER: Final = (
    "<style>@keyframes go{to{transform:rotate(1turn)}}.turns{width:54px;height:54px;border:6px solid #8885;"
    "border-top-color:#48f;border-radius:50%;animation:go 1s linear infinite}</style><div class='turns'></div>"
)
SCENE: Final = """<canvas width=1600 height=860></canvas><script>
const g = document.querySelector("canvas").getContext("2d");
for (let n = 0; n < 260; n++) { g.fillStyle = `hsl(${n * 7 % 360} 70% ${30 + n % 40}%)`; g.beginPath();
  g.arc(800 + Math.cos(n) * n * 2.6, 430 + Math.sin(n) * n * 1.5, 9 + n % 17, 0, 7); g.fill(); }</script>"""
