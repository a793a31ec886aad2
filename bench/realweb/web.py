"""The hosts of the web of real pages: folders that tools filled, and a CDN of npm packages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote

from bench.realweb.kit import Kit, ToolError
from examples.web.hosts import Answer, Request, gradient

Build = Callable[[Kit, Path], None]
Handler = Callable[[Request], Answer | None]
CDN = "cdn.test"
TILES = "tiles.test"

TYPES: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "json": "application/json",
    "map": "application/json",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "ico": "image/x-icon",
    "woff2": "font/woff2",
    "woff": "font/woff",
    "ttf": "font/ttf",
    "wasm": "application/wasm",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "xml": "application/xml",
    "pdf": "application/pdf",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "m3u8": "application/vnd.apple.mpegurl",
    "ts": "video/mp2t",
    "mpd": "application/dash+xml",
    "glb": "model/gltf-binary",
    "webmanifest": "application/manifest+json",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One page of the web, how it is made, and how to tell that it is alive.

    ``build`` fills a folder with one folder a host. ``ready`` and ``check`` are expressions that
    hold before and after the statements of ``act``, in the page.
    """

    name: str
    url: str
    build: Build
    ready: str
    act: str
    check: str
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Host → what it sends with its pages, in place of or beside the usual."""

    @property
    def probe(self) -> dict[str, str]:
        return {"name": self.name, "ready": self.ready, "act": self.act, "check": self.check}


class RealWeb:
    """Answers for the hosts of some sites whose folders are made."""

    def __init__(self, kit: Kit, made: Mapping[str, tuple[Site, Path]]) -> None:
        self._kit = kit
        self._roots: dict[str, list[Path]] = {}
        self._handlers: dict[str, Handler] = {}
        self._headers: dict[str, Mapping[str, str]] = {}
        for site, folder in made.values():
            for path in folder.iterdir():
                if path.is_dir():
                    self._roots.setdefault(path.name, []).append(path)
            self._handlers |= site.handlers
            self._headers |= site.headers

    def speaks(self, scheme: str, host: str) -> bool:
        """Whether a host is there; all speak both schemes."""
        del scheme
        return host in (CDN, TILES) or host in self._roots or host in self._handlers

    def answer(self, request: Request) -> Answer:
        """What a host says: its handler first, then its files."""
        if request.method == "OPTIONS":
            allow = {"Access-Control-Allow-Methods": "*", "Access-Control-Allow-Headers": "*"}
            return Answer(b"", {"Access-Control-Allow-Origin": "*"} | allow, 204)
        handler = self._handlers.get(request.host)
        found = handler(request) if handler else None
        if request.host == CDN:
            found = self._package(request.path)
        elif request.host == TILES:
            found = _tile(request.path)
        if found is None:
            roots = self._roots.get(request.host, [])
            answers = (_file(root, request.path) for root in roots)
            found = next((answer for answer in answers if answer), None)
            if request.path.endswith("/combo"):
                found = _combined(roots, request.query)
        if found and found.headers.get("Content-Type") == TYPES["html"]:
            extra = self._headers.get(request.host, {})
            found = replace(found, headers={**found.headers, **extra})
        return found or _missing(self._roots.get(request.host, []))

    def _package(self, path: str) -> Answer | None:
        match = re.fullmatch(r"/npm/((?:@[^/]+/)?[^/@]+)@([^/]+)/(.+)", path)
        if not match:
            return None
        try:
            folder = self._kit.npm(match[1], match[2])
        except ToolError:
            return None
        return _sent(folder, folder / match[3])


def _file(root: Path, name: str) -> Answer | None:
    path = root / name.lstrip("/")
    page = path.with_name(path.name + ".html")  # what hosts of static exports serve for it
    if path.is_dir() and not (page.is_file() and not name.endswith("/")):
        if not name.endswith("/"):
            return Answer(b"", {"Location": f"{name}/"}, 301)
        path /= "index.html"
    return _sent(root, page if page.is_file() and not path.is_file() else path)


def _combined(roots: Sequence[Path], query: str) -> Answer | None:
    """Several files in one answer: what the loaders of large script libraries ask for."""
    parts = [_file(root, unquote(name)) for root in roots for name in query.split("&")]
    found = [part for part in parts if part]
    return replace(found[0], body=b"\n".join(p.body for p in found)) if found else None


def _tile(path: str) -> Answer | None:
    """A map tile of one colour gradient, told apart by its place."""
    match = re.fullmatch(r"/(\d+)/(\d+)/(\d+)(?:@2x)?\.png", path)
    if not match:
        return None
    place = int(match[1]) * 7 + int(match[2]) * 31 + int(match[3]) * 57
    headers = {"Content-Type": "image/png", "Access-Control-Allow-Origin": "*"}
    return Answer(gradient(256, 256, place % 256), headers)


def _sent(root: Path, path: Path) -> Answer | None:
    if ".." in path.parts or not path.is_relative_to(root) or not path.is_file():
        return None
    kind = TYPES.get(path.suffix.lstrip(".").lower(), "application/octet-stream")
    headers = {
        "Content-Type": kind,
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": "max-age=600",
        "Accept-Ranges": "bytes",
    }
    return Answer(path.read_bytes(), headers)


def _missing(roots: Sequence[Path]) -> Answer:
    own = next((page for root in roots if (page := root / "404.html").is_file()), None)
    body = own.read_bytes() if own else b"<h1>404</h1><p>No such page.</p>"
    return Answer(body, {"Content-Type": TYPES["html"]}, 404)
