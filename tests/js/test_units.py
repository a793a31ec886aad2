"""The unit tests of the JavaScript (node --test), and what holds for each of its files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from deckarchive import js
from tools.js import ROOT, TSC, UNITS, run_node

SOURCES = [
    *sorted((ROOT / "src/deckarchive/js").rglob("*.js")),
    *sorted((ROOT / "src/deckarchive/rehearse").glob("*.js")),
]
TOKENS = """
const ts = require(process.argv[1]);
const tokensOf = (text) => {
  const file = ts.createSourceFile("a.js", text, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  const found = [];
  const visit = (node) => {
    if (ts.isJSDoc(node)) return;
    const inner = node.getChildren(file).filter((child) => !ts.isJSDoc(child));
    if (inner.length) inner.forEach(visit);
    else if (node.getText(file)) found.push(node.getText(file));
  };
  visit(file);
  return found.join("\\n");
};
const pairs = JSON.parse(require("fs").readFileSync(0, "utf-8"));
const differing = pairs.filter(([, a, b]) => tokensOf(a) !== tokensOf(b)).map(([name]) => name);
process.stdout.write(JSON.stringify(differing));
"""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT / "src/deckarchive").as_posix()


@pytest.mark.parametrize("path", sorted(UNITS.glob("*.test.mjs")), ids=lambda path: path.name)
def test_units(path: Path) -> None:
    done = run_node("--test", "--test-reporter=spec", path, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"pass (\d+)", done.stdout)
    assert passed
    assert int(passed[1]) > 0


@pytest.mark.skipif(not TSC.exists(), reason="python -m tools.js install")
def test_only_comments_are_left_out_of_what_is_shipped() -> None:
    """Lines are taken away without a parser of JavaScript: no code may look like a comment."""
    texts = [(name_of(path), path.read_text("utf-8")) for path in SOURCES]
    pairs = [(name, text, js.without_comments(text)) for name, text in texts]
    assert all(len(shipped) < len(text) for _, text, shipped in pairs)
    compiler = TSC.with_name("typescript.js")
    done = run_node(
        "-e", TOKENS, compiler, input=json.dumps(pairs), capture_output=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


def test_each_file_is_one_expression() -> None:
    """Scripts are spliced into others, between parentheses and commas."""
    texts = [js.expression(path.read_text("utf-8")) for path in SOURCES]
    check = "JSON.parse(require('fs').readFileSync(0)).forEach((one) => new Function(`(${one})`))"
    done = run_node("-e", check, input=json.dumps(texts), capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_lines_are_within_100_characters() -> None:
    """Biome breaks code, but neither comments nor strings."""
    files = [*SOURCES, *(ROOT / "src/deckarchive/js").glob("*.ts"), *UNITS.glob("*.mjs")]
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if len(line) > 100
    ]
    assert long == []
