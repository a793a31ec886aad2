"""Grouping, the file format and its schema, and the table for a person."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import jsonschema
import pytest
from markdown_it import MarkdownIt

from deckarchive import pipeline
from deckarchive.deck import dom, find_references, outline, read_deck
from deckarchive.errors import ManifestError, OutputError
from deckarchive.manifest import (
    build_manifest,
    load_manifest,
    manifest_table,
    save_manifest,
    schema,
)
from deckarchive.model import Kind, Manifest

DECKS = Path(__file__).parent.parent / "deck" / "decks"
NAMES = ("traps", "page", "crlf", "indented", "defaults")


def manifest_of(name: str, *, links: bool = False) -> Manifest:
    deck = read_deck(DECKS / name)
    return build_manifest(deck, find_references(deck), links=links)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("links", [False, True])
def test_the_schema_holds_and_the_file_comes_back(tmp_path: Path, name: str, links: bool) -> None:
    manifest = manifest_of(name, links=links)
    path = tmp_path / "manifests" / "x.json"
    save_manifest(manifest, path)
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(json.loads(path.read_bytes()), schema())
    assert load_manifest(path) == manifest


EXAMPLES = Path(__file__).parent.parent.parent / "examples"
REAL = [
    EXAMPLES / "deck" / "tour.md",
    EXAMPLES / "html-deck" / "index.html",
    DECKS / "page" / "index.html",
    DECKS / "traps",
]


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.parent.name)
def test_a_deck_is_read_once_for_its_manifest(path: Path) -> None:
    """Whatever it brings (style sheets, external Markdown, a version of reveal.js to find out):
    its page is parsed and its slides are arranged once, and each slide is rendered once."""
    counted: dict[CodeType, str] = {
        MarkdownIt.render.__code__: "renderings",
        outline.outline.__code__: "outlines",
        outline.fill.__code__: "slides filled",
        dom.parse_html.__code__: "trees",
    }
    calls: Counter[str] = Counter()

    def count(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in counted:
            calls[counted[frame.f_code]] += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        made = pipeline.make_manifest(path)
    finally:
        sys.setprofile(before)
    assert calls["outlines"] == 1
    is_page = path.suffix == ".html"
    assert calls["trees"] == calls["slides filled"] + is_page
    with_notes = calls["renderings"] - calls["slides filled"]
    assert 0 <= with_notes <= calls["slides filled"]
    hidden = 2
    assert calls["slides filled"] <= made.deck.slides + hidden
    assert made.targets


def test_the_schema_knows_every_kind() -> None:
    assert schema()["$defs"]["kind"]["enum"] == [kind.value for kind in Kind]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("version",), 2),
        (("deck", "sha256"), "x"),
        (("targets", 0, "kind"), "other"),
        (("targets", 0, "id"), "UPPER"),
        (("targets", 0, "url"), "https://a.example/#fragment"),
        (("targets", 0, "references"), []),
        (("targets", 0, "references", 0, "slide"), [1]),
        (("targets", 0, "references", 0, "line"), 0),
        (("targets", 0, "references", 0, "state"), "gone"),
    ],
)
def test_the_schema_refuses(path: tuple[str | int, ...], value: Any) -> None:
    data: Any = json.loads(json.dumps(manifest_of("traps").to_dict()))
    holder = data
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema())


def test_one_target_per_document_and_kind() -> None:
    manifest = manifest_of("traps")
    keys = [(t.url, t.kind) for t in manifest.targets]
    assert len(keys) == len(set(keys))
    assert len({t.id for t in manifest.targets}) == len(keys)
    (target,) = (t for t in manifest.targets if t.url == "http://pages.example/a")
    assert target.kind is Kind.BACKGROUND_IFRAME
    assert target.fragments == ("/3", "/35")
    assert [r.slide for r in target.references] == [(1, 1), (1, 4)]


def test_links_only_when_asked_for() -> None:
    without, with_links = manifest_of("traps"), manifest_of("traps", links=True)
    assert all(t.kind is not Kind.LINK for t in without.targets)
    links = {t.url for t in with_links.targets if t.kind is Kind.LINK}
    assert "https://bare.example/page" in links
    assert "https://notes.example/titled" in links
    assert [t for t in with_links.targets if t.kind is not Kind.LINK] == list(without.targets)


def test_local_files_and_local_pages() -> None:
    manifest = manifest_of("page")
    assert "notes/local.png" in {f.path for f in manifest.local}
    (frame,) = (t for t in manifest.targets if t.url.startswith("http://deck.localhost/"))
    assert (frame.kind, frame.fragments) == (Kind.IFRAME, ("x",))
    assert any("lib/reveal.js does not exist" in w for w in manifest.warnings)
    assert not any("lib/" in f.path for f in manifest.local)


def test_a_path_out_of_the_deck_is_only_a_warning(tmp_path: Path) -> None:
    folder = tmp_path / "deck"
    (folder / ".git").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(b"secret")
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "talk.md").write_text("![x](link.png) ![y](../secret.png) ![z](%00.png)")
    deck = read_deck(folder)
    manifest = build_manifest(deck, find_references(deck))
    assert manifest.local == ()
    assert "talk.md:1: link.png lies outside the deck's folder" in manifest.warnings
    lost = "left out, since it lies outside the deck's project: ../secret.png"
    assert manifest.warnings[0] == lost
    assert len(manifest.warnings) == 4


def test_table() -> None:
    text = manifest_table(manifest_of("traps"))
    lines = text.splitlines()
    assert lines[0].startswith("Traps & <more> (")
    assert lines[0].endswith("): 18 slides")
    assert any(
        line.split() == ["1/4", "background-iframe", "slides.md:30", "http://pages.example/a#/35"]
        for line in lines
    )
    hidden = text.partition("Never shown by reveal.js:\n")[2]
    assert "slides.md:20  http://pages.example/first  (slide 1/2: " in hidden
    assert "http://pages.example/hidden  (on a hidden slide" in hidden
    assert "missing.woff does not exist" in text.partition("Warnings:\n")[2]
    assert "    4 background page on 5 slides" in lines


def test_table_of_a_deck_without_embeds(tmp_path: Path) -> None:
    (tmp_path / "talk.md").write_text("# Words")
    deck = read_deck(tmp_path)
    text = manifest_table(build_manifest(deck, find_references(deck)))
    assert "1 slide\n" in text
    assert "Nothing from the web is embedded." in text


BROKEN = {
    "not json": ("{", "line 1: "),
    "newer": ('{"version": 2, "deck": {}, "targets": []}', "is newer than 1"),
    "no deck": ('{"version": 1, "targets": []}', "deck: missing"),
    "a list": ("[]", "expected an object"),
    "bad kind": (
        '{"version": 1, "deck": {"path": "x", "format": "html", "title": "", "sha256": ""},'
        ' "targets": [{"id": "a", "kind": "frame", "url": "u", "references": []}]}',
        "targets[0].kind",
    ),
    "binary": ("\0", "line 1"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_manifests(tmp_path: Path, name: str) -> None:
    text, words = BROKEN[name]
    path = tmp_path / "m.json"
    path.write_text(text)
    with pytest.raises(ManifestError) as caught:
        load_manifest(path)
    assert str(path) in str(caught.value)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_manifest(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="there is no manifest"):
        load_manifest(tmp_path / "none.json")


def test_an_unwritable_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot write"):
        save_manifest(manifest_of("crlf"), tmp_path / "file" / "m.json")
