"""What was seen while capturing one target: gathered step by step, kept when a step fails."""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from deckarchive.browser import answers
from deckarchive.crawler.playlists import is_playlist
from deckarchive.crawler.stylesheets import LARGEST_SHEET, asks_for_screen, other_screens_ask
from deckarchive.model import Embed, Interaction, RecordedExchange, View, Wait, WaitReason
from deckarchive.warc import DecodedStream, Undecodable, WarcWriter

_MAX_PLAYLIST = 4 * 1024**2
_DIGITS = 18
"""Of the largest size that is taken for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedResponse:
    """An answer that was recorded. ``size`` in bytes as stored; ``whole`` says that it is all of
    a file: a 200, or a 206 whose range is everything, as players ask for. ``part_of`` is the size
    of the file that a 206 holds a range of."""

    method: str
    url: str
    status: int
    mime: str
    size: int
    truncated: str
    whole: bool = False
    part_of: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHints:
    """What a person would notice about a page (``js/hints.js``).

    ``text`` is the beginning of the visible text, ``length`` its characters, ``heading`` the first
    heading; ``passwords`` and ``names`` count fields for a password and for a user's name;
    ``overlay`` is a consent banner over the view, ``challenge`` a bot check.
    """

    text: str = ""
    length: int = 0
    heading: str = ""
    passwords: int = 0
    names: int = 0
    overlay: bool = False
    challenge: bool = False

    @classmethod
    def from_answer(cls, answer: object) -> Self:
        """What the script returned, see :mod:`deckarchive.browser.answers`."""
        found = answers.members(answer)
        return cls(
            text=answers.string(found["text"])[:8000],
            length=int(answers.real(found["length"])),
            heading=answers.string(found["heading"])[:200],
            passwords=int(answers.real(found["passwords"])),
            names=int(answers.real(found["names"])),
            overlay=answers.boolean(found["overlay"]),
            challenge=answers.boolean(found["challenge"]),
        )


class WaitLog:
    """For how long what was waited for."""

    def __init__(self) -> None:
        self._seconds: dict[WaitReason, float] = {}

    def add(self, reason: WaitReason, seconds: float) -> None:
        self._seconds[reason] = self._seconds.get(reason, 0.0) + seconds

    @contextmanager
    def during(self, reason: WaitReason) -> Iterator[None]:
        """Count the time of what is done inside."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.add(reason, time.monotonic() - began)

    def longest(self) -> tuple[Wait, ...]:
        """What took a tenth of a second at least, the longest first."""
        found = [Wait(reason=r, seconds=round(s, 1)) for r, s in self._seconds.items() if s >= 0.1]
        return tuple(sorted(found, key=lambda wait: -wait.seconds))


@dataclass(slots=True)
class CaptureEvidence:
    """Everything that the judgement of a target rests on.

    ``error`` is why the main document did not come (a person can read it); ``headers`` are its
    headers in lower case; ``types`` maps URLs to the browser's resource types; ``notes`` are
    remarks for the reason; ``redirected`` says that another document than the target's answered,
    ``refused`` are documents that the site lets nobody show in a frame, in order, ``left_frame``
    says that the page would not be framed; ``resumed`` are URLs that came whole in
    pieces, ``oversized`` those whose bodies unpack to far too much; ``busy`` is set when the page
    does not answer. ``interactions`` is what came of using the page, and ``judged`` how much of
    ``seen`` and ``failures`` was there before: only that much is judged. ``parts`` are URLs that a
    style sheet names and that did not come. ``duration`` is that of a video, in seconds; ``embeds``
    what stood on the slides of the deck's own page.
    """

    status: int | None = None
    error: str = ""
    final_url: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = ""
    title: str = ""
    views: list[View] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    hints: PageHints = PageHints()
    console: list[str] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    seen: list[RecordedResponse] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    redirected: bool = False
    refused: list[str] = field(default_factory=list)
    left_frame: bool = False
    busy: bool = False
    parts: list[str] = field(default_factory=list)
    oversized: frozenset[str] = frozenset()
    resumed: set[str] = field(default_factory=set)
    interactions: list[Interaction] = field(default_factory=list)
    judged: tuple[int | None, int | None] = (None, None)
    charsets: dict[str, str] = field(default_factory=dict)
    """Encodings other than UTF-8 that documents were read in, by URL."""
    guessed: set[str] = field(default_factory=set)
    """Images that another screen or a lazy loader may ask for; the page itself may never do."""
    duration: float = 0.0
    embeds: list[Embed] = field(default_factory=list)
    waits: WaitLog = field(default_factory=WaitLog)
    loads: str = ""
    """Of the deck's own page, ``DeckSite.loads``."""

    def novelties(self) -> int:
        """How many different answers came: by method, URL, status and size."""
        return len({(s.method, s.url, s.status, s.size) for s in self.seen})

    def has(self, url: str) -> bool:
        """Whether a whole, good answer to a GET of ``url`` was recorded."""
        return url in self.resumed or any(
            s.url == url and s.method == "GET" and s.whole for s in self.seen
        )


class Recorder:
    """A sink for the proxy: writes each exchange to the WARC and notes it as evidence.

    With ``keep`` the bodies of answers to GET are also put into that folder, see :meth:`body`.
    """

    def __init__(
        self, writer: WarcWriter, evidence: CaptureEvidence, keep: Path | None = None
    ) -> None:
        self._writer, self._evidence, self._keep = writer, evidence, keep
        self._bodies: dict[str, Path] = {}
        self.playlists: dict[str, str] = {}
        """The text of each streaming playlist that came whole, by URL."""
        self.for_other_screens: dict[str, list[str]] = {}
        """What each style sheet would ask for on another screen, by its URL."""
        self.asks_for_screen = False
        """Whether a script that came may listen to the colour scheme, or to a printer."""

    async def __call__(self, exchange: RecordedExchange) -> None:
        mime = exchange.header("content-type").partition(";")[0].strip().lower()
        seen = RecordedResponse(
            method=exchange.method,
            url=exchange.url,
            status=exchange.status,
            mime=mime,
            size=exchange.size,
            truncated=exchange.truncated,
            whole=not exchange.truncated and _is_everything(exchange),
            part_of=_part_of(exchange),
        )
        coded = exchange.header("content-encoding").strip().lower() not in ("", "identity")
        if self._keep and exchange.status == 200 and exchange.method == "GET" and not coded:
            self._store(exchange, self._keep)
        elif exchange.status == 206 and exchange.method == "GET":
            self._continue(exchange)
        if exchange.status == 200 and is_playlist(mime, exchange.url) and not exchange.truncated:
            self._note_playlist(exchange)
        elif exchange.status == 200 and mime == "text/css" and not exchange.truncated:
            self._note_sheet(exchange)
        elif exchange.status == 200 and not self.asks_for_screen and _has_scripts(mime):
            self.asks_for_screen = asks_for_screen(_text(exchange, LARGEST_SHEET) or "")
        self._evidence.seen.append(seen)
        await self._writer.record(exchange)

    def _store(self, exchange: RecordedExchange, folder: Path) -> None:
        path = folder / str(len(self._bodies))
        with path.open("wb") as stream:
            shutil.copyfileobj(exchange.body, stream, 1 << 20)
        exchange.body.seek(0)
        self._bodies[exchange.url] = path

    def _continue(self, exchange: RecordedExchange) -> None:
        """Append a range to the body that it continues."""
        path = self._bodies.get(exchange.url)
        start = f"bytes {path.stat().st_size}-" if path and path.exists() else "none"
        if path and exchange.header("content-range").startswith(start):
            with path.open("ab") as stream:
                shutil.copyfileobj(exchange.body, stream, 1 << 20)
            exchange.body.seek(0)

    def _note_playlist(self, exchange: RecordedExchange) -> None:
        if (text := _text(exchange, _MAX_PLAYLIST)) is not None:
            self.playlists[exchange.url] = text

    def _note_sheet(self, exchange: RecordedExchange) -> None:
        if text := _text(exchange, LARGEST_SHEET):
            wanted = other_screens_ask(text, exchange.url)
            if wanted:
                self.for_other_screens[exchange.url] = wanted

    def body(self, url: str) -> Path | None:
        """The file with the body of a whole answer, when it was kept and had no coding."""
        return self._bodies.get(url)


def _has_scripts(mime: str) -> bool:
    return mime.endswith(("html", "javascript", "ecmascript", "xhtml+xml"))


def _text(exchange: RecordedExchange, most: int) -> str | None:
    """The body of an answer as text, where it is no larger than ``most`` bytes."""
    if exchange.size > most:
        return None
    codings = exchange.header("content-encoding").split(",")
    stored = io.BytesIO(exchange.body.read())
    exchange.body.seek(0)
    with (
        suppress(Undecodable, OSError),
        io.BufferedReader(DecodedStream(stored, codings)) as decoded,
    ):
        return decoded.read(most).decode("utf-8", "replace")
    return None


def _part_of(exchange: RecordedExchange) -> int:
    if exchange.status != 206 or exchange.method != "GET":
        return 0
    size = exchange.header("content-range").strip().rpartition("/")[2]
    return int(size) if size.isascii() and size.isdigit() and len(size) <= _DIGITS else 0


def _is_everything(exchange: RecordedExchange) -> bool:
    if exchange.status != 206:
        return exchange.status == 200
    last = exchange.size - 1
    return exchange.header("content-range").strip() == f"bytes 0-{last}/{exchange.size}"
