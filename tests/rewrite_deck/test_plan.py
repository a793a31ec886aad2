"""The plan of an offline folder as a value: nothing is written, and it says what will be."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest
from hand_made import HandMade, deck, exchange, manifest, png, reference, target

from deckarchive.deck import find_references, finish_deck, read_deck
from deckarchive.manifest import build_manifest
from deckarchive.model import DECK_CAPTURE_ID, ContentCounts, Kind, LocalFile, State, Tier
from deckarchive.rewriter import Plan, place, plan, write
from deckarchive.rewriter.plan_values import (
    CopiedFile,
    FileSchemeFile,
    GeneratedFile,
    PageFile,
    PosterFile,
    RecordedFile,
)

DEMO = "https://demo.example/a/"
STYLE = "https://demo.example/a/look.css"
PICTURE = "https://images.example/pic?size=2"
LOST = "https://gone.example/"
TEXT = (
    "<!doctype html><html><head><title>Talk</title></head><body><div class=reveal>"
    f"<div class=slides><section><iframe src='{DEMO}#/2'></iframe></section>"
    f"<section><iframe src='{LOST}'></iframe><img src='{PICTURE}'><img src='own/a.png'>"
    "<script type=module src='lib/start.js'></script></section></div></div></body></html>"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "talk"
    for name, data in (
        ("own/a.png", png(2, 2, (1, 2, 3))),
        ("lib/start.js", b"import './part.js'"),
        ("lib/part.js", b"export default 1"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def made(root: Path) -> Plan:
    of = deck(root, "talk.html", TEXT)
    source = of.sources[0]
    targets = [
        target(Kind.IFRAME, DEMO, reference(source, f"{DEMO}#/2", quote="'")),
        target(Kind.IFRAME, LOST, reference(source, LOST, quote="'")),
        target(Kind.IMAGE, PICTURE, reference(source, PICTURE, quote="'")),
    ]
    own = LocalFile(path="own/a.png", kind=Kind.IMAGE, references=(reference(source, "own/a.png"),))
    archive = HandMade()
    page = f"<!doctype html><link rel=stylesheet href='{STYLE}'><p>Words"
    archive.add(
        targets[0].id,
        DEMO,
        exchange(DEMO, page),
        exchange(STYLE, "p { color: red }", "text/css"),
        exchange(f"{DEMO}data.bin", b"\0\1", "application/octet-stream"),
        views={"/2": (ContentCounts(text=5), (9, 9, 9))},
        title="Demo",
    )
    archive.add(targets[1].id, LOST, state=State.FAILED, reason="no such host", final_url=None)
    archive.add(targets[2].id, PICTURE, exchange(PICTURE, png(3, 3, (5, 5, 5)), "image/png"))
    archive.add(
        DECK_CAPTURE_ID,
        "http://deck.localhost/talk.html",
        exchange("http://deck.localhost/lib/start.js", "import './part.js'", "text/javascript"),
    )
    placements = place(of, manifest(of, targets, [own]), archive)
    return plan(placements, finish_deck(of, placements.sources))


def test_each_file_is_planned_once_by_its_kind(made: Plan, root: Path) -> None:
    demo, lost, picture = made.targets
    assert len(set(made.paths)) == len(made.paths)
    document = made.file("sites/demo.example/a/index.html", PageFile)
    assert (document.url, document.rewritten) == (DEMO, True)
    assert made.file("sites/demo.example/a/look.css", PageFile).rewritten
    assert not made.file("sites/demo.example/a/data.bin", PageFile).rewritten
    assert made.file(f"media/{picture.id}.png", RecordedFile).exchange.url == PICTURE
    assert made.file(f"posters/{demo.id}.png", PosterFile).picture == png(320, 180, (9, 9, 9))
    assert made.file("own/a.png", CopiedFile).source == root / "own/a.png"
    assert made.file("lib/part.js", CopiedFile)  # what a module imports comes too
    assert made.file(f"runtime/maps/{demo.id}.data.js", FileSchemeFile).group.name == demo.id
    for path in ("index.html", "README.txt", "runtime/page.js", "sw.js", "map.json"):
        assert made.file(path, GeneratedFile)
    assert f"frames/{lost.id}.html" in made.paths


def test_where_urls_stand_and_what_leads_there(made: Plan) -> None:
    demo, lost, picture = made.targets
    placed = {name: place.address for name, place in made.placements.items()}
    assert placed == {
        demo.id: f"frames/{demo.id}.html",
        lost.id: f"frames/{lost.id}.html",
        picture.id: f"media/{picture.id}.png",
    }
    assert [(t.best, t.reason) for t in made.targets] == [
        (Tier.LIVE, ""),
        (Tier.CARD, "no such host"),
        (Tier.LIVE, ""),
    ]
    document = made.file("sites/demo.example/a/index.html", PageFile)
    assert made.addresses.lookup(document.group, document.path)(STYLE) == "look.css"
    assert json.loads(made.text("map.json"))["demo.example"] == {
        "/a/": "demo.example/a/index.html",
        "/a/data.bin": 0,
        "/a/look.css": 0,
    }
    mapped = made.text("runtime/maps/deck.js")
    assert '"/lib/part.js":"/lib/part.js"' in mapped


def test_what_frame_pages_and_the_deck_page_show(made: Plan) -> None:
    demo, lost, picture = made.targets
    frame = made.text(demo.frame)
    assert "../sites/demo.example/a/index.html" in frame
    assert f"../posters/{demo.id}.png" in frame
    assert "no such host" in made.text(lost.frame)
    page = made.text("index.html")
    assert f"<iframe src='{demo.frame}#/2'>" in page
    assert f"<iframe src='{lost.frame}'><img src='media/{picture.id}.png'>" not in page
    assert f"<img src='media/{picture.id}.png'><img src='own/a.png'>" in page
    assert 'src="runtime/modules.js"' in page
    assert '"deckarchive:lib/part.js"' in made.text("runtime/modules.js")


def test_planning_writes_nothing(made: Plan, root: Path) -> None:
    assert sorted(p.name for p in root.parent.iterdir()) == ["talk"]
    files = sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())
    assert files == ["lib/part.js", "lib/start.js", "own/a.png", "talk.html"]
    with pytest.raises(FrozenInstanceError):
        made.files = ()  # type: ignore[misc]


def test_a_plan_is_the_same_however_often_it_is_made(root: Path) -> None:
    of = deck(root, "talk.html", TEXT)
    own = LocalFile(path="map.json", kind=Kind.IMAGE, references=())
    (root / "map.json").write_text("{}")
    placements = place(of, manifest(of, [], [own]), HandMade())
    finished = finish_deck(of, placements.sources)
    first, second = plan(placements, finished), plan(placements, finished)
    assert first.files == second.files
    assert first.file("own/map.json", CopiedFile)
    assert first.file("map.json", GeneratedFile)


def test_the_project_of_a_reveal_md_deck_keeps_its_paths(tmp_path: Path) -> None:
    root = tmp_path / "talk"
    (root / "css").mkdir(parents=True)
    (root / "css/own.css").write_text("p { color: red }")
    (root / "reveal-md.json").write_text('{"css": "css/own.css"}')
    (root / "talk.md").write_text("# One")
    of = read_deck(root / "talk.md")
    placements = place(of, build_manifest(of, find_references(of)), HandMade())
    planned = plan(placements, finish_deck(of, placements.sources))
    assert {"talk.md", "reveal-md.json", "css/own.css"} <= set(planned.paths)
    assert 'href="css/own.css"' in planned.text("index.html")


def test_a_plan_written_twice_gives_the_same_bytes(made: Plan, tmp_path: Path) -> None:
    first, second = write(made, tmp_path / "one"), write(made, tmp_path / "two")
    assert first.files == second.files
    assert set(made.paths) | {"runtime/inputs.json.gz"} == set(first.files)
    assert replace(first, created="") == replace(second, created="")
    again = write(made, tmp_path / "one")
    assert again.files == first.files


def test_a_file_that_goes_between_plan_and_folder_is_a_note(
    made: Plan, root: Path, tmp_path: Path
) -> None:
    (root / "own/a.png").unlink()
    notes: list[str] = []
    write(made, tmp_path / "out", notes.append)
    assert [note.partition(":")[0] for note in notes] == ["own/a.png"]
    assert not (tmp_path / "out/own/a.png").exists()
