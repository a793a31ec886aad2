"""The public cases of html5lib-tests (tokenizer, tree construction), as html5lib's source has them.

The scanner sees the tags and attributes that the standard's tokenizer sees; and the rewriter keeps
each of these documents, broken as most of them are, as it is but for its URLs and one insertion.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from deckarchive.markup import Tag, scan_html
from deckarchive.rewriter.pages.head import CLOSE, OPEN
from deckarchive.rewriter.pages.html import rewrite_html
from tests import pypi

pytestmark = pytest.mark.network

VERSION = "1.1"
BASE = "https://e.org/d/page.html"
RAW = {"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "plaintext"}


@cache
def corpus() -> Path:
    """The test data in html5lib's source distribution, whose setup.py wants an old setuptools."""
    return pypi.source("html5lib", VERSION, "setuptools<60") / "html5lib" / "tests" / "testdata"


def tokenizer_cases() -> Iterator[dict[str, Any]]:
    """The cases of the data state whose tags the standard's tokenizer gives without a tree."""
    for file in sorted((corpus() / "tokenizer").glob("*.test")):
        for case in json.loads(file.read_text("utf-8")).get("tests", ()):
            given, output = case["input"], case["output"]
            if case.get("doubleEscaped"):
                given, output = _unescaped(given), _unescaped(output)
            names = {t[1] for t in output if isinstance(t, list) and t[0] == "StartTag"}
            if "Data state" in case.get("initialStates", ["Data state"]) and not names & RAW:
                yield {**case, "input": given, "output": output}


def documents() -> list[str]:
    """The inputs of all cases, whole documents and pieces."""
    found = {case["input"] for case in tokenizer_cases()}
    for file in sorted((corpus() / "tree-construction").glob("*.dat")):
        found.update(re.findall(r"(?ms)^#data\n(.*?)\n#errors", file.read_text("utf-8")))
    return sorted(found)


def _unescaped(value: Any) -> Any:
    """A value whose texts have the escapes of a "doubleEscaped" case taken off."""
    if isinstance(value, str):
        return re.sub(r"\\u([0-9A-Fa-f]{4})", lambda m: chr(int(m[1], 16)), value)
    if isinstance(value, list):
        return [_unescaped(part) for part in value]
    if isinstance(value, dict):
        return {_unescaped(k): _unescaped(v) for k, v in value.items()}
    return value


def _standard(text: str) -> str:
    """What the standard makes of a text before it looks at it, and of NUL in it."""
    return re.sub(r"\r\n?", "\n", text).replace("\0", "\ufffd")


def seen(source: str) -> list[list[Any]]:
    """The tags as the corpus writes them."""
    found: list[list[Any]] = []
    for token in scan_html(source):
        if isinstance(token, Tag) and token.closing:
            found.append(["EndTag", _standard(token.name)])
        elif isinstance(token, Tag):
            values: dict[str, str] = {}
            for a in token.attributes:
                values.setdefault(_standard(a.name), _standard(a.value))
            found.append(["StartTag", _standard(token.name), values])
    return found


def test_tags_and_attributes_are_those_of_the_standard() -> None:
    compared = 0
    for case in tokenizer_cases():
        expected = [t[:3] for t in case["output"] if t[0] in ("StartTag", "EndTag")]
        assert seen(case["input"]) == expected, (case["description"], case["input"])
        compared += bool(expected)
    assert compared > 300


def shape(source: str) -> list[tuple[str, bool, list[str]]]:
    tags = (t for t in scan_html(source) if isinstance(t, Tag))
    gone = ("crossorigin", "integrity")
    return [(t.name, t.closing, [a.name for a in t.attributes if a.name not in gone]) for t in tags]


@pytest.mark.parametrize("copy", ["", "../a%20b.png?x=1&y=2"])
def test_every_document_keeps_its_shape(copy: str) -> None:
    sources = documents()
    assert len(sources) > 1500
    for source in sources:
        once = rewrite_html(source, BASE, lambda url: copy or None)
        assert rewrite_html(once, BASE, lambda url: None) == once
        if not copy and not re.search(r"(?i)ping|dns-prefetch|preconnect|policy|specul", source):
            assert once == source
        assert shape(once) == shape(source), source


def test_an_insertion_is_the_one_change() -> None:
    for source in documents():
        once = rewrite_html(source, BASE, lambda url: None, insertion="<i>")
        before, _, rest = once.partition(f"{OPEN}<i>{CLOSE}")
        if rest or once != source:
            assert once.count(OPEN) == 1 or OPEN in source
            known = rewrite_html(source, BASE, lambda url: None)
            framed = re.search(r"(?i)<(iframe|frame|embed|object|meta)", source)
            assert framed or before + rest == known, source
        assert rewrite_html(once, BASE, lambda url: None, insertion="<i>") == once
