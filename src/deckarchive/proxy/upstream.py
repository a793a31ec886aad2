"""Connections to origins: name lookup, guard, TLS, an upstream proxy, and a keep-alive pool."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ipaddress
import socket
import ssl
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from functools import cached_property
from typing import Final
from urllib.parse import unquote  # percent-decoding only

from deckarchive import urls
from deckarchive.errors import UsageError
from deckarchive.heads import join_head
from deckarchive.proxy.options import ProxyOptions
from deckarchive.proxy.request import Origin
from deckarchive.proxy.wire import STREAM_LIMIT, Cut, NoAnswer, Stream, has_unread, read_head

_OP_LEGACY_SERVER_CONNECT: Final = getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
_IDLE_FOR: Final = 20.0
_IDLE_PER_ORIGIN: Final = 8
_DEAD_FOR: Final = 5.0
_FIRST_TRIES: Final = 4.0


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


class Guarded(NoAnswer):
    """An address that this listener may not reach; another may."""

    def __init__(self, origin: Origin) -> None:
        super().__init__(
            "refused: an address of this machine or a private network "
            f"(--allow {origin.authority} lets pages reach it)"
        )


class Upstream:
    """Opens, keeps and hands out connections; shared by all listeners of a proxy.

    Where the guard is on, a connection goes to a public address, unless the user allowed the host
    (:attr:`ProxyOptions.allow`), or the listener's target names it and it has never had a public
    address in this run: a name that is public once may not turn round to this machine.
    """

    def __init__(self, options: ProxyOptions) -> None:
        self._options = options
        self._idle: dict[Origin, list[Stream]] = defaultdict(list)
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._next: dict[str, float] = {}
        self._dead: dict[Origin, tuple[float, NoAnswer]] = {}
        self._public: set[str] = set()
        self._via = _proxy_address(options.upstream_proxy) if options.upstream_proxy else None

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """One context for all connections: making one costs some 30 ms."""
        context = ssl.create_default_context()
        context.set_alpn_protocols(["http/1.1"])
        if self._options.insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.options |= _OP_LEGACY_SERVER_CONNECT
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
        return context

    def absolute_form(self, origin: Origin) -> bytes | None:
        """Extra field lines for a request that an upstream proxy must see in absolute form."""
        if self._via is None or origin.scheme != "http":
            return None
        return self._via[1]

    @contextlib.asynccontextmanager
    async def slot(self, host: str) -> AsyncIterator[None]:
        """Hold one of the host's places; streams that never end must not block it for ever."""
        limit = self._options.max_connections_per_host
        place = self._slots.setdefault(host, asyncio.Semaphore(limit))
        held = True
        try:
            async with asyncio.timeout(self._options.connect_timeout):
                await place.acquire()
        except TimeoutError:
            held = False
        try:
            await self._pause(host)
            yield
        finally:
            if held:
                place.release()

    async def _pause(self, host: str) -> None:
        """Keep the least time between two requests to a host."""
        if self._options.pause_per_host:
            now = time.monotonic()
            turn = max(now, self._next.get(host, now))
            self._next[host] = turn + self._options.pause_per_host
            await asyncio.sleep(turn - now)

    async def acquire(
        self, origin: Origin, allow: frozenset[str], *, fresh: bool = False, tunnel: bool = False
    ) -> Stream:
        """A connection to ``origin``, kept alive or new. Raises :class:`NoAnswer`.

        ``fresh`` asks for a new one; ``tunnel`` for one through the upstream proxy by CONNECT
        even for plain http, as WebSockets need it.
        """
        self._judge(origin, allow)
        while not fresh and (kept := self._idle[origin]):
            stream = kept.pop()
            if is_private(stream.ip) and not self._may_be_private(origin, allow):
                stream.abort()
                break
            stale = time.monotonic() - stream.idle_since > _IDLE_FOR
            if not (stale or has_unread(stream.reader) or stream.writer.is_closing()):
                stream.fresh = False
                return stream
            stream.abort()
        until, fault = self._dead.get(origin, (0.0, NoAnswer("")))
        if time.monotonic() < until:
            raise NoAnswer(str(fault), transient=fault.transient)
        try:
            async with asyncio.timeout(self._options.connect_timeout):
                return await self._connect(origin, allow, tunnel)
        except TimeoutError:
            failure = NoAnswer("timed out while connecting", transient=True)
        except NoAnswer as error:
            failure = error
        if not isinstance(failure, Guarded):
            self._dead[origin] = (time.monotonic() + _DEAD_FOR, failure)
        raise failure

    def forgive(self, origin: Origin) -> None:
        """Forget that an origin could not be reached a moment ago: it is tried on purpose."""
        self._dead.pop(origin, None)

    def release(self, origin: Origin, stream: Stream) -> None:
        """Keep a connection whose last answer was read to its end."""
        if len(self._idle[origin]) >= _IDLE_PER_ORIGIN or stream.writer.is_closing():
            stream.abort()
            return
        stream.idle_since = time.monotonic()
        self._idle[origin].append(stream)

    def close(self) -> None:
        """Drop all idle connections."""
        for stream in (s for streams in self._idle.values() for s in streams):
            stream.abort()
        self._idle.clear()

    def _judge(self, origin: Origin, allow: frozenset[str]) -> None:
        """Refuse what can be judged without a lookup."""
        local = is_local_name(origin.host) or is_private(_literal(origin.host))
        if local and not self._may_be_private(origin, allow):
            raise Guarded(origin)

    def _may_be_private(self, origin: Origin, allow: frozenset[str]) -> bool:
        """Whether a connection to ``origin`` may go to a private address."""
        host, port = origin.host, origin.port
        if not self._options.guard or is_allowed(host, port, self._options.allow):
            return True
        return is_allowed(host, port, allow) and _bare(host) not in self._public

    async def _connect(self, origin: Origin, allow: frozenset[str], tunnel: bool) -> Stream:
        if self._via is None:
            return await self._direct(origin, allow)
        proxy, credentials = self._via
        stream = await self._open(proxy, [proxy.host])
        stream.ip = ""
        try:
            if origin.scheme == "https" or tunnel:
                await _ask_tunnel(stream, origin, credentials)
            if origin.scheme == "https":
                await self._secure(stream, origin.host)
        except BaseException:
            stream.abort()
            raise
        return stream

    async def _direct(self, origin: Origin, allow: frozenset[str]) -> Stream:
        addresses = await _lookup(origin.host, origin.port)
        public = [a for a in addresses if not is_private(a)]
        if public:
            self._public.add(_bare(origin.host))
        if not self._may_be_private(origin, allow):
            addresses = public
            if not addresses:
                raise Guarded(origin)
        stream = await self._open(origin, addresses)
        if origin.scheme == "https":
            try:
                await self._secure(stream, origin.host)
            except BaseException:
                stream.abort()
                raise
        return stream

    async def _open(self, origin: Origin, addresses: list[str]) -> Stream:
        """The first address that answers; all but the last get only a few seconds."""
        failure = NoAnswer("no address")
        for n, address in enumerate(addresses):
            try:
                limit = None if n == len(addresses) - 1 else _FIRST_TRIES
                async with asyncio.timeout(limit):
                    reader, writer = await asyncio.open_connection(
                        address, origin.port, limit=STREAM_LIMIT
                    )
                return Stream(reader, writer, str(writer.get_extra_info("peername")[0]))
            except ConnectionRefusedError:
                failure = NoAnswer("connection refused")
            except TimeoutError:
                failure = NoAnswer("timed out while connecting", transient=True)
            except (OSError, UnicodeError) as error:
                reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
                failure = NoAnswer(f"cannot connect: {reason}", transient=True)
        raise failure

    async def _secure(self, stream: Stream, host: str) -> None:
        try:
            await stream.writer.start_tls(self._tls, server_hostname=host)
        except ssl.SSLCertVerificationError as error:
            raise NoAnswer(f"certificate not trusted: {error.verify_message}") from error
        except ssl.SSLError as error:
            reason = (error.reason or "handshake failed").lower().replace("_", " ")
            raise NoAnswer(f"TLS failed: {reason}") from error
        except (OSError, ValueError) as error:
            raise NoAnswer("connection lost in the TLS handshake", transient=True) from error


async def _lookup(host: str, port: int) -> list[str]:
    if is_local_name(host):
        return ["127.0.0.1", "::1"]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        transient = error.errno == socket.EAI_AGAIN
        raise NoAnswer("name not found", transient=transient) from error
    except (OSError, UnicodeError) as error:
        raise NoAnswer("name not found") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def _ask_tunnel(stream: Stream, origin: Origin, credentials: bytes) -> None:
    authority = origin.authority.encode()
    lines = [b"Host: " + authority, *filter(None, [credentials])]
    try:
        stream.writer.write(join_head(b"CONNECT " + authority + b" HTTP/1.1", lines))
        head = await read_head(stream.reader)
        if head is None:
            raise NoAnswer("the upstream proxy closed the connection", transient=True)
        _, status, reason = head.status
    except (OSError, Cut, ValueError) as error:
        raise NoAnswer("the upstream proxy gave no answer", transient=True) from error
    if not 200 <= status < 300:
        raise NoAnswer(f"the upstream proxy refused: {status} {reason}".rstrip())


def _proxy_address(url: str) -> tuple[Origin, bytes]:
    """Where an upstream proxy is, and its Proxy-Authorization line (``b""`` for none)."""
    try:
        parsed = urls.parse(url)
    except ValueError as error:
        raise UsageError("not the URL of a proxy", hint="give http://host:port") from error
    if parsed.pathname != "/" or parsed.search or parsed.hash:
        raise UsageError("not the URL of a proxy", hint="give http://host:port")
    if parsed.protocol != "http:":
        raise UsageError("only an http:// proxy can be used", hint="give http://host:port")
    origin = Origin("http", parsed.hostname.strip("[]"), int(parsed.port or 80))
    if not parsed.username:
        return origin, b""
    pair = f"{unquote(parsed.username)}:{unquote(parsed.password)}".encode()
    return origin, b"Proxy-Authorization: Basic " + base64.b64encode(pair)


def _bare(host: str) -> str:
    """A name as a key: the dot of the root at its end means the same name."""
    return host.rstrip(".").lower()


def _literal(host: str) -> str:
    """The address that browsers read in a host such as ``127.1`` or ``0x7f000001``."""
    try:
        literal = f"[{host}]" if ":" in host else host
        return urls.hostname(f"http://{literal}/").strip("[]")
    except ValueError:
        return host


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
