"""A copy's tree is that of the page: parse5 builds both, as browsers do, for the public cases.

Once the insertion is taken out again, nothing differs but the values that hold URLs; where
comments stand around the head is not compared, since an insertion has to open it.
"""

from __future__ import annotations

import json
import subprocess

import pytest

from deckarchive.rewriter.pages.html import rewrite_html
from tests import npm
from tests.markup.test_html5lib import documents

TREE = """
import { parse } from 'parse5';
import { readFileSync } from 'node:fs';
const HEAD = ['html', 'head'];
const URLS = ['href', 'src', 'data', 'content', 'xlink:href', 'style', 'srcdoc'];
function* nodes(node, depth) {
  if (node.nodeName === '#comment') { yield [node.data, 0]; return; }
  if (node.nodeName === '#text') { yield ['', depth, node.value]; return; }
  if (node.tagName) yield ['', depth, node.tagName, node.namespaceURI, node.attrs.map((a) =>
    [a.name, URLS.includes(a.name) ? '' : a.value])];
  for (const child of node.childNodes || []) yield* nodes(child, depth + 1);
  if (node.content) yield* nodes(node.content, depth + 1);
}
for (const [scripting, text] of JSON.parse(readFileSync(0, 'utf8'))) {
  let document;
  try {
    document = parse(text, { scriptingEnabled: scripting });
  } catch (error) { // it gives up at some numbers of characters
    console.log("[]");
    continue;
  }
  const found = [document.mode];
  let inside = false;
  for (const [comment, depth, ...rest] of nodes(document, 0)) {
    if (comment === 'deckarchive') inside = true;
    else if (comment === '/deckarchive') inside = false;
    else if (rest.length && (!inside || HEAD.includes(rest[0]))) found.push([depth, ...rest]);
  }
  console.log(JSON.stringify(found));
}
"""
INSERTION = '<meta charset="utf-8"/><script src="a.js"></script>'
SPACE = " \t\n\f\r"


def trees(sources: list[str], *, scripting: bool) -> list[list[object]]:
    """Per document its mode and nodes; nothing for the few at which parse5 gives up."""
    done = subprocess.run(
        ["node", "--input-type=module", "-e", TREE],
        input=json.dumps([[scripting, source] for source in sources]),
        cwd=npm.installed("parse5", "7.2.1"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr, done.stderr[-900:]
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def without_space(tree: list[object]) -> list[object]:
    """The tree less white space, which moves around the head, and texts joined."""
    found: list[object] = []
    for node in tree:
        if isinstance(node, list) and len(node) == 2:
            if not str(node[1]).strip(SPACE):
                continue
            node = [node[0], str(node[1]).strip(SPACE)]
        found.append(node)
    return found


@pytest.mark.network
def test_a_copy_has_the_tree_of_the_page() -> None:
    # A byte order mark is none where it stands in a string.
    sources = [source for source in documents() if not source.startswith("\ufeff")]
    assert len(sources) > 1500
    copies = [
        rewrite_html(source, "https://e.org/d/", lambda url: "c.png", insertion=INSERTION)
        for source in sources
    ]
    for scripting in (True, False):
        live, mine = (trees(texts, scripting=scripting) for texts in (sources, copies))
        for source, one, other in zip(sources, live, mine, strict=True):
            assert without_space(one) == without_space(other), source
