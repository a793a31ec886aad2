"""Which addresses a page of the public web may not reach. Pure.

What counts is the address that a connection is made to, each time; what a name's other addresses
are makes nothing better or worse.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final

_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that is assigned to the internet (RFC 4291, section 2.4; IANA)."""
_MAPPED: Final = (
    ipaddress.IPv6Network("::ffff:0:0/96"),
    ipaddress.IPv6Network("64:ff9b::/96"),
)
"""IPv4 in the last 32 bits: mapped (RFC 4291), NAT64 (RFC 6052)."""
_RESERVED: Final = (
    ipaddress.IPv6Network("3fff::/20"),
    ipaddress.IPv4Network("192.88.99.0/24"),
)
"""What this Python's tables do not know yet: documentation (RFC 9637), 6to4 relays (RFC 7526)."""
_ISATAP: Final = (0x00005EFE, 0x02005EFE)
"""The upper half of an interface identifier that has an IPv4 address in its lower (RFC 5214)."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_private(address: str) -> bool:
    """Whether a literal IP address is not one of the public internet. ``False`` for a name.

    IPv4 inside IPv6 (mapped, NAT64, 6to4, ISATAP) is judged by the IPv4 address. NAT64 of local
    use (RFC 8215), Teredo, the deprecated IPv4-compatible and IPv4-translated forms, site-local
    and unassigned addresses are private as a whole.
    """
    try:
        ip: _Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        last = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if any(ip in network for network in _MAPPED):
            return _is_inside(last)
        if ip not in _UNICAST:
            return True
        if ip.sixtofour is not None:
            return _is_inside(ip.sixtofour)
        if (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP and _is_inside(last):
            return True
    return _is_inside(ip)


def _is_inside(ip: _Address) -> bool:
    reserved = any(ip.version == network.version and ip in network for network in _RESERVED)
    return reserved or not ip.is_global or ip.is_multicast


def is_local_name(host: str) -> bool:
    """Whether a name means this machine without any lookup (RFC 6761, section 6.3)."""
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost")


def is_allowed(host: str, port: int, allow: Iterable[str]) -> bool:
    """Whether ``allow`` names ``host:port``, or ``host`` for every port of it."""
    bare = host.rstrip(".").lower()
    literal = f"[{bare}]" if ":" in bare else bare
    return not {bare, literal, f"{literal}:{port}"}.isdisjoint(a.lower() for a in allow)
