"""Listening on loopback, and who is at the other end: it belongs to all users of a machine.

Linux reports the owner of a socket over netlink (sock_diag(7)), fast however many there are. Other
systems do not, and there every user can connect; docs/threat-model.md says what that means.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import struct
import sys
from typing import Any, Final

from deckarchive.errors import DeckarchiveError, EnvironmentMissing, PortInUse

BACKLOG: Final = 256
"""Connections that wait to be accepted."""
_ROOT: Final = 0
_NETLINK_SOCK_DIAG: Final = 4
_SOCK_DIAG_BY_FAMILY: Final = 20
_NLM_F_REQUEST: Final = 1
_LISTENING: Final = 10
_NO_COOKIE: Final = b"\xff" * 8
_HEADER: Final = struct.Struct("=IHHII")  # nlmsghdr: length, type, flags, sequence, process
_REQUEST: Final = struct.Struct("=BBBxI")  # inet_diag_req_v2: family, protocol, extensions, states
_PORTS: Final = struct.Struct("!HH")
_ANSWER: Final = struct.Struct("=BBBB48sIIIII")  # inet_diag_msg: …, expires, queues, uid, inode
_WAIT: Final = 1.0


def bind_loopback(port: int, family: socket.AddressFamily = socket.AF_INET) -> socket.socket:
    """A socket that listens on 127.0.0.1, or on ::1; ``port=0`` picks a free one.

    Raises :class:`PortInUse` when another program has the port (a free one for one family may be
    taken for the other), and :class:`EnvironmentMissing` when no socket can be had at all.
    """
    try:
        sock = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise _cannot_listen(error, port) from error
    try:
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows: SO_REUSEADDR would share the port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", port))
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        raise _cannot_listen(error, port) from error
    return sock


def _cannot_listen(error: OSError, port: int) -> DeckarchiveError:
    if error.errno in (errno.EADDRINUSE, errno.EACCES) and port:
        return PortInUse(port)
    if error.errno == errno.EADDRNOTAVAIL:
        return EnvironmentMissing(
            "the loopback interface of this machine is down",
            hint="bring it up, on Linux by `ip link set lo up`",
        )
    return EnvironmentMissing(f"cannot listen on loopback: {error.strerror or error}")


def is_from_another_user(writer: asyncio.StreamWriter) -> bool:
    """Whether another user of this machine made the connection; see :func:`is_another_users`."""
    ours, theirs = (writer.get_extra_info(name) for name in ("sockname", "peername"))
    return ours is None or theirs is None or is_another_users(ours, theirs)


def is_another_users(ours: Any, theirs: Any) -> bool:
    """Whether the connection between two socket addresses is held by another user than this one.

    ``ours`` and ``theirs`` are what ``getsockname`` and ``getpeername`` answer. ``False`` where the
    system does not report it. Root may have everything anyway, and who runs as root (in a
    container, by sudo) is asked by browsers of others.
    """
    if sys.platform != "linux" or os.geteuid() == _ROOT:
        return False
    try:
        owner = _owner(theirs, ours)
    except (OSError, ValueError, struct.error):
        return False
    return owner is not None and owner not in (_ROOT, os.geteuid())


def _owner(own: Any, other: Any) -> int | None:
    """The user id of the socket with these ends (its own first); ``None`` when there is none.

    One that its program has closed has no owner, and the system reports root: -1.
    """
    family = socket.AF_INET6 if ":" in own[0] else socket.AF_INET
    ends = [socket.inet_pton(family, end[0]).ljust(16, b"\0") for end in (own, other)]
    request = _REQUEST.pack(family, socket.IPPROTO_TCP, 0, 0xFFFFFFFF)
    request += _PORTS.pack(own[1], other[1]) + b"".join(ends) + bytes(4) + _NO_COOKIE
    size = _HEADER.size + len(request)
    head = _HEADER.pack(size, _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST, 0, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as kernel:
        kernel.settimeout(_WAIT)
        kernel.send(head + request)
        answer = kernel.recv(4096)
    if _HEADER.unpack_from(answer)[1] != _SOCK_DIAG_BY_FAMILY:  # an error: no such socket
        return None
    _, state, *_, owner, inode = _ANSWER.unpack_from(answer, _HEADER.size)
    if state == _LISTENING:
        return None
    return owner if inode else -1
