"""What of an archive is not as it was captured, for a person, and how to capture it again. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_MOST_LINES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One damaged part of a target. ``gap``: an audience may miss it; otherwise it was repaired,
    or is a part that nothing shows."""

    target: str
    reason: str
    url: str = ""
    gap: bool = True


def slides_of(report: Mapping[str, Any]) -> dict[str, list[tuple[int, int]]]:
    """The slides that show each target, as far as an archive's report says it."""
    found: dict[str, list[tuple[int, int]]] = {}
    for name, places in report.get("slides", {}).items():
        for place in places if isinstance(places, list) else ():
            match place:
                case [int(h), int(v)]:
                    found.setdefault(name, []).append((h, v))
    return found


def damage_lines(
    damage: Sequence[Damage],
    slides: Mapping[str, Iterable[tuple[int, int]]],
    *,
    archive: str,
    deck: str,
) -> list[str]:
    """A line for each damaged part, then the command that captures those targets again."""
    lines = []
    for one in damage[:_MOST_LINES]:
        at = ", ".join(f"{h}/{v}" for h, v in list(slides.get(one.target, ()))[:5])
        where = f"{one.target} (slide {at})" if at else one.target
        word = "damaged" if one.gap else "note"
        lines.append(f"  {word}: {where}: {one.reason}")
    if len(damage) > _MOST_LINES:
        lines.append(f"  damaged: {len(damage) - _MOST_LINES} more")
    again = dict.fromkeys(one.target for one in damage if one.gap)
    if again:
        words = ["deckarchive", "capture", deck or "DECK", "--output", archive, "--refresh"]
        words += [word for name in again for word in ("--only", name)]
        lines.append(f"  to capture that again: {shlex.join(words)}")
    return lines
