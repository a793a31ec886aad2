"""The labelled situations as offline folders, and how well they are told, by kind.

``python -m bench.rehearsal --kinds`` prints precision and recall beside two signals that other
tools go by: how alike the pictures are, and what failed to load or raised an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.sync_api import Browser

from deckarchive.model import Tier
from deckarchive.rehearsal import EmbedResult, Rehearsal
from tests.rehearse.build import offline_folder, recorded
from tests.rehearse.labelled import CASES, GOOD_MEDIA, MEDIA
from tests.rehearse.situations import GAP, OK, RECORDED, REPORTED, SAME, SITUATIONS, Row

ALIKE = 0.95
"""Similarity below which screenshots are usually said to differ."""


def situation_folder(root: Path, rows: Sequence[Row], browser: Browser) -> Path:
    """An offline folder with a slide for each row, captured in ``browser``."""
    pages = []
    captured = recorded(browser, {name: then for name, then, _, _ in rows})
    for page, (_, then, now, _) in zip(captured, rows, strict=True):
        pages.append(replace(page, body=then if now == SAME else now, title=page.captured_title))
    return offline_folder(root, pages)


@dataclass(frozen=True)
class Found:
    """One embed: what was made, and what each signal says of it."""

    kind: str
    id: str
    label: str
    embed: EmbedResult | None

    @property
    def broken(self) -> bool:
        return self.label != OK

    @property
    def accused(self) -> bool:
        return self.embed is None or self.embed.gap

    @property
    def right(self) -> bool:
        recorded = self.embed is not None and self.embed.tier is Tier.BROKEN
        return self.broken == self.accused and recorded == (self.label == RECORDED)

    @property
    def differs(self) -> bool:
        """Screenshot similarity alone."""
        return self.embed is None or (self.embed.similarity or 0) < ALIKE

    @property
    def failed(self) -> bool:
        """Errors and resources that failed to load, alone."""
        return self.embed is None or bool(self.embed.errors or self.embed.unresolved)


def found_in(rehearsal: Rehearsal) -> list[Found]:
    """Each situation that a rehearsal walked, with its result."""
    embeds = {embed.id: embed for _, embed in rehearsal.embeds}
    return [
        Found(kind, name, label, embeds[name])
        for kind, rows in (*SITUATIONS.items(), *REPORTED.items())
        for name, _, _, label in rows
        if name in embeds
    ]


def found_in_labelled(rehearsal: Rehearsal) -> list[Found]:
    """The same for the deck of labelled.py. A slide that hangs accuses what stands on it."""
    embeds = {embed.id: embed for _, embed in rehearsal.embeds}
    pages = [("pages", case.page.id, GAP if case.gap else OK) for case in CASES]
    names = [target.id for _, target in MEDIA if target]
    media = [("media", name, OK if name in GOOD_MEDIA else GAP) for name in names]
    return [Found(kind, name, label, embeds.get(name)) for kind, name, label in pages + media]


def rates(found: list[Found], signal: Callable[[Found], bool]) -> tuple[float, float]:
    """Precision and recall of a signal; 1 where there is nothing to be right about."""
    accused = [one for one in found if signal(one)]
    broken = [one for one in found if one.broken]
    right = sum(one.broken for one in accused)
    return right / len(accused) if accused else 1.0, right / len(broken) if broken else 1.0


SIGNALS: Mapping[str, Callable[[Found], bool]] = {
    "verdict": lambda one: one.accused,
    "similarity": lambda one: one.differs,
    "errors": lambda one: one.failed,
}


def table(found: list[Found]) -> str:
    """Precision and recall by kind and for all, for each signal."""
    kinds = dict.fromkeys(one.kind for one in found)
    lines = [f"{'':14}{'embeds':>7}{'broken':>7}" + "".join(f"{name:>16}" for name in SIGNALS)]
    for kind in [*kinds, "all"]:
        rows = [one for one in found if kind in (one.kind, "all")]
        line = f"{kind:14}{len(rows):7}{sum(one.broken for one in rows):7}"
        for signal in SIGNALS.values():
            precision, recall = rates(rows, signal)
            line += f"{precision:10.2f}/{recall:.2f} "
        lines.append(line)
    return "\n".join(lines)
