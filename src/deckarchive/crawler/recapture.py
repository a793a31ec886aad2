"""A target that had been captured is captured again: when that is due, and which capture stays."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from deckarchive import urls
from deckarchive.crawler.folder import RECORD
from deckarchive.crawler.report import KEPT
from deckarchive.crawler.target_capture import write_record
from deckarchive.errors import ArchiveError
from deckarchive.model import (
    DECK_CAPTURE_ID,
    CaptureRecord,
    DeckSite,
    Exchange,
    Kind,
    State,
    Target,
)
from deckarchive.warc import Warc, read_exchanges, read_warc

WARC: Final = "data.warc.gz"
RANK: Final = {State.CAPTURED: 0, State.PARTIAL: 1, State.FAILED: 2}
"""From the best end of a capture to the worst."""
_LOADED_BY_PAGE: Final = frozenset({Kind.SCRIPT, Kind.STYLESHEET})


def loads_other_things(
    old: CaptureRecord, folder: Path, site: DeckSite | None, named: list[Target]
) -> bool:
    """Whether the deck's page, captured into ``folder``, may load something else by now.

    An older archive does not say what it was captured from: there it does when the deck now names
    (``named``) a script or style sheet that the page had not asked for.
    """
    if site is None or not site.loads:
        return False
    if old.loads:
        return old.loads != site.loads
    wanted = {target.url for target in named if target.kind in _LOADED_BY_PAGE}
    if not wanted:
        return False
    try:
        asked = {urls.split_fragment(x.url)[0] for x in read_exchanges(folder / WARC)}
    except ArchiveError:
        return False
    return bool(wanted - asked - {one.url for one in old.missing})


def is_worse(record: CaptureRecord, old: CaptureRecord | None, folder: Path) -> bool:
    """Whether the earlier capture, in ``folder``, is to stay.

    A failure replaces nothing. The deck's page is captured again because the deck was edited, not
    because the user asked for it: a partial capture of it does not replace a whole one.
    """
    if old is None or RANK[record.state] <= RANK[old.state]:
        return False
    if record.state is State.FAILED:
        return True
    return record.id == DECK_CAPTURE_ID and _read_whole(folder) is not None


def kept(old: CaptureRecord, folder: Path, record: CaptureRecord, work: Path) -> CaptureRecord:
    """The earlier capture, which stays: in ``work``, with what the worse one there brought besides;
    else in ``folder``, and ``work`` is removed."""
    reason = KEPT + record.reason
    joined = None if record.state is State.FAILED else _joined(old, folder, record, work)
    if joined is None:
        shutil.rmtree(work)
    stays = joined or old
    reason = "; ".join(r for r in (stays.reason, reason) if r)
    return replace(stays, reason=reason)


def _joined(
    old: CaptureRecord, folder: Path, record: CaptureRecord, work: Path
) -> CaptureRecord | None:
    """Make ``work`` the earlier capture with the responses that only the new one has; ``None`` when
    there are none. Of a URL that both have, the earlier response comes first, and so counts."""
    earlier = _read_whole(folder)
    new = _read_whole(work)
    if earlier is None or new is None:
        return None
    had, came = _good(earlier.exchanges), _good(new.exchanges)
    if came <= had:
        return None
    with (work / WARC).open("rb") as stream, (work / f".{WARC}").open("xb") as both:
        with (folder / WARC).open("rb") as first:
            shutil.copyfileobj(first, both)  # a WARC file is a sequence of gzip members
        shutil.copyfileobj(stream, both)
    (work / f".{WARC}").replace(work / WARC)
    for path in work.iterdir():
        if path.name not in (WARC, RECORD):
            path.unlink()
    for path in folder.iterdir():
        if path.name not in (WARC, RECORD):
            shutil.copy2(path, work)
    known = {one.url for one in old.missing} | had | came
    joined = replace(
        old,
        embeds=record.embeds if len(record.embeds) >= len(old.embeds) else old.embeds,
        missing=(*old.missing, *(one for one in record.missing if one.url not in known)),
        bytes=old.bytes + record.bytes,
        requests=old.requests + record.requests,
    )
    return write_record(joined, work)


def _good(exchanges: list[Exchange]) -> set[str]:
    """The URLs of the web that were answered with a body or led on to one."""
    return {x.url for x in exchanges if 0 < x.status < 400 and not urls.is_deck_url(x.url)}


def _read_whole(folder: Path) -> Warc | None:
    """The WARC file in a target's folder; ``None`` when it is missing or damaged."""
    with suppress(ArchiveError):
        warc = read_warc(folder / WARC)
        return None if warc.losses else warc
    return None
