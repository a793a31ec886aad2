"""Where the embeds of a slide stand: the answer of ``survey.js``, read and asked.

A place is a mapping as the script describes it: of a frame what its own page reports, of a medium
or an image whether it has loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from deckarchive.browser import answers
from deckarchive.errors import BrowserError
from deckarchive.model import Kind, OfflineTarget, Tier
from deckarchive.rehearsal._browser import RehearsalBrowser

_MOST: Final = 50  # embeds on one slide
_NOT_CAPTURED: Final = "a script of the deck shows it, and it was not captured"
_SHOWN = frozenset(
    k.value for k in Kind if k.is_page or k.is_media or k in (Kind.IMAGE, Kind.BACKGROUND_IMAGE)
) - {Kind.LINK.value}


CLAIMED_TIERS = frozenset(Tier) - {Tier.BROKEN}
"""What a frame can report: what is broken in a page that shows, it does not know."""


def expected(target: OfflineTarget) -> bool:
    """Whether the target is something to be seen on a slide (a link or a font is not)."""
    return target.kind in _SHOWN


EmbedPosition = Mapping[str, Any]


async def take_survey(
    browser: RehearsalBrowser, targets: Sequence[OfflineTarget]
) -> Mapping[str, Any]:
    """Where the targets stand on the slide that shows. Raises :class:`BrowserError`."""
    wanted = [{"id": t.id, "paths": embed_paths(t)} for t in targets]
    asked = {"expected": wanted, "root": browser.root}
    survey = await browser.run("survey", asked, 10, read_survey)
    silent = [p["frame"] for p in survey["places"] if "frame" in p and not p["frame"]["report"]]
    if silent:
        with suppress(BrowserError):
            numbers = [frame["number"] for frame in silent]
            for frame, report in zip(silent, await browser.reports(numbers, 10), strict=False):
                frame["report"] = report
    pages = {target.id: target.frame for target in targets if target.frame}
    for place in survey["places"]:  # as files, the deck's page cannot look into its frames
        if "frame" in place and not place["frame"]["report"] and place["id"] in pages:
            with suppress(BrowserError):
                place["frame"] |= await browser.frame_report(f"/{pages[place['id']]}") or {}
    return survey


def read_survey(value: object) -> Mapping[str, Any]:
    """What survey.js answers, as it says there. Raises ValueError, TypeError, KeyError."""
    survey = answers.members(value)
    places = answers.list_of(_read_place, most=1000)(survey["places"])
    others = [
        {name: answers.string(one[name]) for name in ("kind", "path", "url")}
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


def is_settled(target: OfflineTarget, place: EmbedPosition | None) -> bool:
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
    return report.get("tier") in CLAIMED_TIERS  # a copy that is late is given the patience below


def embed_paths(target: OfflineTarget) -> list[str]:
    posters = target.posters.values() if not Kind(target.kind).is_page else ()
    return [f"/{p}" for p in (target.frame, target.copy, *posters) if p]


def embed_place(survey: Mapping[str, Any], target: OfflineTarget) -> EmbedPosition | None:
    """Where the target stands; of several places the one that is worst off."""
    places = [p for p in survey["places"] if p["id"] == target.id]
    return min(places, key=_fortune, default=None)


def _fortune(place: EmbedPosition) -> int:
    if "loaded" in place:
        return int(bool(place["loaded"]["ready"]))
    report = place["frame"]["report"]
    return int(isinstance(report, Mapping) and report.get("tier") == Tier.LIVE.value)


def unlisted_embeds(
    survey: Mapping[str, Any], known: Sequence[OfflineTarget]
) -> list[OfflineTarget]:
    """What stands on the slide and is no target of it: the deck's own files, and what its scripts
    made. One that shows a target's file is that target; else ``id`` and ``url`` are its path or,
    where it leads to the web, its URL."""
    by_path = {
        path: target
        for target in known
        for path in (target.frame, target.copy, *target.posters.values())
        if path
    }
    found: dict[str, OfflineTarget] = {}
    for one in survey["others"][:_MOST]:
        path, url, kind = str(one["path"]).lstrip("/"), str(one["url"]), str(one["kind"])
        target = by_path.get(path) or OfflineTarget(
            id=url or path, kind=kind, url=url or path, copy=path, best=Tier.LIVE, state=""
        )
        if url.startswith(("http:", "https:")) and path not in by_path:
            target = replace(target, best=Tier.CARD, reason=_NOT_CAPTURED)
        if path.startswith("frames/") and path not in by_path:  # the card of what was not captured
            target = replace(target, frame=path, copy="", best=Tier.CARD, reason=_NOT_CAPTURED)
        found[target.id] = target
    return list(found.values())
