"""Attribute spans in broken HTML, against parse5, which builds the tree that browsers build."""

from __future__ import annotations

import itertools
import json
import random
import subprocess

import pytest

from deckarchive.markup import RawText, Tag, scan_html
from tests import npm

PARSER = """
import { parse } from 'parse5';
import { readFileSync } from 'node:fs';
function visit(node, found) {
  const place = node.sourceCodeLocation;
  const where = place && (place.startTag || place);
  if (node.tagName && where && where.attrs) {
    found[where.startOffset] = Object.fromEntries(Object.entries(where.attrs).map(([name, at]) =>
      [name.toLowerCase(), [at.startOffset, at.endOffset]]));
  }
  for (const child of node.childNodes || []) visit(child, found);
  if (node.content) visit(node.content, found);
  return found;
}
const options = { sourceCodeLocationInfo: true, scriptingEnabled: false };
for (const text of JSON.parse(readFileSync(0, 'utf8'))) {
  console.log(JSON.stringify(visit(parse(text, options), {})));
}
"""

TAGS = ["a", "p", "img", "div", "b", "svg", "math", "script", "style", "title", "textarea"]
TAGS += [
    "template",
    "iframe",
    "table",
    "td",
    "foreignObject",
    "desc",
    "mi",
    "annotation-xml",
    "noscript",
]
TAGS += ["noembed", "xmp", "body", "form", "br", "option", "path"]
ATTRIBUTES = [' src="x y"', " href='a>b'", " data=z", " alt", " src=q", " =x", " a=b=c", ' x="<p>"']
ATTRIBUTES += [" href = 'u' ", "/", " /src=u", ' s"q=1', "\nsrc\t=\n'n'", ' title="&amp;&copy=1"']
ATTRIBUTES += [' srcset="a 1x,b"', " style=x:y", ' z=""', " é=ü", " SRC=UP", "''"]
PIECES = [
    "text",
    "<!--",
    "-->",
    "--!>",
    "<!-->",
    "<!doctype html>",
    "<![CDATA[",
    "]]>",
    "<?x>",
    "</>",
]
PIECES += ["<", "</ p>", "<1>", "</script", "<!--<script>", "&lt;", "'", '"', ">", "\n", "<!", "-"]


def documents(count: int) -> list[str]:
    """The same broken documents each time."""
    dice = random.Random(20260101)

    def piece() -> str:
        kind = dice.random()
        tag = dice.choice(TAGS)
        tag = tag.upper() if dice.random() < 0.1 else tag
        if kind < 0.5:
            given = "".join(dice.choices(ATTRIBUTES, k=dice.randrange(4)))
            return f"<{tag}{given}{dice.choice(['>', '>', '>', '/>', ' />', ''])}"
        return f"</{tag}>" if kind < 0.75 else dice.choice(PIECES)

    return ["".join(piece() for _ in range(dice.randrange(1, 16))) for _ in range(count)]


def spans(source: str) -> dict[int, dict[str, list[int]]]:
    """Start tag → name → span of the attribute with its name and quotes, the first of a name."""
    found: dict[int, dict[str, list[int]]] = {}
    for token in scan_html(source):
        if isinstance(token, Tag) and not token.closing:
            own = found.setdefault(token.start, {})
            for a in token.attributes:
                own.setdefault(a.name, [a.name_start, a.end + len(a.quote)])
    return found


@pytest.mark.network
def test_attributes_stand_where_a_browser_finds_them() -> None:
    folder = npm.installed("parse5", "7.2.1")
    sources = documents(3000)
    done = subprocess.run(
        ["node", "--input-type=module", "-e", PARSER],
        input=json.dumps(sources),
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    compared = 0
    for source, line in zip(sources, done.stdout.splitlines(), strict=True):
        mine, foreign_text = spans(source), _foreign_text(source)
        for start, attributes in json.loads(line).items():
            if any(int(start) in text for text in foreign_text):
                continue
            own = mine.get(int(start), {})
            for name, (begin, end) in own.items():
                # parse5 forgets the value where the next attribute follows without a space.
                crowded = source[end : end + 1] not in (*" \t\n\f/>", "")
                if crowded and attributes.get(name, (-1,))[0] == begin:
                    attributes[name][1] = end
            assert own == attributes, (source, start)
            compared += len(attributes)
    assert compared > 3000


def _foreign_text(source: str) -> list[range]:
    """What stands in a script or style of SVG: there the scanner takes markup for text."""
    tokens = list(scan_html(source))
    return [
        range(text.start, text.end)
        for tag, text in itertools.pairwise(tokens)
        if isinstance(tag, Tag) and tag.foreign and isinstance(text, RawText)
    ]
