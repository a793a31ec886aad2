"""A web for decks from elsewhere: the usual CDNs, made of npm packages, and the stand-in web.

jsDelivr, unpkg and cdnjs answer with the files that they would have; Google Fonts with a style
sheet that has several faces by ``unicode-range``; every other host is :mod:`bench.standin`'s.
"""

from __future__ import annotations

import mimetypes
import re
from pathlib import Path

from bench import standin
from examples.web.build import MODULES
from examples.web.hosts import Answer, Request
from examples.web.serve import LocalWeb
from tests import npm

DOWN = frozenset({"gone.test"})
_FONT = MODULES / "reveal-5/dist/theme/fonts/source-sans-pro/source-sans-pro-regular.woff"
_PINNED = {"jquery": "3.7.1", "requirejs": "2.3.7", "katex": "0.16.22", "mathjax": "3.2.2"} | {
    "mermaid": "11.10.0"
}
_NAMES = {"reveal.js", "require.js", *_PINNED}
_CDN = re.compile(
    r"/(?:npm/|ajax/libs/)?(?P<name>[\w.-]+)[@/]v?(?P<version>\d[\w.-]*)/(?P<path>.*)"
)


def serve() -> LocalWeb:
    """The web, not yet started."""
    return LocalWeb(answer=answer, speaks=standin.speaks(DOWN))


def answer(request: Request) -> Answer:
    """The file of a package, a Google font, or what the stand-in web has."""
    if request.host in ("cdn.jsdelivr.net", "unpkg.com", "cdnjs.cloudflare.com"):
        return _package(request)
    if request.host == "api.cdnjs.com":  # what MathJax's latest.js asks
        return Answer(b'{"version": "2.7.9"}', _open("application/json"))
    if request.host == "fonts.googleapis.com":
        return _fonts()
    if request.host == "fonts.gstatic.com":
        return Answer(_FONT.read_bytes(), _open("font/woff"))
    return standin.answer(request)


def _package(request: Request) -> Answer:
    found = _CDN.fullmatch(request.path)
    if not found or found["name"] not in _NAMES:
        return standin.answer(request)
    folder = package(found["name"].replace("require.js", "requirejs"), found["version"])
    for file in (folder / found["path"], folder / "dist" / found["path"]):
        if file.is_file():
            return Answer(file.read_bytes(), _open(mimetypes.guess_type(file.name)[0] or ""))
    plain = folder / found["path"].replace(".min.", ".")
    if plain.is_file():
        return Answer(plain.read_bytes(), _open(mimetypes.guess_type(plain.name)[0] or ""))
    return Answer(b"not found", {"Content-Type": "text/plain"}, 404)


def package(name: str, version: str) -> Path:
    """The unpacked npm package that stands for a version: its own, or the pinned one."""
    if name == "mathjax" and version.startswith("2"):
        return npm.package(name, "2.7.9")
    if name == "reveal.js":
        return npm.package(
            name, {"3": "3.9.2", "4": "4.6.1", "5": "5.2.1", "6": "6.0.2"}[version[0]]
        )
    return npm.package(name, _PINNED[name])


def _open(mime: str) -> dict[str, str]:
    return {"Content-Type": mime or "application/octet-stream", "Access-Control-Allow-Origin": "*"}


def _fonts() -> Answer:
    faces = "".join(
        f"/* {name} */ @font-face {{ font-family: 'Lecture Sans'; font-style: normal; "
        f"font-weight: 400; font-display: swap; unicode-range: {span}; "
        f"src: url(https://fonts.gstatic.com/s/lecture/v1/{name}.woff) format('woff'); }}\n"
        for name, span in (("latin", "U+0000-00FF"), ("greek", "U+0370-03FF"))
    )
    return Answer(faces.encode(), _open("text/css; charset=utf-8"))
