"""An embed is judged by its picture where it stands, and once it stands still."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from build import offline_folder, recorded

from deckarchive.rehearsal import RehearseOptions, rehearse
from tests.browsers import SharedBrowser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# No Reveal is global: nothing can ask it to turn slides without motion.
START = """<script type="module">import Reveal from "./assets/reveal.esm.js";
new Reveal({hash: true, transition: "slide", transitionSpeed: "slow"}).initialize();</script>
<style>.entering { transform: translate(-240px, 60px) } .entering.in { transform: none }</style>
<script>const watch = setInterval(() => {
  const frame = document.querySelector("section.present .entering");
  const report = JSON.parse(frame?.contentDocument?.documentElement.dataset.report || "{}");
  if (report.tier !== "live") return;
  clearInterval(watch);
  setTimeout(() => frame.classList.add("in"), 700);
}, 20)</script>"""

BARS = "".join(
    f'<rect x="{n * 37 % 140 + 4}" y="{n * 11 % 70 + 4}" width="9" height="2"/>' for n in range(40)
)
DRAWN = f"""<style>body {{ margin: 0 }} svg {{ width: 100vw; height: 100vh }}</style>
<svg viewBox="0 0 160 90"><text x="4" y="88" font-size="5">A map of the rivers</text>{BARS}</svg>"""
"""It looks the same at every size."""
BUSY = f"""{DRAWN}<script>let n = 0; const timer = setInterval(() => {{
document.body.append(document.createElement("i")); if (++n > 40) clearInterval(timer); }}, 100)
</script>"""
"""It is looked at when its slide has come to rest, and stands elsewhere than when it was found."""


def test_what_moves_is_no_loss_and_a_loss_is_told(
    tmp_path: Path, shared_browser: SharedBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deckarchive.rehearsal._slide._PATIENCE", 0.0)  # as on a slow machine
    names = ("turned", "entering", "lost")
    pages = list(recorded(shared_browser.browser, dict.fromkeys(names, DRAWN)))
    bodies = (BUSY, BUSY, DRAWN.replace(BARS, ""))
    pages = [replace(page, body=body) for page, body in zip(pages, bodies, strict=True)]
    for page in pages:
        page.write(tmp_path)
    frame = '<iframe data-src="frames/{0}.html" class="{0}" width="800" height="450"></iframe>'
    slides = [f"<section><h3>See</h3>{frame.format(name)}</section>" for name in names]
    extra = [("<section><p>First</p></section>", None)]
    extra += [(slide, page.target) for slide, page in zip(slides, pages, strict=True)]
    folder = offline_folder(tmp_path, [], extra=extra, head=START, start="0")
    page_file = folder / "index.html"
    text = page_file.read_text().replace('<script src="assets/reveal.js"></script>', "")
    page_file.write_text(text)
    rehearsal = rehearse(folder, RehearseOptions(timeout=12))
    found = {embed.id: embed for _, embed in rehearsal.embeds}
    assert [(found[name].gap, found[name].problems) for name in names[:2]] == [(False, ())] * 2
    assert found["lost"].gap
    assert "of what the picture showed is missing" in found["lost"].problems[0]
