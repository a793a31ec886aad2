"""Cases on the wire: redirects, codings, framings, statuses, headers, caches, broken hosts."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import brotli
import zstandard

from bench.hostile.kit import CORS, ONE, TWO, case, data, js, page, picture, put
from bench.hostile.server import Asked, HostileWeb, Reply

TEXT = b"The same text again and again, so that it packs well. " * 400
_REASONS = {401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 410: "Gone",
            429: "Too Many Requests", 500: "Internal Server Error",
            503: "Service Unavailable"}  # fmt: skip


def _to(place: str, status: int = 302) -> Reply:
    return data(b"moved", status=status, reason="Moved", headers=(*CORS, f"Location: {place}"))


@case("redirects", url=f"{ONE}/redirects/start", states=("captured", "partial"))
def _redirects(web: HostileWeb) -> None:
    script = """
    get("/redirects/loop"); get("/redirects/form", {method: "POST", body: "kept?"});
    get("/redirects/nowhere"); get("/redirects/keep", {method: "POST", body: "kept!"});
    """
    put(web, "redirects", {
        "start": _to("/redirects/"),
        "": page("Redirects", "<img src=/redirects/1><img src=/redirects/cross>", script),
        "1": _to("2", 301), "2": _to("./3?x=1", 303), "3": _to("/redirects/4", 307),
        "4": _to(f"{TWO}/redirects/5.png", 308), "5.png": picture(1),
        "cross": _to(f"{TWO}/redirects/back"), "back": _to(f"{ONE}/redirects/6.png"),
        "6.png": picture(2), "loop": _to("/redirects/loop"), "form": _to("/redirects/got", 303),
        "keep": _to("/redirects/got", 307), "got": data(), "nowhere": _to("https://down.test/"),
    })  # fmt: skip


@case("codings", states=("captured", "partial"))
def _codings(web: HostileWeb) -> None:
    def coded(body: bytes, name: str, framing: str = "length") -> Reply:
        return data(body, headers=(*CORS, f"Content-Encoding: {name}"), framing=framing)

    packed = gzip.compress(TEXT, mtime=0)
    ways = {
        "gzip": coded(packed, "gzip"),
        "br": coded(brotli.compress(TEXT), "br"),
        "deflate": coded(zlib.compress(TEXT), "deflate"),
        "raw-deflate": coded(zlib.compress(TEXT, wbits=-15), "deflate"),
        "zstd": coded(zstandard.ZstdCompressor().compress(TEXT), "zstd"),
        "gzip-chunked": coded(packed, "gzip", "chunked"),
        "twice": coded(gzip.compress(packed, mtime=0), "gzip, gzip"),
        "wrong": coded(TEXT, "gzip"),
        "chunked": data(TEXT, framing="chunked"),
        "empty-chunked": data(b"", framing="chunked"),
        "close": data(TEXT, framing="close"),
        "http10": data(TEXT, framing="close", version="HTTP/1.0"),
        "length-too-long": data(TEXT, declared=len(TEXT) + 100, cut=len(TEXT)),
        "length-too-short": data(TEXT, declared=len(TEXT) - 100),
        "cut": data(TEXT, cut=1000),
        "cut-chunked": data(TEXT, cut=1000, framing="chunked"),
        "early-hints": data(TEXT, interim=b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
    }
    script = f"for (const way of {list(ways)}) get('/codings/' + way);"
    put(web, "codings", {"": page("Codings", script=script), **ways})


@case("statuses", states=("captured", "partial"))
def _statuses(web: HostileWeb) -> None:
    def revalidated(asked: Asked) -> Reply:
        tag = 'ETag: "one"'
        if asked.fields.get("if-none-match") == '"one"':
            return Reply(status=304, reason="Not Modified", headers=(tag,), framing="none",
                         type=None)  # fmt: skip
        return data(b"first", headers=(tag, "Cache-Control: no-cache"))

    script = """
    for (const code of [204, 401, 403, 404, 410, 429, 500, 503]) get("/statuses/" + code);
    get("/statuses/part", {headers: {Range: "bytes=5-9"}});
    get("/statuses/tag").then(() => get("/statuses/tag")).then(() => get("/statuses/tag"));
    get("/statuses/head", {method: "HEAD"}); get("/statuses/delete", {method: "DELETE"});
    """
    put(web, "statuses", {
        "": page("Statuses", script=script),
        "204": data(b"", status=204, reason="No Content", framing="none"),
        "part": data(b"56789", status=206, reason="Partial Content",
                     headers=("Content-Range: bytes 5-9/100",)),
        "tag": revalidated, "head": data(TEXT), "delete": data(b"gone"),
        **{str(code): data(f"error {code}", status=code, reason=reason,
                           headers=(*CORS, "Retry-After: 1"))
           for code, reason in _REASONS.items()},
    })  # fmt: skip


@case("uploads")
def _uploads(web: HostileWeb) -> None:
    script = """
    const form = new FormData(); form.append("name", "zoë");
    form.append("file", new Blob(["line\\r\\n--not a boundary\\r\\n"]), "é.txt");
    const bytes = new Uint8Array(300000).map((_, i) => i * 7);
    get("/uploads/multipart", {method: "POST", body: form});
    get("/uploads/blob", {method: "POST", body: new Blob([bytes])});
    get("/uploads/json", {method: "PUT", body: '{"a": 1}',
      headers: {"Content-Type": "application/json"}});
    get("/uploads/form", {method: "POST", body: new URLSearchParams({q: "1 2", r: "ü"})});
    get("/uploads/empty", {method: "POST"}); get("/uploads/patch", {method: "PATCH", body: "x"});
    document.forms[0].submit();
    """
    form = """<form action=/uploads/sent method=post target=inner>
    <input name=field value="a&b"></form><iframe name=inner></iframe>"""
    names = ("multipart", "blob", "json", "form", "empty", "patch")
    put(web, "uploads", {
        "": page("Uploads", form, script), "sent": page("Sent"), **{n: data(n) for n in names},
    })  # fmt: skip


@case("headers")
def _headers(web: HostileWeb) -> None:
    odd: dict[str, tuple[str | bytes, ...]] = {
        "double": ("X-Twice: one", "X-Twice: two", "x-twice: three", "Vary: a", "Vary: b"),
        "latin": (b"X-Latin: caf\xe9", "X-Utf8: naïve ☃", b"X-Raw: \xff\xfe\x80"),
        "spaced": ("X-Padded:   two spaces  ", "X-Empty:", "X-No-Space:x", "x-LOWER-upper: 1"),
        "cookies": ("Set-Cookie: a=1; Path=/", "Set-Cookie: b=2; HttpOnly", "Set-Cookie: c=3"),
        "long": ("X-Long: " + "y" * 20000, *(f"X-Many-{n}: {n}" for n in range(150))),
        "folded": ("X-Folded: one\r\n two\r\n\tthree",),
        "colon": ("X-Before : 1", "nocolon"),
    }  # fmt: skip
    script = f"for (const one of {list(odd)}) get('/headers/' + one);"
    put(web, "headers", {
        "": page("Headers", script=script),
        **{name: data(name, headers=lines) for name, lines in odd.items()},
    })  # fmt: skip


@case("cached", asks=("/cached/once.png", "/cached/never"))
def _cached(web: HostileWeb) -> None:
    once = "<img src=/cached/once.png>" * 5
    frames = "<iframe src=/cached/inner></iframe>" * 3
    script = "for (let n = 0; n < 4; n++) get('/cached/never'); get('/cached/once.png');"
    put(web, "cached", {
        "": page("Cached", once + frames, script),
        "inner": page("Inner", once),
        "once.png": Reply(body=picture(3).body, type="image/png",
                          headers=("Cache-Control: max-age=3600",)),
        "never": data(TEXT, headers=("Cache-Control: no-store",)),
    })  # fmt: skip


@case("crowd")
def _crowd(web: HostileWeb) -> None:
    images = "".join(f"<img src=/crowd/{n}.png width=9>" for n in range(120))
    put(web, "crowd", {"": page("Crowd", images),
                       **{f"{n}.png": picture(n) for n in range(120)}})  # fmt: skip


@case("big")
def _big(web: HostileWeb) -> None:
    body = (bytes(range(256)) * 4096 + b"!") * 60
    put(web, "big", {"": page("Big", script="get('/big/60')"),
                     "60": data(body, type="application/octet-stream")})  # fmt: skip


@case(
    "streams",
    states=("captured", "partial"),
    asks=("/streams/events", "/streams/socket", "/streams/endless"),
)
def _streams(web: HostileWeb) -> None:
    script = """
    new EventSource("/streams/events"); get("/streams/endless");
    new WebSocket("wss://one.test/streams/socket").onmessage = (m) => { document.title = m.data; };
    """
    image = "<img src=/streams/camera>"
    part = b"--cut\r\nContent-Type: image/png\r\n\r\n" + picture(4).body + b"\r\n"
    put(web, "streams", {
        "": page("Streams", image, script),
        "events": Reply(body=b"data: tick\n\n", type="text/event-stream", framing="chunked",
                        endless=True, drip=0.1),
        "endless": data(b"x" * 1000, framing="chunked", endless=True, drip=0.1),
        "camera": Reply(body=part, type="multipart/x-mixed-replace; boundary=cut",
                        framing="close", endless=True, drip=0.1),
        "socket": Reply(status=101, reason="Switching Protocols", type=None, framing="none",
                        socket=True),
    })  # fmt: skip


@case("hosts", states=("partial",), reason="missing")
def _hosts(web: HostileWeb) -> None:
    web.down.add("down.test")
    web.resetting.add("resets.test")
    web.garbled.add("garbled.test")
    web.untrusted.add("untrusted.test")
    broken = ("down", "resets", "garbled", "untrusted")
    images = "".join(f"<img src=https://{name}.test/hosts/x.png>" for name in broken)
    images += "<img src=https://bücher.test/hosts/idn.png><img src=http://one.test/hosts/http.png>"
    put(web, "hosts", {
        "": page("Hosts", images + "<img src=/hosts/slow.png>"),
        "idn.png": picture(5), "http.png": picture(6), "x.png": picture(7),
        "slow.png": Reply(body=picture(8, 128).body, type="image/png", pause=0.7, drip=0.3),
    })  # fmt: skip


@case("idn", url="https://xn--bcher-kva.test/idn/", asks=("/idn/b%C3%BCcher.png",))
def _idn(web: HostileWeb) -> None:
    put(web, "idn", {
        "": page("Bücher", "<img src='bücher.png'><img src='sp ace.png?q=ü&amp;r=%zz'>"),
        "b%C3%BCcher.png": picture(9), "sp%20ace.png": picture(10),
    })  # fmt: skip


@case("plain", url="http://plain.test/plain/", asks=("/plain/ws",))
def _plain(web: HostileWeb) -> None:
    script = "new WebSocket('ws://plain.test/plain/ws'); get('/plain/data', {method: 'POST'});"
    put(web, "plain", {
        "": page("Plain http", "<img src=/plain/1.png>", script),
        "1.png": picture(11), "data": data(),
        "ws": Reply(status=101, reason="Switching Protocols", type=None, framing="none",
                    socket=True),
    })  # fmt: skip


@case("auth", states=("captured", "partial"))
def _auth(web: HostileWeb) -> None:
    asks = ('WWW-Authenticate: Basic realm="x"', "WWW-Authenticate: Digest realm=y, nonce=z")
    refused = data(b"who?", status=401, reason="Unauthorized", headers=asks)
    put(web, "auth", {
        "": page("Auth", "<img src=/auth/img><iframe src=/auth/frame></iframe>",
                 "get('/auth/fetch');"),
        "img": refused, "frame": refused, "fetch": refused,
    })  # fmt: skip


@case("slow")
def _slow(web: HostileWeb) -> None:
    """Slow at every stage: head, body, its parts, its script, what the script asks for."""
    slow = page("Slow", "<script src=/slow/s.js></script>")
    put(web, "slow", {
        "": Reply(body=slow.body, type="text/html", pause=1.0, drip=0.2),
        "s.js": Reply(body=b"fetch('/slow/data')", type="text/javascript", pause=1.0, drip=0.2),
        "data": data(TEXT, pause=1.0, drip=0.2),
    })  # fmt: skip


def _limited(times: int) -> Callable[[Asked], Reply]:
    """Answers 503 a number of times, then well."""
    left = [times]

    def answer(asked: Asked) -> Reply:
        left[0] -= 1
        if left[0] >= 0:
            return data(b"later", status=503, reason="Service Unavailable",
                        headers=("Retry-After: 1",))  # fmt: skip
        return picture(12)

    return answer


@case("retries", asks=("/retries/lazy.png",))
def _retries(web: HostileWeb) -> None:
    """A candidate that the tool fetches by itself: refused for a second, then given."""
    image = "<img src=/retries/now.png srcset='/retries/now.png 1x, /retries/lazy.png 2x'>"
    put(web, "retries", {
        "": page("Retries", image, "import('/retries/m.js')"),
        "now.png": picture(13), "lazy.png": _limited(1), "m.js": js("export default 1"),
    })  # fmt: skip
