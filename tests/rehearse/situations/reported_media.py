# ruff: noqa: E501  (rows of markup)
"""Maps, players and graphics as public reports describe them, each with good neighbours."""

from __future__ import annotations

from .labels import GAP, OK, RECORDED, SAME, Row
from .reported_markup import (
    APP,
    LOOK,
    MAP,
    MAP_LOOK,
    SCENE,
    SPINNER,
    ZOOM,
    article,
    failed_player,
    line_chart,
    message,
    paragraphs,
    player,
    thumbnail,
    tiles,
)

WATERMARKS = "".join(
    f'<div style="position:absolute;left:{n % 6 * 330}px;top:{n // 6 * 250 + 60}px;color:#fff9;font-size:22px">For development purposes only</div>'
    for n in range(24)
)
KEYED_TILE = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='256' height='256'%3E%3Crect width='256' height='256' fill='%23556'/%3E"
    "%3Ctext x='20' y='130' fill='white' font-size='24'%3EAPI KEY REQUIRED%3C/text%3E%3C/svg%3E"
)
CHOROPLETH = (
    f'{LOOK}<main><h2>Rain by district</h2><svg width="900" height="560">'
    + "".join(
        f'<rect x="{n % 10 * 88}" y="{n // 10 * 88}" width="86" height="86" fill="hsl(210 60% {30 + n * 37 % 60}%)"/>'
        for n in range(60)
    )
    + "</svg><p>■ 0–200 ■ 200–400 ■ 400–800 □ No data</p></main>"
)
MAPS: list[Row] = [
    # Every tile is lost; what is left are the controls
    ("tiles-grey", MAP, MAP_LOOK + tiles("lost-{n}.png") + ZOOM, GAP),
    # www.submarinecablemap.com 13, RestaurantReactApp 4
    (
        "development-only",
        MAP
        + '<div style="position:fixed;inset:0;background:#0007"></div>'
        + WATERMARKS
        + '<div style="position:fixed;left:50%;top:30%;transform:translateX(-50%);background:#fff;padding:24px;width:420px">'
        "This page can't load Google Maps correctly.<p>Do you own this website? <button>OK</button></p></div>",
        SAME,
        RECORDED,
    ),
    # gmplot 79
    (
        "maps-went-wrong",
        f'{LOOK}<div class="mid" style="background:#e5e3df"><h2>Oops! Something went wrong.</h2><div>This page didn\'t load Google Maps correctly. '
        "See the JavaScript console for technical details.</div></div>",
        SAME,
        RECORDED,
    ),
    # omarchy-weather-radar 5: the notice is burnt into tiles that load
    ("key-in-the-tiles", MAP_LOOK + tiles(KEYED_TILE) + ZOOM, SAME, RECORDED),
    (
        "pins-lost",
        MAP,
        MAP_LOOK
        + tiles()
        + ZOOM
        + "<script>fetch('pins.json').then((r) => r.json()).catch(() => 0)</script>",
        GAP,
    ),
    ("half-of-the-tiles", MAP, MAP.replace('src="data', 'src="lost.png" data-was="data', 20), GAP),
    ("map", MAP, SAME, OK),
    (
        "open-sea",
        MAP_LOOK
        + tiles(water=True)
        + '<i style="position:absolute;left:800px;top:420px;color:#357">Tyrrhenian Sea</i>'
        + ZOOM,
        SAME,
        OK,
    ),
    (
        "legend-over-the-map",
        MAP
        + '<div style="position:fixed;right:20px;top:20px;width:320px;height:520px;background:#fff;padding:20px"><h3>Legend</h3><p>● Bridges</p><p>● Weirs</p><p>No data: white</p></div>',
        SAME,
        OK,
    ),
    ("dark-map", "<style>img{filter:invert(1) brightness(.7)}</style>" + MAP, SAME, OK),
    (
        "buses-move",
        MAP
        + "<script>let n = 0; setInterval(() => { n += 9; document.querySelectorAll('svg').forEach((pin, i) => { pin.style.translate = `${Math.sin(n / 50 + i) * 90}px 0` }) }, 40)</script>",
        SAME,
        OK,
    ),
    ("choropleth", CHOROPLETH, SAME, OK),
]

SMALL_BAR = '<div style="position:fixed;bottom:0;left:0;right:0;color:#fff;padding:14px">▶ 0:00 / 0:00 &nbsp; ⚙ ⛶</div>'
PLAYERS: list[Row] = [
    # kenku-fm 140, siyuan 16319, AFFiNE 13848
    (
        "error-153",
        failed_player("Watch video on YouTube", "Error 153", "Video player configuration error"),
        SAME,
        RECORDED,
    ),
    (
        "playback-id",
        failed_player(
            "An error occurred. Please try again later. (Playback ID: dXkCzG0vm)", "Learn More"
        ),
        SAME,
        RECORDED,
    ),
    ("privado", failed_player("Video no disponible", "Este video es privado"), SAME, RECORDED),
    (
        "privacy-settings",
        failed_player(
            "<b>Sorry</b>", "Because of its privacy settings, this video cannot be played here."
        ),
        SAME,
        RECORDED,
    ),
    (
        "no-compatible-source",
        failed_player("✕", "No compatible source was found for this media.") + SMALL_BAR,
        SAME,
        RECORDED,
    ),
    (
        "error-code-232011",
        failed_player("This video file cannot be played.", "<small>(Error Code: 232011)</small>"),
        SAME,
        RECORDED,
    ),
    (
        "russian-unavailable",
        failed_player("Видео недоступно", "Автор ограничил доступ к видео"),
        SAME,
        RECORDED,
    ),
    (
        "track-not-found",
        message("We can’t find that track.", "It may have been removed, or is private."),
        SAME,
        RECORDED,
    ),
    (
        "film-turns",
        f"<style>body{{margin:0;background:#000}}</style><div style='position:fixed;left:50%;top:50%'>{SPINNER}</div>{SMALL_BAR}",
        SAME,
        RECORDED,
    ),
    (
        "not-a-bot",
        failed_player(
            "Sign in to confirm you’re not a bot", "This helps protect our community. Learn more"
        ),
        SAME,
        RECORDED,
    ),
    (
        "thumbnail-lost",
        player(thumbnail(), "How deltas grow"),
        player("lost.jpg", "How deltas grow"),
        GAP,
    ),
    ("german-live-over", failed_player("Dieser Livestream ist beendet."), SAME, RECORDED),
    ("player", player(thumbnail(), "How deltas grow"), SAME, OK),
    (
        "player-that-links-on",
        player(
            thumbnail(30),
            "Sand",
            '<div style="position:fixed;right:30px;bottom:16px">Watch on YouTube</div>',
        ),
        SAME,
        OK,
    ),
    ("the-error", player(thumbnail(120), "The error that broke the internet"), SAME, OK),
    (
        "playlist",
        f"{LOOK}<main><h2>Lectures</h2>"
        + "".join(
            f'<div class=row style="margin:12px"><img width=160 height=90 alt="" src="{thumbnail(n * 40)}"><div>{n + 1}. {t}<br>{9 + n}:12</div></div>'
            for n, t in enumerate(
                (
                    "Errors of measurement",
                    "Lost signals",
                    "Waiting lines",
                    "What to try again",
                    "Not found: dark matter",
                )
            )
        )
        + "</main>",
        SAME,
        OK,
    ),
    (
        "podcast",
        f'{LOOK}<div style="display:flex;gap:20px;padding:20px;background:#eef"><div style="width:120px;height:120px;background:#345"></div><div><b>Episode 12: The coast</b><p>▶ 00:00 ——————— 41:20</p></div></div>',
        SAME,
        OK,
    ),
    ("night-film", player(thumbnail(230, 12), "Night on the river"), SAME, OK),
    (
        "waveform",
        f"{LOOK}<main><h2>Birdsong</h2><canvas id=c width=1000 height=300></canvas><p>Recorded at dawn.</p></main><script>const g = c.getContext('2d');"
        "setInterval(() => { g.clearRect(0, 0, 1000, 300); for (let n = 0; n < 250; n++) { const h = Math.random() * 260; g.fillRect(n * 4, 150 - h / 2, 2, h) } }, 60)</script>",
        SAME,
        OK,
    ),
    (
        "thumbnail-of-today",
        player(thumbnail(200), "How deltas grow"),
        player(thumbnail(205), "How deltas grow"),
        OK,
    ),
]

ICONS = (
    "home",
    "search",
    "menu",
    "settings",
    "delete",
    "favorite",
    "person",
    "check_circle",
    "chevron_right",
    "shopping_cart",
    "arrow_back",
    "expand_more",
)


def icons(drawn: bool) -> str:
    sign = (
        '<svg width=96 height=96><circle cx=48 cy=48 r=40 fill="none" stroke="#246" stroke-width=9 /><path d="M24 52l18 16 30-40" fill="none" stroke="#246" stroke-width=9 /></svg>'
        if drawn
        else '<span style="font-size:30px">{name}</span>'
    )
    cells = "".join(
        f'<div style="width:210px;height:150px;overflow:hidden">{sign.format(name=name) if not drawn else sign}</div>'
        for name in ICONS * 2
    )
    return f"{LOOK}<main><h2>Icons</h2><div class=row>{cells}</div></main>"


FORMULAS = (
    "\\int_0^\\infty e^{-x^2}dx = \\frac{\\sqrt{\\pi}}{2}",
    "\\nabla \\cdot \\mathbf{E} = \\frac{\\rho}{\\varepsilon_0}",
    "\\sum_{n=1}^\\infty \\frac{1}{n^2} = \\frac{\\pi^2}{6}",
)
SET_FORMULAS = (
    f"{LOOK}<main><h2>Three formulas</h2>"
    + "".join(
        f'<p style="text-align:center;font:40px serif"><i>{f}</i></p>'
        for f in ("∫₀<sup>∞</sup> e<sup>−x²</sup>dx = ½√π", "∇ · <b>E</b> = ρ/ε₀", "∑ 1/n² = π²/6")
    )
    + "</main>"
)
RAW_FORMULAS = (
    f"{LOOK}<main><h2>Three formulas</h2>"
    + "".join(f"<p>$${f}$$</p>" for f in FORMULAS)
    + "</main>"
)
FALLING = """<canvas width=1600 height=860 style="background:#000"></canvas><script>
const g = document.querySelector("canvas").getContext("2d"); let t = Math.random() * 99;
setInterval(() => { t += .03; g.clearRect(0, 0, 1600, 860); for (let n = 0; n < 90; n++) { g.fillStyle = `hsl(${n * 4} 90% 60%)`;
  g.fillRect(800 + Math.cos(t + n) * 600, 430 + Math.sin(t * 1.3 + n) * 350, 40, 40) } }, 40);</script>"""
HERO = f'{LOOK}<div style="height:800px;background:url(&quot;{thumbnail(20)}&quot;) center/cover;display:flex;align-items:center;justify-content:center"><h1 style="color:#fff">Walk the coast</h1></div>'
PHOTOS = (
    f"{LOOK}<main><h2>Photographs</h2><div class=row>"
    + "".join(f'<img width=320 height=200 alt="" src="{thumbnail(n * 31)}">' for n in range(9))
    + "</div></main>"
)

GRAPHICS: list[Row] = [
    # itowns 428, gcode-preview 293
    (
        "webgl-not-supported",
        message(
            '<span style="color:#b00">WebGL is not supported by your browser or graphics card.</span>'
        ),
        SAME,
        RECORDED,
    ),
    # pannellum 239: the context is lost, the canvas stays
    ("canvas-went-blank", f"{LOOK}{SCENE}", f"{LOOK}<canvas width=1600 height=860></canvas>", GAP),
    # google/fonts 238: the words of ligatures in place of their signs
    ("icons-as-words", icons(True), icons(False), GAP),
    ("hero-lost", HERO, HERO.replace(thumbnail(20), "lost.jpg"), GAP),
    ("photos-lost", PHOTOS, PHOTOS.replace('src="data', 'src="lost.jpg" data-was="data'), GAP),
    (
        "mermaid-syntax",
        f'{LOOK}<div class="mid"><svg width=120 height=120><path d="M60 8L112 104H8Z" fill="#552222"/></svg><div style="font-size:30px">Syntax error in text</div><div>mermaid version 10.9.1</div></div>',
        SAME,
        RECORDED,
    ),
    ("formulas-raw", SET_FORMULAS, RAW_FORMULAS, GAP),
    (
        "svg-chart-lost-its-data",
        f"{LOOK}<main><h2>Rain</h2>{line_chart(3)}{paragraphs('Rain fell.')}</main>",
        f"{LOOK}<main><h2>Rain</h2><svg width=560 height=200></svg>{paragraphs('Rain fell.')}</main><script>fetch('rain.csv').catch(() => 0)</script>",
        GAP,
    ),
    (
        "model-cannot-load",
        message(
            "<b>Error loading model</b>",
            "Could not load scene.gltf. Check that the file exists.",
            style="background:#222;color:#eee",
        ),
        SAME,
        RECORDED,
    ),
    ("scene", f"{LOOK}{SCENE}", SAME, OK),
    ("cubes-turn", f"{LOOK}{FALLING}", SAME, OK),
    (
        "another-drawing-each-time",
        f"{LOOK}{SCENE.replace('Math.cos(n)', 'Math.cos(n * Math.random())')}",
        SAME,
        OK,
    ),
    ("formulas", SET_FORMULAS, SAME, OK),
    (
        "next-photo",
        f'{LOOK}<img style="width:100%;height:90vh" alt="" src="{thumbnail(200)}"><p>1 of 3</p>',
        f'{LOOK}<img style="width:100%;height:90vh" alt="" src="{thumbnail(40)}"><p>2 of 3</p>',
        OK,
    ),
    (
        "few-dots",
        "<body style='margin:0;background:#0b0b14'><svg width=1600 height=900>"
        + "".join(
            f'<circle cx={n * 293 % 1600} cy={n * 181 % 900} r=5 fill="#fd6"/>' for n in range(14)
        )
        + "</svg>",
        SAME,
        OK,
    ),
    (
        "light-then-dark-now",
        article("Dunes", "Sand walks.", "Grass holds it.", "Wind wins."),
        "<style>body{background:#15181c!important;color:#dde!important}</style>"
        + article("Dunes", "Sand walks.", "Grass holds it.", "Wind wins."),
        OK,
    ),
    ("another-font", APP, "<style>body{font-family:serif!important}</style>" + APP, OK),
    (
        "spinners-for-sale",
        f"{LOOK}<main><h1>Twelve CSS loaders</h1><p>Copy the one you like; each is a single element.</p><div class=row>"
        + "".join(
            f'<div class=panel style="width:220px;height:150px">Loader {n + 1}{SPINNER}</div>'
            for n in range(12)
        )
        + "</div></main>",
        SAME,
        OK,
    ),
]
