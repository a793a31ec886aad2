# ruff: noqa: E501 (pages stand in it as they are)
"""Frames of several live origins that talk to each other, all from one origin now."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_site import build, exchange
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

URL = "https://site.test/talk/"
PLAYER = "https://player.test/embed/abc"
WIDGET = "https://widget.test"
JS = "text/javascript"

PAGE = f"""<!doctype html><html><head><title></title></head><body>
<iframe id=player src="{PLAYER}?api=1&origin=https%3A%2F%2Fsite.test"></iframe><script>
const heard = [];
const player = document.querySelector('#player');
addEventListener('message', (e) => {{
  const from = e.source === player.contentWindow ? 'player' : e.source === window ? 'self' : 'widget';
  heard.push([e.origin, from, JSON.stringify(e.data)].join(' '));
  if (e.data === 'ready' && e.origin === 'https://player.test') {{
    player.contentWindow.postMessage('to nobody', 'https://other.test');
    player.contentWindow.postMessage(JSON.stringify({{ text: 1 }}), 'https://player.test');
    player.contentWindow.postMessage({{ object: 1 }}, 'https://player.test/embed');
    player.contentWindow.postMessage([1], {{ targetOrigin: '*' }});
    const channel = new MessageChannel();
    channel.port1.onmessage = (reply) => heard.push('port ' + reply.data);
    player.contentWindow.postMessage('port', '*', [channel.port2]);
    window.postMessage('own', location.origin);
  }}
}});
</script><script src="{WIDGET}/widgets.js"></script></body></html>"""

FRAMED = """<!doctype html><script>
addEventListener('message', (e) => {
  if (e.ports.length) return e.ports[0].postMessage('answered');
  e.source.postMessage({ asked: e.data, by: e.origin, parent: e.source === parent }, e.origin);
});
parent.postMessage('ready', new URLSearchParams(location.search).get('origin'));
</script>"""

WIDGETS = f"""const frame = document.createElement('iframe');
frame.src = '{WIDGET}/post.html?id=7&from=' + encodeURIComponent(location.href) + '&origin=' + location.origin;
document.body.append(frame);"""

POST = """<!doctype html><script>
const asked = new URLSearchParams(location.search);
parent.postMessage(asked.get('from') + ' ' + document.referrer, asked.get('origin'));
</script>"""


@pytest.mark.parametrize("on_file", [False, True], ids=["served", "file"])
def test_frames_hear_the_live_origins(
    tmp_path: Path, served: str, page: Page, on_file: bool
) -> None:
    origin = "https%3A%2F%2Fsite.test"
    site = build(
        tmp_path,
        {
            "t": [
                exchange(URL, PAGE, dest="document"),
                exchange(f"{PLAYER}?api=1&origin={origin}", FRAMED, dest="iframe"),
                exchange(f"{WIDGET}/widgets.js", WIDGETS, JS),
                exchange(f"{WIDGET}/post.html?id=7&from={origin}%2Ftalk%2F&origin=https://site.test", POST, dest="iframe"),
            ]
        },
    )  # fmt: skip
    start = f"{tmp_path.as_uri()}/" if on_file else served
    page.goto(start + (site.document_of("t") or ""))
    page.wait_for_function("heard.length >= 7")
    expected = {
        'https://player.test player "ready"',
        *(
            f'https://player.test player {{"asked":{asked},"by":"https://site.test","parent":true}}'
            for asked in (r'"{\"text\":1}"', '{"object":1}', "[1]")
        ),
        'https://site.test self "own"',
        "port answered",
        # A browser tells no referrer on file://.
        f'https://widget.test widget "https://site.test/talk/ {"" if on_file else "https://site.test/"}"',
    }
    assert set(page.evaluate("heard")) == expected
