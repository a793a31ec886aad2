"""The page script uses the built-ins that it kept, since a page may replace any (js/natives.js)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.js import ROOT, TSC, UNITS, run_node

JS = ROOT / "src/deckarchive/js"
PARTS = [
    *(JS / f"{name}.js" for name in ("page", "lookup", "content-counts")),
    *sorted((JS / "page").glob("*.js")),
]
pytestmark = pytest.mark.skipif(not TSC.exists(), reason="python -m tools.js install")


def taken_from_the_page(*files: Path) -> list[str]:
    done = run_node(
        UNITS / "natives.cjs", JS / "types.d.ts", *files, capture_output=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found


def test_the_page_script_uses_nothing_that_a_page_may_have_replaced() -> None:
    assert taken_from_the_page(*PARTS) == []


TAKING = [
    "new Map();",
    "const held = { Array };",
    "Object.keys({});",
    "const { Object: kept } = page.scope; kept.keys({});",
    "'a'.split('b');",
    "[1].map((one) => one);",
    "page.unresolved.forEach((one) => one.trim());",
    "for (const one of [1]) call(one);",
    "const [one] = [1];",
    "let one; [one] = [1];",
    "call(...[1]);",
    "const read = ([one]) => one;",
    "const list = function* () {};",
    "page.scope.setTimeout(call);",
    "const later = () => new page.scope.URL('x:');",
    "page.doc.createElement('a');",
    "page.scope.fetch('x').then(call);",
    "const wait = async () => call(page.doc);",
    "/a/.test('b');",
    "page.scope.unknown.find(1);",
    "new page.natives.URL('x:').searchParams.get('y');",
    "typeof WeakMap;",
]
KEPT = """
  const { each, lists, pairs, strings, Map, Object, URL, web } = page.natives;
  const known = new Map();
  for (const [name, value] of pairs(Object.entries({}))) known.set(name, value);
  const [one, ...rest] = each(strings.split("a,b", ","));
  lists.map([...each(rest)], (item) => new URL(item).href);
  const wait = async () => await call(page.doc);
  web.getAttribute(page.doc.body, one);
  page.parse(known.get(one));
"""


def test_what_takes_a_built_in_from_the_page_is_found(tmp_path: Path) -> None:
    """One file for each, and one that uses what was kept."""
    for number, text in enumerate([*TAKING, KEPT]):
        part = f"(page) => {{\n  const {{ call }} = page.natives;\n  {text}\n  call();\n}};\n"
        (tmp_path / f"{number}.js").write_text(f"/** @param {{PageContext}} page */\n{part}")
    found = taken_from_the_page(*sorted(tmp_path.glob("*.js")))
    named = {int(one.split(".")[0]) for one in found}
    assert named == set(range(len(TAKING))), found
