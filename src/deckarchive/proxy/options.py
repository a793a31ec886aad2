"""What a caller may choose about the recording proxy. Times in seconds, sizes in bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


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
