"""Which files a deck may have served and copied, and that their names never meet ours."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from deckarchive import deck as decks
from deckarchive import manifest as manifests
from deckarchive import rewriter as rewriting
from deckarchive import urls
from deckarchive.heads import Head
from deckarchive.model import CaptureRecord, Deck, Exchange, Manifest, OfflineDeck, View
from deckarchive.proxy.site import site_response

HEAD = Head(b"GET / HTTP/1.1\r\nSec-Fetch-Site: same-origin\r\n\r\n")


class Empty:
    """An archive of nothing."""

    records: Mapping[str, CaptureRecord] = {}

    def exchanges(self, target_id: str, /) -> list[Exchange]:
        return []

    def screenshot(self, target_id: str, view: View, /) -> None:
        return None


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def page(body: str) -> str:
    return (
        "<!doctype html><html><head><title>T</title></head><body><div class=reveal>"
        f"<div class=slides><section>{body}</section></div></div></body></html>"
    )


def served(deck: Deck, path: str) -> bytes | None:
    """What the capture's proxy, and exact replay, answer a page of the deck for ``path``."""
    head, body, size = site_response(decks.deck_site(deck), HEAD, f"/{quote(path)}".encode())
    with body:
        return body.read(size) if head.status[1] == 200 else None


def packed(
    deck: Deck, out: Path, warn: list[str] | None = None, made: Manifest | None = None
) -> OfflineDeck:
    made = made or manifests.build_manifest(deck, decks.find_references(deck))
    placements = rewriting.place(deck, made, Empty())
    plan = rewriting.plan(placements, decks.finish_deck(deck, placements.sources))
    notes = warn if warn is not None else []
    notes += plan.notes
    return rewriting.write(plan, out, notes.append)


PROJECT = {
    "bank/statement.txt": "SECRET",
    "bank/other.png": "SECRET",
    "bank/logo.png": "logo",
    "shared/style.css": "@import 'more.css'; p { background: url(img/a.png) }",
    "shared/more.css": "@font-face { src: url('f.woff2') }",
    "shared/img/a.png": "a",
    "shared/img/b.png": "SECRET",
    "shared/f.woff2": "f",
    "shared/lib/reveal.js": "import './core.js'; fetch('../notes.md')",
    "shared/lib/core.js": "import('../deep/late.js')",
    "shared/lib/chunk.7.js": "loaded by a computed name",
    "shared/lib/data.json": "SECRET",
    "shared/deep/late.js": "late",
    "shared/deep/secret.js": "late",
    "shared/notes.md": "SECRET",
    "shared/frame/index.html": "<link rel=stylesheet href=../more.css><a href=../notes.md>x</a>",
    "shared/frame/.env": "SECRET",
    "package.json": '{"name": "SECRET"}',
    ".env": "SECRET",
    "talks/a/own.png": "own",
    "talks/a/data/x.json": "own",
    "talks/a/own.js": "import '../../shared/deep/late.js'; fetch('../../ba' + 'nk/statement.txt')",
}
OUTSIDE = [
    ("a link", '<a href="../../bank/statement.txt">x</a>', []),
    ("an image", '<img src="../../bank/logo.png">', ["bank/logo.png"]),
    ("an image from the root", '<img src="/bank/logo.png">', ["bank/logo.png"]),
    (
        "a style sheet",
        '<link rel=stylesheet href="../../shared/style.css">',
        ["shared/style.css", "shared/more.css", "shared/img/a.png", "shared/f.woff2"],
    ),
    (
        "a script",
        '<script type=module src="../../shared/lib/reveal.js"></script>',
        ["shared/lib/reveal.js", "shared/lib/core.js", "shared/lib/chunk.7.js",
         "shared/deep/late.js", "shared/deep/secret.js"],
    ),
    (
        "a page in a frame",
        '<iframe src="../../shared/frame/"></iframe>',
        ["shared/frame/index.html", "shared/more.css", "shared/f.woff2"],
    ),
    ("a script's wish", "<script>fetch('../../ba' + 'nk/statement.txt')</script>", []),
    (
        "a module of its own that imports one outside, and an import map",
        '<script type=importmap>{"imports": {"x/": "../../shared/lib/"}}</script>'
        '<script type=module src="own.js"></script>',
        ["shared/deep/late.js", "shared/deep/secret.js", "shared/lib/reveal.js",
         "shared/lib/core.js", "shared/lib/chunk.7.js"],
    ),
    ("what is hidden", '<img src="../../.env"><img src="../../shared/frame/.env">', []),
    (
        "a link beside an image",
        '<img src="../../bank/logo.png"><a href="/shared/notes.md">',
        ["bank/logo.png"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("what", "body", "files"), OUTSIDE, ids=[o[0] for o in OUTSIDE])
def test_outside_its_folder_a_deck_has_what_it_names(
    tmp_path: Path, what: str, body: str, files: list[str]
) -> None:
    write(tmp_path, PROJECT | {"talks/a/talk.html": page(body)})
    deck = decks.read_deck(tmp_path / "talks/a/talk.html")
    root = Path(deck.root)
    below = [p for p in root.rglob("*") if p.is_file()]
    paths = {p.relative_to(root).as_posix(): p.relative_to(tmp_path).as_posix() for p in below}
    got = {name for path, name in paths.items() if served(deck, path) is not None}
    own = {name for name in paths.values() if name.startswith("talks/a/")}
    assert got - own == set(files)
    assert own <= got
    notes: list[str] = []
    offline = packed(deck, tmp_path / "out", notes)
    texts = {p.relative_to(tmp_path).as_posix(): p.read_bytes()
             for p in (tmp_path / "out").rglob("*") if p.is_file()}  # fmt: skip
    assert [p for p, data in texts.items() if b"SECRET" in data] == []
    assert offline.files
    told = [w for w in deck.warnings if "outside its folder" in w]
    assert len(told) == bool(files)
    assert all("../../" in line for line in told)


def test_a_link_alone_does_not_make_a_folder_the_root(tmp_path: Path) -> None:
    write(tmp_path, PROJECT)
    for text in (
        "# A\n\n[x](../../bank/statement.txt) and ![i](own.png)",
        "# A\n\n[![i](own.png)](../../bank/statement.txt)",
        '# A\n\n<a class="b" href="../../bank/statement.txt">x</a>',
    ):
        (tmp_path / "talks/a/talk.md").write_text(text)
        assert Path(decks.read_deck(tmp_path / "talks/a/talk.md").root).name == "a"


@pytest.mark.parametrize("project", [True, False])
def test_nothing_comes_from_beyond_the_project(tmp_path: Path, project: bool) -> None:
    write(tmp_path, {"bank/logo.png": "SECRET", "p/t/talk.md": "# A\n\n![x](../../bank/logo.png)"})
    if project:
        (tmp_path / "p/package.json").write_text("{}")
    deck = decks.read_deck(tmp_path / "p/t/talk.md")
    (line,) = [w for w in deck.warnings if "left out" in w]
    assert "../../bank/logo.png" in line
    assert ("package.json" in line) is not project
    assert served(deck, "bank/logo.png") is None
    packed(deck, tmp_path / "out")
    assert not any(b"SECRET" in p.read_bytes() for p in (tmp_path / "out").rglob("*.png"))


def test_a_link_of_the_file_system_leads_to_what_the_deck_names(tmp_path: Path) -> None:
    """From its folder to anything else only by a name that the deck itself writes."""
    write(tmp_path, {"package.json": "{}", "img/a.png": "a", "img/b.png": "SECRET",
                     ".env": "SECRET", "shared/x.css": "", "t/own.png": "o"})  # fmt: skip
    here = tmp_path / "t"
    (here / "img").symlink_to(tmp_path / "img")
    (here / "all").symlink_to(tmp_path)
    (here / "plain.txt").symlink_to(tmp_path / ".env")
    (here / "etc").symlink_to("/etc")
    (here / "own2.png").symlink_to(here / "own.png")
    (here / "talk.html").write_text(
        page('<img src="img/a.png"><img src="plain.txt"><img src="etc/hosts"><img src="own2.png">')
        + '<link rel=stylesheet href="../shared/x.css">'
    )
    deck = decks.read_deck(here / "talk.html")
    got = {n for n in ("img/a.png", "img/b.png", "all/img/b.png", "all/.env", "plain.txt",
                       "etc/hosts", "own2.png") if served(deck, f"t/{n}") is not None}  # fmt: skip
    assert got == {"img/a.png", "own2.png"}
    packed(deck, tmp_path / "out")
    assert not any(
        b"SECRET" in p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()
    )


def test_what_is_no_file_or_goes_meanwhile_is_a_note(tmp_path: Path) -> None:
    names = ["gone.png", "fifo.png", "fifo.css", "gone.css", "gone/index.html", "fine.png"]
    write(tmp_path / "d", dict.fromkeys(names, "x"))
    refs = "".join(f'<img src="{n}">' for n in names if n.endswith("png"))
    sheets = "".join(f'<link rel=stylesheet href="{n}">' for n in names if n.endswith("css"))
    (tmp_path / "d/talk.html").write_text(sheets + page(refs + '<iframe src="gone/"></iframe>'))
    deck = decks.read_deck(tmp_path / "d/talk.html")
    made = manifests.build_manifest(deck, decks.find_references(deck))
    for name in names[:-1]:
        (tmp_path / "d" / name).unlink()
        if name.startswith("fifo"):
            os.mkfifo(tmp_path / "d" / name)
    assert [served(deck, name) for name in names] == [None] * 5 + [b"x"]
    notes: list[str] = []
    packed(deck, tmp_path / "out", notes, made)
    for name in names[:-1]:
        assert any(note.startswith(f"{name}: not found") for note in notes), (name, notes)
    assert (tmp_path / "out/fine.png").read_bytes() == b"x"


SECRETS = [
    ("deckarchive.toml", "[capture]\n"),
    ("DeckArchive.TOML", "[capture]\n"),
    ("sub/deckarchive.toml", ""),
    (".env", "a=b"),
    ("prod.env", "a=b"),
    (".hidden/a.png", "x"),
    ("cookies.txt", ""),
    ("my-cookie-jar.dat", ""),
    ("id_rsa", ""),
    ("keys/server.pem", ""),
    ("a.txt", "# Netscape HTTP Cookie File\n"),
    ("b.txt", "# mine\n\n#HttpOnly_.a.test\tTRUE\t/\tFALSE\t0\tsid\tv\n"),
    ("c.json", '[{"name": "a", "value": "b", "domain": "c.test"}]'),
    ("d.json", '{"version": 1, "cookies": [{"name": "a"}]}'),
    ("e.txt", "-----BEGIN OPENSSH PRIVATE KEY-----\n"),
]
PLAIN = [
    ("cookies.png", "x"),
    ("cookie-recipe.json", '{"cookies": 12}'),
    ("data.json", '[{"name": "a", "value": 1}, {"domain": 2}]'),
    ("key.js", "export default 1"),
    ("a.txt", "BEGIN PRIVATE KEY"),
    ("table.txt", "a.b\tTRUE\tsome words\n"),
    ("package.json", "{}"),
]


@pytest.mark.parametrize(("name", "text"), [*SECRETS, *PLAIN])
def test_secrets_in_the_decks_own_folder(tmp_path: Path, name: str, text: str) -> None:
    """Named by the deck or not: neither served nor copied, and said."""
    write(tmp_path / "d", {name: text, "talk.html": page(f'<img src="{name}">')})
    deck = decks.read_deck(tmp_path / "d/talk.html")
    secret = (name, text) in SECRETS
    assert (served(deck, name) is None) is secret
    notes: list[str] = []
    offline = packed(deck, tmp_path / "out", notes)
    assert (name not in offline.files) is secret
    assert any(n.startswith(f"{name}: is never part of a deck") for n in notes) is secret


REMOTE = "https://a.test/x.png"
ID = urls.target_id(REMOTE, "image")
NFC, NFD = (unicodedata.normalize(form, "ä.png") for form in ("NFC", "NFD"))
NAMES = [
    ["readme.txt"],
    ["README.txt", "readme.TXT", "Readme.txt"],
    ["README.txt. "],
    ["frames/uncaptured.html", "Frames/Live.HTML"],
    ["INDEX.HTML", "index.html"],
    ["deckarchive.json", "Map.json", "SW.js"],
    ["runtime/page.js", "RUNTIME/deck.js", "runtime/mine.js"],
    ["frames", "Media", "own", "sites"],
    ["runtime", "posters", "assets"],
    [f"posters/{ID}.svg", f"Posters/{ID.upper()}.SVG", f"frames/{ID}.html", f"media/{ID}.mp4"],
    ["index.html/a.png", "Readme.txt/b.png"],
    ["own/readme.txt", "readme.txt", "own/2/readme.txt", "README.TXT"],
    ["a.png", "A.png", "own/a.png", "OWN/A.PNG"],
    [NFC, NFD],
    ["x", "X/y.png"],
    ["media/own.png", "frames/own.html", "posters/own.png", "assets/own.css", "sites/own.png"],
]


def fold(path: str) -> str:
    parts = [part.rstrip(". ") for part in path.split("/")]
    return unicodedata.normalize("NFC", "/".join(parts)).casefold()


@pytest.mark.parametrize("names", NAMES, ids=["+".join(n).replace(ID, "ID") for n in NAMES])
@pytest.mark.parametrize("tag", ['<img src="{}">', '<input type="image" src="{}">'])
def test_no_name_meets_another(tmp_path: Path, names: list[str], tag: str) -> None:
    write(tmp_path / "d", {name: f"own {name}" for name in names})
    text = page(f'<img src="{REMOTE}">' + "".join(tag.format(quote(name)) for name in names))
    (tmp_path / "d/talk.html").write_text(text)
    offline = packed(decks.read_deck(tmp_path / "d/talk.html"), tmp_path / "out")
    out = tmp_path / "out"
    paths = [*offline.files, "deckarchive.json"]
    folded = sorted(map(fold, paths))
    assert len(set(folded)) == len(folded), folded
    assert not [(a, b) for a in folded for b in folded if b.startswith(f"{a}/")]
    made = (out / "index.html").read_text()
    kind = tag.partition(" ")[0]
    led = re.findall(rf'{kind} (?:type="image" )?src="([^"]*)"', made)
    led = [found for found in led if ID not in found or "own" in found]
    assert [(out / unquote(at)).read_text() for at in led] == [f"own {name}" for name in names]
    assert "This folder is a slide deck" in (out / "README.txt").read_text()
    assert "not part of the offline deck" in (out / "frames/uncaptured.html").read_text()
    assert "not available offline" in (out / f"posters/{ID}.svg").read_text()
    assert "Content-Security-Policy" in made


def test_a_page_of_the_deck_that_moves_keeps_what_it_names(tmp_path: Path) -> None:
    inside = '<img src="a.png" srcset="A.png 2x"><style>p { background: url(readme.txt) }</style>'
    write(tmp_path / "d", {"index.html": inside, "a.png": "small", "A.png": "large",
                           "readme.txt": "mine"})  # fmt: skip
    (tmp_path / "d/talk.html").write_text(page('<iframe src="index.html"></iframe>'))
    packed(decks.read_deck(tmp_path / "d/talk.html"), tmp_path / "out")
    moved = tmp_path / "out/own/index.html"
    found = re.findall(r'src(?:set)?="([^" ]*)|url\((.*?)\)', moved.read_text())
    texts = [(moved.parent / (a or b)).read_text() for a, b in found]
    assert texts == ["small", "large", "mine"]


def test_a_template_with_one_of_our_names_replaces_nothing(tmp_path: Path) -> None:
    template = "<!doctype html><p>MINE</p>{{{markdown}}}"
    write(tmp_path / "d", {"runtime/page.js": template, "talk.md": "# A\n\n![x](runtime/page.js)",
                           "reveal-md.json": '{"template": "runtime/page.js"}'})  # fmt: skip
    notes: list[str] = []
    packed(decks.read_deck(tmp_path / "d/talk.md"), tmp_path / "out", notes)
    assert "MINE" not in (tmp_path / "out/runtime/page.js").read_text()
    assert any(note.startswith("runtime/page.js: its name is kept") for note in notes)


def test_a_file_of_the_decks_does_not_stand_for_reveal(tmp_path: Path) -> None:
    """The page of a reveal-md deck runs on our reveal.js, as it did when it was captured."""
    write(tmp_path / "d", {"assets/reveal.js/dist/reveal.js": "MINE", "assets/reveal.js/x.png": "x",
                           "talk.md": "# A\n\n![x](assets/reveal.js/x.png)"})  # fmt: skip
    deck = decks.read_deck(tmp_path / "d/talk.md")
    packed(deck, tmp_path / "out")
    ours = (tmp_path / "out/assets/reveal.js/dist/reveal.js").read_bytes()
    assert ours == served(deck, "assets/reveal.js/dist/reveal.js")
    assert b"MINE" not in ours
    assert served(deck, "assets/reveal.js/x.png") == b"x"
    assert (tmp_path / "out/assets/reveal.js/x.png").read_text() == "x"


@pytest.mark.parametrize(
    "part",
    ["deckarchive.toml", ".env", "link.html", "pipe.html", "../secret.html", "{outside}"],
)
@pytest.mark.parametrize("attribute", ["data-external", "data-external-replace", "data-markdown"])
def test_no_part_of_a_page_is_a_secret_a_link_or_a_file_outside(
    tmp_path: Path, attribute: str, part: str
) -> None:
    """What a plugin puts on slides would be in the deck's page, where its scripts read it."""
    secret = "<p>Bearer 7c1e</p>"
    deck = tmp_path / "deck"
    outside = tmp_path / "secret.html"
    write(tmp_path, {"secret.html": secret, "deck/deckarchive.toml": secret, "deck/.env": secret})
    (deck / "link.html").symlink_to(outside)
    os.mkfifo(deck / "pipe.html")
    named = part.format(outside=outside)
    body = f'<p {attribute}="{named}"></p><script src=external.js></script>'
    write(deck, {"index.html": page(body), "external.js": "RevealExternal", "ok.html": secret})
    read = decks.read_deck(deck / "index.html")
    assert all("7c1e" not in source.text for source in read.sources)
    assert any(named in line for line in read.warnings) or attribute == "data-markdown"
    if attribute != "data-markdown":
        write(deck, {"index.html": page(body.replace(named, "ok.html"))})
        followed = decks.read_deck(deck / "index.html")
        assert any("7c1e" in source.text for source in followed.sources), "the plugin is followed"
