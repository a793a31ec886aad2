"""docs/glossary.md names what exists, each term once."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import deckarchive

PACKAGE = Path(deckarchive.__file__).parent
GLOSSARY = PACKAGE.parents[1] / "docs" / "glossary.md"
ROW = re.compile(r"^\| (?!term|---)(?P<terms>[^|]+) \|(?P<rest>.*)\|$", re.MULTILINE)
SOURCE = re.compile(r"^`((?:js/)?[\w./]+)`$")


def missing(text: str) -> list[str]:
    """The sources in rows of the glossary that no module, class or script of ours has."""
    found = []
    for row in ROW.finditer(text):
        if not (source := SOURCE.match(row["rest"].rpartition("|")[2].strip())):
            continue
        name = source[1]
        module, _, last = name.rpartition(".")
        if "/" in name:
            known = (PACKAGE / name).is_file()
        elif last[:1].isupper():
            known = hasattr(import_module(f"deckarchive.{module}"), last)
        else:
            known = (PACKAGE / name.replace(".", "/")).is_dir() or (
                PACKAGE / f"{name.replace('.', '/')}.py"
            ).is_file()
        found += [] if known else [name]
    return found


def test_each_source_in_the_glossary_exists() -> None:
    assert missing(GLOSSARY.read_text("utf-8")) == []
    assert missing("| a | b | `rewriter.gone` |\n| c | d | `model.Gone` |") == [
        "rewriter.gone",
        "model.Gone",
    ]


def test_each_term_has_one_row_with_a_source() -> None:
    rows = [(m["terms"].strip(), m["rest"]) for m in ROW.finditer(GLOSSARY.read_text("utf-8"))]
    terms = [term for names, _ in rows for term in names.split(", ")]
    assert len(terms) == len(set(terms))
    assert [names for names, rest in rows if rest.strip().endswith("| –")] == []


PRIVATE = re.compile(
    r"\b(?:strangers?|hears|heard|lets go|is told|are told|anew|nobody's|turned away|(?:the|a) talk"
    r"|rooms|doors?|roof|wish(?:es)?|dawdl\w+|whoever)\b"
)
"""Words for which the field has better ones: untrusted, listens on, releases, again, layer, …"""


def test_prose_is_in_the_fields_words() -> None:
    """Comments, docstrings, messages and documentation; the picture of the code as it was is none
    of today's."""
    texts = [
        p for end in ("py", "js") for p in PACKAGE.rglob(f"*.{end}") if "vendor" not in p.parts
    ]
    texts += [p for p in GLOSSARY.parent.glob("*.md") if p.name != "structure.md"]
    texts.append(GLOSSARY.parents[1] / "README.md")
    found = [
        f"{path.name}:{number}: {match[0]}"
        for path in texts
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if (match := PRIVATE.search(line))
    ]
    assert found == []
    assert PRIVATE.search("it is told, and whoever hears it")
