# ruff: noqa: E501  (rows of markup)
"""Situations of embeds in a talk: what the capture saw, what the copy shows, the verdict.

A row is ``(id, then, now, verdict)``: two bodies, ``now`` being ``SAME`` where the copy shows what
was recorded. The captured picture, counts and words are taken from ``then`` in a real browser.
"""

from __future__ import annotations

from typing import Final

SAME: Final = ""
OK, GAP, RECORDED = "good", "gap", "recorded"
"""The copy will do; it lacks what was recorded; what was recorded is broken."""

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


Row = tuple[str, str, str, str]

ERRORS: list[Row] = [
    ("error-404", page("404 Not Found", "nginx"), SAME, RECORDED),
    ("error-410", page("410 Gone", "It was here once."), SAME, RECORDED),
    ("error-500", page("500 Internal Server Error"), SAME, RECORDED),
    ("error-502", page("502 Bad Gateway", "cloudflare"), SAME, RECORDED),
    ("error-503", page("Service Temporarily Unavailable"), SAME, RECORDED),
    ("error-429", page("Too Many Requests", "Slow down."), SAME, RECORDED),
    ("error-403", page("403 Forbidden", "nginx/1.25"), SAME, RECORDED),
    ("error-router", f"{STYLE}<div id=root>404 page not found</div>", SAME, RECORDED),
    ("error-pages", page("404", "There isn't a GitHub Pages site here."), SAME, RECORDED),
    ("error-database", page("Error establishing a database connection"), SAME, RECORDED),
    (
        "error-application",
        page("Application error: a client-side exception has occurred"),
        SAME,
        RECORDED,
    ),
    (
        "error-reached",
        page(
            "This site can’t be reached", "example.org refused to connect. ERR_CONNECTION_REFUSED"
        ),
        SAME,
        RECORDED,
    ),
    (
        "error-dns",
        page("example.org", "Check if there is a typo. DNS_PROBE_FINISHED_NXDOMAIN"),
        SAME,
        RECORDED,
    ),
    (
        "error-parked",
        page("example.org", "Buy this domain. This domain is parked."),
        SAME,
        RECORDED,
    ),
    ("error-german", page("Seite nicht gefunden", "Die Adresse gibt es nicht."), SAME, RECORDED),
    ("error-french", page("Page introuvable"), SAME, RECORDED),
    ("error-spanish", page("Página no encontrada"), SAME, RECORDED),
    ("error-japanese", page("ページが見つかりません"), SAME, RECORDED),
    ("error-in-the-copy", ARTICLE, page("404 Not Found"), GAP),
    ("error-in-the-copy-router", ARTICLE, f"{STYLE}<div id=root>404 page not found</div>", GAP),
    (
        "error-lecture",
        f"<title>404: how servers say no</title>{LONG.replace('Rivers of the plain', '404: how servers say no')}",
        SAME,
        OK,
    ),
    (
        "error-lecture-500",
        LONG.replace("Rivers of the plain", "500 Internal Server Error, explained"),
        SAME,
        OK,
    ),
    ("error-number", page("Höhe 404 m", "The hut stands 404 m above the sea.", CHART), SAME, OK),
    (
        "error-rates",
        page("Measurement errors", "How errors of the gauge spread.", CHART + PARAGRAPH),
        SAME,
        OK,
    ),
    (
        "error-table",
        LONG + "<table><tr><td>404<td>Not Found<tr><td>500<td>Internal Server Error</table>",
        SAME,
        OK,
    ),
]

PLAYERS: list[Row] = [
    (
        "player-153",
        player("<b>Video unavailable</b><br>Error 153<br>Video player configuration error"),
        SAME,
        RECORDED,
    ),
    ("player-private", player("This video is private"), SAME, RECORDED),
    (
        "player-privacy",
        player("Because of its privacy settings, this video cannot be played here."),
        SAME,
        RECORDED,
    ),
    (
        "player-media",
        player("The media could not be loaded, either because the server or network failed"),
        SAME,
        RECORDED,
    ),
    ("player-source", player("No compatible source was found for this media."), SAME, RECORDED),
    ("player-german", player("Dieses Video ist nicht verfügbar"), SAME, RECORDED),
    ("player-french", player("Vidéo non disponible"), SAME, RECORDED),
    (
        "player-code",
        player("Error Code: 102630<br>This content is currently unavailable"),
        SAME,
        RECORDED,
    ),
    ("player-playback", player("Playback error. Please try again later."), SAME, RECORDED),
    (
        "player-in-a-frame",
        f"{STYLE}<h2>Talk</h2><iframe width=1500 height=800 srcdoc='{player('Video unavailable')}'></iframe>",
        SAME,
        RECORDED,
    ),
    (
        "player-fails-in-the-copy",
        VIDEO,
        player("An error occurred. Please try again later. (Playback ID: x1)"),
        GAP,
    ),
    ("player-unavailable-in-the-copy", VIDEO, player("Video unavailable"), GAP),
    ("player-good", VIDEO, SAME, OK),
    (
        "player-good-in-a-frame",
        f"{STYLE}<h2>Talk</h2><iframe width=1500 height=800 srcdoc='{VIDEO}'></iframe>",
        SAME,
        OK,
    ),
    ("player-article", LONG.replace("Rivers of", "When a video is unavailable:"), SAME, OK),
]

WAITING: list[Row] = [
    ("waiting-wheel", STYLE + TURNING, SAME, RECORDED),
    ("waiting-word", f"{STYLE}<p>Loading…</p>", SAME, RECORDED),
    ("waiting-german", f"{STYLE}<p>Bitte warten …</p>", SAME, RECORDED),
    ("waiting-french", f"{STYLE}<p>Chargement en cours…</p>", SAME, RECORDED),
    ("waiting-kernel", f"{STYLE}{TURNING}<p>Connecting to kernel…</p>", SAME, RECORDED),
    ("waiting-pending", f"{STYLE}<p id=o>pending</p>", SAME, RECORDED),
    ("waiting-blocks", BLOCK_GRID, SAME, RECORDED),
    ("waiting-bar", f"{STYLE}<h3>Viewer</h3><progress></progress>", SAME, RECORDED),
    ("waiting-layer", over(TURNING + "<p>Loading data…</p>", "background:#fffe"), SAME, RECORDED),
    ("waiting-in-the-copy", ARTICLE, STYLE + TURNING, GAP),
    ("waiting-blocks-in-the-copy", CARDS, BLOCK_GRID, GAP),
    ("waiting-polls-in-the-copy", f"{STYLE}<p>result 42</p>", f"{STYLE}<p>pending</p>", GAP),
    ("waiting-word-in-the-copy", DASHBOARD, f"{STYLE}<h1>Rainfall</h1><p>Loading…</p>", GAP),
    (
        "waiting-button",
        ARTICLE + f"<button>{SPIN}<span class=wheel></span>Saving</button>",
        SAME,
        OK,
    ),
    ("waiting-demo", LONG.replace("Rivers of the plain", "Rotation in CSS") + TURNING, SAME, OK),
    ("waiting-done", ARTICLE.replace("<h1>", '<h1 class="loaded">'), SAME, OK),
    ("waiting-measured", ARTICLE + "<progress value=70 max=100></progress>", SAME, OK),
    ("waiting-docks", LONG.replace("Rivers of the plain", "Loading docks of the port"), SAME, OK),
    (
        "waiting-ends",
        ARTICLE,
        f"{STYLE}{TURNING}<script>setTimeout(() => {{ document.body.innerHTML = `{ARTICLE}` }}, 1500)</script>",
        OK,
    ),
]

WALLS: list[Row] = [
    (
        "wall-sign-in",
        page("Sign in", "", "<input type=email name=email><input type=password>"),
        SAME,
        RECORDED,
    ),
    ("wall-german", page("Anmelden", "", "<input name=user><input type=password>"), SAME, RECORDED),
    (
        "wall-bot",
        page("Just a moment...", "Checking your browser before accessing the site."),
        SAME,
        RECORDED,
    ),
    (
        "wall-human",
        page("One more step", "Verify you are human by completing the action below."),
        SAME,
        RECORDED,
    ),
    ("wall-app", page("Feed", "Open this in the app to see more."), SAME, RECORDED),
    ("wall-country", page("Sorry", "This is not available in your country."), SAME, RECORDED),
    (
        "wall-subscribe",
        over("<h2>Subscribe to continue reading</h2>", "background:#fffc"),
        SAME,
        RECORDED,
    ),
    (
        "wall-consent",
        over("<h2>We value your privacy</h2><p>We use cookies.</p><button>Accept all</button>"),
        SAME,
        RECORDED,
    ),
    (
        "wall-consent-half",
        bar("<h3>Cookies</h3><p>We and our partners store cookies. Do you agree?</p>", "45vh"),
        SAME,
        RECORDED,
    ),
    (
        "wall-consent-german",
        over("<h2>Datenschutz</h2><p>Wir verwenden Cookies.</p><button>Alle akzeptieren</button>"),
        SAME,
        RECORDED,
    ),
    ("wall-scripts", page("App", "You need to enable JavaScript to run this app."), SAME, RECORDED),
    (
        "wall-scripts-in-the-copy",
        CARDS,
        page("App", "You need to enable JavaScript to run this app."),
        GAP,
    ),
    (
        "wall-consent-in-the-copy",
        ARTICLE,
        over("<p>We use cookies.</p><button>Accept</button>"),
        GAP,
    ),
    ("wall-consent-line", bar("We use cookies.", "2.5rem"), SAME, OK),
    ("wall-form-in-the-head", f"<form>Log in <input type=password></form>{LONG}", SAME, OK),
    (
        "wall-about-sign-in",
        LONG.replace("Rivers of the plain", "How sign in with OAuth works"),
        SAME,
        OK,
    ),
    (
        "wall-newsletter",
        LONG + "<div class=card>Subscribe to our letter <input type=email></div>",
        SAME,
        OK,
    ),
    (
        "wall-about-scripts",
        LONG + "<p>Where JavaScript is disabled, the map is a picture.</p>",
        SAME,
        OK,
    ),
]

LAYERS: list[Row] = [
    ("layer-grey", ARTICLE, over("", "background:#999;opacity:.6"), GAP),
    ("layer-opaque", ARTICLE, over("", "background:#eee"), GAP),
    ("layer-lets-clicks-through", ARTICLE, over("", "background:#9999;pointer-events:none"), GAP),
    ("layer-blur", ARTICLE, over("", "backdrop-filter:blur(14px)"), GAP),
    ("layer-disconnected", ARTICLE, over("<h2>Disconnected from server</h2>"), GAP),
    (
        "layer-modal",
        ARTICLE,
        ARTICLE
        + "<style>::backdrop{background:#000b}</style><dialog id=d><p>Connection lost</p></dialog><script>d.showModal()</script>",
        GAP,
    ),
    (
        "layer-in-shadow",
        ARTICLE,
        ARTICLE
        + "<div id=s></div><script>s.attachShadow({mode: 'open'}).innerHTML = '<div style=\"position:fixed;inset:0;background:#888d\">Reconnecting…</div>'</script>",
        GAP,
    ),
    ("layer-toast", ARTICLE, bar("Connection lost.", "3rem"), GAP),
    ("layer-offline-toast", DASHBOARD, DASHBOARD + "<p>You are offline.</p>", GAP),
    ("layer-german", ARTICLE, over("<h2>Verbindung zum Server verloren</h2>"), GAP),
    ("layer-recorded", over("<h2>Connection lost</h2>"), SAME, RECORDED),
    (
        "layer-recorded-offline",
        page("Studio", "You are offline. Check your internet connection."),
        SAME,
        RECORDED,
    ),
    (
        "layer-in-a-frame",
        f"<iframe width=1800 height=900 srcdoc='{ARTICLE}'></iframe>",
        f"<iframe width=1800 height=900 srcdoc='{over('Disconnected from server')}'></iframe>",
        GAP,
    ),
    (
        "layer-app-root",
        f'{STYLE}<div class="cover" style="background:#fff;padding:2rem;overflow:auto">{LONG}</div>',
        SAME,
        OK,
    ),
    (
        "layer-root-over-shell",
        f'<h1>Shell</h1><div class="cover" style="background:#fff;padding:2rem;overflow:auto">{LONG}</div>',
        SAME,
        OK,
    ),
    (
        "layer-controls",
        f'{MAP}<div class="cover" style="pointer-events:none"><button style="pointer-events:auto">+</button></div>',
        SAME,
        OK,
    ),
    (
        "layer-header",
        f'<div style="position:fixed;top:0;left:0;right:0;height:4rem;background:#eef;z-index:5">Rivers</div>{LONG}',
        SAME,
        OK,
    ),
    (
        "layer-header-sign-in",
        f'<div style="position:fixed;top:0;left:0;right:0;height:14rem;background:#eef8;z-index:5">Rivers <a href=#>Sign in</a></div>{LONG}',
        SAME,
        OK,
    ),
    ("layer-welcome", over("<h2>Welcome to the tour</h2><p>Press any key.</p>"), SAME, OK),
    ("layer-light-box", over(CHART, "background:#000d"), SAME, OK),
    (
        "layer-behind",
        f'<div style="position:fixed;inset:0;background:#def;z-index:-1"></div>{LONG}',
        SAME,
        OK,
    ),
    ("layer-vanishes", over("<h2>Welcome</h2>", "background:#456"), ARTICLE, OK),
]

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

EMPTY: list[Row] = [
    ("empty-app", f"{STYLE}<nav>Home · About</nav><div id=root></div>", SAME, RECORDED),
    (
        "empty-main",
        f"{STYLE}<nav>Home</nav><main><div></div></main><footer>© 2026</footer>",
        SAME,
        RECORDED,
    ),
    ("empty-in-the-copy", CARDS, f"{STYLE}<nav>Home</nav><div id=app></div>", GAP),
    ("empty-main-beside-a-chart", f"{STYLE}<nav>Home</nav>{CHART}<main></main>", SAME, OK),
    ("empty-root-of-another-app", f"{LONG}<div id=root></div>", SAME, OK),
    (
        "empty-app-draws",
        f"{STYLE}<div id=app><canvas width=1500 height=800></canvas></div><script>{DRAWING}</script>",
        SAME,
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
]

SITUATIONS: Final = {
    "error pages": ERRORS,
    "players": PLAYERS,
    "waiting": WAITING,
    "walls": WALLS,
    "layers": LAYERS,
    "losses": LOSSES,
    "empty pages": EMPTY,
    "changes": CHANGES,
    "offline": OFFLINE,
}
