"""A rehearsal in a few lines for a terminal."""

from __future__ import annotations

from typing import Final

from deckarchive.model import Slide, Tier
from deckarchive.rehearsal._results import EmbedResult, Leak, Rehearsal, SlideResult

_SHOWN: Final = 20

Gap = tuple[SlideResult, EmbedResult]


def rehearsal_summary(rehearsal: Rehearsal) -> str:
    """What a speaker needs to know: can it be shown, and if not, which slide lacks what."""
    lines = [_headline(rehearsal)]
    if rehearsal.problem:
        return "\n".join([*lines, f"  {rehearsal.problem}"])
    counts = ", ".join(f"{count} {tier}" for tier, count in rehearsal.tiers.items() if count)
    lines.append(
        f"  {_count(len(rehearsal.slides), 'slide')}, "
        f"{_count(len(rehearsal.embeds), 'embed') or 'no embeds'}"
        f"{': ' + counts if counts else ''} · {rehearsal.seconds:.0f} s · {rehearsal.browser}"
    )
    lines += _some([_gap_line(gap) for gap in rehearsal.gaps])
    warned = [
        (s, e) for s, e in rehearsal.embeds if e.problems and not e.gap and e.tier is Tier.LIVE
    ]
    lines += _some([f"  note: slide {slide_number(s)}: {'; '.join(e.problems)}" for s, e in warned])
    lines += _some([f"  slide {slide_number(s)}: {s.problem}" for s in rehearsal.unjudged])
    lines += _some([_leak_line(leak) for leak in rehearsal.leaks])
    lines += _some([f"  the deck asked in vain for {miss}" for miss in rehearsal.unresolved])
    if not rehearsal.leaks:
        lines.append("  nothing tried to leave this machine")
    return "\n".join(lines)


def _headline(rehearsal: Rehearsal) -> str:
    name = rehearsal.title or rehearsal.folder
    if rehearsal.ok:
        return f"{name}: ready to present offline"
    if rehearsal.problem:
        return f"{name}: could not be rehearsed"
    faults = [
        _count(len(rehearsal.gaps), "gap"),
        _count(len(rehearsal.leaks), "leak"),
        _count(len(rehearsal.unjudged), "slide") + " not judged" if rehearsal.unjudged else "",
    ]
    return f"{name}: {', '.join(f for f in faults if f)}"


def _leak_line(leak: Leak) -> str:
    where = f" from slide {_name(leak.slide)}" if leak.slide else ""
    return f"  left this machine{where}: {leak.method} {leak.url}"


def _gap_line(gap: Gap) -> str:
    slide, embed = gap
    why = "; ".join(embed.problems) or embed.reason
    reason = f" ({why})" if why else ""
    return f"  slide {slide_number(slide)}: {embed.tier.value}: {embed.url}{reason}"


def slide_number(result: SlideResult) -> str:
    """As reveal.js numbers slides for people: from 1, ``3.2`` for the second below the third."""
    return _name(result.slide)


def _name(slide: Slide) -> str:
    h, v = slide
    return f"{h + 1}.{v + 1}" if v else str(h + 1)


def _count(slide_number: int, word: str) -> str:
    return f"{slide_number} {word}{'' if slide_number == 1 else 's'}" if slide_number else ""


def _some(lines: list[str]) -> list[str]:
    rest = len(lines) - _SHOWN
    return [*lines[:_SHOWN], f"  … and {rest} more"] if rest > 0 else lines
