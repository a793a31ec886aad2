"""Cases of formulas: MathJax 2 and 3, which load themselves piece by piece, from another host."""

from __future__ import annotations

from pathlib import Path

from bench.hostile.kit import CORS, case, page, put
from bench.hostile.server import HostileWeb, Reply, Route
from examples.web.build import MODULES

_TYPES = {".js": "text/javascript", ".woff": "font/woff", ".css": "text/css"}
_FORMULAS = r"""<p>\(a^2 + b^2 = c^2\), \[\int_0^\infty \frac{\sin x}{x}\,dx = \frac{\pi}{2}\]
\(\cancel{x} + \mathfrak{A} \subset \mathbb{R}\), \(\ce{H2O}\)</p>"""
"""What is crossed out and the chemical formula are in extensions that are loaded for them."""


def _files(folder: Path, below: str) -> dict[str, Route]:
    """Every script and font of an npm package, as a CDN serves it."""
    found: dict[str, Route] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in _TYPES:
            headers = (*CORS, "Cache-Control: max-age=31536000, immutable")
            name = f"{below}/{path.relative_to(folder).as_posix()}"
            found[name] = Reply(body=path.read_bytes(), type=_TYPES[path.suffix], headers=headers)
    return found


@case(
    "mathjax-2",
    asks=(
        "/mathjax-2/lib/extensions/TeX/cancel.js",
        "/mathjax-2/lib/extensions/TeX/mhchem.js",
        "/mathjax-2/lib/fonts/HTML-CSS/TeX/woff/MathJax_Main-Regular.woff",
        "/mathjax-2/lib/fonts/HTML-CSS/TeX/woff/MathJax_Fraktur-Regular.woff",
    ),
)
def _mathjax_2(web: HostileWeb) -> None:
    head = """<script type="text/x-mathjax-config">MathJax.Hub.Config({
    TeX: {extensions: ["cancel.js", "mhchem.js"]}});</script>
    <script async src="https://cdn.test/mathjax-2/lib/MathJax.js?config=TeX-AMS_CHTML"></script>"""
    put(
        web,
        "mathjax-2",
        {"": page("MathJax 2", _FORMULAS, head=head), **_files(MODULES / "mathjax", "lib")},
    )


@case(
    "mathjax-3",
    asks=(
        "/mathjax-3/lib/es5/core.js",
        "/mathjax-3/lib/es5/input/tex/extensions/cancel.js",
        "/mathjax-3/lib/es5/input/tex/extensions/mhchem.js",
        "/mathjax-3/lib/es5/output/chtml/fonts/woff-v2/MathJax_Main-Regular.woff",
        "/mathjax-3/lib/es5/output/chtml/fonts/woff-v2/MathJax_Fraktur-Regular.woff",
    ),
)
def _mathjax_3(web: HostileWeb) -> None:
    head = """<script>MathJax = {loader: {load: ["input/tex", "output/chtml"]}};</script>
    <script async src="https://cdn.test/mathjax-3/lib/es5/startup.js"></script>"""
    put(
        web,
        "mathjax-3",
        {"": page("MathJax 3", _FORMULAS, head=head), **_files(MODULES / "mathjax-3", "lib")},
    )
