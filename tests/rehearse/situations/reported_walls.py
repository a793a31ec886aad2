# ruff: noqa: E501  (rows of markup)
"""What stands in front of a page: checks, consent, logins, borders; and pages that only speak of it."""

from __future__ import annotations

from .labels import OK, RECORDED, SAME, Row
from .reported_markup import LOOK, article, failed_player, message, paragraphs

STORY = article(
    "The delta",
    "Sand moves at night.",
    "Two dams were built.",
    "The coast answered.",
    "Nobody had asked the fishermen.",
)


def dialog(*lines: str, buttons: str = "") -> str:
    text = "".join(f"<p>{line}</p>" for line in lines)
    return (
        '<div style="position:fixed;inset:0;background:#000a;z-index:99;display:flex;align-items:center;justify-content:center">'
        f'<div style="background:#fff;width:620px;padding:32px">{text}<p>{buttons}</p></div></div>'
    )


GATES: list[Row] = [
    # cloudflare-docs 32010
    (
        "verifying-human",
        LOOK
        + "<main><h1>rivers.example</h1><h2>Verifying you are human. This may take a few seconds.</h2><p>rivers.example needs to review the security of "
        "your connection before proceeding.</p><hr><small>Ray ID: 9bbbf9337be59384</small></main>",
        SAME,
        RECORDED,
    ),
    # siteproxy 142
    (
        "verifying-chinese",
        message("rivers.example", "正在验证您是否是真人。这可能需要几秒钟时间。"),
        SAME,
        RECORDED,
    ),
    # mkdocs-material 8174 and many others: the whole page lies under the question
    (
        "zustimmung",
        STORY
        + dialog(
            "<b>Wir benötigen Ihre Zustimmung</b>",
            "Wir und unsere 812 Partner verwenden Cookies.",
            buttons="<button>Einstellungen</button> <button>Alle akzeptieren</button>",
        ),
        SAME,
        RECORDED,
    ),
    (
        "two-clicks",
        LOOK
        + '<div class="mid" style="background:#ddd"><div>Mit dem Laden des Videos akzeptieren Sie die Datenschutzerklärung von YouTube.</div>'
        "<button>Video laden</button><label><input type=checkbox> YouTube immer entsperren</label></div>",
        SAME,
        RECORDED,
    ),
    (
        "sign-in-drive",
        message(
            "<h2>Sign in</h2>",
            "to continue to Drive",
            "<input placeholder='Email or phone' style='width:360px;padding:12px'>",
            "Forgot email?",
            button="Next",
        ),
        SAME,
        RECORDED,
    ),
    (
        "need-access",
        message(
            "<h2>You need access</h2>",
            "Ask for access, or switch to an account with access.",
            button="Request access",
        ),
        SAME,
        RECORDED,
    ),
    (
        "pays",
        failed_player("Vidéo non disponible", "Cette vidéo n’est pas disponible dans votre pays."),
        SAME,
        RECORDED,
    ),
    (
        "legal-reasons",
        LOOK
        + "<main><h1>451: Unavailable due to legal reasons</h1><p>We recognize you are attempting to access this website from a country belonging to the "
        "European Economic Area and therefore access cannot be granted at this time.</p></main>",
        SAME,
        RECORDED,
    ),
    (
        "javascript-portuguese",
        "<noscript></noscript><p>Você precisa habilitar o JavaScript para executar este aplicativo.</p>",
        SAME,
        RECORDED,
    ),
    (
        "old-browser",
        message(
            "<h2>Your browser is not supported</h2>",
            "Please upgrade to the latest version of Chrome, Edge, Firefox or Safari.",
        ),
        SAME,
        RECORDED,
    ),
    (
        "subscribe-to-go-on",
        LOOK
        + f"<main><h1>The delta</h1>{paragraphs('Sand moves at night.')}</main><div style='position:fixed;left:0;right:0;top:330px;bottom:0;"
        "background:linear-gradient(#fff0,#fff 90px);padding-top:120px;text-align:center'><h2>Subscribe to continue reading</h2>"
        "<p>Already a subscriber? Log in</p><button>Subscribe for 1 € a month</button></div>",
        SAME,
        RECORDED,
    ),
    # reveal.js 1190
    ("refused", message("<h1>☹</h1>", "<b>slides.example</b> refused to connect."), SAME, RECORDED),
    (
        "age",
        message(
            "<h2>Are you of legal drinking age?</h2>",
            "You must be 18 or older to enter this site.",
            button="Yes, I am",
        ),
        SAME,
        RECORDED,
    ),
    (
        "too-many",
        message(
            "<h1>Whoa there!</h1>",
            "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
        ),
        SAME,
        RECORDED,
    ),
    (
        "access-denied",
        '<h1>Access Denied</h1><p>You don\'t have permission to access "http://maps.example/" on this server.</p><p>Reference #18.4f2d1402.17</p>',
        SAME,
        RECORDED,
    ),
    (
        "polish-sign-in",
        message(
            "<h2>Zaloguj się</h2>",
            "<input placeholder='Adres e-mail'>",
            "<input type=password placeholder='Hasło'>",
            "Nie pamiętasz hasła?",
            button="Zaloguj się",
        ),
        SAME,
        RECORDED,
    ),
    ("story", STORY, SAME, OK),
    (
        "about-signing-in",
        article(
            "Sign in with a passkey",
            "A passkey takes the place of a password.",
            "Press Sign in and choose your account.",
            "Forgot your password? You will need none.",
            "If access is denied, ask for access.",
        ),
        SAME,
        OK,
    ),
    (
        "thin-cookie-bar",
        STORY
        + '<div style="position:fixed;left:0;right:0;bottom:0;background:#222;color:#fff;padding:12px 32px">We use cookies. <button>OK</button></div>',
        SAME,
        OK,
    ),
    (
        "consent-in-the-corner",
        STORY
        + '<div style="position:fixed;left:24px;bottom:24px;width:380px;background:#fff;border:1px solid #99a;padding:18px"><b>Cookie consent</b>'
        "<p>We use cookies to measure how useful our documentation is.</p><button>Accept</button> <button>Manage</button></div>",
        SAME,
        OK,
    ),
    (
        "newsletter-at-the-end",
        STORY
        + '<main><h3>Subscribe to our newsletter</h3><input placeholder="Your email"> <button>Subscribe</button></main>',
        SAME,
        OK,
    ),
    (
        "survey",
        LOOK
        + "<main><h1>How do you use the river?</h1><p>* Required. Sign in to save your progress.</p>"
        + "".join(
            f"<p>{n + 1}. {q} *</p><p>◯ Often &nbsp; ◯ Seldom &nbsp; ◯ Never</p>"
            for n, q in enumerate(("Swimming", "Fishing", "Rowing", "Walking along it", "Watering"))
        )
        + "<button>Submit</button></main>",
        SAME,
        OK,
    ),
    (
        "about-captchas",
        article(
            "Are you human?",
            "The question was first put to a machine in 1950.",
            "To verify that you are human, a site shows letters.",
            "Machines read them better now.",
            "What is left is how the mouse moves.",
        ),
        SAME,
        OK,
    ),
    (
        "about-borders",
        article(
            "Why videos stop at borders",
            "“This video is not available in your country” is a sentence of licences.",
            "Rights are sold by region.",
            "The reader meets an error.",
            "The seller meets a price.",
        ),
        SAME,
        OK,
    ),
    (
        "shop",
        f"{LOOK}<header><nav><a>Boots</a><a>Maps</a><a>Sign in</a><a>Basket</a></nav></header><main><div class=row>"
        + "".join(
            f'<div class=panel style="width:300px;height:240px"><div style="height:150px;background:hsl({n * 50} 40% 70%)"></div>Boots {n}<br>{60 + n} €</div>'
            for n in range(6)
        )
        + "</div></main>",
        SAME,
        OK,
    ),
    (
        "menu-over-the-page",
        STORY
        + '<div style="position:fixed;left:0;top:0;bottom:0;width:280px;background:#16324f;color:#fff;padding:30px"><p>Home</p><p>Archive</p><p>Authors</p><p>Log in</p></div>',
        SAME,
        OK,
    ),
]
