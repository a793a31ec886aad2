# ruff: noqa: E501 (pages stand in it as they are)
"""Scripts that go on from where an answer stood: what a list on another host names is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_site import build, exchange
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

URL = "https://site.test/talk/"
PAGE = """<!doctype html><html><head><title></title></head><body><script>
(async () => {
  const out = {};
  const follow = async (url, names) => {
    const text = [];
    for (const name of names) text.push(await (await fetch(new URL(name, url))).text());
    return text.join();
  };
  out.fetched = await follow((await fetch('https://go.test/film')).url, ['/seg/1.m4s', '2.m4s']);
  out.heard = await new Promise((done) => {
    const x = new XMLHttpRequest(); x.onload = () => done(follow(x.responseURL, ['/seg/1.m4s', '2.m4s']));
    x.open('GET', 'https://go.test/film'); x.send();
  });
  out.own = await follow((await fetch('lists/own.mpd')).url, ['3.m4s']);
  const state = (await fetch('lists/own.mpd')).url;
  try { history.replaceState(null, '', state); out.kept = true; } catch { out.kept = location.protocol; }
  window.out = out; document.title = 'done';
})().catch((e) => { document.title = 'failed: ' + e.stack; });
</script></body></html>"""


@pytest.mark.parametrize("way", ["server", "folder"])
def test_an_answer_tells_where_it_stood(tmp_path: Path, served: str, page: Page, way: str) -> None:
    dash, film = "application/dash+xml", "https://films.test/a/film.mpd"
    site = build(
        tmp_path,
        {
            "t": [
                exchange(URL, PAGE, dest="document"),
                exchange("https://go.test/film", status=302, headers={"Location": film}),
                exchange(film, "<MPD/>", dash, dest="empty"),
                exchange("https://films.test/seg/1.m4s", "one", "video/mp4", dest="empty"),
                exchange("https://films.test/a/2.m4s", "two", "video/mp4", dest="empty"),
                exchange(f"{URL}lists/own.mpd", "<MPD/>", dash, dest="empty"),
                exchange(f"{URL}lists/3.m4s", "three", "video/mp4", dest="empty"),
            ]
        },
    )
    path = site.document_of("t") or ""
    page.goto(served + path if way == "server" else (tmp_path / path).as_uri())
    page.wait_for_function("document.title !== ''")
    assert page.title() == "done"
    told = {"fetched": "one,two", "heard": "one,two", "own": "three", "kept": True}
    assert page.evaluate("out") == told
