"""A client that sends exact bytes to a server and reads the answer."""

from __future__ import annotations

import socket

from deckarchive.server import Server

BODY = bytes(range(256)) * 4


class Reply:
    def __init__(self, raw: bytes) -> None:
        head, _, self.body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split()[1]) if first else 0
        self.fields = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}


def send(server: Server, request: bytes, address: str = "127.0.0.1") -> Reply:
    with socket.create_connection((address, server.port), timeout=20) as sock:
        sock.sendall(request)
        raw = b""
        while data := sock.recv(65536):
            raw += data
    return Reply(raw)


def get(server: Server, target: str, *fields: str, method: str = "GET", host: str = "") -> Reply:
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host or f'deck.localhost:{server.port}'}"]
    lines += [*fields, "Connection: close", "", ""]
    return send(server, "\r\n".join(lines).encode("latin-1"))
