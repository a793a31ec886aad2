"""What one listener does otherwise than the proxy: its own headers, what it refuses, its limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from deckarchive.heads import Head, field_name, join_head
from deckarchive.proxy.request import ProxyRequest

LEAST_RATE: Final = 4096
"""Bytes a second that a body must bring, on average over each stretch of ``patience`` seconds that
are spent waiting for its server."""


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
    (``name`` or ``name:port``) alone: a login is nobody else's business. ``block`` says
    why a URL is not asked for, ``""`` when it is; it is told whether that is a page in a window
    of its own. ``max_body`` in bytes cuts longer bodies, ``budget`` bounds what
    comes from the network altogether. ``answered`` is told the
    heads of each request and answer before any of it reaches the browser. ``patience`` in seconds
    is the longest wait for a head, and for a piece of a body: :data:`LEAST_RATE` says how much must
    come meanwhile. ``gauge`` is made for the head of each answer, and says of each block of the
    body how many bytes of it may pass: fewer than all cut it there.
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
