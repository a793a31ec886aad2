"""Cases of what answers instead of the page, or with only a part of it."""

from __future__ import annotations

from bench.hostile.kit import CORS, ONE, case, data, page, put
from bench.hostile.server import HostileWeb, Reply

_FAILED, _PARTIAL, _CAPTURED = ("failed",), ("partial",), ("captured",)


def _html(body: str, **more: object) -> Reply:
    values: dict[str, object] = {"type": "text/html; charset=utf-8", **more}
    return Reply(body=f"<!doctype html>{body}".encode(), **values)  # type: ignore[arg-type]


@case("consent", states=_PARTIAL, reason="consent")
def _consent(web: HostileWeb) -> None:
    over = ("<div style='position:fixed;inset:0;background:#fff'>We use cookies. "
            "<button>Accept all</button></div>")  # fmt: skip
    put(web, "consent", {"": page("Consent", over)})


@case("shadow-consent", states=_PARTIAL, reason="consent")
def _shadow_consent(web: HostileWeb) -> None:
    """A banner in a shadow tree, over a page that cannot be scrolled meanwhile."""
    script = """
    const host = document.createElement("div"); document.body.append(host);
    host.attachShadow({mode: "open"}).innerHTML = "<div style='position:fixed;left:0;right:0;" +
      "bottom:0;height:40vh;background:#eee'>We value your privacy <button>I agree</button></div>";
    """
    put(web, "shadow-consent", {"": page("Shadow consent", script=script)})


@case("cookie-talk", states=_CAPTURED)
def _cookie_talk(web: HostileWeb) -> None:
    """A lecture about cookies with a fixed navigation: no banner."""
    body = "<nav style='position:fixed;top:0;width:100%;height:30px'>Cookies: accept or not</nav>"
    put(web, "cookie-talk", {"": page("Cookies and consent", body + "<p>How to accept. " * 80)})


@case("blank", states=_FAILED, reason="blank")
def _blank(web: HostileWeb) -> None:
    put(web, "blank", {"": _html("<title>App</title><div id=root></div>")})


@case("script-lost", states=_FAILED, reason="blank")
def _script_lost(web: HostileWeb) -> None:
    """An application whose only script is gone."""
    put(web, "script-lost", {
        "": _html("<title>App</title><div id=root></div><script src=app.js></script>"),
    })  # fmt: skip


@case("canvas-only", states=_CAPTURED)
def _canvas_only(web: HostileWeb) -> None:
    """Nothing but a drawing: not blank."""
    put(web, "canvas-only", {"": _html(
        "<canvas id=c width=800 height=600></canvas><script>c.getContext('2d')"
        ".fillRect(50, 50, 300, 200)</script>")})  # fmt: skip


@case("soft-404", states=_FAILED, reason="not found")
def _soft_404(web: HostileWeb) -> None:
    put(web, "soft-404", {"": _html(
        "<title>404 Not Found</title><h1>Page not found</h1><p>The page you requested does not "
        "exist. <a href=/>Home</a>")})  # fmt: skip


@case("soft-500", states=_FAILED, reason="error page")
def _soft_500(web: HostileWeb) -> None:
    put(web, "soft-500", {"": _html(
        "<title>Something went wrong</title><h1>500 Internal Server Error</h1>")})  # fmt: skip


@case("about-404", states=_CAPTURED)
def _about_404(web: HostileWeb) -> None:
    """A lecture on status codes: it is what its author meant."""
    text = "<p>The status 404 says that a page was not found; 410 that it is gone. " * 60
    put(web, "about-404", {"": _html(f"<title>HTTP 404 explained</title><h1>404</h1>{text}")})


@case("parked", states=_FAILED, reason="for sale")
def _parked(web: HostileWeb) -> None:
    put(
        web,
        "parked",
        {
            "": _html(
                "<title>parked.example</title><h1>This domain is for sale</h1><p>Buy this domain."
            )
        },
    )


@case("login", states=(*_FAILED, *_PARTIAL), reason="login")
def _login(web: HostileWeb) -> None:
    put(web, "login", {"": _html(
        "<title>Sign in</title><form>User <input name=u> Password <input type=password>"
        "<button>Sign in</button></form>")})  # fmt: skip


@case("single-sign-on", url=f"{ONE}/single-sign-on/course", states=_FAILED, reason="login")
def _single_sign_on(web: HostileWeb) -> None:
    """Sent to another host that asks for the name first and for the password later."""
    moved = data(
        b"",
        status=302,
        reason="Found",
        headers=(*CORS, "Location: https://login.test/single-sign-on/authorize?x=1"),
    )
    put(
        web,
        "single-sign-on",
        {
            "course": moved,
            "authorize": _html(
                "<title>Sign in to your account</title><h1>Sign in</h1><form><input type=email "
                "autocomplete=username placeholder='Email or phone'><button>Next</button></form>"
            ),
        },
    )


@case("challenge", states=_FAILED, reason="TLS")
def _challenge(web: HostileWeb) -> None:
    put(web, "challenge", {"": _html(
        "<title>Just a moment...</title><p>Checking your browser before you proceed.",
        status=403, reason="Forbidden", headers=("cf-mitigated: challenge",))})  # fmt: skip


@case("forbidden", states=_FAILED, reason="HTTP 403")
def _forbidden(web: HostileWeb) -> None:
    put(web, "forbidden", {"": _html("<h1>403 Forbidden</h1>", status=403, reason="Forbidden")})


@case("unframed", states=_CAPTURED, reason="refuses to be shown in a frame")
def _unframed(web: HostileWeb) -> None:
    put(web, "unframed", {"": page("Unframed", headers=("X-Frame-Options: DENY",))})


@case("inner-refusal", states=_PARTIAL, reason="frame")
def _inner_refusal(web: HostileWeb) -> None:
    """A frame inside that refuses to be one: the page shows a broken box."""
    frame = "<iframe src=https://two.test/inner-refusal/no width=900 height=600></iframe>"
    refusing = page("No", headers=("Content-Security-Policy: frame-ancestors 'none'",))
    put(web, "inner-refusal", {"": page("Outer", frame), "no": refusing})


@case("losses", states=_PARTIAL, reason="stylesheet missing")
def _losses(web: HostileWeb) -> None:
    head = "<link rel=stylesheet href=gone.css>"
    put(web, "losses", {"": page("Losses", "<img src=gone.png>", head=head)})
