"""Separators and attribute patterns of a stranger's deck: whatever they are, reading it ends."""

import json
import time
from pathlib import Path

import pytest

from deckarchive.cli import run
from deckarchive.deck import jsregex
from deckarchive.deck.jsregex import JsRegex
from deckarchive.errors import DeckError

ENDLESS = ("(x+x+)+y", "(a|a)*b|(x|x)+y", "^(x|xx)+$y", "x*x*x*x*x*x*x*x*x*x*y", "(x)(?:\\1|x)*y")


@pytest.fixture(autouse=True)
def _short_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsregex, "SEPARATOR_SECONDS", 1.0)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("pattern", ENDLESS)
@pytest.mark.parametrize("key", ["separator", "verticalSeparator", "notesSeparator"])
def test_a_deck_whose_separator_never_ends_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], pattern: str, key: str
) -> None:
    (tmp_path / "reveal-md.json").write_text(json.dumps({key: pattern}))
    (tmp_path / "talk.md").write_text("# One\n\n" + "x" * 5000 + "\n")
    assert run(["manifest", str(tmp_path / "talk.md"), "-o", "-"]) == 4
    error = capsys.readouterr().err
    assert "takes too long on this deck" in error
    assert len(error.splitlines()) == 1


@pytest.mark.timeout(60)
def test_a_page_whose_attribute_pattern_never_ends_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "index.html").write_text(
        '<div class="reveal"><div class="slides"><section data-markdown '
        'data-attributes="(x+x+)+y"><script type="text/template">'
        f"# One\n<!-- .slide: {'x' * 200} --></script></section></div></div>"
        '<script src="reveal.js"></script>'
    )
    assert run(["manifest", str(tmp_path / "index.html"), "-o", "-"]) == 4
    assert "takes too long" in capsys.readouterr().err


@pytest.mark.timeout(60)
def test_all_patterns_of_a_deck_share_one_budget() -> None:
    jsregex.renew_budget()
    regex = JsRegex("(x+x+)+y")
    began = time.monotonic()
    for _ in range(5):
        with pytest.raises(DeckError):
            regex.search("x" * 100)
    assert time.monotonic() - began < 5 * jsregex.SEPARATOR_SECONDS, (
        "only the first had a second to itself"
    )
    jsregex.renew_budget()
    assert regex.search("xxy"), "the next deck has its own, and a worker that answers"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(a+)+b", "zaabä ab"),
        ("(?<=é)-{2,}(x)?", "é--x é---\n\U0001f600é--"),
        ("(x)|(y)", "yx"),
        ("^", "a\nb"),
        ("(?:)*z", ""),
    ],
)
def test_the_worker_finds_what_the_engine_finds(pattern: str, text: str) -> None:
    jsregex.renew_budget()
    regex = JsRegex(pattern, "m")
    apart = [(m.start, m.end, m.groups) for m in regex.find_all(text)]
    regex._at_most = len(text)
    assert [(m.start, m.end, m.groups) for m in regex.find_all(text)] == apart


@pytest.mark.parametrize(
    ("pattern", "at_most"),
    [
        ("\r?\n---\r?\n", None),
        ("^---[\\r]?\\n", None),
        ("^\\*\\*\\*[\r]?\n", None),
        ("[*+?{(]\\)+", 4000),
        ("^s*notes?:", 4000),
        ("a+b+", 0),
        ("(ab)+", 0),
        ("(a)\\1", 0),
        ("\\k<a>(?<a>b)", 0),
        ("a{100}", 0),
        ("(?=a)b", 0),
        ("(a|a)" * 10, 0),
        ("a?" * 30 + "a" * 30, 0),
    ],
)
def test_what_may_take_long_is_known_beforehand(pattern: str, at_most: int | None) -> None:
    found = JsRegex(pattern)._at_most
    assert (found > 1 << 30) if at_most is None else (found == at_most)
