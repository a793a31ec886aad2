"""Pictures of one slide at several moments, and an embed by the moment that does it most justice.

Where an embed stands is asked again with every picture, since a slide may still move when it is
first asked. What only a picture tells is a loss when there is nothing more to wait for.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, Final

from PIL.Image import Image

from deckarchive.errors import BrowserError
from deckarchive.model import OfflineTarget
from deckarchive.rehearsal import _images
from deckarchive.rehearsal._browser import RehearsalBrowser
from deckarchive.rehearsal._survey import embed_place, take_survey
from deckarchive.rehearsal._verdict import EmbedEvidence, judge
from deckarchive.screenshots import varied_cells

_MOMENT: Final = 0.5  # seconds between two pictures of what may move by itself
_MOMENTS: Final = (0.11, 0.19, 0.07, 0.17, 0.13, 0.23, 0.05, 0.29)
"""Seconds between further ones, where a loss would be claimed: uneven, so that what blinks at a
steady pace is not met at the same phase each time."""
_LATER: Final = 6.0  # seconds more for a copy that is not finished, or of which the picture changes
_LONGER: Final = 1.4  # how much longer each of these pauses is than the one before
_TAKES: Final = 4  # pictures at most until one is of a slide that stands still
_ANSWER: Final = 3.0  # seconds in which a copy has to say whether it is finished

FoundEmbed = tuple[OfflineTarget, EmbedEvidence, str]
"""A target, what was seen of it, and the poster it was compared with."""


@dataclass(frozen=True, slots=True)
class SlidePictures:
    """The window as PNG; the survey of the same moment; what the window shows, and what it shows
    without the slide's own content."""

    shot: bytes
    survey: Mapping[str, Any]
    whole: Image | None = None
    behind: Image | None = None

    def of(self, target: OfflineTarget) -> Image | None:
        """The part in which a target stands."""
        place = embed_place(self.survey, target)
        if place is None:
            return None
        return _images.cut(self.behind if place["background"] else self.whole, tuple(place["box"]))


async def photograph(
    browser: RehearsalBrowser, targets: Sequence[OfflineTarget], survey: Mapping[str, Any]
) -> SlidePictures:
    """A picture of the slide, with the places at which ``targets`` stood as it was taken.

    ``survey`` is what was last known of them. It is read as far as something is judged by it.
    Raises :class:`BrowserError`.
    """
    if not targets:
        return SlidePictures(await browser.screenshot(), survey)
    for take in range(_TAKES):
        shot = await browser.screenshot()
        behind = await _behind(browser, survey, shot)
        before, survey = survey, await take_survey(browser, targets)
        if _boxes(before) == _boxes(survey) or take == _TAKES - 1:
            break
    picture = await asyncio.to_thread(_images.read_image, behind)
    whole = picture if behind is shot else None
    if whole is None and any(not p["background"] for p in survey["places"]):
        whole = await asyncio.to_thread(_images.read_image, shot)
    return SlidePictures(shot, survey, whole, picture)


async def with_movement(
    browser: RehearsalBrowser, folder: Path, found: list[FoundEmbed], pictures: SlidePictures
) -> list[FoundEmbed]:
    """The same evidence, with the pictures compared but for what moves in them by itself.

    One more is taken of what differs, and then more for as long as a loss would be claimed and
    something may still come.
    """
    if not any(_differs(e) for _, e, _ in found):
        return found
    targets = [target for target, _, _ in found]
    moments = [pictures]
    compared, accused = found, targets
    steady = len(_MOMENTS) + 1
    end = math.inf
    for pause in _pauses():
        if len(moments) > steady:
            end = min(end, time.monotonic() + _LATER)
            if time.monotonic() > end or not await _may_change(browser, accused, moments):
                break
        await asyncio.sleep(pause)
        moments.append(await photograph(browser, targets, moments[-1].survey))
        compared = [(t, await _at_best(folder, (t, e, p), moments), p) for t, e, p in found]
        accused = [t for t, e, _ in compared if _differs(e) and _is_accused(t, e)]
        if not accused:
            break
    return compared


def _pauses() -> Iterator[float]:
    """Seconds between two moments: uneven ones, then longer and longer ones."""
    yield from (_MOMENT, *_MOMENTS)
    for n in count():
        yield _MOMENT * _LONGER**n


async def is_unfinished(
    browser: RehearsalBrowser, target: OfflineTarget, *, paints: bool = False
) -> bool:
    """Whether a target's copy has something on its way, see ``unfinished.js``; one that does not
    answer in time has. ``paints``: it is in sight, and not finished before it has painted."""
    frame = browser.copy_of(target)
    if frame is None:
        return False
    with suppress(BrowserError):
        return await browser.unfinished(frame, _ANSWER, paints=paints)
    return True


async def _may_change(
    browser: RehearsalBrowser, targets: Sequence[OfflineTarget], moments: Sequence[SlidePictures]
) -> bool:
    """Whether one of the targets is not finished, or looks otherwise than a moment ago."""
    if any(_has_changed(target, moments) for target in targets):
        return True
    asked = (is_unfinished(browser, target, paints=True) for target in targets)
    return any(await asyncio.gather(*asked))


def _has_changed(target: OfflineTarget, moments: Sequence[SlidePictures]) -> bool:
    before, now = (pictures.of(target) for pictures in moments[-2:])
    if before is None or now is None:
        return before is not now
    return before.size != now.size or before.tobytes() != now.tobytes()


def _differs(seen: EmbedEvidence) -> bool:
    """Whether the picture differs from the captured one by more than a little."""
    change = seen.structure
    return change is not None and max(change.lost or 0, change.changed or 0) >= _images.DIFFERENT


def _is_accused(target: OfflineTarget, seen: EmbedEvidence) -> bool:
    """Whether it is a gap that would be none if the picture resembled the captured one."""
    alike = replace(seen, structure=_images.StructureChange(lost=0.0, changed=0.0))
    return judge(target, seen).gap and not judge(target, alike).gap


async def _at_best(
    folder: Path, found: FoundEmbed, moments: Sequence[SlidePictures]
) -> EmbedEvidence:
    """The evidence of a target by the moment at which it is most like the captured picture."""
    target, seen, poster = found
    if not _differs(seen):
        return seen
    then = await asyncio.to_thread(_images.read_image, folder / poster)
    images = [image for pictures in moments if (image := pictures.of(target)) is not None]
    if then is None or not images:
        return seen
    varied = varied_in(target, seen.view)
    change = await asyncio.to_thread(_images.structure_change, then, *images, varied=varied)
    alike = [_images.similarity(image, then) for image in images]
    best = max((one for one in alike if one is not None), default=None)
    return replace(seen, structure=change, similarity=best)


def varied_in(target: OfflineTarget, fragment: str) -> frozenset[int]:
    """The cells of a view's captured picture that moved by themselves; as with its poster, those of
    the first view where there is none of this one."""
    view = fragment if fragment in target.posters else next(iter(target.posters), "")
    return varied_cells(target.variation.get(view, ""))


async def _behind(browser: RehearsalBrowser, survey: Mapping[str, Any], shot: bytes) -> bytes:
    """A picture of the backgrounds alone, where the slide's own content stands before them."""
    if not survey["content"] or not any(p["background"] for p in survey["places"]):
        return shot
    return await browser.screenshot(backgrounds_only=True)


def _boxes(survey: Mapping[str, Any]) -> list[tuple[str, bool, list[int]]]:
    return [(place["id"], place["background"], place["box"]) for place in survey["places"]]
