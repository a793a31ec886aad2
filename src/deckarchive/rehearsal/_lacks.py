"""What a folder lacks as files, by a double-click, of what a server shows of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from deckarchive.model import Kind, Slide, Tier
from deckarchive.rehearsal._report import slide_number
from deckarchive.rehearsal._results import EmbedResult, Rehearsal, RehearseOptions, SlideResult, Way
from deckarchive.rehearsal._walk import OnRehearsalEvent, rehearse

_NAMED: Final = 5  # embeds that the line names


def slides_to_compare(served: Rehearsal) -> tuple[Slide, ...]:
    """The slides that may show less as files than ``served``: those on which the copy of a page
    lives. Media and pictures load in the same way. Without any, the first slide, which shows
    whether the deck starts."""
    slides = tuple(s.slide for s in served.slides if any(_is_live_page(e) for e in s.embeds))
    return slides or tuple(s.slide for s in served.slides[:1])


def rehearse_as_files(
    folder: Path,
    served: Rehearsal,
    browser: Path | None = None,
    on_event: OnRehearsalEvent | None = None,
) -> Rehearsal | None:
    """Walk those slides of ``folder`` as files; ``None`` where ``served`` has no slide.

    ``browser`` and ``on_event`` are as in :func:`~deckarchive.rehearsal.rehearse`, which raises.
    """
    slides = slides_to_compare(served)
    if not slides:
        return None
    return rehearse(folder, RehearseOptions(browser=browser, slides=slides, way=Way.FILE), on_event)


def double_click_line(served: Rehearsal, as_files: Rehearsal) -> str:
    """What the same folder lacks when it is opened as files, by target, as part of a line."""
    if as_files.problem:
        return f"does not show the deck ({as_files.problem})"
    good = {(s.slide, e.id) for s, e in served.embeds if not e.gap}
    lacking = [(s, e) for s, e in as_files.gaps if (s.slide, e.id) in good]
    unjudged = [f"slide {slide_number(s)} ({s.problem})" for s in as_files.unjudged]
    if not lacking and not unjudged:
        return "shows the embeds as present does"
    named = [*_by_target(lacking), *unjudged]
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return f"lacks {'; '.join(named[:_NAMED])}{more}"


def _by_target(lacking: Sequence[tuple[SlideResult, EmbedResult]]) -> list[str]:
    slides: dict[str, list[str]] = {}
    lines: dict[str, tuple[str, str]] = {}
    for slide, embed in lacking:
        slides.setdefault(embed.id, []).append(slide_number(slide))
        lines.setdefault(embed.id, (embed.url, "; ".join(embed.problems) or embed.tier.value))
    return [
        f"{url} on slide{'s' if len(slides[name]) > 1 else ''} {', '.join(slides[name])} ({why})"
        for name, (url, why) in lines.items()
    ]


def _is_live_page(embed: EmbedResult) -> bool:
    return embed.tier is Tier.LIVE and not embed.gap and Kind(embed.kind).is_page
