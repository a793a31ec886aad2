"""What a folder lacks by a double-click is told by target, from a walk of its slides as files."""

from __future__ import annotations

from dataclasses import replace

from deckarchive.model import Tier
from deckarchive.rehearsal import (
    EmbedResult,
    Rehearsal,
    SlideResult,
    Way,
    double_click_line,
)
from deckarchive.rehearsal._lacks import slides_to_compare


def embed(name: str, kind: str = "iframe", *problems: str) -> EmbedResult:
    url = f"https://{name}.test/"
    gap = bool(problems)
    return EmbedResult(
        id=name, kind=kind, url=url, best=Tier.LIVE, tier=Tier.LIVE, gap=gap, problems=problems
    )


def walked(*slides: tuple[EmbedResult, ...], way: Way = Way.PRESENT) -> Rehearsal:
    results = tuple(SlideResult(slide=(h, 0), embeds=embeds) for h, embeds in enumerate(slides))
    return Rehearsal(
        folder="out", title="Talk", browser="Chromium 1", started="", seconds=1.0, way=way,
        slides=results,
    )  # fmt: skip


SERVED = walked((embed("a"),), (embed("b", "iframe", "gone"), embed("c")), (embed("d", "video"),))


def test_slides_with_live_copies_are_walked_or_the_first() -> None:
    assert slides_to_compare(SERVED) == ((0, 0), (1, 0))
    assert slides_to_compare(walked((embed("d", "video"),), ())) == ((0, 0),)
    assert slides_to_compare(walked()) == ()


def test_only_what_the_server_shows_is_lacking() -> None:
    files = walked((embed("a"),), (embed("b", "iframe", "gone"), embed("c")), way=Way.FILE)
    assert double_click_line(SERVED, files) == "shows the embeds as present does"
    lost = (embed("b", "iframe", "gone"), embed("c", "iframe", "no worker"))
    files = walked((embed("a"),), lost, way=Way.FILE)
    assert double_click_line(SERVED, files) == "lacks https://c.test/ on slide 2 (no worker)"


def test_a_target_on_several_slides_is_named_once_and_many_are_counted() -> None:
    served = walked(*[(embed("a"), embed(f"n{n}")) for n in range(7)])
    lost = [(embed("a", "iframe", "no"), embed(f"n{n}", "iframe", "no")) for n in range(7)]
    line = double_click_line(served, walked(*lost, way=Way.FILE))
    assert line.startswith("lacks https://a.test/ on slides 1, 2, 3, 4, 5, 6, 7 (no); https://n0.")
    assert line.endswith("https://n3.test/ on slide 4 (no) and 3 more")


def test_a_deck_that_does_not_start_and_a_slide_that_hangs() -> None:
    stuck = replace(walked(way=Way.FILE), problem="the deck did not start: too late")
    said = "does not show the deck (the deck did not start: too late)"
    assert double_click_line(SERVED, stuck) == said
    hangs = SlideResult(slide=(0, 0), problem="it took too long")
    files = replace(walked(way=Way.FILE), slides=(hangs,))
    assert double_click_line(SERVED, files) == "lacks slide 1 (it took too long)"
