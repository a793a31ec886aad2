# ruff: noqa: E501  (rows of markup)
"""What stands in front of a page or in its place: waiting, walls, layers."""

from __future__ import annotations

from .labels import GAP, OK, RECORDED, SAME, Row
from .markup import (
    ARTICLE,
    BLOCK_GRID,
    CARDS,
    CHART,
    DASHBOARD,
    LONG,
    MAP,
    SPIN,
    STYLE,
    TURNING,
    bar,
    over,
    page,
)

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
