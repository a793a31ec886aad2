"""Slides that nbconvert makes of a notebook: reveal.js through require.js, outputs with scripts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from examples.web.serve import LocalWeb
from tests import pypi
from tests.decks.packing import addresses, pack

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.network,
    pytest.mark.timeout(600),
]

FRAME = """
        <iframe
            width="700"
            height="400"
            src="{}"
            frameborder="0"
            allowfullscreen

        ></iframe>
        """
"""What ``IFrame`` and ``YouTubeVideo`` of IPython answer."""

PLOT = """<div><script src="https://cdn.plots.test/plot-2.27.0.min.js"></script><p id="plot"></p>
<script>plot.textContent = "plotted: " + document.documentElement.dataset.script</script></div>"""

LOADER = """(function(root) {
  var script = document.createElement('script');
  script.src = 'https://cdn.lib.test/lib-3.3.0.min.js';
  script.onload = function() { document.title = 'the library ran'; };
  document.body.appendChild(script);
})(window);"""
"""How a library's output loads itself."""


def cell(kind: str, source: str, **shown: str) -> dict[str, Any]:
    """A cell of the notebook: code where it shows anything (by MIME type), else Markdown."""
    made: dict[str, Any] = {"source": source, "metadata": {"slideshow": {"slide_type": kind}}}
    if not shown:
        return made | {"cell_type": "markdown"}
    data = {"text/plain": "…"} | {name.replace("_", "/"): text for name, text in shown.items()}
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    return made | {"cell_type": "code", "execution_count": 1, "outputs": [output]}


NOTEBOOK = {
    "cells": [
        cell("slide", "# Title\n\n$e^{i\\pi}$ ![](https://img.test/a.png)"),
        cell("slide", "IFrame()", text_html=FRAME.format("https://demo.test/a/")),
        cell("subslide", "YouTubeVideo()", text_html=FRAME.format("https://videos.test/embed/x")),
        cell("slide", "plot()", text_html=PLOT),
        cell("slide", "library()", application_javascript=LOADER),
        cell("fragment", "- a\n- b"),
    ],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}},
    "nbformat": 4,
    "nbformat_minor": 4,
}


def test_a_notebooks_slides(tmp_path: Path, web: LocalWeb, page: Page) -> None:
    (tmp_path / "talk.ipynb").write_text(json.dumps(NOTEBOOK))
    pypi.run("nbconvert", "7.16.6", "nbconvert", "--to", "slides", "talk.ipynb", folder=tmp_path)
    packed = pack(tmp_path / "talk.slides.html", tmp_path, web)
    assert (packed.code, set(packed.tiers)) == (0, {"live"}), packed.said
    assert "index.html shows the embeds as present does" in packed.said
    told: list[str] = []
    page.on("request", lambda r: told.append(r.headers.get("x-deckarchive-slide", "")))
    for address in addresses(packed.offline, page):
        page.goto(address)
        page.wait_for_selector(".reveal.ready .MathJax, .reveal .MathJax_CHTML, .reveal .mjx-chtml")
        page.wait_for_function("document.title === 'the library ran'")
        assert page.text_content("#plot") == "plotted: ran"
        for slide in ("#/1", "#/1/1", "#/2"):
            page.keyboard.press("PageDown")
            page.wait_for_function("here => location.hash === here", arg=slide)
            if slide != "#/2":
                element = page.wait_for_selector("section.present:not(.stack) iframe[src]")
                frame = element.content_frame()
                assert frame
                frame.wait_for_function("() => deckarchive.tier === 'live'")
        for _ in range(200):
            if "/2/0" in told or not address.startswith("http"):
                break
            page.wait_for_timeout(50)
    assert "/2/0" in told
