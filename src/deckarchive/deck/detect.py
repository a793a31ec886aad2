"""Is it a deck, of which tool, and of which reveal.js?

A refusal is one line that names the file and what to do instead.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from deckarchive import urls
from deckarchive.deck.dom import Element, Text, parse_html
from deckarchive.deck.outline import find_slides
from deckarchive.deck.project import decode_source, is_binary, local_file
from deckarchive.deck.slidify import NEWEST, Version
from deckarchive.errors import DeckError
from deckarchive.files import open_regular, read_regular
from deckarchive.model import Found, JsonValue, Kind

MARKDOWN: Final = (".md", ".markdown")
HTML: Final = (".html", ".htm")
_LARGEST: Final = 64 << 20
_LARGEST_SCRIPT: Final = 16 << 20
_MOST_SCRIPTS: Final = 50
_USUAL: Final = ("index", "slides", "deck", "presentation")
_READS = "deckarchive reads reveal-md Markdown (.md) and reveal.js pages (.html)"
_OTHER_FILES: Final = {
    ".pdf": "a PDF, which needs no network already",
    ".pptx": "a PowerPoint file",
    ".ppt": "a PowerPoint file",
    ".odp": "a LibreOffice presentation",
    ".key": "a Keynote file",
    ".tex": "LaTeX source (Beamer?)",
    ".ipynb": "a notebook: convert it with `jupyter nbconvert --to slides` first",
    ".qmd": "Quarto source: render it with `quarto render --to revealjs` first",
    ".rmd": "R Markdown source: render it to reveal.js first",
    ".adoc": "AsciiDoc source: convert it with asciidoctor-revealjs first",
    ".org": "Org source: export it with org-reveal first",
    ".rst": "reStructuredText source: convert it to reveal.js first",
    ".mdx": "MDX source: build it first",
}
_REVEAL: Final = re.compile(r"\breveal(?:\.esm|\.min)*\.m?js\b|\bslide-background-content\b")
"""reveal.js by the name of its file or, in a bundle, by a class that it gives its elements."""
_OTHER_PAGES: Final = (
    (re.compile(r"\bremark\.create\s*\("), "remark"),
    (re.compile(r"\bimpress\s*\(\s*\)\s*\.init|\bid=[\"']impress[\"']"), "impress.js"),
    (re.compile(r"data-marpit|\bbespoke-marp\b"), "Marp"),
    (re.compile(r"\b(?:__slidev__|slidev-page|@slidev)\b"), "Slidev"),
    (re.compile(r"\bbespoke\.from\s*\("), "Bespoke.js"),
    (re.compile(r"\bdeck\.core(?:\.min)?\.js|\$\.deck\s*\("), "deck.js"),
    (re.compile(r"\bshower(?:\.min)?\.js"), "Shower"),
    (re.compile(r"\bwebslides(?:\.min)?\.js"), "WebSlides"),
    (re.compile(r"\bslidy(?:\.min)?\.js"), "Slidy"),
)
_URL: Final = re.compile(r"reveal(?:\.js)?(?:[@-]v?|/)(\d+)(?:\.(\d+))?(?=[./-])")
_BANNER: Final = re.compile(rb"reveal\.js (\d+)\.(\d+)")
_CONSTANT: Final = re.compile(rb"\bVERSION ?= ?[\"'](\d+)\.(\d+)\.\d+")
_BEFORE_4: Final = re.compile(rb"\* reveal\.js\s[^!]{0,120}Copyright \(C\) 20\d\d Hakim", re.DOTALL)
_HEAD: Final = 4000


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SLIDEV_KEYS: Final = _names(
    "drawings mdc colorSchema routerMode highlighter canvasWidth clicks aspectRatio"
    " titleTemplate themeConfig fonts exportFilename twoslash monaco"
)
_SLIDEV_LAYOUTS: Final = _names(
    "center cover end fact full iframe iframe-left iframe-right image image-left image-right intro"
    " quote section statement two-cols two-cols-header"
)
"""Layouts of Slidev (builtin/layouts) but for "default" and "none", which Jekyll has too."""
_JEKYLL_KEYS: Final = _names(
    "layout permalink published categories category tags date excerpt collection redirect_from"
)
_LIQUID: Final = re.compile(r"\{%-?\s*\w[^%{}]{0,300}-?%\}")

_REVEAL_MD_KEYS: Final = _names(
    "revealOptions separator verticalSeparator notesSeparator highlightTheme preprocessor css"
    " scripts assetsDir"
)


def find_deck_file(path: Path) -> Path:
    """The deck that ``path`` means: the file, or the one obvious deck of a folder.

    Raises :class:`DeckError` when there is none.
    """
    try:
        if not path.is_dir():
            return path
        files = sorted(p for p in path.iterdir() if p.suffix.lower() in MARKDOWN + HTML)
    except OSError as error:
        raise DeckError(f"cannot read {path}: {error.strerror or error}") from error
    usual = [p for name in _USUAL for p in files if p.stem.lower() == name]
    if not usual:
        named = [p for p in files if p.stem.lower() != "readme"]
        usual = named or files
    decks = [p for p in usual if _is_deck(p)]
    first_is_usual = bool(decks) and decks[0].stem.lower() in _USUAL
    if len(decks) == 1 or first_is_usual:
        return decks[0]
    if not decks:
        raise DeckError(f"{path} is a folder with no deck in it", hint=_READS)
    names = ", ".join(p.name for p in decks[:4]) + (", …" if len(decks) > 4 else "")
    raise DeckError(f"{path} is a folder with {len(decks)} decks: {names}", hint="name one of them")


def _is_deck(path: Path) -> bool:
    try:
        text, _ = load_deck_bytes(path)
        if path.suffix.lower() in HTML:
            check_html(path, parse_html(text), text)
    except DeckError:
        return False
    return True


def load_deck_bytes(path: Path) -> tuple[str, bytes]:
    """Text and bytes of a deck file. Raises :class:`DeckError` when it cannot be a deck."""
    suffix = path.suffix.lower()
    try:
        with open_regular(path) as stream:
            size = os.fstat(stream.fileno()).st_size
            data = stream.read(_LARGEST + 1)
            size = max(size, len(data))
    except FileNotFoundError as error:
        if path.parts[0] in ("http:", "https:"):
            hint = (
                "download the deck with all its files, or clone its repository, and name its file"
            )
            raise DeckError(f"{path.parts[0]}//… is an address, not a file", hint=hint) from error
        raise DeckError(f"there is no file {path}", hint="check the name") from error
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or error
        raise DeckError(f"cannot read {str(path)!r}: {problem}") from error
    if suffix in _OTHER_FILES:
        raise DeckError(f"{path} is {_OTHER_FILES[suffix]}", hint=_READS)
    if size > _LARGEST:
        raise DeckError(f"{path} is too large for a deck ({size >> 20} MB)", hint=_READS)
    if suffix not in MARKDOWN + HTML:
        raise DeckError(f"{path} is no deck by its name", hint=_READS)
    if is_binary(data):
        raise DeckError(f"{path} is a binary file, not text", hint=_READS)
    text = decode_source(data, kind="html" if suffix in HTML else "text")[0]
    if not text.strip():
        raise DeckError(f"{path} is empty", hint="a deck needs at least one slide")
    return text, data


def check_html(path: Path, document: Element, text: str) -> bool:
    """Whether the slides of a reveal.js deck are in its page; else its scripts make them.

    Raises :class:`DeckError` when the page is no reveal.js deck.
    """
    slides = find_slides(document)
    if slides is not None and any(e.name == "section" for e in slides.elements()):
        return True
    for pattern, tool in _OTHER_PAGES:
        if pattern.search(text):
            raise DeckError(f"{path} is a deck made with {tool}, not reveal.js", hint=_READS)
    scripts = [e for e in document.walk() if e.name == "script"]
    if slides is not None and not scripts:
        raise DeckError(
            f"{path} is a reveal.js page with no <section> in its .slides",
            hint="and it has no script that could make one",
        )
    if slides is None and not _brings_reveal(path.parent, scripts):
        raise DeckError(f"{path} is a web page, but no reveal.js deck", hint=_READS)
    return False


def _brings_reveal(folder: Path, scripts: Iterable[Element]) -> bool:
    """Whether one of a page's scripts is reveal.js, imports it, or is a bundle that contains it."""
    names: dict[str, None] = {}
    for script in scripts:
        source = script.get("src")
        if source is not None:
            names[source] = None
        elif any(isinstance(c, Text) and _REVEAL.search(c.text) for c in script.children):
            return True
    if any(_REVEAL.search(name) for name in names):
        return True
    return any(_is_reveal(folder, name) for name in list(names)[:_MOST_SCRIPTS])


def _is_reveal(folder: Path, source: str) -> bool:
    """Whether the file that a script's ``src`` names contains reveal.js."""
    try:
        file = folder / unquote(re.split(r"[?#]", source)[0]).lstrip("/")
        text = read_regular(file, limit=_LARGEST_SCRIPT).decode("utf-8", "replace")
    except (OSError, ValueError):
        return False
    return _REVEAL.search(text) is not None


def check_markdown(path: Path, front: Mapping[str, JsonValue]) -> None:
    """Raise :class:`DeckError` when the front matter is another tool's."""
    keys = set(front)
    slidev = bool(keys & _SLIDEV_KEYS) or front.get("layout") in _SLIDEV_LAYOUTS
    if front.get("marp"):
        tool = "Marp"
    elif slidev and not keys & _REVEAL_MD_KEYS:
        tool = "Slidev"
    elif "revealjs" in str(front.get("format", "")):
        raise DeckError(
            f"{path} is Quarto source", hint="render it with `quarto render --to revealjs` first"
        )
    else:
        return
    raise DeckError(f"{path} is a deck made with {tool}, not reveal.js", hint=_READS)


def jekyll_note(front: Mapping[str, JsonValue], markdown: str) -> str:
    """One line on what is missing where the deck is a page of a Jekyll site; ``""`` otherwise.

    Without Liquid tags such a page is a reveal-md deck whose front matter has more keys.
    """
    tag = _LIQUID.search(markdown)
    if tag is None or not set(front) & _JEKYLL_KEYS:
        return ""
    return (
        f"Jekyll's tags are text here: what {tag.group()} and the like insert is not seen"
        " (the built site's page has it)"
    )


def reveal_version(root: str, references: Iterable[Found]) -> Version:
    """The version of the reveal.js that a page loads; the newest when nothing names it.

    ``references`` are the page's, in document order; ``root`` is the deck's.
    """
    for found in references:
        if found.kind is not Kind.SCRIPT or "reveal" not in found.url:
            continue
        if named := _URL.search(found.url):
            return int(named[1]), int(named[2] or NEWEST[0])
        own = urls.is_deck_url(found.url)
        file = local_file(root, urls.deck_path(found.url)) if own else None
        if file is not None and (version := _of_file(file)):
            return version
    return NEWEST


def _of_file(file: Path) -> Version | None:
    try:
        with open_regular(file) as stream:
            head = stream.read(_HEAD)
    except OSError:
        return None
    if found := _BANNER.search(head[:400]):
        return int(found[1]), int(found[2])
    if not _BEFORE_4.search(head):
        return None
    if found := _CONSTANT.search(head):
        return int(found[1]), int(found[2])
    return (3, 2) if b"root, factory" in head else (2, 6)  # neither has its number
