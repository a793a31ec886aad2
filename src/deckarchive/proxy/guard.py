"""Which addresses a page of the public web may not reach. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_private(address: str) -> bool:
    """Whether a literal IP address is not one of the public internet.

    IPv4 inside IPv6 (mapped, NAT64, 6to4) is judged by the IPv4 address. ``False`` for a name.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        ip = inner or ip
    return not ip.is_global or ip.is_multicast


def is_local_name(host: str) -> bool:
    """Whether a name means this machine without any lookup (RFC 6761, section 6.3)."""
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost")


ANYWHERE = "*"
"""Allows every address: for a target that itself stands on this machine or a private network."""


def is_allowed(host: str, port: int, allow: Iterable[str]) -> bool:
    """Whether the author named ``host`` (or ``host:port``) as a target, or :data:`ANYWHERE`."""
    bare = host.rstrip(".").lower()
    literal = f"[{bare}]" if ":" in bare else bare
    return not {ANYWHERE, bare, literal, f"{literal}:{port}"}.isdisjoint(a.lower() for a in allow)
