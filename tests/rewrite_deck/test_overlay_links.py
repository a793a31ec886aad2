"""A captured link that its author made to open over the slide opens its copy there, offline."""

from __future__ import annotations

from pathlib import Path

import pytest
from hand_made import (
    HandMade,
    deck,
    exchange,
    manifest,
    put_reveal,
    reference,
    target,
    write_offline,
)
from shown_deck import HEAD, LINK, REVEALS, address, open_deck

from deckarchive.model import Kind

COPY = "<!doctype html><title>Linked</title><p>The words of the linked page"


@pytest.fixture(scope="module", params=list(REVEALS), ids=lambda v: f"reveal-{v or 'ours'}")
def linked(request, tmp_path_factory, reveal_package) -> Path:
    """A deck with one link of each sort to the same captured page."""
    folder = tmp_path_factory.mktemp("deck")
    css, js = REVEALS[request.param]
    text = (
        f'{HEAD}<link rel="stylesheet" href="{css}"></head><body><div class="reveal">'
        f'<div class="slides"><section><a id="over" href="{LINK}" data-preview-link>over</a>'
        f'<a id="plain" href="{LINK}">plain</a></section></div></div><script src="{js}"></script>'
        "<script>Reveal.initialize({ transition: 'none' })</script></body></html>"
    )
    of = deck(folder / "talk", "talk.html", text)
    put_reveal(folder / "talk", reveal_package(request.param))
    source = of.sources[0]
    both = [
        reference(source, LINK, attribute="href"),
        reference(source, LINK, 1, attribute="href"),
    ]
    page = target(Kind.LINK, LINK, *both)
    archive = HandMade()
    archive.add(page.id, LINK, exchange(LINK, COPY))
    write_offline(of, manifest(of, [page]), archive, folder / "offline")
    return folder / "offline"


@pytest.mark.browser
@pytest.mark.parametrize("how", ["present", "file"])
def test_a_captured_link_opens_over_the_slide(page, linked: Path, how: str) -> None:
    with address(linked, how) as url:
        open_deck(page, url)
        page.wait_for_selector(".reveal.ready")
        before = page.url
        page.click("#over")
        page.wait_for_selector(".overlay iframe, .r-overlay iframe")
        frame = page.frame_locator(".overlay iframe, .r-overlay iframe").frame_locator("iframe")
        frame.get_by_text("The words of the linked page").wait_for()
        assert page.url.split("#")[0] == before.split("#")[0]
        assert page.get_attribute("#over", "href").startswith("frames/")
        page.keyboard.press("Escape")


@pytest.mark.browser
def test_a_plain_link_still_leads_to_its_page(page, linked: Path) -> None:
    with address(linked, "present") as url:
        open_deck(page, url)
        page.wait_for_selector(".reveal.ready")
        page.click("#plain")
        page.wait_for_url("**/frames/*")
