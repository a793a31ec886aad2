"""The web of ``bench.platform``: each case is a page on a host of its own, beside a CDN.

A case stands in a text of ``cases/``: ``=== name`` and the body of an async function, whose value
is what the page found out; ``--- /path`` (or ``--- https://host/path``) starts a further file,
``! tier: reason`` says where another value than the live one is known and why. Every host also
answers what :func:`_common` knows. ``CDN`` in a case stands for ``https://cdn.test/NAME``.
"""

from __future__ import annotations

import hashlib
import io
import json
import mimetypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from deckarchive.model import Exchange
from examples.web.build import VIDEO
from examples.web.hosts import Answer, Request, gradient
from examples.web.serve import ranged

CASES: Final = Path(__file__).parent / "cases"
KIT: Final = (Path(__file__).parent / "kit.js").read_text("utf-8")
_WASM: Final = bytes.fromhex(  # (func (export "add") (param i32 i32) (result i32))
    "0061736d0100000001070160027f7f017f030201000707010361646400000a09010700200020016a0b"
)
_EVENTS: Final = "id: 1\ndata: one\n\nevent: named\ndata: two\ndata: lines\n\n"


@dataclass(frozen=True, slots=True)
class Case:
    """One page: ``files`` by URL, and the tiers where it is known to differ, each with a reason."""

    topic: str
    name: str
    files: Mapping[str, str]
    known: Mapping[str, str]

    @property
    def url(self) -> str:
        """The page's address."""
        return f"https://{self.name}.test/dir/page.html"


def read_cases() -> list[Case]:
    """All cases, in the order of the texts."""
    return [case for file in sorted(CASES.glob("*.txt")) for case in _read(file)]


def _read(file: Path) -> Iterator[Case]:
    for section in re.split(r"^=== ", file.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        title, _, rest = section.partition("\n")
        name = re.sub(r"[^a-z0-9]+", "-", title.strip().lower()).strip("-")
        rest = rest.replace("CDN", f"https://cdn.test/{name}")
        known = dict(re.findall(r"^! ([^:\n]+): (.*)\n", rest, flags=re.MULTILINE))
        rest = re.sub(r"^! .*\n", "", rest, flags=re.MULTILINE)
        job, *others = re.split(r"^--- (\S+)\n", rest, flags=re.MULTILINE)
        origin = f"https://{name}.test"
        files = {f"{origin}/dir/page.html": _page(name, job)}
        for path, body in zip(others[::2], others[1::2], strict=True):
            files[path if "://" in path else origin + path] = body
        yield Case(file.stem, name, files, known)


def _page(name: str, job: str) -> str:
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{name}</title>"
        f"<script>{KIT}</script></head><body><h1>{name}</h1><p>A page of the platform.</p>"
        f"<main></main><script>run(async () => {{\n{job}}});</script></body></html>"
    )


class PlatformWeb:
    """Answers for the hosts of some cases; what they do not name, :func:`_common` may know."""

    def __init__(self, cases: list[Case]) -> None:
        self.given: list[tuple[Request, Answer]] = []
        """All that was asked and answered, in order."""
        self._files = {url: text for case in cases for url, text in case.files.items()}
        self._hosts = {url.split("/")[2] for url in self._files} | {"cdn.test", "other.test"}

    def speaks(self, scheme: str, host: str) -> bool:
        """Whether anything answers for ``host``."""
        return scheme == "https" and host in self._hosts

    def answer(self, request: Request) -> Answer:
        """The file of a case, or what every host has."""
        found = ranged(request, self._answer(request))
        self.given.append((request, found))
        return found

    def exchanges(self, start: int) -> list[Exchange]:
        """What was asked and answered from the ``start``-th on, as a capture keeps it."""
        return [_exchange(*pair) for pair in self.given[start:]]

    def _answer(self, request: Request) -> Answer:
        headers = {
            "Access-Control-Allow-Origin": request.headers.get("origin", "*"),
            "Access-Control-Allow-Headers": "x-asked, content-type, range",
            "Access-Control-Allow-Credentials": "true",
            "Access-Control-Expose-Headers": "X-Answer",
            "X-Answer": "exposed",
        }
        text = self._files.get(f"https://{request.host}{request.path}")
        if text is None or request.method == "OPTIONS":
            found = _common(request)
            return Answer(found.body, headers | dict(found.headers), found.status)
        kind = mimetypes.guess_type(request.path)[0] or "text/html"
        if request.path.startswith("/isolated/"):
            headers |= {
                "Cross-Origin-Opener-Policy": "same-origin",
                "Cross-Origin-Embedder-Policy": "require-corp",
            }
        charset = "; charset=utf-8" if kind.startswith("text/") else ""
        return Answer(text.encode(), headers | {"Content-Type": kind + charset})


def _exchange(request: Request, answer: Answer) -> Exchange:
    query = f"?{request.query}" if request.query else ""
    return Exchange(
        method=request.method,
        url=f"{request.scheme}://{request.host}{quote(request.path)}{query}",
        status=answer.status,
        request_headers=tuple(request.headers.items()),
        headers=tuple(answer.headers.items()),
        timestamp="2026-01-01T00:00:00Z",
        digest="sha256:" + hashlib.sha256(answer.body).hexdigest(),
        size=len(answer.body),
        open_body=lambda: io.BytesIO(answer.body),
        request_body=request.body,
    )


def _common(request: Request) -> Answer:
    name = request.path.rpartition("/")[2]
    if request.method == "OPTIONS":
        return Answer(b"", {}, 204)
    if name == "echo":
        told = [request.method, request.query, request.body.decode("latin-1")[:200]]
        return Answer(json.dumps(told).encode(), {"Content-Type": "application/json"})
    if name == "jsonp":
        match = re.search(r"callback=([\w.$]+)", request.query)
        call = f"{match and match[1]}({{'n': 1}})"
        return Answer(call.encode(), {"Content-Type": "text/javascript"})
    if name == "events":
        return Answer(_EVENTS.encode(), {"Content-Type": "text/event-stream"})
    if name == "redirect":
        return Answer(b"", {"Location": "data.json"}, 302)
    if name == "empty":
        return Answer(b"", {}, 204)
    if name == "teapot.json":
        return Answer(b'{"error": "teapot"}', {"Content-Type": "application/json"}, 418)
    if name in _FIXED:
        kind, body = _FIXED[name]
        return Answer(body, {"Content-Type": kind, "Accept-Ranges": "bytes"})
    return Answer(b"<h1>no such page</h1>", {"Content-Type": "text/html"}, 404)


_FIXED: Final[Mapping[str, tuple[str, bytes]]] = {
    "data.json": ("application/json", b'{"n": 1}'),
    "text.txt": ("text/plain; charset=utf-8", "schön".encode()),
    "doc.xml": ("application/xml", b"<r><a>1</a></r>"),
    "plain.html": ("text/html; charset=utf-8", b"<title>plain</title><p>plain page"),
    "dot.png": ("image/png", gradient(8, 8, 40)),
    "add.wasm": ("application/wasm", _WASM),
    "clip.mp4": ("video/mp4", VIDEO.read_bytes()),
    "x.js": ("text/javascript", b"window.x = (window.x || 0) + 1;"),
    "m.js": ("text/javascript", b"export default 'm'; export const url = import.meta.url;"),
    "red.css": ("text/css", b"main{color:rgb(255, 0, 0)}"),
    "large.json": ("application/json", b'{"n": "' + b"large" * 300_000 + b'"}'),
    "digits.bin": ("application/octet-stream", b"0123456789" * 100),
}
