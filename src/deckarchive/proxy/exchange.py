"""One exchange: send a request on, relay the answer at once, record both."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import BinaryIO, Final

from deckarchive import urls
from deckarchive.heads import Head, join_head
from deckarchive.model import DeckSite, RecordedExchange
from deckarchive.proxy.host_page import FrameHost
from deckarchive.proxy.options import LEAST_RATE, Budget, ProxyOptions, Rules
from deckarchive.proxy.request import (
    Client,
    ClientGone,
    ExchangeOutcome,
    ExchangeSink,
    OpenExchange,
    ProxyRequest,
    add_to_body,
    spool,
)
from deckarchive.proxy.site import is_deck, refusal, site_response
from deckarchive.proxy.upstream import Upstream
from deckarchive.proxy.wire import (
    Cut,
    Framing,
    NoAnswer,
    Stream,
    TooSlow,
    fast_enough,
    read_body,
    read_head,
)
from deckarchive.proxy.wire import response_framing as framing_of

_BLOCK = 64 * 1024
UNPACKS: Final = "cut off: it unpacks to far more than its size, or than --max-size"
_ENDLESS = ("text/event-stream", "multipart/x-mixed-replace")


class Exchanger:
    """Runs the exchanges of one listener and hands each to its sink.

    ``error`` is the first exception of the sink (a full disk): what came after is not recorded.
    ``deck`` answers its own pages for ``deck.localhost``; without it that host is refused. No
    network is ever asked for it.
    While ``only_reading`` nothing is sent that could do something, see :meth:`Request.reads`.
    """

    def __init__(
        self,
        upstream: Upstream,
        options: ProxyOptions,
        sink: ExchangeSink,
        allow: frozenset[str],
        rules: Rules | None = None,
        deck: DeckSite | None = None,
    ) -> None:
        self.options = options
        self.rules = rules or Rules()
        self.blocked: dict[str, str] = {}
        self.only_reading = False
        self.upstream = upstream
        self.open_exchanges: dict[OpenExchange, None] = {}
        self.failures: list[tuple[str, str]] = []
        self.oversized: set[str] = set()
        self.last_activity = time.monotonic()
        self.received = 0
        self.error: BaseException | None = None
        self._sink = sink
        self._allow = allow
        self._deck = deck
        self.frame_host = FrameHost()
        self._writes: set[asyncio.Task[None]] = set()

    def fail(self, url: str, reason: str) -> None:
        """Note what could not be got; repeats by the browser's own retries count once."""
        if (url, reason) not in self.failures:
            self.failures.append((url, reason))

    async def run(
        self, request: ProxyRequest, client: Client, *, max_body: int | None = None
    ) -> ExchangeOutcome:
        """Do one exchange; it is with the sink when this returns. Raises :class:`NoAnswer`."""
        if hosted := self.frame_host.answer(request):
            return await self._hosted(request, client, *hosted)
        if why := self.rules.blocks(request):
            self.blocked[request.url] = why
            request.body.close()
            raise NoAnswer("blocked")
        if self.only_reading and not request.reads():
            request.body.close()
            raise NoAnswer("not sent: it could change something at the server")
        request = self.rules.with_own_headers(request)
        opened = OpenExchange(request.method, request.url, streaming=request.accepts_stream)
        self.open_exchanges[opened] = None
        limits = (self.options.max_body, self.rules.max_body, max_body)
        limit = min(n for n in limits if n is not None)
        try:
            if is_deck(request.origin):
                return await self._local(request, client, opened)
            if self.frame_host.refuses(request.origin):
                raise NoAnswer("it stands for the deck's own address, where nothing else is")
            if self.rules.budget.spent:
                raise NoAnswer("the run has recorded as much as --max-total allows")
            endless = request.accepts_stream  # holds no place that others wait for
            place = self.upstream.slot(request.origin.host)
            async with contextlib.nullcontext() if endless else place:
                return await self._remote(request, client, opened, limit)
        except NoAnswer as error:
            self.fail(request.url, str(error))
            raise
        except asyncio.CancelledError:
            if not opened.status:
                self.fail(request.url, "no answer before the capture ended")
            raise
        finally:
            if not opened.status:  # it is not recorded
                request.body.close()
            opened.touch()
            self.last_activity = opened.last_activity
            del self.open_exchanges[opened]

    async def flush(self) -> None:
        """Wait until the sink has taken everything."""
        while self._writes:
            await asyncio.wait(self._writes)

    async def _remote(
        self, request: ProxyRequest, client: Client, opened: OpenExchange, limit: int
    ) -> ExchangeOutcome:
        started, clock = datetime.now(UTC), time.monotonic()
        stream, head = await self._send(request, opened)
        if self._deck is not None and _leads_into_deck(request.url, head):
            stream.abort()
            raise NoAnswer("it redirects into the deck's own folder")
        self.rules.answered(request.head, head)
        upgraded = head.status[1] == 101
        framing, length = framing_of(request.method, head)
        opened.status = head.status[1]
        opened.streaming = upgraded or _mime(head) in _ENDLESS
        body = spool(self.options.spool)
        truncated, keep = "time", False
        try:
            blocks = read_body(stream.reader, framing, length, self.options.idle_timeout)
            if not opened.streaming:
                blocks = fast_enough(blocks, self.rules.patience, LEAST_RATE)
            budget = self.rules.budget
            shown = await self.frame_host.shown(request, head)
            truncated = await self._relay(
                shown, framing, blocks, client, body, opened, limit, budget
            )
            keep = not truncated and framing != "close" and not request.upgrade
        finally:  # a cancelled exchange is recorded with what came
            if keep and _stays_open(request.head, head):
                self.upstream.release(request.origin, stream)
            elif not upgraded or truncated:
                stream.abort()
            await self._record(request, head, body, opened, truncated, started, clock, stream.ip)
        if upgraded:
            await client.tunnel(stream, opened)
        return ExchangeOutcome(head, opened.received, truncated, opened.slow)

    async def _hosted(
        self, request: ProxyRequest, client: Client, head: Head, body: bytes
    ) -> ExchangeOutcome:
        """Answer with the page that frames the target; nothing of it is recorded."""
        request.body.close()
        self.last_activity = time.monotonic()
        framing, _ = framing_of(request.method, head)
        with contextlib.suppress(ClientGone):
            await client.begin(head, framing)
            if body:
                await client.data(body)
            await client.end()
        return ExchangeOutcome(head, len(body), "")

    async def _local(
        self, request: ProxyRequest, client: Client, opened: OpenExchange
    ) -> ExchangeOutcome:
        """Answer for the deck's own folder; :class:`NoAnswer` for pages that may not read it."""
        if self._deck is None:
            raise NoAnswer("the deck's own folder is not for other pages")
        if why := refusal(self._deck, request.origin, request.head):
            raise NoAnswer(why)
        started, clock = datetime.now(UTC), time.monotonic()
        path = request.head.start.split(b" ")[1]
        head, source, size = site_response(self._deck, request.head, path)
        opened.status = head.status[1]
        body = spool(self.options.spool)
        truncated = "time"
        try:
            framing, _ = framing_of(request.method, head)
            blocks = _read_file(source, 0 if framing == "none" else size)
            truncated = await self._relay(head, framing, blocks, client, body, opened, size)
        finally:
            source.close()
            await self._record(request, head, body, opened, truncated, started, clock, "127.0.0.1")
        return ExchangeOutcome(head, opened.received, truncated)

    async def _send(self, request: ProxyRequest, opened: OpenExchange) -> tuple[Stream, Head]:
        """Send the request, read the answer's head; after a stale kept connection on a new one."""
        for fresh in (request.upgrade, True):
            stream = await self.upstream.acquire(
                request.origin, self._allow, fresh=fresh, tunnel=request.upgrade
            )
            opened.touch()
            try:
                head = await self._ask(stream, request)
                opened.touch()
                return stream, head
            except _Silent as error:
                stream.abort()
                if stream.fresh:
                    raise NoAnswer(str(error), transient=True) from error
            except BaseException:
                stream.abort()
                raise
        raise NoAnswer("connection closed before an answer", transient=True)

    async def _ask(self, stream: Stream, request: ProxyRequest) -> Head:
        sending = asyncio.ensure_future(self._write(stream, request))
        patience = min(self.options.read_timeout, self.rules.patience)
        try:
            async with asyncio.timeout(patience):
                while True:
                    head = await read_head(stream.reader)
                    if head is None:
                        raise _Silent("connection closed before an answer")
                    code = head.status[1]
                    if code >= 200 or code == 101:
                        break
        except TimeoutError as error:
            raise NoAnswer(f"no answer within {patience:g} s", transient=True) from error
        except Cut as cut:
            if cut.reason == "length":
                raise NoAnswer("the answer's head is too long") from cut
            raise _Silent("connection closed within the answer's head") from cut
        except OSError as error:
            raise _Silent("connection reset before an answer") from error
        except ValueError as error:
            if not stream.fresh:
                raise _Silent("not HTTP") from error
            raise NoAnswer("the answer is not HTTP") from error
        finally:
            sending.cancel()
        if code == 407 and self.upstream.absolute_form(request.origin) is not None:
            raise NoAnswer("the upstream proxy asks for a password: 407")
        return head

    async def _write(self, stream: Stream, request: ProxyRequest) -> None:
        """Send head and body; a server may answer, or close, before it has read them all."""
        head = request.head.raw
        credentials = self.upstream.absolute_form(request.origin)
        if credentials is not None and not request.upgrade:
            start = f"{request.method} {request.url} HTTP/1.1".encode("latin-1")
            lines = [*request.head.lines[1:], *filter(None, [credentials])]
            head = join_head(start, lines)
        request.body.seek(0)
        with contextlib.suppress(OSError):
            stream.writer.write(head)
            while block := request.body.read(_BLOCK):
                stream.writer.write(block)
                await stream.writer.drain()
            await stream.writer.drain()

    async def _relay(
        self,
        head: Head,
        framing: Framing,
        blocks: AsyncIterator[bytes],
        client: Client,
        body: BinaryIO,
        opened: OpenExchange,
        limit: int,
        budget: Budget | None = None,
    ) -> str:
        """Pass the answer on and keep a copy; returns why it is truncated, or ``""``."""
        budget, fits = budget or Budget(), self.rules.gauge(head)
        try:
            await client.begin(head, framing)
            async for block in blocks:
                if (size := fits(block)) < len(block):
                    self.oversized.add(opened.url)
                    self.fail(opened.url, UNPACKS)
                    limit = opened.received + size
                    block = block[: size + 1]
                kept = block[: budget.take(min(len(block), limit - opened.received))]
                add_to_body(body, kept)
                opened.received += len(kept)
                self.received += len(kept)
                opened.touch()
                self.last_activity = opened.last_activity
                await client.data(block)
                if len(kept) < len(block):
                    return "length"
            await client.end()
        except Cut as cut:
            opened.slow = isinstance(cut, TooSlow)
            return cut.reason
        except ClientGone:
            return "" if framing == "none" else "disconnect"
        return ""

    async def _record(
        self,
        request: ProxyRequest,
        head: Head,
        body: BinaryIO,
        opened: OpenExchange,
        truncated: str,
        started: datetime,
        clock: float,
        ip: str,
    ) -> None:
        version, status, reason = head.status
        body.seek(0)
        request.body.seek(0)
        exchange = RecordedExchange(
            method=request.method,
            url=request.url,
            request_head=request.head.raw,
            request_body=request.body,
            request_size=request.size,
            status=status,
            reason=reason,
            http_version=version,
            response_head=head.raw,
            request_headers=request.head.fields,
            headers=head.fields,
            body=body,
            size=opened.received,
            truncated=truncated,
            started=started,
            seconds=time.monotonic() - clock,
            ip=ip,
        )
        writing = asyncio.ensure_future(self._hand_over(exchange))
        self._writes.add(writing)
        writing.add_done_callback(self._writes.discard)
        await asyncio.shield(writing)

    async def _hand_over(self, exchange: RecordedExchange) -> None:
        try:
            if self.error is None:
                await self._sink(exchange)
            else:
                exchange.close()
        except Exception as error:
            self.error = error
            exchange.close()


class _Silent(Exception):
    """A connection that ended without an answer: a kept one may just have been stale."""


async def _read_file(source: BinaryIO, size: int) -> AsyncIterator[bytes]:
    """Exactly ``size`` bytes; raises :class:`Cut` when the file has lost some meanwhile."""
    while size > 0:
        try:
            block = source.read(min(_BLOCK, size))
        except OSError as error:
            raise Cut("disconnect") from error
        if not block:
            raise Cut("disconnect")
        size -= len(block)
        yield block


def _leads_into_deck(url: str, head: Head) -> bool:
    """Whether another site's redirect would have the browser ask for a file of the deck's."""
    location = head.value(b"location").decode("utf-8", "replace")
    target = urls.resolve(location, url) if location and 300 <= head.status[1] < 400 else None
    return target is not None and urls.hostname(target).rstrip(".") == urls.DECK_HOST


def _mime(head: Head) -> str:
    return head.value(b"content-type").partition(b";")[0].strip().lower().decode("latin-1")


def _stays_open(request: Head, head: Head) -> bool:
    tokens = head.tokens(b"connection")
    if b"close" in tokens or b"close" in request.tokens(b"connection"):
        return False
    return head.status[0] != "HTTP/1.0" or b"keep-alive" in tokens
