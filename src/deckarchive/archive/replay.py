"""Which recorded exchange answers a request: what an exact replay shows.

In: method, URL, header fields and body as a browser sends them. Out: the exchange that was
recorded for that request, or nothing. Same URL first; then the other scheme (a target was asked
for by https, then by http); then the same path with a query that differs only in what changes on
every visit.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Final

from deckarchive import urls
from deckarchive.archive.folder import Archive
from deckarchive.model import Exchange, Headers
from deckarchive.web import is_static, stable

_CONTENT_RANGE: Final = re.compile(r"bytes\s+(\d+)-(\d+)/(\d+)", re.IGNORECASE)
_SCHEMES: Final = {"http": "https", "https": "http"}


@dataclass(frozen=True, slots=True)
class _Held:
    target: str
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class _Ask:
    method: str
    headers: dict[str, str]
    body: bytes
    targets: frozenset[str]


@dataclass(slots=True)
class Replay:
    """The exchanges of an archive by what asks for them; reads the index of every WARC at once.

    ``target`` names one whose own records win over those of the others. Where it is not known,
    the page that asks (the Referer field) tells.
    """

    archive: Archive
    target: str | None = None
    _by_url: dict[str, list[_Held]] = field(default_factory=lambda: defaultdict(list), repr=False)
    _by_path: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list), repr=False)

    def __post_init__(self) -> None:
        for id in self.archive.records:
            for exchange in self.archive.exchanges(id):
                if exchange.status == 304 or exchange.status < 200:
                    continue
                held = self._by_url[exchange.url]
                if not held:
                    self._by_path[_pathless(exchange.url)].append(exchange.url)
                held.append(_Held(id, exchange))

    def find(self, method: str, url: str, headers: Headers, body: bytes = b"") -> Exchange | None:
        """The exchange that answers a request for ``url`` (no fragment), or ``None``.

        A HEAD is answered by a GET; ``headers`` and ``body`` choose among several. Where http
        was asked and only https had answered, that is a redirect there, as by HSTS.
        """
        fields = {name.lower(): value for name, value in reversed(headers)}
        ask = _Ask(method, fields, body, self._askers(fields.get("referer", "")))
        scheme, _, rest = url.partition(":")
        other = f"{_SCHEMES.get(scheme, scheme)}:{rest}"
        for look in (self._best, self._variant):
            if found := look(url, ask):
                return found
            if found := look(other, ask):
                return _redirect(url, other) if scheme == "http" else found
        return None

    def holds(self, method: str, url: str) -> bool:
        """Whether a request like that was recorded, whatever its body: for CORS preflights."""
        scheme, _, rest = url.partition(":")
        places = (url, f"{_SCHEMES.get(scheme, scheme)}:{rest}")
        known = {key for place in places for key in self._by_path.get(_pathless(place), ())}
        return any(_answers(method, held.exchange) for key in known for held in self._by_url[key])

    def _askers(self, referer: str) -> frozenset[str]:
        """The targets that the page at ``referer`` (an origin alone, at times) belongs to."""
        if self.target:
            return frozenset((self.target,))
        exact = frozenset(held.target for held in self._by_url.get(referer, ()))
        return exact or frozenset(
            id
            for id, record in self.archive.records.items()
            if referer and (record.final_url or record.url).startswith(referer)
        )

    def _best(self, url: str, ask: _Ask) -> Exchange | None:
        held = [h for h in self._by_url.get(url, ()) if _answers(ask.method, h.exchange)]
        held = [h for h in _same_body(held, ask) if _covers(h.exchange, ask)]
        return min(held, key=lambda h: _rank(h, ask)).exchange if held else None

    def _variant(self, url: str, ask: _Ask) -> Exchange | None:
        """The recorded URL of that path that means the same; never one of another meaning."""
        keys = [k for k in self._by_path.get(_pathless(url), ()) if k != url and self._best(k, ask)]
        if not keys:
            return None
        wanted = _parameters(url)
        meant = stable(_query(url))
        same = [key for key in keys if stable(_query(key)) == meant]
        alone = len(keys) == 1 and not ("?" in url and "?" in keys[0])
        if not same and not alone and not is_static(_pathless(url)):
            return None
        key = max(same or keys, key=lambda key: len(wanted & _parameters(key)))
        found = self._best(key, ask)
        return _called_back(found, _parameters(key), wanted) if found else None


def _answers(method: str, exchange: Exchange) -> bool:
    return exchange.method == method or (method == "HEAD" and exchange.method == "GET")


def _same_body(held: list[_Held], ask: _Ask) -> list[_Held]:
    """Those whose request had the same body; with one body known, that one (boundaries vary)."""
    if ask.method in ("GET", "HEAD"):
        return held
    same = [h for h in held if h.exchange.request_body == ask.body]
    one = len({h.exchange.request_body for h in held}) == 1
    return same or (held if one else [])


def _covers(exchange: Exchange, ask: _Ask) -> bool:
    """Whether a partial answer holds the start of what is asked for; a whole one always does."""
    if exchange.status != 206:
        return True
    found = _CONTENT_RANGE.match(exchange.header("content-range"))
    if not found:
        return False
    wanted = re.match(r"bytes=(\d+)-", ask.headers.get("range", ""))
    return int(found[1]) <= (int(wanted[1]) if wanted else 0) <= int(found[2])


def _rank(held: _Held, ask: _Ask) -> tuple[bool, bool, bool, bool, bool, bool, int]:
    """Smaller is better: whole successes, then what the asking page itself had received."""
    exchange = held.exchange
    origin = dict(_lowered(exchange.request_headers)).get("origin", "")
    return (
        not 200 <= exchange.status < 300,
        exchange.status == 206,
        bool(exchange.truncated),
        exchange.method != ask.method,
        held.target not in ask.targets,
        origin != ask.headers.get("origin", ""),
        -exchange.size,
    )


def _lowered(headers: Headers) -> Iterable[tuple[str, str]]:
    return ((name.lower(), value) for name, value in headers)


def _pathless(url: str) -> str:
    return urls.split_fragment(url)[0].partition("?")[0]


def _query(url: str) -> str:
    return urls.split_fragment(url)[0].partition("?")[2]


def _parameters(url: str) -> frozenset[tuple[str, str]]:
    return frozenset(urls.query_pairs(_query(url)))


def _redirect(url: str, location: str) -> Exchange:
    return Exchange(
        method="GET",
        url=url,
        status=307,
        request_headers=(),
        headers=(("Location", location), ("Access-Control-Allow-Origin", "*")),
        timestamp="",
        digest="",
        size=0,
        open_body=io.BytesIO,
    )


def _called_back(
    exchange: Exchange, recorded: frozenset[tuple[str, str]], asked: frozenset[tuple[str, str]]
) -> Exchange:
    """JSONP: the answer calls the function that is asked for, not the one of the recording."""
    now = dict(asked)
    for name, old in sorted(recorded - asked):
        new = now.get(name, "")
        if not (re.fullmatch(r"[\w$.]{2,}", old) and re.fullmatch(r"[\w$.]+", new)):
            continue
        call = re.compile(rb"(?<![\w$.])" + re.escape(old.encode()) + rb"(?=\s*\()")
        with exchange.open_body() as stream:
            if not call.search(stream.read(400)):
                continue

        def renamed(call: re.Pattern[bytes] = call, new: str = new) -> BinaryIO:
            with exchange.open_body() as stream:
                return io.BytesIO(call.sub(lambda _: new.encode(), stream.read(), count=1))

        with renamed() as body:
            size = len(body.read())
        coded = ("content-encoding", "content-length")
        headers = tuple((k, v) for k, v in exchange.headers if k.lower() not in coded)
        return replace(exchange, headers=headers, open_body=renamed, size=size)
    return exchange
