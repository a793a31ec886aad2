"""Pages with something of their own in place of the browser's built-ins, one after another:
each is captured with what it shows, or named as failed; none ends a run."""

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

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

NOTHING: Final = "function () { return null; }"
THROWS: Final = "function () { throw new Error('mine'); }"
REPLACED = {
    "Map": "window.Map = function (element) { this.el = element; };",
    "Set": f"window.Set = {NOTHING};",
    "WeakMap": f"window.WeakMap = {THROWS};",
    "JSON": "window.JSON = { parse: (text) => ({ text }), stringify: () => 7 };",
    "Promise": f"window.Promise = {THROWS};",
    "then": f"Promise.prototype.then = {NOTHING};",
    "Symbol": "window.Symbol = () => 'symbol';",
    "iterator": "Array.prototype[Symbol.iterator] = function* () {};",
    "Array": f"window.Array = {THROWS};",
    "from": f"Array.from = {THROWS};",
    "isArray": "Array.isArray = () => false;",
    "Object": f"window.Object = {NOTHING};",
    "keys": f"Object.keys = Object.entries = Object.values = Object.assign = {THROWS};",
    "define": f"Object.defineProperty = Object.getOwnPropertyDescriptor = {THROWS};",
    "freeze": "Object.freeze(window);",
    "toJSON": "Object.prototype.toJSON = Array.prototype.toJSON = () => 'mine';",
    "prototype": "Object.prototype.get = Object.prototype.value = 1;",
    "Date": f"window.Date = {THROWS};",
    "now": "Date.now = performance.now = () => NaN;",
    "performance": "Object.defineProperty(window, 'performance', { value: {} });",
    "setTimeout": f"window.setTimeout = window.setInterval = {NOTHING};",
    "frames": f"window.requestAnimationFrame = {NOTHING};",
    "Error": f"window.Error = window.TypeError = {NOTHING};",
    "String": f"window.String = {NOTHING}; String.prototype.replace = {THROWS};",
    "Number": f"window.Number = {NOTHING}; window.isFinite = () => false;",
    "Math": "window.Math = {};",
    "RegExp": f"window.RegExp = {THROWS}; RegExp.prototype.exec = () => null;",
    "URL": f"window.URL = {THROWS};",
    "call": f"Function.prototype.call = Function.prototype.apply = {THROWS};",
    "bind": f"Function.prototype.bind = {NOTHING};",
    "eval": f"window.eval = window.Function = {THROWS};",
    "query": f"Document.prototype.querySelector = Document.prototype.querySelectorAll = {THROWS};",
    "element": "Element.prototype.querySelectorAll = Element.prototype.getAttribute = () => null;",
    "box": f"Element.prototype.getBoundingClientRect = {NOTHING};",
    "style": f"window.getComputedStyle = {NOTHING};",
    "text": "Object.defineProperty(HTMLElement.prototype, 'innerText', { get: () => 9 });",
    "listen": f"EventTarget.prototype.addEventListener = {NOTHING};",
    "observer": f"window.MutationObserver = {THROWS};",
    "messages": f"window.postMessage = {NOTHING};",
    "title": "Object.defineProperty(document, 'title', { get: () => ({}) });",
    "fetch": f"window.fetch = window.XMLHttpRequest = {THROWS};",
    "proxies": "window.Proxy = window.Reflect = undefined;",
}
for _name in ("map", "filter", "forEach", "flatMap", "slice", "push", "splice", "join", "includes"):
    REPLACED[f"array-{_name.lower()}"] = f"Array.prototype.{_name} = {NOTHING};"
if "DECKARCHIVE_ALL_BUILTINS" not in os.environ:  # all of them take six minutes
    REPLACED = dict(list(REPLACED.items())[::3])

TEXT: Final = "Words that are to be read from the last row of the hall, every one of them."
PAGE: Final = (
    "<!doctype html><meta charset=utf-8><title>Page of {name}</title>"
    "<script>{script}</script><h1>{name}</h1><p>" + TEXT + "</p><img src=/red.svg width=80>"
    "<button>More</button>"
    "<script>document.getElementsByTagName('button')[0].onclick = function () {{"
    " document.body.append('more'); }};</script>"
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
        f'<section data-background-iframe="https://{name}.test/"></section>' for name in REPLACED
    ]
    (home / "deck/index.html").write_text(DECK.format(slides="\n".join(slides)))
    with local_web() as web:
        serve(web)
        yield pack(home, home / "deck" / "index.html", web.proxy, [])


def serve(web: Web) -> None:
    for name, script in REPLACED.items():
        web.add(f"{name.lower()}.test/", PAGE.format(name=name, script=script))
        web.add(f"{name.lower()}.test/red.svg", RED, "image/svg+xml")


def test_every_page_is_captured_with_what_it_shows(packed: Packed) -> None:
    assert packed.steps["capture"].code in (0, 3), packed.steps["capture"].stderr
    told = [json.loads(p.read_text("utf-8")) for p in packed.archive.glob("targets/*/capture.json")]
    records: dict[str, Any] = {one["url"]: one for one in told}
    for name in REPLACED:
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
    assert len(slides) == len(REPLACED)
    for slide, name in zip(slides, REPLACED, strict=True):
        assert not slide.get("problem"), (name, slide)
        (embed,) = slide["embeds"]
        assert embed["counts"], (name, embed)
        assert embed["counts"]["images"] == 1, name
