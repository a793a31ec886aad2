"""Documents that hold no script of ours: PDFs and drawings, in frames and in objects."""

from __future__ import annotations

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
from hand_made import vendored_reveal as reveal

from deckarchive.model import ContentCounts, Kind, State, Tier
from deckarchive.server import Server

PAPER = "http://papers.example/paper"
DRAWING = "http://papers.example/drawing.svg"
OBJECT = "http://papers.example/object.pdf"
LOST = "http://papers.example/lost.pdf"
PDF = (
    b"%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 144]>>endobj\ntrailer<</Root 1 0 R>>"
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="300" height="200" fill="red"/></svg>'
HTML = f"""<html><head><title>T</title><link rel=stylesheet href=dist/reveal.css></head><body>
<div class=reveal><div class=slides>
<section data-background-iframe="{PAPER}"></section>
<section data-background-iframe="{DRAWING}"></section>
<section><object type="application/pdf" data="{OBJECT}" width=600 height=400></object></section>
<section><embed type="application/pdf" src="{LOST}" width=600 height=400></section>
</div></div><script src=dist/reveal.js></script><script>Reveal.initialize()</script>
</body></html>"""


@pytest.fixture
def packed(tmp_path):
    of = deck(tmp_path / "talk", "deck.html", HTML)
    put_reveal(tmp_path / "talk", reveal())
    source = of.sources[0]
    targets = [
        target(Kind.BACKGROUND_IFRAME, url, reference(source, url)) for url in (PAPER, DRAWING)
    ]
    targets += [
        target(Kind.OBJECT, url, reference(source, url, attribute=attribute))
        for url, attribute in ((OBJECT, "data"), (LOST, "src"))
    ]
    archive = HandMade()
    views = {"": (ContentCounts(), (20, 20, 200))}
    archive.add(targets[0].id, PAPER, exchange(PAPER, PDF, "application/pdf"), views=views)
    archive.add(targets[1].id, DRAWING, exchange(DRAWING, SVG, "image/svg+xml"), views=views)
    archive.add(targets[2].id, OBJECT, exchange(OBJECT, PDF, "application/pdf"))
    archive.add(targets[3].id, LOST, state=State.FAILED, reason="HTTP status 404", final_url=None)
    out = tmp_path / "offline"
    return write_offline(of, manifest(of, targets), archive, out), out


def test_where_documents_go(packed):
    offline, out = packed
    paper, drawing, direct, lost = offline.targets
    assert (paper.best, paper.copy) == (Tier.LIVE, "sites/papers.example/paper.pdf")
    assert '"sandbox": false' in (out / paper.frame).read_text()
    assert '"sandbox": true' in (out / drawing.frame).read_text()
    page = (out / "index.html").read_text()
    assert f'<object type="application/pdf" data="{direct.copy}" width=600' in page
    assert not direct.frame
    assert f'<embed src="{lost.frame}" width=600' in page


@pytest.mark.browser
def test_a_document_is_shown_when_it_has_loaded(packed, page):
    offline, out = packed
    with Server(out) as server:
        page.goto(server.url + offline.targets[1].frame)
        page.wait_for_function("window.deckarchive.tier === 'live'")
        page.wait_for_selector("#poster", state="hidden")
        page.goto(server.url + offline.targets[3].frame)
        assert page.evaluate("window.deckarchive.tier") == "card"
        assert "HTTP status 404" in page.inner_text("#card")
        page.goto(server.url + offline.targets[0].frame)
        page.wait_for_function("window.deckarchive.tier")
        shown = "live" if page.evaluate("navigator.pdfViewerEnabled") else "picture"
        assert page.evaluate("window.deckarchive.tier") == shown
