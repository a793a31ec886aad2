"""The example web's server: a forward proxy that *is* every host it knows.

It takes absolute-form requests and CONNECT tunnels (with a self-signed certificate made for the
host), and answers from ``sites/HOST/``, from npm packages mounted on ``cdn.example``, and from the
handlers in :mod:`examples.web.hosts`. A host it does not know is down: 502, as a company's proxy
says when a name does not resolve. It never opens a connection itself.
"""

from __future__ import annotations

import http.server
import re
import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from examples.web import hosts
from examples.web.certs import Certificates
from examples.web.hosts import Answer, Request


class LocalWeb:
    """The example web, on loopback in threads of its own; a context manager.

    ``proxy`` is its address (``http://127.0.0.1:PORT``); ``log`` every request as
    ``"METHOD URL STATUS"``, in order of answering. ``answer`` and ``speaks`` stand for those of
    :mod:`examples.web.hosts`, so that the same server can be another web.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        answer: Callable[[Request], Answer] = hosts.answer,
        speaks: Callable[[str, str], bool] = hosts.speaks,
    ) -> None:
        self.log: list[str] = []
        self._server = _Server(("127.0.0.1", port), self.log, answer, speaks)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def proxy(self) -> str:
        """What to give to ``--proxy``."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self) -> None:
        """Block while it serves (until interrupted)."""
        self._thread.join()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        log: list[str],
        answer: Callable[[Request], Answer],
        speaks: Callable[[str, str], bool],
    ) -> None:
        super().__init__(address, _Handler)
        self.log, self.answer, self.speaks = log, answer, speaks
        self.certificates = Certificates()

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up is no error."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = 60
    origin = ""  # set inside a tunnel: "https://host"

    def do_CONNECT(self) -> None:
        """Become the host that is asked for, over TLS on the same connection."""
        host = self.path.rpartition(":")[0]
        if not self.server.speaks("https", host):
            self._down(self.path)
            return
        self.send_response_only(200, "Connection established")
        self.end_headers()
        try:
            context = self.server.certificates.context(host)
            self.connection = context.wrap_socket(self.connection, server_side=True)
        except (ssl.SSLError, OSError):
            self.close_connection = True
            return
        self.rfile = self.connection.makefile("rb", -1)
        self.wfile = _Writer(self.connection)  # type: ignore[assignment]
        self.origin = f"https://{host}"
        self.close_connection = False

    def finish(self) -> None:
        """Close the tunnel, if there is one; the connection below it is the server's."""
        super().finish()
        if self.origin:
            self.connection.close()

    def do_GET(self) -> None:
        """Answer any method; the hosts decide."""
        url = self.origin + self.path if self.path.startswith("/") else self.path
        parts = urlsplit(url)
        host = parts.hostname or ""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self.server.speaks(parts.scheme, host):
            self._down(url)
            return
        request = Request(
            method=self.command,
            scheme=parts.scheme,
            host=host,
            path=unquote(parts.path) or "/",
            query=parts.query,
            headers={k.lower(): v for k, v in self.headers.items()},
            body=body,
        )
        self._send(url, ranged(request, self.server.answer(request)))

    do_HEAD = do_POST = do_PUT = do_OPTIONS = do_GET

    def _down(self, url: str) -> None:
        self.server.log.append(f"{self.command} {url} 502")
        text = b"the name does not resolve\n"
        self.send_response_only(502, "Bad Gateway")
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(text)
        self.close_connection = True

    def _send(self, url: str, answer: Answer) -> None:
        self.server.log.append(f"{self.command} {url} {answer.status}")
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, format: str, *arguments: object) -> None:
        """The log is a list; the terminal stays quiet."""


class _Writer:
    """What ``StreamRequestHandler`` writes to: unbuffered, whole."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def write(self, data: bytes) -> int:
        self._connection.sendall(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    closed = False

    def close(self) -> None:
        """The connection is closed by its owner."""


def ranged(request: Request, answer: Answer) -> Answer:
    """Cut a whole answer to the single byte range asked for (RFC 9110, section 14)."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("range", ""))
    if answer.headers.get("Accept-Ranges") != "bytes" or answer.status != 200 or not match:
        return answer
    size = len(answer.body)
    first, last = match.groups()
    if not first and not last:
        return answer
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start > end:
        return Answer(b"", {"Content-Range": f"bytes */{size}"}, 416)
    headers = dict(answer.headers) | {"Content-Range": f"bytes {start}-{end}/{size}"}
    return Answer(answer.body[start : end + 1], headers, 206)
