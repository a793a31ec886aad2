"""Capturing one target of any kind into a folder: evidence, judgement, record."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from deckarchive import files, urls
from deckarchive.crawler import judge
from deckarchive.crawler.deck_page import capture_deck
from deckarchive.crawler.evidence import CaptureEvidence, Recorder
from deckarchive.crawler.file_target import capture_file
from deckarchive.crawler.folder import RECORD, inventory
from deckarchive.crawler.page import capture_page
from deckarchive.crawler.run_context import RunContext
from deckarchive.crawler.session import Session
from deckarchive.errors import BrowserError
from deckarchive.model import (
    DECK_CAPTURE_ID,
    MADE,
    CaptureRecord,
    RecordedExchange,
    State,
    Target,
)
from deckarchive.proxy import LEAST_RATE
from deckarchive.warc import WarcWriter


async def capture_target(run: RunContext, target: Target, folder: Path) -> CaptureRecord:
    """Capture ``target`` into an empty ``folder``; tried once more when the browser breaks."""
    run = run.for_target(target)
    for last in (False, True):
        record, broke = await _attempt(run, target, folder)
        if not broke or last:
            break
        for leftover in folder.iterdir():
            leftover.unlink()
    record = replace(record, files=await asyncio.to_thread(inventory, folder))
    files.write_json(folder / RECORD, record.to_dict())
    return record


async def _attempt(run: RunContext, target: Target, folder: Path) -> tuple[CaptureRecord, bool]:
    """One try: the record, and whether the browser broke."""
    began, started = time.monotonic(), datetime.now(UTC)
    evidence = CaptureEvidence()
    with (
        tempfile.TemporaryDirectory(prefix=".kept.", dir=folder.parent) as kept,
        WarcWriter(folder / "data.warc.gz", info=_warcinfo(run, target)) as writer,
    ):
        recorder = Recorder(writer, evidence, None if is_page(target) else Path(kept))
        secrets = run.secrets(target)

        async def sink(exchange: RecordedExchange) -> None:
            if secrets.active:
                exchange = await asyncio.to_thread(secrets.public, exchange)
            await recorder(exchange)

        listener = await run.proxy.listen(
            sink,
            allow=_allowed(run, target),
            rules=run.rules(target, secrets),
            deck=run.deck_for(target),
        )
        session = Session(
            target=target,
            folder=folder,
            options=run.options,
            pool=run.pool,
            listener=listener,
            recorder=recorder,
            writer=writer,
            evidence=evidence,
            user_agent=run.user_agent,
            slots=run.slots,
            projector=run.projector,
            jar=run.jar,
            manual=run.manual,
        )
        try:
            lost, broke = await _in_time(session)
        finally:
            evidence.failures = list(listener.failures)
            await listener.close()
            await session.written()
        if run.budget.spent:
            evidence.notes.append("--max-total was reached")
        if listener.blocked:
            evidence.notes.append(f"{len(listener.blocked)} requests blocked, as asked for")
        state, reason = await asyncio.to_thread(_judge, target, evidence, lost)
        told = {"state": state.value, "reason": reason, "title": evidence.title}
        writer.metadata(target.url, {name: secrets.hide(text) for name, text in told.items()})
        record = _record(run, target, evidence, state, reason, writer, started, began)
        blocked = dict(Counter(listener.blocked.values()))
        record = replace(secrets.record(record), redacted=dict(secrets.redacted), blocked=blocked)
    return record, broke


async def _in_time(session: Session) -> tuple[list[str], bool]:
    """Capture within the target's time: the parts of a file that did not come, and whether the
    browser broke. What ends it early is evidence."""
    evidence = session.evidence
    work = asyncio.ensure_future(_capture(session))
    began = time.monotonic()
    try:
        while (left := began + _ceiling(session) - time.monotonic()) > 0 and not work.done():
            await asyncio.wait({work}, timeout=left)
        if work.done():
            return work.result(), False
        evidence.notes.append("it took longer than its time and was cut off")
        evidence.busy = True
    except BrowserError as error:
        evidence.notes.append(error.message)
        evidence.busy = True
        return [], True
    finally:
        work.cancel()
        await asyncio.wait({work})
    return [], False


async def _capture(session: Session) -> list[str]:
    if not is_page(session.target):
        return await capture_file(session)
    async with session.slots.acquire() as session.slot:
        if session.target.id == DECK_CAPTURE_ID:
            await capture_deck(session)
        else:
            await capture_page(session)
    return []


def is_page(target: Target) -> bool:
    """Whether it is opened in the browser; everything else is fetched."""
    return target.id == DECK_CAPTURE_ID or target.kind.is_page


def _ceiling(session: Session) -> float:
    """The sum of the bounds of a target's steps; only something unforeseen reaches it.

    What comes earns a file more time, so that a large one may take long and a slow one may not.
    """
    options, target = session.options, session.target
    if options.headed:
        return 24 * 3600
    steps = 22 * options.timeout + 120
    if is_page(target):
        return steps + 60 * len(target.fragments)
    return min(3600 + 60 * options.timeout, steps + session.listener.received / LEAST_RATE)


def _judge(target: Target, evidence: CaptureEvidence, lost: Iterable[str]) -> tuple[State, str]:
    if target.id == DECK_CAPTURE_ID:
        return judge.judge_deck(evidence)
    if target.kind.is_page:
        return judge.judge_page(evidence)
    return judge.judge_file(evidence, lost)


def _allowed(run: RunContext, target: Target) -> frozenset[str]:
    """Where the guard lets the target's traffic through although it may be a private network:
    what the author wrote, ``host:port``, and nothing else that the page names.

    What a script of the deck wrote is let through where the deck's source names it as well.
    """
    if target.id == DECK_CAPTURE_ID:
        return run.allowed
    places = places_of(target)
    return places & run.allowed if is_made(target) else places


def places_of(target: Target) -> frozenset[str]:
    """``host:port`` of the target; http and https of one host, on their own ports, are one place:
    a URL without a scheme is tried by both, and sites send visitors from the one to the other."""
    place = urls.authority(target.url)
    host, _, port = place.rpartition(":")
    return frozenset((f"{host}:80", f"{host}:443") if port in ("80", "443") else (place,))


def is_made(target: Target) -> bool:
    """Whether a script of the deck named it, not the deck's source."""
    return any(r.syntax == MADE for r in target.references)


def _warcinfo(run: RunContext, target: Target) -> dict[str, str]:
    width, height = run.options.viewport
    return {
        "software": run.software,
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": target.id,
        "description": f"{target.kind.value} {target.url}, viewport {width}x{height}",
    }


def _record(
    run: RunContext,
    target: Target,
    evidence: CaptureEvidence,
    state: State,
    reason: str,
    writer: WarcWriter,
    started: datetime,
    began: float,
) -> CaptureRecord:
    return CaptureRecord(
        id=target.id,
        kind=target.kind.value,
        url=target.url,
        state=state,
        reason=reason,
        final_url=evidence.final_url,
        status=evidence.status,
        content_type=evidence.content_type,
        title=evidence.title,
        text=str(evidence.hints.get("text") or "")[:8000],
        bytes=writer.payload_bytes,
        requests=writer.exchanges,
        seconds=round(time.monotonic() - began, 3),
        started=started.isoformat(timespec="seconds").replace("+00:00", "Z"),
        viewport=run.options.viewport,
        views=tuple(evidence.views),
        interactions=tuple(evidence.interactions),
        missing=tuple(judge.missing(evidence)),
        console=tuple(evidence.console),
        software=run.software,
        charsets=dict(evidence.charsets),
        duration=evidence.duration,
        embeds=tuple(evidence.embeds),
    )
