"""Archives of any size for :mod:`bench.rewrite`: pages with their parts, and films."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from deckarchive import urls
from deckarchive.heads import Head
from deckarchive.model import CaptureRecord, Kind, RecordedExchange, State, View
from deckarchive.warc import WarcWriter

_FILM = 50_000_000
_DAY = datetime(2030, 1, 1, tzinfo=UTC)
_PARTS = 100
"""Resources of an ordinary page; the first page holds half of all, and frames."""
_BLOCK = random.Random(1).randbytes(1 << 20)


def make_archive(folder: Path, resources: int, media: int) -> None:
    """Write ``folder/talk/deck.md`` and ``folder/archive``: that many resources and media bytes."""
    films = max(1, media // _FILM) if media else 0
    pages = max(1, resources // 2 // _PARTS)
    page_urls = [f"https://site{n}.test/page/" for n in range(pages + 1)]
    film_urls = [f"https://films.test/{n}.mp4" for n in range(films)]
    slides = [f'<!-- .slide: data-background-iframe="{url}" -->' for url in page_urls]
    slides += [f'<!-- .slide: data-background-video="{url}" -->' for url in film_urls]
    (folder / "talk").mkdir(parents=True)
    (folder / "talk" / "deck.md").write_text("# Talk\n\n---\n\n" + "\n\n---\n\n".join(slides))
    for n, url in enumerate(page_urls):
        count = _PARTS if n else resources - pages * _PARTS
        write_target(
            folder, url, Kind.BACKGROUND_IFRAME, page(url, count, frames=0 if n else count // 60)
        )
    for url in film_urls:
        body = _Film(media // films)
        film = _exchange(url, "video/mp4", body, body.size, "video")
        write_target(folder, url, Kind.BACKGROUND_VIDEO, iter([film]))


def change_deck(folder: Path) -> None:
    """One word more on the first slide."""
    deck = folder / "talk" / "deck.md"
    deck.write_text(deck.read_text().replace("# Talk", "# Talk, revised", 1))


def change_page(folder: Path) -> None:
    """The last ordinary page as if captured anew, with another text in it."""
    pages = [p for p in (folder / "archive" / "targets").iterdir() if (p / "capture.json").exists()]
    records = [CaptureRecord.from_dict(json.loads((p / "capture.json").read_text())) for p in pages]
    url = max((r.url for r in records if ".test/page/" in r.url), key=lambda u: (len(u), u))
    write_target(folder, url, Kind.BACKGROUND_IFRAME, page(url, _PARTS, frames=0, text="Anew"))


def write_target(folder: Path, url: str, kind: Kind, exchanges: Iterator[RecordedExchange]) -> None:
    id = urls.target_id(url, kind.value)
    place = folder / "archive" / "targets" / id
    place.mkdir(parents=True, exist_ok=True)
    (place / "screenshot.png").write_bytes(_BLOCK[:200_000])
    with WarcWriter(place / "data.warc.gz", info={"software": "bench"}) as warc:
        for exchange in exchanges:
            warc.write(exchange)
    record = CaptureRecord(
        id=id,
        kind=kind.value,
        url=url,
        state=State.CAPTURED,
        final_url=url,
        status=200,
        started="2030-01-01T00:00:00+00:00",
        views=(View(fragment="", screenshot="screenshot.png"),),
    )
    (place / "capture.json").write_text(json.dumps(record.to_dict()))


def page(url: str, count: int, *, frames: int, text: str = "A page") -> Iterator[RecordedExchange]:
    """A page and its parts: frames, scripts (every other a module), style sheets, data, images."""
    inner = [f"{url}frame{n}.html" for n in range(frames)]
    names = [_NAMES[n % len(_NAMES)] for n in range(count - 1 - frames)]
    parts = [(f"{url}part/{n}{end}", *what) for n, (end, *what) in enumerate(names)]
    tags = [_TAGS[dest].format(part) for part, _, dest, _ in parts if dest in _TAGS]
    links = "".join(f'<p><a href="{url}other{n}.html">another</a>' for n in range(200))
    head = "<!doctype html><meta charset=utf-8><title>Page</title>"
    shown = "".join(f'<iframe src="{f}"></iframe>' for f in inner)
    yield _text(url, "text/html", f"{head}<h1>{text}</h1>{links}{''.join(tags)}{shown}", "document")
    for frame in inner:
        used = "".join(tags[:20])
        yield _text(frame, "text/html", f"{head}<h1>{frame}</h1>{links}{used}", "iframe")
    for part, mime, dest, body in parts:
        yield _text(part, mime, body.replace("URL", part) * (1 if dest == "style" else 8), dest)


_MODULE = "export const a = 'URL'; // import('x')\n" + "f(1 / 2);\n" * 90
_NAMES = (
    (".js", "text/javascript", "script", _MODULE),
    (".css", "text/css", "style", "a { background: url(1.png) } b { color: red } /* URL */\n"),
    (".png", "image/png", "image", "no picture " * 40),
    (".json", "application/json", "empty", '{"a": "URL"}' * 30),
    (".png?v=1", "image/png", "image", "no picture either " * 40),
)
_TAGS = {
    "script": '<script type="module" src="{}"></script>',
    "style": '<link rel="stylesheet" href="{}">',
    "image": '<img src="{}">',
}


def _text(url: str, mime: str, text: str, dest: str) -> RecordedExchange:
    data = text.encode()
    return _exchange(url, mime, BytesIO(data), len(data), dest)


def _exchange(url: str, mime: str, body: BytesIO, size: int, dest: str) -> RecordedExchange:
    mode = "no-cors" if dest in ("image", "style", "video") else "cors"
    asked = f"GET {url.split('.test', 1)[1]} HTTP/1.1\r\nHost: x\r\nSec-Fetch-Dest: {dest}\r\n"
    request = f"{asked}Sec-Fetch-Mode: {mode}\r\n\r\n".encode()
    response = f"HTTP/1.1 200 OK\r\nContent-Type: {mime}\r\n\r\n".encode()
    return RecordedExchange(
        method="GET",
        url=url,
        request_head=request,
        request_body=BytesIO(),
        request_size=0,
        status=200,
        reason="OK",
        http_version="HTTP/1.1",
        response_head=response,
        request_headers=Head(request).fields,
        headers=Head(response).fields,
        body=body,
        size=size,
        truncated="",
        started=_DAY,
        seconds=0.1,
    )


class _Film(BytesIO):
    """``size`` bytes that no coding makes shorter, never all in memory."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size, self._at = size, 0

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self._at = (
            offset if whence == 0 else self._at + offset if whence == 1 else self.size + offset
        )
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = (
            self.size - self._at if size is None or size < 0 else min(size, self.size - self._at)
        )
        start = self._at % len(_BLOCK)
        found = _BLOCK[start : start + min(wanted, len(_BLOCK) - start)]
        self._at += len(found)
        return found
