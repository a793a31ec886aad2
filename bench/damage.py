"""What single flipped bits and cuts do to an archive: ``python -m bench.damage``.

A small archive is made, one bit (or the end) of one of its files is changed, and everything in it
is replayed and compared with what it was. A change is *harmless* (all of it is as it was),
*repaired* (so, and said), *told* (something is lost, and a line names the target or the URL; what
an audience may miss has exit code 3 or 4), *unnamed* (something is lost, and no line says what), or
a *crash*.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import hashlib
import io
import json
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deckarchive import archive as archives
from deckarchive import deck as decks
from deckarchive import manifest as manifests
from deckarchive import urls
from deckarchive.cli import run
from deckarchive.errors import DeckarchiveError
from deckarchive.heads import Head
from deckarchive.model import CaptureRecord, RecordedExchange, State, View
from deckarchive.warc import WarcWriter, screenshot_uri

HOST = "https://pages.example"
DECK = '# One\n\n---\n\n<!-- .slide: data-background-iframe="https://pages.example/{0}/" -->\n'
OUTCOMES = ("harmless", "repaired", "told", "unnamed", "crash")
_PNG = b"\x89PNG\r\n\x1a\n"


def make_archive(folder: Path) -> Path:
    """A deck of two pages in ``folder/talk.md`` and its archive in ``folder/archives/talk``, as a
    capture leaves it."""
    (folder / "talk.md").write_text("---\n".join(DECK.format(n) for n in range(2)))
    out = folder / "archives" / "talk"
    records = [_target(out / "targets", n) for n in range(2)]
    sums = {
        record["id"]: hashlib.sha256(
            (out / "targets" / record["id"] / "capture.json").read_bytes()
        ).hexdigest()
        for record in records
    }
    deck = decks.read_deck(folder / "talk.md")
    listed = manifests.build_manifest(deck, decks.find_references(deck))
    manifests.save_manifest(manifests.with_path(listed, "talk.md"), out / "manifest.json")
    report = {
        "version": 1,
        "deck": {"path": "talk.md", "format": "reveal-md", "title": "Talk", "sha256": "0" * 64},
        "targets": records,
        "sums": sums,
        "manifest": hashlib.sha256((out / "manifest.json").read_bytes()).hexdigest(),
        "slides": {record["id"]: [[2 * n + 1, 0]] for n, record in enumerate(records)},
    }
    _write(out / "report.json", report)
    return out


def _write(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _target(targets: Path, number: int) -> dict[str, object]:
    noise = random.Random(number)
    url = f"{HOST}/{number}/"
    folder = targets / urls.target_id(url, "background-iframe")
    folder.mkdir(parents=True)
    words = [f"word{noise.randrange(999)}" for _ in range(1500)]
    html = f"<!doctype html><link rel=stylesheet href=a.css><p>{' '.join(words)}".encode()
    script = "".join(f"f({noise.random()});\n" for _ in range(500)).encode()
    image = _PNG + noise.randbytes(6000)
    with WarcWriter(folder / "data.warc.gz", info={"software": "bench"}) as warc:
        for one in (
            exchange(url, html, "text/html; charset=utf-8"),
            exchange(f"{url}a.css", b"p { color: red }\n" * 20, "text/css"),
            exchange(f"{url}a.js", gzip.compress(script, mtime=0), "text/javascript", coded=True),
            exchange(f"{url}a.png", image, "image/png"),
            exchange(f"{url}same.png", image, "image/png"),
            exchange(f"{url}old", b"", "text/html", status="301 Moved", extra=f"Location: {url}"),
            exchange(f"{url}api", b'{"n": 1}', "application/json", method="POST", asked=b"n=1"),
            exchange(f"{url}none", b"not here", "text/plain", status="404 Not Found"),
        ):
            warc.write(one)
        picture = _PNG + noise.randbytes(3000)
        warc.resource(screenshot_uri(url), picture, "image/png")
        warc.metadata(url, {"state": "captured"})
        count = warc.exchanges
    (folder / "screenshot.png").write_bytes(picture)
    record = CaptureRecord(
        id=folder.name,
        kind="background-iframe",
        url=url,
        state=State.CAPTURED,
        final_url=url,
        status=200,
        title=f"Page {number}",
        requests=count,
        started="2030-01-01T00:00:00Z",
        views=(View(fragment="", screenshot="screenshot.png"),),
    ).to_dict()
    names = ("data.warc.gz", "screenshot.png")
    data = {name: (folder / name).read_bytes() for name in names}
    record["files"] = {
        name: {"size": len(one), "sha256": hashlib.sha256(one).hexdigest()}
        for name, one in data.items()
    }
    _write(folder / "capture.json", record)
    return record


def exchange(
    url: str,
    body: bytes,
    kind: str,
    *,
    status: str = "200 OK",
    method: str = "GET",
    asked: bytes = b"",
    coded: bool = False,
    extra: str = "X-Bench: yes",
) -> RecordedExchange:
    """An exchange as the proxy hands it to the WARC."""
    coding = "Content-Encoding: gzip\r\n" if coded else ""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{coding}{extra}\r\n\r\n".encode()
    request = f"{method} {urls.path(url)} HTTP/1.1\r\nHost: pages.example\r\n\r\n".encode()
    return RecordedExchange(
        method=method,
        url=url,
        request_head=request,
        request_body=io.BytesIO(asked),
        request_size=len(asked),
        status=int(status[:3]),
        reason=status[4:],
        http_version="HTTP/1.1",
        response_head=head,
        request_headers=Head(request).fields,
        headers=Head(head).fields,
        body=io.BytesIO(body),
        size=len(body),
        truncated="",
        started=datetime(2030, 1, 1, tzinfo=UTC),
        seconds=0.1,
    )


Shown = dict[str, object]


def shown(out: Path) -> Shown:
    """All that can be replayed from an archive, and its pictures."""
    opened = archives.open_archive(out)
    replay = archives.Replay(opened)
    found: Shown = {}
    for n in range(2):
        for name in ("", "a.css", "a.js", "a.png", "same.png", "old", "api", "none"):
            url, post = f"{HOST}/{n}/{name}", name == "api"
            answer = replay.find("POST" if post else "GET", url, (), b"n=1" if post else b"")
            if answer is not None:
                with answer.open_body() as stream:
                    found[url] = (answer.status, answer.headers, stream.read())
    for name, record in opened.records.items():
        taken = opened.screenshot(name)
        picture = taken.read_bytes() if isinstance(taken, Path) else taken
        found[name] = (record.to_dict(), picture)
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a file: a bit flipped, or (``bit`` is None) all from ``at`` cut off."""

    file: str
    at: int
    bit: int | None

    def apply(self, folder: Path) -> None:
        path = folder / self.file
        data = bytearray(path.read_bytes())
        if self.bit is None:
            del data[self.at :]
        else:
            data[self.at] ^= 1 << self.bit
        path.write_bytes(data)


def changes(out: Path, name: str, count: int, *, cut: bool, seed: int) -> list[Change]:
    """Seeded changes to the files of that name, spread over them by their sizes."""
    chance = random.Random(f"{name} {cut} {seed}")
    paths = sorted(out.rglob(name))
    sizes = [path.stat().st_size for path in paths]
    made = []
    for _ in range(count):
        (path,) = chance.choices(paths, sizes)
        at = chance.randrange(path.stat().st_size)
        bit = None if cut else chance.randrange(8)
        made.append(Change(path.relative_to(out).as_posix(), at, bit))
    return made


def judge(original: Path, change: Change, expected: Shown, command: str) -> tuple[str, str]:
    """The outcome of a change, and what the command printed."""
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "archives" / "talk"
        shutil.copytree(original, out)
        shutil.copy(original.parent.parent / "talk.md", place)
        change.apply(out)
        said = io.StringIO()
        before = Path.cwd()
        os.chdir(place)
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                words = [str(out)] if command == "status" else ["talk.md"]
                code = run([command, *words])
                try:
                    same = shown(out) == expected
                except DeckarchiveError:
                    same = False
        except Exception as error:
            return "crash", repr(error)
        finally:
            os.chdir(before)
    text = said.getvalue()
    if code == 1 or "internal error" in text:
        return "crash", text
    if same and code == 0:
        return ("repaired" if "note: " in text else "harmless"), text
    said_of = [line for line in text.splitlines() if "damaged" in line or "note: " in line]
    named = any(f"{HOST}/" in line or "pages-example-" in line for line in said_of)
    return ("told" if named or code == 4 else "unnamed"), text


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--command", choices=("rewrite", "status"), default="rewrite")
    given = parser.parse_args(arguments)
    kinds = [
        ("data.warc.gz", 239, False),
        ("data.warc.gz", 24, True),
        ("capture.json", 60, False),
        ("report.json", 60, False),
        ("manifest.json", 60, False),
        ("screenshot.png", 60, False),
    ]
    print(f"{'changed':<22}{'tried':>7}" + "".join(f"{name:>10}" for name in OUTCOMES))
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        out = make_archive(Path(folder))
        expected = shown(out)
        for name, count, cut in kinds:
            made = changes(out, name, count, cut=cut, seed=given.seed)
            counted = Counter(judge(out, one, expected, given.command)[0] for one in made)
            label = f"{name} {'cut' if cut else 'flipped'}"
            print(f"{label:<22}{count:>7}" + "".join(f"{counted[one]:>10}" for one in OUTCOMES))
            bad += counted["unnamed"] + counted["crash"]
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
