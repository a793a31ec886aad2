# ruff: noqa: E501 (the table is read line by line)
"""Imports in JavaScript: a table by hand, real packages against a parser, anything at all."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckarchive.markup import ModuleNameKind, scan_modules
from tests import npm

CASES = [
    ("import './a.js'", [("static", "./a.js")]),
    ("import a, {b as c} from\n'./a.js';import*as d from\"d\"", [("static", "./a.js"), ("static", "d")]),
    ("import {'a b' as c, default as d} from 'x' with {type: 'json'}", [("static", "x")]),
    ("export * from 'x'; export {a} from 'y'; export {b}\nimport c from 'z'", [("static", "x"), ("static", "y"), ("static", "z")]),
    ("export const from = 'x', t = 'y'; export default 'z'", []),
    ("export default function () { return import('x') }", [("dynamic", "x")]),
    ("import('a', {with: {type: 'json'}}); import(`b`); import('c' + d)", [("dynamic", "a"), ("dynamic", None), ("dynamic", None)]),
    ("x = {import(a) { return a }, import: 1}; x.import('y'); x?.import('z')", []),
    ("new URL('w.js', import.meta.url); import . meta", [("meta", None), ("meta", None)]),
    ("// import 'a'\n/* import 'b' */ '\\' import(c)'; /[/'\"]import('d')/", []),
    ("`import('a') ${import('b')} ${`${1}`} import 'c'`; import('d')", [("dynamic", "b"), ("dynamic", "d")]),
    ("if (x) /'/.test(y); a = b / c; import('d'); e = f / g", [("dynamic", "d")]),
    ("a = (b) / 2; import('c'); '/'; d++ / 2; import('e'); '/'", [("dynamic", "c"), ("dynamic", "e")]),
    ("x.y = `/`; return /`/; import('a')", [("dynamic", "a")]),
    ("import '\\x61\\u{62}\\\nc'", [("static", "abc")]),
    ("import", []),
    ("import(", [("dynamic", None)]),
    ("import {a} from 'unfinished", []),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_what_a_script_says_of_modules(source: str, expected: list[tuple[str, str | None]]) -> None:
    found = scan_modules(source)
    assert [(m.kind.name.lower(), m.specifier) for m in found] == expected
    for name in found:
        text = source[name.start : name.end]
        if name.kind is ModuleNameKind.STATIC:
            assert source[name.start - 1] in "'\""
            assert source[name.end] == source[name.start - 1]
        else:
            assert text.startswith("import")


PIECES = [
    "import",
    "export",
    "from",
    "meta",
    ".",
    "'a'",
    '"b"',
    "`",
    "${",
    "}",
    "{",
    "(",
    ")",
    "/",
    "*",
]
PIECES += ["\\", "\n", " ", "x", "//", "/*", "*/", "=", ",", ";", "[", "]", "'", '"', "\ufeff", "é", "++"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=60))
@settings(deadline=None, max_examples=400)
def test_any_text_is_scanned_and_its_spans_do_not_overlap(source: str) -> None:
    end = 0
    for name in scan_modules(source):
        assert end <= name.start <= name.end <= len(source)
        end = name.end


ORACLE = """
import { init, parse } from 'es-module-lexer';
import { readFileSync } from 'node:fs';
await init;
const kinds = { dynamic: 'dynamic', 'import-meta': 'meta' };
for (const file of readFileSync(0, 'utf8').split('\\n')) {
  let found = null;
  try {
    found = parse(readFileSync(file, 'utf8'))[0].map((m) => [kinds[m.type] || 'static', m.type === 'dynamic' ? m.importStart : m.start]);
  } catch {}
  console.log(JSON.stringify([file, found]));
}
"""


@pytest.mark.network
def test_it_finds_in_published_packages_what_a_parser_finds() -> None:
    folder = npm.installed("es-module-lexer", "3.0.5")
    packages = [npm.package("rollup", "4.30.1"), npm.package("d3-geo", "3.1.1"), npm.package("es-module-shims", "1.10.1")]  # fmt: skip
    files = [f for p in packages for f in sorted(p.rglob("*")) if f.suffix in (".js", ".mjs")]
    done = subprocess.run(
        ["node", "--input-type=module", "-e", ORACLE],
        input="\n".join(map(str, files)),
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    compared = 0
    for line in done.stdout.splitlines():
        file, expected = json.loads(line)
        if expected is None:
            continue
        source = Path(file).read_bytes().decode("utf-8")
        found = [
            [m.kind.name.lower(), len(source[: m.start].encode("utf-16-le")) // 2]
            for m in scan_modules(source)
        ]
        assert sorted(found) == sorted(expected), file
        compared += len(found)
    assert compared > 200


@pytest.mark.parametrize("end", ["`\\", "`${a}\\", "'\\", "/\\", "\\", "`", "`$", "`${", "\\u{"])
def test_a_text_may_end_anywhere(end: str) -> None:
    assert [m.specifier for m in scan_modules(f"import 'a';{end}")] == ["a"]
