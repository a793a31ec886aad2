"""Getting one URL whole beside the browser: redirects, retries, pauses."""

from __future__ import annotations

import asyncio
import email.utils
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from deckarchive import urls
from deckarchive.heads import Head, join_head
from deckarchive.model import Headers
from deckarchive.proxy.exchange import Exchanger
from deckarchive.proxy.options import LEAST_RATE
from deckarchive.proxy.request import (
    ExchangeOutcome,
    OpenExchange,
    make_request,
    split_target,
    spool,
)
from deckarchive.proxy.wire import Framing, NoAnswer, Stream

_REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))
_TRANSIENT: Final = frozenset((408, 425, 429, 500, 502, 503, 504))
_MAX_HOPS: Final = 20
_FIRST_PAUSE: Final = 0.5
_CUT: Final = ("disconnect", "time")
_MAX_PIECES: Final = 60
_PROGRESS: Final = 1024**2
"""Bytes that a further attempt must bring for it not to count as a failed one."""
_PERSONAL: Final = frozenset(("authorization", "cookie"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What :meth:`Listener.fetch` got: the last answer after redirects, already recorded.

    ``status`` is 0 and ``failure`` says why when no answer came; it also says why a body was given
    up. ``url`` is the final URL,
    ``size`` the stored body length in bytes, ``truncated`` as in ``RecordedExchange``.
    ``resumed`` says that it came in pieces: a cut answer and the ranges that complete it.
    """

    url: str
    status: int
    headers: Headers = ()
    size: int = 0
    truncated: str = ""
    failure: str = ""
    resumed: bool = False

    @property
    def ok(self) -> bool:
        """A whole, successful answer."""
        return 200 <= self.status < 300 and not self.truncated


class _RecordOnly:
    """A client that only lets the answer be recorded."""

    async def begin(self, head: Head, framing: Framing) -> None: ...
    async def data(self, block: bytes) -> None: ...
    async def end(self) -> None: ...
    async def tunnel(self, stream: Stream, opened: OpenExchange) -> None:
        stream.abort()


async def fetch(
    exchanger: Exchanger, url: str, headers: Mapping[str, str], max_size: int | None
) -> Fetched:
    """See :meth:`Listener.fetch`."""
    options = exchanger.options
    url = urls.split_fragment(urls.resolve(url, url) or url)[0]
    attempt, got = 0, Fetched(url=url, status=0)
    for _ in range(_MAX_PIECES):
        rest = _range_of_rest(got)
        place = got.url if rest else url
        result, transient, asked = await _follow(exchanger, place, {**headers, **rest}, max_size)
        if rest:
            result = _joined(got, result)
        attempt = 0 if result.size > got.size + _PROGRESS else attempt + 1
        pause = max(_FIRST_PAUSE * 2 ** max(attempt - 1, 0), asked)
        if not transient or attempt > options.retries or pause > options.max_wait:
            break
        got = result if result.size else got
        await asyncio.sleep(pause)
    return result


def _range_of_rest(got: Fetched) -> dict[str, str]:
    """The header fields that ask for what a cut answer lacks (RFC 9110, sections 13.1.5, 14.2).

    None without a validator that tells whether the file is still the same one.
    """
    fields = {name.lower(): value for name, value in got.headers}
    tag = fields.get("etag", "")
    validator = tag if tag.startswith('"') else fields.get("last-modified", "")
    plain = fields.get("content-encoding", "identity").lower() == "identity"
    refused = fields.get("accept-ranges", "").lower() == "none"
    cut = got.status == 200 and got.truncated in _CUT and got.size > 0
    if not (cut and validator and plain) or refused:
        return {}
    return {"Range": f"bytes={got.size}-", "If-Range": validator}


def _joined(got: Fetched, rest: Fetched) -> Fetched:
    """The answer that a cut one and the answer to its range make together."""
    if rest.status != 206:
        return rest if rest.status == 200 else replace(got, failure=rest.failure)
    fields = {name.lower(): value for name, value in rest.headers}
    if rest.url != got.url or not fields.get("content-range", "").startswith(f"bytes {got.size}-"):
        return replace(rest, truncated="unspecified")
    size = got.size + rest.size
    return replace(got, size=size, truncated=rest.truncated, failure=rest.failure, resumed=True)


async def _follow(
    exchanger: Exchanger, url: str, headers: Mapping[str, str], max_size: int | None
) -> tuple[Fetched, bool, float]:
    """One attempt through its redirects: result, whether to try again, pause asked for."""
    for _ in range(_MAX_HOPS):
        try:
            outcome = await _get(exchanger, url, headers, max_size)
        except NoAnswer as error:
            return Fetched(url=url, status=0, failure=str(error)), error.transient, 0.0
        status = outcome.head.status[1]
        location = outcome.head.value(b"location").decode("utf-8", "replace")
        target = urls.resolve(location, url) if location and status in _REDIRECTS else None
        if target is None:
            cut = outcome.truncated in _CUT and not outcome.slow
            pause = _retry_after(outcome.head)
            return _fetched(url, outcome), cut or status in _TRANSIENT, pause
        if urls.host(target) != urls.host(url):
            headers = {k: v for k, v in headers.items() if k.lower() not in _PERSONAL}
            headers |= {"Sec-Fetch-Site": "cross-site"}
        url = urls.split_fragment(target)[0]
    return Fetched(url=url, status=0, failure="too many redirects"), False, 0.0


async def _get(
    exchanger: Exchanger, url: str, headers: Mapping[str, str], max_size: int | None
) -> ExchangeOutcome:
    target = split_target(url.encode("utf-8"))
    if target is None:
        raise NoAnswer("not an http(s) URL")
    defaults = {"Host": urls.host(url), "Accept": "*/*", "Accept-Encoding": "identity"}
    given = {k.lower() for k in headers}
    fields = {**{k: v for k, v in defaults.items() if k.lower() not in given}, **headers}
    lines = [
        " ".join(f"{k}: {v}".splitlines()).encode("latin-1", "replace") for k, v in fields.items()
    ]
    head = Head(join_head(b"GET " + target[1] + b" HTTP/1.1", lines))
    request = make_request(head, *target, spool(), 0)
    exchanger.upstream.forgive(request.origin)
    return await exchanger.run(request, _RecordOnly(), max_body=max_size)


def _fetched(url: str, outcome: ExchangeOutcome) -> Fetched:
    fields = outcome.head.fields
    return Fetched(
        url=url,
        status=outcome.head.status[1],
        headers=tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in fields),
        size=outcome.size,
        truncated=outcome.truncated,
        failure=f"slower than {LEAST_RATE // 1000} kB a second" if outcome.slow else "",
    )


def _retry_after(head: Head) -> float:
    """Seconds that Retry-After asks for, as a number or a date (RFC 9110, section 10.2.3)."""
    value = head.value(b"retry-after").decode("latin-1").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        when = email.utils.parsedate_to_datetime(value)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return max(0.0, (when - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):  # whatever a server may write
        return 0.0
