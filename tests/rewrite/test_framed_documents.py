"""Documents in ``srcdoc`` and ``data:`` URLs of a copy, however they came there, load copies."""

from __future__ import annotations

import base64
import json
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest
from made_site import build, exchange
from playwright.sync_api import Page
from script_made import CDN, PNG, URL

pytestmark = pytest.mark.browser

INNER = f"""<!doctype html><meta charset="utf-8"><p>wörds</p><img src="{CDN}/a.png">
<script src="{CDN}/j.js"></script><script>
  const image = new Image();
  image.onload = () => document.body.append('made ' + image.width);
  image.src = ['https:', '', 'cdn.test', 'a.png'].join('/');
</script>"""
PERCENT = "data:text/html;charset=utf-8," + quote(INNER)
BASE64 = "data:text/html;base64," + base64.b64encode(INNER.encode()).decode()
IN_PERCENT = f'<iframe src="{PERCENT}"></iframe>'
IN_BASE64 = f"<iframe src='{BASE64}'></iframe>"
SRCDOC = f'<iframe srcdoc="{escape(INNER)}"></iframe>'
FRAME = "const frame = document.createElement('iframe');"


def script(text: str) -> str:
    return f"<div id=host></div><script>{text}</script>"


def literal(text: str) -> str:
    return json.dumps(text).replace("</", "<\\/").replace("<!", "<\\u0021")


WAYS = {
    "srcdoc, written": SRCDOC,
    "percent, written": IN_PERCENT,
    "base64, written": IN_BASE64,
    "srcdoc, property": script(
        f"{FRAME} frame.srcdoc = {literal(INNER)}; document.body.append(frame)"
    ),
    "srcdoc, attribute": script(
        f"{FRAME} frame.setAttribute('srcdoc', {literal(INNER)}); document.body.append(frame)"
    ),
    "srcdoc, markup": script(f"host.innerHTML = {literal(SRCDOC)}"),
    "percent, property": script(
        f"{FRAME} frame.src = {literal(PERCENT)}; document.body.append(frame)"
    ),
    "base64, attribute": script(
        f"{FRAME} document.body.append(frame); frame.setAttribute('src', {literal(BASE64)})"
    ),
    "percent, markup": script(f"host.insertAdjacentHTML('beforeend', {literal(IN_PERCENT)})"),
    "srcdoc, in a shadow root": script(
        f"host.attachShadow({{mode: 'open'}}).innerHTML = {literal(SRCDOC)}"
    ),
    "base64, in a closed shadow root": script(
        f"host.attachShadow({{mode: 'closed'}}).innerHTML = {literal(IN_BASE64)}"
    ),
    "srcdoc, in a declarative shadow root": (
        f"<div><template shadowrootmode=open>{SRCDOC}</template></div>"
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_it_names_and_makes_is_there(
    way: str, tmp_path: Path, served: str, page: Page
) -> None:
    site = build(
        tmp_path,
        {
            "t": [
                exchange(URL, f"<!doctype html><meta charset=utf-8><body>{WAYS[way]}"),
                exchange(f"{CDN}/a.png", PNG, "image/png"),
                exchange(f"{CDN}/j.js", "document.body.append(' script ')", "text/javascript"),
            ]
        },
    )
    for root in (served, f"{tmp_path.as_uri()}/"):
        page.goto(root + (site.document_of("t") or ""))
        shown = [
            frame
            for frame in page.frames[1:]
            if frame.wait_for_function(
                "document.images.length && document.images[0].naturalWidth === 1"
                " && document.body.innerText.includes('made 1')"
                " && document.body.innerText.includes(' script ')"
            )
        ]
        assert len(shown) == 1
        assert "wörds" in str(shown[0].evaluate("document.body.innerText"))
