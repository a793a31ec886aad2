"""Reading decks: formats, configuration, encodings, and what is refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from deckarchive.deck import deck_site, find_references, inline_markdown, read_deck, render_page
from deckarchive.errors import DeckError
from deckarchive.model import Kind

DECKS = Path(__file__).with_name("decks")
PAGE = "<div class=reveal><div class=slides><section>one</section></div></div>"
OLD_HEAD = """/*!
 * reveal.js
 * http://revealjs.com
 * MIT licensed
 *
 * Copyright (C) 2015 Hakim El Hattab, http://hakim.se
 */
"""

REFUSED = {
    "empty.md": (b" \n", "is empty"),
    "binary.md": (b"\0\1\2", "is a binary file"),
    "marp.md": (b"---\nmarp: true\n---\n# x", "made with Marp"),
    "slidev-default.md": (b"---\nlayout: two-cols\ntitle: x\n---\n# x", "made with Slidev"),
    "slidev.md": (b"---\ntheme: seriph\nlayout: cover\n---\n# x", "made with Slidev"),
    "quarto.md": (b"---\nformat: revealjs\n---\n# x", "is Quarto source"),
    "remark.html": (b"<script>var s = remark.create()</script>", "made with remark"),
    "impress.html": (b'<div id="impress"></div>', "made with impress.js"),
    "marp.html": (b"<section data-marpit-svg></section>", "made with Marp"),
    "plain.html": (b"<p>hello", "is a web page, but no reveal.js deck"),
    "scripts.html": (b"<script src=a.js></script><script>ScrollReveal()</script>", "no reveal.js"),
    "noslides.html": (b"<div class=reveal><div class=slides></div></div>", "no <section>"),
    "deck.pptx": (b"PK\3\4", "is a PowerPoint file"),
    "talk.tex": (b"\\documentclass{beamer}", "LaTeX"),
    "deck.txt": (b"# x", "no deck by its name"),
    "yaml.md": (b"---\na: [1\nb: }\n---\n# x", "yaml.md, line 3: "),
    "json.md": (b'---\n{"a": 1,\n"b" 2}\n---\n# x', "json.md, line 3: "),
    "bomb.md": (
        b"---\na: &a [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(
            b"%c: &%c [%s]\n" % (n, n, b",".join([b"*%c" % (n - 1)] * 9)) for n in range(98, 107)
        )
        + b"---\n# x",
        "bomb.md, line 6: far too many values",
    ),
    "loop.md": (b"---\na: &a [*a]\n---\n# x", "loop.md, line 2: "),
    "separator.md": (b'---\nseparator: "("\n---\n# x', "not a valid regular expression"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(tmp_path: Path, name: str) -> None:
    data, words = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DeckError) as caught:
        read_deck(path)
    assert words in str(caught.value)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["missing.md", "missing.html", "a\0b.md"])
def test_a_missing_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(DeckError, match=r"there is no file|cannot read"):
        read_deck(tmp_path / name)


def test_an_address_is_no_deck() -> None:
    with pytest.raises(DeckError, match="an address, not a file") as caught:
        read_deck(Path("https://slides.example/talk/"))
    assert "clone" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [('{\n "title": "x"\n "css": 1}', 3), ("[]", 1), ("{", 1), ("{'a': [}", 1)],
)
def test_a_broken_configuration_names_its_line(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "reveal-md.json").write_text(text, encoding="utf-8")
    (tmp_path / "talk.md").write_text("# x", encoding="utf-8")
    with pytest.raises(DeckError, match=rf"reveal-md\.json, line {line}: "):
        read_deck(tmp_path / "talk.md")


def test_folders(tmp_path: Path) -> None:
    with pytest.raises(DeckError, match="no deck in it"):
        read_deck(tmp_path)
    (tmp_path / "README.md").write_text("# about", encoding="utf-8")
    (tmp_path / "talk.md").write_text("# x", encoding="utf-8")
    assert read_deck(tmp_path).path == "talk.md"
    (tmp_path / "other.md").write_text("# x", encoding="utf-8")
    with pytest.raises(DeckError, match=r"2 decks: other\.md, talk\.md"):
        read_deck(tmp_path)
    (tmp_path / "index.html").write_text("<p>no deck", encoding="utf-8")
    (tmp_path / "slides.md").write_text("# x", encoding="utf-8")
    assert read_deck(tmp_path).path == "slides.md"
    (tmp_path / "index.html").write_text(PAGE, encoding="utf-8")
    assert read_deck(tmp_path).path == "index.html"


def test_precedence_of_options(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "reveal-md.json").write_text(
        '{theme: "local", css: ["l0", "l1"], title: "Local", revealOptions: {controls: 1, loop: 1}}'
    )
    (tmp_path / "reveal.json").write_text('{"controls": 3, "progress": 3}')
    deep = tmp_path / "talks"
    deep.mkdir()
    front = "---\ntheme: front\ncss: [f0]\nrevealOptions: {controls: 0}\n---\n# x"
    (deep / "talk.md").write_text(front)
    deck = read_deck(deep / "talk.md", overrides={"title": "Given"})
    assert deck.options.author.text("theme") == "front"
    assert deck.options.author.names("css") == (
        "f0",
        "l1",
    )  # lists are merged by place, as lodash does
    assert deck.title == "Given"
    assert dict(deck.options.author.reveal) == {
        "controls": 0,
        "loop": 1,
        "progress": 3,
        "title": "Given",
    }
    assert (deck.root, deck.path) == (str(tmp_path.resolve()), "talks/talk.md")
    page = render_page(deck, {})
    assert 'href="../f0"' in page
    assert '"../l1"' in page
    assert "<title>Given</title>" in page


def test_configuration_is_not_looked_for_beyond_the_project(tmp_path: Path) -> None:
    (tmp_path / "reveal-md.json").write_text('{"title": "Elsewhere"}')
    project = tmp_path / "project"
    (project / ".git").mkdir(parents=True)
    (project / "talk.md").write_text("# Mine")
    assert read_deck(project / "talk.md").title == "Mine"


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        ("# é\r\n".encode("utf-8-sig"), "# é\r\n", "utf-8"),
        ("# é".encode("utf-16"), "# é", "utf-16le"),
        ("# é".encode("latin-1"), "# é", "windows-1252"),
    ],
)
def test_encodings_of_markdown(tmp_path: Path, data: bytes, text: str, encoding: str) -> None:
    (tmp_path / "talk.md").write_bytes(data)
    source = read_deck(tmp_path / "talk.md").sources[0]
    assert (source.text, source.encoding) == (text, encoding)
    assert source.bom is data.startswith((b"\xef\xbb\xbf", b"\xff\xfe"))


def test_encoding_of_a_page(tmp_path: Path) -> None:
    page = f'<meta http-equiv=Content-Type content="text/html; charset=koi8-r"><h1>Ж</h1>{PAGE}'
    (tmp_path / "index.html").write_bytes(page.encode("koi8-r"))
    assert read_deck(tmp_path).sources[0].text == page


def test_an_ancestor_becomes_the_root(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}")
    examples = tmp_path / "examples"
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/reveal.css").write_text("@import url(https://cdn.example/x.css);")
    examples.mkdir()
    (examples / "demo.html").write_text(
        f'<link rel=stylesheet href="../dist/reveal.css"><img src="../../outside.png">{PAGE}'
    )
    deck = read_deck(examples / "demo.html")
    assert (deck.root, deck.path) == (str(tmp_path.resolve()), "examples/demo.html")
    urls = {f.url: f.reference.file for f in find_references(deck)}
    assert urls["http://deck.localhost/dist/reveal.css"] == "examples/demo.html"
    assert urls["https://cdn.example/x.css"] == "dist/reveal.css"
    assert deck_site(deck).page == "examples/demo.html"


@pytest.mark.parametrize(
    ("line", "root"),
    [
        ("![](/media/logo.png)", "."),
        ("![](/media/other%20logo.png)", "."),
        (r'<img src="\media\logo.png">', "."),
        ('<img src="../../media/other logo.png">', "."),
        ('<img srcset="/none.png 1x, /media/logo.png 2x">', "."),
        ('<!-- .slide: data-background-iframe="/demo/" -->', "."),
        ("![](/media/none.png) and/or `/media` and /etc/hosts", "talks/a"),
        ("![](/own.png)", "talks/a"),
        ("![](../b.png)", "talks"),
    ],
)
def test_what_a_deck_names_tells_its_root(tmp_path: Path, line: str, root: str) -> None:
    for name in (
        "package.json",
        "media/logo.png",
        "media/other logo.png",
        "demo/index.html",
        "own.png",
        "talks/b.png",
        "talks/a/own.png",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"{}")
    (tmp_path / "talks/a/talk.md").write_text(f"# One\n\n{line}\n")
    deck = read_deck(tmp_path / "talks/a/talk.md")
    assert deck.root == str((tmp_path / root).resolve())


def test_a_link_out_of_the_root_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.css").write_text("@import url(https://secret.example/);")
    deck_folder = tmp_path / "deck"
    (deck_folder / ".git").mkdir(parents=True)
    (deck_folder / "own.css").symlink_to(tmp_path / "secret.css")
    (deck_folder / "index.html").write_text(f"<link rel=stylesheet href=own.css>{PAGE}")
    deck = read_deck(deck_folder)
    assert [s.path for s in deck.sources] == ["index.html"]
    assert all("secret.example" not in f.url for f in find_references(deck))


def test_every_span_is_exact() -> None:
    count = 0
    for name in ("traps", "crlf", "indented", "page", "defaults"):
        deck = read_deck(DECKS / name)
        texts = {s.path: s.text for s in deck.sources}
        for found in find_references(deck):
            reference = found.reference
            start, end = reference.span
            text = texts[reference.file]
            assert text[start:end] == reference.raw
            assert reference.line == text.count("\n", 0, start) + 1
            assert reference.column == start - (text.rfind("\n", 0, start) + 1) + 1
            count += 1
    assert count > 120


def test_what_the_deck_itself_loads() -> None:
    found = {(f.kind, f.url): f.reference for f in find_references(read_deck(DECKS / "traps"))}
    expected = {
        (Kind.STYLESHEET, "https://cdn.example/remote.css"): ("reveal-md.json", "json"),
        (Kind.STYLESHEET, "http://deck.localhost/css/own.css"): ("reveal-md.json", "json"),
        (Kind.SCRIPT, "https://cdn.example/remote.js"): ("reveal-md.json", "json"),
        (Kind.BACKGROUND_IMAGE, "https://img.example/parallax.png"): ("reveal.json", "json"),
        (Kind.STYLESHEET, "https://fonts.example/css?family=A"): ("css/own.css", "css"),
        (Kind.STYLESHEET, "http://deck.localhost/css/more.css"): ("css/own.css", "css"),
        (Kind.IMAGE, "http://deck.localhost/img/dot.png"): ("css/own.css", "css"),
        (Kind.FONT, "https://fonts.example/x.woff2"): ("css/more.css", "css"),
    }
    for key, place in expected.items():
        if key[0] is not Kind.IMAGE:  # the image is in the Markdown too
            assert (found[key].file, found[key].syntax) == place
        assert key in found


def test_what_a_page_loads() -> None:
    deck = read_deck(DECKS / "page")
    whole = {(f.kind, f.url) for f in find_references(deck) if f.reference.slide is None}
    assert {
        (Kind.STYLESHEET, "https://cdn.example/theme.css"),
        (Kind.IMAGE, "https://cdn.example/icon.png"),
        (Kind.FONT, "https://cdn.example/f.woff2"),
        (Kind.STYLESHEET, "https://fonts.example/css2?family=B&display=swap"),
        (Kind.FONT, "https://fonts.example/y"),
        (Kind.IMAGE, "https://img.example/body.png"),
        (Kind.SCRIPT, "https://cdn.example/three.mjs"),
        (Kind.SCRIPT, "https://cdn.example/mod.mjs"),
        (Kind.IMAGE, "https://img.example/logo.png"),
        (Kind.BACKGROUND_IMAGE, "https://img.example/parallax.jpg"),
        (Kind.SCRIPT, "http://deck.localhost/lib/reveal.js"),
    } <= whole
    everything = " ".join(f.url for f in find_references(deck))
    assert "nothing.example" not in everything


def test_shadowed_references_are_kept() -> None:
    found = find_references(read_deck(DECKS / "traps"))
    shadowed = {f.url for f in found if f.reference.state == "shadowed"}
    assert shadowed == {
        "https://notes.example/img.png",
        "http://pages.example/first",
        "http://pages.example/covered",
        "http://pages.example/hidden",
        "https://img.example/nested.png",
    }
    protocol_relative = [
        f for f in found if f.reference.raw == "//relative.example/still-honoured/"
    ]
    assert [f.url for f in protocol_relative] == ["https://relative.example/still-honoured/"]


def test_a_preprocessor_is_named(tmp_path: Path) -> None:
    (tmp_path / "talk.md").write_text("---\npreprocessor: preproc.js\n---\n# x")
    (warning,) = read_deck(tmp_path).warnings
    assert "preproc.js" in warning


def test_the_comma_of_a_background_given_as_data_parts_nothing(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    section = '<section data-background-image="data:image/png;base64,iVBORw0KGgo="></section>'
    page.write_text(f'<div class="reveal"><div class="slides">{section}</div></div>')
    assert find_references(read_deck(page)) == []


@pytest.mark.parametrize(
    ("page", "file"),
    [
        ("<div class=reveal><div class=slides></div></div><script src=main.js></script>", ""),
        (
            "<div id=app></div><script src=https://unpkg.com/reveal.js@5/dist/reveal.js></script>",
            "",
        ),
        ("<div id=app></div><script type=module>import R from './reveal.esm.js'</script>", ""),
        ("<div id=app></div><script src=/main.js?v=1></script>", 'c="slide-background-content"'),
        ("<div id=app></div><script src=./main.js></script>", 'import "./lib/reveal.esm.js"'),
    ],
)
def test_slides_that_scripts_make(tmp_path: Path, page: str, file: str) -> None:
    (tmp_path / "main.js").write_text(file)
    (tmp_path / "index.html").write_text(page)
    deck = read_deck(tmp_path)
    assert deck.slides == 0
    assert "made by scripts" in deck.warnings[0]


@pytest.mark.parametrize(
    ("script", "head", "version"),
    [
        ("https://unpkg.com/reveal.js@3.6.0/js/reveal.js", "", (3, 6)),
        ("https://unpkg.com/reveal.js@4/dist/reveal.js", "", (4, 99)),
        ("https://unpkg.com/reveal.js@^5//dist/reveal.js", "", (99, 0)),
        ("https://cdnjs.cloudflare.com/ajax/libs/reveal.js/2.6.2/js/reveal.min.js", "", (2, 6)),
        ("js/reveal.js", "/*!\n* reveal.js 4.1.0\n*/", (4, 1)),
        ("js/reveal.js", OLD_HEAD + "var VERSION = '3.8.0';", (3, 8)),
        ("js/reveal.js", OLD_HEAD + "(function( root, factory ) {", (3, 2)),
        ("js/reveal.js", OLD_HEAD + "var Reveal = (function(){", (2, 6)),
        ("js/reveal.js", OLD_HEAD.replace("2015", "2011-2026"), (99, 0)),
        ("js/reveal.js", "my own", (99, 0)),
    ],
)
def test_which_reveal(tmp_path: Path, script: str, head: str, version: tuple[int, int]) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js/reveal.js").write_text(head)
    (tmp_path / "page.html").write_text(f"{PAGE}<script src={script}></script>")
    assert read_deck(tmp_path / "page.html").options.reveal_version == version


@pytest.mark.parametrize("layout", ["post", "default", "page", "slides"])
def test_a_page_of_a_jekyll_site_is_a_deck(tmp_path: Path, layout: str) -> None:
    deck = tmp_path / "2026-02-03-talk.md"
    front = f"---\nlayout: {layout}\ntitle: My talk\ntags: [a]\n---\n"
    deck.write_text(f"{front}# One\n---\n![](https://a.example/x.png)")
    read = read_deck(deck)
    assert (read.title, read.slides, read.warnings) == ("My talk", 2, ())
    deck.write_text(f"{front}# One\n---\n{{% include figure.html %}}")
    (warning,) = read_deck(deck).warnings
    assert warning.startswith("Jekyll's tags are text here: what {% include figure.html %}")


def test_missing_external_markdown_is_a_warning() -> None:
    (warning,) = read_deck(DECKS / "page").warnings
    assert "notes/missing.md does not exist" in warning


def test_inlining_keeps_everything_else() -> None:
    deck = read_deck(DECKS / "page")
    page = inline_markdown(deck, {"notes/more.md": "& <b> </textarea>\r\n"})
    assert "<textarea data-template>\n&amp; &lt;b> &lt;/textarea>&#13;\n</textarea>" in page
    source = deck.sources[0].text
    at = source.index(' data-markdown="notes/more.md"')
    assert page.startswith(source[:at])
    assert page.endswith(source[source.index('<section data-markdown="notes/missing.md"') :])
