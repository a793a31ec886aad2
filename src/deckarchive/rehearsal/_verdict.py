"""What an embed amounts to for the audience. Pure: evidence in, verdict out.

A frame's own word is never taken alone: a copy counts as live when its content was counted in
it and something of it can be seen. Nor is the capture's: a page that says that it failed, waits or
lies under a wall is a gap, and if it was recorded so, one of its own tier. Neither animation nor
randomness in a page raises a false alarm: pixels decide between something and nothing, and between
much and little of what was drawn, where the copy itself does not move; content by wide margins.
A request in vain counts by what is missing after it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from deckarchive.model import ContentCounts, Interaction, Kind, OfflineTarget, State, Tier
from deckarchive.rehearsal._appearance import Appearance, covering, fault_in, fault_since
from deckarchive.rehearsal._images import StructureChange
from deckarchive.rehearsal._results import Played
from deckarchive.web import PageFault, fault_of_page, is_unseen, says

_SAME: Final = 0.995
"""Similarity from which two pictures show the same, whatever was counted."""
_OTHER: Final = 0.97
"""Similarity up to which two pictures may be of different pages: white paper is alike."""
_TEXT_KEPT: Final = 0.5
_TEXT_MATTERS: Final = 20
_LENGTH_KEPT: Final = 0.9
_IMAGES: Final = (Kind.IMAGE, Kind.BACKGROUND_IMAGE)
_MOST_LOST: Final = 0.6
"""The share of what was drawn when captured from which its loss is a gap by itself."""
_SOME_LOST: Final = 0.12
"""The same where a request was in vain."""
_ELEMENTS_KEPT: Final = 0.6  # the same of elements: markers of a map, rows of a list
_WORDS_LOST: Final = 0.25  # of the words at the page's beginning, where a request was in vain
_TEXT_LOST: Final = 0.9
_COVERED_CHANGE: Final = 0.25  # how much of the picture a layer changes that was not there before
_ALIKE: Final = 0.2  # the most of a picture that differs where two show the same
_COMPARED: Final = 1500  # characters of the captured page
_NAMED: Final = 3  # requests that a line names


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedEvidence:
    """What was seen of one embed.

    ``found``: its element stands on the slide, and ``view`` is the fragment that it shows.
    ``claim``: the tier its frame reports. ``ready``: a medium or an image has loaded. ``flat``:
    its place is of one colour; ``poster_flat``: so was the page when captured; both ``None`` when
    there is no picture to tell by. ``pictureless``: the folder has lost the file of it.
    ``idle``: the acts that changed the page at once when captured and change nothing now;
    ``is_without_effect``: whether no act at all has an effect any more, at once or later.
    ``is_damaged``: one of its scripts is not one.
    ``title`` and ``captured_title``: what the page is called, and was; ``page`` is what it shows,
    ``captured_text`` what it said. ``structure`` is how its picture differs from the captured one.
    ``unresolved`` are its requests in vain, ``missing`` those that were in vain then, too.
    ``played``: how a medium of a slide's own did.
    """

    found: bool = False
    claim: Tier | None = None
    ready: bool | None = None
    ms: int | None = None
    covered: bool = False
    hangs: bool = False
    view: str = ""
    counts: ContentCounts | None = None
    captured: ContentCounts | None = None
    flat: bool | None = None
    poster_flat: bool | None = None
    pictureless: bool = False
    similarity: float | None = None
    fault: str = ""
    title: str = ""
    captured_title: str = ""
    idle: tuple[Interaction, ...] = ()
    is_without_effect: bool = False
    is_damaged: bool = False
    played: Played | None = None
    page: Appearance | None = None
    captured_text: str = ""
    structure: StructureChange | None = None
    unresolved: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """``problems`` are why it is a gap, or what the speaker should know; ``notes`` what changes
    nothing for the audience."""

    tier: Tier
    gap: bool
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()


def judge(target: OfflineTarget, seen: EmbedEvidence) -> Verdict:
    """The tier that showed, whether that is a gap, and why in words."""
    tier, problems = _tier(target, seen)
    if tier in (Tier.CARD, Tier.BLANK):
        return Verdict(tier, True, tuple(problems))
    if tier is not Tier.LIVE:
        if fault := _fault_when_captured(seen):
            return Verdict(Tier.BROKEN, True, (_recorded(fault),))
        could = target.best is Tier.LIVE or target.state == State.CAPTURED
        problems.append("a picture is shown: it cannot be used")
        return Verdict(tier, could, tuple(problems))
    fault = fault_in(seen.page, _pictures(seen.counts)) if seen.page else None
    if fault and _was_so(seen, fault):
        return Verdict(Tier.BROKEN, True, (_recorded(fault),))
    new = [f"{fault.reason}, and did not when captured"] if fault else []
    problems += new + [loss for loss in _losses(seen) if loss not in new]
    problems += [_idle(use) for use in seen.idle] + _faults(target, seen.played)
    if seen.is_damaged and seen.is_without_effect and not seen.idle:
        problems.append("one of its scripts is damaged, and using it changes nothing any more")
    asked, notes = _in_vain(seen)
    problems += asked
    # No gap while the copy lives, but the speaker's last resort is gone.
    warnings = ["its picture is missing in the folder"] if seen.pictureless else []
    return Verdict(tier, bool(problems), (*problems, *warnings), tuple(notes))


def _recorded(fault: PageFault) -> str:
    return f"recorded as broken: {fault.reason}"


def _fault_when_captured(seen: EmbedEvidence) -> PageFault | None:
    text = seen.captured_text
    return fault_of_page((seen.captured_title,), text, len(text)) if text else None


def _was_so(seen: EmbedEvidence, fault: PageFault) -> bool:
    """Whether the capture shows the same fault: by its words, else by its picture."""
    then = f"{seen.captured_title}\n{seen.captured_text}"
    if says(fault.kind, then):
        return True
    since = fault_since(seen.page, seen.captured_text) if seen.page else None
    if since and since.kind == fault.kind:
        return False
    if seen.counts and seen.captured and _counted_losses(seen.counts, seen.captured):
        return False  # what was captured had content that is not there now
    return _looks_alike(seen)


def _looks_alike(seen: EmbedEvidence) -> bool:
    if seen.similarity is None:
        return True  # no picture tells otherwise: what was recorded is what is replayed
    if seen.structure is None or seen.structure.changed is None:
        return seen.similarity > _OTHER
    return seen.structure.changed <= _ALIKE


def why_undrawn(verdict: Verdict, seen: EmbedEvidence, errors: Sequence[str]) -> tuple[str, ...]:
    """What explains a gap in a browser that has no WebGL; nothing where that plays no part."""
    drew = seen.captured is not None and seen.captured.canvases > 0
    if verdict.gap and (drew or any("webgl" in error.lower() for error in errors)):
        return ("this browser has no WebGL on this machine",)
    return ()


def _tier(target: OfflineTarget, seen: EmbedEvidence) -> tuple[Tier, list[str]]:
    if not seen.found:
        if target.best is Tier.CARD:
            return Tier.CARD, [target.reason or "it was not captured"]
        return Tier.BLANK, ["it does not stand on the slide"]
    if seen.ready is not None:  # a medium or an image of the deck itself
        if seen.ready and target.best is Tier.CARD and Kind(target.kind) in _IMAGES:
            return Tier.CARD, [target.reason or "it was not captured"]
        if seen.ready:
            return Tier.LIVE, []
        return Tier.BLANK, [seen.fault or "it did not load"]
    if target.best is Tier.CARD and seen.claim is None:  # it leads to the web
        return Tier.CARD, [target.reason or "it was not captured"]
    if _is_blank(seen):
        return Tier.BLANK, ["nothing can be seen"]
    if seen.claim is Tier.CARD:
        return Tier.CARD, [target.reason or "it was not captured"]
    if seen.claim in (Tier.PICTURE, Tier.STATIC):
        why = seen.fault or ("the copy did not show in time" if target.best is Tier.LIVE else "")
        return seen.claim, [why] if why else []
    if seen.claim is Tier.BLANK:
        return Tier.BLANK, ["the frame shows nothing"]
    if seen.covered:
        return Tier.PICTURE, ["the picture still covers the copy"]
    if seen.hangs:
        return Tier.LIVE, ["the copy does not answer: it hangs"]
    if seen.claim is None and seen.counts is None and seen.flat is not False:
        return Tier.BLANK, ["the copy did not load"]
    return Tier.LIVE, []


def _is_blank(seen: EmbedEvidence) -> bool:
    if seen.flat and not seen.poster_flat:
        return True
    # Slide content or a border around it can hide emptiness from the pixels.
    empty = seen.counts is not None and seen.claim in (None, Tier.LIVE) and not _shows(seen.counts)
    if not empty:
        return False
    if seen.captured is not None and not _shows(seen.captured):
        return False
    return seen.similarity is None or seen.similarity < _SAME


def _losses(seen: EmbedEvidence) -> list[str]:
    """What the copy lacks of what the capture had, where the audience would notice."""
    now, then = seen.counts, seen.captured
    if _is_another(seen):
        return [f"another page shows: {seen.title}"]
    if (seen.similarity or 0) < _SAME and (layered := _covered(seen)):
        return [layered]
    if seen.page and (fault := fault_since(seen.page, seen.captured_text)):
        return [f"{fault.reason}, and did not when captured"]
    if now is None or then is None or (seen.similarity or 0) >= _SAME:
        return []
    lost = _counted_losses(now, then)
    gone = seen.structure.lost if seen.structure else None
    if not lost and gone is not None and gone >= _MOST_LOST:
        lost.append(f"{gone:.0%} of what the picture showed is missing")
    return lost


def _counted_losses(now: ContentCounts, then: ContentCounts) -> list[str]:
    lost = []
    if then.text >= _TEXT_MATTERS and now.text < then.text * _TEXT_KEPT:
        lost.append(f"most of the text is missing: {now.text} of {then.text} characters")
    pictures_then, pictures_now = _pictures(then), _pictures(now)
    if pictures_then and not pictures_now:
        lost.append(f"all pictures are missing: there were {pictures_then}")
    if now.broken > then.broken and now.images < then.images * _TEXT_KEPT:
        lost.append(f"images are broken: {now.broken}, and {then.broken} when captured")
    return lost


def _covered(seen: EmbedEvidence) -> str:
    """What lies over the copy and did not over the captured page, or ``""``."""
    layer = covering(seen.page) if seen.page else None
    if layer is None:
        return ""
    changed = seen.structure.changed if seen.structure else None
    if changed is None:
        changed = 1 - (seen.similarity if seen.similarity is not None else 1)
    if changed < _COVERED_CHANGE:
        return ""
    return f"something lies over {layer.share:.0%} of the page, and did not when captured"


def _in_vain(seen: EmbedEvidence) -> tuple[list[str], list[str]]:
    """Requests in vain: as a loss where content is missing after them, else as a note."""
    if seen.ready is not None or not seen.unresolved:
        return [], []
    then = {url.split("#")[0] for url in seen.missing}
    needed = [url for url in seen.unresolved if not is_unseen(url) and _live(url) not in then]
    if not needed:
        return [], []
    names = ", ".join(needed[:_NAMED]) + (" …" if len(needed) > _NAMED else "")
    line = f"{len(needed)} request{'s' if len(needed) > 1 else ''} found nothing offline: {names}"
    if _something_is_missing(seen):
        return [f"content is missing, and {line}"], []
    return [], [line]


def _live(address: str) -> str:
    """The live URL of a file of the folder, for comparing; a live one as it is."""
    path = address.split("#")[0]
    return f"https://{path.removeprefix('/sites/')}" if path.startswith("/sites/") else path


def _something_is_missing(seen: EmbedEvidence) -> bool:
    now, then = seen.counts, seen.captured
    gone = seen.structure.lost if seen.structure else None
    changed = seen.structure.changed if seen.structure else None
    if seen.is_without_effect or (changed is not None and changed >= _ALIKE):
        return True
    if (gone is not None and gone >= _SOME_LOST) or _words_gone(seen) >= _WORDS_LOST:
        return True
    if now is None or then is None:
        return False
    if _pictures(now) < _pictures(then):
        return True
    return (seen.similarity or 0) < _SAME and (
        now.text < then.text * _TEXT_LOST - 2
        or now.broken > then.broken
        or now.elements < then.elements * _ELEMENTS_KEPT
    )


def _words_gone(seen: EmbedEvidence) -> float:
    """The share of the words that the captured page began with and the copy has not."""
    if seen.page is None:
        return 0.0
    then, now = (set(re.findall(r"\w+", text.lower())) for text in _texts(seen))
    return len(then - now) / len(then) if then else 0.0


def _texts(seen: EmbedEvidence) -> tuple[str, str]:
    return seen.captured_text[:_COMPARED], seen.page.words if seen.page else ""


def _is_another(seen: EmbedEvidence) -> bool:
    """Neither the picture nor a word of the title is that of the captured page."""
    if seen.similarity is None or seen.similarity > _OTHER:
        return False
    now, then = (set(re.findall(r"\w+", t.lower())) for t in (seen.title, seen.captured_title))
    return bool(now and then) and not now & then


_ACTS: Final = {
    "scroll": "it cannot be scrolled",
    "click": "a click{on} changes nothing",
    "adjust": "choosing another value{on} changes nothing",
    "key": "keys change nothing",
    "play": "its video or sound does not play",
    "seek": "its video or sound cannot be wound forward",
}


def _idle(use: Interaction) -> str:
    on = f" on “{use.label}”" if use.label else ""
    return _ACTS.get(use.kind, use.kind).format(on=on) + ", and did when captured"


def _faults(target: OfflineTarget, played: Played | None) -> list[str]:
    """Why a medium that has loaded cannot be presented."""
    if played is None:
        return []
    why = f" ({played.fault})" if played.fault else ""
    if played.plays is False:
        return [f"it does not play{why}"]
    if played.winds is False:
        return [f"it cannot be wound to its middle{why}"]
    if played.ends is False:
        return [f"its end is missing{why}"]
    now, then = played.duration, target.duration
    if now and now < then * _LENGTH_KEPT - 1:
        return [f"it lasts {now:.0f} s, and {then:.0f} s when captured"]
    return []


def _shows(counts: ContentCounts) -> bool:
    return bool(counts.text or _pictures(counts) or counts.frames)


def _pictures(counts: ContentCounts | None) -> int:
    if counts is None:
        return 0
    return counts.images + counts.canvases + counts.videos


def counts_of(data: object) -> ContentCounts | None:
    """ContentCounts from what a page says of itself; ``None`` for anything else. Bounded."""
    if not isinstance(data, Mapping):
        return None
    counts = {n: data.get(n, 0) for n in ContentCounts.__slots__}
    if not all(isinstance(c, int | float) and 0 <= c < 1e12 for c in counts.values()):
        return None
    return ContentCounts(**{name: int(count) for name, count in counts.items()})
