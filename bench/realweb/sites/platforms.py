# ruff: noqa: E501 (pages and probes stand in it as they are)
"""Pages as large platforms send them, and what they embed from others: made after their mechanisms."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs

from bench.realweb.kit import Kit, write
from bench.realweb.web import CDN as CDN_HOST
from bench.realweb.web import Site
from examples.web.hosts import Answer, Request, gradient

CDN = f"https://{CDN_HOST}/npm"
_JS = {"Content-Type": "text/javascript; charset=utf-8", "Access-Control-Allow-Origin": "*"}
_JSON = {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"}


def _wiki(kit: Kit, out: Path) -> None:
    """An article of a wiki: modules by one script service, kept in the browser's store, previews."""
    del kit
    page = """<!doctype html><html class="client-nojs"><head><meta charset="utf-8"><title>Tide - Wiki</title><script>document.documentElement.className = "client-js"; RLSTATE = {"site.styles": "ready"}; RLPAGEMODULES = ["site", "ext.popups", "jquery.makeCollapsible"];</script>
<link rel="stylesheet" href="/w/load.php?lang=en&amp;modules=ext.math.styles%7Cskins.vector&amp;only=styles&amp;skin=vector"><script async src="/w/load.php?lang=en&amp;modules=startup&amp;only=scripts&amp;raw=1&amp;skin=vector"></script></head>
<body><h1>Tide</h1><figure><a href="/wiki/File:Tide.png"><img src="//upload.wiki.test/thumb/Tide.png/220px-Tide.png" srcset="//upload.wiki.test/thumb/Tide.png/330px-Tide.png 1.5x, //upload.wiki.test/thumb/Tide.png/440px-Tide.png 2x" width="220" height="110"></a></figure>
<p>Caused by the <a id="moon" href="/wiki/Moon" title="Moon">Moon</a>. <img class="mwe-math" src="https://wiki.test/api/rest_v1/media/math/render/svg/abc123" alt="x"></p><table class="collapsible"><tr><th>Data <a class="toggle" role="button">[show]</a></th></tr><tr class="row" style="display:none"><td>42</td></tr></table></body></html>"""
    write(
        out / "wiki.test",
        {
            "wiki/Tide.html": page,
            "api/rest_v1/page/summary/Moon": '{"extract": "Only natural satellite."}',
        },
    )
    sizes = {"220": 220, "330": 330, "440": 440}
    write(
        out / "upload.wiki.test",
        {
            f"thumb/Tide.png/{name}px-Tide.png": gradient(size, size // 2, 99)
            for name, size in sizes.items()
        },
    )


_STARTUP = """(function () { var mw = window.mw = { modules: {}, loader: { store: {}, implement: function (name, script, css) { var key = name.split('@')[0]; mw.modules[key] = true; if (!css) mw.loader.store[key] = String(script); localStorage.setItem('MediaWikiModuleStore', JSON.stringify(mw.loader.store)); if (css) { var s = document.createElement('style'); s.textContent = css; document.head.appendChild(s); } script(); } } };
var kept = {}; try { kept = JSON.parse(localStorage.getItem('MediaWikiModuleStore')) || {}; } catch (e) {}
var wanted = ['mediawiki.base'].concat(RLPAGEMODULES).filter(function (m) { if (kept[m]) { mw.modules[m] = true; setTimeout(new Function('(' + kept[m] + ')()')); return false; } return true; });
for (var i = 0; i < wanted.length; i += 2) { var s = document.createElement('script'); s.src = '/w/load.php?lang=en&modules=' + encodeURIComponent(wanted.slice(i, i + 2).join('|')) + '&skin=vector&version=' + (i ? '1x2y3' : 'a1b2c'); document.head.appendChild(s); } })();"""
_MODULES = {
    "mediawiki.base": "function () { document.documentElement.classList.add('ready'); }",
    "site": "function () {}, 'figure { border: 1px solid rgb(200, 204, 209); float: right }'",
    "ext.popups": "function () { var a = document.querySelector('#moon'); a.onmouseover = function () { fetch('/api/rest_v1/page/summary/' + a.title).then(function (r) { return r.json(); }).then(function (d) { var p = document.createElement('p'); p.id = 'popup'; p.textContent = d.extract; document.body.appendChild(p); }); }; }",
    "jquery.makeCollapsible": "function () { document.querySelector('.toggle').onclick = function () { document.querySelector('.row').style.display = ''; this.textContent = '[hide]'; }; }",
}


def _load_php(request: Request) -> Answer | None:
    """Modules by name, several at once, told apart by the query alone."""
    if request.path.startswith("/api/rest_v1/media/"):
        svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30"><text y="20">x=2</text></svg>'
        return Answer(svg, {"Content-Type": "image/svg+xml"})
    if request.path != "/w/load.php":
        return None
    asked = parse_qs(request.query)
    if asked.get("only") == ["styles"]:
        body = "h1 { border-bottom: 1px solid; background: url(/w/load.php?modules=skins.vector&image=menu&format=rasterized) no-repeat right }"
        return Answer(body.encode(), {"Content-Type": "text/css; charset=utf-8"})
    if "image" in asked:
        return Answer(gradient(30, 30, 3), {"Content-Type": "image/png"})
    if asked.get("only") == ["scripts"]:
        return Answer(_STARTUP.encode(), _JS)
    names = asked["modules"][0].split("|")
    calls = [f"mw.loader.implement('{n}@x', {_MODULES[n]});" for n in names]
    return Answer("".join(calls).encode(), _JS)


def _forge(kit: Kit, out: Path) -> None:
    """A repository's page: Turbo, frames and fragments fetched in part, a tab that is another path."""
    kit.npm("@hotwired/turbo", "8.0.13")
    head = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="stylesheet" href="https://assets.forge.test/light-1a2b3c.css" crossorigin="anonymous" media="all"><meta name="turbo-cache-control" content="no-preview"><script type="module" src="{CDN}/@hotwired/turbo@8.0.13/dist/turbo.es2017-esm.js"></script><script type="module" crossorigin="anonymous" src="https://assets.forge.test/element-5d6e7f.js"></script></head><body><nav><a id="code" href="/lab/waves">Code</a> <a id="issues" href="/lab/waves/issues">Issues</a></nav>"""
    code = (
        head
        + """<h1>lab/waves</h1><turbo-frame id="tree" src="/lab/waves/tree?recent=1" loading="eager">…</turbo-frame><include-fragment src="/lab/waves/latest-commit">…</include-fragment><details><summary>Clone</summary><p>https://forge.test/lab/waves.git</p></details><div class="blob"><table><tr><td data-line-number="1"></td><td id="LC1">print(1)</td></tr></table></div></body></html>"""
    )
    issues = (
        head
        + '<h1>Issues</h1><img src="https://avatars.forge.test/u/1?s=40&v=4" width="40"></body></html>'
    )
    element = "customElements.define('include-fragment', class extends HTMLElement { async connectedCallback() { const r = await fetch(this.getAttribute('src'), { headers: { Accept: 'text/fragment+html', 'X-Requested-With': 'XMLHttpRequest' } }); const t = document.createElement('template'); t.innerHTML = await r.text(); this.replaceWith(t.content); } });"
    write(
        out / "forge.test",
        {
            "lab/waves.html": code,
            "lab/waves/issues.html": issues,
            "lab/waves/tree.html": "<turbo-frame id='tree'><ul><li class='file'>wave.py</li><li class='file'>README.md</li></ul></turbo-frame>",
            "lab/waves/latest-commit.html": "<p id='commit'>Fix the phase</p>",
        },
    )
    write(
        out / "assets.forge.test",
        {
            "light-1a2b3c.css": ".file { color: rgb(9, 105, 218) }",
            "element-5d6e7f.js": element,
        },
    )
    write(out / "avatars.forge.test", {"u/1": gradient(40, 40, 55)})


def _widgets(kit: Kit, out: Path) -> None:
    """Maps, posts and comments of other hosts: scripts that fetch scripts, make frames and talk."""
    del kit
    page = """<!doctype html><html><head><meta charset="utf-8"><title>Field trip</title></head><body><h1>Field trip</h1><div id="map" style="width: 640px; height: 320px"></div>
<blockquote class="tweet" data-id="20"><a href="https://social.test/lab/status/20">a post</a></blockquote><script async src="https://platform.social.test/widgets.js"></script>
<div id="disqus_thread"></div><script>var disqus_config = function () { this.page.url = location.href; this.page.identifier = 'trip'; }; (function () { var s = document.createElement('script'); s.src = '//trip.comments.test/embed.js'; s.setAttribute('data-timestamp', +new Date()); document.body.appendChild(s); })();</script>
<script>function initMap() { window.map = new maps.Map(document.getElementById('map'), { lat: 54, lng: 10, zoom: 8 }); }</script><script src="https://maps.test/maps/api/js?key=AIza0000&callback=initMap&libraries=marker&v=weekly" async defer></script></body></html>"""
    tweet = """(function () { document.querySelectorAll('.tweet').forEach(function (b) { var f = document.createElement('iframe'); f.allowTransparency = true; f.style.cssText = 'border:0;width:550px;height:0'; f.src = 'https://platform.social.test/embed/Tweet.html?dnt=false&embedId=w-0&id=' + b.dataset.id + '&origin=' + encodeURIComponent(location.href) + '&sessionId=' + Math.random().toString(16).slice(2) + '&theme=light'; b.replaceWith(f); window.addEventListener('message', function (e) { if (e.origin !== 'https://platform.social.test') return; var d = JSON.parse(e.data)['twttr.embed']; if (d && d.method === 'resize') { f.style.height = d.params[0].height + 'px'; f.className = 'rendered'; } }); }); })();"""
    embed = """<!doctype html><meta charset="utf-8"><body style="margin:0"><article style="height:180px;background:#eef"></article><script>var q = new URLSearchParams(location.search); fetch('https://cdn.social.test/tweet-result?id=' + q.get('id') + '&lang=en&token=' + Math.random().toString(36).slice(2)).then(function (r) { return r.json(); }).then(function (d) { document.querySelector('article').textContent = d.text; parent.postMessage(JSON.stringify({ 'twttr.embed': { method: 'resize', params: [{ height: document.body.scrollHeight }] } }), '*'); });</script>"""
    comments = """(function () { var c = { page: {} }; disqus_config.call(c); var f = document.createElement('iframe'); f.src = 'https://comments.test/embed/comments/?base=default&f=trip&t_i=' + c.page.identifier + '&t_u=' + encodeURIComponent(c.page.url) + '&t_d=' + encodeURIComponent(document.title) + '#version=abc'; f.style.cssText = 'width:100%;border:0;height:90px'; document.getElementById('disqus_thread').appendChild(f); })();"""
    frame = "<!doctype html><meta charset=utf-8><h3>2 comments</h3><p id=u></p><script>document.querySelector('#u').textContent = new URLSearchParams(location.search).get('t_u') + location.hash;</script>"
    write(out / "trip.test", {"index.html": page})
    write(out / "maps.test", {"maps-api-v3/api/js/58/5/common.js": "window.common = true;"})
    write(out / "platform.social.test", {"widgets.js": tweet, "embed/Tweet.html": embed})
    write(out / "trip.comments.test", {"embed.js": comments})
    write(out / "comments.test", {"embed/comments/index.html": frame})


_LOADER = """window.maps = { Map: function (box, o) { box.style.position = 'relative'; box.style.overflow = 'hidden'; this.zoom = o.zoom; this.draw = function () { box.querySelectorAll('img').forEach(function (i) { i.remove(); }); for (var x = 0; x < 3; x++) for (var y = 0; y < 2; y++) { var i = new Image(); i.src = 'https://maps.test/maps/vt?pb=!1m5!1m4!1i' + this.zoom + '!2i' + x + '!3i' + y + '!4i256!2m3!1e0!2sm!3i694!3m12!2sen!3sUS!5e18&token=' + (x * 7919 + y); i.style.cssText = 'position:absolute;left:' + x * 256 + 'px;top:' + y * 256 + 'px'; box.appendChild(i); } }; this.draw(); var s = document.createElement('script'); s.src = 'https://maps.test/maps-api-v3/api/js/58/5/common.js'; document.head.appendChild(s); } };
(function () { var q = new URL(document.currentScript.src).searchParams; window[q.get('callback')](); var i = document.createElement('iframe'); i.style.display = 'none'; document.body.appendChild(i); i.contentDocument.open(); i.contentDocument.write('<script>parent.document.title += "!"<\\/script>'); i.contentDocument.close(); var a = new XMLHttpRequest(); a.open('GET', 'https://maps.test/maps/api/js/AuthenticationService.Authenticate?1s' + encodeURIComponent(location.href) + '&callback=_xdc_._' + Math.random().toString(36).slice(2, 8)); a.send(); })();"""


def _maps(request: Request) -> Answer | None:
    """Tiles told apart by a query of bangs, and the loader under a path without a file."""
    if request.path == "/maps/vt":
        headers = {"Content-Type": "image/png", "Access-Control-Allow-Origin": "*"}
        return Answer(gradient(256, 256, sum(request.query.encode()) % 256), headers)
    if request.path == "/maps/api/js":
        return Answer(_LOADER.encode(), _JS)
    if request.path == "/maps/api/js/AuthenticationService.Authenticate":
        return Answer(b"[1]", _JS)
    return None


def _post(request: Request) -> Answer | None:
    return Answer(json.dumps({"text": "just setting up", "q": request.query[:4]}).encode(), _JSON)


SITES = (
    Site(
        name="wiki",
        url="https://wiki.test/wiki/Tide",
        build=_wiki,
        handlers={"wiki.test": _load_php},
        ready="document.documentElement.className.includes('ready') && document.querySelector('.toggle').onclick && document.querySelector('#moon').onmouseover && document.images[0].naturalWidth && document.images[1].naturalWidth && getComputedStyle(document.querySelector('figure')).float === 'right'",
        act="document.querySelector('.toggle').click()",
        check="document.querySelector('.row').style.display === '' && document.querySelector('.toggle').textContent === '[hide]'",
    ),
    Site(
        name="forge",
        url="https://forge.test/lab/waves",
        build=_forge,
        ready="document.querySelectorAll('.file').length === 2 && document.querySelector('#commit') && getComputedStyle(document.querySelector('.file')).color === 'rgb(9, 105, 218)'",
        act="document.querySelector('summary').click()",
        check="document.querySelector('details').open && document.querySelector('#tree li')",
    ),
    Site(
        name="widgets",
        url="https://trip.test/",
        build=_widgets,
        handlers={"maps.test": _maps, "cdn.social.test": _post},
        ready="document.querySelectorAll('#map img').length === 6 && [...document.querySelectorAll('#map img')].every(i => i.naturalWidth === 256) && window.common && document.querySelector('iframe.rendered').offsetHeight === 180 && document.title.endsWith('!')",
        act="map.draw()",
        check="[...document.querySelectorAll('#map img')].every(i => i.naturalWidth === 256) && document.querySelector('#disqus_thread iframe').contentDocument.body.textContent.includes('https://trip.test/#version')",
    ),
)
