"""Looking at one slide: waiting until its embeds have shown, then collecting the evidence."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from PIL.Image import Image

from deckarchive.errors import BrowserError, BrowserTimeout
from deckarchive.model import ContentCounts, OfflineTarget, Tier
from deckarchive.rehearsal import _images
from deckarchive.rehearsal._appearance import Appearance, appearance_of
from deckarchive.rehearsal._browser import RehearsalBrowser
from deckarchive.rehearsal._interactions import idle, play_media, replay_interactions
from deckarchive.rehearsal._results import EmbedResult, ReplayedInteraction
from deckarchive.rehearsal._survey import (
    CLAIMED_TIERS,
    EmbedPosition,
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
_STILL: Final = 0.25  # seconds without a new element that count as drawn to the end
_MOMENT: Final = 0.5  # seconds between two pictures of what may move by itself
_MOMENTS: Final = (0.11, 0.19, 0.07, 0.17, 0.13, 0.23, 0.05, 0.29)
"""Seconds between further ones, where a loss would be claimed: uneven, so that what blinks at a
steady pace is not met at the same phase each time."""
_SETTLE: Final = 1.5  # seconds at most that are waited for that
_REPORTED: Final = 100  # of each kind of message, what is kept


_Found = tuple[OfflineTarget, EmbedEvidence, str]
"""A target, what was seen of it, and the poster it was compared with."""


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
        pictures = await _photograph(browser, survey, judged=bool(targets))
        found = [
            (target, *await _evidence(browser, folder, target, survey, pictures))
            for target in targets
        ]
        found = await _with_movement(browser, folder, survey, found, pictures)
        hopeful = [t for t, e, _ in found if _may_improve(t, e) and t.id not in failed]
        # What starts up heavily answers late, and is given all the time that there is.
        hangs = any(e.hangs for _, e, _ in found)
        waits = any(e.page and e.page.spinners for _, e, _ in found)
        until = end if hangs else min(end, patience + _PATIENCE) if waits else patience
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
            replace(e, idle=idle(interactions), played=played.get(t.id)),
            interactions,
            poster,
        )
        for (t, e, poster), interactions in zip(found, used, strict=True)
    )
    return SlideObservation(embeds, pictures.shot)


def _may_improve(target: OfflineTarget, seen: EmbedEvidence) -> bool:
    """Whether what looks like a gap may only be late; what was recorded so stays, unless it waits
    for something."""
    verdict = judge(target, seen)
    waits = bool(seen.page and seen.page.spinners)
    return verdict.gap and (verdict.tier is not Tier.BROKEN or waits)


async def _still(browser: RehearsalBrowser, target: OfflineTarget) -> None:
    """Give a copy's late scripts a moment: what they draw belongs in the picture."""
    end = time.monotonic() + _SETTLE
    frame = browser.copy_frame(f"/{target.frame}" if target.frame else "", f"/{target.copy}")
    with suppress(BrowserError):
        while frame is not None and time.monotonic() < end:
            if await browser.stillness(frame, _SETTLE) >= _STILL:
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


async def _behind(browser: RehearsalBrowser, survey: Mapping[str, Any], shot: bytes) -> bytes:
    """A picture of the backgrounds alone, where the slide's own content stands before them."""
    if not survey["content"] or not any(p["background"] for p in survey["places"]):
        return shot
    return await browser.screenshot(backgrounds_only=True)


@dataclass(frozen=True, slots=True)
class _Pictures:
    """The window as PNG; what it shows, and what it shows without the slide's own content."""

    shot: bytes
    whole: Image | None = None
    behind: Image | None = None

    def of(self, place: EmbedPosition) -> Image | None:
        return _images.cut(self.behind if place["background"] else self.whole, tuple(place["box"]))


async def _photograph(
    browser: RehearsalBrowser, survey: Mapping[str, Any], *, judged: bool
) -> _Pictures:
    """A picture of the slide, read as far as something on it is ``judged`` by it."""
    shot = await browser.screenshot()
    if not judged:
        return _Pictures(shot)
    behind = await _behind(browser, survey, shot)
    picture = await asyncio.to_thread(_images.read_image, behind)
    whole = picture if behind is shot else None
    if whole is None and any(not p["background"] for p in survey["places"]):
        whole = await asyncio.to_thread(_images.read_image, shot)
    return _Pictures(shot, whole, picture)


def _differs(seen: EmbedEvidence) -> bool:
    """Whether the picture differs from the captured one by more than a little."""
    change = seen.structure
    return change is not None and max(change.lost or 0, change.changed or 0) >= _images.DIFFERENT


def _is_accused(target: OfflineTarget, seen: EmbedEvidence) -> bool:
    """Whether it is a gap that would be none if the picture resembled the captured one."""
    alike = replace(seen, structure=_images.StructureChange(lost=0.0, changed=0.0))
    return judge(target, seen).gap and not judge(target, alike).gap


async def _with_movement(
    browser: RehearsalBrowser,
    folder: Path,
    survey: Mapping[str, Any],
    found: list[_Found],
    pictures: _Pictures,
) -> list[_Found]:
    """The same evidence, with the pictures compared but for what moves in them by itself.

    One more is taken of what differs, and then more for as long as a loss would be claimed.
    """
    if not any(_differs(e) for _, e, _ in found):
        return found
    moments = [pictures]
    compared = found
    for pause in (_MOMENT, *_MOMENTS):
        await asyncio.sleep(pause)
        moments.append(await _photograph(browser, survey, judged=True))
        compared = [(t, await _at_best(folder, survey, (t, e, p), moments), p) for t, e, p in found]
        if not any(_differs(e) and _is_accused(t, e) for t, e, _ in compared):
            break
    return compared


async def _at_best(
    folder: Path, survey: Mapping[str, Any], found: _Found, moments: Sequence[_Pictures]
) -> EmbedEvidence:
    """The evidence of a target by the moment at which it is most like the captured picture."""
    target, seen, poster = found
    place = embed_place(survey, target)
    if place is None or not _differs(seen):
        return seen
    then = await asyncio.to_thread(_images.read_image, folder / poster)
    images = [image for pictures in moments if (image := pictures.of(place)) is not None]
    if then is None or not images:
        return seen
    change = await asyncio.to_thread(_images.structure_change, then, *images)
    alike = [_images.similarity(image, then) for image in images]
    best = max((one for one in alike if one is not None), default=None)
    return replace(seen, structure=change, similarity=best)


async def _evidence(
    browser: RehearsalBrowser,
    folder: Path,
    target: OfflineTarget,
    survey: Mapping[str, Any],
    pictures: _Pictures,
) -> tuple[EmbedEvidence, str]:
    """What is known of one target, and the poster it was compared with."""
    place = embed_place(survey, target)
    if place is None:
        return EmbedEvidence(), ""
    image = pictures.of(place)
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
            await asyncio.to_thread(_images.structure_change, then, image)
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
    frame = browser.copy_frame(f"/{target.frame}" if target.frame else "", f"/{target.copy}")
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
