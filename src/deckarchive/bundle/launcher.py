"""Presents the deck beside this file on this machine alone: python3 present.py

Needs Python 3.8 or newer and nothing else. Every copied page gets an origin of its own
(http://NAME.deck.localhost), where it can neither reach the network nor the deck.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import re
import secrets
import stat
import sys
import threading
import webbrowser
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, unquote, unquote_to_bytes

PORT = 8420
HOST = re.compile(
    r"(localhost|127\.0\.0\.1|\[::1\]|(?:([a-z0-9-]{1,63})\.)?(deck\.localhost))(?::(\d{1,5}))?",
    re.IGNORECASE,
)
FOR_COPIES = ("sites", "runtime", "sw.js", "map.json")
NOT_PAGES = ("sites", "runtime")  # what no link of another site may open
SHOWN = ("document", "iframe", "frame", "embed", "object")
MANY_COOKIES = 16 * 1024
FORGET_COOKIES = ("Clear-Site-Data", '"cookies"')
MAX_HEAD = 1024 * 1024  # more than all the cookies that a browser keeps for one site
METHODS = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (/\S*) HTTP/1\.([0-9])")
FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*")
RANGE = re.compile(r"bytes=[ \t]*(\d{0,99})-(\d{0,99})[ \t]*", re.IGNORECASE)
ORIGIN = re.compile(r"https?://[^/?#]+", re.IGNORECASE)
TRICK = re.compile(r"[\x00-\x1f\x7f\\/]")
UNFINISHED = re.compile(r"\..+\.[a-z0-9_]{8}(?:\.old\.[a-z0-9_]{8})?")
PRIVATE = (".git", ".hg", ".svn")


class Host:
    """The name under which the server is asked: the deck's, a copy's, or the plain address."""

    def __init__(self, name: str, copy: str, is_deck: bool, port: int) -> None:
        self.origin = "http://" + name.lower() + ("" if port == 80 else f":{port}")
        self.copy, self.is_deck, self.port = copy.lower(), is_deck and not copy, port
        self.ancestors = "frame-ancestors 'self'"
        if copy:
            self.ancestors += f" http://deck.localhost:{port}"


class Handler(BaseHTTPRequestHandler):
    """GET and HEAD of the files in the deck's folder."""

    protocol_version = "HTTP/1.1"
    server_version = "deckarchive-bundle"
    timeout = 75
    server: LauncherServer
    fields: dict[str, str]
    host: Host | None

    def __init__(self, *args: Any, folder: Path, about: dict[str, Any], owner: str) -> None:
        self.folder, self.about, self.owner = folder, about, owner
        super().__init__(*args)

    def handle_one_request(self) -> None:
        """Read a request's head, whatever cookies it carries, and answer."""
        self.close_connection = True
        self.host, self.fields = None, {}
        self.command, self.requestline, self.request_version = "GET", "", "HTTP/1.1"
        try:
            head = self.read_head()
            self.server.progress(self.connection)
            if head == b"":
                return
            if head is None:
                # Cookies are what a browser's head can grow by: it comes again without them.
                self.plain(431, "Request Header Fields Too Large", FORGET_COOKIES)
            elif self.parse(head):
                self.answer()
            else:
                self.plain(400, "Bad Request")
            self.wfile.flush()
        except OSError:  # the browser has gone, or is too slow
            self.close_connection = True

    def read_head(self) -> bytes | None:
        """Up to the empty line; empty when the browser has hung up, None when it is too long."""
        head = b""
        while True:
            line = self.rfile.readline(MAX_HEAD + 1 - len(head))
            if not line:
                return b""
            head += line
            if len(head) > MAX_HEAD:
                return None
            if line in (b"\r\n", b"\n") and head.strip(b"\r\n"):
                return head

    def parse(self, head: bytes) -> bool:
        """Take the head apart; whether it is a request."""
        first, *lines = head.decode("latin-1").strip("\r\n").split("\r\n")
        match = METHODS.fullmatch(first)
        if not match:
            return False
        self.requestline = first
        self.command, self.path = match[1], match[2]
        for line in lines:
            field = FIELD.fullmatch(line)
            if not field or (field[1].lower() == "host" and "host" in self.fields):
                return False
            name = field[1].lower()
            before = self.fields.get(name)
            self.fields[name] = field[2] if before is None else before + ", " + field[2]
        words = [word.strip().lower() for word in self.fields.get("connection", "").split(",")]
        has_body = (
            "transfer-encoding" in self.fields or self.fields.get("content-length", "0") != "0"
        )
        last = "close" in words or (match[3] == "0" and "keep-alive" not in words)
        self.close_connection = last or has_body
        return True

    def answer(self) -> None:
        """Answer one request."""
        port = self.server.server_port
        named = HOST.fullmatch(self.fields.get("host", ""))
        if not named or int(named[4] or 80) != port:
            self.close_connection = True
            return self.plain(421, "this server is for the deck on this machine only")
        host = self.host = Host(named[1], named[2] or "", bool(named[3]), port)
        if self.command not in ("GET", "HEAD"):
            return self.plain(405, "only GET and HEAD", ("Allow", "GET, HEAD"))
        path, mark, query = self.path.partition("?")
        if not is_admitted(self.fields, host, path):
            return self.plain(403, "not for a page of another origin")
        if host.copy and path.lstrip("/").partition("/")[0] not in FOR_COPIES:
            return self.plain(404, "not a part of this copy")
        if path == "/runtime/slide" and host.is_deck:
            return self.plain(200, "noted")  # `deckarchive present` would remember the slide
        if "service-worker" in self.fields and path != "/sw.js":
            # The browser's own field. A worker may make up pages, which come without a policy.
            return self.plain(403, "no service worker but the folder's own")
        names = segments(path)
        if names is None:
            return self.plain(404, "no such file in the offline folder")
        try:
            found = self.folder.joinpath(*names).resolve()
            inside = found == self.folder or self.folder in found.parents
            if inside and found.is_dir() and names and not path.endswith("/"):
                location = "/" + "".join(quote(name) + "/" for name in names) + mark + query
                return self.plain(301, location, ("Location", location))
            if found.is_dir():
                found = (found / "index.html").resolve()
            inside = self.folder in found.parents and found.is_file()
        except (OSError, RuntimeError, ValueError):  # too long, a loop of links
            inside = False
        if not inside:
            return self.plain(404, "no such file in the offline folder")
        return self.file(found, host)

    def plain(self, status: int, text: str, *fields: tuple[str, str]) -> None:
        """A line of text."""
        body = f"{status} {text}\n".encode()
        ancestors = self.host.ancestors if self.host else "frame-ancestors 'none'"
        self.start(
            status,
            ("Content-Type", "text/plain; charset=utf-8"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Content-Security-Policy", ancestors),
            ("Content-Length", str(len(body))),
            *fields,
        )
        if self.command != "HEAD":
            self.wfile.write(body)

    def start(self, status: int, *fields: tuple[str, str]) -> None:
        """The head of an answer."""
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def file(self, path: Path, host: Host) -> None:
        """A file or a part of it."""
        with regular(path) as stream:
            size = os.fstat(stream.fileno()).st_size
            start, end = span(self.fields.get("range", "") if self.command == "GET" else "", size)
            if start == end and size:
                return self.plain(416, "no such range", ("Content-Range", f"bytes */{size}"))
            name = path.relative_to(self.folder).as_posix()
            media = self.about["exceptions"].get(name) or self.about["types"].get(
                path.suffix.lower(), "application/octet-stream"
            )
            fields = [("Content-Type", media), ("Accept-Ranges", "bytes")]
            if (start, end) != (0, size):
                fields.append(("Content-Range", f"bytes {start}-{end - 1}/{size}"))
            fields += launcher_policies(name, media, host, self.about)
            if len(self.fields.get("cookie", "")) > MANY_COOKIES:
                fields.append(FORGET_COOKIES)  # a copy planted them as a burden
            if media == "text/html" and is_shown(self.fields):
                fields += owner_fields(self.fields, self.owner, host.port)
            fields.append(("Content-Length", str(end - start)))
            self.start(206 if (start, end) != (0, size) else 200, *fields)
            if self.command != "HEAD":
                stream.seek(start)
                self.copy(stream, end - start)
        return None

    def copy(self, source: BinaryIO, left: int) -> None:
        """Send ``left`` bytes, a piece at a time."""
        while left > 0:
            data = source.read(min(left, 1 << 18))
            if not data:
                raise ConnectionAbortedError("the file became shorter")
            self.wfile.write(data)
            self.server.progress(self.connection)
            left -= len(data)

    def log_message(self, *args: Any) -> None:
        """No log on the terminal."""


def is_admitted(fields: dict[str, str], host: Host, path: str) -> bool:
    """Whether deck, frames, copies or a person ask, and not a page of another origin."""
    site = fields.get("sec-fetch-site")
    is_page = unquote(path).lstrip("/").partition("/")[0].lower() not in NOT_PAGES
    if site is None:  # an older browser
        if "origin" in fields:
            return fields["origin"].lower() == host.origin
        referrer = ORIGIN.match(fields.get("referer", ""))
        if not referrer or referrer[0].lower() == host.origin:
            return True
        if not fields.get("accept", "").startswith("text/html"):
            return False
        deck = f"http://deck.localhost:{host.port}"
        return referrer[0].lower() == deck if host.copy else is_page
    if site in ("same-origin", "none"):
        return True
    if fields.get("sec-fetch-mode") != "navigate":
        return False
    shown_in = fields.get("sec-fetch-dest")
    if host.copy:
        return site == "same-site" and shown_in == "iframe"
    return shown_in == "document" and is_page


def is_shown(fields: dict[str, str]) -> bool:
    """Whether the answer becomes a document, in a window or a frame."""
    if "sec-fetch-dest" in fields:
        return fields["sec-fetch-dest"] in SHOWN
    return fields.get("accept", "").startswith("text/html")


def owner_fields(fields: dict[str, str], owner: str, port: int) -> list[tuple[str, str]]:
    """What to answer so that a browser keeps nothing of another deck under these names."""
    named = f"deckarchive-{port}={owner}"
    if named in [part.strip() for part in fields.get("cookie", "").split(";")]:
        return []
    cookie = named + "; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"
    return [("Clear-Site-Data", '"storage"'), ("Set-Cookie", cookie)]


def regular(path: Path) -> BinaryIO:
    """Open a file, and nothing that would block."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    stream = os.fdopen(os.open(str(path), flags), "rb")
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise OSError("not a regular file")
    return stream


def segments(path: str) -> list[str] | None:
    """The names in a URL's path; None when one of them is a trick, or hidden."""
    names: list[str] = []
    for raw in path.split("/"):
        try:
            name = unquote_to_bytes(raw).decode("utf-8")
        except UnicodeDecodeError:
            return None
        if name in (".", "..") or TRICK.search(name) or name in PRIVATE:
            return None
        if name.startswith(".") and (names[:1] != ["sites"] or UNFINISHED.fullmatch(name)):
            return None
        if os.name == "nt" and (":" in name or name.endswith((".", " "))):
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


def launcher_policies(
    name: str, media: str, host: Host, about: dict[str, Any]
) -> list[tuple[str, str]]:
    """The fields that keep the copies apart from the deck, the network and other pages."""
    fields = [("Cache-Control", "no-cache"), ("Cross-Origin-Resource-Policy", "same-origin")]
    if media == "text/html":
        fields.append(("Origin-Agent-Cluster", "?1"))
        fields.append(("Cross-Origin-Opener-Policy", "same-origin"))
    held, known = "", about["policies"]
    if name.partition("/")[0].casefold() != "sites":
        fields.append(("X-Content-Type-Options", "nosniff"))
        held = "" if media == about["without_policy"] else own_policy(name, known) + "; "
    elif media != about["without_policy"]:
        alone = known["copy-under-deck"] + "; " if host.is_deck else ""
        held = alone + known["copy"] + "; "
        fields.append(("Connection-Allowlist", known["copy-connections"]))
        fields.append(("X-DNS-Prefetch-Control", "off"))
    fields.append(("Content-Security-Policy", held + host.ancestors))
    coding = about["codings"].get(name.rpartition(".")[2].lower())
    if coding:
        fields.append(("Content-Encoding", coding))
    return fields


def own_policy(name: str, known: dict[str, str]) -> str:
    """The policy of what is not archived: the deck, its frames, the runtime."""
    if name == "frames/live.html":
        return known["live"]
    frame = re.fullmatch(r"frames/([a-z0-9-]{1,63})\.html", name)
    return known["frame"].replace("{id}", frame[1]) if frame else known["deck"]


def owner_of(folder: Path) -> str:
    """A secret word for this folder, from a secret of `deckarchive present`."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    path = base / "deckarchive" / "present" / "secret"
    secret = secrets.token_hex(32)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(str(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secret)
    except FileExistsError:
        with regular(path) as old:
            secret = old.read(64).decode("ascii", "replace")
    except OSError:
        pass  # for this run alone
    return hmac.new(secret.encode(), os.fsencode(str(folder)), hashlib.sha256).hexdigest()[:32]


class LauncherServer(ThreadingHTTPServer):
    """On loopback alone; a new connection replaces the one that was idle for longest."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = os.name != "nt"  # there it would share the port with another program

    def __init__(self, *args: Any) -> None:
        self.most = affordable()
        self.lock = threading.Lock()
        self.open: dict[Any, None] = {}  # in the order of their last progress
        super().__init__(*args)

    def progress(self, connection: Any) -> None:
        """The browser has asked for something, or taken something."""
        with self.lock:
            if connection in self.open:
                del self.open[connection]
                self.open[connection] = None

    def process_request(self, request: Any, client_address: Any) -> None:
        """Close the idlest connection where there are too many, then answer in a thread."""
        with self.lock:
            stillest = next(iter(self.open)) if len(self.open) >= self.most else None
            self.open.pop(stillest, None)
            self.open[request] = None
        if stillest is not None:
            with suppress(OSError):  # it has gone by itself
                stillest.shutdown(2)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """The end of a connection."""
        with self.lock:
            self.open.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up is no error."""


def affordable() -> int:
    """How many connections the limit of open files allows, with a file for each and some spare."""
    try:
        import resource
    except ImportError:
        return 512
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return 512 if files == resource.RLIM_INFINITY else min(512, max(64, files // 3))


def main() -> None:
    """Serve the deck, open the browser, wait for Ctrl-C."""
    options = argparse.ArgumentParser(description="Present the deck in this folder.")
    options.add_argument("--port", type=int, default=0, help=f"default: {PORT}, or a free one")
    options.add_argument("--no-open", action="store_true", help="open no browser")
    given = options.parse_args()
    here = Path(__file__).resolve().parent
    folder = here / "deck"
    about = json.loads((here / "present.json").read_text("utf-8"))
    handler = partial(Handler, folder=folder, about=about, owner=owner_of(folder))
    try:
        server = LauncherServer(("127.0.0.1", given.port or PORT), handler)
    except OSError:
        if given.port:
            sys.exit(f"port {given.port} is in use: choose another with --port")
        server = LauncherServer(("127.0.0.1", 0), handler)
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
