"""The offline folder as files: what is in it, what is refused, that it is the same twice."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hand_made import HandMade, deck, exchange, manifest, png, reference, target, write_offline

from deckarchive.deck.project import decode_source
from deckarchive.errors import ArchiveError, OutputError
from deckarchive.model import (
    ContentCounts,
    FinishedDeck,
    Kind,
    LocalFile,
    OfflineDeck,
    Source,
    State,
    Tier,
)
from deckarchive.rewriter import require_common

PAGE = "http://a.example/demo/"
PICTURE = "http://i.example/pic?size=2"
MARKDOWN = (
    "---\r\ntitle: x\r\n---\r\n"
    f'<!-- .slide: data-background-iframe="{PAGE}#/2" -->\r\n'
    f"![p]({PICTURE})\r\n![own](images/own one.png)\r\n"
    "[a link](http://l.example/)\r\n"
)


def finish(given, texts):
    styles = '<link rel="stylesheet" href="assets/reveal.js/dist/theme/league.css">'
    own = '<link rel="stylesheet" href="css/own.css">'
    text = f"<html><head>{styles}{own}</head><body>{texts[given.path]}</body></html>"
    project = tuple(replace(s, text=texts[s.path]) for s in given.sources)
    return FinishedDeck(page=Source(path="index.html", text=text), project=project)


@pytest.fixture
def made(tmp_path):
    """A reveal-md deck with a page, a remote image, a link and files of its own."""
    root = tmp_path / "talk"
    of = deck(
        root,
        "talk.md",
        MARKDOWN,
        format="reveal-md",
        sources=(Source(path="reveal-md.json", text='{"css": "css/own.css"}', bom=True),),
    )
    (root / "reveal-md.json").write_bytes(b'\xef\xbb\xbf{"css": "css/own.css"}')
    (root / "css").mkdir()
    (root / "css/own.css").write_text(
        "@import 'more/base.css';\n@import url(https://fonts.example/css?family=A);\n"
        f"h1 {{ background: url('{PICTURE}') }}\n@font-face {{ src: url(//f.example/a.woff2) }}"
    )
    (root / "css/more").mkdir()
    (root / "css/more/base.css").write_text("p { background: url(../../images/deep.png) }")
    (root / "images").mkdir()
    (root / "images/own one.png").write_bytes(png(2, 2, (1, 2, 3)))
    (root / "images/deep.png").write_bytes(png(2, 2, (3, 2, 1)))
    source = of.sources[0]
    targets = [
        target(Kind.BACKGROUND_IFRAME, PAGE, reference(source, f"{PAGE}#/2")),
        target(Kind.IMAGE, PICTURE, reference(source, PICTURE, syntax="markdown", quote="")),
        target(Kind.LINK, "http://l.example/", reference(source, "http://l.example/")),
    ]
    own = reference(source, "images/own one.png", syntax="markdown", quote="")
    local = [LocalFile(path="images/own one.png", kind=Kind.IMAGE, references=(own,))]
    archive = HandMade()
    archive.add(
        targets[0].id,
        PAGE,
        exchange(PAGE, "<!doctype html><title>Demo</title><p>Words"),
        views={"/2": (ContentCounts(text=5), (9, 9, 9))},
        title="Demo",
    )
    archive.add(targets[1].id, PICTURE, exchange(PICTURE, png(3, 3, (5, 5, 5)), "image/png"))
    return of, manifest(of, targets, local), archive, tmp_path / "offline"


def test_the_folder_holds_the_deck_and_all_it_shows(made):
    of, of_manifest, archive, out = made
    warnings = []
    offline = write_offline(of, of_manifest, archive, out, finish, warnings)
    page, picture = offline.targets
    assert (page.best, page.frame, page.copy) == (
        Tier.LIVE,
        f"frames/{page.id}.html",
        "sites/a.example/demo/index.html",
    )
    assert picture.copy == f"media/{picture.id}.png"
    markdown = (out / "talk.md").read_bytes().decode()
    expected = MARKDOWN.replace(f"{PAGE}#/2", f"{page.frame}#/2").replace(PICTURE, picture.copy)
    assert markdown == expected
    assert (out / "reveal-md.json").read_bytes() == b'\xef\xbb\xbf{"css": "css/own.css"}'
    assert (out / "images/own one.png").read_bytes() == png(2, 2, (1, 2, 3))
    assert (out / "images/deep.png").is_file()
    css = (out / "css/own.css").read_text()
    assert css == (
        "@import 'more/base.css';\n/* an import that was not captured stood here */\n"
        f"h1 {{ background: url('../{picture.copy}') }}\n@font-face {{ src: url(data:,) }}"
    )
    assert any("fonts.example" in line for line in warnings)
    assert "googleapis" not in (out / "assets/reveal.js/dist/theme/league.css").read_text()
    assert (out / "assets/reveal.js/LICENSE").is_file()
    assert "deckarchive present" in (out / "README.txt").read_text()


def test_the_provenance_lists_every_file_with_its_hash(made):
    of, of_manifest, archive, out = made
    offline = write_offline(of, of_manifest, archive, out, finish)
    read = OfflineDeck.from_dict(json.loads((out / "deckarchive.json").read_text()))
    assert read == offline
    on_disk = {p.relative_to(out).as_posix(): p for p in out.rglob("*") if p.is_file()}
    assert set(on_disk) - set(read.files) == {"deckarchive.json"}
    for name, entry in read.files.items():
        data = on_disk[name].read_bytes()
        assert entry == {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def test_writing_twice_gives_the_same_folder(made):
    of, of_manifest, archive, out = made
    first = write_offline(of, of_manifest, archive, out, finish)
    stale = out / "stale.txt"
    stale.write_text("from an older run")
    about = json.loads((out / "deckarchive.json").read_text())
    about["files"]["stale.txt"] = {"size": 17, "sha256": ""}
    (out / "deckarchive.json").write_text(json.dumps(about))
    second = write_offline(of, of_manifest, archive, out, finish)
    assert second.files == first.files
    assert not stale.exists()


@pytest.mark.parametrize("name", ["thesis.tex", ".git/config", "frames/mine.html"])
def test_a_file_that_somebody_put_into_the_folder_is_not_lost(made, name):
    of, of_manifest, archive, out = made
    write_offline(of, of_manifest, archive, out, finish)
    (out / name).parent.mkdir(exist_ok=True)
    (out / name).write_text("years of work")
    with pytest.raises(OutputError, match=f"holds {name}, which deckarchive did not write"):
        write_offline(of, of_manifest, archive, out, finish)
    assert (out / name).read_text() == "years of work"
    (out / name).unlink()
    (out / ".DS_Store").write_text("litter")
    write_offline(of, of_manifest, archive, out, finish)


def test_gaps_become_cards(made):
    of, of_manifest, _, out = made
    archive = HandMade()
    page, picture, _ = of_manifest.targets
    archive.add(page.id, PAGE, state=State.FAILED, reason="no <such> host", final_url=None)
    offline = write_offline(of, of_manifest, archive, out, finish)
    assert [(t.best, t.reason) for t in offline.targets] == [
        (Tier.CARD, "no <such> host"),
        (Tier.CARD, "It was not captured."),
    ]
    assert "no &lt;such&gt; host" in (out / offline.targets[0].frame).read_text()
    assert f"![p](posters/{picture.id}.svg)" in (out / "talk.md").read_text()
    assert PICTURE in (out / f"posters/{picture.id}.svg").read_text().replace("&amp;", "&")


def test_what_is_not_ours_is_never_replaced(made, tmp_path):
    of, of_manifest, archive, _ = made
    full = tmp_path / "full"
    full.mkdir()
    (full / "thesis.tex").write_text("years of work")
    for out, words in ((full, "holds thesis.tex"), (Path(of.root), "holds the deck itself")):
        with pytest.raises(OutputError, match=words):
            write_offline(of, of_manifest, archive, out, finish)
    with pytest.raises(OutputError, match="holds the deck itself"):
        write_offline(of, of_manifest, archive, tmp_path, finish)
    assert (full / "thesis.tex").read_text() == "years of work"
    assert (Path(of.root) / "talk.md").read_bytes().decode() == MARKDOWN


def test_a_failed_run_leaves_the_older_folder(made):
    of, of_manifest, archive, out = made
    write_offline(of, of_manifest, archive, out, finish)
    before = (out / "index.html").read_bytes()

    def broken(given, texts):
        raise KeyError("a template error")

    with pytest.raises(KeyError):
        write_offline(of, of_manifest, archive, out, broken)
    assert (out / "index.html").read_bytes() == before
    assert [p.name for p in out.parent.iterdir() if p.name.startswith(".")] == []


def test_files_outside_the_deck_are_left_out(made, tmp_path):
    of, _, archive, out = made
    (tmp_path / "secret.txt").write_text("secret")
    (Path(of.root) / "images/leak.png").symlink_to(tmp_path / "secret.txt")
    leaks = ("images/leak.png", "../secret.txt", "images/none.png")
    local = [LocalFile(path=p, kind=Kind.IMAGE, references=()) for p in leaks]
    warnings = []
    write_offline(of, manifest(of, [], local), archive, out, finish, warnings)
    assert not any(b"secret" in p.read_bytes() for p in out.rglob("*") if p.is_file())
    assert sum(path.lstrip("./") in w for path in leaks for w in warnings) == 3


def test_a_file_of_the_deck_that_has_one_of_our_names_moves(tmp_path):
    text = '<html><body><img src="index.html.png"><iframe src="map.json"></iframe></body></html>'
    of = deck(tmp_path / "d", "deck.html", text)
    (tmp_path / "d/map.json").write_text("{}")
    found = reference(of.sources[0], "map.json", attribute="src")
    local = [LocalFile(path="map.json", kind=Kind.IFRAME, references=(found,))]
    out = tmp_path / "out"
    write_offline(of, manifest(of, [], local), HandMade(), out)
    assert (out / "own/map.json").read_text() == "{}"
    assert '<iframe src="own/map.json">' in (out / "index.html").read_text()


def test_a_deck_in_a_subfolder_finds_its_files_from_the_root(tmp_path):
    text = '<html><body><img src="a.png"><img src="../shared/b.png"></body></html>'
    of = deck(tmp_path / "d", "talks/deck.html", text)
    source, local = of.sources[0], []
    for path, raw in (("talks/a.png", "a.png"), ("shared/b.png", "../shared/b.png")):
        (tmp_path / "d" / path).parent.mkdir(exist_ok=True)
        (tmp_path / "d" / path).write_bytes(png(1, 1, (0, 0, 0)))
        local.append(LocalFile(path=path, kind=Kind.IMAGE, references=(reference(source, raw),)))
    write_offline(of, manifest(of, [], local), HandMade(), tmp_path / "out")
    page = (tmp_path / "out/index.html").read_text()
    assert '<img src="talks/a.png"><img src="shared/b.png">' in page
    assert (tmp_path / "out/shared/b.png").is_file()


def test_a_legacy_encoding_and_line_ends_stay(tmp_path):
    text = "<html><head>\r\n<meta charset=windows-1251></head>\r\n<p>Привет"
    of = deck(tmp_path / "d", "deck.html", text)
    source = Source(path="deck.html", text=text, encoding="windows-1251")
    of = replace(of, sources=(source,))
    write_offline(of, manifest(of, []), HandMade(), tmp_path / "out")
    page = (tmp_path / "out/index.html").read_bytes()
    head, _, rest = text.partition("\r\n")
    assert page.startswith(f'{head}<meta charset="windows-1251">'.encode())
    assert page.endswith(f"\r\n{rest}".encode("windows-1251"))


@pytest.mark.browser
@pytest.mark.parametrize(
    ("encoding", "codec", "letters"),
    [("utf-16le", "utf-16", "Привет"), ("windows-874", "cp874", "\u0e01\u0e40")],
)
def test_a_deck_in_any_encoding_of_the_web_is_readable(tmp_path, page, encoding, codec, letters):
    text = f"<html><head><meta charset={encoding}></head><p>{letters}"
    of = deck(tmp_path / "d", "deck.html", text)
    found, name, mark = decode_source(text.encode(codec), kind="html")
    assert (found, name) == (text, encoding)
    source = Source(path="deck.html", text=found, encoding=name, bom=mark)
    of = replace(of, sources=(source,))
    write_offline(of, manifest(of, []), HandMade(), tmp_path / "out")
    page.goto((tmp_path / "out/index.html").as_uri())
    assert page.inner_text("p") == letters


def test_an_archive_of_another_deck_is_refused(made):
    _, of_manifest, archive, _ = made
    require_common(of_manifest, archive)
    with pytest.raises(ArchiveError, match=r"no target of talk\.md"):
        require_common(of_manifest, HandMade())
