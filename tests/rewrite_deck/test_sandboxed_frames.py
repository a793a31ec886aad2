"""A frame that a copy's script makes with a sandbox shows what it showed live."""

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
from shown_deck import address, current_frame, open_deck

from deckarchive.model import Kind

pytestmark = pytest.mark.browser

SITE = "http://widgets.example/"
WAYS = {
    "attribute": "f.setAttribute('sandbox', 'allow-scripts'); f.src = 'inner.html?attribute'",
    "property": "f.sandbox = 'allow-scripts'; f.src = 'inner.html?property'",
    "tokens": "f.sandbox.add('allow-scripts'); f.src = 'inner.html?tokens'",
    "value": "f.sandbox.value = 'allow-scripts'; f.src = 'inner.html?value'",
    "node": "const a = document.createAttribute('sandbox'); a.value = 'allow-scripts';"
    " f.setAttributeNode(a); f.src = 'inner.html?node'",
    "toggled": "f.toggleAttribute('sandbox'); f.sandbox.toggle('allow-scripts');"
    " f.src = 'inner.html?toggled'",
    "markup": "f.remove(); document.body.insertAdjacentHTML('beforeend',"
    " '<iframe sandbox=allow-scripts src=inner.html?markup></iframe>')",
    "removed": "f.sandbox.remove('allow-scripts'); f.src = 'inner.html?removed'",
    "srcdoc": "f.sandbox = 'allow-scripts'; f.srcdoc = '<title>srcdoc</title><p></p>"
    "<script src=/lib.js></' + 'script>'",
}
PAGE = (
    "<!doctype html><title>Widgets</title><p>Words around the widgets</p><script>"
    + "".join(
        f"{{ let f = document.createElement('iframe'); document.body.append(f); {way} }}\n"
        for way in WAYS.values()
    )
    + "const div = document.createElement('div');"
    "div.innerHTML = '<iframe title=\"no sandbox here\" sandbox></iframe>';"
    "window.bare = ['title', 'sandbox'].map((name) => div.firstChild.getAttribute(name));"
    "window.unsandboxed = document.querySelectorAll('iframe:not([sandbox])').length</script>"
)
INNER = """<!doctype html><script>document.title = location.search.slice(1)</script><p></p>
<script src="/lib.js"></script>"""
LIBRARY = """fetch('/data.json').then((r) => r.json()).then(({ n }) => {
  document.querySelector('p').textContent = `lib ${n}`; });"""


@pytest.fixture
def offline(tmp_path, reveal_package):
    text = (
        '<!doctype html><html><head><link rel="stylesheet" href="dist/reveal.css"></head><body>'
        f'<div class="reveal"><div class="slides"><section><iframe data-src="{SITE}"></iframe>'
        '</section></div></div><script src="dist/reveal.js"></script>'
        "<script>Reveal.initialize()</script></body></html>"
    )
    of = deck(tmp_path / "talk", "talk.html", text)
    put_reveal(tmp_path / "talk", reveal_package(""))
    page = target(Kind.IFRAME, SITE, reference(of.sources[0], SITE, attribute="data-src"))
    archive = HandMade()
    archive.add(
        page.id,
        SITE,
        exchange(SITE, PAGE),
        *(exchange(f"{SITE}inner.html?{way}", INNER) for way in WAYS),
        exchange(f"{SITE}lib.js", LIBRARY, "text/javascript"),
        exchange(f"{SITE}data.json", '{"n": 7}', "application/json"),
    )
    made = write_offline(of, manifest(of, [page]), archive, tmp_path / "offline")
    return made, tmp_path / "offline"


def test_sandboxed_frames_of_scripts_load_what_they_name(offline, page) -> None:
    made, out = offline
    page.on("response", lambda r: print(r.status, r.url))
    with address(out, "present") as url:
        open_deck(page, url)
        current_frame(page, made, 0).wait_for_function("window.deckarchive?.tier === 'live'")
        (copy,) = [f for f in page.frames if "/widgets.example/index" in f.url]
        assert copy.evaluate("unsandboxed") == 1  # a token taken from no sandbox makes none
        assert copy.evaluate("bare") == ["no sandbox here", "allow-same-origin"]
        for frame in copy.child_frames:
            frame.wait_for_function("document.querySelector('p')?.textContent === 'lib 7'")
        titles = {frame.evaluate("document.title") for frame in copy.child_frames}
        assert titles == set(WAYS)


def test_a_sandboxed_frame_may_no_more_than_the_copy_around_it(offline, page) -> None:
    made, out = offline
    with address(out, "present") as url:
        open_deck(page, url)
        current_frame(page, made, 0).wait_for_function("window.deckarchive?.tier === 'live'")
        (copy,) = [f for f in page.frames if "/widgets.example/index" in f.url]
        frame = copy.child_frames[0]
        frame.wait_for_function("document.querySelector('p')?.textContent === 'lib 7'")
        assert frame.evaluate("origin") == copy.evaluate("origin") != page.evaluate("origin")
        for tried in ("top.document.title", "parent.parent.document.title", "open('/')"):
            got = frame.evaluate(
                f"(() => {{ try {{ return {tried}; }} catch {{ return null; }} }})()"
            )
            assert got is None, tried
