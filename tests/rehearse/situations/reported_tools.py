# ruff: noqa: E501  (rows of markup)
"""Documents, notebooks, playgrounds and widgets as public reports describe them."""

from __future__ import annotations

from .labels import GAP, OK, RECORDED, SAME, Row
from .reported_markup import LOOK, SPINNER, article, line_chart, message, paragraphs


def fill(markup: str, *values: str) -> str:
    """``markup`` with a value for each ``{}``."""
    for value in values:
        markup = markup.replace("{}", value, 1)
    return markup


EDITOR = '<pre style="width:46%;height:620px;background:#1e1e28;color:#cde;margin:0">&lt;h1&gt;Tides&lt;/h1&gt;\n&lt;svg&gt;…&lt;/svg&gt;\n\nconst moon = 27.3;\nconst sun = 365.25;\n\nfor (let day = 0; day &lt; 28; day++) {\n  draw(day, tide(moon, sun, day));\n}</pre>'
PLAYGROUND = f"{LOOK}<header>Pen</header><div style='display:flex'>{EDITOR}<div style='width:54%;padding:20px'>{{}}</div></div>"
RESULT = f"<h1>Tides</h1>{line_chart(7, '#27a')}{line_chart(9, '#27a')}<p>High water comes an hour later each day.</p>"
CELLS = "".join(
    f"<p style='color:#457'>[{n}]:</p><pre>values = load('station-{n}.csv')\nvalues.rolling(7).mean().plot()</pre>{{}}"
    for n in range(1, 4)
)
NOTEBOOK = f"{LOOK}<main><h1>Rain, week by week</h1>{CELLS}</main>"
PDF = (
    "<style>body{margin:0;background:#525659;font-family:serif}.page{width:800px;height:1100px;margin:70px auto;background:#fff;padding:70px;box-sizing:border-box}</style>"
    '<div style="position:fixed;left:0;right:0;top:0;background:#323639;color:#fff;padding:12px 20px;font-family:sans-serif">rivers.pdf &nbsp; 1 / 12 &nbsp; − 100 % +</div>'
)
DOCUMENTS: list[Row] = [
    (
        "drive-no-file",
        LOOK
        + "<main><h2>Sorry, the file you have requested does not exist.</h2><p>Make sure that you have the correct URL and the file exists.</p></main>",
        SAME,
        RECORDED,
    ),
    (
        "pdf-failed",
        PDF
        + '<div style="text-align:center;color:#fff;padding-top:280px;font-family:sans-serif">Failed to load PDF document.<p><button>Reload</button></p></div>',
        SAME,
        RECORDED,
    ),
    (
        "pdf-corrupted",
        PDF
        + '<div style="position:fixed;left:0;right:0;top:44px;background:#d33;color:#fff;padding:10px 20px">Invalid or corrupted PDF file. <button>Close</button></div>',
        SAME,
        RECORDED,
    ),
    (
        "binder-starts",
        f"{LOOK}<main><h1>Starting repository: rivers/atlas/main</h1><p>New to Binder? Check out the documentation.</p>{SPINNER}<pre>Found built image, launching...\nLaunching server...</pre></main>",
        SAME,
        RECORDED,
    ),
    # voici-demo 23
    (
        "executing-1-of-12",
        f'{LOOK}<div class="mid">{SPINNER}<div>Executing 1 of 12</div></div>',
        SAME,
        RECORDED,
    ),
    (
        "no-dependency",
        f"{LOOK}<div style='background:#fff;border-left:8px solid #e36049;padding:30px;margin:30px'><h2 style='color:#e36049'>DependencyNotFoundError</h2><p>Could not find dependency: 'd3' relative to '/src/index.js'</p></div>",
        SAME,
        RECORDED,
    ),
    (
        "board-without-access",
        message(
            "<h2>This board isn’t available</h2>",
            "It may have been deleted, or you don’t have access to it.",
        ),
        SAME,
        RECORDED,
    ),
    (
        "wikimedia-error",
        LOOK
        + "<main><h1>Error</h1><p>Our servers are currently under maintenance or experiencing a technical issue. Please try again in a few minutes.</p></main>",
        SAME,
        RECORDED,
    ),
    (
        "not-archived",
        LOOK
        + "<main><h2>Hrm.</h2><p>The Wayback Machine has not archived that URL.</p><p>This page is not available on the web because page does not exist.</p></main>",
        SAME,
        RECORDED,
    ),
    ("result-went-blank", fill(PLAYGROUND, RESULT), fill(PLAYGROUND, ""), GAP),
    (
        "outputs-lost",
        fill(NOTEBOOK, *(line_chart(n + 2) for n in range(3))),
        fill(NOTEBOOK, "", "", ""),
        GAP,
    ),
    (
        "kernel-died",
        fill(NOTEBOOK, "", "", "")
        + '<div style="position:fixed;inset:0;background:#0006;display:flex;align-items:center;justify-content:center"><div style="background:#fff;padding:30px;width:480px"><b>Kernel Restarting</b><p>The kernel appears to have died. It will restart automatically.</p><button>OK</button></div></div>',
        SAME,
        RECORDED,
    ),
    ("italian-not-published", message("Questo documento non è pubblicato."), SAME, RECORDED),
    ("playground", fill(PLAYGROUND, RESULT), SAME, OK),
    ("notebook", fill(NOTEBOOK, *(line_chart(n + 2) for n in range(3))), SAME, OK),
    (
        "notebook-on-exceptions",
        f"{LOOK}<main><h1>Exceptions</h1><p>What happens when a value is not a number?</p><pre>float('three')</pre><pre style='background:#fdd'>ValueError                 Traceback (most recent call last)\nCell In[1], line 1\n----&gt; 1 float('three')\n\nValueError: could not convert string to float: 'three'</pre>{paragraphs('An exception is a value too.', 'It can be caught.')}</main>",
        SAME,
        OK,
    ),
    (
        "api-reference",
        f"{LOOK}<main><h1>Errors</h1><table>"
        + "".join(
            f"<tr><td>{c}</td><td>{t}</td><td>Returned when the call cannot be answered.</td></tr>"
            for c, t in (
                (401, "Unauthorized"),
                (403, "Forbidden"),
                (404, "Not found"),
                (429, "Too many requests"),
                (500, "Internal server error"),
                (503, "Service unavailable"),
            )
        )
        + "</table></main>",
        SAME,
        OK,
    ),
    (
        "no-match-yet",
        f"{LOOK}<main><h2>Regular expressions</h2><p><input value='[a-z]+' style='width:600px'></p><p>No match</p><p>Cheat sheet: <code>.</code> any, <code>*</code> many, <code>?</code> one or none</p></main>",
        SAME,
        OK,
    ),
    (
        "plain-text",
        "<pre>"
        + "\n".join(
            f"{n}.  The octets of a header end with CRLF; a recipient may accept LF alone."
            for n in range(1, 26)
        )
        + "</pre>",
        SAME,
        OK,
    ),
    (
        "pdf-page",
        PDF + f'<div class="page"><h1>Rivers</h1>{paragraphs("Sand.", "Silt.", "Clay.")}</div>',
        SAME,
        OK,
    ),
    (
        "board",
        f"{LOOK}<main style='max-width:none'><div class=row>"
        + "".join(
            f'<div class=panel style="width:300px;height:420px;background:#eef"><b>{c}</b><p>Write tests</p><p>Fix the login error</p><p>Ask Ana</p></div>'
            for c in ("Waiting", "Blocked", "Loading dock", "Failed review", "Done")
        )
        + "</div></main>",
        SAME,
        OK,
    ),
    (
        "about-skeletons",
        article(
            "Skeleton screens",
            "A skeleton is shown while a page is loading.",
            "It moves, so that we wait.",
            "Loading… is a word of the past.",
        )
        + '<main><div style="height:20px;width:300px;background:#ddd"></div></main>',
        SAME,
        OK,
    ),
    (
        "cover-page",
        f'{LOOK}<div class="mid" style="font:italic 54px serif">The Sand Book<div style="font-size:24px">A novel</div></div>',
        SAME,
        OK,
    ),
]

POST = (
    LOOK
    + '<div style="max-width:560px;margin:30px auto;border:1px solid #ccd;border-radius:14px;padding:22px"><b>Ana Ruiz</b> @ana{}<p style="color:#667">12 March · 312 likes</p></div>'
)
WEATHER = (
    LOOK
    + '<div style="display:flex;gap:30px;padding:40px;background:#cfe6ff">'
    + "".join(
        f'<div style="text-align:center"><b>{d}</b><div style="font-size:70px">{{}}</div><div style="font-size:40px">{{}}</div></div>'
        for d in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
    )
    + "</div>"
)
QUIZ = (
    LOOK
    + "<main><h1>Which river is the longest?</h1><div class=row>"
    + "".join(
        f'<div class=panel style="height:130px;font-size:30px;background:hsl({n * 80} 50% 80%)">{r}</div>'
        for n, r in enumerate(("Nile", "Amazon", "Yangtze", "Volga"))
    )
    + "</div></main>"
)
WIDGETS: list[Row] = [
    (
        "post-not-found",
        message(
            "Hmm...this page doesn’t exist. Try searching for something else.", button="Search"
        ),
        SAME,
        RECORDED,
    ),
    (
        "post-try-reloading",
        message("Something went wrong. Try reloading.", button="Retry"),
        SAME,
        RECORDED,
    ),
    (
        "photo-removed",
        message(
            "<h2>Sorry, this page isn't available.</h2>",
            "The link you followed may be broken, or the page may have been removed.",
        ),
        SAME,
        RECORDED,
    ),
    (
        "weather-without-values",
        fill(WEATHER, *("☀", "21°", "☁", "18°", "☂", "14°") * 2),
        fill(WEATHER, *("", "--°") * 6),
        GAP,
    ),
    (
        "reconnecting",
        QUIZ,
        QUIZ
        + '<div style="position:fixed;left:0;right:0;top:0;background:#c33;color:#fff;padding:12px;text-align:center">Connection lost. Reconnecting…</div>',
        GAP,
    ),
    (
        "comments-lost",
        fill(
            POST,
            f"{paragraphs('The bridge is open.')}<h3>3 comments</h3>{paragraphs('At last!', 'I walked it today.', 'Photos?')}",
        ),
        fill(POST, f"{paragraphs('The bridge is open.')}{SPINNER}"),
        GAP,
    ),
    (
        "dutch-no-connection",
        message("Geen internetverbinding", "Controleer je verbinding en probeer het opnieuw."),
        SAME,
        RECORDED,
    ),
    (
        "korean-not-found",
        message("<h1>페이지를 찾을 수 없습니다</h1>", "입력하신 주소가 올바른지 확인해 주세요."),
        SAME,
        RECORDED,
    ),
    (
        "arabic-error",
        message('<div dir="rtl">حدث خطأ ما. يرجى المحاولة مرة أخرى لاحقًا.</div>'),
        SAME,
        RECORDED,
    ),
    ("poll-is-open", QUIZ, SAME, OK),
    (
        "poll-is-closed",
        LOOK
        + "<main><h1>Which river is the longest?</h1>"
        + "".join(
            f'<p>{r} <span style="display:inline-block;background:#48a;height:24px;width:{w * 8}px"></span> {w} %</p>'
            for r, w in (("Nile", 51), ("Amazon", 38), ("Yangtze", 11))
        )
        + "<p>This poll is closed. 412 votes.</p></main>",
        SAME,
        OK,
    ),
    ("post", fill(POST, paragraphs("The bridge is open.")), SAME, OK),
    (
        "post-about-an-outage",
        fill(
            POST,
            "<p>Something went wrong with the bridge again: “service unavailable” says the sign. Try again later, it adds. #404</p>",
        ),
        SAME,
        OK,
    ),
    (
        "chat-in-the-corner",
        QUIZ
        + '<div style="position:fixed;right:24px;bottom:24px;width:70px;height:70px;border-radius:50%;background:#27a"></div>',
        SAME,
        OK,
    ),
    (
        "weather",
        fill(WEATHER, *("☀", "21°", "☁", "18°", "☂", "14°") * 2),
        fill(WEATHER, *("☁", "17°", "☂", "13°", "☀", "20°") * 2),
        OK,
    ),
    (
        "clock",
        f'{LOOK}<div class="mid" style="font-size:200px" id=t></div><script>setInterval(() => {{ t.textContent = new Date().toLocaleTimeString() }}, 200)</script>',
        SAME,
        OK,
    ),
    (
        "quotes",
        LOOK
        + "<main><h1>Markets</h1><table>"
        + "".join(f"<tr><td>Share {n}</td><td class=v></td></tr>" for n in range(12))
        + "</table></main><script>setInterval(() => document.querySelectorAll('.v').forEach((v) => { v.textContent = (Math.random() * 99).toFixed(2) }), 100)</script>",
        SAME,
        OK,
    ),
    (
        "quote-of-the-day",
        f'{LOOK}<div class="mid" style="font:italic 34px serif">“No man ever steps in the same river twice.”</div>',
        f'{LOOK}<div class="mid" style="font:italic 34px serif">“Rivers know this: there is no hurry.”</div>',
        OK,
    ),
    (
        "timer-in-the-talk",
        f'{LOOK}<div class="mid"><div style="font-size:160px">05:00</div><div>Time to discuss</div><button>Start</button></div>',
        SAME,
        OK,
    ),
]
