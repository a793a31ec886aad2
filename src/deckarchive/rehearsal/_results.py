"""What a rehearsal finds: frozen values with ``to_dict`` and no I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from deckarchive.model import ContentCounts, Interaction, Json, Slide, Tier


class Way(StrEnum):
    """How the folder is opened."""

    PRESENT = "present"
    STATIC = "static"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearseOptions:
    """``slides`` limits the walk to these ``(h, v)``; ``timeout`` bounds one slide, in seconds.

    ``repeat`` walks the deck so many times and keeps each embed's worst showing. ``browser`` is
    an executable; ``screenshots`` a folder for one PNG a slide, ``H-V.png``. ``way`` is how the
    folder is opened.
    """

    slides: tuple[Slide, ...] = ()
    repeat: int = 1
    timeout: float = 20.0
    browser: Path | None = None
    screenshots: Path | None = None
    viewport: tuple[int, int] = (1920, 1080)
    way: Way = Way.PRESENT


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedInteraction:
    """An act on the page when it was captured, and whether the copy ``changed`` by it too.

    ``None``: it was not done, or its element is not there.
    """

    use: Interaction
    changed: bool | None

    def to_dict(self) -> Json:
        return {
            "kind": self.use.kind,
            "where": self.use.where,
            "label": self.use.label,
            "live": self.use.changed,
            "offline": self.changed,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How a film or a sound of the deck's own slides did when it was played.

    Whether it ``plays``, ``winds`` to its middle and still has its end; ``None`` where that was
    not tried (a stream has no middle). ``duration`` is in seconds, ``fault`` the browser's word.
    """

    plays: bool | None = None
    winds: bool | None = None
    ends: bool | None = None
    duration: float | None = None
    fault: str = ""

    @property
    def fails(self) -> bool:
        return False in (self.plays, self.winds, self.ends)

    def to_dict(self) -> Json:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedResult:
    """How one embed showed on one slide.

    ``tier`` is what the audience saw and ``best`` what the folder holds; ``ms`` the time until it
    was visible, as the frame counted it. ``counts`` were counted in the copy, ``captured`` when it
    was captured, at ``date`` (ISO 8601); ``bytes`` is the copy's size. ``similarity`` compares
    pictures (1 is equal). ``interactions`` is what happened when it was used, ``played`` when it
    was played, as a medium is. ``problems`` says what is wrong, for a person; ``gap`` whether the
    audience would miss something; ``notes`` what it would not notice. ``structure`` is the share of
    the picture that differs in what is drawn (0 is equal), ``None`` where that is not known.
    """

    id: str
    kind: str
    url: str
    best: Tier
    tier: Tier
    gap: bool
    state: str = ""
    reason: str = ""
    date: str = ""
    bytes: int = 0
    ms: int | None = None
    counts: ContentCounts | None = None
    captured: ContentCounts | None = None
    similarity: float | None = None
    interactions: tuple[ReplayedInteraction, ...] = ()
    played: Played | None = None
    poster: str = ""
    structure: float | None = None
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()

    def to_dict(self) -> Json:
        data = {name: getattr(self, name) for name in self.__slots__}
        data["best"], data["tier"] = self.best.value, self.tier.value
        data["counts"] = self.counts.to_dict() if self.counts else None
        data["captured"] = self.captured.to_dict() if self.captured else None
        data["interactions"] = [u.to_dict() for u in self.interactions]
        data["played"] = self.played.to_dict() if self.played else None
        for name in ("problems", "notes", "unresolved", "errors"):
            data[name] = list(data[name])
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class SlideResult:
    """One slide: its embeds, what went wrong beside them, and why it could not be judged.

    ``problem`` is empty when it was judged. ``unresolved`` and ``errors`` belong to the slide as a
    whole; ``screenshot`` is the saved file, ``thumbnail`` a JPEG for the contact sheet.
    """

    slide: Slide
    embeds: tuple[EmbedResult, ...] = ()
    problem: str = ""
    unresolved: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    seconds: float = 0.0
    screenshot: str = ""
    thumbnail: bytes = b""

    @property
    def ok(self) -> bool:
        return not self.problem and not any(e.gap for e in self.embeds)

    def to_dict(self) -> Json:
        return {
            "slide": list(self.slide),
            "ok": self.ok,
            "problem": self.problem,
            "seconds": round(self.seconds, 2),
            "screenshot": self.screenshot,
            "unresolved": list(self.unresolved),
            "errors": list(self.errors),
            "embeds": [e.to_dict() for e in self.embeds],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """Something that tried to leave the machine: what was asked for, and how.

    ``slide`` is the one that was showing, ``None`` while the deck was loading.
    """

    url: str
    method: str
    slide: Slide | None = None

    def to_dict(self) -> Json:
        slide = list(self.slide) if self.slide else None
        return {"url": self.url, "method": self.method, "slide": slide}


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """The whole walk. ``problem`` is why there was none, when the deck did not start.

    ``unresolved`` is what the deck's own page asked for in vain while it loaded.
    """

    folder: str
    title: str
    browser: str
    started: str
    seconds: float
    slides: tuple[SlideResult, ...]
    leaks: tuple[Leak, ...] = ()
    unresolved: tuple[str, ...] = ()
    problem: str = ""
    way: Way = Way.PRESENT

    @cached_property
    def embeds(self) -> tuple[tuple[SlideResult, EmbedResult], ...]:
        """Every embed with its slide, in the deck's order."""
        return tuple((s, e) for s in self.slides for e in s.embeds)

    @cached_property
    def gaps(self) -> tuple[tuple[SlideResult, EmbedResult], ...]:
        """The embeds that the audience would miss."""
        return tuple((s, e) for s, e in self.embeds if e.gap)

    @cached_property
    def unjudged(self) -> tuple[SlideResult, ...]:
        return tuple(s for s in self.slides if s.problem)

    @property
    def tiers(self) -> Mapping[str, int]:
        """How many embeds showed in each tier, the best first; tiers that did not occur are 0."""
        counts = Counter(e.tier for _, e in self.embeds)
        return {tier.value: counts[tier] for tier in Tier}

    @property
    def ok(self) -> bool:
        """Whether the deck can be presented as it is: nothing missed, nothing leaked."""
        return not (self.problem or self.gaps or self.leaks or self.unjudged)

    def to_dict(self) -> Json:
        return {
            "version": 1,
            "folder": self.folder,
            "title": self.title,
            "ok": self.ok,
            "problem": self.problem,
            "browser": self.browser,
            "way": self.way.value,
            "started": self.started,
            "seconds": round(self.seconds, 2),
            "tiers": dict(self.tiers),
            "gaps": [
                {"slide": list(s.slide), "id": e.id, "url": e.url, "tier": e.tier.value}
                for s, e in self.gaps
            ],
            "leaks": [leak.to_dict() for leak in self.leaks],
            "unresolved": list(self.unresolved),
            "slides": [s.to_dict() for s in self.slides],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalStarted:
    """Progress: the deck is up, and ``total`` slides will be walked (repeats included)."""

    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlideRehearsed:
    """Progress: one more slide has been judged."""

    result: SlideResult


RehearsalEvent = RehearsalStarted | SlideRehearsed


_ORDER = list(Tier)


def worse(one: SlideResult, two: SlideResult) -> SlideResult:
    """The two showings of a slide made one: each embed as it showed worst."""
    if one.problem or two.problem:
        return one if one.problem else two
    others: dict[Any, EmbedResult] = {(e.id, n): e for n, e in enumerate(two.embeds)}
    embeds = tuple(
        max((e, others.get((e.id, n), e)), key=lambda x: (x.gap, _ORDER.index(x.tier)))
        for n, e in enumerate(one.embeds)
    )
    base = one if (one.ok and two.ok) or not one.ok else two
    return replace(
        base, embeds=embeds, unresolved=tuple(dict.fromkeys(one.unresolved + two.unresolved))
    )
