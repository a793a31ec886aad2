"""What the pages of a cases directory need from their servers, and what they show live.

A case is known by the number that its folder's name begins with; its README says how it is served.
Each is laid out as a host of its own in the hostile web, ``cNN.test``.
"""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from PIL import Image

from bench.hostile.server import Asked, HostileWeb, Reply
from examples.web.build import VIDEO

HTML, JSON, SCRIPT = "text/html; charset=utf-8", "application/json", "text/javascript"
CORS = ("Access-Control-Allow-Origin: *",)
S = "document.querySelector('#s').textContent"
Lay = Callable[[HostileWeb, str, bytes], None]


@dataclass(frozen=True, slots=True)
class Case:
    """``holds`` is true in the frame (for ``deck``, in the deck) while it shows what live shows.

    ``act`` is done first, in the frame; ``clicks`` are CSS selectors. ``section`` stands for the
    slide, with ``{page}`` and ``{url}`` in it. ``looks`` compares the slide's picture as well.
    """

    holds: str
    lay: Lay | None = None
    path: str = "/"
    act: str = ""
    clicks: tuple[str, ...] = ()
    section: str = '<section data-background-iframe="{url}"></section>'
    looks: bool = False
    deck: bool = False


def _reply(body: bytes | str, kind: str, **more: object) -> Reply:
    values: dict[str, object] = {"type": kind, "headers": CORS, **more}
    return Reply(body=body.encode() if isinstance(body, str) else body, **values)  # type: ignore[arg-type]


def _data(value: object) -> Reply:
    return _reply(json.dumps(value), JSON)


def _png(width: int, height: int) -> Reply:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#c33").save(out, "PNG")
    return _reply(out.getvalue(), "image/png")


def _at(path: str, reply: Reply) -> Lay:
    """The page at its root, and one more answer."""

    def lay(web: HostileWeb, host: str, page: bytes) -> None:
        web.routes[f"{host}/"] = _reply(page, HTML)
        web.routes[f"{host}{path}"] = reply

    return lay


def _referer(web: HostileWeb, host: str, page: bytes) -> None:
    refused = _reply("<b>Error 153: video player configuration error</b>", HTML)

    def answer(asked: Asked) -> Reply:
        framed = asked.fields.get("sec-fetch-dest") in (None, "iframe")
        known = asked.fields.get("referer", "").startswith("https://")
        return _reply(page, HTML) if framed and known else refused

    web.routes[f"{host}/"] = answer
    web.routes[f"{host}/film.mp4"] = _reply(VIDEO.read_bytes(), "video/mp4")


def _polled(web: HostileWeb, host: str, page: bytes) -> None:
    """Each visit waits three times, then has its result."""
    asked_before = itertools.count(1)
    done = {"state": "done", "result": 42}
    web.routes[f"{host}/"] = _reply(page, HTML)
    web.routes[f"{host}/job"] = lambda asked: _data(
        done if next(asked_before) % 4 == 0 else {"state": "pending"}
    )


def _random(web: HostileWeb, host: str, page: bytes) -> None:
    web.routes[f"{host}/"] = _reply(page, HTML)
    for name in "abdefgh":
        web.routes[f"{host}/{name}"] = _reply("{}", JSON)


def _jsonp(web: HostileWeb, host: str, page: bytes) -> None:
    def answer(asked: Asked) -> Reply:
        query = parse_qs(urlsplit(asked.url).query)
        name = (query.get("json") or query.get("fn") or ["x"])[0]
        return _reply(f"{name}({{v:1}})", SCRIPT)

    web.routes[f"{host}/"] = _reply(page, HTML)
    web.routes[f"{host}/d1"] = web.routes[f"{host}/d2"] = answer


def _posts(web: HostileWeb, host: str, page: bytes) -> None:
    def answer(asked: Asked) -> Reply:
        block = json.loads(asked.body or b"{}").get("block", "none")
        return _data({"text": f"{block}-text"})

    web.routes[f"{host}/"] = _reply(page, HTML)
    web.routes[f"{host}/blocks"] = answer


def _lazy(web: HostileWeb, host: str, page: bytes) -> None:
    web.routes[f"{host}/"] = _reply(page, HTML)
    for n in range(8):
        web.routes[f"{host}/z{n}.png"] = _png(160, 100)


def _photo(web: HostileWeb, host: str, page: bytes) -> None:
    def answer(asked: Asked) -> Reply:
        size = 400 if "w=400" in asked.query else 20
        return _png(size, size)

    web.routes[f"{host}/"] = _reply(page, HTML)
    web.routes[f"{host}/photo.png"] = answer


def _written(web: HostileWeb, host: str, page: bytes) -> None:
    web.routes[f"{host}/"] = _reply(page, HTML)
    web.routes[f"{host}/sub/pic.png"] = _png(160, 100)
    web.routes[f"{host}/sub/x.js"] = _reply("window.X = 'x-ran'", SCRIPT)


def _timed(web: HostileWeb, host: str, page: bytes) -> None:
    web.routes[f"{host}/"] = _reply(page, HTML)
    found = web.route

    def route(asked: Asked) -> Reply:
        parts = urlsplit(asked.url)
        if parts.hostname == host and parts.path.startswith("/cam/"):
            return _png(160, 100)
        if parts.hostname == host and parts.path.startswith("/snap-"):
            return _data({"v": 7})
        return found(asked)

    web.route = route  # type: ignore[method-assign]


def _icons(web: HostileWeb, host: str, page: bytes) -> None:
    disc = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 60">{}</svg>'
    circle = '<circle cx="30" cy="30" r="28" fill="#0a0"/>'
    web.routes[f"{host}/"] = _reply(page, HTML)
    web.routes[f"{host}/mask.svg"] = _reply(disc.format(circle), "image/svg+xml")
    symbol = f'<symbol id="x">{circle}</symbol>'
    web.routes[f"{host}/sprite.svg"] = _reply(disc.format(symbol), "image/svg+xml")


def _moved(web: HostileWeb, host: str, page: bytes) -> None:
    headers = (*CORS, "Refresh: 0; url=/real/")
    web.routes[f"{host}/start"] = _reply(page, HTML, headers=headers)
    web.routes[f"{host}/real/"] = _reply("<!doctype html><p id=s>the real page</p>", HTML)


def _path(web: HostileWeb, host: str, page: bytes) -> None:
    web.routes[f"{host}/gallery/9"] = _reply(page, HTML)


def _srcdoc(web: HostileWeb, host: str, page: bytes) -> None:
    web.routes["cdn.demo-lab.org/red.png"] = _png(160, 100)
    web.routes["cdn.demo-lab.org/classic.js"] = _reply("window.CLASSIC = 'classic'", SCRIPT)


def _stack(web: HostileWeb, host: str, page: bytes) -> None:
    text = "<body style='background:#246;color:#fff'><h1>The page of the stack</h1>"
    web.routes["demo.example/"] = _reply(text, HTML)


def _api(web: HostileWeb, host: str, page: bytes) -> None:
    web.routes[f"{host}/"] = _reply(page, HTML)
    web.routes["api.demo-lab.org/users"] = _data([1, 2])


FRAME: Final = '<section><iframe data-src="{url}" width="900" height="600"></iframe></section>'
ALLOWED: Final = FRAME.replace("<iframe", '<iframe allow="camera; microphone; clipboard-write"')
SCROLL: Final = (
    "async () => { for (let y = 0; y < document.body.scrollHeight; y += 400) { scrollTo(0, y);"
    " await new Promise((go) => setTimeout(go, 500)) } }"
)
CASES: Final[Mapping[str, Case]] = {
    "01": Case(f"{S} === 'ok'"),
    "02": Case(f"{S} === 'player'", _referer),
    "03": Case(f"{S} === 'ready 1'", _at("/late.json", _data({"v": 1}))),
    "04": Case(f"{S} === 'result 42'", _polled),
    "05": Case("performance.now() > 3000 && document.querySelector('#ov').style.display === 'none'",
               _at("/ws", Reply(status=101, reason="Switching Protocols", socket=True, type=None))),
    "06": Case(f"{S} === 'users'", _api),
    "07": Case(f"{S} === 'gallery item 10'", _path, path="/gallery/9", clicks=("#nx",)),
    "08": Case(f"{S} === 'Copied!'", section=ALLOWED, clicks=("#k",)),
    "09": Case(f"{S} === 'animation started'", section=FRAME),
    "10": Case(f"{S} === 'srcdoc classic' && document.querySelector('img').naturalWidth === 160",
               _srcdoc, section='<section><iframe srcdoc="{page}"></iframe></section>'),
    "11": Case(f"{S} === 'abdefgh'", _random),
    "12": Case(f"[...{S}].sort().join('') === 'ab'", _jsonp),
    "13": Case(f"{S}.split('-text').length === 4", _posts),
    "14": Case(f"{S} === 'clicked'", clicks=("#b",)),
    "15": Case("[...document.images].filter((i) => i.naturalWidth === 160).length === 8",
               _lazy, act=SCROLL),
    "16": Case(f"{S} === 'online app'"),
    "17": Case(f"{S} === '400'", _photo),
    "18": Case(f"{S} === '160 x-ran'", _written),
    "19": Case(f"{S} === 'snap 7' && document.querySelector('#cam').naturalWidth === 160", _timed),
    "20": Case(f"{S} === 'cached 4'", _at("/data.json", _data({"v": 4}))),
    "21": Case("document.querySelector('section.present p').textContent === 'row 0'", _stack,
               section="{page}", looks=True, deck=True),
    "22": Case("document.querySelector('use') !== null", _icons, looks=True),
    "23": Case(f"{S} === 'bmp 160'", _at("/own.png", _png(160, 100))),
    "24": Case(f"{S} === 'the real page'", _moved, path="/start"),
}  # fmt: skip


def lay(web: HostileWeb, number: str, folder: Path) -> str:
    """Serve the case of a folder; returns its slide."""
    case, host = CASES[number], f"c{number}.test"
    page = (folder / "page.html").read_bytes()
    if case.lay:
        case.lay(web, host, page)
    else:
        status = 404 if number == "14" else 200
        web.routes[f"{host}/"] = _reply(page, HTML, status=status)
    text = page.decode().replace('"', "&quot;") if "srcdoc" in case.section else page.decode()
    return case.section.replace("{url}", f"https://{host}{case.path}").replace("{page}", text)
