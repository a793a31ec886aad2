"""A small local web of many host names, over http and https, reached as a forward proxy.

A route is ``(host, path) -> Answer`` or a function of the request that returns one. Every request
is logged. CONNECT to hosts without a route, and to those in ``plain_only``, is refused.
"""

from __future__ import annotations

import datetime
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Asked:
    """A request as the web saw it."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """``wait`` holds the answer back until the event is set; ``endless`` never ends the body."""

    body: bytes | str = b""
    type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    endless: bool = False


Route = Answer | Callable[[Asked], Answer]


class Web:
    """``web.routes["host/path"] = Answer(...)``; ``web.proxy`` is its address."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.log: list[Asked] = []
        self.plain_only: set[str] = set()
        self.port = 0
        self.closing = threading.Event()

    @property
    def proxy(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def add(self, place: str, body: bytes | str = b"", type: str = "text/html; charset=utf-8",
            **more: object) -> None:  # fmt: skip
        self.routes[place] = Answer(body, type, **more)  # type: ignore[arg-type]

    def speaks_tls(self, host: str) -> bool:
        return host not in self.plain_only and any(
            place.partition("/")[0] == host for place in self.routes
        )

    def asked(self, url: str) -> list[Asked]:
        return [one for one in self.log if one.url == url]

    def answer(self, asked: Asked) -> Answer:
        self.log.append(asked)
        parts = urlsplit(asked.url)
        place = f"{parts.hostname}{parts.path}"
        route = self.routes.get(f"{place}?{parts.query}") or self.routes.get(place)
        if route is None:
            return Answer("not here", "text/plain", 404)
        return route(asked) if callable(route) else route


@contextmanager
def local_web() -> Iterator[Web]:
    web = Web()
    with tempfile.TemporaryDirectory() as folder:
        handler = type("Handler", (_Handler,), {"web": web, "tls": _tls(Path(folder))})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        web.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield web
        finally:
            web.closing.set()
            server.shutdown()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    web: Web
    tls: ssl.SSLContext
    protocol_version = "HTTP/1.1"
    secure_host = ""

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_CONNECT(self) -> None:
        host = self.path.rpartition(":")[0]
        if not self.web.speaks_tls(host):
            self.send_response(502)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response_only(200)
        self.end_headers()
        try:
            self.connection = self.tls.wrap_socket(self.connection, server_side=True)
        except OSError:
            self.close_connection = True
            return
        self.rfile = self.connection.makefile("rb", -1)
        self.wfile = self.connection.makefile("wb", 0)  # type: ignore[assignment]
        self.secure_host = host
        self.close_connection = False

    def _serve(self) -> None:
        origin = f"https://{self.secure_host}" if self.secure_host else ""
        if not origin and self.path.startswith("/"):  # asked directly, not as a proxy
            origin = f"http://{self.headers['Host']}"
        url = origin + self.path
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        answer = self.web.answer(Asked(self.command, url, dict(self.headers.items()), body))
        data = answer.body.encode() if isinstance(answer.body, str) else answer.body
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.endless:
            self._endless(data)
            return
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _endless(self, data: bytes) -> None:
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            while not self.web.closing.is_set():
                self.wfile.write(data)
                time.sleep(0.1)
        except OSError:
            return

    do_GET = do_POST = do_HEAD = do_OPTIONS = do_PUT = _serve

    def finish(self) -> None:
        """Close the tunnel, if there is one; the connection below it is the server's."""
        super().finish()
        if self.secure_host:
            self.connection.close()

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            return


def _tls(folder: Path) -> ssl.SSLContext:
    """A server context with a certificate that nobody trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "local web")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "pem"
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(encoding))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
