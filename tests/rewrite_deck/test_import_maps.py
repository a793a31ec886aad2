"""Import maps of the deck's own page: prefixes and scopes, over http and by double-click."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hand_made import HandMade, exchange, write_offline
from playwright.sync_api import Page

from deckarchive import deck as decks
from deckarchive import manifest as manifests
from deckarchive.model import DECK_CAPTURE_ID
from deckarchive.rewriter.file_scheme.modules import find_modules
from deckarchive.server import Server

CDN = "https://cdn.example/lib@1/"
MAP = {
    "imports": {"lib/": CDN, "own/": "./parts/", "deep": f"{CDN}deep.js"},
    "scopes": {CDN: {"lib/odd": "https://other.example/odd.js", "near": "./parts/near.js"}},
}
MODULES = {
    f"{CDN}deep.js": "import a from 'lib/odd'; import b from 'near'; export default a + b",
    f"{CDN}odd": "export default 'of the library'",
    f"{CDN}plain.js": "import './beside.js?v=2'; export default 'plain'",
    f"{CDN}beside.js?v=2": "globalThis.beside = import.meta.url",
    "https://other.example/odd.js": "export default 'of the scope, '",
}
CODE = """
import deep from 'deep'; import odd from 'lib/odd'; import plain from 'lib/plain.js';
import here from 'own/here.js';
document.querySelector('#said').textContent = [deep, odd, plain, here].join('; ');
"""
SAID = "of the scope, near; of the library; plain; here"


@pytest.fixture
def offline(tmp_path: Path) -> Path:
    root = tmp_path / "talks"
    (root / "sub/parts").mkdir(parents=True)
    (root / "sub/parts/near.js").write_text("export default 'near'")
    (root / "sub/parts/here.js").write_text("export default 'here'")
    (root / "sub/talk.html").write_text(
        "<!doctype html><html><head><meta charset=utf-8>"
        f"<script type=importmap>{json.dumps(MAP)}</script></head>"
        "<body><div class=reveal><div class=slides><section><p id=said></p></section></div></div>"
        f"<script type=module>{CODE}</script></body></html>",
    )
    of = decks.read_deck(root / "sub/talk.html")
    made = manifests.build_manifest(of, decks.find_references(of))
    archive = HandMade()
    parts = [f"http://deck.localhost/parts/{name}.js" for name in ("near", "here")]
    archive.add(
        DECK_CAPTURE_ID,
        "http://deck.localhost/talk.html",
        *(exchange(url, text, "text/javascript") for url, text in MODULES.items()),
        *(exchange(url, "", "text/javascript") for url in parts),
    )
    write_offline(of, made, archive, tmp_path / "out")
    return tmp_path / "out"


@pytest.mark.browser
def test_prefixes_and_scopes_lead_to_copies(offline: Path, page: Page) -> None:
    with Server(offline) as server:
        for start in (server.url, server.address, (offline / "index.html").as_uri()):
            page.goto(start)
            page.wait_for_function("() => document.querySelector('#said').textContent")
            assert page.text_content("#said") == SAID


def test_a_map_that_is_none_harms_nobody(tmp_path: Path) -> None:
    class Nowhere:
        def path_of(self, url: str, /) -> str | None:
            return None

        def url_of(self, path: str, /) -> str:
            return "http://deck.localhost/"

    for text in ("{", "[1]", '{"imports": 3, "scopes": [1]}', '{"scopes": {"/": 1, "": null}}'):
        page = f"<script type=importmap>{text}</script><script type=module>import 'a'</script>"
        assert find_modules(page, lambda path, limit: None, Nowhere()).names == {}
