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
from deckarchive.model import Kind, OfflineTarget, Tier, Vitals
from deckarchive.rehearse import _pictures
from deckarchive.rehearse._judge import Evidence, judge, vitals_of, why_undrawn
from deckarchive.rehearse._media import own_media, play_media
from deckarchive.rehearse._stage import Stage
from deckarchive.rehearse._use import idle, use_copy
from deckarchive.rehearse._values import EmbedResult, Used
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
class Seen:
    embeds: tuple[EmbedResult, ...]
    screenshot: bytes


Place = Mapping[str, Any]


async def look(
    stage: Stage, folder: Path, targets: Sequence[OfflineTarget], timeout: float
) -> Seen:
    """Judge the targets of the slide that is showing.

    ``timeout`` seconds are given for them to appear. Raises :class:`BrowserError` and
    BrowserTimeout when the deck itself does not answer.
    """
    end = time.monotonic() + timeout
    survey = await _settled(stage, targets, end)
    if own := own_media(survey):
        targets = [*targets, *own]
        survey = await _settled(stage, targets, end)
    await asyncio.gather(*(_still(stage, target) for target in targets))
    patience = min(end, time.monotonic() + _PATIENCE)
    failed: set[str] = set()  # media and images of which the browser said so once already
    while True:
        shot = await stage.screenshot()
        behind = await _behind(stage, survey, shot)
        picture = await asyncio.to_thread(_pictures.read, behind) if targets else None
        whole = picture if behind is shot else None
        if whole is None and any(not p["background"] for p in survey["places"]):
            whole = await asyncio.to_thread(_pictures.read, shot)
        found = [
            (target, *await _evidence(stage, folder, target, survey, whole, picture))
            for target in targets
        ]
        hopeful = [t for t, e, _ in found if judge(t, e).gap and t.id not in failed]
        # What starts up heavily answers late, and is given all the time that there is.
        hangs = any(e.hangs for _, e, _ in found)
        if not hopeful or time.monotonic() > (end if hangs else patience):
            break
        failed = {t.id for t, e, _ in found if e.ready is False and e.fault}
        await asyncio.sleep(_POLL * 2)
        survey = await _survey(stage, targets)
    acts = asyncio.gather(*(use_copy(stage, t, e) for t, e, _ in found))
    played, used = await asyncio.gather(play_media(stage, survey["places"]), acts)
    embeds = tuple(
        _result(stage, t, replace(e, idle=idle(uses), played=played.get(t.id)), uses, poster)
        for (t, e, poster), uses in zip(found, used, strict=True)
    )
    return Seen(embeds, shot)


async def _still(stage: Stage, target: OfflineTarget) -> None:
    """Give a copy's late scripts a moment: what they draw belongs in the picture."""
    end = time.monotonic() + _SETTLE
    frame = stage.copy_frame(f"/{target.frame}" if target.frame else "", f"/{target.copy}")
    with suppress(BrowserError):
        while frame is not None and time.monotonic() < end:
            if await stage.stillness(frame, _SETTLE) >= _STILL:
                return
            await asyncio.sleep(_POLL)


async def _survey(stage: Stage, targets: Sequence[OfflineTarget]) -> Mapping[str, Any]:
    wanted = [{"id": t.id, "paths": _paths(t)} for t in targets]
    survey: Mapping[str, Any] = await stage.run("survey", wanted, 10)
    return survey


async def _settled(stage: Stage, targets: Sequence[OfflineTarget], end: float) -> Mapping[str, Any]:
    """Survey until everything shows in its best form, or the time is up."""
    while True:
        survey = await _survey(stage, targets)
        if all(_is_settled(t, _place(survey, t)) for t in targets) or time.monotonic() > end:
            return survey
        await asyncio.sleep(_POLL)


def _is_settled(target: OfflineTarget, place: Place | None) -> bool:
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


def _place(survey: Mapping[str, Any], target: OfflineTarget) -> Place | None:
    """Where the target stands; of several places the one that is worst off."""
    places = [p for p in survey["places"] if p["id"] == target.id]
    return min(places, key=_fortune, default=None)


def _fortune(place: Place) -> int:
    if "loaded" in place:
        return int(bool(place["loaded"]["ready"]))
    report = place["frame"]["report"]
    return int(isinstance(report, Mapping) and report.get("tier") == Tier.LIVE.value)


async def _behind(stage: Stage, survey: Mapping[str, Any], shot: bytes) -> bytes:
    """A picture of the backgrounds alone, where the slide's own content stands before them."""
    if not survey["content"] or not any(p["background"] for p in survey["places"]):
        return shot
    return await stage.screenshot(backgrounds_only=True)


async def _evidence(
    stage: Stage,
    folder: Path,
    target: OfflineTarget,
    survey: Mapping[str, Any],
    shot: Image | None,
    behind: Image | None,
) -> tuple[Evidence, str]:
    """What is known of one target, and the poster it was compared with."""
    place = _place(survey, target)
    if place is None:
        return Evidence(), ""
    image = _pictures.cut(behind if place["background"] else shot, tuple(place["box"]))
    flat = is_blank(image) if image else None
    if "loaded" in place:
        loaded = place["loaded"]
        return Evidence(
            found=True,
            ready=loaded["ready"],
            fault=loaded["fault"],
            flat=flat,
            misses=() if loaded["ready"] else stage.refused(_paths(target)),
        ), ""
    frame = place["frame"]
    report = frame["report"] if isinstance(frame["report"], Mapping) else {}
    fragment = frame["fragment"]
    poster = target.posters.get(fragment) or next(iter(target.posters.values()), "")
    captured = target.vitals.get(fragment) or next(iter(target.vitals.values()), None)
    then = await asyncio.to_thread(_pictures.read, folder / poster) if poster else None
    vitals, title, hangs = await _count(stage, target)
    claim = str(report.get("tier") or "")
    misses = report.get("unresolved")
    return Evidence(
        found=True,
        claim=Tier(claim) if claim in set(Tier) else None,
        ms=_whole(report.get("ms")),
        covered=bool(frame["covered"]) and claim == Tier.LIVE.value,
        hangs=hangs,
        vitals=vitals,
        captured=vitals_of(captured),
        flat=flat,
        view=fragment,
        title=title,
        captured_title=target.title,
        poster_flat=is_blank(then) if then else None,
        pictureless=bool(poster) and then is None,
        similarity=_pictures.similarity(image, then) if image and then else None,
        misses=_words(misses),
    ), poster


async def _count(stage: Stage, target: OfflineTarget) -> tuple[Vitals | None, str, bool]:
    """What the copy holds by our own count, its title, and whether it hangs."""
    frame = stage.copy_frame(f"/{target.frame}" if target.frame else "", f"/{target.copy}")
    if frame is None:
        return None, "", False
    try:
        vitals = vitals_of(await stage.vitals(frame, _COUNT))
        return vitals, await stage.title(frame, _COUNT), False
    except BrowserTimeout:
        return None, "", True
    except BrowserError:
        return None, "", False


def _result(
    stage: Stage, target: OfflineTarget, seen: Evidence, uses: Sequence[Used], poster: str
) -> EmbedResult:
    verdict = judge(target, seen)
    misses, errors = stage.misses_of(target.id), stage.errors_of(target.id)
    why = () if stage.webgl else why_undrawn(verdict, seen, errors)
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
        vitals=seen.vitals,
        captured=seen.captured,
        uses=tuple(uses),
        played=seen.played,
        similarity=None if seen.similarity is None else round(seen.similarity, 4),
        poster=poster or next(iter(target.posters.values()), ""),
        problems=(*verdict.problems, *why),
        misses=tuple(dict.fromkeys((*seen.misses, *misses)))[:_REPORTED],
        errors=errors[:_REPORTED],
    )


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and 0 <= value < 1e9 else None


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(str(v)[:500] for v in value[:_REPORTED] if isinstance(v, str))
