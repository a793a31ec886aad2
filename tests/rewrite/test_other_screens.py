"""A copy on another screen than that of its capture: a dark one, a sharper one, and in print."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from deckarchive.crawler import CaptureOptions, capture
from deckarchive.server import DeadProxy
from tests.browsers import SharedBrowser
from tests.capture.captured import Captured, manifest, target
from tests.capture.conftest import png
from tests.capture.web import Web, local_web
from tests.rewrite.made_site import build_records

pytestmark = pytest.mark.browser

LIGHT, DARK, PRINT, SHARP = (200, 200, 0), (0, 0, 200), (0, 150, 0), (200, 0, 0)
NOT_ASKED = ["unused-dark.png", "narrow.png"]
PAGE = """<!doctype html><title>Screens</title><link rel=stylesheet href=own.css>
<link rel=stylesheet href=https://other.test/far.css>
<style>b {{ display: block; width: 64px; height: 64px; margin: 8px }}
:root {{ --behind: url(variable-light.png) }} #variable {{ background: var(--behind) }}
@media (prefers-color-scheme: dark) {{ :root {{ --behind: url(variable-dark.png) }}
  .nowhere {{ background: url(unused-dark.png) }} }}
@media (max-width: 40px) {{ body {{ background: url(narrow.png) }} }}
@supports (display: grid) {{ @media (prefers-color-scheme: dark) {{ #nested {{
  &:is(b)::before {{ content: url(nested-dark.png) }} }} }} }}</style>
<p>{words}</p><b id=own></b><b id=far></b><b id=variable></b><b id=nested></b>
<b id=script></b><b id=dense></b><b style="background: image-set('styled.png' 1x,
  'styled-sharp.png' 2x)" id=styled></b><b id=sharp></b><b id=printed></b>
<b><picture><source media="(prefers-color-scheme: dark)" srcset=picture-dark.png>
<img id=picture src=picture-light.png></picture></b>
<b><img id=candidate src=candidate.png srcset="candidate.png 1x, candidate-sharp.png 2x"></b>
<script>
const scheme = matchMedia("(prefers-color-scheme: dark)"), at = document.querySelector("#script");
const show = () => {{ const name = scheme.matches ? "dark" : "light";
  at.style.background = `url(script-${{name}}.png)`; }};
show(); scheme.addEventListener("change", show);</script>"""
OWN = """@import "printed.css" print; #own { background: url(own-light.png) }
@media (prefers-color-scheme: dark) { #own { background: url(own-dark.png) } }
#dense { background: image-set("dense.png" 1x, url(dense-sharp.png) 2x) }
@media (min-resolution: 1.5dppx) { #sharp { background: url(sharp-sharp.png) } }"""
FAR = """/* @media print { } { */ #far { background: url(far-light.png) }
@media screen and (prefers-color-scheme: dark) { #far { background: url('far-dark.png') } }"""
ON_DARK = ["own", "far", "variable", "nested", "script", "picture"]
ON_SHARP = ["dense", "styled", "sharp", "candidate"]
Archive = tuple[Web, Captured]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The page, captured on a light screen with one pixel a CSS pixel."""
    with local_web() as web:
        web.add("screens.test/", PAGE.format(words="Words for the last row. " * 15))
        web.add("screens.test/own.css", OWN, "text/css")
        web.add("screens.test/printed.css", "#printed { background: url(print.png) }", "text/css")
        web.add("other.test/far.css", FAR, "text/css")
        names = ["own", "variable", "script", "picture"]
        pictures = {f"{name}-light": LIGHT for name in names} | {"print": PRINT}
        pictures |= {f"{name}-dark": DARK for name in (*names, "nested", "unused")}
        pictures |= dict.fromkeys(("dense", "styled", "candidate", "narrow"), LIGHT)
        pictures |= {f"{name}-sharp": SHARP for name in ON_SHARP}
        for name, colour in pictures.items():
            web.add(f"screens.test/{name}.png", png(colour=colour), "image/png")
        for name, colour in (("light", LIGHT), ("dark", DARK)):
            web.add(f"other.test/far-{name}.png", png(colour=colour), "image/png")
        out = tmp_path_factory.mktemp("screens") / "archive"
        options = CaptureOptions(timeout=30, proxy=web.proxy, insecure=True)
        yield (
            web,
            Captured(capture(manifest(target("https://screens.test/")), None, out, options), out),
        )


def test_what_other_screens_ask_for_is_fetched_once(archive: Archive) -> None:
    web, got = archive
    assert got.record.reason == ""
    pictures = [one.url for one in web.log if one.url.endswith(".png")]
    assert len(pictures) == len(set(pictures))
    assert not [url for url in pictures if url.rpartition("/")[2] in NOT_ASKED]


@pytest.mark.parametrize(
    ("screen", "printed", "shown"),
    [
        ({}, False, dict.fromkeys(["own", "far", "variable", "script", "picture", "dense"], LIGHT)),
        ({"color_scheme": "dark"}, False, dict.fromkeys(ON_DARK, DARK)),
        ({"device_scale_factor": 2}, False, dict.fromkeys(ON_SHARP, SHARP)),
        ({"device_scale_factor": 3}, False, dict.fromkeys(ON_SHARP, SHARP)),
        ({}, True, {"printed": PRINT}),
    ],
    ids=["as-captured", "dark", "sharp", "sharper", "print"],
)
def test_the_copy_shows_on_another_screen_what_live_would(
    archive: Archive,
    tmp_path: Path,
    served: str,
    shared_browser: SharedBrowser,
    witness: DeadProxy,
    screen: dict[str, object],
    printed: bool,
    shown: dict[str, tuple[int, int, int]],
) -> None:
    _, got = archive
    site = build_records(tmp_path, {"t": got.exchanges()}, {"t": got.record})
    browser = shared_browser.behind(witness.url, "127.0.0.1")
    context = browser.new_context(viewport={"width": 800, "height": 1600}, **screen)
    try:
        page, failed = context.new_page(), []
        page.on("response", lambda one: failed.append(one.url) if one.status >= 400 else None)
        page.on("requestfailed", lambda one: failed.append(one.url))
        if printed:
            page.emulate_media(media="print")
        page.goto(served + (site.document_of("t") or ""), wait_until="networkidle")
        seen = {}
        for name in shown:
            box = page.locator(f"#{name}").bounding_box()
            assert box
            taken = Image.open(io.BytesIO(page.screenshot(clip={**box}))).convert("RGB")
            seen[name] = taken.getpixel((taken.width // 4, taken.height // 4))
        assert seen == shown
        assert [url for url in failed if not url.endswith("/favicon.ico")] == []
    finally:
        context.close()
