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

from deckarchive.browser import answers
from deckarchive.errors import BrowserError, BrowserTimeout
from deckarchive.model import ContentCounts, Kind, OfflineTarget, Tier
from deckarchive.rehearsal import _images
from deckarchive.rehearsal._browser import RehearsalBrowser
from deckarchive.rehearsal._interactions import idle, replay_interactions
from deckarchive.rehearsal._media import own_media, play_media
from deckarchive.rehearsal._results import EmbedResult, ReplayedInteraction
from deckarchive.rehearsal._verdict import EmbedEvidence, counts_of, judge, why_undrawn
from deckarchive.screenshots import is_blank

_POLL: Final = 0.15
_COUNT: Final = 4.0  # seconds a copy has to answer when it is asked what it holds
_PATIENCE: Final = 3.0  # seconds more for a copy that looks empty or poor at first
_STILL: Final = 0.25  # seconds without a new element that count as drawn to the end
_SETTLE: Final = 1.5  # seconds at most that are waited for that
_REPORTED: Final = 100  # of each kind of message, what is kept

_SHOWN = frozenset(
    k.value for k in Kind if k.is_page or k.is_media or k in (Kind.IMAGE, Kind.BACKGROUND_IMAGE)
) - {Kind.LINK.value}


def expected(target: OfflineTarget) -> bool:
    """Whether the target is something to be seen on a slide (a link or a font is not)."""
    return target.kind in _SHOWN


@dataclass(frozen=True, slots=True)
class SlideObservation:
    embeds: tuple[EmbedResult, ...]
    screenshot: bytes


EmbedPosition = Mapping[str, Any]


async def look(
    browser: RehearsalBrowser, folder: Path, targets: Sequence[OfflineTarget], timeout: float
) -> SlideObservation:
    """Judge the targets of the slide that is showing.

    ``timeout`` seconds are given for them to appear. Raises :class:`BrowserError` and
    BrowserTimeout when the deck itself does not answer.
    """
    end = time.monotonic() + timeout
    survey = await _settled(browser, targets, end)
    if own := own_media(survey):
        targets = [*targets, *own]
        survey = await _settled(browser, targets, end)
    await asyncio.gather(*(_still(browser, target) for target in targets))
    patience = min(end, time.monotonic() + _PATIENCE)
    failed: set[str] = set()  # media and images of which the browser said so once already
    while True:
        shot = await browser.screenshot()
        behind = await _behind(browser, survey, shot)
        picture = await asyncio.to_thread(_images.read_image, behind) if targets else None
        whole = picture if behind is shot else None
        if whole is None and any(not p["background"] for p in survey["places"]):
            whole = await asyncio.to_thread(_images.read_image, shot)
        found = [
            (target, *await _evidence(browser, folder, target, survey, whole, picture))
            for target in targets
        ]
        hopeful = [t for t, e, _ in found if judge(t, e).gap and t.id not in failed]
        # What starts up heavily answers late, and is given all the time that there is.
        hangs = any(e.hangs for _, e, _ in found)
        if not hopeful or time.monotonic() > (end if hangs else patience):
            break
        failed = {t.id for t, e, _ in found if e.ready is False and e.fault}
        await asyncio.sleep(_POLL * 2)
        survey = await _survey(browser, targets)
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
    return SlideObservation(embeds, shot)


async def _still(browser: RehearsalBrowser, target: OfflineTarget) -> None:
    """Give a copy's late scripts a moment: what they draw belongs in the picture."""
    end = time.monotonic() + _SETTLE
    frame = browser.copy_frame(f"/{target.frame}" if target.frame else "", f"/{target.copy}")
    with suppress(BrowserError):
        while frame is not None and time.monotonic() < end:
            if await browser.stillness(frame, _SETTLE) >= _STILL:
                return
            await asyncio.sleep(_POLL)


async def _survey(browser: RehearsalBrowser, targets: Sequence[OfflineTarget]) -> Mapping[str, Any]:
    wanted = [{"id": t.id, "paths": _paths(t)} for t in targets]
    survey = await browser.run("survey", wanted, 10, read_survey)
    silent = [p["frame"] for p in survey["places"] if "frame" in p and not p["frame"]["report"]]
    if silent:
        with suppress(BrowserError):
            numbers = [frame["number"] for frame in silent]
            for frame, report in zip(silent, await browser.reports(numbers, 10), strict=False):
                frame["report"] = report
    return survey


def read_survey(value: object) -> Mapping[str, Any]:
    """What survey.js answers, as it says there. Raises ValueError, TypeError, KeyError."""
    survey = answers.members(value)
    places = answers.list_of(_read_place, most=1000)(survey["places"])
    others = [
        {name: answers.string(one[name]) for name in ("kind", "path")}
        for one in answers.list_of(answers.members, most=1000)(survey["others"])
    ]
    return {"places": places, "others": others, "content": answers.boolean(survey["content"])}


def _read_place(value: object) -> dict[str, Any]:
    place = answers.members(value)
    left, top, right, bottom = answers.list_of(answers.real, most=4)(place["box"])
    read: dict[str, Any] = {
        "id": answers.string(place["id"]),
        "background": answers.boolean(place["background"]),
        "box": [int(left), int(top), int(right), int(bottom)],
    }
    if "loaded" in place:
        loaded = answers.members(place["loaded"])
        read["loaded"] = {name: answers.boolean(loaded[name]) for name in ("ready", "settled")}
        read["loaded"]["fault"] = answers.string(loaded["fault"])
    else:
        frame = answers.members(place["frame"])
        read["frame"] = {
            "report": frame["report"],
            "covered": answers.boolean(frame["covered"]),
            "fragment": answers.string(frame["fragment"]),
            "number": int(answers.real(frame["number"])),
        }
    if "medium" in place:
        read["medium"] = int(answers.real(place["medium"]))
    return read


async def _settled(
    browser: RehearsalBrowser, targets: Sequence[OfflineTarget], end: float
) -> Mapping[str, Any]:
    """Survey until everything shows in its best form, or the time is up."""
    while True:
        survey = await _survey(browser, targets)
        if all(_is_settled(t, _place(survey, t)) for t in targets) or time.monotonic() > end:
            return survey
        await asyncio.sleep(_POLL)


def _is_settled(target: OfflineTarget, place: EmbedPosition | None) -> bool:
    if place is None:
        return target.best is Tier.CARD
    if "loaded" in place:
        return bool(place["loaded"]["settled"])
    report = place["frame"]["report"]
    if not isinstance(report, Mapping):
        # Shown without a frame of ours: it has no signal but time, given by the evidence loop.
        return not target.frame
    if report.get("tier") == Tier.LIVE.value:
        return not place["frame"]["covered"]
    return report.get("tier") in set(Tier)  # a copy that is late is given the patience below


def _paths(target: OfflineTarget) -> list[str]:
    posters = target.posters.values() if not Kind(target.kind).is_page else ()
    return [f"/{p}" for p in (target.frame, target.copy, *posters) if p]


def _place(survey: Mapping[str, Any], target: OfflineTarget) -> EmbedPosition | None:
    """Where the target stands; of several places the one that is worst off."""
    places = [p for p in survey["places"] if p["id"] == target.id]
    return min(places, key=_fortune, default=None)


def _fortune(place: EmbedPosition) -> int:
    if "loaded" in place:
        return int(bool(place["loaded"]["ready"]))
    report = place["frame"]["report"]
    return int(isinstance(report, Mapping) and report.get("tier") == Tier.LIVE.value)


async def _behind(browser: RehearsalBrowser, survey: Mapping[str, Any], shot: bytes) -> bytes:
    """A picture of the backgrounds alone, where the slide's own content stands before them."""
    if not survey["content"] or not any(p["background"] for p in survey["places"]):
        return shot
    return await browser.screenshot(backgrounds_only=True)


async def _evidence(
    browser: RehearsalBrowser,
    folder: Path,
    target: OfflineTarget,
    survey: Mapping[str, Any],
    shot: Image | None,
    behind: Image | None,
) -> tuple[EmbedEvidence, str]:
    """What is known of one target, and the poster it was compared with."""
    place = _place(survey, target)
    if place is None:
        return EmbedEvidence(), ""
    image = _images.cut(behind if place["background"] else shot, tuple(place["box"]))
    flat = is_blank(image) if image else None
    if "loaded" in place:
        loaded = place["loaded"]
        return EmbedEvidence(
            found=True,
            ready=loaded["ready"],
            fault=loaded["fault"],
            flat=flat,
            unresolved=() if loaded["ready"] else browser.refused(_paths(target)),
        ), ""
    frame = place["frame"]
    report = frame["report"] if isinstance(frame["report"], Mapping) else {}
    fragment = frame["fragment"]
    poster = target.posters.get(fragment) or next(iter(target.posters.values()), "")
    captured = target.counts.get(fragment) or next(iter(target.counts.values()), None)
    then = await asyncio.to_thread(_images.read_image, folder / poster) if poster else None
    counts, title, hangs = await _count(browser, target)
    claim = str(report.get("tier") or "")
    unresolved = report.get("unresolved")
    return EmbedEvidence(
        found=True,
        claim=Tier(claim) if claim in set(Tier) else None,
        ms=_whole(report.get("ms")),
        covered=bool(frame["covered"]) and claim == Tier.LIVE.value,
        hangs=hangs,
        counts=counts,
        captured=counts_of(captured),
        flat=flat,
        view=fragment,
        title=title,
        captured_title=target.title,
        poster_flat=is_blank(then) if then else None,
        pictureless=bool(poster) and then is None,
        similarity=_images.similarity(image, then) if image and then else None,
        unresolved=_words(unresolved),
    ), poster


async def _count(
    browser: RehearsalBrowser, target: OfflineTarget
) -> tuple[ContentCounts | None, str, bool]:
    """What the copy holds by our own count, its title, and whether it hangs."""
    frame = browser.copy_frame(f"/{target.frame}" if target.frame else "", f"/{target.copy}")
    if frame is None:
        return None, "", False
    try:
        counts = counts_of(await browser.counts(frame, _COUNT))
        return counts, await browser.title(frame, _COUNT), False
    except BrowserTimeout:
        return None, "", True
    except BrowserError:
        return None, "", False


def _result(
    browser: RehearsalBrowser,
    target: OfflineTarget,
    seen: EmbedEvidence,
    interactions: Sequence[ReplayedInteraction],
    poster: str,
) -> EmbedResult:
    verdict = judge(target, seen)
    unresolved, errors = browser.unresolved_of(target.id), browser.errors_of(target.id)
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
        similarity=None if seen.similarity is None else round(seen.similarity, 4),
        poster=poster or next(iter(target.posters.values()), ""),
        problems=(*verdict.problems, *why),
        unresolved=tuple(dict.fromkeys((*seen.unresolved, *unresolved)))[:_REPORTED],
        errors=errors[:_REPORTED],
    )


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and 0 <= value < 1e9 else None


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(str(v)[:500] for v in value[:_REPORTED] if isinstance(v, str))
