"""Firefox as distributed: it starts, keeps to its witness, asks for nothing, and stays strict."""

from __future__ import annotations

import asyncio
import json
import struct
from pathlib import Path

import pytest

from deckarchive.browser.relay import pass_frames, softened
from deckarchive.server import DeadProxy, Server
from tests import loops
from tests.browsers import SharedBrowser
from tests.firefox import firefox, needs_firefox

REFUSED = {
    "type": "error",
    "id": 7,
    "error": "unknown command",
    "message": "emulation.setMediaFeaturesOverride",
}


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        (REFUSED, False),
        ({**REFUSED, "message": "browsingContext.navigate"}, True),
        ({**REFUSED, "error": "invalid argument"}, True),
        ({"type": "event", "params": {"text": '"unknown command"'}}, True),
    ],
)
def test_only_the_missing_command_is_forgiven(message: dict[str, object], kept: bool) -> None:
    sent = json.dumps(message).encode()
    got = softened(sent)
    if kept:
        assert got == sent
    else:
        assert json.loads(got) == {"type": "success", "id": 7, "result": {}}


def frame(first: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", first, size) + payload
    return (
        struct.pack("!BBH" if size < 65536 else "!BBQ", first, 126 + (size > 65535), size) + payload
    )


class _Sink:
    def __init__(self) -> None:
        self.got = b""

    def write(self, data: bytes) -> None:
        self.got += data

    async def drain(self) -> None:
        pass


@pytest.mark.parametrize("size", [0, 1, 125, 126, 4096, 4097, 65535, 65536, 300_000])
def test_frames_of_every_length_pass_unchanged(size: int) -> None:
    stream = frame(0x81, b"a" * size) + frame(0x89, b"ping") + frame(0x01, b"x") + frame(0x80, b"y")

    async def passed() -> bytes:
        reader, sink = asyncio.StreamReader(), _Sink()
        reader.feed_data(stream)
        reader.feed_eof()
        with pytest.raises(asyncio.IncompleteReadError):
            await pass_frames(reader, sink)  # type: ignore[arg-type]
        return sink.got

    assert loops.run(passed()) == stream


PAGE = """<!doctype html><title>waiting</title><h1>Page</h1>
<img src="https://leak.example/a.png">
<script>
const say = (word) => () => { document.title = word; };
fetch("data.json").then(say("read"), say("forbidden"));
</script>"""


@needs_firefox
@pytest.mark.browser
def test_firefox_keeps_to_its_witness_and_its_rules(
    tmp_path: Path, shared_browser: SharedBrowser
) -> None:
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "data.json").write_text("1")
    settled = "document.title !== 'waiting'"
    driver = shared_browser.playwright
    with (
        DeadProxy() as witness,
        firefox(witness, playwright=driver) as browser,
        Server(tmp_path) as server,
    ):
        page = browser.new_page(viewport={"width": 800, "height": 600})
        page.goto(f"http://127.0.0.1:{server.port}/index.html")
        page.wait_for_function(settled)
        assert page.title() == "read"
        assert page.evaluate("[innerWidth, innerHeight]") == [800, 600]
        page.goto((tmp_path / "index.html").as_uri())
        page.wait_for_function(settled)
        assert page.title() == "forbidden"
        assert {a.url for a in witness.attempts} == {"leak.example:443"}
