# ruff: noqa: E501  (rows of markup)
"""Dashboards and applications as public reports describe them, each with good neighbours.

A comment names the report: the repository and the number of its issue.
"""

from __future__ import annotations

from .labels import GAP, OK, RECORDED, SAME, Row
from .reported_markup import (
    APP,
    CHARTS,
    DARK,
    LOOK,
    NAMES,
    SPINNER,
    article,
    dashboard,
    line_chart,
    message,
    paragraphs,
)

GREY = '<div style="position:fixed;inset:0;background:#999;opacity:.5;z-index:9999"></div>'

DASHBOARDS: list[Row] = [
    # zmon-controller 68: panels say "no data" when the session has expired
    (
        "panels-lost-their-data",
        CHARTS,
        dashboard(
            *(
                (name, '<div style="padding:90px 0;text-align:center">No data</div>')
                for name in NAMES
            )
        ),
        GAP,
    ),
    (
        "panels-failed",
        dashboard(
            *((name, '<p style="color:#c4162a">⚠ Failed to fetch</p>') for name in NAMES),
            style=DARK,
        ),
        SAME,
        RECORDED,
    ),
    # metabase 10269
    (
        "chart-problem",
        dashboard(
            *(
                (
                    name,
                    '<div style="padding:80px 20px;text-align:center">There was a problem displaying this chart.</div>',
                )
                for name in NAMES[:4]
            )
        ),
        SAME,
        RECORDED,
    ),
    # metabase 11728
    ("token-is-expired", message("Token is expired (1579057397)"), SAME, RECORDED),
    # tableau-viz-lwc 51
    (
        "session-expired",
        message(
            "<b>Session Expired</b>",
            "Your session is no longer valid. Sign in again to view this workbook.",
            button="Sign In",
        ),
        SAME,
        RECORDED,
    ),
    # superset 30402: its logo turns for ever
    ("loader-for-ever", LOOK + f'<div class="mid">{SPINNER}</div>', SAME, RECORDED),
    # shinyapps 199
    ("shiny-disconnected", message("Disconnected from the server.", "Reload"), SAME, RECORDED),
    # shinyapps 190: greyed out, and no word why
    ("shiny-greyed-out", CHARTS, CHARTS + GREY, GAP),
    # policyengine-app 2775
    (
        "app-sleeps",
        message(
            "<h2>Zzzz</h2>",
            "This app has gone to sleep due to inactivity. Would you like to wake it back up?",
            button="Yes, get this app back up!",
        ),
        SAME,
        RECORDED,
    ),
    (
        "report-french",
        message(
            "<b>Impossible d’afficher ce rapport</b>",
            "Nous n’avons pas pu charger le contenu demandé. Veuillez réessayer ultérieurement.",
        ),
        SAME,
        RECORDED,
    ),
    # A copy whose figures were never filled in
    (
        "figures-undefined",
        LOOK
        + "<main><h1>Stations</h1><table>"
        + "".join(
            f"<tr><td>Station {n}</td><td>{n * 7 % 31}.4 °C</td><td>{n * 13 % 99} %</td><td>{n * 5} mm</td></tr>"
            for n in range(14)
        )
        + "</table></main>",
        LOOK
        + "<main><h1>Stations</h1><table>"
        + "".join(
            f"<tr><td>Station {n}</td><td>NaN °C</td><td>undefined %</td><td>undefined mm</td></tr>"
            for n in range(14)
        )
        + "</table></main>",
        GAP,
    ),
    (
        "charts-lost-their-lines",
        CHARTS,
        dashboard(*((name, '<svg width="560" height="200"></svg>') for name in NAMES)),
        GAP,
    ),
    ("charts-good", CHARTS, SAME, OK),
    (
        "error-rate",
        dashboard(
            ("Error rate", line_chart(5, "#c22")),
            ("5xx errors by host", line_chart(8, "#c22")),
            ("Failed requests", '<div style="font-size:90px;color:#c22">0.3 %</div>'),
            ("Timeouts", line_chart(4)),
        ),
        SAME,
        OK,
    ),
    (
        "alerts",
        LOOK
        + "<main><h1>Alerts</h1><table><tr><th>Host</th><th>State</th><th>Since</th></tr>"
        + "".join(
            f"<tr><td>node-{n}</td><td>{('Error', 'Timeout', 'Offline', 'OK', 'Connection lost')[n % 5]}</td><td>{n} min</td></tr>"
            for n in range(15)
        )
        + "</table></main>",
        SAME,
        OK,
    ),
    (
        "one-panel-empty",
        dashboard(
            *((name, line_chart(n + 3)) for n, name in enumerate(NAMES[:5])),
            ("Disk", "<p>No data</p>"),
        ),
        SAME,
        OK,
    ),
    (
        "dark-dashboard",
        dashboard(
            *((name, line_chart(n + 3, "#7eb26d")) for n, name in enumerate(NAMES)), style=DARK
        ),
        SAME,
        OK,
    ),
    (
        "live-figures",
        LOOK
        + "<main><h1>Now</h1><div class=row id=r></div></main><script>setInterval(() => { r.innerHTML = ['CPU', 'Memory', 'Disk', 'Net']"
        ".map((what) => `<div class=panel style='height:140px'>${what}<div style='font-size:60px'>"
        "${Math.round(Math.random() * 99)} %</div></div>`).join('') }, 200)</script>",
        SAME,
        OK,
    ),
    (
        "status-page",
        article(
            "All systems operational",
            "12 March: API unavailable in Europe. Resolved: an expired certificate.",
            "2 March: login failed for some users. Resolved.",
        ),
        SAME,
        OK,
    ),
    (
        "one-figure",
        f'{LOOK}<div class="mid"><div style="font-size:180px">42 %</div><div>of all rivers</div></div>',
        SAME,
        OK,
    ),
]

SPA_404 = message(
    '<span style="font-size:26px;border-right:1px solid #888;padding-right:18px">404</span> This page could not be found.'
)
APPLICATIONS: list[Row] = [
    # react-router 5997: the router knows the path of the copy as little as any
    ("router-404", APP, SPA_404, GAP),
    # react-router 7386: no route matches, and nothing is shown
    ("router-blank", APP, "<div id=root></div>", GAP),
    (
        "docusaurus-baseurl",
        article("Installation", "Install the package.", "Configure the site.", "Start it."),
        '<div style="border:thick solid red;margin:10px;padding:20px"><p style="font-weight:bold;color:red">Your Docusaurus site did not load '
        "properly.</p><p>A very common reason is a wrong site <code>baseUrl</code> configuration.</p><p>Current configured baseUrl = /</p></div>"
        "<a>Skip to main content</a>",
        GAP,
    ),
    # wallet-frontend 452, angular 44780
    (
        "chunk-failed",
        APP,
        message(
            "Loading chunk 12 failed.", "(missing: /static/js/12.5f3a.chunk.js)", button="Reload"
        ),
        GAP,
    ),
    (
        "client-side-exception",
        APP,
        message(
            "Application error: a client-side exception has occurred (see the browser console for more information)."
        ),
        GAP,
    ),
    (
        "without-its-styles",
        APP,
        "<header><b>Planner</b></header><div><aside><p>Today</p><p>Week</p><p>Projects</p><p>People</p></aside>"
        + APP[APP.index("<main") :],
        GAP,
    ),
    (
        "cannot-resolve-import",
        "<style>body{background:#000b}</style><div style='margin:60px auto;width:900px;background:#181818;color:#d8d8d8;font:16px/1.5 monospace;"
        "padding:30px;border-top:8px solid #ff5555'><p style='color:#ff5555'>[plugin:vite:import-analysis] Failed to resolve import "
        '"./chart" from "src/App.jsx". Does the file exist?</p><p style=\'color:#2dd9da\'>/src/App.jsx:3:19</p></div>',
        SAME,
        RECORDED,
    ),
    (
        "spanish-went-wrong",
        message("<b>Algo salió mal</b>", "Vuelve a intentarlo más tarde.", button="Reintentar"),
        SAME,
        RECORDED,
    ),
    # webpack 11453
    (
        "chinese-failed",
        message("页面加载失败", "请检查网络后刷新重试", button="刷新"),
        SAME,
        RECORDED,
    ),
    (
        "php-fatal",
        "<br /><b>Fatal error</b>:  Uncaught Error: Call to undefined function get_header() in /var/www/html/index.php:17\nStack trace:\n#0 {main}\n"
        "  thrown in <b>/var/www/html/index.php</b> on line <b>17</b><br />",
        SAME,
        RECORDED,
    ),
    ("database-connection", "<h1>Error establishing a database connection</h1>", SAME, RECORDED),
    (
        "bad-gateway",
        "<center><h1>502 Bad Gateway</h1></center><hr><center>nginx/1.24.0</center>",
        SAME,
        RECORDED,
    ),
    (
        "account-suspended",
        message(
            "<h1>Account Suspended</h1>",
            "This Account has been suspended.",
            "Contact your hosting provider for more information.",
        ),
        SAME,
        RECORDED,
    ),
    (
        "domain-for-sale",
        LOOK
        + "<main><h1>rivers-atlas.example</h1><h2>This domain is for sale!</h2><p>Buy this domain today. Make an offer.</p></main>",
        SAME,
        RECORDED,
    ),
    (
        "wartung",
        message("<h1>Wartungsarbeiten</h1>", "Wir sind in Kürze wieder für Sie da."),
        SAME,
        RECORDED,
    ),
    (
        "japanese-busy",
        message("ただいまアクセスが集中しております", "しばらくたってからもう一度お試しください。"),
        SAME,
        RECORDED,
    ),
    ("planner", APP, SAME, OK),
    (
        "about-404",
        article(
            "404 Not Found",
            "The status 404 tells a client that the server found nothing at the URL.",
            "A page not found may come back.",
            "Other errors of the family are 403 and 410.",
        ),
        SAME,
        OK,
    ),
    (
        "about-chunks",
        article(
            "Loading chunk 12 failed: what we learnt",
            "After each deploy some readers met a white page.",
            "The old files were gone.",
            "We now keep them for a week.",
        ),
        SAME,
        OK,
    ),
    (
        "three-things",
        f"{LOOK}<main><h1>To do</h1><p>☐ Read the map</p><p>☑ Call the station</p><p>☐ Write it up</p></main>",
        SAME,
        OK,
    ),
    (
        "saved",
        APP
        + '<div style="position:fixed;right:24px;bottom:24px;background:#2b7;color:#fff;padding:12px 22px">✓ Saved</div>',
        SAME,
        OK,
    ),
    (
        "japanese-words",
        f"{LOOK}<main><h1>情報用語集</h1>"
        + "".join(
            f"<p><b>{word}</b> 機械が人に何かを知らせるための言葉で、操作の途中に画面へ表示される。使い方は次の章で詳しく説明する。</p>"
            for word in ("エラー", "警告", "通知", "再読み込み", "接続", "応答")
        )
        + "</main>",
        SAME,
        OK,
    ),
    (
        "changelog",
        article(
            "Changes in 4.2",
            "Fixed: “Something went wrong” when a photo was too large.",
            "Fixed: the page stayed blank after a failed login.",
            "New: try again later is now offered.",
        ),
        SAME,
        OK,
    ),
    (
        "terminal",
        "<body style='background:#121314;color:#ccc;font:18px/1.5 monospace;padding:24px'><div>$ cargo build</div><div>   Compiling atlas v0.3.0</div>"
        "<div style='color:#f55'>error[E0382]: borrow of moved value: `rivers`</div><div>  --> src/main.rs:14:20</div><div>error: could not compile `atlas`</div>"
        "<div>$ vi src/main.rs</div><div>$ cargo build</div><div>    Finished dev in 3.1s</div><div>$ ▮</div>",
        SAME,
        OK,
    ),
    ("today-another-order", APP, APP.replace("Review", "Field Trip").replace("Lab", "Review"), OK),
    (
        "sparse-and-dark",
        f"{LOOK}<style>body{{background:#101418;color:#cde}}</style><main>{paragraphs('A night under the stars.')}</main>",
        SAME,
        OK,
    ),
]
