"""A film that is cut off on its way: the rest is asked for, and it is read as the one it is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.hostile.kit import ONE, page
from bench.hostile.match import match
from bench.hostile.media import film, ranged
from bench.hostile.server import Asked, Reply, hostile_web
from bench.shoot import shoot, target, write_manifest
from deckarchive import warc
from deckarchive.model import Kind

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def flaky(body: bytes, piece: int, *, tag: str = 'ETag: "film"') -> Callable[[Asked], Reply]:
    """Serves ranges, and loses the connection after ``piece`` bytes each time."""
    whole = ranged(body, "video/mp4")

    def answer(asked: Asked) -> Reply:
        made = whole(asked) if callable(whole) else whole
        headers = (*(h for h in made.headers if not str(h).startswith("ETag")), tag)
        cut = piece if len(made.body) > piece else None
        return Reply(
            body=made.body,
            type=made.type,
            status=made.status,
            reason=made.reason,
            headers=headers,
            cut=cut,
        )

    return answer


def test_a_cut_film_is_completed_by_ranges_and_read_whole(tmp_path: Path) -> None:
    body = film("mp4", "film.mp4", (("movflags", "faststart"),))["film.mp4"]
    body += (4_000_000).to_bytes(4, "big") + b"free" + hashlib.shake_256(b"x").digest(3_999_992)
    with hostile_web() as web:
        web.routes["/film.mp4"] = flaky(body, 1_300_000)
        words = "<p>" + "It has so much to read that it is not looked at again in a window. " * 4
        web.routes["/page/"] = page("Page", f"{words}<video preload=none src=/film.mp4></video>")
        targets = [target(f"{ONE}/film.mp4", Kind.BACKGROUND_VIDEO), target(f"{ONE}/page/")]
        made = write_manifest(targets, tmp_path / "manifest.json")
        shoot(made, tmp_path / "archive", web.proxy, jobs=1)
        folders = [tmp_path / "archive" / "targets" / one.id for one in targets]
        matched = match(web.log, [folder / "data.warc.gz" for folder in folders])
    assert matched.faults == []
    for folder in folders:
        found = warc.read_exchanges(folder / "data.warc.gz")
        (whole,) = [e for e in found if e.url.endswith("mp4") and e.status == 200]
        assert (whole.truncated, whole.size) == ("", len(body))
        with whole.open_body() as stream:
            assert stream.read() == body
        record = (folder / "capture.json").read_text("utf-8")
        assert '"state": "captured"' in record, record
    assert (folders[0] / "screenshot.png").is_file()


def test_without_a_validator_nothing_is_pieced_together(tmp_path: Path) -> None:
    body = b"\0" * 3_000_000
    with hostile_web() as web:
        web.routes["/film.mp4"] = flaky(body, 1_300_000, tag="X-None: 1")
        made = write_manifest(
            [target(f"{ONE}/film.mp4", Kind.BACKGROUND_VIDEO)], tmp_path / "manifest.json"
        )
        shoot(made, tmp_path / "archive", web.proxy, jobs=1)
        assert {entry.status for entry in web.log} == {200}
    (path,) = (tmp_path / "archive" / "targets").glob("*/capture.json")
    assert '"state": "failed"' in path.read_text("utf-8")
