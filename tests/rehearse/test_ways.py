"""The three ways in which a folder is opened, a machine without a network, and unlisted embeds."""

from __future__ import annotations

from pathlib import Path

import pytest
from build import Page, offline_folder, write
from labelled import png

from deckarchive.model import Tier
from deckarchive.rehearsal import Rehearsal, RehearseOptions, Way, rehearsal_summary, rehearse
from tests.firefox import needs_firefox

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TEXT = "<h1>A page of text</h1>" + "<p>Words that can be read from the last row.</p>" * 12
ONLINE = f"<main id=m></main><script>m.innerHTML = navigator.onLine ? '' : `{TEXT}`</script>"
IN_A_WORKER = f"""<main id=m></main><script>
const said = new Worker(URL.createObjectURL(new Blob(["postMessage(navigator.onLine)"])));
said.onmessage = (event) => {{ m.innerHTML = event.data ? "" : `{TEXT}` }};</script>"""
NAMED = (
    "<script>document.write(location.hostname.endsWith('deck.localhost') ? `TEXT` : '')</script>"
).replace("TEXT", TEXT)
POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:\">"
)


def gaps(rehearsal: Rehearsal) -> dict[str, Tier]:
    return {embed.id: embed.tier for _, embed in rehearsal.gaps}


@pytest.mark.parametrize("way", list(Way))
def test_each_way_is_walked(tmp_path: Path, way: Way) -> None:
    pages = [Page("good"), Page("no-file", None), Page("needs-its-name", NAMED)]
    folder = offline_folder(tmp_path, pages)
    rehearsal = rehearse(folder, RehearseOptions(way=way, timeout=10))
    assert rehearsal.way is way
    assert rehearsal.leaks == ()
    wanted = {"no-file"} | (set() if way is Way.PRESENT else {"needs-its-name"})
    assert set(gaps(rehearsal)) == wanted, [e for _, e in rehearsal.gaps]
    assert rehearsal.to_dict()["way"] == way.value


def test_pages_see_no_network(tmp_path: Path) -> None:
    folder = offline_folder(tmp_path, [Page("page", ONLINE)])
    assert rehearse(folder).ok


@needs_firefox
def test_pages_and_workers_see_no_network_in_firefox(tmp_path: Path) -> None:
    folder = offline_folder(tmp_path, [Page("page", ONLINE), Page("worker", IN_A_WORKER)])
    rehearsal = rehearse(folder, RehearseOptions(browser=Path("firefox")))
    assert rehearsal.ok, gaps(rehearsal)


def test_what_scripts_make_is_judged_and_named(tmp_path: Path) -> None:
    slides = {
        "frame": "<iframe src='own/good.html' width=800 height=500></iframe>",
        "frame-error": "<iframe src='own/404.html' width=800 height=500></iframe>",
        "shadow": "<div class=host data-src='own/404.html'></div>",
        "shadow-good": "<div class=host data-src='own/good.html'></div>",
        "srcdoc": f"<iframe srcdoc='{TEXT}' width=800 height=500></iframe>",
        "srcdoc-broken": "<iframe srcdoc='<img src=own/lost.png>' width=800 height=500></iframe>",
        "data": f"<iframe src='data:text/html,{TEXT}' width=800 height=500></iframe>",
        "image": "<img src='own/lost.png' width=600 height=400>",
        "image-good": "<img src='own/good.png' width=600 height=400>",
        "small": "<iframe src='own/404.html' width=1 height=1></iframe>",
        "web": "<iframe src='https://gone.example/' width=800 height=500></iframe>",
    }
    script = """<script>for (const host of document.querySelectorAll('.host')) {
      const frame = Object.assign(document.createElement('iframe'), {width: 800, height: 500});
      frame.src = host.dataset.src;
      host.attachShadow({mode: 'open'}).append(frame) }</script>"""
    made = [(f"<section>{slide}</section>", None) for slide in slides.values()]
    folder = offline_folder(tmp_path, [], extra=[*made, (f"<section>{script}</section>", None)])
    write(folder / "own/good.html", f"<!doctype html>{POLICY}{TEXT}")
    write(folder / "own/404.html", f"<!doctype html>{POLICY}<title>404 Not Found</title><p>nginx")
    write(folder / "own/good.png", png(600, 400))
    rehearsal = rehearse(folder)
    names = list(slides)
    broken = {names[slide.slide[0]]: embed for slide, embed in rehearsal.gaps}
    assert set(broken) == {
        "frame-error", "shadow", "srcdoc-broken", "image", "web",
    }, rehearsal_summary(rehearsal)  # fmt: skip
    assert broken["web"].url == "https://gone.example/"
    assert broken["web"].tier is Tier.CARD
    assert "did not load" in broken["srcdoc-broken"].problems[0]
    assert "own/lost.png" in rehearsal_summary(rehearsal)
    assert {names[s.slide[0]] for s, e in rehearsal.embeds if not e.gap} == {
        "frame", "shadow-good", "srcdoc", "data",
    }  # fmt: skip
