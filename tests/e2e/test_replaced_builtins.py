"""Pages with something of their own in place of the browser's built-ins: each is captured with what
it shows, and its copy is live (test_copies_that_replace.py has a copy for each built-in).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from deckarchive import vendor
from tests.capture.web import Web, local_web
from tests.e2e.stage import Packed, pack
from tests.replaced_builtins import REPLACED

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

# Some ten on each page, those that are replaced by help of others first.
GROUPS = 6
PAGES = {
    f"page{number}": "".join(
        f"try {{ {script} }} catch {{}}\n"
        for script in sorted(
            list(REPLACED.values())[number::GROUPS],
            key=lambda one: one.startswith(("window.", "Object.defineProperty =")),
        )
    )
    for number in range(GROUPS)
}
if "DECKARCHIVE_SINGLE_BUILTINS" in os.environ:  # a page each: to see which one it was
    PAGES = {f"page-{name}": script for name, script in REPLACED.items()}

TEXT: Final = "Words that are to be read from the last row of the hall, every one of them."
PAGE: Final = (
    "<!doctype html><meta charset=utf-8><title>Page of {name}</title>"
    "<script>const more = document.createTextNode('more');</script>"
    "<script>{script}</script><h1>{name}</h1><p>" + TEXT + "</p><img src=/red.svg width=80>"
    "<button>More</button>"
    "<script>document.getElementsByTagName('button')[0].onclick = function () {{"
    " document.body.appendChild(more); }};</script>"
)
RED: Final = (
    "<svg xmlns='http://www.w3.org/2000/svg' width='80' height='80'><path d='M0 0H80V80'/></svg>"
)
DECK: Final = """<!doctype html><html><head><meta charset="utf-8"><title>Replaced</title>
<link rel="stylesheet" href="reveal.css"></head>
<body><div class="reveal"><div class="slides">{slides}</div></div>
<script src="reveal.js"></script><script>Reveal.initialize();</script></body></html>
"""


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Packed]:
    home = tmp_path_factory.mktemp("replaced")
    (home / "deck").mkdir()
    for name in ("reveal.css", "reveal.js"):
        shutil.copy(Path(vendor.folder("reveal.js")) / "dist" / name, home / "deck" / name)
    slides = [
        f'<section data-background-iframe="https://{name}.test/"></section>' for name in PAGES
    ]
    (home / "deck/index.html").write_text(DECK.format(slides="\n".join(slides)))
    with local_web() as web:
        serve(web)
        yield pack(home, home / "deck" / "index.html", web.proxy, [])


def serve(web: Web) -> None:
    for name, script in PAGES.items():
        web.add(f"{name.lower()}.test/", PAGE.format(name=name, script=script))
        web.add(f"{name.lower()}.test/red.svg", RED, "image/svg+xml")


def test_every_page_is_captured_with_what_it_shows(packed: Packed) -> None:
    assert packed.steps["capture"].code in (0, 3), packed.steps["capture"].stderr
    told = [json.loads(p.read_text("utf-8")) for p in packed.archive.glob("targets/*/capture.json")]
    records: dict[str, Any] = {one["url"]: one for one in told}
    for name in PAGES:
        record = records[f"https://{name.lower()}.test/"]
        assert record["state"] == "captured", (name, record["reason"])
        counts = record["views"][0]["counts"]
        assert counts["images"] == 1, name
        assert counts["text"] == len((name + TEXT + "More").replace(" ", "")), name
        assert [u["changed"] for u in record["interactions"] if u["kind"] == "click"] == [True], (
            name
        )


def test_every_copy_is_rehearsed(packed: Packed) -> None:
    assert packed.steps["rehearse"].code in (0, 3), packed.steps["rehearse"].stderr
    slides = packed.rehearsal["slides"]
    assert len(slides) == len(PAGES)
    for slide, name in zip(slides, PAGES, strict=True):
        assert not slide.get("problem"), (name, slide)
        (embed,) = slide["embeds"]
        assert embed["counts"], (name, embed)
        assert embed["counts"]["images"] == 1, name
        assert (embed["tier"], embed["gap"]) == ("live", False), (name, embed)
