# ruff: noqa: E501 (pages and probes stand in it as they are)
"""How sites deliver a page: guards, policies, image services, script services, odd encodings."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from urllib.parse import parse_qs

from bench.realweb.kit import Kit, write
from bench.realweb.web import CDN as CDN_HOST
from bench.realweb.web import Site
from examples.web.hosts import Answer, Request, gradient

CDN = f"https://{CDN_HOST}/npm"


def _guards(kit: Kit, out: Path) -> None:
    """A page that insists: on https, on its own name, on being no frame; hidden until it is sure."""
    del kit
    page = """<!doctype html><html><head><title>Guarded</title><style id="antiClickjack">body { display: none !important }</style>
<script>if (location.protocol !== 'https:') location.replace('https:' + location.href.substring(location.protocol.length));</script>
<script>if (location.hostname !== 'guards.test' && location.hostname !== 'www.guards.test') location.href = 'https://guards.test/';</script>
<script>if (self === top) { document.getElementById('antiClickjack').remove(); } else { top.location = self.location; }</script>
<script>if (top != self) { try { top.location.replace(self.location.href); } catch (e) {} }</script></head>
<body><h1>Guarded words</h1><p>Shown to those who came to the site itself.</p><img src="/a.png"><button onclick="this.textContent = 'pressed'">press</button></body></html>"""
    write(out / "guards.test", {"index.html": page, "a.png": gradient(300, 150, 60)})


def _strict(kit: Kit, out: Path) -> None:
    """A strict policy: nonces, hashes, strict-dynamic, Trusted Types; SRI on everything."""
    bundle = kit.npm("d3", "7.9.0") / "dist" / "d3.min.js"
    digest = base64.b64encode(hashlib.sha384(bundle.read_bytes()).digest()).decode()
    style = b"svg { background: #ffd } h1 { color: rgb(3, 2, 1) }"
    styled = base64.b64encode(hashlib.sha256(style).digest()).decode()
    inline = "const policy = trustedTypes.createPolicy('words', { createHTML: (t) => t, createScriptURL: (u) => u }); document.querySelector('#box').innerHTML = policy.createHTML('<b>trusted</b>'); const s = document.createElement('script'); s.src = policy.createScriptURL('/chart.js'); document.head.append(s);"
    policy = "default-src 'none'; script-src 'nonce-r4nd0m' 'strict-dynamic'; style-src 'self' 'nonce-r4nd0m'; img-src 'self'; connect-src 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types words"
    page = f"""<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}"><link rel="stylesheet" href="style.css" integrity="sha256-{styled}" crossorigin="anonymous">
<script nonce="r4nd0m" src="{CDN}/d3@7.9.0/dist/d3.min.js" integrity="sha384-{digest}" crossorigin="anonymous"></script></head><body><h1>Strict</h1><div id="box"></div><svg width="600" height="300"></svg><button>more</button><script nonce="r4nd0m">{inline}</script></body></html>"""
    chart = "d3.json('/data.json').then((d) => { d3.select('svg').selectAll('rect').data(d).join('rect').attr('x', (v, i) => i * 60).attr('y', (v) => 300 - v).attr('width', 50).attr('height', (v) => v); document.querySelector('button').onclick = () => d3.selectAll('rect').attr('fill', 'red'); document.title = 'ready'; });"
    write(
        out / "strict.test",
        {
            "index.html": page,
            "style.css": style,
            "chart.js": chart,
            "data.json": json.dumps([120, 250, 60, 200]),
        },
    )


def _images(kit: Kit, out: Path) -> None:
    """Image services: Next.js' optimizer, widths by query, lazy loaders of three kinds."""
    kit.npm("lazysizes", "5.3.2")
    kit.npm("lozad", "1.16.0")
    widths = (640, 1080, 1920, 3840)
    optimised = ", ".join(f"/_next/image?url=%2Fmedia%2Fa.png&w={w}&q=75 {w}w" for w in widths)
    page = f"""<!doctype html><html><head><meta charset="utf-8"><style>img {{ display: block; width: 400px; height: 200px }} .bg {{ width: 400px; height: 200px }} .far {{ margin-top: 2500px }}</style></head><body>
<img id="next" alt="a" loading="lazy" decoding="async" data-nimg="fill" sizes="100vw" srcset="{optimised.replace("&", "&amp;")}" src="/_next/image?url=%2Fmedia%2Fa.png&amp;w=3840&amp;q=75">
<img id="loader" data-src="https://images.cms.test/content/v1/b.png" data-load="false">
<div class="bg lazyload" data-bg="https://images.cms.test/content/v1/c.png?format=500w"></div>
<img class="lazyload" data-srcset="https://images.cms.test/content/v1/d.png?format=500w 500w, https://images.cms.test/content/v1/d.png?format=1500w 1500w" data-sizes="auto">
<img class="lozad far" id="far" data-src="https://images.cms.test/content/v1/e.png?format=750w"><div id="more"></div>
<script src="{CDN}/lazysizes@5.3.2/plugins/unveilhooks/ls.unveilhooks.min.js"></script><script src="{CDN}/lazysizes@5.3.2/lazysizes.min.js" async></script><script src="{CDN}/lozad@1.16.0/dist/lozad.min.js"></script><script>
lozad().observe(); addEventListener('load', () => {{ for (const i of document.querySelectorAll('img[data-load=false]')) {{ const w = [100, 300, 500, 750, 1000, 1500, 2500].find((w) => w >= i.clientWidth * devicePixelRatio); i.src = i.dataset.src + '?format=' + w + 'w'; }} }});
let page = 0; new IntersectionObserver(async (e) => {{ if (!e[0].isIntersecting || page > 2) return; page++; const d = await (await fetch('/api/posts?page=' + page)).json(); for (const p of d) {{ const i = new Image(); i.className = 'post'; i.src = p; document.querySelector('#more').before(i); }} }}).observe(document.querySelector('#more'));
</script></body></html>"""
    write(out / "images.test", {"index.html": page})
    (out / "images.cms.test").mkdir()


def _image_service(request: Request) -> Answer | None:
    """An image of the width that the query asks for; posts by pages."""
    asked = parse_qs(request.query)
    if request.path == "/api/posts":
        number = int(asked["page"][0])
        posts = [f"/_next/image?url=%2Fmedia%2Fp{number}.png&w=640&q=75"] * 2
        return Answer(json.dumps(posts).encode(), {"Content-Type": "application/json"})
    width = asked.get("w", asked.get("format", [""]))[0].rstrip("w")
    if not width:
        return None
    picture = gradient(int(width) // 10, int(width) // 20, sum(request.path.encode()) % 256)
    return Answer(picture, {"Content-Type": "image/png", "Vary": "Accept"})


def _encodings(kit: Kit, out: Path) -> None:
    """A page of 1999: an encoding told late, broken markup, an image map, Flash with a fall-back."""
    del kit
    page = """<HTML><HEAD><TITLE>Домашняя страница</TITLE><!-- made by hand -->
<SCRIPT LANGUAGE="JavaScript" SRC=counter.js></SCRIPT>
<META HTTP-EQUIV=Content-Type CONTENT="text/html; charset=koi8-r"></HEAD>
<BODY BGCOLOR=#ffffee BACKGROUND="bg.gif" TEXT=#000080 onLoad="start()"><CENTER><FONT SIZE=7>Привет, мир!</FONT>
<TABLE BORDER=3 BACKGROUND=bg.gif><TR><TD>строка<TD><A HREF='two.htm' onMouseOver="document.images['roll'].src = over.src; return true">дальше</A><FORM><TR><TD><INPUT TYPE=image SRC=button.gif></FORM></TABLE>
<MAP NAME=m><AREA SHAPE=rect COORDS="0,0,100,100" HREF="#left" onClick="document.getElementById('said').innerHTML = 'лево'; return false"></MAP><IMG NAME=roll SRC=map.gif USEMAP=#m BORDER=0 LOWSRC=low.gif>
<OBJECT CLASSID="clsid:D27CDB6E-AE6D-11cf-96B8-444553540000" CODEBASE="http://download.macromedia.com/swflash.cab" WIDTH=200 HEIGHT=100><PARAM NAME=movie VALUE=intro.swf><EMBED SRC=intro.swf TYPE="application/x-shockwave-flash" WIDTH=200 HEIGHT=100><NOEMBED>no flash</NOEMBED></OBJECT>
<APPLET CODE=Clock.class WIDTH=90 HEIGHT=20>no java</APPLET><P ID=said><I><B>вложено</I></B><BGSOUND SRC=tune.mid><LAYER SRC=layer.htm></LAYER>
<SCRIPT><!-- hide
var over = new Image(); over.src = 'over.gif'; function start() { document.title = counted; window.status = 'ready'; }
document.write('<scr' + 'ipt src="/written.js?' + Math.random() + '"></scr' + 'ipt>');
// --></SCRIPT>"""
    script = "var counted = 'счётчик'; document.write('<IMG SRC=count.gif?' + escape(document.referrer) + ' NAME=count>');"
    files: dict[str, str | bytes] = {
        "index.html": page.encode("koi8-r"),
        "counter.js": script,
        "written.js": "document.write('<p id=written>written</p>');",
        "two.htm": "<HTML>два".encode("koi8-r"),
    }
    for number, name in enumerate(("bg", "button", "map", "low", "over", "count")):
        files[f"{name}.gif"] = gradient(100, 100, number * 40)
    write(out / "oldpage.test", files)


def _cookies(kit: Kit, out: Path) -> None:
    """Shown only with a cookie, after a detour; then led on by a script and by a refresh."""
    del kit
    page = """<!doctype html><html><head><meta charset="utf-8"><script>if (!/seen=yes/.test(document.cookie) || !navigator.cookieEnabled) location.replace('/nocookies.html'); if (sessionStorage.getItem('visits') === null) { sessionStorage.setItem('visits', '1'); location.reload(); }</script></head>
<body><h1>Cookie monster</h1><p id="who"></p><button>again</button><script>fetch('/api/me', { credentials: 'include' }).then((r) => r.json()).then((d) => { document.querySelector('#who').textContent = d.name; });
document.querySelector('button').onclick = () => { document.cookie = 'count=' + (Number((/count=(\\d+)/.exec(document.cookie) || [0, 0])[1]) + 1) + '; path=/; secure; samesite=none'; document.querySelector('h1').textContent = document.cookie.includes('count=1') ? 'counted' : 'lost'; };</script></body></html>"""
    write(
        out / "cookies.test",
        {
            "en/index.html": page,
            "nocookies.html": "<h1>enable cookies</h1>",
            "lang.html": "<!doctype html><meta http-equiv=refresh content=\"0;URL='/geo.html'\"><p>one moment</p>",
            "geo.html": "<!doctype html><p>…</p><script>fetch('/country').then((r) => r.json()).then((c) => { location.href = '/' + (c.code === 'DE' ? 'en' : 'xx') + '/'; })</script>",
            "country": '{"code": "DE"}',
        },
    )


def _cookied(request: Request) -> Answer | None:
    """Sets a cookie on a detour, and shows the page to those alone who bring it."""
    has = "seen=yes" in request.headers.get("cookie", "")
    if request.path == "/":
        where = "/lang.html" if has else "/set?back=%2F"
        return Answer(b"", {"Location": where}, 302)
    if request.path == "/set":
        return Answer(b"", {"Location": "/", "Set-Cookie": "seen=yes; Path=/"}, 302)
    if request.path == "/api/me":
        body = json.dumps({"name": "a guest" if has else "nobody"}).encode()
        return Answer(body, {"Content-Type": "application/json"}, 200 if has else 401)
    return None


_FRAMELESS = {"X-Frame-Options": "DENY", "Content-Security-Policy": "frame-ancestors 'none'"}

SITES = (
    Site(
        name="guards",
        url="https://guards.test/",
        build=_guards,
        headers={"guards.test": _FRAMELESS},
        ready="document.querySelector('h1') && getComputedStyle(document.body).display !== 'none' && document.images[0].naturalWidth === 300 && !document.querySelector('[role=status]')",
        act="document.querySelector('button').click()",
        check="document.querySelector('button').textContent === 'pressed' && performance.now() > 2000 && !document.querySelector('[role=status]')",
    ),
    Site(
        name="strict-policy",
        url="https://strict.test/",
        build=_strict,
        ready="document.title === 'ready' && document.querySelector('#box b') && document.querySelectorAll('rect').length === 4",
        act="document.querySelector('button').click()",
        check="document.querySelector('rect').getAttribute('fill') === 'red' && getComputedStyle(document.querySelector('h1')).color === 'rgb(3, 2, 1)'",
    ),
    Site(
        name="image-services",
        url="https://images.test/",
        build=_images,
        handlers={"images.test": _image_service, "images.cms.test": _image_service},
        ready="document.querySelector('#next').naturalWidth && document.querySelector('#loader').naturalWidth && document.querySelector('.bg').style.backgroundImage && document.querySelector('img.lazyloaded').naturalWidth",
        act="scrollTo(0, 1e6); setTimeout(() => scrollTo(0, 2e6), 500); setTimeout(() => scrollTo(0, 3e6), 1500)",
        check="document.querySelector('#far').naturalWidth && document.querySelectorAll('.post').length === 6 && [...document.querySelectorAll('.post')].every(i => i.naturalWidth === 64)",
    ),
    Site(
        name="old-page",
        url="https://oldpage.test/",
        build=_encodings,
        headers={"oldpage.test": {"Content-Type": "text/html"}},
        ready="document.title === 'счётчик' && document.body.textContent.includes('Привет, мир!') && document.querySelector('#written') && [...document.images].every(i => i.naturalWidth === 100) && document.querySelector('input').offsetWidth === 100",
        act="document.querySelector('area').onclick.call(document.querySelector('area')); document.querySelector('a').onmouseover()",
        check="document.querySelector('#said').textContent === 'лево' && document.images['roll'].naturalWidth === 100 && document.images['roll'].src.endsWith('over.gif')",
    ),
    Site(
        name="cookies",
        url="https://cookies.test/",
        build=_cookies,
        handlers={"cookies.test": _cookied},
        ready="performance.getEntriesByType('navigation')[0].type === 'reload' && document.querySelector('#who') && document.querySelector('#who').textContent === 'a guest' && document.querySelector('h1').textContent === 'Cookie monster'",
        act="document.querySelector('button').click()",
        check="document.querySelector('h1').textContent === 'counted'",
    ),
)
