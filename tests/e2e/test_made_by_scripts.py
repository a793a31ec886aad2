"""Slides that a deck's own scripts make: listed nowhere in its source, and shown all the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from deckarchive import vendor
from deckarchive.server import DeadProxy
from examples.web.serve import LocalWeb
from tests.browsers import Behind
from tests.e2e.stage import Packed, deckarchive, eventually, frames_of, open_slide, pack, presented

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

DECK = """<!doctype html><html><head><meta charset="utf-8"><title>Made</title>
<link rel="stylesheet" href="lib/reveal.css"></head>
<body><div class="reveal"><div class="slides">
<section data-background-iframe="http://oldweb.example/home.html"><h2>Named</h2></section>
<section id="more"></section>
</div></div>
<script>
const slide = (html, background) => {
  const section = document.createElement("section");
  if (background) section.setAttribute("data-background-iframe", background);
  section.innerHTML = html;
  document.querySelector(".slides").append(section);
};
const web = (host, path) => `https://${host}.example/${path}`;
slide("", web("museum", "letter" + ".html"));
slide(`<iframe data-src="${web("gallery", "")}" width="600" height="400"></iframe>`);
slide(`<iframe data-src="own/pages/local.html"></iframe>`);
slide(`<iframe src="${web("nowhere", "lost.html")}"></iframe>`);
slide("<section><h2>Row</h2></section>", web("museum", "behind.html")); // not started by reveal.js
document.getElementById("more").remove();
</script>
<script src="lib/reveal.js"></script><script>Reveal.initialize();</script></body></html>
"""


@pytest.fixture(scope="module")
def packed(web: LocalWeb, tmp_path_factory: pytest.TempPathFactory) -> Packed:
    home = tmp_path_factory.mktemp("made")
    (home / "deck/own/pages").mkdir(parents=True)
    (home / "deck/lib").mkdir()
    for name in ("reveal.css", "reveal.js"):
        shutil.copy(Path(vendor.folder("reveal.js")) / "dist" / name, home / "deck/lib" / name)
    (home / "deck/own/pages/local.html").write_text("<title>L</title><h1>A page of its own</h1>")
    (home / "deck/index.html").write_text(DECK)
    return pack(home, home / "deck" / "index.html", web.proxy, web.log)


def test_they_are_captured_and_rehearsed(packed: Packed) -> None:
    assert len(packed.manifest["targets"]) == 1
    assert [packed.steps[step].code for step in ("manifest", "capture", "rewrite", "rehearse")] == [
        0, 3, 3, 3,
    ]  # fmt: skip
    shown = [
        (target["slides"], target["kind"], target["best"])
        for target in packed.provenance["targets"]
    ]
    assert shown == [
        ([[0, 0]], "background-iframe", "live"),
        ([[1, 0]], "background-iframe", "live"),
        ([[2, 0]], "iframe", "live"),
        ([[3, 0]], "iframe", "live"),
        ([[4, 0]], "iframe", "card"),
    ]
    tiers = [e["tier"] for s in packed.rehearsal["slides"] for e in s["embeds"]]
    assert tiers == ["live", "live", "live", "live", "card"]
    sizes = {
        record["url"]: record["viewport"]
        for path in (packed.archive / "targets").glob("*/capture.json")
        if (record := json.loads(path.read_text("utf-8")))
    }
    assert sizes["https://gallery.example/"] == [600, 400]


def test_they_are_there_with_the_network_cut(
    packed: Packed, page: Page, offline_browser: tuple[Behind, DeadProxy]
) -> None:
    targets = {t["slides"][0][0]: t for t in packed.provenance["targets"]}
    with presented(packed.offline) as address:
        for h, words in ((1, "Письмо из архива"), (3, "A page of its own")):
            open_slide(page, address, (h, 0))
            frames = targets[h]["id"]

            def there(name: str = frames, words: str = words) -> bool:
                inner = [c for f in frames_of(page, name) for c in f.child_frames]
                return any(words in str(f.evaluate("document.body.innerText")) for f in inner)

            eventually(there, page, words)
    assert [a.url for a in offline_browser[1].attempts if ".example" in a.url] == []


def test_nothing_is_captured_twice(packed: Packed, web: LocalWeb) -> None:
    again = deckarchive(
        packed.home, "capture", packed.home / "deck/index.html", "-o", packed.archive,
        "--proxy", web.proxy, "--insecure", "--json",
    )  # fmt: skip
    report = again.json
    assert report["captured_now"] == []
    assert len(report["targets"]) == 6


def test_the_source_names_nothing_of_it(packed: Packed) -> None:
    assert "museum.example" not in Path(packed.home / "deck/index.html").read_text()
