"""A stand-in for the live web: every host exists, and what a URL looks like is what it gets.

``python -m bench.standin [--port N] [--down HOST …]`` serves it as a proxy on loopback, so that
any deck can be captured without reaching its real sites: lectures by remark (with the redirect
of a slashless directory), a nested reveal deck, notebooks with MathJax, articles with images,
demos on a canvas, embeds that a script builds, videos. The same URL always gets the same page.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import re
from collections.abc import Callable

from examples.web import hosts
from examples.web.build import VIDEO
from examples.web.hosts import Answer, Request, gradient
from examples.web.serve import LocalWeb

LOREM = (
    "A page of the stand-in web. The gradient of the loss points uphill, so each step goes the "
    "other way; how far is the learning rate's business. "
)


def speaks(down: frozenset[str]) -> Callable[[str, str], bool]:
    """Every host but those in ``down`` answers under both schemes."""

    def known(scheme: str, host: str) -> bool:
        del scheme
        return host not in down

    return known


def answer(request: Request) -> Answer:
    """The page, script, picture or video that a URL looks like."""
    if request.host.endswith(".example") and hosts.speaks(request.scheme, request.host):
        return hosts.answer(request)
    name = request.path.rpartition("/")[2]
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    if suffix in ("mp4", "webm"):
        return Answer(VIDEO.read_bytes(), {"Content-Type": "video/mp4", "Accept-Ranges": "bytes"})
    if suffix in ("png", "jpg", "jpeg", "gif", "webp"):
        return Answer(gradient(480, 300, _hash(request) % 256), {"Content-Type": "image/png"})
    if suffix == "svg":
        drawing = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 30">'
            f'<path fill="hsl({_hash(request) % 360} 60% 50%)" d="M0 0h48L24 30z"/></svg>'
        )
        return Answer(drawing.encode(), {"Content-Type": "image/svg+xml"})
    if suffix == "css":
        return _text("css", f"body{{font:18px/1.5 sans-serif;background:{_tint(request)}}}")
    if suffix == "js":
        return _text("javascript", "document.documentElement.dataset.script = 'ran';")
    if suffix == "json":
        return _text("json", json.dumps({"rows": [[i, i * i % 17] for i in range(40)]}))
    if "/slides/" in request.path and not suffix:
        if not request.path.endswith("/"):
            return Answer(b"", {"Location": request.path + "/"}, 301)
        return _html(_remark(request))
    if suffix == "md":
        return _text("markdown", "# Nested\n\n---\n\n## Two\n\n---\n\n## Three\n" * 20)
    kinds = [_article, _notebook, _built_by_script, _demo]
    if request.host.startswith("slides."):
        return _html(_nested_reveal(request))
    if suffix == "ipynb":
        return _html(_notebook(request))
    return _html(kinds[_hash(request) % len(kinds)](request))


def _hash(request: Request) -> int:
    return int(hashlib.sha256(f"{request.host}{request.path}".encode()).hexdigest()[:8], 16)


def _tint(request: Request) -> str:
    return f"hsl({int(hashlib.sha256(request.host.encode()).hexdigest()[:4], 16) % 360} 60% 96%)"


def _text(kind: str, text: str) -> Answer:
    main = "application" if kind in ("json", "javascript") else "text"
    headers = {"Content-Type": f"{main}/{kind}; charset=utf-8", "Access-Control-Allow-Origin": "*"}
    return Answer(text.encode(), headers)


def _html(text: str) -> Answer:
    return Answer(text.encode(), {"Content-Type": "text/html; charset=utf-8"})


def _page(request: Request, head: str, body: str) -> str:
    title = re.sub(r"\W+", " ", f"{request.host} {request.path}").strip()
    return (
        f"<!doctype html><html><head><title>{title}</title>"
        f'<link rel="stylesheet" href="/static/site.css?v=3">{head}</head>'
        f"<body><h1>{title}</h1>{body}<script src='/static/app.js'></script></body></html>"
    )


def _article(request: Request) -> str:
    figures = "".join(
        f'<p>{LOREM * 3}</p><img loading="lazy" width="480" height="300" src="img/fig{n}.png"'
        f' srcset="img/fig{n}.png 1x, img/fig{n}-big.png 2x" alt="figure {n}">'
        for n in range(8)
    )
    return _page(request, "", figures)


def _notebook(request: Request) -> str:
    cells = "".join(
        f"<p>{LOREM} $x_{{{n}}} = \\sum_i w_i^{n}$</p><pre>In [{n}]: net(x)</pre>"
        for n in range(40)
    )
    head = (
        '<script src="https://cdn.example/mathjax@2.7.9/MathJax.js?config=TeX-AMS_CHTML"></script>'
    )
    config = (
        '<script type="text/x-mathjax-config">MathJax.Hub.Config({tex2jax:'
        "{inlineMath:[['$','$']]}});</script>"
    )
    return _page(request, config + head, cells + '<img src="//img.shared.test/plot.png">')


def _built_by_script(request: Request) -> str:
    body = """<div id="app">Loading</div><script>
fetch('/api/data.json?t=' + Date.now()).then((r) => r.json()).then((data) => {
  const app = document.querySelector('#app');
  app.innerHTML = data.rows.map((r) => `<p>row ${r[0]}: ${r[1]}</p>`).join('');
  const image = new Image(); image.src = location.origin + '/api/chart.png'; app.prepend(image);
  app.onclick = () => { app.dataset.clicked = 'yes'; app.style.background = 'gold'; };
});</script>"""
    return _page(request, "", body)


def _demo(request: Request) -> str:
    body = """<canvas width="900" height="500"></canvas><p id="n">0</p>
<script src="https://cdn.example/d3@7.9.0/dist/d3.min.js"></script><script>
const context = document.querySelector('canvas').getContext('2d');
let n = 0;
const draw = () => { context.fillStyle = d3.interpolateRainbow(n / 20);
  context.fillRect(0, 0, 900, 500); document.querySelector('#n').textContent = n++; };
document.querySelector('canvas').onclick = draw; draw();
</script>"""
    return _page(request, "", body)


def _remark(request: Request) -> str:
    slides = "\n---\n".join(f"# Slide {n}\n\n{LOREM}\n\n![](images/p{n}.png)" for n in range(1, 30))
    return (
        f"<!doctype html><html><head><title>{request.path}</title><meta charset=utf-8>"
        '<link rel="stylesheet" href="style.css"></head><body><textarea id="source">'
        f"{slides}</textarea>"
        '<script src="https://cdn.example/remark@0.14.0/remark.min.js"></script>'
        "<script>remark.create({highlightLines: true})</script></body></html>"
    )


def _nested_reveal(request: Request) -> str:
    base = "https://cdn.example/reveal.js@3.9.2"
    slides = "".join(
        f"<section><h2>{request.path} {n}</h2><p>{LOREM}</p></section>" for n in range(45)
    )
    return (
        f'<!doctype html><html><head><link rel="stylesheet" href="{base}/css/reveal.css">'
        f'<link rel="stylesheet" href="{base}/css/theme/white.css"></head><body>'
        f'<div class="reveal"><div class="slides">{slides}</div></div>'
        f'<script src="{base}/js/reveal.js"></script>'
        "<script>Reveal.initialize({history: true})</script></body></html>"
    )


def serve(port: int = 0, down: frozenset[str] = frozenset()) -> LocalWeb:
    """The stand-in web, not yet started: a context manager with a ``proxy`` address."""
    return LocalWeb(port, answer=answer, speaks=speaks(down))


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8899)
    parser.add_argument("--down", nargs="*", default=[], metavar="HOST")
    arguments = parser.parse_args()
    with serve(arguments.port, frozenset(arguments.down)) as web:
        print(f"--proxy {web.proxy} --insecure", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            web.wait()


if __name__ == "__main__":
    main()
