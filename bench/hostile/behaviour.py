"""Cases of behaviour: workers, frames, what loads late, what gets in the way, what never ends."""

from __future__ import annotations

from pathlib import Path

import deckarchive
from bench.hostile.kit import CORS, THREE, TWO, case, data, js, page, picture, put
from bench.hostile.server import Asked, HostileWeb, Reply

_FONTS = Path(deckarchive.__file__).parent / "vendor/reveal.js/dist/theme/fonts"
_FONT = _FONTS / "source-sans-pro/source-sans-pro-regular.woff"


@case("workers", asks=tuple(f"/workers/{n}" for n in ("d1", "m1", "m2", "s1", "n1", "i1", "b1")))
def _workers(web: HostileWeb) -> None:
    script = """
    new Worker("/workers/dedicated.js"); new Worker("/workers/module.js", {type: "module"});
    new SharedWorker("/workers/shared.js"); new Worker("/workers/nest.js");
    new Worker(URL.createObjectURL(new Blob(["fetch('https://one.test/workers/b1')"])));
    """
    put(web, "workers", {
        "": page("Workers", script=script),
        "dedicated.js": js("importScripts('/workers/imported.js'); get('/workers/d1');"),
        "imported.js": Reply(body=b"fetch('/workers/i1')", type="text/javascript"),
        "module.js": js("import {more} from '/workers/more.js'; get('/workers/m1'); more();"),
        "more.js": js("export const more = () => get('/workers/m2');"),
        "shared.js": js("get('https://two.test/workers/s1');"),
        "nest.js": js("new Worker('/workers/nested.js');"),
        "nested.js": js("get('/workers/n1'); const x = new XMLHttpRequest();"
                        "x.open('GET', '/workers/n2', false); x.send();"),
        **{name: data(name) for name in ("d1", "m1", "m2", "s1", "n1", "n2", "i1", "b1")},
    })  # fmt: skip


@case("service", asks=("/service/pre1", "/service/pre2", "/service/through"))
def _service(web: HostileWeb) -> None:
    script = """
    navigator.serviceWorker.register("/service/sw.js").then(() => navigator.serviceWorker.ready)
      .then(() => wait(100)).then(() => get("/service/through"))
      .then(() => get("/service/made")).then(() => { document.title = "Served"; });
    """
    worker = """
    oninstall = (e) => e.waitUntil(caches.open("a").then((c) =>
      c.addAll(["/service/pre1", "/service/pre2"])).then(() => skipWaiting()));
    onactivate = (e) => e.waitUntil(clients.claim());
    onfetch = (e) => { if (e.request.url.endsWith("made")) {
      e.respondWith(fetch("/service/real").then((r) => r)); } };
    """
    names = ("pre1", "pre2", "through", "real")
    put(web, "service", {"": page("Service", script=script), "sw.js": js(worker),
                         **{n: data(n) for n in names}})  # fmt: skip


@case("frames", asks=("/frames/a.png", "/frames/b.png", "/frames/c", "/frames/src"))
def _frames(web: HostileWeb) -> None:
    srcdoc = "<script>fetch('/frames/src')</script>"
    put(web, "frames", {
        "": page("Frames", f"<iframe src={TWO}/frames/two></iframe>"
                 f'<iframe srcdoc="{srcdoc}"></iframe><iframe sandbox=allow-scripts '
                 "src=/frames/boxed></iframe><object data=/frames/object.html></object>"
                 "<embed src=/frames/embed.svg>"),
        "two": page("Two", f"<img src=a.png><iframe src={THREE}/frames/three></iframe>"),
        "three": page("Three", "<img src=b.png>", "get('https://one.test/frames/c')"),
        "boxed": page("Boxed", script="get('https://two.test/frames/boxed-data')"),
        "object.html": page("Object"),
        "embed.svg": Reply(body=b"<svg xmlns='http://www.w3.org/2000/svg'><text y='20'>embedded"
                           b"</text></svg>", type="image/svg+xml"),
        "a.png": picture(20), "b.png": picture(21), "c": data(), "src": data(),
        "boxed-data": data(),
    })  # fmt: skip


@case("blobs", asks=("/blobs/from-data",))
def _blobs(web: HostileWeb) -> None:
    script = """
    get("/blobs/image.png").then(async () => {
      const blob = await (await fetch("/blobs/image.png")).blob();
      const image = new Image(); image.src = URL.createObjectURL(blob); document.body.append(image);
      const frame = document.createElement("iframe");
      frame.src = URL.createObjectURL(new Blob(["<p>blob frame"], {type: "text/html"}));
      document.body.append(frame);
    });
    """
    inner = "data:text/html,<script>fetch('https://one.test/blobs/from-data')</script>"
    put(web, "blobs", {"": page("Blobs", f'<iframe src="{inner}"></iframe>', script),
                       "image.png": picture(22), "from-data": data()})  # fmt: skip


@case("lazy", asks=("/lazy/far.png", "/lazy/in-frame.png", "/lazy/2x.png", "/lazy/wide.png",
                    "/lazy/seen.png", "/lazy/more-2", "/lazy/data-src.png"))  # fmt: skip
def _lazy(web: HostileWeb) -> None:
    far = "<div style='height:1500px'></div>"
    body = f"""
    <img srcset="/lazy/1x.png 1x, /lazy/2x.png 2x" src=/lazy/1x.png>
    <picture><source media="(min-width: 9000px)" srcset=/lazy/wide.png><img src=/lazy/n.png>
    </picture>{far}<img loading=lazy src=/lazy/far.png><img data-src=/lazy/data-src.png>{far}
    <iframe loading=lazy src=/lazy/frame></iframe>{far}<div id=seen>seen</div>
    <div id=more></div><div id=end style="height:20px"></div>
    """
    script = """
    new IntersectionObserver(([e]) => { if (e.isIntersecting && !seen.firstElementChild) {
      const i = new Image(); i.src = "/lazy/seen.png"; seen.append(i); } }).observe(seen);
    let n = 0;
    new IntersectionObserver(async ([e], o) => { if (e.isIntersecting && n < 4) {
      await get("/lazy/more-" + n++);
      const box = document.createElement("div"); box.style.height = "900px";
      box.textContent = "more " + n; more.append(box); o.unobserve(end); o.observe(end);
    } }).observe(end);
    """
    names = ("1x", "2x", "wide", "n", "far", "seen", "in-frame", "data-src")
    put(web, "lazy", {
        "": page("Lazy", body, script), "frame": page("F", "<img src=/lazy/in-frame.png>"),
        **{f"{name}.png": picture(30 + n) for n, name in enumerate(names)},
        **{f"more-{n}": data(f"more {n}") for n in range(4)},
    })  # fmt: skip


@case("dialogs", asks=("/dialogs/after", "/dialogs/popup"))
def _dialogs(web: HostileWeb) -> None:
    script = """
    alert("stop"); confirm("sure?"); prompt("who?", "me");
    onbeforeunload = (e) => { e.preventDefault(); e.returnValue = "stay"; };
    window.open("/dialogs/popup"); document.querySelector("a").click(); print();
    navigator.geolocation.getCurrentPosition(() => 0); Notification.requestPermission();
    get("/dialogs/after");
    """
    put(web, "dialogs", {
        "": page("Dialogs", "<a download href=/dialogs/file.zip>file</a>", script),
        "popup": page("Popup", "<img src=/dialogs/popup.png>"), "popup.png": picture(40),
        "file.zip": Reply(body=b"PK" * 5000, type="application/zip",
                          headers=("Content-Disposition: attachment",)),
        "after": data(),
    })  # fmt: skip


@case("spins", states=("partial", "failed"), reason="busy")
def _spins(web: HostileWeb) -> None:
    script = "get('/spins/before').then(() => { setTimeout(() => { for (;;); }, 300); });"
    put(web, "spins", {"": page("Spins", script=script), "before": data()})


@case("eats", states=("captured", "partial"))
def _eats(web: HostileWeb) -> None:
    """300 MB in small pieces, and 200,000 elements."""
    script = """
    const kept = []; for (let n = 0; n < 75; n++) kept.push(new Uint8Array(4e6).fill(n));
    const box = document.createElement("div");
    for (let n = 0; n < 100000; n++) box.append(document.createElement("i"));
    document.body.append(box); get("/eats/after");
    """
    put(web, "eats", {"": page("Eats memory", script=script), "after": data()})


@case("away", states=("captured", "partial"), asks=("/away/next",))
def _away(web: HostileWeb) -> None:
    script = "setTimeout(() => { location = '/away/next'; }, 200);"
    put(web, "away", {"": page("Away", script=script),
                      "next": page("Arrived", "<img src=/away/next.png>"),
                      "next.png": picture(41)})  # fmt: skip


@case("refresh", states=("captured", "partial"))
def _refresh(web: HostileWeb) -> None:
    again = page("Refresh", "<img src=/refresh/i.png>", head="<meta http-equiv=refresh content=1>")
    put(web, "refresh", {"": again, "i.png": picture(42)})


@case("beacons", asks=("/beacons/beacon", "/beacons/ping", "/beacons/put", "/beacons/hide"))
def _beacons(web: HostileWeb) -> None:
    allow = (*CORS, "Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Headers: x-own")
    script = """
    navigator.sendBeacon("/beacons/beacon", "gone"); document.querySelector("a").click();
    get("https://two.test/beacons/put", {method: "PUT", headers: {"X-Own": "1"}, body: "put"});
    get("https://two.test/beacons/refused", {method: "PUT", body: "no"});
    get("/beacons/alive", {method: "POST", keepalive: true, body: "alive"});
    addEventListener("pagehide", () => navigator.sendBeacon("/beacons/hide", "bye"));
    """

    def preflight(asked: Asked) -> Reply:
        return data(b"", headers=allow if asked.url.endswith("/put") else ())

    put(web, "beacons", {
        "": page("Beacons", "<a ping=/beacons/ping href=#x>ping</a><img src=https://csp.test/x>",
                 script, headers=("Content-Security-Policy: img-src 'self'; "
                                  "report-uri /beacons/report",)),
        "put": preflight, "refused": preflight,
        **{name: data() for name in ("beacon", "ping", "alive", "report", "hide")},
    })  # fmt: skip


@case("drawn", asks=("/drawn/font.woff", "/drawn/css.png", "/drawn/shadow.png", "/drawn/in.svg"))
def _drawn(web: HostileWeb) -> None:
    """Canvas, WebGL, a web font, custom elements with a shadow tree, SVG from elsewhere."""
    body = """<canvas id=flat></canvas><canvas id=gl></canvas><own-part></own-part>
    <svg width=90 height=90><use href="/drawn/in.svg#shape"/></svg>
    <img src=/drawn/in.svg><p style="font-family:Own">Set in a font of its own</p>"""
    script = """
    flat.getContext("2d").fillRect(5, 5, 50, 50);
    const gl = document.getElementById("gl").getContext("webgl");
    if (gl) { gl.clearColor(1, 0, 0, 1); gl.clear(gl.COLOR_BUFFER_BIT); }
    const texture = new Image(); texture.crossOrigin = ""; texture.src = "/drawn/texture.png";
    customElements.define("own-part", class extends HTMLElement { connectedCallback() {
      this.attachShadow({mode: "open"}).innerHTML = "shadow <img src=/drawn/shadow.png>"; } });
    """
    style = """<link rel=stylesheet href=/drawn/a.css><link rel=preload as=image
    href=/drawn/pre.png><link rel=manifest href=/drawn/app.json>
    <link rel=modulepreload href=/drawn/m.js><link rel=prefetch href=/drawn/later.html>"""
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><circle id='shape' r='40'/></svg>"

    def css(text: bytes) -> Reply:
        return Reply(body=text, type="text/css", headers=CORS)

    put(web, "drawn", {
        "": page("Drawn", body, script, style),
        "a.css": css(b"@import 'b.css'; body { background: url(css.png) }"),
        "b.css": css(b"@font-face { font-family: Own; src: url(font.woff) }"),
        "font.woff": Reply(body=_FONT.read_bytes(), type="font/woff", headers=CORS),
        "in.svg": Reply(body=svg, type="image/svg+xml"), "m.js": js("export {}"),
        "later.html": page("Later"), "app.json": data(b"{}", type="application/manifest+json"),
        **{f"{n}.png": picture(50 + i) for i, n in enumerate(("css", "shadow", "texture", "pre"))},
    })  # fmt: skip


@case("last-words", asks=("/last-words/hide", "/last-words/kept"))
def _last_words(web: HostileWeb) -> None:
    """What a page sends as it is closed, to several hosts, some of them slow to answer."""
    script = """
    const hosts = ["https://one.test", "https://six.test", "https://seven.test"];
    addEventListener("pagehide", () => {
      new Image().src = "https://csp.test/refused";
      for (const host of hosts) {
        navigator.sendBeacon(host + "/last-words/hide", "bye");
        navigator.sendBeacon(host + "/last-words/slow", "bye");
        fetch(host + "/last-words/kept",
          {method: "POST", keepalive: true, body: "x", mode: "no-cors"});
      }
    });
    setTimeout(() => document.body.append(Object.assign(new Image(),
      {src: "https://csp.test/early"})), 100);
    """
    policy = "img-src 'self'; report-uri https://{0}.test/last-words/report-{0}"
    headers = (
        *(f"Content-Security-Policy: {policy.format(n)}" for n in ("one", "eight", "nine")),
        'Reporting-Endpoints: main="https://ten.test/last-words/to"',
        "Content-Security-Policy: img-src 'self'; report-to main",
    )
    slow = data(pause=0.9)
    put(web, "last-words", {
        "": page("Last words", script=script, headers=headers),
        "hide": data(), "kept": data(), "slow": slow, "to": slow,
        "report-one": data(), "report-eight": slow, "report-nine": data(pause=1.8),
    })  # fmt: skip


@case("scripted", asks=("/scripted/dynamic.js", "/scripted/sync", "/scripted/written.js"))
def _scripted(web: HostileWeb) -> None:
    script = """
    const x = new XMLHttpRequest(); x.open("GET", "/scripted/sync", false); x.send();
    import("/scripted/dynamic.js");
    document.write("<script src=/scripted/written.js><\\/script>");
    const stop = new AbortController(); get("/scripted/aborted", {signal: stop.signal});
    setTimeout(() => stop.abort(), 150);
    """
    put(web, "scripted", {
        "": page("Scripted", script=script), "sync": data(), "written.js": js("get('/scripted/w')"),
        "dynamic.js": js("export default get('/scripted/d')"), "w": data(), "d": data(),
        "aborted": data(b"slow body" * 1000, drip=0.3),
    })  # fmt: skip
