"""Decks, manifests and archives made by hand from the model's own values."""

from __future__ import annotations

import hashlib
import io
import shutil
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import av

from deckarchive import urls, vendor
from deckarchive.model import (
    CaptureRecord,
    ContentCounts,
    Deck,
    DeckInfo,
    Exchange,
    FinishedDeck,
    Kind,
    LocalFile,
    Manifest,
    OfflineDeck,
    Reference,
    Source,
    State,
    Target,
    View,
)
from deckarchive.rewriter import place, plan, write


def exchange(url: str, body: bytes | str, mime: str = "text/html", status: int = 200) -> Exchange:
    data = body.encode() if isinstance(body, str) else body
    location = (("Location", data.decode()),) if 300 <= status < 400 else ()
    return Exchange(
        method="GET",
        url=url,
        status=status,
        request_headers=(),
        headers=(("Content-Type", mime), *location),
        timestamp="2026-11-01T10:00:00Z",
        digest="sha256:" + hashlib.sha256(data).hexdigest(),
        size=len(data),
        open_body=lambda: io.BytesIO(data),
    )


def png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """A PNG of one colour."""
    row = b"\0" + bytes(colour) * width

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(row * height))
        + chunk(b"IEND", b"")
    )


@cache
def video() -> bytes:
    """One second of a moving test picture."""
    made = io.BytesIO()
    with av.open(made, "w", format="webm") as container:
        stream = container.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for shade in range(0, 250, 25):
            picture = av.VideoFrame(320, 180, "yuv420p")
            for plane in picture.planes:
                row = bytes((shade + 40 * (x // 16)) % 256 for x in range(plane.line_size))
                plane.update(row * plane.height)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return made.getvalue()


@dataclass
class HandMade:
    """An archive in memory, as ``deckarchive.archive`` would read it from disk."""

    records: dict[str, CaptureRecord] = field(default_factory=dict)
    bodies: dict[str, list[Exchange]] = field(default_factory=dict)
    pictures: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def exchanges(self, target_id: str) -> Sequence[Exchange]:
        return self.bodies.get(target_id, [])

    def screenshot(self, target_id: str, view: View) -> bytes | None:
        return self.pictures.get((target_id, view.fragment))

    def add(
        self,
        target_id: str,
        url: str,
        *exchanges: Exchange,
        state: State = State.CAPTURED,
        views: Mapping[str, tuple[ContentCounts, tuple[int, int, int]]] | None = None,
        **more: Any,
    ) -> None:
        seen = []
        for fragment, (counts, colour) in (views or {}).items():
            self.pictures[target_id, fragment] = png(320, 180, colour)
            seen.append(View(fragment=fragment, screenshot="screenshot.png", counts=counts))
        self.bodies[target_id] = list(exchanges)
        self.records[target_id] = CaptureRecord(
            id=target_id,
            kind="",
            url=url,
            state=state,
            views=tuple(seen),
            **{"final_url": url, "started": "2026-11-01T10:00:00Z", **more},
        )


def reference(source: Source, raw: str, nth: int = 0, **more: Any) -> Reference:
    """The ``nth`` place where ``raw`` stands in a source."""
    start = -1
    for _ in range(nth + 1):
        start = source.text.index(raw, start + 1)
    line = source.text.count("\n", 0, start)
    column = start - (source.text.rfind("\n", 0, start) + 1)
    fragment = raw.partition("#")[2]
    return Reference(
        slide=more.pop("slide", (0, 0)),
        file=source.path,
        line=line + 1,
        column=column + 1,
        span=(start, start + len(raw)),
        raw=raw,
        fragment=more.pop("fragment", fragment),
        **more,
    )


def target(kind: Kind, url: str, *references: Reference) -> Target:
    document = urls.split_fragment(url)[0]
    return Target(
        id=urls.target_id(document, kind.value), kind=kind, url=document, references=references
    )


def deck(root: Path, path: str, text: str, **more: Any) -> Deck:
    root.mkdir(parents=True, exist_ok=True)
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, "utf-8", newline="")
    return Deck(
        root=str(root),
        path=path,
        format=more.pop("format", "html"),
        title=more.pop("title", "A deck"),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        sources=(Source(path=path, text=text), *more.pop("sources", ())),
        **more,
    )


def manifest(of: Deck, targets: Sequence[Target], local: Sequence[LocalFile] = ()) -> Manifest:
    info = DeckInfo(path=of.path, format=of.format, title=of.title, sha256=of.sha256, slides=1)
    return Manifest(deck=info, targets=tuple(targets), local=tuple(local))


def put_reveal(root: Path, package: Path) -> None:
    """Copy a reveal.js package's files beside a deck."""
    for name in ("dist", "plugin", "css", "js", "lib"):
        if (package / name).is_dir():
            shutil.copytree(package / name, root / name, dirs_exist_ok=True)


def vendored_reveal() -> Path:
    return vendor.folder("reveal.js")


def write_offline(
    of: Deck,
    made: Manifest,
    archive: HandMade,
    out: Path,
    finish: Callable[[Deck, Mapping[str, str]], FinishedDeck] | None = None,
    warnings: list[str] | None = None,
) -> OfflineDeck:
    """Plan and write an offline folder; ``finish`` makes the page, as the deck package does."""
    placements = place(of, made, archive)
    source = of.sources[0]
    if finish:
        finished = finish(of, placements.sources)
    else:
        finished = FinishedDeck(page=replace(source, text=placements.sources[source.path]))
    planned = plan(placements, finished)
    notes = list(planned.notes)
    offline = write(planned, out, notes.append)
    if warnings is not None:
        warnings += notes
    return offline
