"""Options on reveal-md's command line, as package.json's scripts give them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from deckarchive.deck import deck_site, find_references, read_deck, render_page, without_command
from deckarchive.deck.commandline import parse_command
from deckarchive.deck.project_command import command_options
from deckarchive.errors import DeckError
from deckarchive.model import DeckSite
from tests import npm
from tests.browsers import NOWHERE, SharedBrowser
from tests.deck.truth import differences, truth

REVEAL_MD = "6.1.4"

LINES = [
    r"slides.md --separator ^\n\n\n --vertical-separator ^\n\n --css a.css,b.css -w",
    "slides.md --theme=css/x.css --no-controls --port 8000 --x 007 --y -5 --z 1e3 --f .5 --q=",
    "a.md --css a --css b --reveal-options.transition fade --revealOptions.controls=false",
    "--static _site a.md -- b --c",
    "--watch a.md",
    "a.md -wS --print --print-size 1024x768 --title true --n -1.5 --m --preprocessor ./pre.js",
    "--a-b-c=x=y --theme https://one.test/a.css?b=c&d - -5",
]
DECK = """# One

===

<!-- .slide: data-background-iframe="https://one.test/demo" -->

+++

## Below

Remark: a note with ![](https://one.test/never.png)

===

![](https://one.test/last.png)
"""
START = (
    r'reveal-md talks/slides.md --separator "^===$" --vertical-separator "^\\+\\+\\+$"'
    r' --notes-separator "^Remark:" --css https://one.test/look.css,extra/own.css'
)


@pytest.mark.network
def test_options_are_those_of_the_parser_that_reveal_md_uses() -> None:
    module = npm.installed("reveal-md", REVEAL_MD) / "node_modules/yargs-parser/build/lib/index.js"
    script = (
        f"import parse from {module.as_uri()!r};"
        "console.log(JSON.stringify(JSON.parse(process.argv[1]).map((line) => parse(line))))"
    )
    words = [line.split() for line in LINES]
    command = ["node", "--input-type=module", "-e", script, json.dumps(words)]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    for line, theirs in zip(words, json.loads(done.stdout), strict=True):
        plain, options = parse_command(line)
        assert plain == [str(word) for word in theirs.pop("_")]
        assert options == {key: value for key, value in theirs.items() if "-" not in key}


def test_the_script_that_shows_this_deck_counts() -> None:
    scripts = {
        "build": "reveal-md talks/a.md --static _site --theme exported",
        "other": "reveal-md talks/b.md --theme other",
        "all": "reveal-md talks/ --theme folder",
        "start": "cross-env X=1 npx reveal-md@6.1 talks/a.md --theme shown && echo --theme no",
        "later": "reveal-md talks/a.md --theme later",
        "both": 'concurrently "sass -w ." "reveal-md c.md --theme quoted"',
        "broken": "reveal-md 'd.md --theme broken",
        "more": 7,
    }
    text = json.dumps({"name": "x", "theme": "no", "scripts": scripts})
    themes = {
        deck: command_options(text, deck)[0].get("theme")
        for deck in ("talks/a.md", "talks/b.md", "talks/x.md", "c.md", "d.md")
    }
    assert themes == {
        "talks/a.md": "shown",
        "talks/b.md": "other",
        "talks/x.md": "folder",
        "c.md": "quoted",
        "d.md": None,
    }


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"scripts": 3}', '{"scripts": {"a": "reveal-md'])
def test_a_package_json_without_such_a_script(text: str) -> None:
    assert command_options(text, "a.md") == ({}, None)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A reveal-md project whose separators, notes and style sheets stand in ``npm start``."""
    (tmp_path / "talks").mkdir()
    (tmp_path / "extra").mkdir()
    (tmp_path / "extra/own.css").write_text("h1 { color: red }")
    (tmp_path / "talks/slides.md").write_text(DECK)
    package = {"name": "talk", "scripts": {"test": "true", "start": START}}
    (tmp_path / "package.json").write_text(json.dumps(package, indent=2))
    return tmp_path


@pytest.mark.network
@pytest.mark.browser
def test_the_slides_are_those_of_reveal_md_started_so(
    project: Path, shared_browser: SharedBrowser
) -> None:
    deck = read_deck(project / "talks/slides.md")
    assert (deck.slides, deck.path) == (4, "talks/slides.md")
    modules = npm.installed("reveal-md", REVEAL_MD) / "node_modules"
    library = (modules / "reveal-md/lib/render.js").as_uri()
    words = parse_shell(START)[2:]
    script = (
        f"import {{ renderFile }} from {library!r};"
        "process.stdout.write(await renderFile('talks/slides.md'));"
    )
    command = ["node", "--input-type=module", "-e", script, "x", "talks/slides.md", *words]
    page = subprocess.run(command, cwd=project, capture_output=True, timeout=120, check=True)
    site = DeckSite(
        page="talks/slides.html",
        pages={"talks/slides.html": page.stdout},
        mounts=(
            ("css/highlight/", str(modules / "highlight.js/styles")),
            ("_assets/", str(project)),
            ("plugin/", str(modules / "reveal.js/plugin")),
            ("dist/", str(modules / "reveal.js/dist")),
            ("", str(project)),
        ),
    )
    browser = shared_browser.behind(NOWHERE)
    theirs = truth(browser, site)
    assert theirs[0] == 4
    assert differences(*theirs, deck) == []
    assert truth(browser, deck_site(deck)) == theirs


def parse_shell(command: str) -> list[str]:
    """The words of a command as ``sh`` itself splits them."""
    script = ["sh", "-c", f"""for word in {command}; do printf '%s\\n' "$word"; done"""]
    return subprocess.run(script, capture_output=True, text=True, check=True).stdout.splitlines()


def test_what_the_command_line_names_is_found_where_it_stands(project: Path) -> None:
    deck = read_deck(project / "talks/slides.md")
    text = (project / "package.json").read_text()
    found = {f.url: f.reference for f in find_references(deck)}
    look = found["https://one.test/look.css"]
    assert (look.file, look.state) == ("package.json", "shown")
    assert text[slice(*look.span)] == look.raw == "https://one.test/look.css"
    own = found["http://deck.localhost/extra/own.css"]
    assert text[slice(*own.span)] == own.raw == "extra/own.css"


def test_the_options_move_to_reveal_md_json(project: Path) -> None:
    (project / "reveal-md.json").write_text('{"title": "T", "css": ["ignored.css"]}')
    deck = read_deck(project / "talks/slides.md")
    package = next(s for s in deck.sources if s.path == "package.json")
    changed = package.text.replace("https://one.test/look.css", "sites/one.test/look.css")
    settled, texts = without_command(deck, {package.path: changed})
    assert "package.json" not in texts
    assert [s.path for s in settled.sources] == [
        "talks/slides.md",
        "extra/own.css",
        "reveal-md.json",
    ]
    options = json.loads(texts["reveal-md.json"])
    assert options["title"] == "T"
    assert options["css"] == "sites/one.test/look.css,extra/own.css"
    assert options["separator"] == "^===$"
    page = render_page(settled, texts)
    assert 'href="../sites/one.test/look.css"' in page
    assert 'data-separator="^===$"' in page


def test_a_deck_without_a_command_line_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# One")
    (tmp_path / "package.json").write_text('{"scripts": {"start": "vite"}}')
    deck = read_deck(tmp_path / "a.md")
    assert without_command(deck, {"a.md": "# Two"}) == (deck, {"a.md": "# Two"})


MAKEFILE = """CSS := https://one.test/look.css,extra/own.css
REV=./node_modules/.bin/reveal-md talks/slides.md --css $(CSS)

all:
\tyarn install
\t$(REV) --static _site

serve:
\t@$(REV) -w \\
\t  --separator '^===$$'
"""


@pytest.mark.parametrize(
    ("name", "text", "options"),
    [
        ("Makefile", MAKEFILE, {"separator": "^===$"}),
        ("start.sh", "X=1 npx reveal-md talks/slides.md --css a.css & echo", {"css": "a.css"}),
        (".github/workflows/x.yml", "  - run: reveal-md talks/slides.md --static --css a.css\n",
         {"css": "a.css"}),
        ("README.md", "Run `reveal-md talks/slides.md --theme moon`, don't.", {"theme": "moon"}),
        ("README.md", "```\n$ reveal-md talks/slides.md -w --theme moon\n```", {"theme": "moon"}),
        ("README.md", "reveal-md talks/slides.md --theme moon\n"
         "> reveal-md talks/slides.md --theme sky", None),
        ("README.md", "reveal-md slides.md --theme moon\n    reveal-md talks --theme moon", None),
        ("README.md", "reveal-md talks/slides.md --watch --port 80", None),
        ("Makefile", "A=" + "$(B)" * 999 + "\nB=" + "$(A)" * 999 + "\nx:\n\treveal-md $(A)", None),
    ],
)  # fmt: skip
def test_the_command_may_stand_elsewhere(
    tmp_path: Path, name: str, text: str, options: dict[str, str] | None
) -> None:
    for file, content in {"talks/slides.md": DECK, name: text, "package.json": "{}"}.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(content)
    unasked = read_deck(tmp_path / "talks/slides.md")
    assert not unasked.options.overrides, "only package.json counts by itself"
    said = [warning for warning in unasked.warnings if Path(name).name in warning]
    assert bool(said) is (bool(options) or "sky" in text)
    if not options:
        if "sky" not in text:
            with pytest.raises(DeckError, match="no command that shows"):
                read_deck(tmp_path / "talks/slides.md", options_from=tmp_path / name)
        return
    assert "--options-from" in said[0]
    deck = read_deck(tmp_path / "talks/slides.md", options_from=tmp_path / name)
    assert {key: deck.options.overrides.get(key) for key in options} == options
    assert [w for w in deck.warnings if "are taken from" in w]


def test_options_come_from_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "slides.md").write_text(DECK)
    (tmp_path / "notes.txt").write_text("reveal-md slides.md --theme moon")
    with pytest.raises(DeckError, match="no file in which"):
        read_deck(tmp_path / "slides.md", options_from=tmp_path / "notes.txt")


def test_what_a_makefile_names_moves_with_the_deck(project: Path) -> None:
    (project / "package.json").write_text("{}")
    (project / "Makefile").write_text(MAKEFILE)
    deck = read_deck(project / "talks/slides.md", options_from=project / "Makefile")
    look = {f.url: f.reference for f in find_references(deck)}["https://one.test/look.css"]
    assert (look.file, look.state, look.line) == ("Makefile", "shown", 1)
    start, end = look.span
    text = MAKEFILE
    assert text[start:end] == "https://one.test/look.css"
    settled, texts = without_command(deck, {"Makefile": text[:start] + "look.css" + text[end:]})
    assert json.loads(texts["reveal-md.json"])["css"] == "look.css,extra/own.css"
    assert "Makefile" not in texts
    assert "Makefile" not in [source.path for source in settled.sources]
