"""What a caller may choose: about the proxy as a whole, and about one port of it.

Times in seconds, sizes in bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from deckarchive.heads import Head, field_name, join_head
from deckarchive.proxy.request import ProxyRequest

LEAST_RATE: Final = 4096
"""Bytes a second that a body must bring, on average over each stretch of ``patience`` seconds that
are spent waiting for its server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyOptions:
    """How the recording proxy reaches the network, and its bounds.

    ``upstream_proxy`` is an http proxy that all traffic goes through
    (``http://user:password@host:port``). ``insecure`` accepts any certificate of an origin.
    ``guard`` refuses loopback and private addresses but for the hosts a listener allows, and
    those that the user does for all of them: ``allow`` (``name`` or ``name:port``); with
    an upstream proxy only literal addresses and localhost names can be judged.

    ``connect_timeout`` bounds name lookup, TCP and TLS together; ``read_timeout`` the wait for
    the head of an answer; ``idle_timeout`` a silence within a body. A body longer than
    ``max_body`` is cut there and recorded as truncated. ``pause_per_host`` is the least time
    between two requests to one host. ``retries`` counts the further attempts
    of :meth:`Listener.fetch` after a transient fault; ``max_wait`` bounds each pause between.
    Bodies of more than a mebibyte wait in unnamed files in the folder ``spool`` (the system's
    own for temporary files may be kept in memory).
    """

    upstream_proxy: str | None = None
    insecure: bool = False
    guard: bool = True
    allow: frozenset[str] = frozenset()
    connect_timeout: float = 15.0
    read_timeout: float = 60.0
    idle_timeout: float = 300.0
    max_body: int = 4 * 1024**3
    max_request_body: int = 256 * 1024**2
    max_connections_per_host: int = 12
    pause_per_host: float = 0.0
    retries: int = 2
    max_wait: float = 30.0
    spool: Path | None = None


@dataclass(slots=True)
class Budget:
    """Body bytes that several listeners may record together; ``None`` for any number."""

    left: int | None = None

    @property
    def spent(self) -> bool:
        """Whether nothing is left."""
        return self.left == 0

    def take(self, wanted: int) -> int:
        """Take up to ``wanted`` bytes; how many it were."""
        if self.left is None:
            return wanted
        taken = min(wanted, self.left)
        self.left -= taken
        return taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """``headers`` are sent, in place of the browser's own of the same names, to ``hosts``
    (``name`` or ``name:port``) alone, since they may hold a login. ``block(url, top)`` says why a
    URL is not requested, ``""`` when it is; ``top``: it is a page in a window of its own.
    ``max_body`` in bytes cuts longer bodies, ``budget`` bounds what comes from the network
    altogether. ``answered`` is called with the heads of each request and answer before any of it
    reaches the browser. ``patience`` in seconds is the longest wait for a head, and for a piece of
    a body: :data:`LEAST_RATE` says how much must come meanwhile. ``gauge`` is made for the head of
    each answer, and says of each block of the body how many bytes of it may pass: fewer than all
    cut it there.
    """

    headers: tuple[tuple[str, str], ...] = ()
    hosts: frozenset[str] = frozenset()
    block: Callable[[str, bool], str] = lambda url, top: ""
    max_body: int | None = None
    budget: Budget = field(default_factory=Budget)
    answered: Callable[[Head, Head], None] = lambda request, response: None
    patience: float = 60.0
    gauge: Callable[[Head], Callable[[bytes], int]] = lambda head: len

    def blocks(self, request: ProxyRequest) -> str:
        """Why ``request`` is not sent, ``""`` when it is."""
        top = request.head.value(b"sec-fetch-dest") == b"document"
        return self.block(request.url, top)

    def with_own_headers(self, request: ProxyRequest) -> ProxyRequest:
        """The request with this listener's own headers."""
        origin = request.origin
        if not self.headers or self.hosts.isdisjoint((origin.host, origin.authority)):
            return request
        names = {name.lower().encode("latin-1") for name, _ in self.headers}
        lines = [line for line in request.head.lines[1:] if field_name(line) not in names]
        lines += [f"{n}: {v}".encode("latin-1", "replace") for n, v in self.headers]
        return replace(request, head=Head(join_head(request.head.start, lines)))
