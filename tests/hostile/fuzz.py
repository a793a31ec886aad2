"""Mutated sources of a deck, each read as the command reads it: exit codes and internal errors.

``python -m tests.hostile.fuzz [FORMAT …] [-n COUNT] [--seed N]`` prints a line a format.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from deckarchive import cli
from deckarchive.cli.terminal import one_line
from deckarchive.crawler import load_options
from deckarchive.crawler.cookies import load_cookie_jar
from deckarchive.errors import DeckarchiveError

Files = dict[str, bytes]
PIECES = [
    b"\x00", b"\xff", b"\xed\xa0\x80", b"\r", b"\r\n", b"\n---\n", b"\n----\n", b"\xef\xbb\xbf",
    b"null", b"true", b"-1", b"1e999", b"9" * 400, b"0x" + b"f" * 400, b"[]", b"{}", b"[[[[[[[[",
    b'{"a":' * 40, b"\\ud800", b"\\u0000", b"2024-13-45", b"&a [*a]", b"<<: *a", b"!!int x",
    b"!!timestamp x", b"!!binary x", b"!!set {a}", b"? [a]\n: b\n", b".inf", b".nan", b"=", b"*a",
    b"{{#a}}", b"{{/a}}", b"{{{", b"{{> x}}", b"{{=<% %>=}}", b"<!--", b"-->", b"<section>",
    b"</section>", b"<svg>", b"<template>", b"<script>", b"</script", b"<textarea data-template>",
    b'data-markdown="x.md"', b'data-separator="("', b'data-background="//[::"', b"](", b"![", b"`",
    b"```", b"<a href='", b"http://[", b"https://a:99999/", b"//", b"..", b"../../", b"%00", b"%zz",
    b"\\", b"'", b'"', b"#", b"---\n", b"  ", b"\t", b"&#0;", b"&#xD800;", b"@import '", b"url(",
    b"srcset=','", b"<base href='//['>", b"separator: ", b"theme: ", b"css: ", b"width: ", b"?",
]  # fmt: skip
YAML = b"""---
title: A talk
theme: [look.css, 3]
css: look.css, more.css
scripts:
  - a.js
separator: "\\n---\\n"
verticalSeparator: ^----$
date: 2024-01-31
base: &base {width: 960, height: 700, deep: {a: [1, 2.5, ~, yes]}}
revealOptions:
  <<: *base
  transition: fade
  parallaxBackgroundImage: sky.png
---
# One

![a](a.png)
"""
MARKDOWN = b"""# One <!-- .slide: data-background-iframe="https://a.example/" class="x" -->

[link](https://a.example/ "t") ![i](pic.png) <https://b.example> https://c.example/x.

---

<!-- .element: data-x="1" data-fragment -->
| a | b |
|---|---|
| <iframe src="https://a.example/f"></iframe> | `code` |

----

* list
  * more [r][1]

[1]: https://d.example/ 'x'

Note: said
"""
HTML = b"""<!doctype html><html><head><base href="./"><title>T</title>
<link rel="stylesheet" href="look.css"><style>@import "b.css"; a { background: url(c.png) }</style>
</head><body background="d.png"><div class="reveal"><div class="slides">
<section data-background="e.png" data-background-iframe="https://a.example/">
<img srcset="a.png 1x, b.png 2x" src="a.png"><video><source data-src="v.mp4"></video></section>
<section><section data-markdown="talk2.md" data-separator="^---$"></section>
<section data-markdown><textarea data-template>
## Two <!-- .slide: data-background-video="v.mp4" -->
---
* [x](y.html)
</textarea></section></section><section data-visibility="hidden"><svg><image href="s.svg"/></svg>
</section></div></div><script type="importmap">{"imports": {"a": "./a.js"}}</script>
<script type="module">import x from "./r.js"; Reveal.initialize({width: 100, src: "x.js"});</script>
</body></html>
"""
JSON5 = b"""{ // reveal-md
  theme: 'look.css', "css": ["a.css", "b.css"], scripts: "x.js,y.js", title: "T",
  template: "t.html", separator: "\\n---\\n", notesSeparator: 'note:', assetsDir: "_assets",
  mermaid: {a: 0x10, b: +1.5e3},
  revealOptions: {width: 960, height: "70%", markdown: {separator: "x"}, list: [1, 2,]},
}
"""
REVEAL = b"""{"width": 960, "height": "100%", "showHiddenSlides": true,
 "markdown": {"separator": "x"}, "list": [{"a": null}, -1.5e3]}
"""
TEMPLATE = b"""<!doctype html><title>{{{title}}}</title>{{#cssPaths}}
<link rel="stylesheet" href="{{{.}}}">
{{/cssPaths}}{{^watch}}<script src="a.js"></script>{{/watch}}{{! no }}<div class="reveal">
<div class="slides"><section data-markdown {{{slidifyAttributes}}}><textarea>{{{markdown}}}
</textarea></section></div></div><img src="x.png">
"""
CSS = b"""@charset "utf-8"; @import url("b.css") screen;
@font-face { src: url(f.woff2), local("x") }
a { background: image-set("a.png" 1x, url(b.png) 2x); --x: url(c.png); content: "\\"}" } /* c */
"""
PACKAGE = b"""{"name": "x", "scripts": {
 "start": "A=1 reveal-md talk.md --css 'a b.css' --theme x.css -w",
 "build": "npx reveal-md . --static out && sh -c \\"reveal-md talk.md --separator ---\\""}}
"""
MAKEFILE = b"""OPTS := --css look.css \\\n  --theme $(THEME)
THEME = night.css
show: ; reveal-md talk.md $(OPTS) --port 80 $(shell rm -rf x)
\t@npx reveal-md talk.md --title "a 'b' c" --separator='^---$$' | cat; reveal-md other.md
"""
TOML = b"""[capture]
timeout = 30.5
jobs = 2
viewport = "1920x1080"
header = ["A: b", "C: d"]
max-size = "200MB"
block = ["ads", "x.example"]
use = true
[[capture.target]]
match = "*a.example*"
header = {X = "y"}
wait-for = "#map"
timeout = 5
"""
STATE = b"""{"cookies": [{"name": "a", "value": "b", "domain": ".a.example", "path": "/",
 "expires": 1e9, "httpOnly": true, "secure": false, "sameSite": "Lax"}],
 "origins": [{"origin": "https://a.example", "localStorage": [{"name": "x", "value": "y"}]}]}
"""
JAR = b"""# Netscape HTTP Cookie File
.a.example\tTRUE\t/\tFALSE\t1900000000\tname\tvalue
#HttpOnly_b.example\tFALSE\t/x\tTRUE\t0\tn\t
"""


@dataclass(frozen=True)
class Format:
    """What is mutated, and what stands beside it."""

    name: str
    valid: bytes
    beside: Files = field(default_factory=dict)
    deck: str = "talk.md"
    extra: tuple[str, ...] = ()


MAKE = ("--options-from", "Makefile")
FORMATS = {
    "yaml": Format("talk.md", YAML),
    "markdown": Format("talk.md", MARKDOWN),
    "html": Format("index.html", HTML, {"talk2.md": MARKDOWN}, "index.html"),
    "external": Format("talk2.md", MARKDOWN, {"index.html": HTML}, "index.html"),
    "json5": Format("reveal-md.json", JSON5, {"talk.md": MARKDOWN, "t.html": TEMPLATE}),
    "reveal": Format("reveal.json", REVEAL, {"talk.md": MARKDOWN}),
    "template": Format("t.html", TEMPLATE, {"talk.md": b"---\ntemplate: t.html\n---\n" + MARKDOWN}),
    "css": Format("look.css", CSS, {"talk.md": b"---\ncss: look.css\n---\n# One\n"}),
    "package": Format("package.json", PACKAGE, {"talk.md": MARKDOWN}),
    "makefile": Format("Makefile", MAKEFILE, {"talk.md": MARKDOWN}, extra=MAKE),
}
LOADED: dict[str, tuple[str, bytes, Callable[[Path], object]]] = {
    "toml": ("deckarchive.toml", TOML, lambda folder: load_options(folder, {})),
    "state": ("jar", STATE, lambda folder: _jar(folder / "jar")),
    "jar": ("jar", JAR, lambda folder: _jar(folder / "jar")),
}


def _jar(path: Path) -> None:
    jar = load_cookie_jar(path)
    assert isinstance(jar.pairs, frozenset)
    jar.header("https://www.a.example/x/y")


def mutated(valid: bytes, chance: random.Random) -> bytes:
    """``valid`` with one to four changes: bytes, pieces of other formats, parts moved about."""
    data = bytearray(valid)
    for _ in range(chance.randint(1, 4)):
        at, to = sorted((chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)))
        to = min(to, at + 60)
        kind = chance.randrange(6)
        if kind == 0 and data:
            data[min(at, len(data) - 1)] = chance.randrange(256)
        elif kind == 1:
            data[at:to] = b""
        elif kind == 2:
            data[at:at] = data[at:to] * chance.choice((1, 2, 50))
        elif kind == 3:
            data[at:to] = chance.choice(PIECES)
        elif kind == 4:
            data[at:at] = chance.choice(PIECES) * chance.choice((1, 1, 1, 100))
        else:
            other = chance.randrange(len(data) + 1)
            data[other:other] = data[at:to]
    return bytes(data)


@dataclass
class Tally:
    """What became of the inputs of one format."""

    codes: Counter[int] = field(default_factory=Counter)
    faults: list[tuple[bytes, str]] = field(default_factory=list)
    slowest: float = 0.0


def inputs(valid: bytes, count: int, seed: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    for _ in range(count):
        yield mutated(valid, chance)


def try_format(name: str, folder: Path, count: int, seed: int) -> Tally:
    """Read ``count`` mutations of one format in ``folder``, which is changed into."""
    tally = Tally()
    here = Path.cwd()
    os.chdir(folder)
    (folder / ".git").mkdir(exist_ok=True)
    try:
        valid = LOADED[name][1] if name in LOADED else FORMATS[name].valid
        for data in inputs(valid, count, seed):
            began = time.process_time()
            code, said = _read(name, folder, data)
            tally.slowest = max(tally.slowest, time.process_time() - began)
            tally.codes[code] += 1
            if code not in (0, 2, 4) or "internal error" in said or (code and said.count("\n") > 1):
                tally.faults.append((data, said))
    finally:
        os.chdir(here)
    return tally


def _read(name: str, folder: Path, data: bytes) -> tuple[int, str]:
    if name in LOADED:
        file, _, load = LOADED[name]
        (folder / file).write_bytes(data)
        try:
            load(folder)
        except DeckarchiveError as error:
            return int(error.exit_code), one_line(error)
        except Exception as error:
            return 1, f"internal error: {type(error).__name__}: {error}"
        return 0, ""
    made = FORMATS[name]
    for path, content in (*made.beside.items(), (made.name, data)):
        (folder / path).write_bytes(content)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.run(["manifest", made.deck, "-o", "-", *made.extra])
    return code, err.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("formats", nargs="*", default=[*FORMATS, *LOADED])
    parser.add_argument("-n", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for name in given.formats:
        with tempfile.TemporaryDirectory() as folder:
            tally = try_format(name, Path(folder), given.n, given.seed)
        codes = " ".join(f"{code}:{count}" for code, count in sorted(tally.codes.items()))
        print(f"{name:10} {given.n} inputs, exit codes {codes}; {len(tally.faults)} faults;"
              f" slowest {tally.slowest:.2f} s", flush=True)  # fmt: skip
        for _, said in tally.faults[:5]:
            print(f"    {said.strip()[:300]}")


if __name__ == "__main__":
    main()
