"""Looking at one slide: waiting until its embeds have shown, then collecting the evidence."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from deckarchive.errors import BrowserError, BrowserTimeout
from deckarchive.model import ContentCounts, OfflineTarget, Tier
from deckarchive.rehearsal import _images
from deckarchive.rehearsal._appearance import Appearance, appearance_of, fault_in
from deckarchive.rehearsal._browser import RehearsalBrowser
from deckarchive.rehearsal._interactions import (
    idle,
    is_without_effect,
    play_media,
    replay_interactions,
)
from deckarchive.rehearsal._moments import (
    FoundEmbed,
    SlidePictures,
    is_unfinished,
    photograph,
    varied_in,
    with_movement,
)
from deckarchive.rehearsal._results import EmbedResult, ReplayedInteraction
from deckarchive.rehearsal._survey import (
    CLAIMED_TIERS,
    embed_paths,
    embed_place,
    is_settled,
    take_survey,
    unlisted_embeds,
)
from deckarchive.rehearsal._verdict import EmbedEvidence, counts_of, judge, why_undrawn
from deckarchive.screenshots import is_blank

_POLL: Final = 0.15
_COUNT: Final = 4.0  # seconds a copy has to answer when it is asked what it holds
_PATIENCE: Final = 3.0  # seconds more for a copy that looks empty or poor at first
_WAITS: Final = 8.0  # the same for one that says that it waits: timers of seconds are usual
_STILL: Final = 0.25  # seconds without a new element that count as drawn to the end
_SETTLE: Final = 1.5  # seconds at most that are waited for that
_REPORTED: Final = 100  # of each kind of message, what is kept
_BEHIND: Final = (Tier.PICTURE, Tier.STATIC)


@dataclass(frozen=True, slots=True)
class SlideObservation:
    embeds: tuple[EmbedResult, ...]
    screenshot: bytes


async def look(
    browser: RehearsalBrowser,
    folder: Path,
    targets: Sequence[OfflineTarget],
    known: Sequence[OfflineTarget],
    timeout: float,
) -> SlideObservation:
    """Judge the targets of the slide that is showing, and what else stands there to be seen.

    ``known`` are all targets of the deck: what a script shows may be one. ``timeout`` seconds
    are given for them to appear. Raises :class:`BrowserError` and BrowserTimeout when the deck
    itself does not answer.
    """
    end = time.monotonic() + timeout
    survey = await _settled(browser, targets, end)
    if own := unlisted_embeds(survey, known):
        targets = [*targets, *own]
        survey = await _settled(browser, targets, end)
    await asyncio.gather(*(_still(browser, target) for target in targets))
    patience = min(end, time.monotonic() + _PATIENCE)
    failed: set[str] = set()  # media and images of which the browser said so once already
    while True:
        pictures = await photograph(browser, targets, survey)
        found = [
            (target, *await _evidence(browser, folder, target, pictures)) for target in targets
        ]
        found = await with_movement(browser, folder, found, pictures)
        hopeful = [t for t, e, _ in found if _may_improve(t, e) and t.id not in failed]
        # What starts up heavily answers late, and is given all the time that there is.
        late = any(e.hangs for _, e, _ in found) or await _is_any_late(browser, found)
        waits = any(_waits(e) for _, e, _ in found)
        until = end if late else min(end, patience - _PATIENCE + _WAITS) if waits else patience
        if not hopeful or time.monotonic() > until:
            break
        failed = {t.id for t, e, _ in found if e.ready is False and e.fault}
        await asyncio.sleep(_POLL * 2)
        survey = await take_survey(browser, targets)
    acts = asyncio.gather(*(replay_interactions(browser, t, e) for t, e, _ in found))
    played, used = await asyncio.gather(play_media(browser, survey["places"]), acts)
    embeds = tuple(
        _result(
            browser,
            t,
            replace(
                e,
                idle=idle(interactions),
                is_without_effect=is_without_effect(interactions),
                is_damaged=_has_syntax_error(browser, t),
                played=played.get(t.id),
            ),
            interactions,
            poster,
        )
        for (t, e, poster), interactions in zip(found, used, strict=True)
    )
    return SlideObservation(embeds, pictures.shot)


def _has_syntax_error(browser: RehearsalBrowser, target: OfflineTarget) -> bool:
    """Whether a script could not be read; the browser tells of it without saying in which copy."""
    return any(
        "SyntaxError" in error for error in (*browser.errors_of(target.id), *browser.errors())
    )


def _may_improve(target: OfflineTarget, seen: EmbedEvidence) -> bool:
    """Whether what looks like a gap may only be late; what was recorded so stays, unless it waits
    for something."""
    verdict = judge(target, seen)
    waits = bool(seen.page and seen.page.spinners)
    return verdict.gap and (verdict.tier is not Tier.BROKEN or waits)


def _waits(seen: EmbedEvidence) -> bool:
    """Whether the copy shows or says that something is yet to come."""
    if seen.page is None:
        return False
    fault = fault_in(seen.page, 0)
    return bool(seen.page.spinners) or (fault is not None and fault.kind == "waiting")


async def _is_any_late(browser: RehearsalBrowser, found: Sequence[FoundEmbed]) -> bool:
    """Whether a copy is still behind its picture only since it has not finished loading."""
    behind = [t for t, e, _ in found if t.best is Tier.LIVE and e.claim in _BEHIND]
    return any(await asyncio.gather(*(is_unfinished(browser, target) for target in behind)))


async def _still(browser: RehearsalBrowser, target: OfflineTarget) -> None:
    """Give a copy's late scripts a moment: what they draw belongs in the picture. So does what they
    do when their sockets close, as they do without a network."""
    end = time.monotonic() + _SETTLE
    frame = browser.copy_of(target)
    with suppress(BrowserError):
        while frame is not None and time.monotonic() < end:
            if await browser.stillness(frame, _SETTLE) >= _STILL:
                closed = await browser.socket_closed(frame, _SETTLE)
                if closed is None or closed >= _STILL:
                    return
            await asyncio.sleep(_POLL)


async def _settled(
    browser: RehearsalBrowser, targets: Sequence[OfflineTarget], end: float
) -> Mapping[str, Any]:
    """Survey until everything shows in its best form, or the time is up."""
    while True:
        survey = await take_survey(browser, targets)
        if all(is_settled(t, embed_place(survey, t)) for t in targets) or time.monotonic() > end:
            return survey
        await asyncio.sleep(_POLL)


async def _evidence(
    browser: RehearsalBrowser,
    folder: Path,
    target: OfflineTarget,
    pictures: SlidePictures,
) -> tuple[EmbedEvidence, str]:
    """What is known of one target, and the poster it was compared with."""
    place = embed_place(pictures.survey, target)
    if place is None:
        return EmbedEvidence(), ""
    image = pictures.of(target)
    flat = is_blank(image) if image else None
    if "loaded" in place:
        loaded = place["loaded"]
        return EmbedEvidence(
            found=True,
            ready=loaded["ready"],
            fault=loaded["fault"],
            flat=flat,
            unresolved=() if loaded["ready"] else browser.refused(embed_paths(target)),
        ), ""
    frame = place["frame"]
    report = frame["report"] if isinstance(frame["report"], Mapping) else {}
    fragment = frame["fragment"]
    poster = target.posters.get(fragment) or next(iter(target.posters.values()), "")
    captured = target.counts.get(fragment) or next(iter(target.counts.values()), None)
    then = await asyncio.to_thread(_images.read_image, folder / poster) if poster else None
    similarity = _images.similarity(image, then) if image and then else None
    counts, page, hangs = await _contents(browser, target)
    claim = str(report.get("tier") or "")
    return EmbedEvidence(
        found=True,
        claim=Tier(claim) if claim in CLAIMED_TIERS else None,
        ms=_whole(report.get("ms")),
        covered=bool(frame["covered"]) and claim == Tier.LIVE.value,
        hangs=hangs,
        counts=counts,
        captured=counts_of(captured),
        flat=flat,
        view=fragment,
        title=page.title if page else "",
        captured_title=target.title,
        page=page,
        captured_text=target.text,
        poster_flat=is_blank(then) if then else None,
        pictureless=bool(poster) and then is None,
        similarity=similarity,
        structure=(
            await asyncio.to_thread(
                _images.structure_change, then, image, varied=varied_in(target, fragment)
            )
            if similarity is not None and image and then
            else None
        ),
        unresolved=_requests_in_vain(report.get("unresolved"), browser.unresolved_of(target.id)),
        missing=target.missing,
    ), poster


def _requests_in_vain(reported: object, refused: Sequence[str]) -> tuple[str, ...]:
    """What the frame reports and what the server did not have, without doubles."""
    return tuple(dict.fromkeys((*_words(reported), *refused)))[:_REPORTED]


async def _contents(
    browser: RehearsalBrowser, target: OfflineTarget
) -> tuple[ContentCounts | None, Appearance | None, bool]:
    """What the copy holds by our own count, what it shows, and whether it hangs."""
    frame = browser.copy_of(target)
    if frame is None:
        return None, None, False
    try:
        counts = counts_of(await browser.counts(frame, _COUNT))
        return counts, appearance_of(await browser.appearance(frame, _COUNT)), False
    except BrowserTimeout:
        return None, None, True
    except BrowserError:
        return None, None, False


def _result(
    browser: RehearsalBrowser,
    target: OfflineTarget,
    seen: EmbedEvidence,
    interactions: Sequence[ReplayedInteraction],
    poster: str,
) -> EmbedResult:
    verdict = judge(target, seen)
    errors = browser.errors_of(target.id)
    why = () if browser.webgl else why_undrawn(verdict, seen, errors)
    return EmbedResult(
        id=target.id,
        kind=target.kind,
        url=target.url,
        best=target.best,
        tier=verdict.tier,
        gap=verdict.gap,
        state=target.state,
        reason=target.reason,
        date=target.captured,
        bytes=target.bytes,
        ms=seen.ms,
        counts=seen.counts,
        captured=seen.captured,
        interactions=tuple(interactions),
        played=seen.played,
        similarity=_rounded(seen.similarity),
        poster=poster or next(iter(target.posters.values()), ""),
        problems=(*verdict.problems, *why),
        structure=_rounded(seen.structure.changed if seen.structure else None),
        notes=verdict.notes,
        unresolved=_requests_in_vain([*seen.unresolved], browser.unresolved_of(target.id)),
        errors=errors[:_REPORTED],
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and 0 <= value < 1e9 else None


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(str(v)[:500] for v in value[:_REPORTED] if isinstance(v, str))
