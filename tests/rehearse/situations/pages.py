# ruff: noqa: E501  (rows of markup)
"""Pages that are something else than what was embedded: errors, failed players, emptiness."""

from __future__ import annotations

from .labels import GAP, OK, RECORDED, SAME, Row
from .markup import ARTICLE, CARDS, CHART, DRAWING, LONG, PARAGRAPH, STYLE, VIDEO, page, player

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
