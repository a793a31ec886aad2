"""What the cases are made with: pages, pictures, and the registry of cases."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

from bench.hostile.server import HostileWeb, Reply, Route

ONE, TWO, THREE = "https://one.test", "https://two.test", "https://three.test"
CORS = ("Access-Control-Allow-Origin: *",)
KIT = """
const get = (url, options) =>
  fetch(url, options).then((r) => r.arrayBuffer().then(() => r)).catch((e) => e);
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A page of the hostile web. ``states`` are those that a fair judge may give it; ``reason``
    stands in what it says; ``asks`` are paths that a good capture has asked for."""

    name: str
    url: str
    states: tuple[str, ...]
    reason: str = ""
    asks: tuple[str, ...] = ()


Make = Callable[[HostileWeb], None]
_CASES: dict[str, tuple[Case, Make]] = {}


def case(
    name: str,
    *,
    url: str = "",
    states: tuple[str, ...] = ("captured",),
    reason: str = "",
    asks: tuple[str, ...] = (),
) -> Callable[[Make], Make]:
    """Register the function that lays a case's routes; its paths begin with its name."""

    def register(make: Make) -> Make:
        made = Case(name, url or f"{ONE}/{name}/", states, reason, asks)
        _CASES[name] = (made, make)
        return make

    return register


def lay(web: HostileWeb, names: tuple[str, ...] = ()) -> list[Case]:
    """Lay out all cases, or those named, and say where they stand."""
    chosen = [_CASES[name] for name in names] if names else list(_CASES.values())
    web.routes["/favicon.ico"] = Reply(status=204, reason="No Content", framing="none", type=None)
    for _, make in chosen:
        make(web)
    return [made for made, _ in chosen]


def names() -> list[str]:
    """The names of all cases."""
    return list(_CASES)


def page(title: str, body: str = "", script: str = "", head: str = "", **more: object) -> Reply:
    """An HTML page with some text, so that it is not blank."""
    text = f"<!doctype html><html><head><title>{title}</title>{head}</head><body><h1>{title}</h1>"
    text += "<p>A page of the hostile web with enough words to be seen by everybody.</p>"
    text += body + (f"<script>{KIT}{script}</script>" if script else "") + "</body></html>"
    values: dict[str, object] = {"type": "text/html; charset=utf-8", **more}
    return Reply(body=text.encode(), **values)  # type: ignore[arg-type]


def js(text: str) -> Reply:
    """A script, from any origin."""
    return Reply(body=(KIT + text).encode(), type="text/javascript", headers=CORS)


def data(text: str | bytes = b"data", **more: object) -> Reply:
    """Some data that any origin may read."""
    values: dict[str, object] = {"headers": CORS, **more}
    return Reply(body=text.encode() if isinstance(text, str) else text, **values)  # type: ignore[arg-type]


def put(web: HostileWeb, folder: str, routes: dict[str, Route]) -> None:
    """Lay routes below ``/folder/``, on any host."""
    for name, route in routes.items():
        web.routes[f"/{folder}/{name}"] = route


def picture(seed: int, size: int = 64) -> Reply:
    """A PNG that no other seed makes."""
    colours = bytes((seed * 37 % 256, seed * 91 % 256, seed * 53 % 256))
    rows = b"".join(b"\0" + (colours + b"\xff\xff\xff") * (size // 2) for _ in range(size))

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + check

    header = size.to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    body = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows))
    return Reply(body=body + chunk(b"IEND", b""), type="image/png", headers=CORS)
