"""Presents the deck beside this file on this machine alone: python3 present.py

Needs Python 3.8 or newer and nothing else. Every copied page gets an origin of its own
(http://NAME.deck.localhost), where it can neither reach the network nor the deck.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import webbrowser
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO, Optional
from urllib.parse import quote, unquote_to_bytes

PORT = 8420
HOST = re.compile(
    r"(?:localhost|127\.0\.0\.1|\[::1\]|(?:([a-z0-9-]{1,63})\.)?(deck\.localhost))(?::(\d{1,5}))?",
    re.IGNORECASE,
)
FOR_COPIES = ("sites", "runtime", "sw.js", "map.json")
MANY_COOKIES = 16 * 1024
RANGE = re.compile(r"bytes=\s*(\d{0,99})-(\d{0,99})\s*", re.IGNORECASE)
TRICK = re.compile(r"[\x00-\x1f\x7f\\/]")


class Handler(BaseHTTPRequestHandler):
    """GET and HEAD of the files in the deck's folder."""

    protocol_version = "HTTP/1.1"
    server_version = "deckarchive-bundle"
    timeout = 75

    def __init__(self, *args: Any, folder: Path, about: dict[str, Any]) -> None:
        self.folder, self.about = folder, about
        super().__init__(*args)

    def do_GET(self) -> None:
        """Answer one request."""
        host = HOST.fullmatch(self.headers.get("Host", ""))
        if not host or int(host[3] or 80) != self.server.server_port:  # type: ignore[attr-defined]
            return self.plain(421, "this server is for the deck on this machine only")
        path, mark, query = self.path.partition("?")
        if host[1] and path.lstrip("/").partition("/")[0] not in FOR_COPIES:
            return self.plain(404, "not a part of this copy")
        if path == "/runtime/slide" and not host[1]:
            return self.plain(200, "noted")  # `deckarchive present` would remember the slide
        if "Service-Worker" in self.headers and path != "/sw.js":
            # The browser's own field. A worker may make up pages, which come without a policy.
            return self.plain(403, "no service worker but the folder's own")
        names = segments(path)
        if names is None:
            return self.plain(404, "no such file in the offline folder")
        found = self.folder.joinpath(*names)
        if found.is_dir() and names and not path.endswith("/"):
            location = "/" + "".join(quote(name) + "/" for name in names) + mark + query
            return self.plain(301, location, ("Location", location))
        if found.is_dir():
            found = found / "index.html"
        inside = self.folder in found.resolve().parents
        if not inside or not found.is_file():
            return self.plain(404, "no such file in the offline folder")
        return self.file(found, in_deck=bool(host[2]) and not host[1])

    do_HEAD = do_GET

    def plain(self, status: int, text: str, *fields: tuple[str, str]) -> None:
        """A line of text."""
        body = f"{status} {text}\n".encode()
        self.send_response(status)
        for name, value in (
            ("Content-Type", "text/plain; charset=utf-8"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
            ("Content-Length", str(len(body))),
            *fields,
        ):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def file(self, path: Path, *, in_deck: bool) -> None:
        """A file or a part of it."""
        size = path.stat().st_size
        start, end = span(self.headers.get("Range", "") if self.command == "GET" else "", size)
        if start == end and size:
            return self.plain(416, "no such range", ("Content-Range", f"bytes */{size}"))
        name = path.relative_to(self.folder).as_posix()
        media = self.about["exceptions"].get(name) or self.about["types"].get(
            path.suffix.lower(), "application/octet-stream"
        )
        self.send_response(206 if (start, end) != (0, size) else 200)
        self.send_header("Content-Type", media)
        self.send_header("Accept-Ranges", "bytes")
        if (start, end) != (0, size):
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        for field, value in policies(name, media, self.about, in_deck=in_deck):
            self.send_header(field, value)
        if len(self.headers.get("Cookie", "")) > MANY_COOKIES:
            self.send_header("Clear-Site-Data", '"cookies"')  # a copy planted them as a burden
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        if self.command != "HEAD":
            with path.open("rb") as stream:
                stream.seek(start)
                copy(stream, self.wfile, end - start)
        return None

    def log_message(self, *args: Any) -> None:
        """The terminal belongs to the speaker."""


def segments(path: str) -> Optional[list[str]]:  # noqa: UP045 (Python 3.8)
    """The names in a URL's path; None when one of them is a trick."""
    names = []
    for raw in path.split("/"):
        try:
            name = unquote_to_bytes(raw).decode("utf-8")
        except UnicodeDecodeError:
            return None
        if name in (".", "..") or TRICK.search(name) or (os.name == "nt" and ":" in name):
            return None
        if name:
            names.append(name)
    return names


def span(value: str, size: int) -> tuple[int, int]:
    """Start and end of the bytes that a Range field asks for; all when it makes no sense."""
    match = RANGE.fullmatch(value)
    if not match or not (match[1] or match[2]):
        return 0, size
    if not match[1]:
        return size - min(int(match[2]), size), size
    start, last = int(match[1]), int(match[2]) if match[2] else size - 1
    if match[2] and last < start:
        return 0, size
    return (start, min(last + 1, size)) if start < size else (size, size)


def policies(
    name: str, media: str, about: dict[str, Any], *, in_deck: bool
) -> list[tuple[str, str]]:
    """The fields that keep the copies apart from the deck and from the network."""
    fields = [("Cache-Control", "no-cache")]
    if media == "text/html":
        fields.append(("Origin-Agent-Cluster", "?1"))
        fields.append(("Cross-Origin-Opener-Policy", "same-origin"))
    if not name.startswith("sites/"):
        fields.append(("X-Content-Type-Options", "nosniff"))
    elif media != about["without_policy"]:
        known = about["policies"]
        alone = known["copy-under-deck"] + "; " if in_deck else ""
        fields.append(("Content-Security-Policy", alone + known["copy"]))
        fields.append(("Connection-Allowlist", known["copy-connections"]))
        fields.append(("X-DNS-Prefetch-Control", "off"))
    if name.lower().endswith(".svgz"):
        fields.append(("Content-Encoding", "gzip"))
    return fields


def copy(source: BinaryIO, target: Any, left: int) -> None:
    """Send ``left`` bytes, a piece at a time."""
    while left > 0:
        data = source.read(min(left, 1 << 18))
        if not data:
            raise ConnectionAbortedError("the file became shorter")
        target.write(data)
        left -= len(data)


class Server(ThreadingHTTPServer):
    """On loopback alone."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = os.name != "nt"  # there it would share the port with another program

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up is no error."""


def main() -> None:
    """Serve the deck, open the browser, wait for Ctrl-C."""
    options = argparse.ArgumentParser(description="Present the deck in this folder.")
    options.add_argument("--port", type=int, default=0, help=f"default: {PORT}, or a free one")
    options.add_argument("--no-open", action="store_true", help="open no browser")
    given = options.parse_args()
    here = Path(__file__).resolve().parent
    folder = here / "deck"
    about = json.loads((here / "present.json").read_text("utf-8"))
    handler = partial(Handler, folder=folder, about=about)
    try:
        server = Server(("127.0.0.1", given.port or PORT), handler)
    except OSError:
        if given.port:
            sys.exit(f"port {given.port} is in use: choose another with --port")
        server = Server(("127.0.0.1", 0), handler)
    page = "" if about["page"] == "index.html" else quote(about["page"])
    address = f"http://deck.localhost:{server.server_port}/{page}"
    print(f"Presenting {about['title'] or 'the deck'} at {address}")
    print("(in a browser that does not know that name: ", end="")
    print(f"http://127.0.0.1:{server.server_port}/{page})")
    print("Press Ctrl-C to stop.", flush=True)
    if not given.no_open and not webbrowser.open(address):
        print("No browser could be opened: open the address yourself.", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("Stopped.")


if __name__ == "__main__":
    main()
